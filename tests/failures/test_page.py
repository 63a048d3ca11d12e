"""The page in ``docs`` is the table that was tested."""

from __future__ import annotations

from pathlib import Path

from adapters.spi import SourceError
from tests.failures.page import ERRORS, page
from tests.failures.table import FAILURES, KINDS, Cell

PAGE = Path(__file__).parents[2] / "docs" / "failures.md"


def test_the_page_is_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == page(), "run: python -m tests.failures > docs/failures.md"


def test_every_failure_has_a_cell_for_every_kind() -> None:
    assert all(set(failure.cells) == set(KINDS) for failure in FAILURES)
    assert len({failure.name for failure in FAILURES}) == len(FAILURES)


def test_every_code_that_a_client_may_get_is_explained() -> None:
    cells = [cell for failure in FAILURES for cell in failure.cells.values() if isinstance(cell, Cell)]
    assert {cell.error for cell in cells if cell.error} == set(ERRORS)
    assert all(issubclass(error, SourceError) for error in ERRORS)
