"""Reads of one row element what a mapping wants, in one walk, by a function that is generated for it.

The result is a flat row: path -> raw value. A raw value is text; ``None`` for ``xsi:nil``; ``""`` for an empty element;
a list where the path is wanted as one or its element occurs again. What is absent has no entry; a list whose parent is
there without it is ``[]``. Namespaces, ``xsi:type`` and elements that nobody asked for do not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

from adapters.mapping import Node
from adapters.soap.elements import attribute, local, text
from adapters.soap.expressions import Expression
from adapters.soap.paths import Choice, choice, steps
from adapters.soap.wanted import Branch, ReadRow, Row

FOREIGN = 512  # tags remembered at one place; a reply could invent namespaces without end

DEEPEST = 12
"""Elements in elements within one function. CPython takes no more than 20 loops in each other."""


def reader(node: Node) -> ReadRow:
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
    return Source().reader(top, expressions)


class Tags:
    """``known``: by tag with its namespace, as they come by: an only text by its path, a branch by its number, or
    nothing. A plain dictionary: the loop asks it itself."""

    def __init__(self, names: dict[str, str | int]) -> None:
        self.known: dict[Any, str | int | None] = {}
        self._names = names

    def learn(self, tag: Any) -> str | int | None:
        wanted = self._names.get(local(tag))
        if len(self.known) < FOREIGN:
            self.known[tag] = wanted
        return wanted


class Source:
    """One function: most children are ignored, most others are one plain text, and no call is made for either."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._names: dict[str, Any] = {"put": put, "text": text, "attribute": attribute, "fits": fits}

    def reader(self, top: Branch, expressions: Sequence[Expression]) -> ReadRow:
        self._lines = ["def read(element):", " row = {}"]
        self._branch(top, "element", 1)
        for expression in expressions:
            self._line(1, f"row[{expression.text!r}] = {self._bound(expression.read)}(element)")
        self._line(1, "return row")
        return self._compiled("read")  # type: ignore[no-any-return]  # as it is written above

    def filler(self, branch: Branch) -> Any:
        """Takes the element, and the row to go on with."""
        self._lines = ["def fill(element, row):", " pass"]
        self._branch(branch, "element", 1)
        return self._compiled("fill")

    def _compiled(self, name: str) -> Any:
        exec(compile("\n".join(self._lines), "<row of a reply>", "exec"), self._names)
        return self._names[name]

    def _branch(self, branch: Branch, element: str, depth: int) -> None:
        if depth > DEEPEST:
            self._line(depth, f"{self._bound(Source().filler(branch))}({element}, row)")
            return
        for path in branch.starts:
            self._line(depth, f"row.setdefault({path!r}, [])")
        for name, path, listed in branch.attributes:
            self._line(depth, f"value = {element}.get({name!r})")
            self._line(depth, f"if value is None: value = attribute({element}, {name!r})")
            self._line(depth, "if value is not None:")
            if not listed:
                self._line(depth + 1, f"if {path!r} not in row: row[{path!r}] = value")
                self._line(depth + 1, "else:")
            self._line(depth + 2, f"put(row, {path!r}, value, {listed})")
        for path, listed in branch.texts:
            self._line(depth, f"put(row, {path!r}, text({element}), {listed})")
        for path, item in branch.items:
            self._line(depth, f"row[{path!r}].append({self._bound(item)}({element}))")
        for chosen, path, rest in branch.choices:
            self._choice(chosen, path, rest, element, depth)
        if branch.children:
            self._children(branch, element, depth)

    def _choice(self, chosen: Choice, path: str, rest: Branch, element: str, depth: int) -> None:
        fitting = f"fits({element}, {self._bound(chosen)})"
        if chosen.attribute is not None:
            fitting = f"({element}.get({chosen.attribute!r}) == {chosen.value!r} or {fitting})"
        if not chosen.first:
            self._line(depth, f"if {fitting}:")
        else:
            self._line(depth, f"if row.get({path!r}) is None and {fitting}:")
            self._line(depth + 1, f"row.pop({path!r}, None)")  # what was nil before
        self._branch(rest, element, depth + 1)

    def _children(self, branch: Branch, element: str, depth: int) -> None:
        texts = {name: below.only_text for name, below in branch.children.items()}
        tags = Tags({name: texts[name] or number for number, name in enumerate(texts)})
        child, wanted = f"child{depth}", f"wanted{depth}"
        self._line(depth, f"for {child} in {element}[:]:")
        self._line(depth + 1, f"try: {wanted} = {self._bound(tags.known)}[{child}.tag]")
        self._line(depth + 1, f"except KeyError: {wanted} = {self._bound(tags.learn)}({child}.tag)")
        self._line(depth + 1, f"if {wanted} is None: pass")
        self._line(depth + 1, f"elif {wanted}.__class__ is str:")
        self._line(depth + 2, f"if {wanted} in row: put(row, {wanted}, text({child}), False)")
        self._line(depth + 2, "else:")
        self._line(depth + 3, f"value = {child}.text")
        self._line(depth + 3, f"row[{wanted}] = text({child}) if value is None else value")
        for number, (name, below) in enumerate(branch.children.items()):
            if texts[name] is None:
                self._line(depth + 1, f"elif {wanted} == {number}:")
                self._branch(below, child, depth + 2)

    def _line(self, depth: int, text: str) -> None:
        self._lines.append(" " * depth + text)

    def _bound(self, value: Any) -> str:
        name = f"c{len(self._names)}"
        self._names[name] = value
        return name


def fits(element: etree._Element, chosen: Choice) -> bool:
    if chosen.attribute is not None:
        return attribute(element, chosen.attribute) == chosen.value
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
