"""The words of ``kind: rest``."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Discriminator, Field, Tag, model_validator

from adapters.registration import Entity, LookupSpec, SearchSpec, Source, Words

Meaning = Literal["missing", "rejected", "overloaded", "unavailable"]
"""What an error says: no such record; refused; ask less; out of order."""

Code = Annotated[str, BeforeValidator(str, json_schema_input_type=str | int)]

Status = Annotated[int, Field(ge=100, le=599)]

Method = Literal["GET", "POST"]


def address(url: str) -> str:
    """A base address: templates begin where it ends."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  reading it is what checks it
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not parts.hostname or not re.fullmatch("[!-~]+", url):
        raise ValueError("expected an http:// or https:// address in ASCII, with everything else escaped")
    if parts.username is not None or parts.password is not None:
        raise ValueError("expected an address without user and password: they belong in `auth: {basic: ...}`")
    if parts.query or parts.fragment:
        raise ValueError("expected an address without a query: it belongs in the templates")
    return url.rstrip("/")


def one_line(value: str) -> str:
    """What a header can hold; a secret read from a file often ends with the end of a line."""
    if not value.isprintable():
        raise ValueError("expected printable characters only: no line ends, no tabs")
    return value


HeaderValue = Annotated[str, AfterValidator(one_line)]

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]


class ApiKey(Words):
    """A key in a header of its own."""

    header: HeaderName = Field(description="Name of the header.")
    value: HeaderValue = Field(min_length=1, repr=False, description="The key.")


class Basic(Words):
    """HTTP Basic."""

    username: str = Field(description="Who we are there.")
    password: str = Field(repr=False, description="From the environment, never in the file.")


class Auth(Words):
    """One way to log in."""

    api_key: ApiKey | None = Field(None, description="A key in a header.")
    basic: Basic | None = Field(None, description="User and password.")
    bearer: HeaderValue | None = Field(None, min_length=1, repr=False, description="A token that does not change.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"expected exactly one of {', '.join(type(self).model_fields)}")
        return self

    def headers(self) -> dict[str, str]:
        """What every request carries."""
        if self.api_key is not None:
            return {self.api_key.header: self.api_key.value}
        if self.basic is not None:
            text = f"{self.basic.username}:{self.basic.password}"
            return {"Authorization": f"Basic {b64encode(text.encode()).decode()}"}
        return {"Authorization": f"Bearer {self.bearer}"}


class Errors(Words):
    """How a reply says that it is an error, whatever its status. Paths are JMESPath over ``{status, body}``."""

    when: str = Field(description="An error if this is true, or anything else but null, false, 0 and empty.")
    code: str | None = Field(None, description="Path of the system's own code.")
    message: str | None = Field(None, description="Path of the system's own text; for the log, never for clients.")
    codes: dict[Code, Meaning] = Field({}, description="Meaning by code; any other is rejected.")


class OffsetPage(Words):
    """Pages by how many records to skip. The words name the variables."""

    offset: str = Field(description="How many records to skip.")
    limit: str = Field(description="How many records to give.")


class NumberPage(Words):
    """Pages by their number. The words name the variables."""

    number: str = Field(description="Which page.")
    size: str = Field(description="How many records a page has.")
    first: Literal[0, 1] = Field(1, description="The number of the first page.")


def page_style(page: Any) -> str:
    """By the word that only one style has, so that an error is told in the words of that style."""
    return "number" if isinstance(page, NumberPage) or (isinstance(page, Mapping) and "number" in page) else "offset"


Page = Annotated[
    Annotated[OffsetPage, Tag("offset")] | Annotated[NumberPage, Tag("number")],
    Discriminator(page_style),
]


class Request(Words):
    """One request: ``get:`` or ``post:`` an RFC 6570 template behind the source's ``url``, with ``body:`` as JSON.

    In ``body`` texts that begin with ``$`` stand for values (``$$`` is a dollar sign); a member whose value is not
    given is left out.
    """

    get: str | None = Field(None, description="Template such as `/prices{?sku*}`.")
    post: str | None = Field(None, description="Template; reads only, whatever the method.")
    body: Any = Field(None, description="JSON with `$` texts, such as `{skus: $keys}`.")
    rows: str = Field("@", description="JMESPath to the rows: a list, or one object. Null is not an empty list.")
    keyed: str | None = Field(
        None, description="The rows are the members of an object: under this path each row has its member's name."
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.get is None) == (self.post is None):
            raise ValueError("expected exactly one of get, post")
        if self.get is not None and self.body is not None:
            raise ValueError("expected `post` where there is a body")
        return self

    @property
    def template(self) -> str:
        return self.get if self.get is not None else self.post or ""

    @property
    def method(self) -> Method:
        return "GET" if self.get is not None else "POST"


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
    missing: list[Status] | None = Field(
        None, description="Statuses that mean: none of these exists. 404 with `batch: 1`, else none."
    )


class RestSearch(SearchSpec, Request):
    """Values: the variables that ``filters``, ``page`` and ``parents`` name; in a body also ``$filter.name``.

    Without ``page`` the system answers everything at once, and the pages are cut from that.
    """

    filters: dict[str, str] = Field({}, description="Filter in the graph: the variable that holds it.")
    parents: str | None = Field(
        None, description="Below one parent at a time: the variable that holds its key, in the form of that field."
    )
    page: Page | None = Field(None, description="`{offset: ..., limit: ...}` or `{number: ..., size: ...}`.")
    total: str | None = Field(None, description="JMESPath to the count of all records.")
    limit: int = Field(100, gt=0, description="Most records of one page; 1000 without `page`.")
    missing: list[Status] = Field([], description="Statuses that mean: there is nothing.")


class RestEntity(Entity[RestLookup, RestSearch]):
    """Paths in `fields` are JMESPath over a row."""


class RestSource(Source):
    """A system that answers JSON over HTTP."""

    kind: Literal["rest"] = Field(description="How it is spoken to.")
    url: Annotated[str, AfterValidator(address)] = Field(description="What all templates begin behind.")
    auth: Auth | None = Field(None, description="How to log in.")
    headers: dict[HeaderName, HeaderValue] = Field({}, repr=False, description="Sent with every request.")
    errors: Errors | None = Field(None, description="How a reply says that it is an error.")
    exact_numbers: bool = Field(
        False,
        description="Read numbers from their text. Slower, and only needed for more than 15 significant digits.",
    )
    ping: str | None = Field(
        None, pattern="^/[!-~]*$", description="A cheap path that says the system is there; any answer counts."
    )
    entities: dict[str, RestEntity] = Field({}, description="What it knows, by type of the graph.")
