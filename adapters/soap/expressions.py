"""JMESPath over an element, for what is more than a path.

An element without attributes and children is its text, ``xsi:nil`` is null, and any other is an object of its children,
its attributes (``"@lang"``) and its text (``"#text"``). What stands before a bracket, ``Id`` in ``Ids.Id[0]``, is a
list however often it occurs; any other name is one if it occurs more than once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError
from lxml import etree

from adapters.problems import Mistake
from adapters.soap.elements import attributes, is_nil, local

UNNAMED = {"current", "value_projection"}  # these look at children without naming them
BRACKETS = {"index_expression", "projection", "filter_projection", "flatten"}


class Expression:
    """A compiled expression. Raises ``Mistake`` when the text is none."""

    def __init__(self, text: str) -> None:
        self.text = text
        try:
            self._compiled = jmespath.compile(text)
        except JMESPathError:
            hint = 'in an expression attributes stand in quotes: "@name"'
            raise Mistake("a path or a JMESPath expression", f"`{text}`", hint) from None
        nodes = list(_nodes(self._compiled.parsed))
        self._lists = frozenset(name for node in nodes for name in _before_bracket(node))
        self._wanted = frozenset(node["value"] for node in nodes if node["type"] == "field")
        self._all = any(node["type"] in UNNAMED for node in nodes)

    def read(self, element: etree._Element) -> Any:
        """What it finds. Where it fails, the error: no type of the graph takes that, so it is a bad value there."""
        children = [child for child in element if self._all or local(child.tag) in self._wanted]
        try:
            return self._compiled.search(_group(element, children, self._lists))
        except JMESPathError as error:
            return error


def plain(element: etree._Element, lists: frozenset[str]) -> Any:
    """An element as JMESPath sees it."""
    if is_nil(element):
        return None
    own = element.text or ""
    group = _group(element, list(element), lists)
    if not group:
        return own
    if own.strip():
        group["#text"] = own
    return group


def _group(element: etree._Element, children: list[etree._Element], lists: frozenset[str]) -> dict[str, Any]:
    found: dict[str, list[Any]] = {}
    for child in children:
        found.setdefault(local(child.tag), []).append(plain(child, lists))
    named = {f"@{name}": value for name, value in attributes(element).items()}
    return named | {name: values if name in lists or len(values) > 1 else values[0] for name, values in found.items()}


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for child in node["children"]:
        if isinstance(child, Mapping):
            yield from _nodes(child)


def _before_bracket(node: Mapping[str, Any]) -> Iterator[str]:
    """The name that a bracket, or ``| [``, stands behind."""
    if node["type"] in BRACKETS or (node["type"] == "pipe" and _begins(node["children"][1])["type"] in BRACKETS):
        yield from _last(node["children"][0])


def _begins(node: Mapping[str, Any]) -> Mapping[str, Any]:
    while node["type"] == "subexpression":
        node = node["children"][0]
    return node


def _last(node: Mapping[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    elif node["type"] == "subexpression":
        yield from _last(node["children"][-1])
