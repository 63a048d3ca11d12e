"""Paths: where in a raw row a value stands.

In nested rows a path is JMESPath. Plain ones (``a.b``, ``"order-no".b``) are steps that the generated code takes by
itself; every other expression is left to the library. In flat rows the whole text of the path is the key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import jmespath
from jmespath.exceptions import JMESPathError

from adapters.problems import Mistake

Rows = Literal["nested", "flat"]

IDENTIFIER = r'(?:[A-Za-z_][A-Za-z0-9_]*|"(?:[^"\\]|\\.)+")'
STEP = re.compile(IDENTIFIER)
PLAIN = re.compile(rf"{IDENTIFIER}(?:\.{IDENTIFIER})*")


@dataclass(frozen=True, slots=True)
class Path:
    """``steps``: the keys to follow, none for the row itself; ``search`` is set for an expression instead."""

    text: str
    steps: tuple[str, ...] = ()
    search: Callable[[Any], Any] | None = None

    def read(self, row: Any) -> Any:
        """What stands there; ``None`` where a key on the way is missing or what should hold it is no object."""
        if self.search is not None:
            return self.search(row)
        for step in self.steps:
            if not isinstance(row, Mapping):
                return None
            row = row.get(step)
        return row


def parse(text: str, rows: Rows) -> Path:
    """The path that ``text`` names; one that JMESPath cannot read is a ``Mistake``."""
    if not text.strip():
        raise Mistake("a path", "nothing")
    if rows == "flat":
        return Path(text, (text,))
    text = text.strip()
    if text == "@":
        return Path(text)
    if PLAIN.fullmatch(text):
        return Path(text, tuple(step(found) for found in STEP.findall(text)))
    try:
        return Path(text, search=jmespath.compile(text).search)
    except JMESPathError:
        raise Mistake("a JMESPath expression", f"`{text}`", quoted(text)) from None


def step(identifier: str) -> str:
    return str(json.loads(identifier)) if identifier[0] == '"' else identifier


def quoted(text: str) -> str:
    """The hint for a name that JMESPath wants in quotes, such as ``order-no``."""
    parts = text.split(".")
    if not all(re.fullmatch(r"[\w\-#$ /:]+", part) for part in parts):
        return ""
    return "a name with other characters stands in double quotes: " + ".".join(
        part if re.fullmatch(r"[A-Za-z_]\w*", part) else f'"{part}"' for part in parts
    )
