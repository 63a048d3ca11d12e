"""Objects of a JSON reply that an answer takes as they are: decoded once, renamed, and written into the answer.

Such an object is decoded into a type that has the source's names for its members, and becomes one of a type with the
graph's names, which has the same layout: nothing is made for it, and nothing copied. What does not fit the type (text
that is a number, a null that may not be) makes the reply be read in another way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, cast

from msgspec import Struct, defstruct

from adapters.mapping.shapes import Leaf, Object, Objects, Shape
from adapters.mapping.source import Source, indented
from adapters.outline import Outline, Outlined


class Taken(Struct, gc=False):
    """Reads like a mapping of the graph's names, which are those of its attributes. JSON has no cycles, so that the
    collector need not look for them."""

    __getitem__ = object.__getattribute__
    __setitem__ = object.__setattr__

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    def keys(self) -> tuple[str, ...]:
        return self.__struct_fields__

    def __iter__(self) -> Iterator[str]:
        return iter(self.__struct_fields__)

    def __len__(self) -> int:
        return len(self.__struct_fields__)


Mapping.register(Taken)

RESERVED = frozenset(dir(Taken))


Field = tuple[str, Any] | tuple[str, Any, None]
"""Of a type: name, type, and default."""


class Kind(NamedTuple):
    """``read`` is what JSON is decoded into, ``taken`` what the answer has; ``inside``: what is in it, by attribute."""

    read: Any
    taken: type[Taken]
    inside: Mapping[str, Inside]

    def lines(self, v: str, source: Source) -> list[str]:
        """The statements that make what is called ``v``, and all that is in it, the answer's."""
        lines = [f"{v}.__class__ = {source.bind(self.taken)}"]
        for name, inside in self.inside.items():
            lines += inside.lines(f"{v}.{name}", source)
        return lines


class Inside(NamedTuple):
    """An object in another object, or a list of them. ``nullable``: whether there may be null in its place."""

    kind: Kind
    listed: bool
    nullable: bool

    def field(self, name: str) -> Field:
        read: Any = self.kind.read
        return field(name, list[read] if self.listed else read, nullable=self.nullable)

    def lines(self, v: str, source: Source) -> list[str]:
        if self.listed:
            i = source.local("i")
            items = f"{v} or ()" if self.nullable else v
            return [f"for {i} in {items}:", *indented(self.kind.lines(i, source))]
        if not self.nullable:
            return self.kind.lines(v, source)
        n = source.local("n")
        return [f"{n} = {v}", f"if {n} is not None:", *indented(self.kind.lines(n, source))]


def taken_inside(shape: Shape, asked: Outlined) -> tuple[str, Inside] | None:
    """Of an object or a list of objects: the source's key, and what stands there; ``None`` where it is not so plain."""
    place = shape.path if isinstance(shape, Objects) else shape.prefix if isinstance(shape, Object) else None
    item = shape.item if isinstance(shape, Objects) else shape
    if place is None or not isinstance(item, Object) or place.search is not None or len(place.steps) != 1:
        return None
    if asked.cut is None or (isinstance(shape, Objects) and (shape.default is not None or item.prefix is not None)):
        return None
    known = taken_kind(item, asked.cut)
    return None if known is None else (place.steps[0], Inside(known, isinstance(shape, Objects), not asked.required))


def taken_kind(shape: Object, outline: Outline) -> Kind | None:
    """Of objects of which the answer takes this much; ``None`` where they have to be made."""
    keys: dict[str, str] = {}
    fields: list[Field] = []
    found: dict[str, Inside] = {}
    for asked in outline.fields:
        name = asked.name
        member = plain(shape.fields.get(name), asked)
        if member is None or name in RESERVED:
            return None
        keys[name], type_ = member
        if isinstance(type_, Inside):
            found[name] = type_
            fields.append(type_.field(name))
        else:
            fields.append(field(name, type_, nullable=not asked.required))
    if len({*keys.values()}) < len(outline.fields) or not always_there(shape, outline):
        return None
    read = defstruct("Read", fields, bases=(Taken,), rename=keys, gc=False, kw_only=True)
    as_long = {"__len__": tuple(keys).__len__}  # a function of Python takes twice as long, for each object of an answer
    taken = cast(type[Taken], defstruct("Object", fields, bases=(Taken,), gc=False, kw_only=True, namespace=as_long))
    return Kind(read, taken, found)


def plain(shape: Shape | None, asked: Outlined) -> tuple[str, Any] | None:
    """The source's key, and the type of a value that is taken as it comes, or what is in the object there."""
    if isinstance(shape, Object | Objects):
        return taken_inside(shape, asked)
    if not isinstance(shape, Leaf) or len(shape.paths) != 1 or shape.fills or asked.below is not None:
        return None
    (path,), as_is = shape.paths, next((usual for usual in shape.usual if usual.as_is), None)
    if as_is is None or as_is.test or asked.only not in (None, as_is.type):
        return None
    return (path.steps[0], as_is.type) if path.search is None and len(path.steps) == 1 else None


def field(name: str, type_: Any, *, nullable: bool) -> Field:
    """A member that may be null may be missing too."""
    return (name, type_ | None, None) if nullable else (name, type_)


def always_there(shape: Object, outline: Outline) -> bool:
    """Whether there is no null in the place of such an object, whatever stands in it."""
    required = {each.name for each in outline.fields if each.required}
    return not shape.nullable or bool(shape.required and required.issuperset(shape.required))
