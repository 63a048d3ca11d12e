"""The words of ``kind: sql``."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from adapters.registration import Entity, LookupSpec, SearchSpec, Source, Words

Given = Annotated[str, Field(pattern=r"^[_A-Za-z][_0-9A-Za-z]*$")]
"""The name of an argument or filter in the graph."""


class SqlLookup(LookupSpec):
    """Rows by key: of the entity's ``table``, or of ``sql`` that says ``where KEY in :keys``.

    A composite key is written ``where (A, B) in :keys``.
    """

    batch: int = Field(500, gt=0, description="Most keys in one statement; the database's own limit is kept too.")
    sql: str | None = Field(None, description="A select; `in :keys` stands for the keys, which are bound.")
    order: list[str] = Field([], description="Fields that several rows of one key are ordered by: `validFrom desc`.")
    arguments: dict[Given, str] = Field({}, description="Argument in the graph: the field that is one of its values.")


class SqlPage(Words):
    """How a search is cut into pages: behind the last row (``keyset``, the rule), or by counting rows (``offset``)."""

    keyset: list[str] = Field([], description="Columns to order by, where they are no fields: `PLACED desc`.")
    offset: bool = Field(
        False, description="Count rows: for rows without a key, of which several may be equal in the order."
    )


class SqlSearch(SearchSpec):
    """Pages of the entity's ``table``, or of ``sql``; below parents it says ``where PARENT in :parents``.

    Rows without a value in one of the columns that order them are on no page.
    """

    sql: str | None = Field(None, description="A select; `in :parents` stands for the parents' keys, which are bound.")
    parents: str | None = Field(None, description="The field or hidden key that holds the parent's key.")
    filters: dict[Given, str] = Field({}, description="Filter in the graph: the field that is (one of) its value.")
    order: list[str] = Field([], description="Fields to order by, such as `placedAt desc`; the key breaks ties.")
    page: SqlPage = Field(SqlPage(), description="How it is cut into pages.")
    batch: int = Field(100, gt=0, description="Most parents in one statement.")
    limit: int = Field(100, gt=0, description="Most records of one page.")
    total: bool = Field(False, description="Count all records, with a second statement, when the total is wanted.")


class SqlEntity(Entity[SqlLookup, SqlSearch]):
    """``from`` in ``fields`` is a column's name, kept and quoted as it is written."""

    table: str | None = Field(None, description="Table or view, with its schema before a dot or from `schema:`.")
    where: str | None = Field(None, description="A constant condition on every row of `table`: `TRAINING = 0`.")


class SqlSource(Source):
    """A database. Sessions are read-only where the database knows that; ``limits.concurrency`` connections at most.

    A statement that takes longer than ``limits.timeout`` is ended, by the database too where it can do that.
    """

    kind: Literal["sql"] = Field(description="How it is spoken to.")
    url: str = Field(
        repr=False, description="SQLAlchemy URL, such as postgresql+psycopg://user:password@host/database."
    )
    schema_: str | None = Field(None, alias="schema", description="Schema of all tables.")
    entities: dict[str, SqlEntity] = Field({}, description="What it knows, by type of the graph.")
