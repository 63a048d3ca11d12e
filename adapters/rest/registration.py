"""The words of ``kind: rest``."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import Field, model_validator

from adapters.conditions import ConditionWords
from adapters.filters import VariableFilter
from adapters.registration import Duration, Entity, ListOrder, LookupSpec, SearchSpec, Words
from adapters.rest.dialects import DialectName
from adapters.web.formats.words import ReplyFormat
from adapters.web.pace import PaceWords
from adapters.web.page_words import Page
from adapters.web.registration import WebSource
from adapters.web.sorts import SORTS, Sorts
from adapters.web.words import (
    Address,
    Code,
    Meaning,
    Method,
    Send,
    Status,
    one_request,
)


class Errors(Words):
    """How a reply says that it is an error, whatever its status. Paths are JMESPath over ``{status, body}``."""

    when: str = Field(description="An error if this is true, or anything else but null, false, 0 and empty.")
    code: str | None = Field(None, description="Path of the system's own code.")
    message: str | None = Field(None, description="Path of the system's own text; for the log, never for clients.")
    codes: dict[Code, Meaning] = Field({}, description="Meaning by code; any other is rejected.")


class PollWords(Words):
    """A request that starts work: its reply is asked for until it is done, within the call's time."""

    when: str = Field("status == `202`", description="JMESPath over `{status, headers, cookies, body}`: not done yet.")
    link: str = Field("headers.location", description="Path of the link to ask; the last one where there is none.")
    every: Duration = Field(0.5, validate_default=False, description="How often, if no `Retry-After` says it.")
    result: str | None = Field(None, description="Path of a link to the result, where the last reply is not it.")


