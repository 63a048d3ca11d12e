"""Registrations of databases: all that does not fit is told at once, at its place, and nothing secret with it."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from adapters.problems import MappingProblems
from adapters.sql import KIND
from tests.adapters import sql_shop as shop

URL = "sqlite:////nowhere/at/all.db"

WRONG = """
source: shop
role: WMS
kind: sql
entities:
  StockLevel:
    key: [sku, locationCode]
    table: STOCK
    fields:
      sku: {from: ITEM_NO, form: {pad: 16}}
      locationCode: {from: [TWO, COLUMNS]}
      onHand: QTY
      lastCountedAt: COUNTED
    lookup:
      skuu: {}
      sku locationCode: {}
      sku:
        sql: select 1 where x in :keys
        order: [onHand desc, sk]
        arguments: {at: lastCountedAt, by: nothing}
  Order:
    key: number
    where: TRAINING = 0
    fields:
      number: NO
      placedAt: PLACED
      channel: {from: CHAN, map: {W: WEB}, otherwise: STORE}
      openOnly: {from: OPEN, const: true}
    keys:
      customerNumber: {from: CUST, as: "date(yyyyMMdd)"}
    lookup:
      number: {}
    search:
      none: {sql: select 1}
      both: {sql: select 1, order: [placedAt], page: {keyset: [NO]}}
      twice: {sql: select 1, page: {keyset: [NO], offset: true}}
      wrong: {sql: select 1, order: [placed], filters: {channel: channel, open: openOnly, customer: customerNumber}}
      parents: {sql: select 1, parents: customer, order: [placedAt]}
      mapped: {sql: "select 1 where CHAN in :parents", parents: channel, order: [placedAt]}
  OrderLine:
    fields: {id: {from: POS}, sku: {each: LINES, fields: {}}}
    keys: {orderNumber: NO}
    lookup:
      id: {sql: "select * from LINES where POS = :keys"}
      orderNumber: {sql: "select * from LINES where A in :keys and B = :other"}
      orderNumber id: {sql: "select * from LINES where NO in :keys"}
    search:
      order: {sql: "select * from LINES where A = :parents", page: {keyset: [POS]}}
