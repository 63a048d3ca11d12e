"""The text of a projection in the making: its functions, and the constants they are given by synthetic names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

from adapters.outline import Outline
from adapters.types import FieldType
from gateway.engine import completion, computing, ids, joining
from gateway.engine.outlines import takes_record, takes_value
from gateway.engine.plan import (
    Arguments,
    Contribution,
    FieldPlan,
    KeysGiven,
    LinkField,
    PageSelection,
    Place,
    PlainField,
    RootField,
    Selection,
    Table,
)
from gateway.engine.projection.layout import alternative, braced

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")

CALLED: Mapping[ModuleType, tuple[str, ...]] = {
    completion: ("below", "field_sources", "items", "nested", "nothing", "objects", "value_errors"),
    joining: ("absent", "flat", "joined", "node", "picked", "referenced", "unanswered", "unreadable"),
    computing: ("computed", "local", "local_items"),
}
"""The functions that generated code calls."""


def checked(name: str) -> str:
    """A GraphQL name: nothing else of a client's may stand in code."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no GraphQL name")
    return name


def quoted(name: str) -> str:
    """A GraphQL name as a Python literal."""
    return f"'{checked(name)}'"


def is_inside(selection: Selection) -> bool:
    """Whether the object is a value inside a record, where a source need not give every field that the type has."""
    position = selection.position
    return position is not None and position.table is None and not position.asked_by


def outline_of(selection: Selection | None) -> Outline | None:
    """Of the records that the selection stands on, if it stands on records."""
    position = selection.position if selection else None
    return position.table.step.outline if position and position.table else None


class Writer:
    """``write_object`` and ``write_page`` add the function of a selection and give its name; ``write_inline`` gives the
    code that makes an object where nothing is wrong in it, else calls that function."""

    def __init__(
        self,
        roles: Mapping[str, str],
        write_object: Callable[[Writer, Selection], str],
        write_inline: Callable[[Writer, Selection, str, str, Callable[[str], str]], str],
        write_page: Callable[[Writer, PageSelection], str],
    ) -> None:
        self.names: dict[str, Any] = {name: getattr(room, name) for room, names in CALLED.items() for name in names}
        self.names |= {"cursor_of": ids.cursor_of, "id_of": ids.id_of, "roles": {**roles, "gateway": "GATEWAY"}}
        self.functions: list[list[str]] = []
        self.tables: dict[int, Table] = {}
        self.arguments: dict[int, Arguments] = {}
        self.asked: list[KeysGiven] = []
        self._counted: Counter[str] = Counter()
        self._objects: dict[int, str] = {}
        self._outlines: dict[Outline, str] = {}
        self._write_object = write_object
        self._write_inline = write_inline
        self._write_page = write_page

    def constant(self, what: str, value: object) -> str:
        """A name for a value that is passed in. ``what`` it is, in a word."""
        name = self.next_name(what)
        self.names[name] = value
        return name

    def outline(self, outline: Outline) -> str:
        """A name for the outline."""
        if outline not in self._outlines:
            self._outlines[outline] = self.constant("outline", outline)
        return self._outlines[outline]

    def next_name(self, prefix: str) -> str:
        self._counted[prefix] += 1
        return f"{prefix}{self._counted[prefix]}"

    def function_name(self, type_name: str) -> str:
        """No other name has an underscore before a number."""
        return self.next_name(f"{checked(type_name)}_")

    def table(self, table: Table) -> int:
        self.tables[table.index] = table
        return table.index

    def keys(self, asked: KeysGiven) -> str:
        self.asked.append(asked)
        return f"k{len(self.asked) - 1}"

    def object(self, selection: Selection | None) -> str:
        if selection is None:
            raise AssertionError("an object of which nothing is selected")
        if id(selection) not in self._objects:
            self._objects[id(selection)] = self._write_object(self, selection)
        return self._objects[id(selection)]

    def record(self, selection: Selection | None, record: str, path: str) -> str:
        """The object of a record: its values themselves, where they are made so."""
        made = self.value(selection, f"{record}.values", f"{record}.errors", record, path)
        outline = outline_of(selection)
        if selection is None or outline is None or not takes_record(selection):
            return made
        fits = f"{record}.outline is {self.outline(outline)} and len({record}.values) == {len(outline.fields)}"
        return alternative(f"{record}.values if {fits}", made)

    def value(self, selection: Selection | None, row: str, errors: str, record: str, path: str) -> str:
        """The object of the values ``row``, in which ``errors`` are wrong."""
        complete = self.object(selection)
        assert selection is not None
        return self._write_inline(
            self, selection, row, errors, lambda name: f"{complete}({name}, {path}, {errors}, {record})"
        )

    def page(self, page: PageSelection) -> str:
        return self._write_page(self, page)

    def add(self, name: str, head: str, lines: list[str]) -> str:
        self.functions.append([f"def {name}({head}):", *(f"    {line}" for line in lines)])
        return name


