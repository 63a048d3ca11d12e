"""Code for the fields of ``Query``."""

from __future__ import annotations

from gateway.engine.errors import FieldError
from gateway.engine.plan import SEARCH, NodesField, RefusedField, RootField
from gateway.engine.projection.writer import Function, quoted


def root(function: Function, field: RootField) -> str:
    t, place, i = function.temporary(), function.place(field), function.writer.table(field.table)
    asked = function.writer.keys(field.asked) if field.asked else ""
    if field.form == "each":
        asked_each(function, field, t, place, asked)
    elif field.form == "flat":
        function.line(f"{t} = flat(f{i}, x{i}, {asked}, p, {place}, errors)")
        function.choose(f"{t} is None", "pass", function.each(t, field.selection, field.place, t))
    else:
        function.line(f"k = {f'{asked}[0]' if asked else repr(SEARCH)}", f"{t} = f{i}.get(k)")
        absent = f"{t} = absent(x{i}, k, p, {place}, None, (), {field.type.required}, errors)"
        done = function.records(t, field.table, field)
        if field.form == "all":
            done = function.each(t, field.selection, field.place, f"{t}.records")
        function.choose(f"{t} is None", absent, done)
    function.null_items(t, field.type)
    return t


def asked_each(function: Function, field: RootField, t: str, place: str, asked: str) -> None:
    one = function.writer.record(field.selection, "y", f"(q, len({t}))")
    i = field.table.index
    function.line(
        f"{t}, q = [], {function.at(field.place)}",
        f"for k in {asked}:",
        f"    y = f{i}.get(k)",
        f"    if y is not None: {t}.append({one})",
        "    else:",
        f"        if k in x{i}: errors.put((q, len({t})), {place}, x{i}[k])",
        f"        {t}.append(None)",
    )


def nodes(function: Function, field: NodesField) -> str:
    t, place, asked = function.temporary(), function.place(field), function.writer.keys(field.asked)
    cases = []
    for case, (table, selection) in field.cases.items():
        found = f"f{function.writer.table(table)}, x{table.index}, {function.writer.object(selection)}"
        cases.append(f"{named(function, case)}: ({found})")
    function.line(f"n, q = {{{', '.join(cases)}}}, {function.at(field.place)}")
    if field.one:
        function.line(f"{t} = node(n, {asked}[0], q, {place}, errors)")
    else:
        function.line(f"{t} = [node(n, k, (q, i), {place}, errors) for i, k in enumerate({asked})]")
    return t


def named(function: Function, case: object) -> str:
    """A type's name as it is; of a type by one of its keys, a constant."""
    return quoted(case) if isinstance(case, str) else function.writer.constant("case", case)


def refused(function: Function, field: RefusedField) -> str:
    error = function.writer.constant("error", FieldError("BAD_USER_INPUT", field.message))
    function.line(f"errors.add(p, {function.place(field)}, {error})")
    if field.type.required:
        function.line("return None")
    return "None"
