"""The words of ``kind: sql``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from adapters.filters import FilterWords
from adapters.registration import Code, Duration, Entity, ListedCode, LookupSpec, SearchSpec, Source, Words

Meaning = Literal["missing", "rejected", "overloaded", "unavailable"]
"""What a system's own error code means."""

Given = Annotated[str, Field(pattern=r"^[_A-Za-z][_0-9A-Za-z]*$")]
"""The name of an argument or filter in the graph."""


class SqlErrors(Words):
    """A return code in a column, as procedures give it."""

    code: str = Field(description="Column of the code.")
    message: str | None = Field(None, description="Column of the system's own text; for the log, never for clients.")
    ok: list[ListedCode] = Field(["0", ""], description="Codes that are no error; nor is null.")
    codes: dict[Code, Meaning] = Field({}, description="Meaning by code; any other is rejected.")


class SqlLookup(LookupSpec):
    """Rows by key: of the entity's ``table``, or of ``sql`` that says ``where KEY in :keys``.

    A composite key is written ``where (A, B) in :keys``. Or the result of ``call``, by the names of its columns.
    """

    batch: int = Field(500, gt=0, description="Most keys in one statement; the database's own limit is kept too.")
    sql: str | None = Field(None, description="A select; `in :keys` stands for the keys, which are bound.")
    call: str | list[str] | None = Field(
        None,
        description="Statements run as they are, such as `call STOCK_OF(:sku)`: the key by name, or all as `:keys`.",
    )
    separator: str = Field(",", description="Between the keys that `call` takes as one text, `:keys`.")
    result: int = Field(1, gt=0, description="Which of the result sets of `call` has the rows.")
    errors: SqlErrors | None = Field(None, description="How a row of `call` says that it is an error.")
    order: list[str] = Field([], description="Fields that several rows of one key are ordered by: `validFrom desc`.")
    arguments: dict[Given, str] = Field({}, description="Argument in the graph: the field that is one of its values.")


class SqlPage(Words):
    """How a search is cut into pages: behind the last row (``keyset``, the rule), or by counting rows (``offset``)."""

    keyset: list[str] = Field([], description="Columns to order by, where they are no fields: `PLACED desc`.")
    offset: bool = Field(
        False, description="Count rows: for rows without a key, of which several may be equal in the order."
    )


class SqlSort(Words):
    """An order by columns, where they are no fields."""

    keyset: list[str] = Field(min_length=1, description="Columns to order by: `SOLD desc`.")


class SqlEffective(Words):
    """Of several versions of a row, the one that holds now: from ``from`` on, and up to ``to``, both included.

    Null on either side is open.
    """

    from_: str | None = Field(None, alias="from", description="The column of the first day or moment.")
    to: str | None = Field(None, description="The column of the last day or moment.")
    as_: str | None = Field(
        None,
        alias="as",
        description="How the columns write it: `date`, `date(yyyyMMdd)`, `date(CyyDDD)`; a timestamp otherwise.",
    )
    open: list[ListedCode] = Field([], description="Values of `to` that mean no end: `0`.")


class SqlRows(Words):
    """Rows of another table that belong to a row of the entity, any number of them."""

    table: str = Field(description="Table or view, with its schema before a dot or from `schema:`.")
    on: dict[str, str] = Field(
        min_length=1, description="Column of the entity, or `NAME.COLUMN` of a join: the column that equals it there."
    )
    where: str | None = Field(None, description="A constant condition on its rows: `QTY > 0`.")
    effective: SqlEffective | None = Field(None, description="The version of its rows that holds now.")


class SqlFilter(FilterWords):
    """A condition on a column that is no field, or on rows of another table: at least one of them meets it.

    A range is between two numbers, a moment is from then on. `rows` without a column: whether there are any.
    """

    from_: str | None = Field(None, alias="from", description="The column that it compares: of `rows`, one of theirs.")
    rows: SqlRows | None = Field(None, description="Rows of another table that it is about.")
    code: str | None = Field(None, description="Of `attributes` that are rows: the column of the attribute's code.")
    number: str | None = Field(None, description="Of attributes: the column of numbers that a range compares.")
    codes: dict[str, str | SqlFilter] = Field(
        {}, description="Of `attributes` that are columns, by the attribute's code: its column; it has no others."
    )