class Function:
    """One function in the making: lines, then the pairs of the object that it returns.

    ``inside``: the object is a value inside a record, where a source need not give every field that the type has.
    ``outline``: of the records that it makes objects of.
    """

    def __init__(self, writer: Writer, name: str, inside: bool = False, outline: Outline | None = None) -> None:
        self.writer = writer
        self.name = name
        self.inside = inside
        self._outlined = {} if outline is None else {each.name: each for each in outline.fields}
        self._read: dict[str, str] = {}
        self.lines: list[str] = []
        self.pairs: list[str] = []
        self._temporaries = 0

    def done(self, head: str) -> str:
        self.line(f"return {braced(self.pairs)}")
        return self.writer.add(self.name, head, self.lines)

    def pair(self, key: str, value: str) -> None:
        self.pairs.append(f"{quoted(key)}: {value}")

    def line(self, *lines: str) -> None:
        self.lines.extend(lines)

    def temporary(self) -> str:
        self._temporaries += 1
        return f"t{self._temporaries}"

    def place(self, field: FieldPlan) -> str:
        return self.writer.constant("place", field.place)

    def arguments(self, arguments: Arguments) -> str:
        self.writer.arguments[arguments.slot] = arguments
        return f"a{arguments.slot}"

    @staticmethod
    def at(place: Place) -> str:
        """The response path of a field of this object."""
        return f"(p, {quoted(place.key)})"

    @staticmethod
    def row(origin: Contribution | None) -> tuple[str, str]:
        i = "" if origin is None else str(origin.table.index)
        return f"v{i}", f"e{i}"

    def takes(self, field: FieldPlan) -> bool:
        """Whether the field's value is taken as it is from records of the outline."""
        if not isinstance(field, PlainField) or field.origin is not None or not (field.selection or field.type.lists):
            return False
        known = self._outlined.get(field.name)
        return known is not None and takes_value(field, known)

    def value(self, name: str, origin: Contribution | None) -> str:
        row, _ = self.row(origin)
        return f"{row}.get({quoted(name)})" if self.inside and origin is None else f"{row}[{quoted(name)}]"

    def holds(self, name: str, t: str) -> None:
        """Says that ``t`` is this value of the row, so that a key need not read it again."""
        self._read[self.value(name, None)] = t

    def key(self, names: tuple[str, ...], origins: tuple[Contribution | None, ...]) -> str:
        values = [self.value(name, origin) for name, origin in zip(names, origins, strict=True)]
        parts = [self._read.get(value, value) for value in values]
        return parts[0] if len(parts) == 1 else f"joined({', '.join(parts)})"

    def each(self, t: str, selection: Selection | None, place: Place, items: str) -> list[str]:
        """Lines that make ``t`` the list of the objects of the records ``items``."""
        path = f"({self.at(place)}, len(l{t}))"
        return self.listed(t, items, self.writer.record(selection, "y", path))

    @staticmethod
    def listed(t: str, items: str, one: str) -> list[str]:
        """A loop: a comprehension would make a function of it, with cells, and cost half as much again."""
        return [f"l{t} = []", f"for y in {items}:", f"    l{t}.append({one})", f"{t} = l{t}"]

    def records(self, t: str, table: Table, field: LinkField | RootField) -> list[str]:
        """Lines that make ``t``, what table ``table`` has for a key, the response of the field."""
        if field.page is not None:
            return [f"{t} = {self.writer.page(field.page)}({t}, {self.at(field.place)})"]
        if table.shape == "many":
            return self.each(t, field.selection, field.place, t)
        return [f"{t} = {self.writer.record(field.selection, t, self.at(field.place))}"]

    def choose(self, condition: str, then: str, otherwise: list[str]) -> None:
        self.line(f"if {condition}: {then}", "else:", *(f"    {line}" for line in otherwise))

    def null_items(self, t: str, type_: FieldType) -> None:
        if type_.lists and type_.item_required:
            self.line(f"if {t} is not None and not all({t}) and None in {t}: {t} = None")
        if type_.required:
            self.line(f"if {t} is None: return None")
