"""The statements for databases that no test can start: their text, as their dialects write it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, cast

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.engine import Dialect

from adapters.mapping import EntityMapping, MappingProblem, Unmapped
from adapters.spi import BadData, Key, Overloaded, Search, Sort, SourceError, TimedOut, Unavailable
from adapters.sql.checks import Checks
from adapters.sql.dialects import compare, most_keys
from adapters.sql.drivers import driver_of
from adapters.sql.entities import CompiledEntity, EntityCompiler
from adapters.sql.errors import source_error
from adapters.sql.filters import Filters
from adapters.sql.registration import SqlEntity
from adapters.sql.statements import Statement
from tests.adapters import sql_shop as shop
from tests.adapters.mapped import value

FIELDS = frozenset({"onHand"})

DIALECTS = ["oracle+oracledb", "mssql+pyodbc", "mysql+pymysql", "ibm_db_sa"]


def dialect_of(name: str) -> Dialect:
    if name == "ibm_db_sa":
        pytest.importorskip("ibm_db_sa", reason="SQLAlchemy's dialect for Db2 is not installed")
    made = cast(Callable[..., Dialect], make_url(f"{name}://").get_dialect())
    return made(paramstyle="qmark") if name.startswith("mssql") else made()  # as its driver says, which is not here


def mapped(name: str, spec: SqlEntity) -> EntityMapping:
    problems: list[MappingProblem] = []
    mapping = EntityMapping(
        shop.TYPES,
        name,
        spec,
        source="shop",
        time_zone="UTC",
        rows="flat",
        problems=problems,
        unmapped=Unmapped(),
    )
    assert not problems
    return mapping


def entity(name: str, dialect: str) -> CompiledEntity:
    spec = shop.registration("sqlite://").entities[name]
    return of_spec(name, spec, dialect)


def of_spec(name: str, spec: SqlEntity, dialect: str, schema: str | None = None) -> CompiledEntity:
    mapping = mapped(name, spec)
    problems: list[MappingProblem] = []
    table = Checks(spec, mapping, shop.TYPES, problems).run(schema, UTC)
    assert not problems
    filters = Filters(spec, mapping, shop.TYPES, dialect_of(dialect), schema, UTC)
    return EntityCompiler(spec, mapping, shop.TYPES, dialect_of(dialect), table, filters).compiled()


def lookup(name: str, by: str, keys: Sequence[Key], dialect: str, **arguments: Any) -> tuple[str, Any]:
    """The text and what is bound to it, of the only statement."""
    found = entity(name, dialect).lookups[by]
    (query,) = found.queries(keys, found.fields(FIELDS if name == "StockLevel" else frozenset({"id"})), arguments)
    statement = query.statement()
    return " ".join(statement.text.split()), statement.bound(query.values)


def search(dialect: str, **words: Any) -> list[str]:
    found = entity("Order", dialect).searches[words.pop("name", "customer")]
    request = Search("Order", "customer", 2, frozenset({"number"}), **words)
    return [" ".join(query.statement().text.split()) for query in found.queries(request)]


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        (
            "oracle+oracledb",
            'SELECT "STOCK"."ITEM_NO", "STOCK"."QTY", "STOCK"."WHSE" FROM "STOCK" WHERE "STOCK"."ITEM_NO"'
            ' IN (:key_0, :key_1) AND "STOCK"."WHSE" = :in_locations_0 ORDER BY "STOCK"."WHSE" DESC',
        ),
        (
            "mssql+pyodbc",
            "SELECT [STOCK].[ITEM_NO], [STOCK].[QTY], [STOCK].[WHSE] FROM [STOCK] WHERE [STOCK].[ITEM_NO] IN (?, ?)"
            " AND [STOCK].[WHSE] = ? ORDER BY [STOCK].[WHSE] DESC",
        ),
        (
            "mysql+pymysql",
            "SELECT `STOCK`.`ITEM_NO`, `STOCK`.`QTY`, `STOCK`.`WHSE` FROM `STOCK` WHERE `STOCK`.`ITEM_NO`"
            " IN (%s, %s) AND `STOCK`.`WHSE` = %s ORDER BY `STOCK`.`WHSE` DESC",
        ),
        (
            "ibm_db_sa",
            'SELECT "STOCK"."ITEM_NO", "STOCK"."QTY", "STOCK"."WHSE" FROM "STOCK" WHERE "STOCK"."ITEM_NO" IN (?, ?)'
            ' AND "STOCK"."WHSE" = ? ORDER BY "STOCK"."WHSE" DESC',
        ),
    ],
)
def test_many_rows_by_key(dialect: str, text: str) -> None:
    sent, bound = lookup("StockLevel", "sku", ["A-1", "A-2"], dialect, locations=["W1"])
    assert sent == text
    values = ["A-1             ", "A-2             ", "W1"]
    assert bound == tuple(values) or list(bound.values()) == values


@pytest.mark.parametrize(
    ("dialect", "condition"),
    [
        ("oracle+oracledb", '("STOCK"."ITEM_NO", "STOCK"."WHSE") IN ((:key_0, :key_1), (:key_2, :key_3))'),
        (
            "mssql+pyodbc",
            "[STOCK].[ITEM_NO] = ? AND [STOCK].[WHSE] = ? OR [STOCK].[ITEM_NO] = ? AND [STOCK].[WHSE] = ?",
        ),
        ("mysql+pymysql", "(`STOCK`.`ITEM_NO`, `STOCK`.`WHSE`) IN ((%s, %s), (%s, %s))"),
        (
            "ibm_db_sa",
            '"STOCK"."ITEM_NO" = ? AND "STOCK"."WHSE" = ? OR "STOCK"."ITEM_NO" = ? AND "STOCK"."WHSE" = ?',
        ),
    ],
)
@pytest.mark.quirk("Q9")
def test_composite_keys(dialect: str, condition: str) -> None:
    text, bound = lookup("StockLevel", "sku locationCode", [("A-1", "W1"), ("A-2", "W2")], dialect)
    assert text.endswith(f" WHERE {condition}")
    values = ("A-1             ", "W1", "A-2             ", "W2")
    assert bound == values or tuple(bound.values()) == values


@pytest.mark.parametrize(
    ("dialect", "condition"),
    [
        ("oracle+oracledb", '("ORD_NO", "POS") in ((:key_0, :key_1), (:key_2, :key_3))'),
        ("mssql+pyodbc", '(("ORD_NO" = ? and "POS" = ?) or ("ORD_NO" = ? and "POS" = ?))'),
        ("mysql+pymysql", '("ORD_NO", "POS") in ((%s, %s), (%s, %s))'),
        ("ibm_db_sa", '(("ORD_NO" = ? and "POS" = ?) or ("ORD_NO" = ? and "POS" = ?))'),
    ],
)
def test_composite_keys_in_a_configured_select(dialect: str, condition: str) -> None:
    text, _ = lookup("OrderLine", "orderNumber id", [("O000001", "1"), ("O000002", "2")], dialect)
    assert f'from "LINES" where {condition})' in text


@pytest.mark.parametrize(
    ("dialect", "limit"),
    [
        ("oracle+oracledb", "FETCH FIRST 3 ROWS ONLY"),
        ("mssql+pyodbc", "SELECT TOP 3 "),
        ("mysql+pymysql", "LIMIT %s"),
        ("ibm_db_sa", "LIMIT 3"),
    ],
)
@pytest.mark.quirk("Q17")
def test_the_first_page_of_one_parent_is_limited(dialect: str, limit: str) -> None:
    (text,) = search(dialect, parents=["C1"])
    assert limit in text
    assert "row_number" not in text.lower()
    assert text.count(" ORDER BY ") == 1


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_page_goes_on_behind_the_last_row(dialect: str) -> None:
    """The first column's condition stands by itself too, for its index; rows without a place are on no page."""
    after = '{"order":"PLACED desc, ORD_NO","at":[["datetime","2026-03-01 10:00:00"],7]}'
    (text,) = search(dialect, parents=["C1"], after=after)
    plain = text.translate(str.maketrans("", "", '"[]`')).replace("ORD.", "")
    for bound in (":after_0", ":after_1", "%s"):
        plain = plain.replace(bound, "?")
    assert "PLACED <= ? AND (PLACED < ? OR PLACED = ? AND ORD_NO > ?)" in plain
    assert "PLACED IS NOT NULL AND ORD_NO IS NOT NULL" in plain


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rows_without_a_value_come_last_both_ways(dialect: str) -> None:
    """By the dialect's own word, or by whether there is a null; turned around for pages from the end."""
    for reverse, way, back in ((False, "DESC", "ASC"), (True, "ASC", "DESC")):
        (text,) = search(dialect, sort=Sort("URGENCY", reverse=reverse))
        (ends,) = search(dialect, sort=Sort("URGENCY", reverse=reverse), backwards=True)
        plain, ended = (each.translate(str.maketrans("", "", '"[]`')).replace("ORD.", "") for each in (text, ends))
        if dialect.startswith(("sqlite", "postgresql", "oracle")):
            assert f"ORDER BY URGENCY {way} NULLS LAST, ORD_NO ASC" in plain
            assert f"ORDER BY URGENCY {back} NULLS FIRST, ORD_NO DESC" in ended
        else:
            assert f"ORDER BY CASE WHEN (URGENCY IS NULL) THEN 1 ELSE 0 END, URGENCY {way}, ORD_NO ASC" in plain
            assert f"ORDER BY CASE WHEN (URGENCY IS NULL) THEN 0 ELSE 1 END, URGENCY {back}, ORD_NO DESC" in ended
        assert "URGENCY IS NOT NULL" not in plain


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_page_goes_on_behind_a_row_without_a_value(dialect: str) -> None:
    def where(at: str, **words: Any) -> str:
        after = '{"order":"URGENCY desc, ORD_NO","at":' + at + "}"
        (text,) = search(dialect, sort=Sort("URGENCY"), after=after, **words)
        plain = text.translate(str.maketrans("", "", '"[]`')).replace("ORD.", "")
        for bound in (":after_0", ":after_1", "%s"):
            plain = plain.replace(bound, "?")
        return plain

    value, null = where("[2,7]"), where("[null,7]")
    assert "(URGENCY <= ? OR URGENCY IS NULL) AND (URGENCY < ? OR URGENCY IS NULL OR URGENCY = ?" in value
    assert "URGENCY IS NULL AND URGENCY IS NULL AND ORD_NO > ?" in null
    value, null = where("[2,7]", backwards=True), where("[null,7]", backwards=True)
    assert "URGENCY >= ? AND (URGENCY > ? OR URGENCY = ? AND ORD_NO < ?)" in value
    assert "(URGENCY IS NOT NULL OR URGENCY IS NULL AND ORD_NO < ?)" in null


