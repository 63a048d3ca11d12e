"""Conditions in the system's own query language: ``ItemNo eq 'A' or ItemNo eq 'B'``.

Values are written by the rules of the language, so that none of them can be more than a value. One that the language
cannot hold is no value of the system.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from adapters.references import key_values
from adapters.registration import Words

PLACE = re.compile(r"\{([^{}]+)\}")

PLAIN = re.compile(r"[\w .:@+/-]*")

CONTROL = re.compile(r"[\x00-\x1f\x7f]")


Language = Literal["plain", "odata", "nav", "soql", "like", "xpath", "lucene"]
"""How a condition writes its values so that none of them can be more than a value."""


class ConditionWords(Words):
    """A variable that holds a condition in the system's own query language.

    ``{key}``, ``{filter.name}``, ``{argument.name}`` and the like stand for values, written by the rules of the
    language: as a quoted text where it has such.
    """

    each: str | None = Field(None, description="One part per key: `ItemNo eq {key}`; `{key.0}` of a composite key.")
    parts: list[str] = Field([], description="Parts; one with a value that is not given is left out.")
    join: str | None = Field(None, description="Between two parts; ` or ` with `each`, else ` and `.")
    language: Language | None = Field(
        None,
        description="How values are written; `plain`, if the dialect has none of its own: as they are, and only"
        " letters, digits, blanks and `_.:@+/-`.",
    )

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.each is None) == (not self.parts):
            raise ValueError("expected exactly one of each, parts")
        return self


class Unwritable(ValueError):
    """A value that has no place in the language."""


class Condition:
    """``each``: one part per key; else ``parts``, of which those are left out that have a value which is not given."""

    def __init__(self, each: str | None, parts: list[str], join: str, language: Language) -> None:
        self._each = each
        self._parts = parts
        self._join = join
        self._write = LANGUAGES[language]
        self.names = frozenset(name for text in [*parts, each or ""] for name in PLACE.findall(text))
        self.keyed = each is not None or "keys" in self.names or "key" in self.names
        """Whether it says which keys are asked for."""

    def text(self, values: Mapping[str, Any]) -> str | None:
        """The whole condition; ``None`` where nothing is asked. Raises :class:`Unwritable`."""
        if self._each is not None:
            return self._join.join(self._of_keys(self._each, values))
        parts = [part for text in self._parts if (part := self._part(text, values)) is not None]
        return self._join.join(parts) if parts else None

    def _of_keys(self, each: str, values: Mapping[str, Any]) -> list[str]:
        """A key that the language cannot hold does not spoil the others; of none, everything would be asked for."""
        parts = []
        for key in values.get("keys", ()):
            try:
                part = self._part(each, {**values, **key_values(key)})
            except Unwritable:
                continue
            parts += [] if part is None else [part]
        if not parts:
            raise Unwritable
        return parts

    def _part(self, text: str, values: Mapping[str, Any]) -> str | None:
        if any(values.get(name) is None for name in PLACE.findall(text)):
            return None
        return PLACE.sub(lambda match: self._written(values[match[1]]), text)

    def _written(self, value: Any) -> str:
        if isinstance(value, list):
            return ",".join(map(self._written, value))
        if isinstance(value, bool):
            return "true" if value else "false"
        if not isinstance(value, str):
            return str(value)
        if CONTROL.search(value):
            raise Unwritable
        return self._write(value)


def plain(text: str) -> str:
    if not PLAIN.fullmatch(text):
        raise Unwritable
    return text


def odata(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def nav(text: str) -> str:
    """Wildcards and a leading ``@`` (any case) mean something even between quotes."""
    if re.search(r"[*?]|^@", text):
        raise Unwritable
    return odata(text)


def soql(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def like(text: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", text)


def xpath(text: str) -> str:
    """XPath 1.0 has no way to escape a quote in a literal."""
    if "'" not in text:
        return f"'{text}'"
    if '"' not in text:
        return f'"{text}"'
    return "concat(" + ', "\'", '.join(f"'{part}'" for part in text.split("'")) + ")"


def lucene(text: str) -> str:
    return '"' + re.sub(r'([\\"])', r"\\\1", text) + '"'


LANGUAGES: Mapping[Language, Callable[[str], str]] = {
    "plain": plain,
    "odata": odata,
    "nav": nav,
    "soql": soql,
    "like": like,
    "xpath": xpath,
    "lucene": lucene,
}
