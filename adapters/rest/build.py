"""From a registration to its adapter, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

import httpx

from adapters.filters import RequestFilter, request_filter
from adapters.mapping import EntityMapping, MappingProblems, Unmapped
from adapters.problems import Mistake, Place
from adapters.registered import Answers, present
from adapters.rest.adapter import RestAdapter
from adapters.rest.checks import Checks
from adapters.rest.facets import FacetReader, meaning
from adapters.rest.lookups import LookupCall
from adapters.rest.pages import Pages
from adapters.rest.parts import PartCall, Parts
from adapters.rest.registration import PartRequest, Request, RestEntity, RestLookup, RestSearch, RestSource
from adapters.rest.requests import Requests
from adapters.rest.rows import Rows
from adapters.rest.searches import SearchCall
from adapters.rest.typed import PLAIN, TypedReplies
from adapters.types import Types
from adapters.web.asked import Asked
from adapters.web.build import endpoint
from adapters.web.endpoint import Endpoint
from adapters.web.formats.reading import read_json
from adapters.web.links import Links
from adapters.web.page_words import LinkPage
from adapters.web.paths import Search, compiled
from adapters.web.reply import ErrorRule, ReplyReader

T = TypeVar("T")


def build(registration: RestSource, types: Types, transport: httpx.AsyncBaseTransport | None = None) -> RestAdapter:
    """No connection is made. ``transport`` replaces the sockets. Raises ``MappingProblems``."""
    builder = Builder(registration, types)
    entities = {name: builder.entity(name, spec) for name, spec in registration.entities.items()}
    replies = builder.replies()
    token = builder.token()
    if builder.checks.problems:
        raise MappingProblems(builder.checks.problems)
    to = endpoint(
        registration,
        replies,
        builder.links,
        token,
        transport,
        pace=registration.pace,
        constants=registration.constants,
    )
    return RestAdapter(registration.source, entities, to, registration.ping, builder.unmapped)


class Builder:
    """Builds the parts of one source and notes what is wrong on the way."""

    def __init__(self, registration: RestSource, types: Types) -> None:
        self._registration = registration
        self._source = registration.source
        self._types = types
        login = registration.auth is not None and registration.auth.login is not None
        self.checks = Checks({*registration.constants, *(["token"] if login else [])})
        self.links = Links(registration.source, registration.url, registration.aliases)
        self._requests = Requests(registration, self.checks)
        self._pages = Pages(registration, self.checks, self.links, self._requests.dialect)
        self.unmapped = Unmapped()

    def entity(self, name: str, spec: RestEntity) -> Answers[Endpoint]:
        mapping = EntityMapping(
            self._types,
            name,
            spec,
            source=self._source,
            time_zone=self._registration.time_zone,
            rows="nested",
            problems=self.checks.problems,
            unmapped=self.unmapped,
        )
        at: Place = ("entities", name)
        parts = self._parts((*at, "parts"), spec, mapping)
        lookups = {
            by: self._lookup((*at, "lookup", by), by, lookup, spec, mapping, parts)
            for by, lookup in spec.lookup.items()
        }
        searches = {
            word: self._search((*at, "search", word), search, spec, mapping, parts)
            for word, search in spec.search.items()
        }
        return Answers(mapping.fields, present(lookups), present(searches), parts.apart())

    def replies(self) -> ReplyReader:
        """The registered rule for errors, else the dialect's; what ends a session goes before either."""
        spec, auth = self._registration.errors, self._registration.auth
        login = auth.login if auth is not None else None
        texts = self._error_paths()
        if texts is None:
            return ReplyReader(self._source)
        paths = {
            word: self.checks.compiled(("errors", word), compiled, text)
            for word, text in zip(("when", "code", "message"), texts, strict=True)
        }
        over = dict.fromkeys(login.renew_on if login is not None else (), "relogin")
        codes = {**over, **(spec.codes if spec is not None else {})}
        return ReplyReader(self._source, ErrorRule(self._source, codes, **paths))  # type: ignore[arg-type]  # literals

    def _error_paths(self) -> tuple[str | None, ...] | None:
        spec = self._registration.errors
        return self._requests.dialect.error if spec is None else (spec.when, spec.code, spec.message)

    def token(self) -> Search | None:
        auth = self._registration.auth
        login = auth.login if auth is not None else None
        return None if login is None else self.checks.compiled(("auth", "login", "token"), compiled, login.token)

    def _lookup(
        self, place: Place, by: str, spec: RestLookup, entity: RestEntity, mapping: EntityMapping, parts: Parts
    ) -> LookupCall | None:
        asked, via = self._requests.of_lookup(place, by, spec), self._requests.via((*place, "via"), spec.via)
        first = None if via is None else via.asked.request
        self.checks.lookup(place, by, spec, asked.request, first, {*entity.fields, *entity.keys})
        rows = self._rows(place, spec)
        if rows is None:
            return None
        typed = self._typed(spec, asked, entity, mapping)
        return LookupCall(self._source, by, spec, mapping, asked, rows, parts, typed, via)

    def _typed(self, spec: RestLookup, asked: Asked, entity: RestEntity, mapping: EntityMapping) -> TypedReplies | None:
        """Where nothing but the rows is read of a reply, and they are read by the mapping only."""
        path = self._requests.rows(spec)
        others = (self._error_paths(), asked.poll, spec.keyed)
        if any(other is not None for other in others) or entity.parts or asked.reader.read is not read_json:
            return None
        return TypedReplies(mapping, path, asked.reader) if PLAIN.fullmatch(path) else None

    def _search(
        self, place: Place, spec: RestSearch, entity: RestEntity, mapping: EntityMapping, parts: Parts
    ) -> SearchCall | None:
        asked = self._requests.of(place, spec, spec.missing)
        paging = self._pages.of(place, spec, mapping, entity.key_names)
        filters = self._filters(place, spec, mapping)
        self.checks.search(place, spec, asked.request, paging.variables, filters)
        rows = self._rows(place, spec)
        total = self.checks.compiled((*place, "total"), compiled, spec.total)
        if rows is None:
            return None
        facets = self._facets(place, spec, mapping)
        return SearchCall(self._source, spec, mapping, asked, rows, parts, paging, total, filters, facets)

    def _facets(self, place: Place, spec: RestSearch, mapping: EntityMapping) -> list[FacetReader]:
        if spec.facets and isinstance(spec.page, LinkPage):
            expected = "pages by offset, number or token: a link takes no further variable"
            self.checks.note((*place, "facets"), expected, "pages by link")
        readers = []
        for code, facet in spec.facets.items():
            at = (*place, "facets", code)
            texts = {"at": facet.at, "value": facet.value, "count": facet.count, "text": facet.text}
            paths = {word: self.checks.compiled((*at, word), compiled, text) for word, text in texts.items()}
            try:
                readers.append(FacetReader(self._source, code, facet, present(paths), meaning(facet.field, mapping)))
            except Mistake as mistake:
                self.checks.problems.append(mistake.at((*at, "field")))
        return readers

    def _filters(self, place: Place, spec: RestSearch, mapping: EntityMapping) -> Mapping[str, RequestFilter]:
        def made(name: str) -> RequestFilter:
            type_ = self._types.filter(mapping.entity, str(place[-1]), name)
            return request_filter(name, spec.filters[name], type_, mapping)

        return present({name: self.checks.compiled((*place, "filters", name), made, name) for name in spec.filters})

    def _parts(self, place: Place, entity: RestEntity, mapping: EntityMapping) -> Parts:
        calls = {name: self._part((*place, name), spec) for name, spec in entity.parts.items()}
        return Parts(self._source, mapping, present(calls), self._registration.limits.concurrency)

    def _part(self, place: Place, spec: PartRequest) -> PartCall | None:
        link = self.checks.compiled((*place, "follow"), compiled, spec.follow)
        asked = self._requests.of(place, spec, spec.missing)
        own = {name: spec.with_.get(name, f'"{name}"') for name in self.checks.part(place, spec, asked.request)}
        variables = {name: self.checks.compiled((*place, "with", name), compiled, text) for name, text in own.items()}
        rows = self.checks.compiled((*place, "rows"), compiled, self._requests.rows(spec))
        return None if rows is None else PartCall(asked, link, present(variables), rows)

    def _rows(self, place: Place, spec: Request) -> Rows | None:
        read = partial(Rows, self._source, keyed=spec.keyed)
        return self.checks.compiled((*place, "rows"), read, self._requests.rows(spec))
