"""Programs as people run them: in a process of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import IO

ROOT = Path(__file__).parent.parent.parent
CROSSDOCK = (sys.executable, "-m", "gateway.cli")


@dataclass
class Program:
    """``output`` has what it prints, errors too."""

    process: subprocess.Popen[str]

    @property
    def output(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def line_with(self, text: str) -> str:
        """The next line that holds ``text``, which must come."""
        seen = []
        for line in self.output:
            if text in line:
                return line.rstrip("\n")
            seen.append(line)
        raise AssertionError(f"expected a line with {text!r}, found {''.join(seen)!r}")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(20)


@contextmanager
def running(
    command: Sequence[str], folder: Path, environ: Mapping[str, str] | None = None, seconds: float = 60
) -> Iterator[Program]:
    """Ended at the end, and killed after ``seconds`` whatever it does."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **(environ or {})},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    alarm = Timer(seconds, process.kill)
    alarm.start()
    try:
        yield Program(process)
    finally:
        alarm.cancel()
        end(process)
        process.stdout.close()  # type: ignore[union-attr]


def end(process: subprocess.Popen[str]) -> None:
    """Asked first: what is killed leaves the processes that it has started."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(*arguments: str, folder: Path, environ: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """``crossdock`` with these arguments, to its end."""
    return subprocess.run(
        [*CROSSDOCK, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
