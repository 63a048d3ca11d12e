"""The answer's shape as Python code, generated once per plan: records joined by key straight into the response.

One function per selection. Only GraphQL names (which the lexer has checked) and synthetic identifiers are ever printed
into source; every other constant is passed in. In generated code ``v`` is a row's values, ``p`` the response path of
the object, ``e`` the row's errors and ``r`` the record; ``f3``/``x3`` are what table 3 found and what failed there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.types import FieldType
from gateway.engine import completion, ids
from gateway.engine.errors import FieldError
from gateway.engine.plan import (
    SEARCH,
    ComputedField,
    Contribution,
    FieldPlan,
    IdField,
    IntrospectionField,
    KeysGiven,
    LinkField,
    NodesField,
    PageSelection,
    Place,
    PlainField,
    Plan,
    ProvenanceField,
    RefusedField,
    RootField,
    Selection,
    Table,
    TypenameField,
)

_NAME = re.compile(r"[_A-Za-z][_0-9A-Za-z]*")


@dataclass(frozen=True, slots=True)
class Projection:
    """``source`` is the generated code; ``asked`` the key lists that it wants, in order."""

    source: str
    project: Callable[..., dict[str, Any] | None]
    asked: tuple[KeysGiven, ...]


def generate(plan: Plan, roles: Mapping[str, str]) -> Projection:
    """Compiles the projection of a plan. ``roles``: of each source, for provenance."""
    writer = _Writer(roles)
    root = writer.root(plan.root)
    head = ["def project(tables, arguments, asked, introspected, context, errors):"]
    head += [f"    f{i}, x{i} = tables[{i}].found, tables[{i}].failed" for i in sorted(writer.tables)]
    head += [f"    a{i} = arguments[{i}]" for i in sorted(writer.arguments)]
    head += [f"    k{i} = asked[{i}]" for i in range(len(writer.asked))]
    body = [f"    {line}" if line else "" for function in writer.functions for line in ["", *function]]
    source = "\n".join([*head, *body, "", f"    return {root}(None)", ""])
    exec(compile(source, "<projection>", "exec"), writer.names)
    return Projection(source, writer.names["project"], tuple(writer.asked))


def quoted(name: str) -> str:
    """A GraphQL name as a Python literal."""
    if not _NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no GraphQL name")
    return f"'{name}'"


class _Writer:
    """Collects the functions, and the constants that they are given by synthetic names."""

    def __init__(self, roles: Mapping[str, str]) -> None:
        self.names: dict[str, Any] = {
            name: getattr(completion, name)
            for name in (
                "absent",
                "below",
                "computed",
                "flat",
                "items",
                "joined",
                "local",
                "node",
                "nothing",
                "objects",
                "referenced",
                "unanswered",
                "value_errors",
            )
        } | {"cursor_of": ids.cursor_of, "id_of": ids.id_of, "roles": {**roles, "gateway": "GATEWAY"}}
        self.functions: list[list[str]] = []
        self.tables: set[int] = set()
        self.arguments: set[int] = set()
        self.asked: list[KeysGiven] = []
        self._constants = 0

    def constant(self, value: object) -> str:
        self._constants += 1
        name = f"c{self._constants}"
        self.names[name] = value
        return name

    def table(self, table: Table) -> int:
        self.tables.add(table.index)
        return table.index

    def keys(self, asked: KeysGiven) -> str:
        self.asked.append(asked)
        return f"k{len(self.asked) - 1}"

    def root(self, selection: Selection) -> str:
        return _Function(self, "root").write("p", selection)

    def object(self, selection: Selection) -> str:
        return _Function(self, "o").write("v, p, e, r", selection)

    def page(self, page: PageSelection) -> str:
        return _PageFunction(self).write(page)

    def add(self, name: str, head: str, lines: list[str]) -> str:
        self.functions.append([f"def {name}({head}):", *(f"    {line}" for line in lines)])
        return name

    def next_name(self, prefix: str) -> str:
        self._constants += 1
        return prefix if prefix == "root" else f"{prefix}{self._constants}"


class _Function:
    """One generated function: the response of one object."""

    def __init__(self, writer: _Writer, prefix: str) -> None:
        self.writer = writer
        self.name = writer.next_name(prefix)
        self.lines: list[str] = []
        self.pairs: list[str] = []
        self._temporaries = 0

    def write(self, head: str, selection: Selection) -> str:
        for contribution in selection.contributions:
            self._join(contribution)
        for origin in (None, *selection.contributions):
            self._value_errors(selection, origin)
        for field in selection.fields:
            self.pairs.append(f"{quoted(field.place.key)}: {self._field(field)}")
        self.lines.append(f"return {{{', '.join(self.pairs)}}}")
        return self.writer.add(self.name, head, self.lines)

    def _line(self, *lines: str) -> None:
        self.lines.extend(lines)

    def _temporary(self) -> str:
        self._temporaries += 1
        return f"t{self._temporaries}"

    def _join(self, contribution: Contribution) -> None:
        i = self.writer.table(contribution.table)
        names = self.writer.constant(tuple(contribution.wanted))
        blank = self.writer.constant(dict.fromkeys(contribution.wanted))
        self._line(
            f"k = {self._key(contribution.names, (None,) * len(contribution.names))}",
            f"r{i} = f{i}.get(k)",
            f"if r{i} is None: v{i}, e{i} = {blank}, unanswered(x{i}, k, {names})",
            f"else: v{i}, e{i} = r{i}.values, r{i}.errors",
        )

    def _value_errors(self, selection: Selection, origin: Contribution | None) -> None:
        fields = [
            (field.name, field.place)
            for field in selection.fields
            if isinstance(field, PlainField) and field.origin is origin and not field.type.required
        ]
        if fields:
            _, errors = self._row(origin)
            self._line(f"if {errors}: value_errors({errors}, p, {self.writer.constant(tuple(fields))}, errors)")

    @staticmethod
    def _row(origin: Contribution | None) -> tuple[str, str]:
        i = "" if origin is None else str(origin.table.index)
        return f"v{i}", f"e{i}"

    def _key(self, names: tuple[str, ...], origins: tuple[Contribution | None, ...]) -> str:
        parts = [f"{self._row(origin)[0]}[{quoted(name)}]" for name, origin in zip(names, origins, strict=True)]
        return parts[0] if len(parts) == 1 else f"joined({', '.join(parts)})"

    # ------------------------------------------------------------ fields

    def _field(self, field: FieldPlan) -> str:
        match field:
            case TypenameField(name=name):
                return quoted(name)
            case PlainField():
                return self._plain(field)
            case IdField(entity=entity, names=names):
                parts = ", ".join(f"v[{quoted(name)}]" for name in names)
                return f"id_of({quoted(entity)}, {parts})"
            case ProvenanceField():
                return self._provenance(field)
            case ComputedField():
                return self._computed(field)
            case LinkField():
                return self._link(field)
            case RootField():
                return self._root(field)
            case NodesField():
                return self._nodes(field)
            case IntrospectionField():
                return f"introspected[{quoted(field.place.key)}]"
            case RefusedField(message=message):
                error = FieldError("BAD_USER_INPUT", message)
                self._line(f"errors.add(p, {self._place(field)}, {self.writer.constant(error)})")
                return "None"
        raise AssertionError(f"no code for {type(field).__name__}")

    def _place(self, field: FieldPlan) -> str:
        return self.writer.constant(field.place)

    @staticmethod
    def _at(place: Place) -> str:
        """The response path of a field of this object."""
        return f"(p, {quoted(place.key)})"

    def _arguments(self, slot: int) -> str:
        self.writer.arguments.add(slot)
        return f"a{slot}"

    def _plain(self, field: PlainField) -> str:
        row, errors = self._row(field.origin)
        name = quoted(field.name)
        if field.finish is None and field.selection is None and not field.type.required and not field.type.lists:
            return f"{row}[{name}]"
        t, place = self._temporary(), self._place(field)
        self._line(f"{t} = {row}[{name}]")
        if field.finish is not None and field.arguments is not None:
            finish = self.writer.constant(field.finish)
            arguments = self._arguments(field.arguments.slot)
            self._line(f"if {t} is not None: {t} = local({finish}, {t}, {arguments}, context, p, {place}, errors)")
        if field.type.required:
            self._line(f"if {t} is None: return nothing(p, {place}, {errors}, {name}, errors)")
        record = "r" if field.origin is None else f"r{field.origin.table.index}"
        self._complete(t, field, field.selection, place, errors, name, record)
        return t

    def _complete(
        self, t: str, field: FieldPlan, selection: Selection | None, place: str, errors: str, name: str, record: str
    ) -> None:
        """Makes the response value of the row's value in ``t``: objects below it, null where an item may not be."""
        type_ = field.type
        inner = f"{errors} and below({errors}, {name})"
        if selection is None:
            if not type_.lists:
                return
            self._line(
                f"if {t} is not None and None in {t}: "
                f"{t} = items({t}, p, {place}, {errors}, {name}, {type_.item_required}, errors)"
            )
        elif type_.lists:
            complete = self.writer.object(selection)
            self._line(
                f"if {t} is not None: "
                f"{t} = objects({t}, {complete}, p, {place}, {inner}, {record}, {type_.item_required}, errors)"
            )
        else:
            complete = self.writer.object(selection)
            self._line(f"if {t} is not None: {t} = {complete}({t}, {self._at(field.place)}, {inner}, {record})")
        if type_.required:
            self._line(f"if {t} is None: return None")

    def _provenance(self, field: ProvenanceField) -> str:
        values = {"source": "r.source", "role": "roles[r.source]", "asOf": "r.as_of", "stale": "r.stale"}
        pairs = [
            f"{quoted(key)}: {quoted('Provenance') if name == '__typename' else values[name]}"
            for key, name in field.fields
        ]
        return f"{{{', '.join(pairs)}}}"

    def _computed(self, field: ComputedField) -> str:
        t, place = self._temporary(), self._place(field)
        hidden = self.writer.object(field.hidden)
        compute, optional = self.writer.constant(field.compute), self.writer.constant(field.optional)
        arguments = self._arguments(field.arguments.slot)
        self._line(
            "m = errors.total",
            f"{t} = computed({compute}, {hidden}(v, p, e, r), {arguments}, context, p, {place}, m, {optional}, errors)",
        )
        if field.type.required:
            self._line(f"if {t} is None: return nothing(p, {place}, None, '', errors) if errors.total == m else None")
        self._complete(t, field, field.selection, place, "None", "''", "r")
        return t

    # ------------------------------------------------------------ links

    def _link(self, field: LinkField) -> str:
        t, place = self._temporary(), self._place(field)
        keys = field.keys
        held_in = self._row(keys.origins[0])[1]
        self._line(f"k = {self._key(keys.names, keys.origins)}")
        if keys.pick is not None and keys.arguments is not None:
            arguments = self._arguments(keys.arguments.slot)
            self._line(f"if k is not None: k = {self.writer.constant(keys.pick)}(k, {arguments})")
        lost = "{}" if field.table is None else f"x{self.writer.table(field.table)}"
        absent = f"absent({lost}, k, p, {place}, {held_in}, {quoted(keys.names[0])}, {field.type.required}, errors)"
        if field.table is None:
            self._trusted(field, t, absent)
        elif keys.many:
            self._references(field, t, place, absent)
        else:
            f = f"f{field.table.index}"
            self._line(f"{t} = {f}.get(k)", f"if {t} is None: {t} = {absent}")
            self._line(f"else: {t} = {self._records(t, field.table, field)}")
        self._null_items(t, field.type)
        return t

    def _trusted(self, field: LinkField, t: str, absent: str) -> None:
        complete = self.writer.object(field.selection) if field.selection else ""
        key = "y" if field.keys.many else "k"
        names = field.by
        row = ", ".join(
            f"{quoted(name)}: {key if len(names) == 1 else f'{key}[{index}]'}" for index, name in enumerate(names)
        )
        self._line(f"if k is None: {t} = {absent}")
        if field.keys.many:
            self._line(
                f"else: {t} = [{complete}({{{row}}}, ({self._at(field.place)}, i), None, None) for i, y in enumerate(k)]"
            )
        else:
            self._line(f"else: {t} = {complete}({{{row}}}, {self._at(field.place)}, None, None)")

    def _references(self, field: LinkField, t: str, place: str, absent: str) -> None:
        i = field.table.index if field.table else 0
        self._line(
            f"if k is None: {t} = {absent}",
            f"else: {t} = referenced(f{i}, x{i}, k, p, {place}, errors)",
        )
        self._line(f"if {t} is not None: {t} = {self._each(t, field.selection, field.place)}")

    def _records(self, t: str, table: Table, field: LinkField | RootField) -> str:
        if field.page is not None:
            return f"{self.writer.page(field.page)}({t}, {self._at(field.place)})"
        if table.shape == "many":
            return self._each(t, field.selection, field.place)
        complete = self.writer.object(field.selection) if field.selection else ""
        return f"{complete}({t}.values, {self._at(field.place)}, {t}.errors, {t})"

    def _each(self, t: str, selection: Selection | None, place: Place) -> str:
        complete = self.writer.object(selection) if selection else ""
        return f"[{complete}(y.values, (q, i), y.errors, y) for q in ({self._at(place)},) for i, y in enumerate({t})]"

    def _null_items(self, t: str, type_: FieldType) -> None:
        if type_.lists and type_.item_required:
            self._line(f"if {t} is not None and None in {t}: {t} = None")
        if type_.required:
            self._line(f"if {t} is None: return None")

    # ------------------------------------------------------------ roots

    def _root(self, field: RootField) -> str:
        t, place, i = self._temporary(), self._place(field), self.writer.table(field.table)
        asked = self.writer.keys(field.asked) if field.asked else ""
        if field.form == "each":
            self._asked_each(field, t, place, asked)
        elif field.form == "flat":
            self._line(f"{t} = flat(f{i}, x{i}, {asked}, p, {place}, errors)")
            self._line(f"if {t} is not None: {t} = {self._each(t, field.selection, field.place)}")
        else:
            self._line(f"k = {f'{asked}[0]' if asked else repr(SEARCH)}", f"{t} = f{i}.get(k)")
            self._line(f"if {t} is None: {t} = absent(x{i}, k, p, {place}, None, '', {field.type.required}, errors)")
            whole = field.form == "all"
            done = (
                self._each(f"{t}.records", field.selection, field.place)
                if whole
                else (self._records(t, field.table, field))
            )
            self._line(f"else: {t} = {done}")
        self._null_items(t, field.type)
        return t

    def _asked_each(self, field: RootField, t: str, place: str, asked: str) -> None:
        complete = self.writer.object(field.selection) if field.selection else ""
        i = field.table.index
        self._line(
            f"{t}, q = [], {self._at(field.place)}",
            f"for i, k in enumerate({asked}):",
            f"    y = f{i}.get(k)",
            f"    if y is not None: {t}.append({complete}(y.values, (q, i), y.errors, y))",
            "    else:",
            f"        {t}.append(None)",
            f"        if k in x{i}: errors.put((q, i), {place}, x{i}[k])",
        )

    def _nodes(self, field: NodesField) -> str:
        t, place, asked = self._temporary(), self._place(field), self.writer.keys(field.asked)
        typed = ", ".join(
            f"{quoted(name)}: (f{self.writer.table(table)}, x{table.index}, {self.writer.object(selection)})"
            for name, (table, selection) in field.types.items()
        )
        self._line(f"n, q = {{{typed}}}, {self._at(field.place)}")
        if field.one:
            self._line(f"{t} = node(n, {asked}[0], q, {place}, errors)")
        else:
            self._line(f"{t} = [node(n, k, (q, i), {place}, errors) for i, k in enumerate({asked})]")
        return t


