"""One lookup or search of one source, made as the gateway makes it and seen all the way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from adapters.batching import Batched
from adapters.exchanges import between
from adapters.resilience import Resilient
from adapters.spi import Record, SourceError
from gateway.compose import Composition
from gateway.config.load import RegisteredSource
from gateway.trials.asking import Answer, Asked
from gateway.trials.personal import personal_fields, personal_values
from gateway.trials.recording import Recording


@dataclass(frozen=True, slots=True)
class Trial:
    """``answer`` is ``None`` where the whole request failed, with ``error``; ``there``: what the system has instead."""

    composition: Composition
    source: RegisteredSource
    asked: Asked
    recording: Recording
    answer: Answer | None
    error: SourceError | None
    there: str
    milliseconds: float

    @property
    def entity(self) -> str:
        return self.asked.entity

    @property
    def sound(self) -> bool:
        """Whether everything is found and every value was read."""
        return self.answer is not None and self.answer.whole and not self.recording.bad

    def records(self) -> Iterator[Record]:
        yield from self.answer.records() if self.answer else ()

    def personal(self) -> list[tuple[str, str]]:
        """Coordinate and text of all personal data that came, of values that could not be read too."""
        graph = self.composition.graph
        marked = personal_fields(graph)
        found = [
            each
            for record in self.records()
            for each in personal_values(record.values, self.entity, graph.types, marked)
        ]
        return found + [(bad.coordinate, str(bad.value)) for bad in self.recording.bad if bad.coordinate in marked]


async def tried(composition: Composition, source: str, asked: Asked) -> Trial:
    """Within the source's limits, as the gateway calls it; the source is closed afterwards."""
    adapter = composition.adapters[source]
    registered = composition.registrations[source]
    limited = Batched(Resilient(adapter, registered.registration.limits))
    recording = Recording()
    answer, failed, there = None, None, ""
    began = time.perf_counter()
    try:
        with between(recording):
            answer = await asked.of(limited)
    except SourceError as error:
        failed = error
        with suppress(SourceError):
            there = await adapter.there(asked.entity)
    finally:
        await limited.aclose()
    took = (time.perf_counter() - began) * 1e3
    return Trial(composition, registered, asked, recording, answer, failed, there, took)
