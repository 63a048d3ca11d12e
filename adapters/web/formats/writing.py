"""Bodies of requests: JSON, a form, or XML, all of the same registered shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson
from lxml import etree

from adapters.web.words import Send


class Writer(NamedTuple):
    """``write`` raises ``ValueError`` or ``TypeError`` for what cannot be written."""

    content_type: str
    write: Callable[[Any], bytes]


def write_form(body: Any) -> bytes:
    """Members as fields: objects are ``name[member]``, lists of objects ``name[0][member]``, other lists repeated."""
    return urlencode(list(pairs(body, ""))).encode()


def pairs(value: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for member, inner in value.items():
            yield from pairs(inner, f"{name}[{member}]" if name else str(member))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from pairs(item, f"{name}[{index}]" if isinstance(item, Mapping) else name)
    else:
        yield name, written(value)


def write_xml(body: Any) -> bytes:
    """An object with one member, which is the root; members are elements, ``@members`` attributes, ``#text`` text."""
    if not isinstance(body, Mapping) or len(body) != 1:
        raise ValueError("an XML body has one root")
    [(name, value)] = body.items()
    root = etree.Element(name)
    fill(root, value)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")  # type: ignore[no-any-return]  # bytes


def fill(element: etree._Element, value: Any) -> None:
    if not isinstance(value, Mapping):
        element.text = written(value)
        return
    for name, inner in value.items():
        if name == "#text":
            element.text = written(inner)
        elif name.startswith("@"):
            element.set(name[1:], written(inner))
        else:
            for item in inner if isinstance(inner, list) else [inner]:
                fill(etree.SubElement(element, name), item)


def written(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


WRITERS: Mapping[Send, Writer] = {
    "json": Writer("application/json", orjson.dumps),
    "form": Writer("application/x-www-form-urlencoded", write_form),
    "xml": Writer("application/xml; charset=utf-8", write_xml),
}