class Request(Words):
    """One request: ``get:`` or ``post:`` an RFC 6570 template behind the source's ``url``, with ``body:``.

    In ``body`` and ``query`` texts that begin with ``$`` stand for values (``$$`` is a dollar sign); a member whose
    value is not given is left out. The source's ``constants`` are values too, and ``token`` of ``auth.login``.
    """

    get: str | None = Field(None, description="Template such as `/prices{?sku*}`.")
    post: str | None = Field(None, description="Template; reads only, whatever the method.")
    query: dict[str, Any] = Field(
        {}, description="More of the address's query, with `$` texts: `{filter: {sku: $keys}}` is `filter[sku]=…`."
    )
    body: Any = Field(None, description="What is sent, with `$` texts, such as `{skus: $keys}`.")
    send: Send = Field("json", description="How the body is written.")
    conditions: dict[str, ConditionWords] = Field(
        {}, description="Variable: the condition that it holds, in the system's own query language."
    )
    reply: ReplyFormat | None = Field(None, description="How the reply is written; as the source's `reply`.")
    poll: PollWords | None = Field(None, description="The reply comes later.")
    rows: str = Field("@", description="JMESPath to the rows: a list, or one object. Null is not an empty list.")
    keyed: str | None = Field(
        None, description="The rows are the members of an object: under this path each row has its member's name."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        one_request(self.get, self.post, self.body)
        return self

    @property
    def template(self) -> str:
        return self.get if self.get is not None else self.post or ""

    @property
    def method(self) -> Method:
        return "GET" if self.get is not None else "POST"


class ViaRequest(Request):
    """A request that is made first, with the same values; what its reply holds are values of the lookup's own."""

    with_: dict[str, str] = Field(alias="with", min_length=1, description="Variable: JMESPath over the reply.")
    missing: list[Status] = Field([404], description="Statuses that mean: none of these exists.")


class RestLookup(LookupSpec, Request):
    """Values: the variable of the lookup's own name (of each part, for a composite key) holds the keys.

    In a body also ``$keys``, or ``[{...: $key}]`` for one item per key; ``$key`` with ``batch: 1``; the parts of a
    composite key are ``$key.0``, ``$key.1``; ``$argument.name``.
    """

    variable: str | None = Field(None, description="The variable that holds the keys, if not the lookup's name.")
    arguments: dict[str, str] = Field({}, description="Argument in the graph: the variable that holds it.")
    match: Literal["key", "none"] = Field(
        "key", description="How rows find their key: by their own, or, for `batch: 1`, all rows are of the asked key."
    )
    via: ViaRequest | None = Field(None, description="A request made first: the system wants its own number, say.")
    whole: bool = Field(False, description="The reply holds all that there is (a feed); the keys take their rows.")
    missing: list[Status] | None = Field(
        None, description="Statuses that mean: none of these exists. 404 with `batch: 1`, else none."
    )


class RestFacet(Words):
    """How many records have each value: a list of objects, a list of values and counts in turn, or an object of counts
    by value. Paths are JMESPath."""

    at: str = Field(description="Path of the values, in the reply to the search.")
    value: str = Field("value", description="Path of the value, in an object.")
    count: str = Field("count", description="Path of its count, in an object.")
    text: str | None = Field(None, description="Path of what people call the value, in an object.")
    field: str | None = Field(None, description="The field that it is a value of, written as the system has it there.")
    label: str | None = Field(None, description="What people call the facet; its code otherwise.")


class RestSearch(SearchSpec, Request):
    """Values: the variables that ``filters``, ``sorts``, ``page`` and ``parents`` name; in a body also
    ``$filter.name``.

    Without ``page`` the system answers everything at once, and the pages are cut from that.
    """

    filters: dict[str, str | VariableFilter] = Field(
        {}, description="Filter in the graph: the variable that holds it, or how it is written there too."
    )
    facets: dict[str, RestFacet] = Field({}, description="By code: what the reply says, where facets are wanted.")
    facets_with: dict[str, Any] = Field(
        {}, description="Values of variables that are given only where facets are wanted: `{aggregate: true}`."
    )
    sorts: Sorts = Field({}, description=SORTS)
    parents: str | None = Field(
        None, description="Below one parent at a time: the variable that holds its key, in the form of that field."
    )
    page: Page | None = Field(
        None,
        description="`{offset: ..., limit: ...}`, `{number: ..., size: ...}`, `{keyset: ..., size: ...}`,"
        " `{token: ..., next: ...}`, `{next: ...}` or `{link: next}`.",
    )
    order: ListOrder | None = Field(
        None, description="The instant by which the system keeps the list, pages by `keyset`: `placedAt desc`."
    )
    start: str | None = Field(
        None,
        description="The variable that holds the instant at which an ordered list is to begin, that one included;"
        " if not said, that of the instant in `keyset`.",
    )
    total: str | None = Field(None, description="JMESPath to the count of all records.")
    limit: int = Field(100, gt=0, description="Most records of one page; 1000 without `page`.")
    missing: list[Status] = Field([], description="Statuses that mean: there is nothing.")


class PartRequest(Request):
    """A further request for each row: what it answers stands in the row, under the name of the part.

    Made only for fields that read from it. Variables are the row's own members, and those of ``with``.
    """

    follow: str | None = Field(None, description="Instead of `get`: JMESPath to a link in the row.")
    with_: dict[str, str] = Field({}, alias="with", description="Variable: JMESPath over the row.")
    missing: list[Status] = Field([404], description="Statuses that mean: there is no such part.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if self.follow is None:
            one_request(self.get, self.post, self.body)
        elif self.get is not None or self.post is not None:
            raise ValueError("expected exactly one of get, post, follow")
        return self


class RestEntity(Entity[RestLookup, RestSearch]):
    """Paths in `fields` are JMESPath over a row."""

    parts: dict[str, PartRequest] = Field(
        {}, description="What a row has behind addresses of its own: `price` is then a path in `fields`."
    )


class RestSource(WebSource):
    """A system that answers over HTTP."""

    kind: Literal["rest"] = Field(description="How it is spoken to.")
    url: Address = Field(description="What all templates begin behind.")
    aliases: list[Address] = Field([], description="Base addresses that mean the same in the system's own links.")
    dialect: DialectName | None = Field(
        None, description="Habits of many systems: where the rows are, how a condition is written, what a body has."
    )
    constants: dict[str, Any] = Field({}, repr=False, description="Values by name, for all templates and bodies.")
    reply: ReplyFormat = Field("json", description="How replies are written, unless a request says otherwise.")
    errors: Errors | None = Field(None, description="How a reply says that it is an error.")
    pace: PaceWords | None = Field(None, description="How the system tells how many calls it takes.")
    exact_numbers: bool = Field(
        False,
        description="Read numbers from their text. Slower, and only needed for more than 15 significant digits.",
    )
    ping: str | None = Field(
        None, pattern="^/[!-~]*$", description="A cheap path that says the system is there; any answer counts."
    )
    entities: dict[str, RestEntity] = Field({}, description="What it knows, by type of the graph.")