@pytest.mark.parametrize("dialect", DIALECTS)
def test_pages_of_many_parents_are_one_statement(dialect: str) -> None:
    (text,) = search(dialect, parents=["C1", "C2", "C3"])
    plain = text.translate(str.maketrans("", "", '"[]`'))
    numbered = "row_number() OVER (PARTITION BY ORD.CUST ORDER BY ORD.PLACED DESC, ORD.ORD_NO ASC) AS crossdock_number"
    assert numbered.lower() in plain.lower()
    assert plain.endswith("ORDER BY crossdock_page.crossdock_number")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_counting_is_a_statement_of_its_own(dialect: str) -> None:
    page, count = search(dialect, parents=["C1", "C2"], want_total=True)
    assert "count(*)" not in page
    assert "count(*) AS" in count
    assert "GROUP BY" in count
    assert "ORDER BY" not in count


@pytest.mark.parametrize("dialect", DIALECTS)
def test_pages_by_offset(dialect: str) -> None:
    (text,) = search(dialect, name="byOffset", after='{"order":"PLACED, ORD_NO","at":4}')
    assert "OFFSET 4 ROWS" in text or "LIMIT %s, %s" in text or "mssql_rn > ?" in text or "OFFSET 4" in text


@pytest.mark.parametrize(
    ("dialect", "one", "two", "narrowed"),
    [
        ("sqlite", 400, 400, 400),
        ("postgresql+psycopg", 10_000, 10_000, 10_000),
        ("oracle+oracledb", 1_000, 1_000, 1_000),
        ("mssql+pyodbc", 1_000, 1_000, 850),
        ("mysql+pymysql", 10_000, 10_000, 10_000),
    ],
)
@pytest.mark.quirk("Q17")
def test_statements_keep_the_limits_of_the_database(dialect: str, one: int, two: int, narrowed: int) -> None:
    """Of items in a list, and of values in a statement, beside those of arguments."""
    made = dialect_of(dialect)
    assert (most_keys(made, 1, 0), most_keys(made, 2, 0), most_keys(made, 2, 2)) == (one, two, narrowed)


