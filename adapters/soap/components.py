"""The components of all schemas by name, and what a reference in a document means."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from lxml import etree

from adapters.problems import nearest
from adapters.soap.documents import Documents, Schema
from adapters.soap.names import BUILTIN, BY_LOWER, ENCODINGS, SIMPLE, XSDS, xsd_name

Kind = Literal["element", "type", "attribute", "group", "attributeGroup"]
KINDS: dict[str, Kind] = {
    "element": "element",
    "complexType": "type",
    "simpleType": "type",
    "attribute": "attribute",
    "group": "group",
    "attributeGroup": "attributeGroup",
}


class Name(NamedTuple):
    """A component. ``kind`` keeps types and elements of one name apart."""

    kind: Kind
    namespace: str | None
    local: str


class Component(NamedTuple):
    element: etree._Element
    schema: Schema


class Builtin(NamedTuple):
    """A type of XML Schema itself."""

    local: str

    @property
    def simple(self) -> bool:
        return self.local in SIMPLE


ARRAY = Builtin("Array")
"""The SOAP encoding's array, which is no type of XML Schema and stands for many."""


class Undefined(Exception):
    """A reference to what no document defines. The text says where it stands."""


class Components:
    """``lenient``: a reference that cannot be right is taken for what it most probably means."""

    def __init__(self, documents: Documents, *, lenient: bool) -> None:
        self.lenient = lenient
        self._all: dict[Name, Component] = {}
        self._by_local: dict[tuple[Kind, str], list[Name]] = {}
        self._derived: dict[str, list[Name]] = {}
        for schema in documents.schemas:
            for element in _top(schema.root, lenient=lenient):
                self._add(element, schema)

    @property
    def namespaces(self) -> list[str]:
        return sorted({name.namespace for name in self._all if name.namespace})

    def __getitem__(self, name: Name) -> Component:
        return self._all[name]

    def derived(self, base: Name) -> Iterator[Name]:
        """The types that extend or restrict this one, which a message may hold in its place."""
        for name in self._derived.get(base.local, ()):
            component = self._all[name]
            text, element = next(_bases(component.element))
            if self._known("type", *self._split(text, element, component.schema)) == base:
                yield name

    def resolve(self, kind: Kind, text: str, element: etree._Element, schema: Schema | None) -> Name | Builtin:
        """What ``text``, a qualified name in ``element``, refers to. Raises ``Undefined``."""
        namespace, name = self._split(text, element, schema)
        known = self._known(kind, namespace, name)
        if known is None and self.lenient:
            known = self._meant(kind, namespace, name)
        if known is None:
            where = f"{schema.file if schema else 'WSDL'}:{element.sourceline}"
            names = [each for of, each in self._by_local if of == kind]
            hint = f" ({near})" if (near := nearest(name, names)) else ""
            raise Undefined(f"{where}: {kind} `{text}` is defined nowhere{hint}")
        return known

    def _add(self, element: etree._Element, schema: Schema) -> None:
        name = element.get("name")
        kind = KINDS.get(xsd_name(element, lenient=self.lenient) or "")
        if kind is None or not name:
            return
        found = Name(kind, schema.namespace, name)
        if found in self._all:
            return
        self._all[found] = Component(element, schema)
        self._by_local.setdefault((kind, name), []).append(found)
        if kind == "type":
            for base, _ in _bases(element):
                self._derived.setdefault(base.rpartition(":")[2], []).append(found)

    def _split(self, text: str, element: etree._Element, schema: Schema | None) -> tuple[str | None, str]:
        prefix, _, name = text.strip().rpartition(":")
        namespace = element.nsmap.get(prefix or None)
        if namespace is None and not prefix and schema is not None:
            namespace = schema.namespace  # in an included schema without a namespace of its own
        return namespace, name

    def _known(self, kind: Kind, namespace: str | None, name: str) -> Name | Builtin | None:
        found = Name(kind, namespace, name)
        if found in self._all:
            return found
        if kind == "type" and namespace in XSDS and name in BUILTIN:
            return Builtin(name)
        if kind == "type" and namespace in ENCODINGS:
            return ARRAY if name == "Array" else Builtin(name if name in SIMPLE else "anyType")
        return None

    def _meant(self, kind: Kind, namespace: str | None, name: str) -> Name | Builtin | None:
        """The same name in another namespace, or in another case; of XML Schema's types also an unknown one."""
        if kind == "type" and namespace in XSDS:
            return Builtin(BY_LOWER.get(name.lower(), "anyType"))
        same = self._by_local.get((kind, name)) or [
            found
            for (of, each), names in self._by_local.items()
            if of == kind and each.lower() == name.lower()
            for found in names
        ]
        if same:
            return same[0]
        if kind == "type" and name in BUILTIN:
            return Builtin(name)
        return None


def _top(root: etree._Element, *, lenient: bool) -> Iterator[etree._Element]:
    """The components of a schema; what it redefines is defined there."""
    for child in root.iterchildren(etree.Element):
        if xsd_name(child, lenient=lenient) == "redefine":
            yield from child.iterchildren(etree.Element)
        else:
            yield child


def _bases(element: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """What a complex type is derived from, and where that is said."""
    for content in element.iterchildren("{*}complexContent", "{*}simpleContent"):
        for way in content.iterchildren("{*}extension", "{*}restriction"):
            if way.get("base"):
                yield way.get("base"), way
