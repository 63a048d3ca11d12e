"""What an element of a reply holds."""

from __future__ import annotations

from typing import Any

from lxml import etree

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NIL = f"{XSI}nil"


def local(tag: Any) -> str:
    """The name without its namespace."""
    return str(tag).rpartition("}")[2]


def text(element: etree._Element) -> str | None:
    """``None`` only for ``xsi:nil``: an element without content is an empty text."""
    found = element.text
    if found is None:
        return None if is_nil(element) else ""
    return str(found)


def is_nil(element: etree._Element) -> bool:
    return element.get(NIL) in ("true", "1")


def attribute(element: etree._Element, name: str) -> str | None:
    """By its local name."""
    found = element.get(name)
    return attributes(element).get(name) if found is None else str(found)


def attributes(element: etree._Element) -> dict[str, str]:
    """By local name (one without a namespace goes first), without those that are about the element and not of it."""
    own = [(str(key), str(value)) for key, value in element.attrib.items() if not str(key).startswith(XSI)]
    return {local(key): value for key, value in sorted(own, key=lambda pair: "}" not in pair[0])}