def test_a_database_that_nobody_knows_is_asked_with_care() -> None:
    class Unknown(type(dialect_of("sqlite"))):  # type: ignore[misc]  # any dialect would do
        name = "informix"

    assert most_keys(Unknown(), 1, 0) == 250
    assert compare(Unknown()) == "each"


@pytest.mark.parametrize(
    ("schema", "table", "text"),
    [
        (None, "STOCK", '"STOCK"'),
        (None, "erp.STOCK", '"erp"."STOCK"'),
        ("ERP", "STOCK", '"ERP"."STOCK"'),
        ("ERP", "A.B", '"ERP"."A.B"'),
        ("", "A.B", '"A.B"'),
    ],
)
def test_schemas(schema: str | None, table: str, text: str) -> None:
    spec = shop.registration("sqlite://").entities["StockLevel"].model_copy(update={"table": table})
    compiled = of_spec("StockLevel", spec, "oracle+oracledb", schema)
    (query,) = compiled.lookups["sku"].queries(["A-1"], frozenset({"sku"}), {})
    assert f"FROM {text} WHERE" in " ".join(query.statement().text.split())


@pytest.mark.parametrize(
    ("url", "opening", "attributes"),
    [
        ("sqlite:///x", ["pragma query_only = on"], {}),
        (
            "postgresql+psycopg://h/d",
            ["set default_transaction_read_only = on", "set statement_timeout = 250"],
            {},
        ),
        ("mysql+pymysql://h/d", ["set session transaction read only", "set session max_execution_time = 250"], {}),
        ("mariadb+pymysql://h/d", ["set session transaction read only", "set session max_statement_time = 0.25"], {}),
        ("oracle+oracledb://h/d", [], {"call_timeout": 250}),
        ("mssql+pyodbc://h/d", [], {"timeout": 1}),
        ("postgresql+pg8000://h/d", [], {}),
    ],
)
@pytest.mark.quirk("Q11")
def test_sessions_are_bounded_where_the_driver_can(url: str, opening: list[str], attributes: dict[str, int]) -> None:
    driver = driver_of(make_url(url), 0.25)
    assert list(driver.opening) == opening
    assert driver.attributes == attributes


