"""The SOAP encoding (section 5 of SOAP 1.1): values that say their types, arrays that say their items' and how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lxml import etree

from adapters.soap.elements import TYPE, is_nil, local
from adapters.soap.names import ENCODING, XSD
from adapters.soap.shape import ANYTHING, Shape


def encode(
    envelope: etree._Element, wrapper: Shape, arrays: Mapping[str, str], count: Callable[[str], str]
) -> etree._Element:
    """The message with its types. ``arrays``: types of arrays and of their items. ``count``: the mark for a number."""
    body = envelope.find("{*}Body")
    assert body is not None
    body[0].set(f"{{{envelope.nsmap[envelope.prefix]}}}encodingStyle", ENCODING)
    encoder = Encoder(arrays, count)
    for part in body[0].iterchildren(etree.Element):
        encoder.element(part, wrapper.children.get(local(part.tag), ANYTHING))
    prefixes = {prefix: namespace for namespace, prefix in encoder.prefixes.items()}
    etree.cleanup_namespaces(envelope, top_nsmap=prefixes, keep_ns_prefixes=list(prefixes))
    return envelope


class Encoder:
    def __init__(self, arrays: Mapping[str, str], count: Callable[[str], str]) -> None:
        self._arrays = arrays
        self._count = count
        self.prefixes: dict[str, str] = {XSD: "xsd", ENCODING: "enc"}

    def element(self, element: etree._Element, shape: Shape) -> None:
        item = self._arrays.get(shape.type_name or "")
        if item is not None:
            element.set(TYPE, f"{self.prefixes[ENCODING]}:Array")
            element.set(f"{{{ENCODING}}}arrayType", f"{self._written(item)}[{self._size(element)}]")
        elif TYPE not in element.attrib and not is_nil(element):
            kind = shape.type_name or ""
            if shape.open and not len(element):
                kind = f"{{{XSD}}}string"
            if kind:
                element.set(TYPE, self._written(kind))
        for child in element.iterchildren(etree.Element):
            self.element(child, shape.children.get(local(child.tag), ANYTHING))

    def _written(self, kind: str) -> str:
        name = etree.QName(kind)
        if name.namespace is None:
            return str(name.localname)
        prefix = self.prefixes.setdefault(name.namespace, f"q{len(self.prefixes)}")
        return f"{prefix}:{name.localname}"

    def _size(self, element: etree._Element) -> str:
        """How many items: as many as there are, or as the list has that repeats the only one."""
        repeats = [part for part in element if part.tag is etree.ProcessingInstruction and part.target == "each"]
        if not repeats:
            return str(len(list(element.iterchildren(etree.Element))))
        return self._count(repeats[0].text) if len(element) == 3 else ""
