"""The registered page styles of one source, compiled."""

from __future__ import annotations

from collections.abc import Sequence

from adapters import keyset
from adapters.mapping import EntityMapping
from adapters.problems import Place
from adapters.rest.checks import Checks
from adapters.rest.dialects import Dialect
from adapters.rest.registration import RestSearch, RestSource
from adapters.seals import Seal
from adapters.web.following import ByLink, ByToken, Sealed
from adapters.web.keyset import by_keyset
from adapters.web.links import Links
from adapters.web.page_words import KeysetPage, LinkPage, NumberPage, TokenPage
from adapters.web.paging import ByNumber, ByOffset, Paging, Whole
from adapters.web.paths import compiled


class Pages:
    def __init__(self, registration: RestSource, checks: Checks, links: Links, dialect: Dialect) -> None:
        self._source = registration.source
        self._checks = checks
        self._links = links
        self._dialect = dialect
        self._seal = Seal(registration.model_dump_json(include={"source", "url", "auth", "headers"}).encode())

    def of(self, place: Place, spec: RestSearch, mapping: EntityMapping, key: Sequence[str]) -> Paging:
        """Mistakes are noted; what is returned then is never used."""
        words, at = spec.page, (*place, "page")
        if not isinstance(words, KeysetPage):
            keyset.unordered(place, self._checks.note, spec.order, spec.start)
        sealed = Sealed(self._source, self._seal, ".".join(map(str, place)))
        if isinstance(words, TokenPage):
            path = self._checks.compiled((*at, "next"), compiled, words.next) or compiled("@")
            return ByToken(self._source, key, words, path, sealed)
        if isinstance(words, LinkPage):
            link = self._checks.compiled((*at, "next"), compiled, words.next)
            return ByLink(self._source, key, words, link, self._links, sealed)
        if words is None:
            return Whole(self._source, key)
        more = self._checks.compiled((*at, "more"), compiled, words.more or self._dialect.more)
        if isinstance(words, KeysetPage):
            return by_keyset(place, self._checks.note, spec, words, mapping, key, more)
        if isinstance(words, NumberPage):
            return ByNumber(self._source, key, words, more)
        return ByOffset(self._source, key, words, spec.limit, spec.total is not None, more)