@pytest.mark.parametrize(
    ("error", "kind", "detail"),
    [
        (
            sqlite3.OperationalError(1205, "Lock wait timeout exceeded"),
            Overloaded,
            "OperationalError 1205: Lock wait timeout exceeded",
        ),
        (
            sqlite3.OperationalError(1054, "Unknown column 'T.NOPE' in 'where clause'"),
            BadData,
            "OperationalError 1054: Unknown column 'T.NOPE' in ?",
        ),
        (sqlite3.OperationalError(2013, "Lost connection"), Unavailable, "OperationalError 2013: Lost connection"),
        (sqlite3.DatabaseError("HYT00", "[HYT00] expired"), TimedOut, "DatabaseError HYT00: [HYT00] expired"),
        (sqlite3.DatabaseError("08S01", "link failure"), Unavailable, "DatabaseError 08S01: link failure"),
        (sqlite3.DatabaseError("ann@example.test"), BadData, "DatabaseError: ?"),
        (sqlite3.DataError("cannot read 'x'"), BadData, "DataError"),
        (OSError("no route"), Unavailable, "OSError: no route"),
    ],
)
def test_codes_of_databases(error: Exception, kind: type[SourceError], detail: str) -> None:
    """Where neither the class of the exception nor SQLite tells it."""
    dialect = create_engine("sqlite://").dialect
    found = source_error(error, dialect, "shop", "a lookup", "select T.NOPE from T", ["ann@example.test"])
    assert type(found) is kind
    assert found.detail == f"a lookup: {detail}"


