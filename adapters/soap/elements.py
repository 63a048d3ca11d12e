"""What an element of a reply holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import etree

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NIL = f"{XSI}nil"
TYPE = f"{XSI}type"


def local(tag: Any) -> str:
    """The name without its namespace."""
    return str(tag).rpartition("}")[2]


def below(element: etree._Element, way: Sequence[str]) -> list[etree._Element]:
    """The elements at the end of a way, namespaces aside."""
    found = [element]
    for step in way:
        found = [child for parent in found for child in parent.iterchildren(f"{{*}}{step}")]
    return found


def value_at(element: etree._Element, way: Sequence[str]) -> str | None:
    """The first text at the end of a way, which may be an attribute; ``None`` where there is none."""
    last = way[-1] if way and way[-1].startswith("@") else ""
    for found in below(element, way[:-1] if last else way):
        return attribute(found, last[1:]) if last else text(found)
    return None


def text(element: etree._Element) -> str | None:
    """``None`` only for ``xsi:nil``: an element without content is an empty text."""
    found = element.text
    if found is None:
        return None if is_nil(element) else ""
    return str(found)


def is_nil(element: etree._Element) -> bool:
    return element.get(NIL) in ("true", "1")


def attribute(element: etree._Element, name: str) -> str | None:
    """By its local name; of ``xsi:type`` the type's own."""
    if name == "xsi:type":
        kind = element.get(TYPE)
        return None if kind is None else str(kind).strip().rpartition(":")[2]
    found = element.get(name)
    return attributes(element).get(name) if found is None else str(found)


def attributes(element: etree._Element) -> dict[str, str]:
    """By local name (one without a namespace goes first). Of those that are about the element, only its type."""
    kind = attribute(element, "xsi:type")
    own = [(str(key), str(value)) for key, value in element.attrib.items() if not str(key).startswith(XSI)]
    named = {local(key): value for key, value in sorted(own, key=lambda pair: "}" not in pair[0])}
    return named if kind is None else {**named, "xsi:type": kind}
