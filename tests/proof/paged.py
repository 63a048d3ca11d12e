"""The truth about pages: one list at a time, cut by its arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from adapters.memory import MemoryAdapter
from adapters.spi import Key, Page, SourceError, Unsupported
from gateway.combinations import Combination
from gateway.engine import ids
from resolvers.links import Connection, RootList, Values
from tests.proof.linked import Linked
from tests.proof.lists import AskedOrder, OwnOrder, cut
from tests.proof.reading import Thing, thing

EDGE = "Edge"
"""An item of a page; ``arguments`` are those of the connection."""

PAGE = 20
"""Page size where neither the client nor the graph says."""


class Paged:
    """Connections at the root and below objects, and lists without pages."""

    def __init__(self, linked: Linked, largest: int) -> None:
        self.linked = linked
        self.routes = linked.routes
        self.largest = largest
        self.seen = linked.seen
        self.searches = {
            (source, entity, name): search
            for source, adapter in linked.composition.adapters.items()
            if isinstance(adapter, MemoryAdapter)
            for entity, held in adapter.entities.items()
            for name, search in held.searches.items()
        }

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
        last = arguments.get("last")
        merged = isinstance(self.linked.reader.combinations.get(owner), Combination)
        if arguments.get(link.sort or "") is not None or (last is not None and not merged):
            if parent is not None and self._has_several_keys(link, parent):
                raise Unsupported(owner)
            return self._asked(link, parent, arguments, limit)
        cursor = position(arguments, "after" if last is None else "before")
        asked = filters(link.filters, link.filters_in, arguments)
        self.seen.update(f"filter, {name}" for name in asked)
        page = self.linked.reader.page(
            owner,
            link.of,
            link.search,
            parent,
            first=self._first(arguments, limit) if last is None else last,
            after=cursor,
            filters=asked,
            backwards=last is not None,
        )
        things = [thing(link.of, record) for record in page.records]
        self.seen["facets, counted" if page.facets else "facets, none"] += 1
        more, behind = page.has_next, cursor is not None
        has_next, has_previous = (more, behind) if last is None else (behind, more)
        missing, facets = [*page.missing], page.facets or ()
        return connection(arguments, things, page.cursors, has_next, has_previous, page.total, missing, facets)

    def _has_several_keys(self, link: Connection, parent: Key) -> bool:
        """As far as the links can be read."""
        try:
            return len(self.linked.reader.keys_of(link.of, link.search, parent)) > 1
        except SourceError:
            return False

    def _asked(self, link: Connection, parent: Key | None, arguments: Values, limit: int) -> Thing:
        """In an order that is asked for, or from the end."""
        sort, last = arguments.get(link.sort or ""), arguments.get("last")
        search = self.searches[self.routes.owners[link.of], link.of, link.search]
        order = AskedOrder(search.sorts[sort["by"]], other_way=sort.get("direction") == "DESC") if sort else OwnOrder()
        pages = [*self._pages(link, parent, filters(link.filters, link.filters_in, arguments))]
        rows = order.rows(record for page in pages for record in page.records)
        after, before = position(arguments, "after"), position(arguments, "before")
        size = self._first(arguments, limit) if last is None else last
        shown = cut(rows, order, after, before, size, end=last is not None)
        self.seen["Connection in an order that is asked for"] += sort is not None
        self.seen["Connection in an order that is asked for, behind a cursor"] += bool(sort and (after or before))
        self.seen["Connection from the end"] += last is not None
        self.seen["Connection from the end, before a cursor"] += before is not None
        written = f"{sort['by']} {sort.get('direction') or 'ASC'}" if sort else ""
        return connection(
            arguments,
            [thing(link.of, row.record) for row in shown.rows],
            [json.dumps(row.place) for row in shown.rows],
            shown.behind,
            shown.before,
            len(rows) if search.total else None,
            missing=[*pages[0].missing],
            facets=pages[0].facets or (),
            order=written,
        )

    def _pages(self, link: Connection, parent: Key | None, asked: dict[str, Any]) -> Iterator[Page]:
        """All pages of a search in the source's own order."""
        owner, after = self.routes.owners[link.of], None
        while True:
            page = self.linked.reader.page(
                owner, link.of, link.search, parent, first=self.largest, after=after, filters=asked
            )
            yield page
            if not page.has_next:
                return
            after = page.cursors[-1]

    def _cut(self, link: Connection, parent: Key | None, arguments: Values) -> Thing:
        """A page out of all rows of a lookup, which stand in the order of their keys; a cursor is a row's place."""
        if parent is None:
            raise AssertionError(f"{link} has no parent")
        names = self.linked.graph.canonical_key(link.of) or ()
        rows = self.linked.rows(link.of, link.search, parent)
        rows.sort(key=lambda row: [str(row.record.values.get(name)) for name in names if row.record])
        after = position(arguments, "after")
        start = 0 if after is None else int(after) + 1
        end = start + self._first(arguments, self.largest)
        places = [str(place) for place in range(len(rows))]
        return connection(arguments, rows[start:end], places[start:end], end < len(rows), start > 0, len(rows))

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


def position(arguments: Values, name: str) -> str | None:
    """The source's own cursor in the client's."""
    place = ids.place_of(arguments.get(name) or "")
    return place.position if place else None


def connection(
    arguments: Values,
    nodes: list[Thing],
    cursors: Any,
    has_next: bool,
    has_previous: bool,
    total: int | None,
    missing: Sequence[str] = (),
    facets: Sequence[Any] = (),
    order: str = "",
) -> Thing:
    given = [ids.cursor_of(cursor, order) for cursor in cursors]
    info = {
        "hasNextPage": has_next,
        "hasPreviousPage": has_previous,
        "startCursor": given[0] if given else None,
        "endCursor": given[-1] if given else None,
    }
    edges = [
        Thing(EDGE, {"cursor": cursor, "node": node, "arguments": arguments})
        for cursor, node in zip(given, nodes, strict=True)
    ]
    fields = {"nodes": nodes, "edges": edges, "pageInfo": Thing("PageInfo", info), "totalCount": total}
    return Thing("Connection", {**fields, "missingSources": [*missing], "facets": [*facets]})
