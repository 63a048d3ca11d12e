"""Code for values: plain ones, ids, provenance, and computed ones."""

from __future__ import annotations

from gateway.engine.plan import ComputedField, FieldPlan, IdField, PlainField, ProvenanceField, Selection
from gateway.engine.projection.writer import Function, quoted


def plain(function: Function, field: PlainField) -> str:
    _, errors = function.row(field.origin)
    name, value = quoted(field.name), function.value(field.name, field.origin)
    if field.finish is None and field.selection is None and not field.type.required and not field.type.lists:
        return value
    t, place, inner = function.temporary(), function.place(field), f"{errors} and below({errors}, {name})"
    function.line(f"{t} = {value}")
    failed = f"nothing(p, {place}, {errors}, {name}, errors)"
    if field.finish is not None and field.arguments is not None:
        finish = function.writer.constant(field.finish)
        rest = f"{function.arguments(field.arguments.slot)}, context, p, {place}"
        function.line("m = errors.total")
        if field.type.lists:
            function.line(f"i{t} = {inner}")
            inner = f"i{t}"
            function.line(f"if {t} is not None: {t}, i{t} = local_items({finish}, {t}, {rest}, i{t}, errors)")
        else:
            function.line(f"if {t} is not None: {t} = local({finish}, {t}, {rest}, errors)")
        failed += " if errors.total == m else None"
    if field.type.required:
        function.line(f"if {t} is None: return {failed}")
    record = "r" if field.origin is None else f"r{field.origin.table.index}"
    complete(function, t, field, field.selection, place, inner, record)
    return t


def complete(
    function: Function, t: str, field: FieldPlan, selection: Selection | None, place: str, inner: str, record: str
) -> None:
    """Makes the response value of the row's value in ``t``: objects below it, null where an item may not be.

    ``inner``: code for the errors below it.
    """
    type_ = field.type
    if selection is None:
        if not type_.lists:
            return
        function.line(
            f"if {t} is not None and None in {t}: {t} = items({t}, p, {place}, {inner}, {type_.item_required}, errors)"
        )
    elif type_.lists:
        complete = function.writer.object(selection)
        function.line(
            f"if {t} is not None: "
            f"{t} = objects({t}, {complete}, p, {place}, {inner}, {record}, {type_.item_required}, errors)"
        )
    else:
        complete = function.writer.object(selection)
        function.line(f"if {t} is not None: {t} = {complete}({t}, {function.at(field.place)}, {inner}, {record})")
    if type_.required:
        function.line(f"if {t} is None: return None")


def identity(function: Function, field: IdField) -> str:
    """An id is never null, so a record without its key has none to give."""
    for name in map(quoted, field.names):
        function.line(f"if v[{name}] is None: return nothing(p, {function.place(field)}, e, {name}, errors)")
    return f"id_of({quoted(field.entity)}, {', '.join(f'v[{quoted(name)}]' for name in field.names)})"


def provenance(field: ProvenanceField) -> str:
    values = {"source": "r.source", "role": "roles[r.source]", "asOf": "r.as_of", "stale": "r.stale"}
    pairs = [
        f"{quoted(key)}: {quoted('Provenance') if name == '__typename' else values[name]}" for key, name in field.fields
    ]
    return f"{{{', '.join(pairs)}}}"


def computed(function: Function, field: ComputedField) -> str:
    t, place = function.temporary(), function.place(field)
    hidden = function.writer.object(field.hidden)
    compute, optional = function.writer.constant(field.compute), function.writer.constant(field.optional)
    arguments = function.arguments(field.arguments.slot)
    function.line(
        "m, b = errors.total, errors.begin()",
        f"{t} = computed({compute}, {hidden}(v, p, e, r), {arguments}, context, p, {place}, b, {optional}, errors)",
    )
    if field.type.required:
        function.line(f"if {t} is None: return nothing(p, {place}, None, '', errors) if errors.total == m else None")
    complete(function, t, field, field.selection, place, "None", "r")
    return t
