"""A real MariaDB server for tests, where Debian's package ``mariadb-server-core`` is installed."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

START_SECONDS = 20.0
SYSTEM_TABLES = Path("/usr/share/mysql/mysql_system_tables.sql")


@contextmanager
def running_mariadb() -> Iterator[str]:
    """The SQLAlchemy URL of a new, empty database; its folder is gone afterwards. Skips where there is no server."""
    server = shutil.which("mariadbd", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if server is None or not SYSTEM_TABLES.exists():
        pytest.skip("MariaDB is not here; Debian has it in mariadb-server-core")
    folder = Path(tempfile.mkdtemp(prefix="crossdock-mariadb-"))
    command = [server, "--no-defaults", f"--datadir={folder / 'data'}", "--user=root", "--skip-grant-tables"]
    try:
        _create(folder, command)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        address = ["--bind-address=127.0.0.1", f"--port={port}", f"--socket={folder / 'socket'}"]
        with (folder / "log").open("ab") as log:
            process = subprocess.Popen([*command, *address, "--sql-mode=ANSI_QUOTES"], stdout=log, stderr=log)
        try:
            _wait(process, port, folder / "log")
            yield f"mariadb+pymysql://root@127.0.0.1:{port}/shop"
        finally:
            process.terminate()
            process.wait(START_SECONDS)
    finally:
        shutil.rmtree(folder)


def _create(folder: Path, command: list[str]) -> None:
    """The data folder. Procedures are kept in a table of the server's own."""
    (folder / "data").mkdir()
    statements = ["create database mysql;", "use mysql;", SYSTEM_TABLES.read_text()]
    tables = "\n".join([*statements, "create database shop character set utf8mb4;", ""])
    subprocess.run([*command, "--bootstrap"], input=tables.encode(), check=True, capture_output=True)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < end, f"MariaDB does not answer on port {port} after {START_SECONDS} s"
            time.sleep(0.02)