class SqlFacet(Words):
    """How many rows have each value of a field, or of a column that is none: one statement, with the same filters."""

    field: str | None = Field(None, description="The field; its values are those of the graph.")
    from_: str | None = Field(None, alias="from", description="The column; of `rows`, one of theirs.")
    rows: SqlRows | None = Field(None, description="Rows of another table, where an entity has several values.")
    text: str | None = Field(None, description="The column beside it that holds what people call the value.")
    label: str | None = Field(None, description="What people call the facet; its code otherwise.")
    most: int = Field(100, gt=0, description="Most values: the most frequent ones.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.field is None) == (self.from_ is None):
            raise ValueError("expected exactly one of field, from")
        if self.rows is not None and self.from_ is None:
            raise ValueError("expected from beside rows: a column of theirs")
        return self


class SqlSearch(SearchSpec):
    """Pages of the entity's ``table``, or of ``sql``; below parents it says ``where PARENT in :parents``.

    Rows without a value in one of the columns of ``order`` are on no page. In the orders of ``sorts``, those without a
    value come last.
    """

    sql: str | None = Field(None, description="A select; `in :parents` stands for the parents' keys, which are bound.")
    parents: str | None = Field(None, description="The field or hidden key that holds the parent's key.")
    filters: dict[Given, str | SqlFilter] = Field(
        {}, description="Filter in the graph: the field that it compares, or another column."
    )
    facets: dict[Given, str | SqlFacet] = Field(
        {}, description="Counted when they are asked for, by code: the field whose values are counted, or more of it."
    )
    order: list[str] = Field([], description="Fields to order by, such as `placedAt desc`; the key breaks ties.")
    sorts: dict[Given, str | SqlSort] = Field(
        {},
        description="Orders that a client may choose, both ways: `{NAME: name, NEWEST: updatedAt desc}`, by field, or"
        " `{POPULARITY: {keyset: [SOLD desc]}}`; the key breaks ties.",
    )
    page: SqlPage = Field(SqlPage(), description="How it is cut into pages.")
    batch: int = Field(100, gt=0, description="Most parents in one statement.")
    limit: int = Field(100, gt=0, description="Most records of one page.")
    total: bool = Field(False, description="Count all records, with a second statement, when the total is wanted.")


class SqlJoin(Words):
    """Rows of another table beside those of ``table``: ``NAME.COLUMN`` in ``fields``. It is read where it is asked for.

    At most one of its rows may belong to a row of ``table``.
    """

    table: str = Field(description="Table or view, with its schema before a dot or from `schema:`.")
    on: dict[str, str] = Field(
        min_length=1, description="Column of `table`, or `NAME.COLUMN` of a join above: the column that equals it here."
    )
    where: str | None = Field(None, description="A constant condition on its rows: `LANGUAGE_ID = 1`.")
    effective: SqlEffective | None = Field(None, description="The version of its rows that holds now.")
    required: bool = Field(False, description="A row of `table` without one here is none.")


class SqlUnpivot(Words):
    """Repeated columns as rows: a row for each of ``sets``, with its name in the column ``name``."""

    name: str = Field(description="A column of its own, which holds the name of the set: `WHSE`.")
    sets: dict[Code, dict[str, str]] = Field(
        min_length=1, description="By name: column as `fields` calls it, and the column that it is read from."
    )


class SqlEntity(Entity[SqlLookup, SqlSearch]):
    """``from`` in ``fields`` is a column's name, kept and quoted as it is written, or ``NAME.COLUMN`` of a join."""

    table: str | None = Field(None, description="Table or view, with its schema before a dot or from `schema:`.")
    view: str | None = Field(
        None, description="A select without parameters in the place of `table`, where the database has no view for it."
    )
    where: str | None = Field(None, description="A constant condition on every row of `table`: `TRAINING = 0`.")
    tables: dict[Given, list[ListedCode]] = Field(
        {}, description="One table per store or year: what stands for `{store}` in `table`, and is a column `store`."
    )
    unpivot: SqlUnpivot | None = Field(None, description="Repeated columns as rows.")
    effective: SqlEffective | None = Field(None, description="Of several versions of a row, the one that holds now.")
    join: dict[Given, SqlJoin] = Field({}, description="Other tables, by the name that columns are asked with.")


class SqlHeartbeat(Words):
    """A copy that lags tells when its data was true: that is what ``provenance.asOf`` says."""

    sql: str = Field(description="A select of one instant, such as `select max(BEAT) from REPLICATION`.")
    as_: str = Field("instant", alias="as", description="How it is written.")
    every: Duration = Field(5.0, validate_default=False, description="How long it is used before it is asked again.")


class SqlSource(Source):
    """A database. Sessions are read-only where the database knows that; ``limits.concurrency`` connections at most.

    A statement that takes longer than ``limits.timeout`` is ended, by the database too where it can do that.
    """

    kind: Literal["sql"] = Field(description="How it is spoken to.")
    url: str = Field(
        repr=False, description="SQLAlchemy URL, such as postgresql+psycopg://user:password@host/database."
    )
    schema_: str | None = Field(
        None, alias="schema", description="Schema of all tables; empty where their names have dots and there is none."
    )
    session: list[str] = Field(
        [], description="Statements for every new connection: `set transaction isolation level read uncommitted`."
    )
    heartbeat: SqlHeartbeat | None = Field(None, description="How far a copy of the database is behind.")
    entities: dict[str, SqlEntity] = Field({}, description="What it knows, by type of the graph.")
