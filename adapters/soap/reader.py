"""Reads of one row element what a mapping wants, in one walk.

The result is a flat row: path -> raw value. A raw value is text; ``None`` for ``xsi:nil``; ``""`` for an empty element;
a list where the path is wanted as one or its element occurs again. What is absent has no entry; a list whose parent is
there without it is ``[]``. Namespaces, ``xsi:type`` and elements that nobody asked for do not matter.
"""

from __future__ import annotations

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
    expressions = []
    for path in sorted(node.paths):
        way, chosen = steps(path), choice(path)
        if way is not None:
            top.want(way, path, listed=path in node.lists)
        elif chosen is not None:
            top.want_choice(chosen, path)
        else:
            expressions.append(Expression(path))
    for path, inner in node.each.items():
        top.want_each(steps(path) or (), path, reader(inner))
    return Reader(top, expressions)


class Reader:
    """One row in, its flat row out."""

    def __init__(self, top: Branch, expressions: list[Expression]) -> None:
        self._top = top
        self._expressions = expressions

    def __call__(self, element: etree._Element) -> Row:
        row: Row = {}
        self._top.read(element, row)
        for expression in self._expressions:
            row[expression.text] = expression.read(element)
        return row


class Branch:
    """What is read of an element: its text, its attributes, its children, or all of it as an item of a list."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, bool]] = []
        self.attributes: list[tuple[str, str, bool]] = []
        self.items: list[tuple[str, Reader]] = []
        self.choices: list[tuple[Choice, str, Branch]] = []
        self.starts: list[str] = []
        self.children: dict[str, Branch] = {}
        self.own = False  # whether there is more than children
        self._tags: dict[str, Any] = {}  # by tag with namespace, as they come by

    def want(self, way: Steps, path: str, *, listed: bool) -> None:
        if way and way[-1].startswith("@"):
            self._at(way[:-1], path, starts=listed).attributes.append((way[-1][1:], path, listed))
        else:
            self._at(way, path, starts=listed).texts.append((path, listed))

    def want_each(self, way: Steps, path: str, item: Reader) -> None:
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
                branch.own = True
            branch = branch.children.setdefault(step, Branch())
        branch.own = True
        return branch

    @property
    def only_text(self) -> str | None:
        """The path, where there is nothing to read but one text."""
        more = len(self.texts) != 1 or self.attributes or self.items or self.choices or self.children
        return None if more or self.texts[0][1] else self.texts[0][0]

    def read(self, element: etree._Element, row: Row) -> None:
        """The hot loop: most children are ignored, most others are one plain text."""
        if self.own:
            self._read_own(element, row)
        if not self.children:
            return
        tags = self._tags
        for child in element[:]:
            tag = child.tag
            try:
                wanted = tags[tag]
            except KeyError:
                wanted = self._learn(tag)
            if wanted.__class__ is str:
                if wanted in row:
                    put(row, wanted, text(child), False)
                else:
                    value = child.text
                    row[wanted] = text(child) if value is None else value
            elif wanted is not None:
                wanted.read(child, row)

    def _learn(self, tag: str) -> Branch | str | None:
        """What is read of elements with this tag: a branch, an only text by its path, or nothing."""
        branch = self.children.get(local(tag))
        wanted = None if branch is None else branch.only_text or branch
        if len(self._tags) < FOREIGN:
            self._tags[tag] = wanted
        return wanted

    def _read_own(self, element: etree._Element, row: Row) -> None:
        for path in self.starts:
            row.setdefault(path, [])
        for name, path, listed in self.attributes:
            value = element.get(name)
            if value is None:
                value = attribute(element, name)
            if value is None:
                continue
            if listed or path in row:
                put(row, path, value, listed)
            else:
                row[path] = value
        for path, listed in self.texts:
            put(row, path, text(element), listed)
        for path, item in self.items:
            row[path].append(item(element))
        for chosen, path, rest in self.choices:
            if not chosen.first:
                if fits(element, chosen):
                    rest.read(element, row)
            elif row.get(path) is None and fits(element, chosen):
                row.pop(path, None)  # what was nil before
                rest.read(element, row)


def fits(element: etree._Element, chosen: Choice) -> bool:
    if chosen.attribute is not None:
        return element.get(chosen.attribute) == chosen.value or attribute(element, chosen.attribute) == chosen.value
    if chosen.child is not None:
        return any(local(child.tag) == chosen.child and text(child) == chosen.value for child in element)
    return next(element.itersiblings(f"{{*}}{chosen.way[-1]}", preceding=True), None) is None


def put(row: Row, path: str, value: str | None, listed: bool) -> None:
    """An element that occurs again makes a list, wanted or not: neither must look like the only one."""
    if path not in row:
        row[path] = [value] if listed else value
    elif isinstance(row[path], list):
        row[path].append(value)
    else:
        row[path] = [row[path], value]
