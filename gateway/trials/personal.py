"""Personal data in replies, replaced by texts of the same shape."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape

from graphql import GraphQLObjectType

from adapters.types import Types
from gateway.graph import Graph
from gateway.leads import leads

NEUTRAL = date(1970, 1, 1)
DATES = ("%Y-%m-%d", "%Y%m%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%y%m%d")
"""How systems write a date."""


def personal_fields(graph: Graph) -> frozenset[str]:
    """The coordinates that the graph marks with ``@pii``, and of the fields and hidden keys that lead to them."""
    marked = {
        f"{type_.name}.{name}"
        for type_ in graph.schema.type_map.values()
        if isinstance(type_, GraphQLObjectType)
        for name, field in type_.fields.items()
        if field.ast_node and any(each.name.value == "pii" for each in field.ast_node.directives or ())
    }
    leading = (f"{of}.{via}" for key, holders in leads(graph.links).items() if key in marked for of, via in holders)
    return frozenset({*marked, *leading})


def personal_values(
    values: Mapping[str, Any], type_name: str, types: Types, marked: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """Coordinate and text of each personal value in a record."""
    fields = types.objects.get(type_name, {})
    for name, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict) and name in fields:
                yield from personal_values(item, fields[name].name, types, marked)
            elif isinstance(item, str) and item and f"{type_name}.{name}" in marked:
                yield f"{type_name}.{name}", item


class Pseudonyms:
    """Other texts for texts, the same for the same; ``given``: those that a person wants."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._replaced: dict[str, str] = {spelled: new for old, new in given.items() for spelled in spellings(old)}
        self._random = random.SystemRandom()

    def add(self, text: str) -> None:
        if text in self._replaced:
            return
        try:
            day = date.fromisoformat(text)
        except ValueError:
            new = re.sub(r"\d", self._digit, re.sub(r"[^\W\d_]", self._letter, text))
            self._replaced |= dict(zip(spellings(text), spellings(new), strict=True))
        else:
            self._replaced |= {day.strftime(form): NEUTRAL.strftime(form) for form in DATES}

    def known(self, text: str, where: str) -> bool:
        """Whether the text, or the day that it is, is spelled in ``where`` in a way that is replaced."""
        try:
            forms = [date.fromisoformat(text).strftime(form) for form in DATES]
        except ValueError:
            forms = spellings(text)
        return any(form in where for form in forms)

    def replaced(self, text: str) -> str:
        if not self._replaced:
            return text
        longest_first = sorted(self._replaced, key=len, reverse=True)
        pattern = "|".join(rf"(?<!\w){re.escape(old)}(?!\w)" for old in longest_first)
        return re.sub(pattern, lambda match: self._replaced[match[0]], text)

    def _letter(self, match: re.Match[str]) -> str:
        letter = self._random.choice("abcdefghijklmnopqrstuvwxyz")
        return letter.upper() if match[0].isupper() else letter

    def _digit(self, _: re.Match[str]) -> str:
        return self._random.choice("123456789")


def spellings(text: str) -> list[str]:
    """As JSON, XML and addresses have it."""
    return [
        text,
        quote(text, safe=""),
        json.dumps(text)[1:-1],
        json.dumps(text, ensure_ascii=False)[1:-1],
        escape(text),
    ]
