"""From a registration to its adapter, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from typing import TypeVar

import httpx

from adapters.filters import FilterWords, RequestFilter, message_filter
from adapters.http import Http
from adapters.mapping import EntityMapping, MappingProblems, Unmapped
from adapters.problems import Mistake, Place, nearest
from adapters.registered import Answers, present
from adapters.session import Session
from adapters.soap.adapter import SoapAdapter
from adapters.soap.checks import ADDRESS_EXPECTED, Checks, is_address, known_values
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Faults
from adapters.soap.keyset import keyset_pages
from adapters.soap.login import LoginCall
from adapters.soap.lookups import LookupCall
from adapters.soap.message import Message
from adapters.soap.paths import steps
from adapters.soap.registration import Auth, Login, Meaning, SoapEntity, SoapLookup, SoapSearch, SoapSource
from adapters.soap.replies import Replies
from adapters.soap.requests import Requests
from adapters.soap.searches import Completion, SearchCall
from adapters.soap.security import stamps
from adapters.types import Types

T = TypeVar("T")


def build(registration: SoapSource, types: Types, transport: httpx.AsyncBaseTransport | None = None) -> SoapAdapter:
    """Reads the WSDL, which may take seconds, and makes no connection. ``transport`` replaces the sockets.

    Raises ``MappingProblems``.
    """
    builder = Builder(registration, types)
    entities = {name: builder.entity(name, spec) for name, spec in registration.entities.items()}
    address = builder.address()
    login = builder.login()
    builder.requests.headers_used()
    if builder.checks.problems:
        raise MappingProblems(builder.checks.problems)
    http = Http(
        registration.source,
        connections=registration.limits.concurrency,
        way=registration.transport,
        transport=transport,
    )
    endpoint = Endpoint(registration.source, address, http, registration.encoding)
    if login is not None:
        spec, message = login
        token, url = steps(spec.token) or (), None if spec.endpoint is None else steps(spec.endpoint)
        holds = inf if spec.ttl is None else spec.ttl
        timeout = registration.limits.timeout
        call = LoginCall(
            registration.source, endpoint, message, token, url, builder.faults, holds=holds, timeout=timeout
        )
        endpoint.open(Session(registration.source, call))
    return SoapAdapter(registration.source, entities, endpoint, builder.unmapped)


class Builder:
    """Builds the parts of one source and notes what is wrong on the way."""

    def __init__(self, registration: SoapSource, types: Types) -> None:
        self._registration = registration
        self._source = registration.source
        self._types = types
        self.checks = Checks()
        self.unmapped = Unmapped()
        auth = registration.auth
        self._login = auth.login if auth is not None else None
        self._known = source_values(auth)
        self.requests = Requests(registration, self.checks, stamps(auth), self._known)
        self._replies = Replies(registration, self.checks)
        renew: Mapping[str, Meaning] = dict.fromkeys(self._login.renew_on if self._login else (), "relogin")
        told = registration.errors.codes if registration.errors is not None else {}
        self.faults = Faults(self._source, {**renew, **registration.faults, **told}, self._fault_code())

    def entity(self, name: str, spec: SoapEntity) -> Answers[Endpoint]:
        mapping = EntityMapping(
            self._types,
            name,
            spec,
            source=self._source,
            time_zone=self._registration.time_zone,
            rows="flat",
            problems=self.checks.problems,
            unmapped=self.unmapped,
        )
        at: Place = ("entities", name)
        faults = self.faults.with_more(spec.faults)
        lookups = present(
            {by: self._lookup(at, by, lookup, spec, mapping, faults) for by, lookup in spec.lookup.items()}
        )
        searches = {
            word: self._search(at, word, search, spec, mapping, faults, lookups) for word, search in spec.search.items()
        }
        return Answers(mapping.fields, lookups, present(searches))

    def address(self) -> str:
        """Where the service is."""
        registered = self._registration.endpoint
        contract = self.requests.contract
        found = registered if registered is not None or contract is None else contract.address
        if found is not None and not is_address(found):
            hint = "" if registered else "the WSDL's own is none: say it here"
            self.checks.note(("endpoint",), ADDRESS_EXPECTED, "another", hint)
        return found or ""

    def login(self) -> tuple[Login, Message] | None:
        """The login operation's message."""
        if self._login is None:
            return None
        place: Place = ("auth", "login")
        operation = self.requests.operation(place, self._login)
        if operation is None:
            return None
        for word, path in (("token", self._login.token), ("endpoint", self._login.endpoint)):
            if path is not None:
                self.checks.plain((*place, word), path, operation.reply)
        message = self.requests.message(place, self._login, operation, self._known - {"token"})
        return None if message is None else (self._login, message)

    def _fault_code(self) -> tuple[str, ...] | None:
        path = self._registration.fault_code
        way = None if path is None else steps(path)
        if path is not None and (way is None or any(step.startswith("@") for step in way)):
            self.checks.note(("fault_code",), "a path of element names", f"`{path}`")
        return way

    def _lookup(
        self, at: Place, by: str, spec: SoapLookup, entity: SoapEntity, mapping: EntityMapping, faults: Faults
    ) -> LookupCall | None:
        place = (*at, "lookup", by)
        operation = self.requests.operation(place, spec)
        if operation is None:
            return None
        names = {*entity.fields, *entity.keys}
        self.checks.lookup(place, by, spec, self.requests.asked(spec, operation), names)
        rows, row = self._replies.rows(place, spec, operation.reply, mapping)
        self.checks.fields(at, entity, row, names)
        message = self.requests.message(place, spec, operation, known_values(spec, by) | self._known)
        if message is None:
            return None
        return LookupCall(self._source, by, spec, mapping, message, rows, faults.with_more(spec.codes()))

    def _search(
        self,
        at: Place,
        word: str,
        spec: SoapSearch,
        entity: SoapEntity,
        mapping: EntityMapping,
        faults: Faults,
        lookups: Mapping[str, LookupCall],
    ) -> SearchCall | None:
        place = (*at, "search", word)
        operation = self.requests.operation(place, spec)
        if operation is None:
            return None
        self.checks.search(place, spec, self.requests.asked(spec, operation), entity)
        names = {*entity.fields, *entity.keys} if spec.lookup is None else set(spec.lookup.split())
        rows, row = self._replies.rows(place, spec, operation.reply, mapping)
        self.checks.fields(at, entity, row, names)
        ways = self._replies.ways(place, spec, operation.reply, row)
        message = self.requests.message(place, spec, operation, known_values(spec) | self._known)
        more = self._more((*place, "more"), spec)
        completing = None if spec.lookup is None else lookups.get(spec.lookup)
        completion = Completion(spec.lookup or "", completing) if completing is not None else None
        if message is None or (spec.more is not None and more is None):
            return None
        told = faults.with_more(spec.codes())
        pages = keyset_pages(place, self.checks.note, spec, mapping, entity.key_names, message)
        filters = self._filters(place, spec, message.given("filter"), mapping)
        return SearchCall(self._source, spec, mapping, message, more, rows, ways, told, completion, pages, filters)

    def _filters(
        self, place: Place, spec: SoapSearch, used: frozenset[str], mapping: EntityMapping
    ) -> Mapping[str, RequestFilter]:
        """Those that the message uses."""
        names = {name.partition(".")[0] for name in used}
        for name in spec.filters.keys() - names:
            hint = nearest(name, names)
            self.checks.note((*place, "filters", name), f"`$filter.{name}` in the message", "none", hint)
        found = {}
        for name in sorted(names):
            type_ = self._types.filter(mapping.entity, str(place[-1]), name)
            words = spec.filters.get(name, FilterWords())
            try:
                found[name] = message_filter(name, used, words, type_, mapping)
            except Mistake as mistake:
                self.checks.add(mistake.at((*place, "filters", name)))
        return found

    def _more(self, place: Place, spec: SoapSearch) -> Message | None:
        """The message that goes on where the search ended."""
        operation = None if spec.more is None else self.requests.operation(place, spec.more)
        if spec.more is None or operation is None:
            return None
        return self.requests.message(place, spec.more, operation, {"locator", "page"} | self._known)


def source_values(auth: Auth | None) -> set[str]:
    """The ``$`` names that every message of a source may use."""
    known: set[str] = set()
    if auth is not None and auth.login is not None:
        known |= {"token"}
    if auth is not None and auth.hmac is not None:
        known |= {"nonce", "timestamp", "signature"}
    return known
