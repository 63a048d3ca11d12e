"""Identical reads at the same time share one call; nothing is kept when it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from functools import partial
from math import inf
from time import monotonic
from typing import Any, TypeVar

from adapters.spi import (
    ANONYMOUS,
    Adapter,
    EntityCapability,
    Key,
    Lookup,
    LookupResult,
    Principal,
    Search,
    SearchResult,
    SourceError,
    TimedOut,
)
from adapters.wrapper import Wrapper
from cache.flight import Flight, landing
from cache.frozen import frozen

Q = TypeVar("Q", Lookup, Search)
R = TypeVar("R", LookupResult, SearchResult)

Flights = dict[Flight[R], Sequence[Key | None]]
"""Which flight brings which of the keys of a request."""

UNKNOWN = EntityCapability(frozenset())

MOST = 20
"""Keys or parents of a request that are looked for among the calls under way, each by itself. Of more there is nearly
always one that nobody asks for yet, so that a call has to be made all the same."""


class Coalesced(Wrapper):
    """What is already being asked for, with at least the same fields and for the same principal, is awaited.

    Lookups are shared key by key, searches parent by parent; those for more than ``MOST`` at once only with others for
    just the same: to tell their keys apart would take a tenth of what an answer of a thousand does. The shared call
    belongs to the source: it runs in a task of its own without a deadline, outlives the request that began it, and is
    cancelled when nobody waits for it any more. Each request stops waiting at its own deadline, with ``TimedOut`` for
    what is not there. A failure is delivered to all who wait for it, and not kept.

    ``Batched(Coalesced(...))`` answers at the deadline with the batches that are there by then; the other way round
    a request waits for all of its batches.
    """

    def __init__(self, adapter: Adapter) -> None:
        super().__init__(adapter)
        self._flying: dict[Hashable, Flying] = {}

    async def lookup(self, request: Lookup) -> LookupResult:
        if request.by not in self.capabilities.get(request.entity, UNKNOWN).lookups:
            return await self.adapter.lookup(request)
        arguments = frozen(request.arguments) if request.arguments else None
        group = (Lookup, request.entity, request.by, arguments, known(request.principal))
        flights = self._flights(group, request, request.keys, self.adapter.lookup)
        await landing(flights, request.deadline)
        return whole(flights) or LookupResult(*gathered(flights, lambda result: result.found))

    async def search(self, request: Search) -> SearchResult:
        if request.name not in self.capabilities.get(request.entity, UNKNOWN).searches:
            return await self.adapter.search(request)
        page = (request.first, request.after, request.start, request.sort, request.backwards)
        wanted = (request.want_total, request.want_facets)
        filters = frozen(request.filters) if request.filters else None
        group = (Search, request.entity, request.name, page, wanted, filters, known(request.principal))
        parents = (None,) if request.parents is None else request.parents
        flights = self._flights(group, request, parents, self.adapter.search)
        await landing(flights, request.deadline)
        return whole(flights) or SearchResult(*gathered(flights, lambda result: result.pages))

    async def aclose(self) -> None:
        for flight in [flight for flying in self._flying.values() for flight in flying.flights]:
            flight.close()
        await super().aclose()

    def _flights(
        self, group: Hashable, request: Q, keys: Sequence[Any], ask: Callable[[Q], Awaitable[R]]
    ) -> Flights[R]:
        """Joins what is flying, with one new flight for the rest of the keys."""
        if request.deadline <= monotonic():
            raise TimedOut(self.source, "the deadline had passed before the call")
        flying = self._flying.get(group)
        if flying is None:
            flying = self._flying[group] = Flying()
        shared = keys if len(keys) <= MOST else [tuple(keys)]
        flights: Flights[R] = {**flying.bringing(shared, request)}
        rest = shared
        if flights:
            brought = {key for each in flights.values() for key in each}
            rest = [key for key in shared if key not in brought]
        if rest or not keys:
            asked = request.of(rest if shared is keys else keys, inf)
            flight = Flight(self.source, ask, asked, rest, partial(self._forget, group, flying))
            flying.add(flight)
            flights[flight] = rest
        return flights

    def _forget(self, group: Hashable, flying: Flying, flight: Flight[Any]) -> None:
        if flying.remove(flight):
            del self._flying[group]


class Flying:
    """Calls of one kind that are on their way, and the newest one for each key."""

    def __init__(self) -> None:
        self.flights: set[Flight[Any]] = set()
        self._newest: dict[Key | None, Flight[Any]] = {}

    def bringing(self, keys: Sequence[Key | None], request: Lookup | Search) -> Mapping[Flight[Any], list[Key | None]]:
        """Which of them bring which of the keys, with at least what is asked of the records."""
        found: dict[Flight[Any], list[Key | None]] = {}
        newest = self._newest
        if newest.keys().isdisjoint(keys):
            return found
        met = {newest[key] for key in keys if key in newest}
        takes = {flight for flight in met if flight.takes(request.fields, request.outline)}
        if takes:
            for key in keys:
                flight = newest.get(key)
                if flight in takes:
                    found.setdefault(flight, []).append(key)
        return found

    def add(self, flight: Flight[Any]) -> None:
        self.flights.add(flight)
        self._newest.update(dict.fromkeys(flight.keys, flight))

    def remove(self, flight: Flight[Any]) -> bool:
        """Whether it was the last one."""
        self.flights.discard(flight)
        if not self.flights:
            self._newest.clear()  # so that nothing is in a cycle, and answers are freed when they are done with
            return True
        for key in flight.keys:
            if self._newest.get(key) is flight:
                del self._newest[key]
        return False


def known(principal: Principal) -> Principal | None:
    """``None`` for who is not: unlike a principal it costs nothing in a key, of which each call takes three looks."""
    return None if principal is ANONYMOUS else principal


def whole(flights: Flights[R]) -> R | None:
    """The result of the only flight, if it brought no other keys; its error is the error of the whole request."""
    if len(flights) > 1:
        return None
    flight, keys = next(iter(flights.items()))
    if flight.error is not None:
        raise flight.error.with_traceback(None)  # the same for all who wait: it must not grow with them
    return flight.result if len(keys) == len(flight.keys) else None


def gathered(
    flights: Flights[R], answers: Callable[[R], Mapping[Any, Any]]
) -> tuple[dict[Any, Any], dict[Any, SourceError]]:
    """What the flights brought for each key, and what failed."""
    found: dict[Any, Any] = {}
    failed: dict[Any, SourceError] = {}
    for flight, keys in flights.items():
        error = flight.error
        if error is not None:
            failed |= dict.fromkeys(keys, error)
            continue
        brought: Mapping[Any, Any] = answers(flight.result)
        lost: Mapping[Any, SourceError] = flight.result.failed
        found |= {key: brought[key] for key in keys if key in brought}
        failed |= {key: lost[key] for key in keys if key in lost}
    return found, failed