"""

EXPECTED = {
    "entities.StockLevel.lookup.skuu": "a field or hidden key of the entity",
    "entities.StockLevel.lookup.sku locationCode": "a field that is read from one column",
    "entities.StockLevel.lookup.sku.sql": "`table` in the entity, or `sql` here",
    "entities.StockLevel.lookup.sku.order.1": "a field or hidden key of the entity",
    "entities.StockLevel.lookup.sku.arguments.at": "a field that can be compared as it is",
    "entities.StockLevel.lookup.sku.arguments.by": "a field or hidden key of the entity",
    "entities.Order.where": "`table` beside it",
    "entities.Order.lookup.number": "`sql` here, or `table` in the entity",
    "entities.Order.search.none.order": "`order` in fields, or `page: {keyset: [...]}` in columns",
    "entities.Order.search.both.order": "`order` in fields, or `page: {keyset: [...]}` in columns",
    "entities.Order.search.twice.order": "`offset` with an `order`, or `keyset`",
    "entities.Order.search.wrong.order": "a field or hidden key of the entity",
    "entities.Order.search.wrong.filters.channel": "a field whose values stand for one value of the column each",
    "entities.Order.search.wrong.filters.open": "a field that is read from one column",
    "entities.Order.search.wrong.filters.customer": "a field that can be compared as it is",
    "entities.Order.search.parents.parents": "a field or hidden key of the entity",
    "entities.Order.search.mapped.parents": "a key that is written by `form`, both ways",
    "entities.OrderLine.fields.sku": "columns of a row",
    "entities.OrderLine.lookup.id.sql": "`where COLUMN in :keys`",
    "entities.OrderLine.lookup.orderNumber.sql": "`in :keys` only",
    "entities.OrderLine.lookup.orderNumber id.sql": "`where (COLUMN, COLUMN) in :keys`",
    "entities.OrderLine.search.order.sql": "`parents` beside it, the field that holds the key",
}


def problems(text: str, url: str = URL) -> MappingProblems:
    with pytest.raises(MappingProblems) as caught:
        shop.adapter(url, text)
    return caught.value


def test_every_problem_is_told_at_once_at_its_place() -> None:
    found = {".".join(map(str, problem.path)): problem.expected for problem in problems(WRONG).problems}
    assert {place: expected for place, expected in found.items() if place in EXPECTED} == EXPECTED
    assert found.keys() - EXPECTED.keys() == {"entities.Order.fields.openOnly", "entities.OrderLine.fields.sku.fields"}


def test_a_problem_says_what_to_do() -> None:
    texts = str(problems(WRONG)).splitlines()
    assert (
        "entities.StockLevel.lookup.skuu: expected a field or hidden key of the entity, found `skuu`;"
        " did you mean `sku`?" in texts
    )
    assert (
        "entities.OrderLine.lookup.orderNumber.sql: expected `in :keys` only, found `:other`;"
        " write `\\:` for a colon" in texts
    )


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite://", "url: expected the path of a database file, found a database in memory"),
        ("sqlite:///:memory:", "url: expected the path of a database file, found a database in memory"),
        ("nodb://ann:hunter2@host/db", "url: expected a dialect that is installed, found `nodb`"),
        ("mssql+pymssql://ann:hunter2@host/db", "url: expected a driver that is installed, found `mssql+pymssql`"),
        ("ann:hunter2@host", "url: expected a SQLAlchemy URL"),
    ],
)
def test_a_url_that_cannot_work_is_told_without_its_secrets(url: str, expected: str) -> None:
    found = problems(shop.REGISTRATION, url)
    assert str(found).startswith(expected)
    assert "hunter2" not in f"{found} {found.__cause__}"


def test_no_secret_is_in_a_registration_as_text() -> None:
    spec = shop.registration("postgresql+psycopg://ann:hunter2@host/db")
    assert "hunter2" not in repr(spec) + str(spec)


def test_nothing_is_connected_before_it_is_asked() -> None:
    """The server is nowhere: building is no matter for it."""
    adapter = shop.adapter("postgresql+psycopg://ann:hunter2@192.0.2.1/db")
    assert adapter.kind == "sql"
    assert adapter.source == "shop"


def test_what_is_registered_is_declared() -> None:
    capabilities = shop.adapter(URL).capabilities
    stock = capabilities["StockLevel"]
    assert stock.fields == {"sku", "locationCode", "onHand", "lastCountedAt"}
    assert stock.lookups["sku"].many
    assert stock.lookups["sku"].arguments == {"locations"}
    assert stock.lookups["sku"].batch == 400  # of 500: the database's own limit
    assert not stock.lookups["sku locationCode"].many
    search = capabilities["Order"].searches["customer"]
    assert (search.limit, search.parents, search.total) == (7, True, True)
    assert search.filters == {"channels", "openOnly", "customer"}
    assert "customerNumber" in capabilities["Order"].fields


@pytest.mark.parametrize(
    "words",
    [
        {"entities": {"Order": {"tabel": "X"}}},
        {"entities": {"Order": {"lookup": {"number": {"sqll": "select"}}}}},
        {"entities": {"Order": {"search": {"all": {"limit": 0}}}}},
        {"entities": {"Order": {"search": {"all": {"page": {"keyset": "NO"}}}}}},
        {"entities": {"Order": {"search": {"all": {"filters": {"a b": "number"}}}}}},
        {"entities": {"Order": {"lookup": {"number": {"arguments": {"a-b": "number"}}}}}},
        {"kind": "rest"},
    ],
)
def test_unknown_words_and_forms_are_refused(words: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        KIND.registration.model_validate({"source": "shop", "role": "WMS", "kind": "sql", "url": URL} | words)
