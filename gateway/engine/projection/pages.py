"""Code for connections; ``g`` is the page."""

from __future__ import annotations

from typing import Any

from gateway.engine.plan import PageSelection, Place
from gateway.engine.projection.writer import Function, Writer, quoted


def page(writer: Writer, selection: PageSelection) -> str:
    function = Function(writer, writer.function_name(selection.type_name))
    for place, name, below in selection.fields:
        function.pair(place.key, field(function, selection, place, name, below))
    return function.done("g, p")


def field(function: Function, selection: PageSelection, place: Place, name: str, below: Any) -> str:
    match name:
        case "__typename":
            return quoted(selection.type_name)
        case "totalCount":
            return "g.total"
        case "missingSources":
            return "g.missing"
        case "pageInfo":
            return page_info(below)
    t = function.temporary()
    if name == "facets":
        facet = function.writer.value(below, "y", "None", "None", f"({function.at(place)}, len(l{t}))")
        function.line(*function.listed(t, "g.facets", facet))
    elif name == "nodes":
        function.line(*function.each(t, below, place, "g.records"))
    else:
        edge_type, fields = below
        function.line(*function.listed(t, "g.records", edge(function, place, edge_type, fields, f"len(l{t})")))
    return t


def edge(function: Function, place: Place, type_name: str, fields: list[Any], i: str) -> str:
    """The edge of the record ``y``, which is number ``i``."""
    pairs = []
    for edge_place, name, node in fields:
        if name == "cursor":
            value = f"cursor_of(g.cursors[{i}], g.order)"
        elif name == "__typename":
            value = quoted(type_name)
        elif name == "node":
            value = function.writer.record(node, "y", f"(({function.at(place)}, {i}), {quoted(edge_place.key)})")
        else:
            made = function.writer.object(node)
            value = f"{made}(y.values, ({function.at(place)}, {i}), y.errors, y)[{quoted(edge_place.key)}]"
        pairs.append(f"{quoted(edge_place.key)}: {value}")
    return f"{{{', '.join(pairs)}}}"


def page_info(fields: list[tuple[str, str]]) -> str:
    values = {
        "__typename": quoted("PageInfo"),
        "hasNextPage": "g.has_next",
        "hasPreviousPage": "g.has_previous",
        "startCursor": "cursor_of(g.cursors[0], g.order) if g.cursors else None",
        "endCursor": "cursor_of(g.cursors[-1], g.order) if g.cursors else None",
    }
    return f"{{{', '.join(f'{quoted(key)}: {values[name]}' for key, name in fields)}}}"
