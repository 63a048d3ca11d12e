"""The demo back office of a checkout: its systems as processes on free loopback ports, its databases as files."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from gateway.commands.failure import CommandFailure

ADDRESSES = {
    "pim": ("PIM_URL", ""),
    "pricing": ("PRICING_URL", ""),
    "loyalty": ("LOYALTY_URL", ""),
    "crm": ("CRM_URL", "/crm"),
    "erp": ("ERP_URL", "/erp"),
}
"""Served systems: the variable that tells where one is, and its path."""

DATABASES = {"wms": "WMS_URL", "oms": "OMS_URL"}
SYSTEMS = (*ADDRESSES, *DATABASES)
PATIENCE = 60.0
"""Seconds in which all systems must have started."""


class BackOffice:
    """What it starts, it ends: use it in a ``with`` statement.

    ``environment`` has the variables of ``examples/retail``, of systems that are ``down`` too: an address where nobody
    listens, a database that is not there.
    """

    def __init__(self, checkout: Path, latency: float, down: Collection[str]) -> None:
        self.checkout = checkout
        self.latency = latency
        self.down = down
        self.environment = {
            "LOYALTY_KEY": "demo-loyalty-key",
            "CRM_USER": "crossdock",
            "CRM_PASSWORD": "dock",
            "ERP_USER": "crossdock",
            "ERP_PASSWORD": "dock",
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> BackOffice:
        try:
            ports = self.start_served()
            self.open_databases()
            self.wait(ports)
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start_served(self) -> dict[str, int]:
        """The ports of the started ones."""
        ports = dict(zip(ADDRESSES, free_ports(len(ADDRESSES)), strict=True))
        for system, (variable, path) in ADDRESSES.items():
            self.environment[variable] = f"http://127.0.0.1:{ports[system]}{path}"
            if system not in self.down:
                self.processes[system] = self.process(system, ports[system])
        return {system: ports[system] for system in self.processes}

    def process(self, system: str, port: int) -> subprocess.Popen[bytes]:
        """In a session of its own: a Ctrl-C is for us, and we end it."""
        options = ["--port", str(port), "--latency", str(self.latency)]
        command = [sys.executable, "-m", "examples.backoffice", system, *options]
        return subprocess.Popen(command, cwd=self.checkout, stdin=subprocess.DEVNULL, start_new_session=True)

    def open_databases(self) -> None:
        from examples.backoffice.estate import databases
        from examples.backoffice.world import World

        files = databases(self.checkout / ".demo", World())
        for system, file in (("wms", files.wms), ("oms", files.oms)):
            there = file if system not in self.down else file.parent / "down" / file.name
            self.environment[DATABASES[system]] = f"sqlite:///{there}"

    def wait(self, ports: dict[str, int]) -> None:
        """Until each system takes connections."""
        deadline = time.monotonic() + PATIENCE
        for system, port in ports.items():
            while not answers(port):
                status = self.processes[system].poll()
                if status is not None:
                    raise CommandFailure(f"expected {system} to start, found it ended with status {status}")
                if time.monotonic() > deadline:
                    raise CommandFailure(f"expected {system} to start within {PATIENCE:g} s, found nobody on {port}")
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
