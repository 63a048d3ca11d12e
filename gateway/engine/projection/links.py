"""Code for links: the records of a table, joined by keys that the row holds."""

from __future__ import annotations

from gateway.engine.plan import Contribution, LinkField
from gateway.engine.projection.writer import Function, quoted


def join(function: Function, contribution: Contribution) -> None:
    i = function.writer.table(contribution.table)
    names = function.writer.constant("names", tuple(contribution.wanted))
    blank = function.writer.constant("blank", dict.fromkeys(contribution.wanted))
    via = function.writer.constant("via", contribution.names)
    _, held_in = function.row(next(filter(None, contribution.origins), None))
    function.line(
        f"k = {function.key(contribution.names, contribution.origins)}",
        f"r{i} = f{i}.get(k)",
        f"if r{i} is None: v{i}, e{i} = {blank}, unanswered(x{i}, k, {names}, {held_in}, {via})",
        f"else: v{i}, e{i} = r{i}.values, r{i}.errors",
    )


def link(function: Function, field: LinkField) -> str:
    t, place = function.temporary(), function.place(field)
    keys = field.keys
    held_in, via = function.row(keys.origins[0])[1], function.writer.constant("via", keys.names)
    function.line(f"k = {function.key(keys.names, keys.origins)}")
    if keys.many:
        function.line(f"if {held_in} and unreadable({held_in}, {via}): k = None")
    lost = "{}" if field.table is None else f"x{function.writer.table(field.table)}"
    absent = f"absent({lost}, k, p, {place}, {held_in}, {via}, {field.type.required}, errors)"
    if keys.pick is not None and keys.arguments is not None:
        pick, arguments = function.writer.constant("pick", keys.pick), function.arguments(keys.arguments)
        function.line("m = errors.total", f"if k is not None: k = picked({pick}, k, {arguments}, p, {place}, errors)")
        absent += " if errors.total == m else None"
    if field.table is None:
        trusted(function, field, t, absent)
    elif keys.many:
        references(function, field, t, place, absent)
    else:
        f = f"f{field.table.index}"
        function.line(f"{t} = {f}.get(k)")
        function.choose(f"{t} is None", f"{t} = {absent}", function.records(t, field.table, field))
    function.null_items(t, field.type)
    return t


def trusted(function: Function, field: LinkField, t: str, absent: str) -> None:
    complete = function.writer.object(field.selection)
    key = "y" if field.keys.many else "k"
    names = field.by
    row = ", ".join(
        f"{quoted(name)}: {key if len(names) == 1 else f'{key}[{index}]'}" for index, name in enumerate(names)
    )
    function.line(f"if k is None: {t} = {absent}")
    if field.keys.many:
        function.line(
            f"else: {t} = [{complete}({{{row}}}, ({function.at(field.place)}, i), None, None) "
            "for i, y in enumerate(z for z in k if z is not None)]"
        )
    else:
        function.line(f"else: {t} = {complete}({{{row}}}, {function.at(field.place)}, None, None)")


def references(function: Function, field: LinkField, t: str, place: str, absent: str) -> None:
    i = field.table.index if field.table else 0
    function.line(
        f"if k is None: {t} = {absent}",
        f"else: {t} = referenced(f{i}, x{i}, k, p, {place}, errors)",
    )
    function.choose(f"{t} is None", "pass", function.each(t, field.selection, field.place, t))
