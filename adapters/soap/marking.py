"""Marks in place of values: put into the arguments, carried through zeep, found again in the message's text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from lxml import etree

from adapters.references import ABSENT, of_key, per_key, reference
from adapters.soap.segments import Each, Insert, Item, Segment, Slot
from adapters.soap.shape import Shape

# A number between private-use characters is nobody's text, and no type of zeep's that takes text changes it.
MARK = re.compile("\ue000([0-9]+)\ue000")
INSTRUCTIONS = r"<\?each (?P<over>.+?)\?>|(?P<end><\?end ?\?>)|<\?insert (?P<insert>.+?)\?>"
TOKEN = re.compile(f"\ue000(?P<mark>[0-9]+)\ue000|{INSTRUCTIONS}")


class Mark(NamedTuple):
    """One ``$`` text. ``over``: the list whose items repeat the element ``levels`` above the one it is in."""

    name: str
    over: str | None
    levels: int


class Marking:
    """One writing of a message. ``absent``: the values that are not given; their elements are left out."""

    def __init__(self, absent: frozenset[str]) -> None:
        self.absent = absent
        self.marks: list[Mark] = []

    def headers(self, template: Mapping[str, Any]) -> dict[str, Any]:
        filled = self._fill(template, None, None)
        return filled if isinstance(filled, dict) else {}

    def arguments(self, template: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
        filled = self._fill(template, shape, None)
        return filled if isinstance(filled, dict) else {}

    def _fill(self, template: Any, shape: Shape | None, levels: int | None) -> Any:
        """``levels``: how many groups deep in a list of one item per key, ``None`` outside of one."""
        if reference(template) is not None:
            return self._mark(str(reference(template)), shape, levels)
        if isinstance(template, Mapping):
            return self._group(template, shape, levels)
        if isinstance(template, list):
            inside = 0 if per_key(template) else levels
            return [item for item in (self._fill(value, shape, inside) for value in template) if item is not ABSENT]
        return template[1:] if isinstance(template, str) and template.startswith("$$") else template

    def _group(self, template: Mapping[str, Any], shape: Shape | None, levels: int | None) -> Any:
        """A group of nothing but absent values is absent too."""
        filled = {name: self._member(name, value, shape, levels) for name, value in template.items()}
        given = {name: value for name, value in filled.items() if value is not ABSENT}
        return given if given or not template else ABSENT

    def _member(self, name: str, value: Any, shape: Shape | None, levels: int | None) -> Any:
        if shape is not None and name not in shape.children and name in shape.attributes:
            return self._fill(value, None, levels)  # in the text of the group's own element
        return self._fill(value, shape.children.get(name) if shape else None, None if levels is None else levels + 1)

    def _mark(self, name: str, shape: Shape | None, levels: int | None) -> Any:
        if name in self.absent:
            return ABSENT
        if of_key(name) and levels is not None:
            mark = Mark(name, "keys", levels)
        else:
            many = name == "keys" or (shape is not None and shape.many)
            mark = Mark(name, name if many else None, 0)
        self.marks.append(mark)
        text = f"\ue000{len(self.marks) - 1}\ue000"
        # zeep lets CDATA through for every type of element; attributes and headers (which it copies) take text only.
        return text if shape is None else etree.CDATA(text)

    def show_repeats(self, envelope: etree._Element) -> None:
        """Put every element that is repeated between two processing instructions."""
        shown: list[etree._Element] = []
        for element in list(envelope.iter()):
            for text in (element.text, *element.attrib.values()):
                found = MARK.search(str(text or ""))
                if found:
                    self._show(element, self.marks[int(found[1])], shown)
            if element.text:
                element.text = str(element.text)  # no longer CDATA

    def _show(self, element: etree._Element, mark: Mark, shown: list[etree._Element]) -> None:
        for _ in range(mark.levels):
            parent = element.getparent()
            element = element if parent is None else parent
        if mark.over is not None and element not in shown:
            shown.append(element)
            element.addprevious(etree.ProcessingInstruction("each", mark.over))
            element.addnext(etree.ProcessingInstruction("end"))

    def segments(self, text: str) -> list[Segment]:
        """The message's text, cut at the marks. Raises ``ValueError`` when a mark did not come through."""
        stack: list[tuple[str, list[Segment]]] = [("", [])]
        start = 0
        lost = {mark.name for mark in self.marks}
        for token in TOKEN.finditer(text):
            over, inner = stack[-1]
            inner.append(text[start : token.start()])
            start = token.end()
            if token["mark"]:
                name = self.marks[int(token["mark"])].name
                lost.discard(name)
                inner.append(_slot(name, over))
            elif token["insert"]:
                inner.append(Insert(token["insert"]))
            elif token["over"]:
                stack.append((token["over"], []))
            else:
                stack.pop()
                stack[-1][1].append(Each(over, inner))
        if lost:
            raise ValueError(f"${min(lost)} stands where no text can be")
        return [*stack[0][1], text[start:]]


def _slot(name: str, over: str) -> Slot | Item:
    """What fills a mark, inside of what is repeated for each item of ``over``."""
    if name == over:
        return Item(None)
    if of_key(name) and over == "keys":
        return Item(None if name == "key" else int(name.removeprefix("key.")))
    return Slot(name)
