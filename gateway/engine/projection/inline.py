"""Code for objects in which nothing is wrong, as one expression without a call.

It holds where every value is there and is what it should be; a condition in front of it says so. For anything else the
object's own function is called, which knows what is wrong and where.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway.engine.plan import PlainField, Selection, TypenameField
from gateway.engine.projection.layout import braced, wrapped
from gateway.engine.projection.writer import Writer, is_inside, quoted


class Inline:
    """``conditions``, evaluated in this order, bind the names that ``literal`` uses."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.conditions: list[str] = []

    def literal(self, selection: Selection, row: str) -> str | None:
        """The object of the values called ``row``; ``None`` where it has fields that need more than a look."""
        if selection.contributions:
            return None
        pairs = []
        for field in selection.fields:
            if isinstance(field, TypenameField):
                value: str | None = quoted(field.name)
            elif isinstance(field, PlainField) and field.origin is None and not field.type.lists:
                value = self._value(field, row, is_inside(selection))
            else:
                return None
            if value is None:
                return None
            pairs.append(f"{quoted(field.place.key)}: {value}")
        return braced(pairs)

    def _value(self, field: PlainField, row: str, inside: bool) -> str | None:
        found = f"{row}.get({quoted(field.name)})" if inside else f"{row}[{quoted(field.name)}]"
        if field.selection is not None:
            return self._object(field, field.selection, found) if field.finish is None else None
        if field.finish is None and not field.type.required:
            return found
        name = self.writer.next_name("u")
        if field.finish is None:
            self.conditions.append(f"({name} := {found}) is not None")
            return name
        if field.as_is is None:
            return None
        is_it = f"({name} := {found}).__class__ is {self.writer.constant('as_is', field.as_is)}"
        self.conditions.append(is_it if field.type.required else f"({is_it} or {name} is None)")
        return name

    def _object(self, field: PlainField, selection: Selection, found: str) -> str | None:
        name, below = self.writer.next_name("u"), Inline(self.writer)
        literal = below.literal(selection, name)
        if literal is None:
            return None
        if field.type.required:
            self.conditions += [f"({name} := {found}) is not None", *below.conditions]
            return literal
        self.conditions.append(f"(({name} := {found}) is None or ({' and '.join(below.conditions) or 'True'}))")
        return f"None if {name} is None else {literal}"


def inlined(writer: Writer, selection: Selection, row: str, errors: str, call: Callable[[str], str]) -> str:
    """``row``: code for the values; ``errors`` for what is wrong in them; ``call`` makes the call for a row."""
    inline = Inline(writer)
    name = writer.next_name("w")
    literal = inline.literal(selection, name)
    if literal is None:
        return call(row)
    right = [] if errors == "None" else [f"not {errors}"]
    conditions = [f"({name} := {row})", *right, *inline.conditions]
    return wrapped(literal, conditions, call(name))
