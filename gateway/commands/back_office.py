"""The demo back office of a checkout: its systems as processes on free loopback ports, its databases as files."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from gateway.commands.failure import CommandFailure

ADDRESSES = {
    "pim": ("PIM_URL", ""),
    "pricing": ("PRICING_URL", ""),
    "loyalty": ("LOYALTY_URL", ""),
    "crm": ("CRM_URL", "/crm"),
    "erp": ("ERP_URL", "/erp"),
    "dam": ("DAM_URL", ""),
}
"""Served systems: the variable that tells where one is, and its path."""

DATABASES = {"wms": "WMS_URL", "oms": "OMS_URL", "pos": "POS_URL", "crosswalk": "CROSSWALK_URL"}
SYSTEMS = (*ADDRESSES, *DATABASES)

CREDENTIALS = {
    "LOYALTY_KEY": "demo-loyalty-key",
    "CRM_USER": "crossdock",
    "CRM_PASSWORD": "dock",
    "ERP_USER": "crossdock",
    "ERP_PASSWORD": "dock",
}

MAKE_DATABASES = """\
from pathlib import Path
from examples.backoffice.estate import databases
from examples.backoffice.world import World
made = databases(Path(".demo"), World())
print(made.wms, made.oms, made.pos, made.crosswalk, sep="\\n")
"""

PATIENCE = 60.0
"""Seconds in which everything must have started."""


class BackOffice:
    """What it starts, it ends: use it in a ``with`` statement. Its systems end with this process, even if it is killed.

    ``environment`` has the variables of ``examples/retail``, of systems that are ``down`` too: an address where nobody
    listens, a database that is not there. ``stopped`` is asked while it waits; where it says so, the start ends with
    ``KeyboardInterrupt``. What the systems print is in ``logs``, a folder of ``.demo`` that goes with them unless one
    of them did not start.
    """

    def __init__(
        self, checkout: Path, latency: float, down: Collection[str], stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self.checkout = checkout
        self.folder = checkout / ".demo"
        self.logs = self.folder
        self.latency = latency
        self.down = down
        self.stopped = stopped
        self.environment = dict(CREDENTIALS)
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.input = self.lifeline = -1
        """Both ends of what the processes have as input: it ends with us."""
        self.deadline = time.monotonic() + PATIENCE

    def __enter__(self) -> BackOffice:
        self.folder.mkdir(exist_ok=True)
        self.input, self.lifeline = os.pipe()
        self.logs = Path(mkdtemp(prefix="logs-", dir=self.folder))  # another may be started in the same checkout
        try:
            ports = self.start_served()
            self.make_databases()
            for system, port in ports.items():
                self.wait(system, partial(answers, port))
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        rmtree(self.logs)

    def start_served(self) -> dict[str, int]:
        """The ports of the started ones."""
        ports = dict(zip(ADDRESSES, free_ports(len(ADDRESSES)), strict=True))
        for system, (variable, path) in ADDRESSES.items():
            self.environment[variable] = f"http://127.0.0.1:{ports[system]}{path}"
            if system not in self.down:
                options = ("--port", str(ports[system]), "--latency", str(self.latency), "--attended")
                self.start(system, "-m", "examples.backoffice", system, *options)
        return {system: ports[system] for system in self.processes}

    def make_databases(self) -> None:
        """In a process of their own, which is gone with all it needed when they are made."""
        self.start("databases", "-c", MAKE_DATABASES)
        self.wait("databases", lambda: self.processes["databases"].poll() == 0)
        files = (self.logs / "databases.log").read_text().splitlines()
        for system, file in zip(DATABASES, files, strict=True):
            there = self.checkout / file if system not in self.down else self.folder / "down" / file
            self.environment[DATABASES[system]] = f"sqlite:///{there}"

    def start(self, name: str, *arguments: str) -> None:
        """In a session of its own: a Ctrl-C is for us, and we end it. Its input ends with us, however that is."""
        with (self.logs / f"{name}.log").open("wb") as log:
            self.processes[name] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.checkout,
                stdin=self.input,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait(self, name: str, ready: Callable[[], bool]) -> None:
        while True:
            status = self.processes[name].poll()
            if ready():
                return
            if self.stopped():
                raise KeyboardInterrupt
            if status is not None:
                raise CommandFailure(f"expected {name} to start, found status {status}; see {self.logs}/{name}.log")
            if time.monotonic() > self.deadline:
                raise CommandFailure(f"expected {name} to start within {PATIENCE:g} s; see {self.logs}/{name}.log")
            time.sleep(0.05)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        for end in (self.input, self.lifeline):
            os.close(end)


def free_ports(count: int) -> list[int]:
    """Held all at once while they are chosen, so that no two are the same."""
    held = [socket.socket() for _ in range(count)]
    try:
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]
    finally:
        for each in held:
            each.close()


def answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
