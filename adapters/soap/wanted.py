"""What is wanted of a row element, as a tree of its elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lxml import etree

from adapters.soap.paths import Choice, Steps

Row = dict[str, Any]

ReadRow = Callable[[etree._Element], Row]


class Branch:
    """What is read of an element: its text, its attributes, its children, or all of it as an item of a list.

    ``starts``: the lists that begin, empty, with this element.
    """

    def __init__(self) -> None:
        self.texts: list[tuple[str, bool]] = []
        self.attributes: list[tuple[str, str, bool]] = []
        self.items: list[tuple[str, ReadRow]] = []
        self.choices: list[tuple[Choice, str, Branch]] = []
        self.starts: list[str] = []
        self.children: dict[str, Branch] = {}

    def want(self, way: Steps, path: str, *, listed: bool) -> None:
        if way and way[-1].startswith("@"):
            self._at(way[:-1], path, starts=listed).attributes.append((way[-1][1:], path, listed))
        else:
            self._at(way, path, starts=listed).texts.append((path, listed))

    def want_each(self, way: Steps, path: str, item: ReadRow) -> None:
        self._at(way, path, starts=True).items.append((path, item))

    def want_choice(self, chosen: Choice, path: str) -> None:
        rest = Branch()
        rest.want(chosen.rest, path, listed=not chosen.first)
        self._at(chosen.way, path, starts=not chosen.first).choices.append((chosen, path, rest))

    def _at(self, way: Steps, path: str, *, starts: bool) -> Branch:
        """The branch at the end of the way. A list starts, empty, with the parent of its elements."""
        branch = self
        for index, step in enumerate(way):
            if starts and index == len(way) - 1:
                branch.starts.append(path)
            branch = branch.children.setdefault(step, Branch())
        return branch

    @property
    def only_text(self) -> str | None:
        """The path, where there is nothing to read but one text."""
        more = self.attributes or self.items or self.choices or self.starts or self.children
        return None if more or len(self.texts) != 1 or self.texts[0][1] else self.texts[0][0]
