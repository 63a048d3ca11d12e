"""The fenced blocks of the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from tests.retail.running import CHECKOUT

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    page: str
    number: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}-{self.number}"


def pages() -> list[Path]:
    return [CHECKOUT / "README.md", *sorted((CHECKOUT / "docs").rglob("*.md"))]


def blocks(*languages: str) -> list[Block]:
    return [block for block in every() if block.language in languages]


def every() -> Iterator[Block]:
    for page in pages():
        for number, match in enumerate(FENCE.finditer(page.read_text())):
            yield Block(str(page.relative_to(CHECKOUT)), number, match[1], match[2])


def answered() -> list[tuple[Block, Block]]:
    """Queries with the data that the page says they give."""
    return [(one, two) for one, two in pairwise(every()) if (one.language, two.language) == ("graphql", "json")]


def commands(*but: str) -> set[str]:
    """Of all pages ``but`` these."""
    found = (block for block in blocks("console") if block.page not in but)
    return {line[2:] for block in found for line in block.text.splitlines() if line.startswith("$ ")}
