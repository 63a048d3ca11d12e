"""The words of ``page``: how the system cuts its lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from adapters.registration import Words

MORE = "JMESPath that is something where there is a next page, if the system says so beside its pages."


class OffsetPage(Words):
    """Pages by how many records to skip. The words name the variables."""

    offset: str = Field(description="How many records to skip.")
    limit: str = Field(description="How many records to give.")
    more: str | None = Field(None, description=MORE)


class NumberPage(Words):
    """Pages by their number. The words name the variables."""

    number: str = Field(description="Which page.")
    size: str = Field(description="How many records a page has.")
    first: Literal[0, 1] = Field(1, description="The number of the first page.")
    more: str | None = Field(None, description=MORE)


class KeysetPage(Words):
    """Pages that go on behind the last record, by its values: what comes or goes in between shifts nothing."""

    keyset: dict[str, str] = Field(
        min_length=1,
        description="Field of the key, or of `order`: the variable that holds the last record's value. With all of the"
        " key the system answers what is behind that record; by the instant of `order` alone, that instant's again.",
    )
    size: str = Field(description="The variable that says how many records to give.")
    more: str | None = Field(None, description=MORE)


class TokenPage(Words):
    """Pages that name the next one, by a token that goes into a variable. A page may have any number of records."""

    token: str = Field(description="The variable that holds the token; not given for the first page.")
    next: str = Field(description="JMESPath to the token of the next page; null or blank at the end.")
    size: str | None = Field(None, description="The variable that says how many records a page may have.")


class LinkPage(Words):
    """Pages that give the link of the next one. A page may have any number of records."""

    next: str | None = Field(None, description="JMESPath to the link; null or blank at the end.")
    link: str | None = Field(None, description="The relation in the `Link` header: `next`.")
    size: str | None = Field(None, description="The variable that says how many records a page may have.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.next is None) == (self.link is None):
            raise ValueError("expected exactly one of next, link")
        return self


def page_style(page: Any) -> str:
    """By the word that only one style has, so that an error is told in the words of that style."""
    words = page if isinstance(page, Mapping) else page.model_dump(exclude_unset=True)
    for style in ("number", "token", "link", "offset", "keyset"):
        if style in words:
            return style
    return "link" if "next" in words else "offset"


Page = Annotated[
    Annotated[OffsetPage, Tag("offset")]
    | Annotated[NumberPage, Tag("number")]
    | Annotated[KeysetPage, Tag("keyset")]
    | Annotated[TokenPage, Tag("token")]
    | Annotated[LinkPage, Tag("link")],
    Discriminator(page_style),
]
