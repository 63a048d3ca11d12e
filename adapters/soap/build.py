"""From a registration to its adapter, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from math import inf
from typing import Any, TypeVar

import httpx

from adapters.http import Http
from adapters.mapping import EntityMapping, MappingProblems, Unmapped
from adapters.problems import Place, nearest
from adapters.session import Session
from adapters.soap.adapter import Answers, SoapAdapter
from adapters.soap.checks import Checks, is_address, known_values
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Faults
from adapters.soap.login import LoginCall
from adapters.soap.lookups import LookupCall
from adapters.soap.message import Message
from adapters.soap.paths import steps
from adapters.soap.registration import Call, Login, Meaning, SoapEntity, SoapLookup, SoapSearch, SoapSource
from adapters.soap.rows import Rows
from adapters.soap.searches import Completion, SearchCall
from adapters.soap.security import SecurityHeader
from adapters.soap.shape import Shape
from adapters.soap.wsdl import Contract, ContractError, Operation, read
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
    builder.headers_used()
    if builder.checks.problems:
        raise MappingProblems(builder.checks.problems)
    http = Http(registration.source, connections=registration.limits.concurrency, transport=transport)
    endpoint = Endpoint(registration.source, address, http)
    if login is not None:
        spec, message = login
        token = steps(spec.token) or ()
        holds = inf if spec.ttl is None else spec.ttl
        timeout = registration.limits.timeout
        call = LoginCall(registration.source, endpoint, message, token, builder.faults, holds=holds, timeout=timeout)
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
        self._contract = self._read()
        self._headers: set[str] = set()
        auth = registration.auth
        self._login = auth.login if auth is not None else None
        self._security = SecurityHeader(auth.wsse) if auth is not None and auth.wsse is not None else None
        renew: Mapping[str, Meaning] = dict.fromkeys(self._login.renew_on if self._login else (), "relogin")
        self.faults = Faults(self._source, {**renew, **registration.faults}, self._fault_code())

    def entity(self, name: str, spec: SoapEntity) -> Answers:
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
        found = registered if registered is not None or self._contract is None else self._contract.address
        if found is not None and not is_address(found):
            hint = "" if registered else "the WSDL's own is none: say it here"
            self.checks.note(("endpoint",), "an http:// or https:// address without user and password", "another", hint)
        return found or ""

    def login(self) -> tuple[Login, Message] | None:
        """The login operation's message."""
        if self._login is None:
            return None
        place: Place = ("auth", "login")
        operation = self._operation(place, self._login.operation)
        if operation is None:
            return None
        self.checks.arguments((*place, "arguments"), self._login.arguments, operation.request, ())
        way, shape = self.checks.way((*place, "token"), self._login.token, operation.reply)
        if way and not (shape.text or shape.open):
            self.checks.note((*place, "token"), "the path of a plain value", f"{shape}")
        message = self._message((*place, "arguments"), operation, self._login.arguments, {})
        return None if message is None else (self._login, message)

    def headers_used(self) -> None:
        """A header part that no operation has is a mistake."""
        if self._contract is not None:
            for name in self._registration.headers.keys() - self._headers:
                self.checks.note(("headers", name), "a header part of a registered operation", f"`{name}`")

    def _read(self) -> Contract | None:
        registration = self._registration
        try:
            return read(
                registration.wsdl,
                schemas=registration.schemas,
                service=registration.service,
                port=registration.port,
                version=registration.soap,
                operations=set(_operations(registration)),
                lenient=registration.lenient,
            )
        except ContractError as error:
            self.checks.add(error.problem)
            return None

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
        operation = self._operation(place, spec.operation)
        if operation is None:
            return None
        names = {*entity.fields, *entity.keys}
        self.checks.lookup(place, by, spec, operation.request, names)
        rows = self._rows(place, spec, operation, mapping, entity, names)
        message = self._call(place, spec, operation, by)
        return None if message is None else LookupCall(self._source, by, spec, mapping, message, rows, faults)

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
        operation = self._operation(place, spec.operation)
        if operation is None:
            return None
        self.checks.search(place, spec, entity)
        names = {*entity.fields, *entity.keys} if spec.lookup is None else set(spec.lookup.split())
        rows = self._rows(place, spec, operation, mapping, entity, names)
        total = None if spec.total is None else self.checks.way((*place, "total"), spec.total, operation.reply)[0]
        completing = None if spec.lookup is None else lookups.get(spec.lookup)
        completion = Completion(spec.lookup or "", completing) if completing is not None else None
        message = self._call(place, spec, operation)
        if message is None:
            return None
        return SearchCall(self._source, spec, mapping, message, rows, total, faults, completion)

    def _operation(self, place: Place, name: str) -> Operation | None:
        """``None`` where the WSDL has none of this name, or could not be read at all."""
        if self._contract is None:
            return None
        found = self._contract.operation(name)
        if found is None:
            known = self._contract.names
            expected = f"one of {', '.join(known)}" if len(known) < 12 else "an operation of the WSDL"
            self.checks.note((*place, "operation"), expected, f"`{name}`", nearest(name, known))
        return found

    def _rows(
        self,
        place: Place,
        spec: Call,
        operation: Operation,
        mapping: EntityMapping,
        entity: SoapEntity,
        names: Collection[str],
    ) -> Rows:
        way, row = self.checks.way((*place, "rows"), spec.rows, operation.reply)
        self.checks.fields(place[:2], entity, row, names)
        return Rows(way, mapping)

    def _call(self, place: Place, spec: Call, operation: Operation, by: str = "") -> Message | None:
        at: Place = (*place, "arguments")
        known = known_values(spec, by) - (set() if self._login else {"token"})
        self.checks.arguments(at, spec.arguments, operation.request, known)
        parts = {name: part for name, part in self._registration.headers.items() if name in operation.headers.children}
        for name, part in parts.items():
            self._check_header(name, part, operation.headers.children[name])
        self._headers |= parts.keys()
        return self._message(at, operation, spec.arguments, parts)

    def _check_header(self, name: str, part: Any, shape: Shape) -> None:
        self.checks.arguments(("headers", name), part, shape, {"token"} if self._login else ())

    def _message(
        self, place: Place, operation: Operation, arguments: Mapping[str, Any], parts: Mapping[str, Any]
    ) -> Message | None:
        """Where arguments or parts are known to be wrong already, zeep would only say it again, and worse."""
        wrong = {place, *(("headers", name) for name in parts)}
        if any(problem.path[: len(at)] == at for problem in self.checks.problems for at in wrong):
            return None
        try:
            return Message(operation, arguments, parts, self._security)
        except (ValueError, TypeError) as error:
            self.checks.note(place, f"the content of {operation.request}", str(error))
            return None


def _operations(registration: SoapSource) -> Iterator[str]:
    """The names of all that is registered."""
    if registration.auth is not None and registration.auth.login is not None:
        yield registration.auth.login.operation
    for entity in registration.entities.values():
        for call in [*entity.lookup.values(), *entity.search.values()]:
            yield call.operation


def present(calls: Mapping[str, T | None]) -> dict[str, T]:
    return {name: call for name, call in calls.items() if call is not None}
