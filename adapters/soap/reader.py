"""Reads of one row element what a mapping wants, in one walk.

The result is a flat row: path -> raw value. A raw value is text; ``None`` for ``xsi:nil``; ``""`` for an empty element;
a list where the path is wanted as one or its element occurs again. What is absent has no entry; a list whose parent is
there without it is ``[]``. Namespaces, ``xsi:type`` and elements that nobody asked for do not matter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lxml import etree

from adapters.mapping import Node
from adapters.soap.elements import attribute, local, text
from adapters.soap.expressions import Expression
from adapters.soap.paths import Choice, Steps, choice, steps

Row = dict[str, Any]

FOREIGN = 512  # tags remembered at one place; a reply could invent namespaces without end


def reader(node: Node) -> Reader:
    """Compile what is wanted. The paths have been checked when the source was built."""
    top = Branch()
    firsts, expressions = [], []
    for path in sorted(node.paths):
        way, chosen = steps(path), choice(path)
        if way is not None:
            top.want(way, path, listed=path in node.lists)
        elif chosen is not None:
            top.want_choice(chosen, path)
            firsts += [path] * chosen.first
        else:
            expressions.append(Expression(path))
    for path, inner in node.each.items():
        top.want_each(steps(path) or (), path, reader(inner))
    return Reader(top, firsts, expressions)


class Reader:
    """One row in, its flat row out."""

    def __init__(self, top: Branch, firsts: list[str], expressions: list[Expression]) -> None:
        self._top = top
        self._firsts = firsts
        self._expressions = expressions

    def __call__(self, element: etree._Element) -> Row:
        row: Row = {}
        self._top.read(element, row)
        for path in self._firsts:
            row[path] = next((value for value in row.get(path) or () if value is not None), None)
        for expression in self._expressions:
            row[expression.text] = expression.read(element)
        return row


class Branch:
    """What is read of an element: its text, its attributes, its children, or all of it as an item of a list."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, bool]] = []
        self.attributes: list[tuple[str, str, bool]] = []
        self.items: list[tuple[str, Reader]] = []
        self.choices: list[tuple[Choice, Branch]] = []
        self.starts: list[str] = []
        self.children: dict[str, Branch] = {}
        self._tags = Tags(self.children)

    def want(self, way: Steps, path: str, *, listed: bool) -> None:
        if way and way[-1].startswith("@"):
            self._at(way[:-1], path, starts=listed).attributes.append((way[-1][1:], path, listed))
        else:
            self._at(way, path, starts=listed).texts.append((path, listed))

    def want_each(self, way: Steps, path: str, item: Reader) -> None:
        self._at(way, path, starts=True).items.append((path, item))

    def want_choice(self, chosen: Choice, path: str) -> None:
        rest = Branch()
        rest.want(chosen.rest, path, listed=True)
        branch = self._at(chosen.way, path, starts=False)
        branch.starts.append(path)
        branch.choices.append((chosen, rest))

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
        more = len(self.texts) != 1 or self.attributes or self.items or self.choices or self.children
        return None if more or self.texts[0][1] else self.texts[0][0]

    def read(self, element: etree._Element, row: Row) -> None:
        for path in self.starts:
            row.setdefault(path, [])
        for name, path, listed in self.attributes:
            value = attribute(element, name)
            if value is not None:
                put(row, path, value, listed)
        for path, listed in self.texts:
            put(row, path, text(element), listed)
        for path, item in self.items:
            row[path].append(item(element))
        for chosen, rest in self.choices:
            if fits(element, chosen):
                rest.read(element, row)
        if self.children:
            self._read_children(element, row)

    def _read_children(self, element: etree._Element, row: Row) -> None:
        """The hot loop: most children are ignored, most others are one plain text."""
        tags = self._tags
        for child in element:
            wanted = tags[child.tag]
            if wanted is None:
                continue
            if wanted.__class__ is not str:
                wanted.read(child, row)
            elif wanted in row:
                put(row, wanted, text(child), False)
            else:
                value = child.text
                row[wanted] = text(child) if value is None else value


class Tags(dict[Any, Any]):
    """By tag with namespace, filled as tags come by: a branch, the path of an only text, or ``None``."""

    def __init__(self, children: Mapping[str, Branch]) -> None:
        super().__init__()
        self._children = children

    def __missing__(self, tag: Any) -> Branch | str | None:
        branch = self._children.get(local(tag))
        wanted = None if branch is None else branch.only_text or branch
        if len(self) < FOREIGN:
            self[tag] = wanted
        return wanted


def fits(element: etree._Element, chosen: Choice) -> bool:
    if chosen.test is None:
        return next(element.itersiblings(f"{{*}}{chosen.way[-1]}", preceding=True), None) is None
    if chosen.test.startswith("@"):
        return attribute(element, chosen.test[1:]) == chosen.value
    return any(local(child.tag) == chosen.test and text(child) == chosen.value for child in element)


def put(row: Row, path: str, value: str | None, listed: bool) -> None:
    """An element that occurs again makes a list, wanted or not: neither must look like the only one."""
    if path not in row:
        row[path] = [value] if listed else value
    elif isinstance(row[path], list):
        row[path].append(value)
    else:
        row[path] = [row[path], value]
