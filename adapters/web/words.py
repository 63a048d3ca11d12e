"""The small words that several parts of a ``kind: rest`` registration share."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field

Meaning = Literal["missing", "rejected", "overloaded", "unavailable", "relogin"]
"""What an error says: no such record; refused; ask less; out of order; the session is over."""

Code = Annotated[str, BeforeValidator(str, json_schema_input_type=str | int)]

Status = Annotated[int, Field(ge=100, le=599)]

Method = Literal["GET", "POST"]

Send = Literal["json", "form", "xml"]


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


def one_request(get: Any, post: Any, body: Any) -> None:
    if (get is None) == (post is None):
        raise ValueError("expected exactly one of get, post")
    if get is not None and body is not None:
        raise ValueError("expected `post` where there is a body")


Address = Annotated[str, AfterValidator(address)]

HeaderValue = Annotated[str, AfterValidator(one_line)]

HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
