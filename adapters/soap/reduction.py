"""Schemas cut down to what some messages need, and written anew: one per namespace, whole, with nothing to import.

What is not reached is not looked at, so that it can neither cost time nor be wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from lxml import etree

from adapters.soap.components import ARRAY, Builtin, Components, Kind, Name, Undefined
from adapters.soap.documents import Schema
from adapters.soap.elements import local
from adapters.soap.names import WSDL, XSD, xsd_name

X = f"{{{XSD}}}"
ARRAY_TYPE = f"{{{WSDL}}}arrayType"
PLAIN = ("name", "nillable", "abstract", "use", "mixed", "processContents", "minOccurs", "maxOccurs")
ATTRIBUTES = ("attribute", "attributeGroup", "anyAttribute")


class Reduction:
    """``needs`` says what is reached, from a reference anywhere; ``schemas`` is all of that.

    ``problems``: references to nowhere in what is needed. Where ``lenient``, and in types that a message only may hold
    in another's place, such a reference is one to anything.
    """

    def __init__(self, components: Components) -> None:
        self.problems: list[str] = []
        self.arrays: dict[str, str] = {}
        """Of the SOAP encoding: type of an array, as ``{namespace}name``, to the type of its items."""
        self._components = components
        self._prefixes = {namespace: f"n{index}" for index, namespace in enumerate(components.namespaces)}
        self._roots: dict[str | None, etree._Element] = {}
        self._reached: set[Name] = set()
        self._queue: deque[Name] = deque()
        self._possible: deque[Name] = deque()
        self._optional = False

    @property
    def lenient(self) -> bool:
        return self._components.lenient

    @property
    def nsmap(self) -> dict[str | None, str]:
        """The prefixes of the qualified names that ``needs`` gives."""
        return {"xsd": XSD, **{prefix: namespace for namespace, prefix in self._prefixes.items()}}

    def needs(
        self, kind: Kind, text: str, element: etree._Element, schema: Schema | None, file: str = ""
    ) -> str | None:
        """The qualified name by which the reduced schemas know it; ``None`` where there is no such thing."""
        try:
            found = self._components.resolve(kind, text, element, schema)
        except Undefined as problem:
            if not (self.lenient or self._optional):
                self.problems.append(str(problem))
            return "xsd:anyType" if kind == "type" else None
        if isinstance(found, Builtin):
            return f"xsd:{'anyType' if found is ARRAY else found.local}"
        self._reach(found)
        return self._written(found)

    def defines(self, kind: Kind, text: str, element: etree._Element) -> bool:
        """Whether there is what a reference in a WSDL refers to."""
        try:
            self._components.resolve(kind, text, element, None)
        except Undefined:
            return False
        return True

    def schemas(self) -> list[etree._Element]:
        """Everything that was needed until now, with what that needs."""
        while self._queue or self._possible:
            self._optional = not self._queue
            name = (self._queue or self._possible).popleft()
            component = self._components[name]
            made = self._part(self._root(name.namespace), component.element, component.schema)
            if made is not None and name.kind == "type":
                self._possible.extend(each for each in self._components.derived(name) if each not in self._reached)
                self._reached.update(self._possible)
        for namespace, root in self._roots.items():
            for other in self._roots.keys() - {namespace}:
                root.insert(0, etree.Element(f"{X}import", {"namespace": other} if other else {}))
        return list(self._roots.values())

    def _reach(self, name: Name) -> None:
        if name not in self._reached:
            self._reached.add(name)
            (self._possible if self._optional else self._queue).append(name)

    def _written(self, name: Name) -> str:
        return f"{self._prefixes[name.namespace]}:{name.local}" if name.namespace else name.local

    def _root(self, namespace: str | None) -> etree._Element:
        if namespace not in self._roots:
            target = {"targetNamespace": namespace} if namespace else {}
            self._roots[namespace] = etree.Element(f"{X}schema", target, nsmap=self.nsmap)
        return self._roots[namespace]

    def _part(self, parent: etree._Element, element: etree._Element, schema: Schema) -> etree._Element | None:
        """The same component or part of one, below ``parent``."""
        name = xsd_name(element, lenient=self.lenient)
        if name is None or (name in ("element", "attribute") and not (element.get("name") or element.get("ref"))):
            return None
        made = etree.SubElement(parent, f"{X}{name}", self._plain(element))
        top = parent.tag == f"{X}schema"
        if name in ("element", "attribute") and not top:
            self._local(made, name, element, schema)
        if not self._references(made, name, element, schema):
            parent.remove(made)
            return None
        if made.get("type") is None and made.get("ref") is None:
            for child in _ordered(element):
                self._part(made, child, schema)
        if name in ("extension", "restriction"):
            _mend_content(made)
        return made

    def _plain(self, element: etree._Element) -> dict[str, str]:
        kept = {word: element.get(word).strip() for word in PLAIN if element.get(word) is not None}
        if kept.get("maxOccurs", "1") != "unbounded" and not kept.get("maxOccurs", "1").isdecimal():
            kept["maxOccurs"] = "unbounded"
        if not kept.get("minOccurs", "1").isdecimal():
            kept["minOccurs"] = "0"
        if local(element.tag).lower() in ("any", "anyattribute"):
            kept |= {"processContents": "lax"}
        return kept

    def _local(self, made: etree._Element, name: str, element: etree._Element, schema: Schema) -> None:
        """A local element or attribute: whether it is qualified is said by its own schema's defaults."""
        if element.get("ref") is None:
            made.set("form", element.get("form") or schema.root.get(f"{name}FormDefault") or "unqualified")
        elif "name" in made.attrib:
            del made.attrib["name"]

    def _references(self, made: etree._Element, name: str, element: etree._Element, schema: Schema) -> bool:
        """What it refers to; whether it can stay."""
        for word, kind in _words(name):
            text = element.get(word)
            if not text:
                continue
            if word == "memberTypes":
                found: str | None = " ".join(self.needs("type", each, element, schema) or "" for each in text.split())
            elif self._is_array(word, text, element, schema):
                return self._array(made, element, schema)
            elif word == "ref" and kind == "attribute" and "arrayType" in text:
                return False
            else:
                found = self.needs(kind, text, element, schema)
            if found is None:
                return False
            made.set(word, "xsd:string" if found == "xsd:anyType" and _is_simple(made, name) else found)
        return True

    def _is_array(self, word: str, text: str, element: etree._Element, schema: Schema) -> bool:
        if word != "base":
            return False
        try:
            return self._components.resolve("type", text, element, schema) is ARRAY
        except Undefined:
            return False

    def _array(self, made: etree._Element, element: etree._Element, schema: Schema) -> bool:
        """An array of the SOAP encoding, as the sequence of its items."""
        content = made.getparent()
        owner = None if content is None else content.getparent()
        if content is None or owner is None:
            return False
        item, kind = _item(element)
        found = "xsd:anyType" if kind is None else self.needs("type", kind[0], kind[1], schema)
        owner.remove(content)
        sequence = etree.SubElement(owner, f"{X}sequence")
        words = {"name": item, "type": found or "xsd:anyType", "minOccurs": "0", "maxOccurs": "unbounded"}
        etree.SubElement(sequence, f"{X}element", {**words, "nillable": "true", "form": "unqualified"})
        if owner.get("name"):
            self.arrays[f"{{{schema.namespace}}}{owner.get('name')}"] = self.full(words["type"])
        return True

    def full(self, written: str) -> str:
        """A qualified name of the reduced schemas as ``{namespace}name``."""
        prefix, _, name = written.rpartition(":")
        return f"{{{self.nsmap[prefix]}}}{name}" if prefix else name


