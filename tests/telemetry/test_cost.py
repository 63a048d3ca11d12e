"""Tracing everything costs little beside the work itself; ``python -m tests.bench.tracing`` gives the exact figures."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.retail.running import CHECKOUT

BEARABLE = 1.3
"""Twice what is measured, and more: this machine may be busy with other things."""


@pytest.mark.alone
def test_tracing_costs_little() -> None:
    command = [sys.executable, "-m", "tests.bench.tracing", "1"]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, timeout=120, check=True)
    page, small = re.findall(r"^  traced .* ([\d.]+)$", done.stdout, re.MULTILINE)
    assert float(page) < BEARABLE, done.stdout
    assert float(small) > 1
