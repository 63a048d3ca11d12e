"""Code for values: plain ones, ids, provenance, and computed ones."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from adapters.types import FieldType
from gateway.engine.plan import Arguments, ComputedField, FieldPlan, IdField, PlainField, ProvenanceField, Selection
from gateway.engine.projection.writer import Function, quoted
from resolvers.links import Context, Values

Finish = Callable[[Any, Values, Context], Any]


def plain(function: Function, field: PlainField) -> str:
    _, errors = function.row(field.origin)
    name, value = quoted(field.name), function.value(field.name, field.origin)
    if field.finish is None and field.selection is None and not field.type.required and not field.type.lists:
        return value
    t, place, inner = function.temporary(), function.place(field), f"{errors} and below({errors}, {name})"
    function.line(f"{t} = {value}")
    made = len(function.lines)
    record = "r" if field.origin is None else f"r{field.origin.table.index}"
    failed = f"nothing(p, {place}, {errors}, {name}, {record}, errors)"
    if field.finish is not None and field.arguments is not None:
        inner = finished(function, field, field.finish, field.arguments, t, place, inner, failed)
    elif field.type.required:
        function.line(f"if {t} is None: return {failed}")
        if field.origin is None and field.selection is None and not field.type.lists:
            function.holds(field.name, t)
    complete(function, t, field, field.selection, place, inner, record)
    if function.takes(field):
        function.lines[made:] = ["if not c:", *(f"    {line}" for line in function.lines[made:])]
    return t


def finished(
    function: Function, field: PlainField, finish: Finish, by: Arguments, t: str, place: str, inner: str, failed: str
) -> str:
    """Finishes ``t`` unless it is as it should be; gives the code for the errors that are in it then."""
    rest = f"{function.arguments(by)}, context, p, {place}"
    made = function.writer.constant("finish", finish)
    lines = ["m = errors.total"]
    if field.type.lists:
        lines.append(f"i{t} = {inner}")
        inner = f"i{t}"
        lines.append(f"if {t} is not None: {t}, i{t} = local_items({made}, {t}, {rest}, i{t}, errors)")
    else:
        lines.append(f"if {t} is not None: {t} = local({made}, {t}, {rest}, errors)")
    if field.type.required:
        lines.append(f"if {t} is None: return {failed} if errors.total == m else None")
    if field.as_is is not None:
        as_is = function.writer.constant("as_is", field.as_is)
        lines = [f"if {t}.__class__ is not {as_is}:", *(f"    {line}" for line in lines)]
    function.line(*lines)
    return inner


def complete(
    function: Function, t: str, field: FieldPlan, selection: Selection | None, place: str, inner: str, record: str
) -> None:
    """Makes the response value of the row's value in ``t``: objects below it, null where an item may not be.

    ``inner``: code for the errors below it.
    """
    type_ = field.type
    if type_.lists > 1:
        complete = function.writer.object(selection) if selection else "None"
        here = f"{function.writer.constant('type', type_)}, {complete}, {function.at(field.place)}"
        present(function, t, type_, f"{t} = nested({t}, {here}, {place}, {inner}, {record}, errors)")
    elif selection is None:
        if not type_.lists:
            return
        there = "" if type_.required else f"{t} is not None and "
        made = f"items({t}, p, {place}, {inner}, {record}, {type_.item_required}, errors)"
        function.line(f"if {there}None in {t}: {t} = {made}")
    elif type_.lists:
        complete = function.writer.object(selection)
        one = function.writer.value(selection, "y", "None", record, f"({function.at(field.place)}, len(l{t}))")
        lines = function.listed(t, t, one)
        if type_.item_required:
            lines.append(f"if not all({t}) and None in {t}: {t} = None")
        present(
            function,
            t,
            type_,
            f"b{t} = {inner}",
            f"if b{t} or not all({t}):",
            f"    {t} = objects({t}, {complete}, p, {place}, b{t}, {record}, {type_.item_required}, errors)",
            "else:",
            *(f"    {line}" for line in lines),
        )
    else:
        one = function.writer.value(selection, t, f"b{t}", record, function.at(field.place))
        present(function, t, type_, f"b{t} = {inner}", f"{t} = {one}")
    if type_.required:
        function.line(f"if {t} is None: return None")


def present(function: Function, t: str, type_: FieldType, *lines: str) -> None:
    """Lines for a value that is there: of a field that is never null it always is, by now."""
    if type_.required:
        function.line(*lines)
    else:
        function.line(f"if {t} is not None:", *(f"    {line}" for line in lines))


def identity(function: Function, field: IdField) -> str:
    """An id is never null, so a record without its key has none to give."""
    for name in map(quoted, field.names):
        function.line(f"if v[{name}] is None: return nothing(p, {function.place(field)}, e, {name}, r, errors)")
    return f"id_of({quoted(field.entity)}, {', '.join(f'v[{quoted(name)}]' for name in field.names)})"


def provenance(function: Function, field: ProvenanceField) -> str:
    values = {"source": "r.source", "role": "roles[r.source]", "asOf": "r.as_of", "stale": "r.stale"}
    pairs = [
        f"{quoted(key)}: "
        + (quoted("Provenance") if name == "__typename" else values.get(name) or field_sources(function, field, key))
        for key, name in field.fields
    ]
    return f"{{{', '.join(pairs)}}}"


def field_sources(function: Function, field: ProvenanceField, key: str) -> str:
    selected = function.writer.constant("selected", tuple(field.sources[key]))
    hidden = function.writer.constant("hidden", field.hidden)
    return f"field_sources(r, {selected}, {hidden}, roles)"


def computed(function: Function, field: ComputedField) -> str:
    t, place = function.temporary(), function.place(field)
    hidden = function.writer.object(field.hidden)
    compute = function.writer.constant("compute", field.compute)
    optional = function.writer.constant("optional", field.optional)
    arguments = function.arguments(field.arguments)
    function.line(
        "m, b = errors.total, errors.begin()",
        f"{t} = computed({compute}, {hidden}(v, p, e, r), {arguments}, context, p, {place}, b, {optional}, errors)",
    )
    if field.type.required:
        function.line(f"if {t} is None: return nothing(p, {place}, None, '', r, errors) if errors.total == m else None")
    complete(function, t, field, field.selection, place, "None", "r")
    return t