def _is_simple(made: etree._Element, name: str) -> bool:
    """Whether it takes simple types only."""
    parent = made.getparent()
    return name in ("attribute", "list", "union") or (parent is not None and "simple" in local(parent.tag))


def _mend_content(made: etree._Element) -> None:
    """Complex content on a simple type is meant to be simple content, and on any type it is just content."""
    content = made.getparent()
    if content is None or content.tag != f"{X}complexContent":
        return
    base = (made.get("base") or "").removeprefix("xsd:")
    owner = content.getparent()
    if Builtin(base).simple:
        content.tag = f"{X}simpleContent"
    elif base == "anyType" and owner is not None:
        owner.extend(list(made))
        owner.remove(content)


def _words(name: str) -> Iterator[tuple[str, Kind]]:
    """The attributes that refer to components, by the element that they are of."""
    refers: dict[str, Kind] = {
        "element": "element",
        "attribute": "attribute",
        "group": "group",
        "attributeGroup": "attributeGroup",
    }
    if name in refers:
        yield "ref", refers[name]
    for word, of in (
        ("type", ("element", "attribute")),
        ("base", ("extension", "restriction")),
        ("itemType", ("list",)),
        ("memberTypes", ("union",)),
    ):
        if name in of:
            yield word, "type"


def _ordered(element: etree._Element) -> list[etree._Element]:
    """The parts, with the attributes behind the content, as they ought to be."""
    parts = list(element.iterchildren(etree.Element))
    return sorted(parts, key=lambda part: local(part.tag) in ATTRIBUTES)


def _item(restriction: etree._Element) -> tuple[str, tuple[str, etree._Element] | None]:
    """The name of an array's items, and their type as it is written and where."""
    name = "item"
    kind: tuple[str, etree._Element] | None = None
    for each in restriction.iter(etree.Element):
        if local(each.tag) == "element" and each.get("name"):
            name = each.get("name")
            kind = kind or (each.get("type"), each) if each.get("type") else kind
        array = each.get(ARRAY_TYPE)
        if array:
            kind = (array.partition("[")[0], each)
    return name, kind
