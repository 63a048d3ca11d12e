"""From a registration to its adapter, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TypeVar

import httpx

from adapters.http import Http
from adapters.mapping import EntityMapping, MappingProblems
from adapters.problems import Place
from adapters.rest.adapter import Answers, RestAdapter
from adapters.rest.checks import Checks
from adapters.rest.endpoint import Endpoint
from adapters.rest.lookups import LookupCall
from adapters.rest.paging import ByNumber, ByOffset, Paging, Whole
from adapters.rest.paths import compiled
from adapters.rest.registration import NumberPage, Request, RestEntity, RestLookup, RestSearch, RestSource
from adapters.rest.reply import ErrorRule, ReplyReader, Rows
from adapters.rest.searches import SearchCall
from adapters.types import Types

T = TypeVar("T")


def build(registration: RestSource, types: Types, transport: httpx.AsyncBaseTransport | None = None) -> RestAdapter:
    """No connection is made. ``transport`` replaces the sockets. Raises ``MappingProblems``."""
    builder = Builder(registration, types)
    entities = {name: builder.entity(name, spec) for name, spec in registration.entities.items()}
    replies = builder.replies()
    if builder.checks.problems:
        raise MappingProblems(builder.checks.problems)
    http = Http(registration.source, connections=registration.limits.concurrency, transport=transport)
    login = {} if registration.auth is None else registration.auth.headers()
    endpoint = Endpoint(registration.url, {**registration.headers, **login}, http, replies)
    return RestAdapter(registration.source, entities, endpoint, registration.ping)


class Builder:
    """Builds the parts of one source and notes what is wrong on the way."""

    def __init__(self, registration: RestSource, types: Types) -> None:
        self._registration = registration
        self._source = registration.source
        self._types = types
        self.checks = Checks()

    def entity(self, name: str, spec: RestEntity) -> Answers:
        mapping = EntityMapping(
            self._types,
            name,
            spec,
            source=self._source,
            time_zone=self._registration.time_zone,
            rows="nested",
            problems=self.checks.problems,
        )
        at: Place = ("entities", name)
        lookups = {
            by: self._lookup((*at, "lookup", by), by, lookup, spec, mapping) for by, lookup in spec.lookup.items()
        }
        searches = {
            word: self._search((*at, "search", word), search, spec, mapping) for word, search in spec.search.items()
        }
        return Answers(mapping.fields, present(lookups), present(searches))

    def replies(self) -> ReplyReader:
        spec = self._registration.errors
        rule = None
        if spec is not None:
            paths = {
                word: self.checks.compiled(("errors", word), compiled, text)
                for word, text in (("when", spec.when), ("code", spec.code), ("message", spec.message))
            }
            rule = ErrorRule(self._source, spec.codes, **paths)
        return ReplyReader(self._source, rule, exact_numbers=self._registration.exact_numbers)

    def _lookup(
        self, place: Place, by: str, spec: RestLookup, entity: RestEntity, mapping: EntityMapping
    ) -> LookupCall | None:
        self.checks.lookup(place, by, spec, {*entity.fields, *entity.keys})
        rows = self._rows(place, spec)
        return None if rows is None else LookupCall(self._source, by, spec, mapping, rows)

    def _search(self, place: Place, spec: RestSearch, entity: RestEntity, mapping: EntityMapping) -> SearchCall | None:
        paging = page_style(self._source, spec, key_fields(entity))
        self.checks.search(place, spec, paging.variables)
        rows = self._rows(place, spec)
        total = self.checks.compiled((*place, "total"), compiled, spec.total)
        return None if rows is None else SearchCall(self._source, spec, mapping, rows, paging, total)

    def _rows(self, place: Place, spec: Request) -> Rows | None:
        return self.checks.compiled((*place, "rows"), partial(Rows, self._source, keyed=spec.keyed), spec.rows)


def page_style(source: str, spec: RestSearch, key: list[str]) -> Paging:
    if spec.page is None:
        return Whole(source, key)
    if isinstance(spec.page, NumberPage):
        return ByNumber(source, key, spec.page)
    return ByOffset(source, key, spec.page, spec.limit, counted=spec.total is not None)


def key_fields(entity: RestEntity) -> list[str]:
    texts = [entity.key] if isinstance(entity.key, str) else entity.key or []
    return [name for text in texts for name in text.split()]


def present(calls: Mapping[str, T | None]) -> dict[str, T]:
    return {name: call for name, call in calls.items() if call is not None}
