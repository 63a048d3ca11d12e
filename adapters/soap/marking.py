"""Marks in place of values: put into the arguments, carried through zeep, found again in the message's text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from lxml import etree
from zeep.xsd import Nil

from adapters.references import ABSENT, of_key, per_key, reference, references
from adapters.soap.registration import Absent
from adapters.soap.segments import Count, Each, Insert, Item, Segment, Slot
from adapters.soap.shape import Shape

# A number between private-use characters is nobody's text, and no type of zeep's that takes text changes it.
MARK = re.compile("\ue000([0-9]+)\ue000")
TYPE = "xsi:type"
COUNT = "count of "
TEXT = "#text"
ZEEPS = {TEXT: "_value_1"}
"""What zeep calls the text beside attributes."""

INSTRUCTIONS = r"<\?each (?P<over>.+?)\?>|(?P<end><\?end ?\?>)|<\?insert (?P<insert>.+?)\?>"
TOKEN = re.compile(f"\ue000(?P<mark>[0-9]+)\ue000|{INSTRUCTIONS}")


class Mark(NamedTuple):
    """One ``$`` text. ``over``: the list whose items repeat the element ``levels`` above the one it is in."""

    name: str
    over: str | None
    levels: int


class Marking:
    """One writing of a message. ``absent``: the values that are not given; ``way``: what becomes of their elements."""

    def __init__(self, absent: frozenset[str], way: Absent = "omit") -> None:
        self.absent = absent
        self._absent = way
        self.marks: list[Mark] = []

    def headers(self, template: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: filled for name, value in template.items() if (filled := self._fill(value, None, None)) is not ABSENT
        }

    def arguments(self, template: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
        filled = {name: self._member(name, value, shape, None) for name, value in template.items()}
        return {name: value for name, value in filled.items() if value is not ABSENT}

    def _fill(self, template: Any, shape: Shape | None, levels: int | None) -> Any:
        """``levels``: how many groups deep in a list of one item per key, ``None`` outside of one."""
        if reference(template) is not None:
            return self._mark(str(reference(template)), shape, levels)
        if isinstance(template, Mapping):
            return self._group(template, shape, levels)
        if template is None:
            return Nil
        if isinstance(template, list):
            inside = 0 if per_key(template) else levels
            return [
                item for item in (self._fill(value, shape, inside) for value in template) if item is not ABSENT
            ] or ABSENT
        return template[1:] if isinstance(template, str) and template.startswith("$$") else template

    def _group(self, template: Mapping[str, Any], shape: Shape | None, levels: int | None) -> Any:
        """Absent where its values are, whatever constants stand beside them: ``{key: sku, value: $filter.sku}``."""
        kind = template.get(TYPE)
        chosen = shape.variants.get(str(kind), shape) if shape is not None and kind is not None else shape
        members = {name: value for name, value in template.items() if name != TYPE}
        filled = {ZEEPS.get(name, name): self._member(name, value, chosen, levels) for name, value in members.items()}
        given = {name: value for name, value in filled.items() if value is not ABSENT}
        if (not given and members) or (self.is_absent(template) and not self.nils):
            return ABSENT
        return given if kind is None or chosen is None else chosen.made(given)

    def _member(self, name: str, value: Any, shape: Shape | None, levels: int | None) -> Any:
        if shape is not None and name not in shape.children and name in shape.attributes:
            return self._fill(value, None, levels)  # in the text of the group's own element
        return self._fill(value, shape.children.get(name) if shape else None, None if levels is None else levels + 1)

    def _mark(self, name: str, shape: Shape | None, levels: int | None) -> Any:
        if name in self.absent:
            return Nil if self.nils else ABSENT
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

    @property
    def nils(self) -> bool:
        return self._absent == "nil"

    def is_absent(self, template: object) -> bool:
        """Whether there are values in it, and none of them is given."""
        names = [name for _, name in references(template)]
        return bool(names) and self.absent.issuperset(names)

    def text(self, value: str) -> str:
        """The mark for a ``$`` text outside of what the WSDL describes."""
        return str(self._mark(value[1:], None, None))

    def count(self, over: str) -> str:
        """The mark for how many items a list has."""
        self.marks.append(Mark(f"{COUNT}{over}", None, 0))
        return f"\ue000{len(self.marks) - 1}\ue000"

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


def _slot(name: str, over: str) -> Slot | Item | Count:
    """What fills a mark, inside of what is repeated for each item of ``over``."""
    if name.startswith(COUNT):
        return Count(name.removeprefix(COUNT))
    if name == over:
        return Item(None)
    if of_key(name) and over == "keys":
        return Item(None if name == "key" else int(name.removeprefix("key.")))
    return Slot(name)
