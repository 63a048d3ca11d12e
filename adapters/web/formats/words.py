"""The words that say how replies are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from adapters.registration import Words


class Csv(Words):
    """Rows of text, by the names in the first line. Everything in them is text: the mapping says what it means."""

    delimiter: str = Field(",", min_length=1, max_length=1, description="Between two values.")
    quote: str = Field('"', min_length=1, max_length=1, description="Around a value that holds a delimiter.")
    encoding: str = Field("utf-8", description="Such as `cp1252`; a byte order mark is passed over.")
    columns: list[str] | None = Field(None, description="The names, where the first line has none.")

    @field_validator("encoding")
    @classmethod
    def _known(cls, encoding: str) -> str:
        try:
            "0".encode(encoding)
        except LookupError:
            raise ValueError(f"expected a text encoding such as cp1252, found {encoding}") from None
        return encoding


class CsvReply(Words):
    """A reply of rows of text that are not plain CSV in UTF-8."""

    csv: Csv = Field(description="How the rows are written.")


ReplyFormat = Literal["json", "typed-json", "xml", "csv"] | CsvReply
"""``typed-json``: values such as ``{"__class__": "Decimal", "decimal": "9.50"}``. ``xml``: an element is an object of
its children, ``@attributes`` and ``#text``; an element with text alone is that text; equal names are a list."""
