"""The rounds: each subject under each workload, by turns, so that what else the machine does troubles all alike."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from urllib.request import urlopen

import orjson

from tests.bench.database import Database
from tests.bench.load import Crowd
from tests.bench.process import SUBJECT_CORE, Process, running
from tests.bench.subjects import Subject
from tests.bench.workloads import WORKLOADS, Workload


@dataclass(frozen=True)
class Figures:
    """Of one subject under one workload. ``cpu`` in milliseconds per operation; ``p50``, ``p99`` in milliseconds;
    ``memory`` in MB; ``calls`` to the systems per operation."""

    operations: float
    cpu: float
    p50: float
    p99: float
    memory: float
    calls: float


Results = Mapping[str, Mapping[str, Figures]]
"""By workload and subject."""


@dataclass(frozen=True)
class Systems:
    services: str
    database: Database

    def counts(self) -> dict[str, int]:
        """Calls so far, by system."""
        with urlopen(f"{self.services}/counts") as answer:
            counted: dict[str, int] = orjson.loads(answer.read())
        return {**counted, "sql": self.database.count()}


class Bench:
    """``seconds`` of each measurement, of ``rounds`` rounds."""

    def __init__(
        self, systems: Systems, subjects: Sequence[Subject], folder: Path, rounds: int, seconds: float
    ) -> None:
        self.systems = systems
        self.subjects = subjects
        self.folder = folder
        self.rounds = rounds
        self.seconds = seconds
        self.processes: dict[str, Process] = {}

    async def run(self, ports: Sequence[int], workloads: Sequence[str], tell: Callable[[str], None]) -> Results:
        """The medians of the rounds."""
        results: dict[str, dict[str, Figures]] = {}
        with ExitStack() as stack:
            for subject, port in zip(self.subjects, ports, strict=True):
                environ = {"SERVICES_URL": self.systems.services, "SQL_URL": self.systems.database.url}
                log = self.folder / f"{subject.name}.log"
                started = running(subject.command(port), port, SUBJECT_CORE, {**environ, **subject.environ}, log)
                self.processes[subject.name] = stack.enter_context(started)
            for workload in WORKLOADS:
                if workload.name in workloads:
                    tell(f"{workload.name}: {workload.title}")
                    results[workload.name] = await self._workload(workload)
        return results

    async def _workload(self, workload: Workload) -> dict[str, Figures]:
        subjects = [subject for subject in self.subjects if workload.name in subject.workloads]
        crowds = {
            subject: await Crowd.connect(self.processes[subject.name].port, workload.requests()) for subject in subjects
        }
        await self._compare(workload, crowds)
        measured: dict[Subject, list[Figures]] = defaultdict(list)
        for number in range(self.rounds):
            first = number % len(subjects)
            for subject in subjects[first:] + subjects[:first]:
                measured[subject].append(await self._measure(workload, subject, crowds[subject]))
        for crowd in crowds.values():
            crowd.close()
        return {subject.name: middle(figures) for subject, figures in measured.items()}

    async def _compare(self, workload: Workload, crowds: Mapping[Subject, Crowd]) -> None:
        """Everybody gives the same answers; and is warm afterwards."""
        expected: list[object] | None = None
        for subject, crowd in crowds.items():
            found = [orjson.loads(answer) for answer in await crowd.answers()]
            expected = expected or found
            for one, other in zip(expected, found, strict=True):
                assert one == other, (
                    f"{workload.name}: {subject.name} answers\n{other!s:.3000}\n, and not\n{one!s:.3000}"
                )

    async def _measure(self, workload: Workload, subject: Subject, crowd: Crowd) -> Figures:
        process = self.processes[subject.name]
        await asyncio.sleep(0.1)  # for what the others leave behind
        calls, cpu = self.systems.counts(), process.cpu
        load = await crowd.load(self.seconds, operations=len(crowd.connections))
        cpu = process.cpu - cpu
        count = len(load.latencies)
        made = {system: number - calls[system] for system, number in self.systems.counts().items()}
        wanted = {} if subject.kept else workload.calls
        for system, number in made.items():
            expected = wanted.get(system, 0) * count
            assert number == expected, (
                f"{workload.name}: {subject.name} made {number} calls to {system}, not {expected}"
            )
        return Figures(
            operations=count / load.seconds,
            cpu=cpu * 1e3 / count,
            p50=load.percentile(0.5) * 1e3,
            p99=load.percentile(0.99) * 1e3,
            memory=process.memory,
            calls=sum(made.values()) / count,
        )


def middle(figures: Sequence[Figures]) -> Figures:
    return Figures(*(median(values) for values in zip(*(vars(each).values() for each in figures), strict=True)))
