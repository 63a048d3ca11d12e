"""``python -m tests.bench.growth``: CPU per operation against records in the answer, and against registered sources.

Writes ``docs/bench/growth.json``, ``growth-records.svg`` and ``growth-sources.svg``; takes some 3 minutes.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

import orjson
import uvloop

from gateway.commands.back_office import free_ports
from tests.bench.__main__ import DOCS, systems
from tests.bench.data import sku
from tests.bench.load import Crowd
from tests.bench.measure import Systems
from tests.bench.plot import Lines
from tests.bench.process import LOAD_CORE, SUBJECT_CORE, Process, running
from tests.bench.report import rounded
from tests.bench.subjects import CROSSDOCK, REGISTRATION, STRONG, Subject, crossdock
from tests.bench.workloads import TEN, WORKLOADS

RECORDS = (1, 10, 100, 1000, 10_000)
SOURCES = (5, 20, 50, 100, 200)
LANES = 4
ROUNDS = 3
SECONDS = 1.0

QUERY = f"query Many($skus: [String!]!) {{ variants(skus: $skus) {{ {TEN} }} }}"
SETTINGS = """\
defaults: {channel: WEB, currency: EUR, country: DE, locale: en}
routes: {Variant: pim}
limits: {keys: 10000, deadline: 60s}
"""
ANOTHER = """\
source: erp-{number}
role: ERP
kind: rest
url: ${{SERVICES_URL}}/erp-{number}
entities:
  Variant:
    key: sku
    fields:
      sku: sku
      name: title
      salesUnit: unit
      taxClass: tax
      options: {{each: opts, fields: {{code: c, label: l, value: v}}}}
    lookup:
      sku: {{post: /variants, body: {{skus: $keys}}, rows: items}}
"""


def registration(folder: Path, sources: int = 5) -> Path:
    """The bench's five systems and so many others that nobody asks, as large as its largest."""
    made = folder / f"registration-{sources}"
    shutil.copytree(REGISTRATION, made, dirs_exist_ok=True)
    (made / "gateway.yaml").write_text(SETTINGS)
    for number in range(5, sources):
        (made / "sources" / f"erp-{number}.yaml").write_text(ANOTHER.format(number=number))
    return made


def bodies(count: int) -> list[list[bytes]]:
    """For each lane, other records as far as there are some."""
    asked = [[sku(lane * count + each) for each in range(count)] for lane in range(LANES)]
    return [[orjson.dumps({"query": QUERY, "variables": {"skus": skus}})] for skus in asked]


class Growth:
    def __init__(self, found: Systems, folder: Path) -> None:
        self.systems = found
        self.folder = folder

    @contextmanager
    def subject(self, subject: Subject, sources: int = 5) -> Iterator[Process]:
        (port,) = free_ports(1)
        command = subject.command(port)
        if subject is CROSSDOCK:
            command = crossdock(port, registration(self.folder, sources))
        environ = {"SERVICES_URL": self.systems.services, "SQL_URL": self.systems.database.url, **subject.environ}
        with running(command, port, SUBJECT_CORE, environ, self.folder / f"{subject.name}.log") as process:
            yield process

    async def cpu(self, process: Process, asked: Sequence[Sequence[bytes]]) -> float:
        """Milliseconds per operation, the middle of the rounds."""
        crowd = await Crowd.connect(process.port, asked)
        await crowd.answers()
        found = []
        for _ in range(ROUNDS):
            before = process.cpu
            load = await crowd.load(SECONDS, LANES)
            found.append((process.cpu - before) * 1e3 / len(load.latencies))
        crowd.close()
        return median(found)

    async def records(self) -> dict[str, list[tuple[int, float]]]:
        """Records in the answer, and what they cost, for each subject."""
        found: dict[str, list[tuple[int, float]]] = {}
        for subject in (CROSSDOCK, STRONG):
            with self.subject(subject) as process:
                found[subject.title] = [(count, await self.cpu(process, bodies(count))) for count in RECORDS]
            print(f"{subject.title}: {found[subject.title]}", flush=True)
        return found

    async def sources(self) -> list[dict[str, float]]:
        """Registered sources, and what one operation over three of them costs."""
        workload = next(workload for workload in WORKLOADS if workload.name == "W1")
        found = []
        for count in SOURCES:
            with self.subject(CROSSDOCK, count) as process:
                cpu = await self.cpu(process, workload.requests()[:LANES])
                found.append({"sources": count, "cpu": cpu, "start": process.started, "memory": process.memory})
            print(found[-1], flush=True)
        return found


def write(records: dict[str, list[tuple[int, float]]], sources: list[dict[str, float]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    told = rounded({"records": records, "sources": sources})
    (folder / "growth.json").write_bytes(orjson.dumps(told, option=orjson.OPT_INDENT_2) + b"\n")
    by_records = Lines("CPU per operation, milliseconds", "records in the answer")
    for name, line in records.items():
        by_records.line(name, line)
    (folder / "growth-records.svg").write_text(by_records.svg(), "utf-8")
    by_sources = Lines("CPU per operation (ms), start (s) and memory (MB)", "registered sources")
    for title, name in (("CPU ms", "cpu"), ("start s", "start"), ("memory MB", "memory")):
        by_sources.line(title, [(each["sources"], each[name]) for each in sources])
    (folder / "growth-sources.svg").write_text(by_sources.svg(), "utf-8")


async def run(found: Systems, folder: Path) -> None:
    growth = Growth(found, folder)
    write(await growth.records(), await growth.sources(), DOCS)


def main() -> None:
    os.sched_setaffinity(0, {LOAD_CORE})
    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    with TemporaryDirectory() as name, systems(Path(name)) as found, runner:
        runner.run(run(found, Path(name)))


if __name__ == "__main__":
    main()
