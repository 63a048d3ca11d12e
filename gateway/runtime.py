"""A running gateway: one composition, its sources wrapped for real use, and the engine over them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.batching import Batched
from adapters.resilience import Resilient
from adapters.spi import Adapter, Key, SourceError, TimedOut
from cache.cached import Cached
from cache.coalesced import Coalesced
from cache.stores import open_stores
from gateway.compose import Composition, compose
from gateway.config.load import Configuration
from gateway.config.settings import Settings
from gateway.engine.answers import Answers
from gateway.engine.engine import Engine
from gateway.engine.request import Answer, OperationRequest
from gateway.telemetry.telemetry import OFF, Telemetry

HEALTH_SECONDS = 1.0
"""How long a ping may take, and how long its answer holds."""


@dataclass(frozen=True, slots=True)
class SourceHealth:
    """Whether one source can be reached now. ``code``: why not."""

    name: str
    role: str
    kind: str
    up: bool
    code: str | None = None


class Gateway:
    """Serves one configuration. ``build`` makes no connection; sources are first called when a request needs them.

    ``clock`` gives seconds since 1970.
    """

    def __init__(
        self, composition: Composition, telemetry: Telemetry = OFF, clock: Callable[[], float] = time.time
    ) -> None:
        self.clock = clock
        self.composition = composition
        self.telemetry = telemetry
        self.settings: Settings = composition.settings
        kept = composition.settings.cache
        self.stores = open_stores(kept.url, entries=kept.entries, size=kept.size)
        self.sources: Mapping[str, Adapter] = {
            name: self._wrapped(name, adapter) for name, adapter in composition.adapters.items()
        }
        watched = {
            name: telemetry.around_steps(source, composition.roles[name]) for name, source in self.sources.items()
        }
        answers = Answers(kept.answers, lambda: self.stores.turn, clock)
        self.engine = Engine(composition, watched, telemetry, answers, clock)
        self.served_sdl = composition.sdl()
        self._health: tuple[float, asyncio.Future[list[SourceHealth]]] | None = None

    def _wrapped(self, name: str, adapter: Adapter) -> Adapter:
        """From the outside in: kept answers where there are any, batches, single flight, limits, and what is told of
        each real call."""
        limits = self.composition.registrations[name].registration.limits
        called = Batched(Coalesced(Resilient(self.telemetry.around_calls(adapter), limits)))
        kept = self.composition.policies[name]
        return Cached(called, kept, self.stores, self.composition.version(name), self.clock) if kept else called

    @classmethod
    def build(cls, configuration: Configuration, telemetry: Telemetry = OFF) -> Gateway:
        """Raises ``ConfigurationError`` with every problem."""
        return cls(compose(configuration), telemetry)

    async def invalidate(self, entity: str, by: str | None = None, keys: Sequence[Key] = ()) -> None:
        """Forgets kept answers of an entity, of whichever source. Raises ``StoreFailed`` where a store did not hear;
        all sources are told all the same."""
        kept = (source for source in self.sources.values() if isinstance(source, Cached))
        told = (source.invalidate(entity, by, keys) for source in kept)
        for outcome in await asyncio.gather(*told, return_exceptions=True):
            if outcome is not None:
                raise outcome

    @property
    def lookups(self) -> Mapping[str, Collection[str]]:
        """Entity -> the names of its lookups, at whichever source."""
        found: dict[str, set[str]] = {}
        for source in self.sources.values():
            for entity, capability in source.capabilities.items():
                found.setdefault(entity, set()).update(capability.lookups)
        return found

    def execute(self, request: OperationRequest) -> Coroutine[Any, Any, Answer]:
        return self.engine.execute(request)

    async def health(self) -> Mapping[str, SourceHealth]:
        """Pings every source at the same time; an answer is good for a second, however many ask."""
        if self._health is None or time.monotonic() - self._health[0] > HEALTH_SECONDS:
            states = asyncio.gather(*(self._state(name) for name in self.sources))
            self._health = time.monotonic(), asyncio.ensure_future(states)
        return {state.name: state for state in await asyncio.shield(self._health[1])}

    async def _state(self, name: str) -> SourceHealth:
        registration = self.composition.registrations[name].registration
        code: str | None = None
        try:
            async with asyncio.timeout(HEALTH_SECONDS):
                await self.sources[name].ping()
        except SourceError as error:
            code = error.code
        except TimeoutError:
            code = TimedOut.code
        return SourceHealth(name, registration.role, registration.kind, code is None, code)

    async def aclose(self) -> None:
        for source in self.sources.values():
            await source.aclose()
        await self.stores.aclose()