UNUSUAL = """
source: shop
role: WMS
kind: sql
entities:
  StockLevel:
    table: STK_{store}
    tables: {store: ["1", "2"]}
    effective: {to: LAST, as: date(yyyyMMdd), open: [0]}
    join: {name: {table: NAMES, on: {ITEM: ITEM}, where: LANG = 'D'}}
    fields: {sku: {from: ITEM, form: {pad: 4}}, locationCode: store, onHand: name.QTY}
    lookup: {sku: {}}
"""


@pytest.mark.quirk("Q13", "Q14", "Q20")
@pytest.mark.parametrize("name", DIALECTS)
def test_joins_unions_and_dates(name: str) -> None:
    """The key narrows every table before anything is joined; names of the allow-list are constants, today is bound."""
    spec = shop.registration("sqlite://", UNUSUAL).entities["StockLevel"]
    found = of_spec("StockLevel", spec, name).lookups["sku"]
    (query,) = found.queries(["A", "B"], found.fields(frozenset({"sku", "locationCode", "onHand"})), {})
    statement = query.statement()
    text = " ".join(statement.text.translate(str.maketrans("", "", '"[]`')).split())
    for store in "12":
        assert f"'{store}' AS store" in text
        assert f"FROM STK_{store} WHERE (STK_{store}.LAST IS NULL OR STK_{store}.LAST = 0 OR" in text
        assert f"AND STK_{store}.ITEM IN (" in text
    assert text.count(" UNION ALL ") == 1
    assert "LEFT OUTER JOIN (SELECT NAMES.QTY AS QTY, NAMES.ITEM AS ITEM FROM NAMES WHERE (LANG = 'D')) name" in (
        text.replace(") AS name", ") name")
    )
    assert isinstance(statement, Statement)
    bound = statement.bound(query.values)
    values = list(bound.values() if isinstance(bound, dict) else bound)
    assert {value for value in values if isinstance(value, str)} == {"A   ", "B   "}
    assert {value for value in values if isinstance(value, int)} == {int(f"{datetime.now(UTC):%Y%m%d}")}


@pytest.mark.quirk("Q18")
@pytest.mark.parametrize(
    ("field", "words", "given", "read"),
    [
        ("text", {"from": "C", "default": ""}, None, ""),  # an empty text, as Oracle keeps it
        ("day", "C", datetime(2026, 11, 21, 13, 5), "2026-11-21"),  # DATE has a time
        ("at", "C", datetime(2026, 11, 21, 13, 5), "2026-11-21T12:05:00Z"),
        ("amount", "C", 0.1, "0.1"),  # NUMBER without a scale: whole, exact or not
        ("amount", "C", Decimal("12.50"), "12.50"),
        ("amount", "C", 10**20, "100000000000000000000"),
        ("count", "C", Decimal("3"), 3),
        ("code", "C", Decimal("45"), "45"),
    ],
)
def test_values_as_oracles_driver_gives_them(field: str, words: Any, given: Any, read: Any) -> None:
    assert value(field, words, {"C": given}, "flat") == read
