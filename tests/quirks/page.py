"""``docs/quirks.md``, written from the rows and from the marks of the tests."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tests.quirks.marks import Proof
from tests.quirks.rows import Row

KINDS = {"S": "SOAP and WSDL", "Q": "SQL", "R": "REST and its relatives", "X": "Every kind"}

HEAD = """\
# Quirks of real systems

Written by `python -m tests.quirks > docs/quirks.md` from `tests/quirks/rows.yaml` and from the tests that are marked
with a row, `@pytest.mark.quirk("S3")`.

Each row was met in a real system, or a vendor documents it. The setting is what a registration says about it, in the
words of [configuration.md](configuration.md); where there is a test and no setting, it is handled always. A star marks
what a gateway over such systems must handle.
"""


def page(rows: Sequence[Row], proofs: Iterable[Proof]) -> str:
    """The whole page, Markdown."""
    tests: dict[str, list[Proof]] = {}
    for proof in proofs:
        tests.setdefault(proof.row, []).append(proof)
    sections = [HEAD, *handled(rows, tests)]
    for letter, title in KINDS.items():
        sections += [f"\n## {title}\n", "| | Quirk | For example | Setting | Test |", "| --- | --- | --- | --- | --- |"]
        sections += [line(row, tests.get(row.row, [])) for row in rows if row.row.startswith(letter)]
    return "\n".join(sections) + "\n"


def handled(rows: Sequence[Row], tests: dict[str, list[Proof]]) -> Iterator[str]:
    required = [row for row in rows if row.required]
    yield (
        f"Of {len(rows)} rows {sum(row.row in tests for row in rows)} have a test; "
        f"of the {len(required)} with a star, {sum(row.row in tests for row in required)}."
    )


def line(row: Row, proofs: Sequence[Proof]) -> str:
    star = " ★" if row.required else ""
    setting = row.setting or ("always" if proofs else "—")
    links = "<br>".join(link(proof) for proof in dict.fromkeys(proofs)) or "none"
    return " ".join(("|", f"{row.row}{star} |", f"{row.quirk} |", f"{row.example} |", f"{setting} |", f"{links} |"))


def link(proof: Proof) -> str:
    """A test's name is a sentence."""
    return f"[{proof.test.removeprefix('test_').replace('_', ' ')}](../tests/{proof.file})"
