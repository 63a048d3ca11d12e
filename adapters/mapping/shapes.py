"""How the parts of a record are read from a raw row: the plan that is compiled once per entity.

Each shape can read its part by itself (``read``): value by value, noting what is bad and going on. The generated code
does the same for rows in which nothing is bad.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from adapters import spi
from adapters.mapping.bad import Bad
from adapters.mapping.node import Node
from adapters.mapping.paths import Path
from adapters.scalars import Convert, Unreadable


@dataclass(frozen=True, slots=True)
class Constant:
    """The same value for every row."""

    value: Any

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        return self.value

    def node(self) -> Node:
        return Node()


class Usual(NamedTuple):
    """Raw values of exactly this type that code reads in line, with what ``convert`` would make of them.

    ``test`` and ``value`` are its text: ``{v}`` is the raw value, other names in braces are ``constants``.
    """

    type: type
    test: str = ""
    value: str = "{v}"
    constants: Mapping[str, Any] = {}

    @property
    def as_is(self) -> bool:
        """Whether the raw value is the value already; of one leaf at most one is such."""
        return self.value == "{v}"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value. ``convert`` takes the raw value, or the list of raw values of several paths.

    ``usual``: the raw values that ``convert`` need not be called for. ``fills``: null is converted too, because
    there is a default.
    """

    coordinate: str
    expected: str
    paths: tuple[Path, ...]
    convert: Convert
    usual: Sequence[Usual] = ()
    fills: bool = False

    def raw(self, row: Any) -> Any:
        if len(self.paths) == 1:
            return self.paths[0].read(row)
        return [path.read(row) for path in self.paths]

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        raw: Any = None
        try:
            raw = self.raw(row)
            return self.convert(raw) if raw is not None or self.fills else None
        except Exception as error:  # a converter may be a team's own: whatever it raises, this value is bad
            bad.note(at, self.coordinate, self.expected, raw, error)
            return None

    def node(self) -> Node:
        return Node(frozenset(path.text for path in self.paths))


@dataclass(frozen=True, slots=True)
class Values:
    """A list of plain values. ``items`` makes the list of raw items (or ``None``), ``convert`` a value of each."""

    coordinate: str
    expected: str
    paths: tuple[Path, ...]
    items: Convert
    convert: Convert
    default: Any = None
    declared: bool = False

    def raw(self, row: Any) -> Any:
        if len(self.paths) == 1:
            return self.paths[0].read(row)
        return [path.read(row) for path in self.paths]

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        raw: Any = None
        try:
            raw = self.raw(row)
            items = None if raw is None else self.items(raw)
        except Exception as error:
            bad.note(at, self.coordinate, self.expected, raw, error)
            return None
        if items is None:
            return self.default
        return [self.item(item, (*at, index), bad) for index, item in enumerate(items)]

    def item(self, item: Any, at: spi.Path, bad: Bad) -> Any:
        try:
            return None if item is None else self.convert(item)
        except Exception as error:
            bad.note(at, self.coordinate, f"items of {self.expected}", item, error)
            return None

    def node(self) -> Node:
        texts = frozenset(path.text for path in self.paths)
        return Node(texts, lists=texts if self.declared else frozenset())


@dataclass(frozen=True, slots=True)
class Texts:
    """A text in several languages: ``{locale: text}`` without those that have none, or null."""

    coordinate: str
    locales: Mapping[str, Leaf]
    default: Any = None

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        return spoken((locale, leaf.read(row, at, bad)) for locale, leaf in self.locales.items()) or self.default

    def node(self) -> Node:
        return Node(frozenset(path.text for leaf in self.locales.values() for path in leaf.paths))


@dataclass(frozen=True, slots=True)
class Object:
    """An object whose fields are read from the row, or from what stands at ``prefix`` in it.

    ``any_row``: no field needs the row to be an object. ``varying``: the fields that depend on the row.
    A nullable object is null when a required field of it, or everything that is read for it, is null: old systems
    write "no such thing" by leaving its parts empty.
    """

    coordinate: str
    fields: Mapping[str, Shape]
    prefix: Path | None = None
    nullable: bool = False
    required: tuple[str, ...] = ()
    varying: tuple[str, ...] = field(init=False)
    any_row: bool = field(init=False)

    def __post_init__(self) -> None:
        varying = tuple(name for name, shape in self.fields.items() if not isinstance(shape, Constant))
        inner = self.inner_node()
        object.__setattr__(self, "varying", varying)
        object.__setattr__(self, "any_row", inner.paths <= {"@"} and not inner.each)

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        if self.prefix is not None:
            row = self.inner(self.prefix, row, at, bad)
            if row is None:
                return None
        if not isinstance(row, Mapping) and not self.any_row:
            bad.note(at, self.coordinate, "an object", row)
            return None
        values = {name: shape.read(row, (*at, name), bad) for name, shape in self.fields.items()}
        return None if self.absent(values) and not bad.below(at) else values

    def inner(self, prefix: Path, row: Any, at: spi.Path, bad: Bad) -> Any:
        try:
            return prefix.read(row)
        except Exception as error:  # what an expression of the registration raises
            bad.note(at, self.coordinate, "an object", row, error)
            return None

    def absent(self, values: Mapping[str, Any]) -> bool:
        if not self.nullable:
            return False
        if any(values[name] is None for name in self.required):
            return True
        return bool(self.varying) and all(values[name] is None for name in self.varying)

    def inner_node(self) -> Node:
        return reduce(or_, (shape.node() for shape in self.fields.values()), Node())

    def node(self) -> Node:
        return self.inner_node() if self.prefix is None else self.inner_node().within(self.prefix.text)


@dataclass(frozen=True, slots=True)
class Objects:
    """A list of objects. A single object where the list should be is a list of one (XML has no other way)."""

    coordinate: str
    path: Path
    item: Object
    default: Any = None

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        found: Any = None
        try:
            found = self.path.read(row)
            if found is None:
                return self.default
            items = objects(found)
        except Exception as error:
            bad.note(at, self.coordinate, "a list", found, error)
            return None
        return [None if item is None else self.item.read(item, (*at, index), bad) for index, item in enumerate(items)]

    def node(self) -> Node:
        return Node(each={self.path.text: self.item.node()})


@dataclass(frozen=True, slots=True)
class Repeated:
    """A list of objects, each from columns of its own in one row; those that are null are left out."""

    coordinate: str
    items: tuple[Object, ...]

    def read(self, row: Any, at: spi.Path, bad: Bad) -> Any:
        found: list[Any] = []
        for item in self.items:
            value = item.read(row, (*at, len(found)), bad)
            if value is not None:
                found.append(value)
        return found

    def node(self) -> Node:
        return reduce(or_, (item.node() for item in self.items), Node())


def sparse(shape: Object) -> Object:
    """The same, with null in the place of an object whose required fields have no values, wherever it stands."""
    fields = {name: sparse(each) if isinstance(each, Object) else each for name, each in shape.fields.items()}
    return replace(shape, fields=fields, nullable=True)


def spoken(texts: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The languages that have a text."""
    return {locale: text for locale, text in texts if text is not None}


def objects(found: Any) -> Sequence[Any]:
    """The items of what stands at an ``each`` path."""
    if isinstance(found, list | tuple):
        return found
    if isinstance(found, Mapping):
        return [found]
    raise Unreadable("a list of objects")


Shape = Constant | Leaf | Values | Texts | Object | Objects | Repeated
