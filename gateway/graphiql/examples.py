"""Example operations: one file each, which begins with a comment that says for whom it is and what it shows::

# Storefront: product page
#
# Texts from the PIM, and for each variant its price and availability.
query ProductPage { ... }
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

HEADING = re.compile(r"(?P<audience>[^:]+): (?P<title>.+)")


@dataclass(frozen=True, slots=True)
class Example:
    """``name`` is the file's, without its suffix; ``query`` is the whole file, comment included."""

    name: str
    audience: str
    title: str
    description: str
    query: str


def read_examples(folder: Path) -> tuple[Example, ...]:
    """All ``*.graphql`` files of a folder by name; ``ValueError`` for one without its comment."""
    return tuple(read_example(path) for path in sorted(folder.glob("*.graphql")))


def read_example(path: Path) -> Example:
    query = path.read_text(encoding="utf-8")
    first, *others = comment(query) or [""]
    heading = HEADING.fullmatch(first)
    if heading is None:
        raise ValueError(f"{path}: expected a first line such as '# Storefront: product page', found {first!r}")
    return Example(path.stem, heading["audience"], heading["title"], " ".join(filter(None, others)), query)


def comment(query: str) -> list[str]:
    """The lines of the comment that a document begins with."""
    lines: list[str] = []
    for line in query.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line[1:].strip())
    return lines
