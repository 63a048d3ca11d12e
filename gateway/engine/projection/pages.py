"""Code for connections; ``g`` is the page."""

from __future__ import annotations

from typing import Any

from gateway.engine.plan import PageSelection, Place
from gateway.engine.projection.writer import Function, Writer, quoted


def page(writer: Writer, selection: PageSelection) -> str:
    function = Function(writer, writer.next_name("page"))
    for place, name, below in selection.fields:
        function.pair(place.key, field(function, selection, place, name, below))
    return function.done("g, p")


def field(function: Function, selection: PageSelection, place: Place, name: str, below: Any) -> str:
    match name:
        case "__typename":
            return quoted(selection.type_name)
        case "totalCount":
            return "g.total"
        case "pageInfo":
            return page_info(below)
        case "nodes":
            return function.each("g.records", below, place)
    edge_type, fields = below
    pairs = []
    for edge_place, edge_name, node in fields:
        if edge_name == "cursor":
            value = "cursor_of(g.cursors[i])"
        elif edge_name == "__typename":
            value = quoted(edge_type)
        else:
            complete = function.writer.object(node)
            key = quoted(edge_place.key)
            value = f"{complete}(y.values, (({function.at(place)}, i), {key}), y.errors, y)"
        pairs.append(f"{quoted(edge_place.key)}: {value}")
    return f"[{{{', '.join(pairs)}}} for i, y in enumerate(g.records)]"


def page_info(fields: list[tuple[str, str]]) -> str:
    values = {
        "__typename": quoted("PageInfo"),
        "hasNextPage": "g.has_next",
        "hasPreviousPage": "g.has_previous",
        "startCursor": "cursor_of(g.cursors[0]) if g.cursors else None",
        "endCursor": "cursor_of(g.cursors[-1]) if g.cursors else None",
    }
    return f"{{{', '.join(f'{quoted(key)}: {values[name]}' for key, name in fields)}}}"
