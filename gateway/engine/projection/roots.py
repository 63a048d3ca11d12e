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
        function.line(f"if {t} is not None: {t} = {function.each(t, field.selection, field.place)}")
    else:
        function.line(f"k = {f'{asked}[0]' if asked else repr(SEARCH)}", f"{t} = f{i}.get(k)")
        function.line(f"if {t} is None: {t} = absent(x{i}, k, p, {place}, None, (), {field.type.required}, errors)")
        whole = field.form == "all"
        done = (
            function.each(f"{t}.records", field.selection, field.place)
            if whole
            else (function.records(t, field.table, field))
        )
        function.line(f"else: {t} = {done}")
    function.null_items(t, field.type)
    return t


def asked_each(function: Function, field: RootField, t: str, place: str, asked: str) -> None:
    complete = function.writer.object(field.selection)
    i = field.table.index
    function.line(
        f"{t}, q = [], {function.at(field.place)}",
        f"for i, k in enumerate({asked}):",
        f"    y = f{i}.get(k)",
        f"    if y is not None: {t}.append({complete}(y.values, (q, i), y.errors, y))",
        "    else:",
        f"        {t}.append(None)",
        f"        if k in x{i}: errors.put((q, i), {place}, x{i}[k])",
    )


def nodes(function: Function, field: NodesField) -> str:
    t, place, asked = function.temporary(), function.place(field), function.writer.keys(field.asked)
    typed = ", ".join(
        f"{quoted(name)}: (f{function.writer.table(table)}, x{table.index}, {function.writer.object(selection)})"
        for name, (table, selection) in field.types.items()
    )
    function.line(f"n, q = {{{typed}}}, {function.at(field.place)}")
    if field.one:
        function.line(f"{t} = node(n, {asked}[0], q, {place}, errors)")
    else:
        function.line(f"{t} = [node(n, k, (q, i), {place}, errors) for i, k in enumerate({asked})]")
    return t


def refused(function: Function, field: RefusedField) -> str:
    error = function.writer.constant(FieldError("BAD_USER_INPUT", field.message))
    function.line(f"errors.add(p, {function.place(field)}, {error})")
    if field.type.required:
        function.line("return None")
    return "None"
