"""What stands in a text of a reply, put below its element, so that paths go on through it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree, html

from adapters.php import unserialized
from adapters.soap.elements import NIL, below, local
from adapters.soap.paths import Steps
from adapters.soap.registration import Format
from adapters.soap.reply import NotXml, parse
from adapters.spi import BadData

NO_NAME = re.compile(r"[^\w.-]|^(?=[^A-Za-z_])")
"""In a name: what an element's name cannot have, or the place before one that cannot begin like this."""


class Decoding:
    """``ways``: the way to each text, outer ones first, and what it holds."""

    def __init__(self, source: str, ways: Mapping[Steps, Format]) -> None:
        self._source = source
        self._ways = ways

    def __call__(self, body: etree._Element) -> None:
        """Changes what is below the body. A text that is empty holds nothing; one that is none is ``BadData``."""
        for way, format_ in self._ways.items():
            for element in below(body, way):
                if not len(element) and not (element.text or "").strip():
                    continue
                try:
                    FORMATS[format_](element)
                except (NotXml, ValueError, RecursionError, etree.LxmlError):
                    size = len(element.text or "")
                    detail = f"expected {format_} at `{'.'.join(way)}`, found {size} other characters"
                    raise BadData(self._source, detail) from None


def from_xml(element: etree._Element) -> None:
    root = parse((element.text or "").strip().encode(), "text/xml; charset=utf-8", forced="utf-8")
    element.text = None
    element.append(root)


def from_html(element: etree._Element) -> None:
    fragment = html.fragment_fromstring(element.text or "", create_parent=True)
    element.text = fragment.text
    element.extend(list(fragment))


def from_json(element: etree._Element) -> None:
    put(element, json.loads(element.text or "", parse_float=str, parse_int=str))


def from_php(element: etree._Element) -> None:
    put(element, unserialized((element.text or "").strip()))


def from_map(element: etree._Element) -> None:
    """``<item><key>sku</key><value>A1</value></item>`` becomes ``<sku>A1</sku>``, values that are maps included."""
    items = list(element.iterchildren("{*}item"))
    for item in items:
        key, value = item.find("{*}key"), item.find("{*}value")
        element.remove(item)
        if key is not None and value is not None:
            value.tag = named(key.text or "")
            if any(local(child.tag) == "item" and child.find("{*}key") is not None for child in value):
                from_map(value)
            element.append(value)


FORMATS: Mapping[Format, Callable[[etree._Element], None]] = {
    "xml": from_xml,
    "html": from_html,
    "json": from_json,
    "php": from_php,
    "apache-map": from_map,
}


def put(element: etree._Element, value: Any) -> None:
    """A value as the content of an element: members by name, the items of a list as ``item``, or as often as it is."""
    element.text = None
    if value is None:
        element.set(NIL, "true")
    elif isinstance(value, dict):
        for name, inner in value.items():
            for each in inner if isinstance(inner, list) else [inner]:
                put(etree.SubElement(element, named(name)), each)
    elif isinstance(value, list):
        for each in value:
            put(etree.SubElement(element, "item"), each)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)


def named(name: str) -> str:
    """The nearest that an element can be called: ``order no`` is ``order_no``, ``795`` is ``_795``."""
    return NO_NAME.sub("_", name) or "_"
