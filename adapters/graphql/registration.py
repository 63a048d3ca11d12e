"""The words of ``kind: graphql``."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from adapters.filters import VariableFilter
from adapters.registration import Code, Entity, ListOrder, LookupSpec, SearchSpec, Words
from adapters.web.page_words import KeysetPage, NumberPage, OffsetPage, page_style
from adapters.web.registration import WebSource
from adapters.web.sorts import SORTS, Sorts
from adapters.web.words import Address

Meaning = Literal["missing", "rejected", "overloaded", "unavailable"]
"""What an error says: no such record; refused; ask less; out of order."""

Page = Annotated[
    Annotated[OffsetPage, Tag("offset")] | Annotated[NumberPage, Tag("number")] | Annotated[KeysetPage, Tag("keyset")],
    Discriminator(page_style),
]

TypeName = Annotated[str, Field(pattern=r"^[_A-Za-z]\w*$")]


class Errors(Words):
    """What the service's own words for an error mean."""

    codes: dict[Code, Meaning] = Field({}, description="Meaning by `extensions.code`; any other is rejected.")
    types: dict[TypeName, Meaning] = Field(
        {}, description="Meaning by type, where a field answers an error as a member of a union."
    )


class Query(Words):
    """One operation. Where its rows are, it ends without a selection: that is made from what is mapped."""

    query: str | None = Field(
        None, description="Such as `query ($keys: [String!]!) { products(skus: $keys) }`; fragments are welcome."
    )
    rows: str | None = Field(
        None,
        description="The field of the rows, by response keys: `catalog.items`; needed if several have no selection.",
    )


class GraphQLLookup(LookupSpec, Query):
    """Variables: ``$keys`` holds all keys (of a composite key: objects of its parts). Or ``$key`` (``$sku`` and
    ``$locationCode``, the parts) holds one: then the operation is asked once with an alias for each key.
    """

    entities: bool = Field(False, description="Ask `_entities` of a subgraph instead, by the entity's `type`.")
    arguments: dict[str, str] = Field({}, description="Argument in the graph: the variable that holds it.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.query is None) != self.entities:
            raise ValueError("expected exactly one of query, entities")
        return self


class GraphQLSearch(SearchSpec, Query):
    """Variables: what ``filters``, ``sorts``, ``page``, ``start`` and ``parents`` name; of a Relay connection
    ``$first``, ``$after`` and, where it can be asked from its end, ``$last`` and ``$before``.
    """

    query: str = Field(
        description="Such as `query ($first: Int!, $after: String) { products(first: $first, after: $after) }`."
    )
    filters: dict[str, str | VariableFilter] = Field(
        {}, description="Filter in the graph: the variable that holds it, or how it is written there too."
    )
    sorts: Sorts = Field({}, description=SORTS)
    parents: str | None = Field(
        None, description="Below parents: the variable that holds one's key; an alias for each parent."
    )
    batch: int = Field(20, gt=0, description="Most parents in one call.")
    page: Literal["relay"] | Page | None = Field(
        "relay",
        description="`relay`: the rows are a connection; `{offset: ..., limit: ...}`, `{number: ..., size: ...}` or"
        " `{keyset: ..., size: ...}`.",
    )
    order: ListOrder | None = Field(
        None,
        description="The instant by which the service keeps the list, pages by `keyset` or by cursors that stand for"
        " values: `placedAt desc`.",
    )
    start: str | None = Field(
        None,
        description="The variable that holds the instant at which an ordered list is to begin, that one included;"
        " if not said, that of the instant in `keyset`.",
    )
    total: str | None = Field(
        None, description="The field of the count, by response keys; of a connection: the name of the field in it."
    )
    limit: int = Field(100, gt=0, description="Most records of one page.")


class GraphQLEntity(Entity[GraphQLLookup, GraphQLSearch]):
    """Paths in `fields` are names and dots; what is selected follows from them."""

    type: TypeName | None = Field(
        None, description="Its type there: for `_entities`, and where rows are of an interface or a union."
    )
    select: str | None = Field(
        None, description="The selection of a row, written out: `{ sku price(currency: EUR) { amount } }`."
    )


class GraphQLSource(WebSource):
    """A service that answers GraphQL over HTTP."""

    kind: Literal["graphql"] = Field(description="How it is spoken to.")
    url: Address = Field(description="Its address, such as `https://shop/graphql`.")
    errors: Errors = Field(Errors(), description="What its own words for an error mean.")
    entities: dict[str, GraphQLEntity] = Field({}, description="What it knows, by type of the graph.")
