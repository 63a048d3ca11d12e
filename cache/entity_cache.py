"""Answers about one entity of one source: kept ones where they are good, the source's where they are not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from adapters.spi import SourceError, Unavailable
from adapters.tally import Tally
from cache.entry import Answer, Entry, Reader, Shape, Unusable, aged, is_sound, written
from cache.fetches import Arrivals, Asking
from cache.form import Form
from cache.generations import Generations
from cache.names import Names
from cache.policy import Policy, Use
from cache.stores import Stores
from cache.warm import AtHand, Warmed

Answers = tuple[Mapping[Any, Any], Mapping[Any, SourceError]]
"""By key: what was found, and what failed."""


class Ask(Protocol):
    """Asks the source for some of the keys; ``attended``: somebody waits for the answer."""

    def __call__(self, keys: Sequence[Any], *, attended: bool) -> Awaitable[Answers]: ...


@dataclass(frozen=True, slots=True)
class Question:
    """One lookup or search as the cache sees it. The keys of a search are its parents, or one ``None``.

    ``marks``: of the keys, in their order. ``warm``: the question as ``cache.warm`` knows it.
    """

    names: Names
    warm: Hashable
    keys: Sequence[Any]
    marks: Sequence[str]
    shape: Shape
    ask: Ask
    tally: Tally


class Place(NamedTuple):
    """Where an answer will be kept, and what is told of it now."""

    name: str
    generation: str


@dataclass(slots=True)
class Held:
    """What the store had: entries by key and by what they are good for. ``places``: of what has to be fetched.

    ``turn`` of the arrivals, and ``warm_turn`` of what is at hand, when the store was asked.
    """

    turn: int
    warm_turn: int
    entries: dict[Use, dict[Any, Entry]] = field(default_factory=lambda: {use: {} for use in Use})
    places: dict[Any, Place] = field(default_factory=dict)

    def answers(self, use: Use) -> dict[Any, Answer]:
        return {key: entry.answer for key, entry in self.entries[use].items() if entry.answer is not None}

    def wanted(self) -> list[Any]:
        """The keys that have to be fetched before there is an answer."""
        stale = self.entries[Use.STALE]
        return [key for key in self.places if key not in stale]


class EntityCache:
    """Reads through the stores. ``clock`` gives seconds since 1970: entries are shared between machines."""

    def __init__(
        self, policy: Policy, stores: Stores, generations: Generations, reader: Reader, clock: Callable[[], float]
    ) -> None:
        self.policy = policy
        self.fields = reader.fields
        self._stores = stores
        self._store = stores.private if policy.private else stores.shared
        self._generations = generations
        self._reader = reader
        self._clock = clock
        self._asking = Asking()
        self._arrivals = Arrivals()
        self._refreshing: set[str] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, question: Question) -> Answers:
        """Raises ``SourceError`` when there is nothing to answer beside it."""
        held = await self._held(question)
        if held is None:  # without the store nobody knows what is still valid
            question.tally.misses += len(question.keys)
            return await question.ask(question.keys, attended=True)
        self._refresh(question, held)
        found = held.answers(Use.FRESH)
        stale = held.answers(Use.STALE)
        failed: Mapping[Any, SourceError] = {}
        if wanted := held.wanted():
            fetched, failed = await self._fetched(question, held, wanted)
            found |= fetched
            spare = held.answers(Use.SPARE)
            stale |= {key: spare[key] for key in failed if key in spare and isinstance(failed[key], Unavailable)}
        self._count(question, hits=len(held.entries[Use.FRESH]), stale=len(stale))
        found |= {key: aged(answer) for key, answer in stale.items()}
        return found, {key: error for key, error in failed.items() if key not in stale}

    def warm(self, question: Hashable, keys: Sequence[Any], form: Form | None) -> AtHand | None:
        """What ``answer`` would give, where it is fresh and at hand; counted by who asks."""
        warm = self._stores.warm
        return None if warm is None else warm.answers(question, keys, self._clock(), form)

    async def aclose(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _count(self, question: Question, hits: int, stale: int) -> None:
        question.tally.hits += hits
        question.tally.stale += stale
        question.tally.misses += len(question.keys) - hits - stale

    # ------------------------------------------------------------ the store

    async def _held(self, question: Question) -> Held | None:
        """``None`` when the store does not answer."""
        held = Held(self._arrivals.turn, self._stores.turn)
        names = [question.names.entry(mark) for mark in question.marks]
        values = await self._read([question.names.generation, *question.marks], names)
        if values is None:
            return None
        told, data = values
        number = str(await self._generations.current(question.names.generation, told[0]))
        now = self._clock()
        for key, name, mark, value in zip(question.keys, names, told[1:], data, strict=True):
            generation = number if mark is None else f"{number}.{mark.decode('latin-1')}"
            entry = self._arrivals.since(held.turn, name) or self._entry(name, value, question.shape)
            use = Use.NONE
            if entry is not None and entry.generation == generation:
                use = self.policy.use(now - entry.asked, entry.answer is not None)
                held.entries[use][key] = entry
            if use is not Use.FRESH:
                held.places[key] = Place(name, generation)
        lengths = {key: len(value) for key, value in zip(question.keys, data, strict=True) if value is not None}
        self._lay_out(question, held, held.entries[Use.FRESH], lengths)
        return held

    def _lay_out(
        self, question: Question, held: Held, entries: Mapping[Any, Entry], lengths: Mapping[Any, int]
    ) -> None:
        """Has those at hand that are in the store, where their texts have these ``lengths``."""
        if self._stores.warm is not None:
            laid_out = ((key, self._warmed(entry, lengths[key])) for key, entry in entries.items() if key in lengths)
            self._stores.warm.keep(question.warm, held.warm_turn, laid_out)

    def _warmed(self, entry: Entry, length: int) -> Warmed:
        seconds = self.policy.missing if entry.answer is None else self.policy.fresh
        return Warmed(entry.answer, entry.asked + seconds, length, {})

    async def _read(
        self, told: list[str], names: list[str]
    ) -> tuple[Sequence[bytes | None], Sequence[bytes | None]] | None:
        """What is told, which is always shared, and the entries: in one read if they are in one store."""
        if self._store is self._stores.shared:
            values = await self._store.read([*told, *names])
            return None if values is None else (values[: len(told)], values[len(told) :])
        shared = await self._stores.shared.read(told)
        private = None if shared is None else await self._store.read(names)
        return None if shared is None or private is None else (shared, private)

    def _entry(self, name: str, value: bytes | None, shape: Shape) -> Entry | None:
        if value is None:
            return None
        try:
            return self._reader.entry(name, value, shape)
        except Unusable:
            self._store.counts.unusable += 1
            return None

    async def _keep(self, question: Question, entries: Mapping[Any, Entry], held: Held) -> None:
        """An older answer to a key that is gone must not come back, even where that it is gone is not kept."""
        lengths: dict[Any, int] = {}
        records: dict[str, bytes] = {}
        missing: dict[str, bytes] = {}
        gone: list[str] = []
        for key, entry in entries.items():
            if entry.answer is None and not self.policy.missing:
                if any(key in older for older in held.entries.values()):
                    gone.append(entry.name)
                continue
            with suppress(TypeError):  # values that JSON cannot carry: good for this answer, not to be kept
                (missing if entry.answer is None else records)[entry.name] = text = written(entry)
                lengths[key] = len(text)
        with self._arrivals.of(entries.values()):
            await self._store.write([(records, self.policy.lifetime), (missing, self.policy.missing)], gone)
        self._lay_out(question, held, entries, lengths)

    # ------------------------------------------------------------ the source

    async def _fetched(self, question: Question, held: Held, wanted: Sequence[Any]) -> Answers:
        """What the source says; an error of the whole request becomes one of each key where there are other answers."""
        try:
            return await self._fetch(question, held, wanted, attended=True)
        except SourceError as error:
            if len(wanted) == len(question.keys) and not held.entries[Use.SPARE]:
                question.tally.misses += len(wanted)
                raise
            return {}, dict.fromkeys(wanted, error)

    async def _fetch(self, question: Question, held: Held, keys: Sequence[Any], *, attended: bool) -> Answers:
        """Asks the source and keeps what may be kept."""
        asked = self._clock()
        places = [held.places[key] for key in keys]
        with self._asking.of(dict(places)) as sound:
            found, failed = await question.ask(keys, attended=attended)
        entries: dict[Any, Entry] = {}
        for key, place in zip(keys, places, strict=True):
            answer = found.get(key)
            kept_by_another = self._arrivals.since(held.turn, place.name)  # who waited for the same call
            if key not in failed and place.name in sound and not kept_by_another and is_sound(answer):
                entries[key] = Entry(place.name, place.generation, asked, answer)
        if entries:
            await self._keep(question, entries, held)
        return found, failed

    def _refresh(self, question: Question, held: Held) -> None:
        """Fetch what is stale, unless that is under way."""
        keys = [key for key in held.entries[Use.STALE] if held.places[key].name not in self._refreshing]
        if keys:
            self._refreshing.update(held.places[key].name for key in keys)
            task = asyncio.create_task(self._refreshed(question, held, keys))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _refreshed(self, question: Question, held: Held, keys: Sequence[Any]) -> None:
        try:
            with suppress(SourceError):  # the stale answer stands until it is too old
                await self._fetch(question, held, keys, attended=False)
        finally:
            self._refreshing.difference_update(held.places[key].name for key in keys)
