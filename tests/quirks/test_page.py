"""The page in ``docs`` is what the tests prove."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from adapters.converters import CONVERTERS
from tests.quirks.marks import Misplaced, Proof, proofs
from tests.quirks.page import page
from tests.quirks.rows import LATER, Row, rows

DOCS = Path(__file__).parents[2] / "docs"
PAGE = DOCS / "quirks.md"
REFERENCE = (DOCS / "configuration.md").read_text("utf-8")
VALUES = {"html", "json", "null"}
"""Of `decode` and `arguments`, named beside them."""


def test_the_page_is_what_the_tests_prove() -> None:
    assert PAGE.read_text("utf-8") == page(rows(), proofs()), "run: python -m tests.quirks > docs/quirks.md"


def test_every_mark_names_a_row() -> None:
    known = {row.row for row in rows()}
    assert len(known) == len(rows())
    assert [proof for proof in proofs() if proof.row not in known] == []


def test_no_setting_without_a_test() -> None:
    proved = {proof.row for proof in proofs()}
    assert [row.row for row in rows() if row.setting and row.row not in proved] == []


def test_what_is_required_has_a_test() -> None:
    proved = {proof.row for proof in proofs()}
    assert {row.row for row in rows() if row.required and row.row not in proved} <= LATER


def test_settings_are_words_of_the_configuration() -> None:
    """The first word of each, of converters the name."""
    for row in rows():
        for text in re.findall(r"`([^`]+)`", row.setting):
            word = re.match(r"as: (\w+)|(\w+)(?=: |:?$)", text)
            if word and word[1]:
                assert word[1] in CONVERTERS, f"{row.row}: {text}"
            elif word and word[2]:
                assert f"| `{word[2]}` |" in REFERENCE or word[2] in VALUES, f"{row.row}: {text}"


def test_marks_are_found_where_they_may_stand(tmp_path: Path) -> None:
    (tmp_path / "test_some.py").write_text(
        "import pytest\n"
        '@pytest.mark.quirk("S1", "S2")\n'
        "def test_one(): ...\n"
        "@pytest.mark.parametrize('given', [pytest.param(1, marks=pytest.mark.quirk('S3'))])\n"
        "async def test_two(given): ...\n"
    )
    assert proofs(tmp_path) == [
        Proof("S1", "test_some.py", "test_one"),
        Proof("S2", "test_some.py", "test_one"),
        Proof("S3", "test_some.py", "test_two"),
    ]


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("pytestmark = pytest.mark.quirk('S1')\n", r"^tests/test_some\.py:1: expected the mark quirk among the"),
        ("@pytest.mark.quirk(ROW)\ndef test_one(): ...\n", r"^tests/test_some\.py:1: expected rows as texts"),
    ],
)
def test_a_mark_that_tells_of_no_test_is_refused(tmp_path: Path, text: str, wrong: str) -> None:
    (tmp_path / "test_some.py").write_text(text)
    with pytest.raises(Misplaced, match=wrong):
        proofs(tmp_path)


def test_a_row_shows_its_setting_and_its_tests() -> None:
    shown = page(
        [Row("S1", "Odd", "`<x/>`", "`style:`", required=True), Row("S2", "Odder"), Row("Q1", "Oddest")],
        [Proof("S1", "a/test_b.py", "test_it_is_so"), Proof("S2", "a/test_b.py", "test_it_too")],
    )
    assert "Of 3 rows 2 have a test; of the 1 with a star, 1." in shown
    assert "| S1 ★ | Odd | `<x/>` | `style:` | [it is so](../tests/a/test_b.py) |" in shown
    assert "| S2 | Odder |  | always | [it too](../tests/a/test_b.py) |" in shown
    assert "| Q1 | Oddest |  | — | none |" in shown