class _PageFunction(_Function):
    """One generated function: a connection; ``g`` is the page."""

    def __init__(self, writer: _Writer) -> None:
        super().__init__(writer, "page")

    def write(self, page: PageSelection) -> str:  # type: ignore[override]  # a page is no row
        for place, name, below in page.fields:
            self.pairs.append(f"{quoted(place.key)}: {self._page_field(page, place, name, below)}")
        self._line(f"return {{{', '.join(self.pairs)}}}")
        return self.writer.add(self.name, "g, p", self.lines)

    def _page_field(self, page: PageSelection, place: Place, name: str, below: Any) -> str:
        match name:
            case "__typename":
                return quoted(page.type_name)
            case "totalCount":
                return "g.total"
            case "pageInfo":
                return self._page_info(below)
            case "nodes":
                return self._each("g.records", below, place)
        edge_type, fields = below
        pairs = []
        for edge_place, edge_name, selection in fields:
            if edge_name == "cursor":
                value = "cursor_of(g.cursors[i])"
            elif edge_name == "__typename":
                value = quoted(edge_type)
            else:
                complete = self.writer.object(selection)
                key = quoted(edge_place.key)
                value = f"{complete}(y.values, (({self._at(place)}, i), {key}), y.errors, y)"
            pairs.append(f"{quoted(edge_place.key)}: {value}")
        return f"[{{{', '.join(pairs)}}} for i, y in enumerate(g.records)]"

    def _page_info(self, fields: list[tuple[str, str]]) -> str:
        values = {
            "__typename": quoted("PageInfo"),
            "hasNextPage": "g.has_next",
            "hasPreviousPage": "g.has_previous",
            "startCursor": "cursor_of(g.cursors[0]) if g.cursors else None",
            "endCursor": "cursor_of(g.cursors[-1]) if g.cursors else None",
        }
        return f"{{{', '.join(f'{quoted(key)}: {values[name]}' for key, name in fields)}}}"
