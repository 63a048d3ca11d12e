"""Commands whose output is piped into programs that do not read all of it."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from gateway.cli import NOBODY_READS
from tests.commands.processes import CROSSDOCK, ROOT


@pytest.mark.parametrize(
    ("command", "reader"),
    [
        ("reference", "head -n 1"),  # more than a pipe holds
        ("check", "true"),
        ("schema --declared", "true"),
        ("--help", "true"),
        ("check --config nowhere 2>&1", "true"),
    ],
)
def test_a_reader_that_has_gone_ends_a_command_quietly(command: str, reader: str, shop: Path) -> None:
    """``true`` is gone before anything is written."""
    line = f"{{ {shlex.join(CROSSDOCK)} {command}; echo status $? >&2; }} | {reader}"
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": ""}
    done = subprocess.run(
        ["sh", "-c", line], cwd=shop, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == f"status {NOBODY_READS}\n"
