"""What a WSDL says of one element, in the few words that checks, requests and replies need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any as Untyped

from zeep.xsd import Any, AnySimpleType, ComplexType
from zeep.xsd.elements.indicators import Indicator


class Shape:
    """One element: its children by local name, its attributes, and whether it may occur several times.

    ``most`` is the WSDL's limit, ``None`` for no limit. Made of zeep's types when it is asked, because types recur.
    """

    def __init__(self, name: str, kind: Untyped, types: Sequence[Untyped], most: int | None = 1) -> None:
        self.name = name
        self.most = most
        self._kind = kind
        self._types = types

    @property
    def many(self) -> bool:
        return self.most != 1

    @property
    def text(self) -> bool:
        """Whether it holds a plain value."""
        return isinstance(self._kind, AnySimpleType) or (not self.children and not self.open)

    @property
    def type_name(self) -> str | None:
        """``{namespace}name`` of its type, where that has a name of its own."""
        qname = getattr(self._kind, "qname", None)
        return str(qname) if qname is not None and getattr(self._kind, "is_global", True) else None

    @property
    def variants(self) -> Mapping[str, Shape]:
        """What it may be instead of its own type, by local name: the types that ``xsi:type`` can say."""
        return {kind.name: Shape(self.name, kind, self._types, self.most) for kind in self._variants if kind.name}

    def made(self, values: Untyped) -> Untyped:
        """A value that says its type."""
        return self._kind(**values)

    @cached_property
    def open(self) -> bool:
        """Whether it may hold what the WSDL does not name (``xsd:any``, ``xsd:anyType``)."""
        if not isinstance(self._kind, ComplexType):
            return not isinstance(self._kind, AnySimpleType)
        return any(isinstance(element, Any) for kind in self._variants for element, _ in _elements(kind))

    @cached_property
    def children(self) -> Mapping[str, Shape]:
        return {
            element.name: Shape(element.name, element.type, self._types, most)
            for kind in self._variants
            for element, most in _elements(kind)
            if not isinstance(element, Any) and element.name != "_value_1"  # zeep's name for the text beside attributes
        }

    @cached_property
    def attributes(self) -> frozenset[str]:
        return frozenset(found.name for kind in self._variants for _, found in kind.attributes if found.name)

    @cached_property
    def _variants(self) -> list[Untyped]:
        """Its type and the types derived from that, which a reply may hold in its place (``xsi:type``)."""
        if not isinstance(self._kind, ComplexType):
            return []
        own = self._kind.accepted_types[0]
        derived = [kind for kind in self._types if isinstance(kind, ComplexType) and own in kind.accepted_types]
        return list({id(kind): kind for kind in [*derived, self._kind]}.values())

    def opened(self, way: Sequence[str]) -> Shape:
        """The same, but for an element that may hold anything."""
        if not way:
            return ANYTHING
        child = self.children.get(way[0])
        if child is None:
            return self
        same = Shape(self.name, self._kind, self._types, self.most)
        same.__dict__["children"] = {**self.children, way[0]: child.opened(way[1:])}
        return same

    def __str__(self) -> str:
        names = [*self.children, *(f"@{name}" for name in sorted(self.attributes)), *["any"] * self.open]
        return f"{self.name} with {', '.join(names)}" if names else f"{self.name} (a plain value)"


def _elements(kind: Untyped) -> Iterator[tuple[Untyped, int | None]]:
    yield from _walk((element for _, element in kind.elements_nested), 1)


def _walk(elements: Untyped, most: int | None) -> Iterator[tuple[Untyped, int | None]]:
    for element in elements:
        here = _times(most, element.max_occurs)
        if isinstance(element, Indicator):
            yield from _walk(element, here)
        else:
            yield element, here


def _times(outer: int | None, inner: int | str) -> int | None:
    return None if outer is None or inner == "unbounded" else outer * int(inner)


ANYTHING = Shape("any", None, ())
"""Where the WSDL does not tell."""
