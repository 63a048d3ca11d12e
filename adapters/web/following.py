"""Pages that name the next one: by a token, or by a link. A page may have any number of records, or none.

A cursor is the page's name, how many of its records come before, and how large it was asked; and a seal, so that
nobody but this source makes such names: they go to the system as they are.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Sequence
from itertools import count
from typing import NamedTuple

from adapters.cursors import unreadable
from adapters.seals import Seal
from adapters.spi import BadData, Page, Record, Search
from adapters.web.links import Links
from adapters.web.page_words import LinkPage, TokenPage
from adapters.web.paging import Fetch, Paging, Part
from adapters.web.paths import Search as Path


class Place(NamedTuple):
    """Behind ``skip`` records of the page called ``name`` (blank: the first), asked for ``size`` records."""

    name: str
    skip: int
    size: int


class Sealed:
    """The cursors of one search. ``context``: what no other search of those with this ``seal`` has."""

    def __init__(self, source: str, seal: Seal, context: str) -> None:
        self._source = source
        self._seal = seal
        self._context = context

    def write(self, place: Place) -> str:
        return self._seal.sealed(f"{place.skip}.{place.size}.{place.name}", self._context)

    def read(self, cursor: str) -> Place:
        """Raises ``Rejected`` for what ``write`` did not make."""
        text = self._seal.opened(cursor, self._context)
        if text is None:
            raise unreadable(self._source)
        skip, size, name = text.split(".", 2)
        return Place(name, int(skip), int(size))


class Following(Paging):
    """From page to page until there are enough records, or ``calls`` were made: then the page is a short one.

    Empty pages are followed however many they are: a page without records would be the end.
    """

    def __init__(self, source: str, key: Sequence[str], size: str | None, sealed: Sealed) -> None:
        super().__init__(source, key)
        self._size = size
        self._sealed = sealed
        self.calls = 10 if size is None else 3  # who is told the size seldom answers with less
        self.variables = frozenset() if size is None else frozenset({size})

    async def page(self, fetch: Fetch, request: Search) -> Page:
        first = request.first
        place = Place("", 0, first) if request.after is None else self._sealed.read(request.after)
        records: list[Record] = []
        cursors: list[str] = []
        seen: set[str] = set()
        for made in count(1):
            part = await self.fetch(fetch, place)
            following = self.next(part)
            if following == place.name or (not following and following is not None):
                following = None  # a last page that names itself, or nothing
            records += part.records[place.skip :]
            cursors += self._cursors(place, len(part.records), following)
            if following is None or len(records) >= first or (records and made >= self.calls):
                break
            if following in seen:
                raise BadData(self._source, "pages that name each other in a circle")
            seen.add(following)
            place = Place(following, 0, place.size)
        has_next = len(records) > first or following is not None
        return Page(records[:first], cursors[:first], has_next and bool(records), part.total)

    def _cursors(self, place: Place, count: int, following: str | None) -> list[str]:
        """Of the records of one page that count: the last one's is the beginning of the next page."""
        places = [Place(place.name, index + 1, place.size) for index in range(place.skip, count)]
        if places and following is not None:
            places[-1] = Place(following, 0, place.size)
        return [self._sealed.write(each) for each in places]

    @abstractmethod
    async def fetch(self, fetch: Fetch, place: Place) -> Part:
        """The page called ``place.name``."""

    @abstractmethod
    def next(self, part: Part) -> str | None:
        """The name of the next page."""

    def sized(self, place: Place) -> dict[str, object]:
        return {} if self._size is None else {self._size: place.size}


class ByToken(Following):
    def __init__(self, source: str, key: Sequence[str], words: TokenPage, path: Path, sealed: Sealed) -> None:
        super().__init__(source, key, words.size, sealed)
        self.variables |= {words.token}
        self._token = words.token
        self._path = path

    async def fetch(self, fetch: Fetch, place: Place) -> Part:
        return await fetch({self._token: place.name or None, **self.sized(place)})

    def next(self, part: Part) -> str | None:
        token = self.found(self._path, part)
        if token is None or token is False:
            return None
        if not isinstance(token, str | int) or isinstance(token, bool):
            raise BadData(self._source, "expected a token at `page.next`, found something else")
        return str(token)


class ByLink(Following):
    """``path``: of the link in the reply's body; without one it is in the ``Link`` header."""

    def __init__(
        self, source: str, key: Sequence[str], words: LinkPage, path: Path | None, links: Links, sealed: Sealed
    ) -> None:
        super().__init__(source, key, words.size, sealed)
        self._path = path
        self._relation = words.link or ""
        self._links = links

    async def fetch(self, fetch: Fetch, place: Place) -> Part:
        return await (fetch({}, place.name) if place.name else fetch(self.sized(place)))

    def next(self, part: Part) -> str | None:
        if self._path is not None:
            link = self.found(self._path, part)
        else:
            link = linked(part.answered.headers.get("link", ""), self._relation)
        return self._links.path(link) if link else None


def linked(header: str, relation: str) -> str | None:
    """The target of a ``Link`` header (RFC 8288)."""
    for target, parameters in re.findall(r"<([^>]*)>((?:\s*;\s*[^,;\"]+(?:\"[^\"]*\")?)*)", header):
        for value in re.findall(r";\s*rel\s*=\s*\"?([^\";]*)\"?", parameters, re.IGNORECASE):
            if relation.lower() in value.lower().split():
                return str(target)
    return None
