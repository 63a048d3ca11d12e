"""The truth about pages: one list at a time, cut by its arguments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from adapters.spi import Key
from gateway.engine import ids
from resolvers.links import Connection, RootList, Values
from tests.proof.linked import Linked
from tests.proof.reading import Thing, thing

PAGE = 20
"""Page size where neither the client nor the graph says."""


class Paged:
    """Connections at the root and below objects, and lists without pages."""

    def __init__(self, linked: Linked, largest: int) -> None:
        self.linked = linked
        self.routes = linked.routes
        self.largest = largest
        self.seen = linked.seen

    def connection(self, link: Connection, of: Thing | None, arguments: Values) -> Thing | None:
        parent = self.linked.key(of, link.via or "") if of else None
        if of and parent is None:
            self.seen["Connection of a null key"] += 1
            return None
        search = self.routes.search(link.of, link.search)
        if search and (of is None or search.parents):
            self.seen["Connection below a parent, searched" if of else "Connection at the root"] += 1
            return self._searched(link, parent, arguments)
        self.seen["Connection below a parent, cut"] += 1
        return self._cut(link, parent, arguments)

    def _searched(self, link: Connection, parent: Key | None, arguments: Values) -> Thing:
        """The source's own page."""
        owner = self.routes.owners[link.of]
        limit = self.routes.offers[owner][link.of].searches[link.search].limit
        after = ids.position_of(arguments.get("after") or "")
        page = self.linked.reader.page(
            owner,
            link.of,
            link.search,
            parent,
            first=self._first(arguments, limit),
            after=after,
            filters=filters(link.filters, link.filters_in, arguments),
        )
        things = [thing(link.of, record) for record in page.records]
        self.seen["facets, counted" if page.facets else "facets, none"] += 1
        made = connection(things, page.cursors, page.has_next, after is not None, page.total, [*page.missing])
        return replace(made, values={**made.values, "facets": page.facets or []})

    def _cut(self, link: Connection, parent: Key | None, arguments: Values) -> Thing:
        """A page out of all rows of a lookup, which stand in the order of their keys; a cursor is a row's place."""
        if parent is None:
            raise AssertionError(f"{link} has no parent")
        names = self.linked.graph.canonical_key(link.of) or ()
        rows = self.linked.rows(link.of, link.search, parent)
        rows.sort(key=lambda row: [str(row.record.values.get(name)) for name in names if row.record])
        after = ids.position_of(arguments.get("after") or "")
        start = 0 if after is None else int(after) + 1
        end = start + self._first(arguments, self.largest)
        places = [str(place) for place in range(len(rows))]
        return connection(rows[start:end], places[start:end], end < len(rows), start > 0, len(rows))

    def _first(self, arguments: Values, limit: int) -> int:
        first = arguments.get("first")
        return min(PAGE if first is None else first, limit, self.largest)

    def everything(self, link: RootList, arguments: Values) -> list[Thing]:
        """All records of a search, page after page."""
        owner = self.routes.owners[link.of]
        asked: dict[str, Any] = {"filters": filters(link.filters, None, arguments), "after": None}
        rows: list[Thing] = []
        while True:
            page = self.linked.reader.page(owner, link.of, link.search, None, first=self.largest, **asked)
            rows += [thing(link.of, record) for record in page.records]
            if not page.has_next:
                return self.linked.narrowed(rows, link.narrow, arguments)
            self.seen["RootList over several pages"] += 1
            asked["after"] = page.cursors[-1]


def filters(named: tuple[str, ...], within: str | None, arguments: Values) -> dict[str, Any]:
    """The filters among the arguments themselves, and those of an input object; a null one asks for nothing."""
    given = {name: arguments.get(name) for name in named} | (arguments.get(within or "") or {})
    return {name: value for name, value in given.items() if value is not None}


def connection(
    nodes: list[Thing],
    cursors: Any,
    has_next: bool,
    has_previous: bool,
    total: int | None,
    missing: Sequence[str] = (),
) -> Thing:
    given = [ids.cursor_of(cursor) for cursor in cursors]
    info = {
        "hasNextPage": has_next,
        "hasPreviousPage": has_previous,
        "startCursor": given[0] if given else None,
        "endCursor": given[-1] if given else None,
    }
    edges = [Thing("Edge", {"cursor": cursor, "node": node}) for cursor, node in zip(given, nodes, strict=True)]
    fields = {"nodes": nodes, "edges": edges, "pageInfo": Thing("PageInfo", info), "totalCount": total}
    return Thing("Connection", {**fields, "missingSources": [*missing], "facets": []})
