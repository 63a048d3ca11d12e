"""From what a registration says of a request to the message that is sent, or to what is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

from adapters.conditions import Condition
from adapters.problems import Mistake, Place, nearest
from adapters.soap.checks import ADDRESS_EXPECTED as ADDRESS
from adapters.soap.checks import Asked, Checks, is_address
from adapters.soap.message import Message, Operation
from adapters.soap.registration import Call, Request, SoapSource
from adapters.soap.security import Stamp
from adapters.soap.signing import Signing
from adapters.soap.template import Markup, Template
from adapters.soap.wsdl import Contract, ContractError, read


class Requests:
    """Those of one source. ``stamps``: what is new in every message. ``known``: the names of values in header parts."""

    def __init__(
        self, registration: SoapSource, checks: Checks, stamps: Sequence[Stamp], known: Collection[str]
    ) -> None:
        self._registration = registration
        self._checks = checks
        self._stamps = stamps
        self._known = known
        self._headers: set[str] = set()
        self._markup: dict[str, Markup] = {}
        self._contracts: dict[str | None, Contract | None] = {}
        self.contract = self._read(registration.port)
        self._parts = self._written_parts()
        self._sign = self._signing()

    def operation(self, place: Place, spec: Request) -> Operation | None:
        """``None`` where there is no such operation, or where the WSDL could not be read at all."""
        if spec.message is not None:
            version = self.contract.version if self.contract else self._registration.soap or "1.1"
            try:
                return Template(spec.message, version, spec.action or "")
            except Mistake as mistake:
                self._checks.add(mistake.at((*place, "message")))
                return None
        contract = self.contract if spec.port is None else self._read(spec.port)
        if contract is None:
            return None
        found = contract.operation(spec.operation or "")
        if found is None:
            known = contract.names
            expected = f"one of {', '.join(known)}" if len(known) < 12 else "an operation of the WSDL"
            hint = nearest(spec.operation or "", known)
            self._checks.note((*place, "operation"), expected, f"`{spec.operation}`", hint)
        return found

    def message(self, place: Place, spec: Request, operation: Operation, known: Set[str]) -> Message | None:
        """``known``: the names that the request's ``$`` texts may have."""
        asked = self.asked(spec, operation)
        at = (*place, asked.word)
        made = conditions(spec)
        for name, condition in made.items():
            self._checks.names((*place, "conditions", name), [f"${each}" for each in condition.names], known)
        self._checks.arguments(at, asked.values, asked.request, known | made.keys())
        parts = self._described_parts(operation)
        # Where arguments or parts are known to be wrong already, zeep would only say it again, and worse.
        wrong = {at, *(("headers", name) for name in parts)}
        if any(problem.path[: len(each)] == each for problem in self._checks.problems for each in wrong):
            return None
        try:
            return Message(
                operation,
                spec.arguments,
                parts,
                [*self._parts.values()],
                self._stamps,
                conditions=conditions(spec),
                absent=spec.absent if isinstance(spec, Call) else "omit",
                sign=self._sign,
                url=self.url(spec),
            )
        except (ValueError, TypeError) as error:
            self._checks.note(at, f"the content of {operation.request}", str(error))
            return None

    def url(self, spec: Request) -> str | None:
        """Where a request goes that names its port."""
        if spec.port is None:
            return None
        contract = self._read(spec.port)
        registered = self._registration.endpoints.get(spec.port)
        found = registered or (contract.address if contract is not None else "")
        if contract is not None and not is_address(found):
            hint = "" if registered else "the WSDL's own is none: say it here"
            self._checks.note(("endpoints", spec.port), ADDRESS, "another", hint)
        return found

    def asked(self, spec: Request, operation: Operation) -> Asked:
        made = conditions(spec)
        keyed = {name for name, condition in made.items() if condition.keyed}
        inside = frozenset(name for condition in made.values() for name in condition.names)
        if isinstance(operation, Template):
            return Asked("message", operation.outline, operation.request, keyed, inside)
        return Asked("arguments", spec.arguments, operation.request, keyed, inside)

    def headers_used(self) -> None:
        """A header part that no operation has is a mistake."""
        if self.contract is not None:
            for name in self._registration.headers.keys() - self._headers:
                hint = "as XML it goes out with every message"
                expected = "a header part of a registered operation"
                self._checks.note(("headers", name), expected, f"`{name}`", hint)

    def _described_parts(self, operation: Operation) -> Mapping[str, Any]:
        """The header parts that the WSDL describes for this operation."""
        described = operation.headers.children
        parts = {name: part for name, part in self._registration.headers.items() if name in described}
        parts = {name: part for name, part in parts.items() if name not in self._parts}
        for name, part in parts.items():
            self._checks.arguments(("headers", name), part, described[name], self._known)
        self._headers |= parts.keys()
        return parts

    def _written_parts(self) -> Mapping[str, Markup]:
        """The header parts that are written as XML."""
        parts = {}
        for name, text in self._registration.headers.items():
            if isinstance(text, str) and text.lstrip().startswith("<"):
                self._headers.add(name)
                try:
                    parts[name] = Markup(text)
                except Mistake as mistake:
                    self._checks.add(mistake.at(("headers", name)))
                else:
                    self._checks.names(("headers", name), parts[name].outline, self._known)
        return parts

    def _signing(self) -> Signing | None:
        auth = self._registration.auth
        if auth is None or auth.x509 is None:
            return None
        try:
            return Signing(auth.x509)
        except Mistake as mistake:
            self._checks.add(mistake.at(("auth", "x509")))
            return None

    def _read(self, port: str | None) -> Contract | None:
        """The contract of one port, as far as the requests need it that go there."""
        registration = self._registration
        if registration.wsdl is None:
            return None
        if port not in self._contracts:
            names = {spec.operation for spec in registration.requests() if (spec.port or registration.port) == port}
            try:
                self._contracts[port] = read(
                    registration.wsdl if isinstance(registration.wsdl, list) else [registration.wsdl],
                    schemas=registration.schemas,
                    service=registration.service if port == registration.port else None,
                    port=port,
                    version=registration.soap,
                    operations={name for name in names if name is not None},
                    lenient=registration.lenient,
                )
            except ContractError as error:
                self._checks.add(error.problem)
                self._contracts[port] = None
        return self._contracts[port]


def conditions(spec: Request) -> dict[str, Condition]:
    """Those that a call's ``$`` texts may name."""
    words = spec.conditions if isinstance(spec, Call) else {}
    return {
        name: Condition(
            each.each, each.parts, each.join or (" or " if each.each is not None else " and "), each.language or "plain"
        )
        for name, each in words.items()
    }
