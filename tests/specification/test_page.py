"""The table in ``docs/specification.md`` names every file of this room, and none that is not there."""

from __future__ import annotations

import re
from pathlib import Path

HERE = Path(__file__).parent
PAGE = HERE.parent.parent / "docs" / "specification.md"


def test_the_table_names_the_tests() -> None:
    rows = [line.split("|")[2] for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = set(re.findall(r"`(test_\w+)`", " ".join(rows)))
    assert named == {file.stem for file in HERE.glob("test_*.py")} - {Path(__file__).stem}
