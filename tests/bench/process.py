"""Processes of the bench: pinned to a core, and what they have used."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from gateway.commands.back_office import answers

TICK = 1 / os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0
LOAD_CORE, SUBJECT_CORE = 1, 0


class Process:
    """One that listens on ``port``."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, started: float) -> None:
        self.port = port
        self.started = started
        self._process = process
        self._folder = Path("/proc") / str(process.pid)

    @property
    def cpu(self) -> float:
        """Seconds, of all its threads, in user and system."""
        fields = (self._folder / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * TICK

    @property
    def memory(self) -> float:
        """MB of memory that it holds now."""
        lines = (self._folder / "status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


@contextmanager
def running(command: Sequence[str], port: int, core: int, environ: Mapping[str, str], log: Path) -> Iterator[Process]:
    """Started on its core, and answering. ``started``: seconds that took. What it says is in ``log``."""
    began = time.perf_counter()
    with log.open("wb") as said:
        process = subprocess.Popen(command, env={**os.environ, **environ}, stdout=said, stderr=said)
    os.sched_setaffinity(process.pid, {core})
    try:
        while not answers(port):
            assert process.poll() is None, f"{' '.join(command)} has ended:\n{log.read_text()}"
            assert time.perf_counter() - began < PATIENCE, f"{' '.join(command)} does not answer"
            time.sleep(0.01)
        yield Process(process, port, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait(PATIENCE)
