"""The tables of ``docs/values.md``: every converter is in it, and does what it says."""

from __future__ import annotations

import ast
import re
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from adapters.converters import CONVERTERS, converter

PAGE = Path(__file__).parents[2] / "docs" / "values.md"
ROWS = re.findall(
    r"^\| `([^`]+)` \| `(.+)` \| `(.+)` \|$", PAGE.read_text("utf-8").partition("## Codes")[0], re.MULTILINE
)


@pytest.mark.parametrize(("call", "raw", "shown"), ROWS)
def test_converters_do_what_the_page_says(call: str, raw: str, shown: str) -> None:
    found = converter(call, ZoneInfo("Europe/Berlin")).convert(ast.literal_eval(raw))
    assert (found.isoformat() if isinstance(found, date) else str(found)) == shown


def test_the_page_has_every_converter() -> None:
    assert {call.partition("(")[0] for call, _, _ in ROWS} == set(CONVERTERS)
