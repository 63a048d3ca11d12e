"""The service's address: a document and variables in, data and what it says went wrong out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters.graphql.registration import Errors, Meaning
from adapters.http import Reply, outline, refusal
from adapters.redaction import redacted
from adapters.spi import BadData, Overloaded, Rejected, SourceError, TimedOut, Unavailable
from adapters.web.asked import Asked
from adapters.web.endpoint import Endpoint as HttpEndpoint
from adapters.web.formats.reading import Reader, read_json
from adapters.web.reply import ReplyReader
from adapters.web.request import RequestTemplate

CODES: Mapping[str, type[SourceError]] = {
    "BAD_DATA": BadData,
    "INTERNAL_SERVER_ERROR": Unavailable,
    "OVERLOADED": Overloaded,
    "TIMED_OUT": TimedOut,
    "UNAUTHENTICATED": Unavailable,
    "UNAVAILABLE": Unavailable,
}
"""Codes that servers commonly have, another crossdock among them."""

MEANINGS: Mapping[Meaning, type[SourceError]] = {
    "rejected": Rejected,
    "overloaded": Overloaded,
    "unavailable": Unavailable,
}

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of ``errors``. ``error``: ``None`` where it means that there is no such record."""

    path: Steps
    error: SourceError | None


@dataclass(frozen=True, slots=True)
class Answer:
    data: Mapping[str, Any]
    faults: tuple[Fault, ...]

    def at(self, way: Steps) -> Iterator[Fault]:
        """The faults that took away what should stand at ``way``, or something above it."""
        return (fault for fault in self.faults if fault.path == way[: len(fault.path)])

    def below(self, way: Steps) -> Iterator[tuple[Steps, SourceError]]:
        """The faults inside of what stands at ``way``, with their paths from there."""
        for fault in self.faults:
            if len(fault.path) > len(way) and fault.path[: len(way)] == way and fault.error is not None:
                yield fault.path[len(way) :], fault.error


class Replies(ReplyReader):
    """Reads what a service says: an answer of GraphQL counts whatever its status, any other is judged by the status."""

    def __init__(self, source: str, errors: Errors) -> None:
        super().__init__(source)
        self._errors = errors

    def body(self, reply: Reply, reader: Reader, missing: frozenset[int] = frozenset()) -> Answer:
        try:
            body = reader.read(reply)
        except ValueError:
            body = None
        if not isinstance(body, dict) or not ("data" in body or "errors" in body):
            raise refusal(self._source, reply) or BadData(
                self._source, f"expected an answer of GraphQL, found {reply.described()}"
            )
        faults = tuple(map(self._fault, body.get("errors") or ()))
        data = body.get("data")
        if isinstance(data, dict):
            return Answer(data, faults)
        raise next(
            (fault.error for fault in faults if fault.error is not None),
            BadData(self._source, f"expected `data` or `errors`, found {reply.described()}"),
        )

    def meaning(self, type_name: str) -> SourceError | None:
        """What a member of a union that is an error means; ``None``: there is no such record."""
        return self._meant(self._errors.types[type_name], f"answered {type_name}")

    def _fault(self, entry: Any) -> Fault:
        entry = entry if isinstance(entry, dict) else {}
        path = entry.get("path")
        extensions = entry.get("extensions")
        code = str(extensions.get("code", "")) if isinstance(extensions, dict) else ""
        said = f"error with code {self._known(code)}: {redacted(entry.get('message'))}"
        meaning = self._errors.codes.get(code)
        error = self._meant(meaning, said) if meaning else CODES.get(code, Rejected)(self._source, said)
        return Fault(tuple(path) if isinstance(path, list) else (), error)

    def _meant(self, meaning: Meaning, said: str) -> SourceError | None:
        return None if meaning == "missing" else MEANINGS[meaning](self._source, said)

    def _known(self, code: str) -> str:
        """A code that is not registered may be anything, a name or an address too."""
        known = code in self._errors.codes or code in CODES
        return code if known else f"like {outline(code.encode())}"


OPERATION = Asked(
    RequestTemplate("POST", "", {"query": "$document", "variables": "$variables"}),
    Reader("JSON", "application/graphql-response+json, application/json", read_json),
    frozenset(),
)


class Endpoint:
    """Where all operations of one source go."""

    def __init__(self, http: HttpEndpoint, replies: Replies) -> None:
        self.peer = http.peer
        self.meaning = replies.meaning
        self._http = http

    async def ask(self, document: str, variables: Mapping[str, Any], deadline: float) -> Answer:
        """One call. Raises a ``SourceError`` where there is no data at all."""
        answered = await self._http.ask(OPERATION, {"document": document, "variables": variables}, deadline)
        answer: Answer = answered.body
        return answer

    async def reach(self) -> None:
        """Return when the service answers the smallest operation there is, else raise ``Unavailable``."""
        await self.ask("{ __typename }", {}, float("inf"))

    async def aclose(self) -> None:
        await self._http.aclose()
