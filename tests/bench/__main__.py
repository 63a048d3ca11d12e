"""``python -m tests.bench [--quick] [--only W1,W2] [--subjects crossdock,strong] [--rounds N] [--seconds S]``
``[--against COMMIT]``.

Takes two cores: the subject has one for itself, its systems and the load have the other.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

import uvloop

from gateway.commands.back_office import free_ports
from tests.bench.database import database
from tests.bench.earlier import earlier, since
from tests.bench.measure import Bench, Systems
from tests.bench.process import LOAD_CORE, running
from tests.bench.report import table, write
from tests.bench.subjects import SUBJECTS
from tests.bench.workloads import WORKLOADS

QUICK = Path("build/bench")
DOCS = Path("docs/bench")


def arguments() -> Namespace:
    parser = ArgumentParser("python -m tests.bench", description="CPU per operation, beside the strong base.")
    names = ",".join(workload.name for workload in WORKLOADS)
    subjects = ",".join(subject.name for subject in SUBJECTS)
    parser.add_argument("--quick", action="store_true", help="two short rounds, written to build/bench")
    parser.add_argument("--only", default=names, help=f"workloads; all: {names}")
    parser.add_argument("--subjects", default=subjects, help=f"strong has to be one; all: {subjects}")
    parser.add_argument("--rounds", type=int, help="default 3")
    parser.add_argument("--seconds", type=float, help="of each measurement; default 4")
    parser.add_argument("--against", metavar="COMMIT", help="crossdock as it was then is a subject too")
    return parser.parse_args()


@contextmanager
def systems(folder: Path) -> Iterator[Systems]:
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "tests.bench.services", str(port)]
    with database() as found, running(command, port, LOAD_CORE, {}, folder / "services.log"):
        yield Systems(f"http://127.0.0.1:{port}", found)


def main() -> None:
    asked = arguments()
    rounds, seconds = asked.rounds or (2 if asked.quick else 3), asked.seconds or (1.0 if asked.quick else 4.0)
    os.sched_setaffinity(0, {LOAD_CORE})
    subjects = [subject for subject in SUBJECTS if subject.name in asked.subjects.split(",")]
    before = earlier(asked.against) if asked.against else nullcontext(())
    with before as then, TemporaryDirectory() as name, systems(Path(name)) as found:
        subjects += then
        bench = Bench(found, subjects, Path(name), rounds, seconds)
        ports = free_ports(len(subjects))
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            results = runner.run(bench.run(ports, asked.only.split(","), lambda said: print(said, flush=True)))
    print("\n".join(["", *table(results), *since(results)]))
    machine = {"python": platform.python_version(), "system": platform.platform(), "rounds": rounds, "seconds": seconds}
    whole = not asked.quick and len(results) == len(WORKLOADS) and len(subjects) == len(SUBJECTS)
    write(results, machine, DOCS if whole else QUICK)


if __name__ == "__main__":
    main()
