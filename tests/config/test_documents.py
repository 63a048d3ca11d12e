"""YAML 1.2 with positions."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from gateway.config.documents import Document, read
from gateway.config.problems import Problem


def document(tmp_path: Path, text: str | bytes) -> tuple[Document | None, list[Problem]]:
    file = tmp_path / "a.yaml"
    file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    problems: list[Problem] = []
    return read(file, "a.yaml", problems), problems


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("0", 0),
        ("0x1F", 31),
        ("0o17", 15),
        ("00000000", "00000000"),
        ("0815", "0815"),
        ("1_000", "1_000"),
        ("4012345678901234567890123456789012345", "4012345678901234567890123456789012345"),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        (".inf", ".inf"),
        ("2026-11-22", "2026-11-22"),
        ("12:30:45", "12:30:45"),
        ("'12'", "12"),
        ("!!str 12", "12"),
    ],
)
def test_scalars_are_what_was_meant(tmp_path: Path, written: str, value: Any) -> None:
    read, problems = document(tmp_path, f"key: {written}\n")
    assert problems == []
    assert read is not None
    assert read.data == {"key": value}
    assert type(read.data["key"]) is type(value)


def test_keys_are_text(tmp_path: Path) -> None:
    read, _ = document(tmp_path, "{1: a, true: b, 0815: c, ~: d}")
    assert read is not None
    assert read.data == {"1": "a", "true": "b", "0815": "c", "~": "d"}


def test_an_empty_file_is_an_empty_mapping(tmp_path: Path) -> None:
    read, problems = document(tmp_path, "# nothing yet\n")
    assert (read and read.data, problems) == ({}, [])


def test_every_value_knows_its_position(tmp_path: Path) -> None:
    read, _ = document(
        tmp_path,
        """\
        entities:
          Customer: {key: number, fields: [a,
            b]}
        shared: &shared
          deep: 1
        again: *shared
        """,
    )
    assert read is not None
    positions = {
        (): (1, 1),
        ("entities",): (1, 1),
        ("entities", "Customer"): (2, 3),
        ("entities", "Customer", "key"): (2, 14),
        ("entities", "Customer", "fields", 0): (2, 36),
        ("entities", "Customer", "fields", 1): (3, 5),
        ("again",): (6, 1),
        ("again", "deep"): (5, 3),
    }
    assert {path: read.locate(path) for path in positions} == {path: ("a.yaml", *at) for path, at in positions.items()}


def test_what_is_not_there_is_at_its_nearest_ancestor(tmp_path: Path) -> None:
    read, _ = document(tmp_path, "a:\n  - b: 1\n")
    assert read is not None
    assert read.locate(("a", 0, "b", "c", "d")) == read.locate(("a", 0, "b")) == ("a.yaml", 2, 5)
    assert read.locate(("a", 5)) == read.locate(("a",)) == ("a.yaml", 1, 1)
    assert read.problem(("a", 0, "x"), "y", "nothing").where == "a[0].x"


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a: [", ["a.yaml:1:5: expected YAML 1.2, found a mistake ("]),
        ("a: {b: ${C}}", ["a.yaml:1:9: expected YAML 1.2, found a mistake ("]),
        ("a: 1\n\tb: 2", ["a.yaml:2:1: expected YAML 1.2"]),
        ("a: 1\n---\nb: 2", ["a.yaml:2:1: expected YAML 1.2"]),
        ("a: *nowhere", ["a.yaml:1:4: expected YAML 1.2"]),
        ("a: ok\nb: \x01", ["a.yaml:2:4: expected printable text, found a control character (0x01)"]),
        (b"a: \xff", ["a.yaml:1:1: expected text in UTF-8, found byte 0xff"]),
    ],
)
def test_what_cannot_be_read_is_one_located_problem(tmp_path: Path, text: str | bytes, lines: list[str]) -> None:
    read, problems = document(tmp_path, text)
    assert read is None
    assert [str(problem)[: len(line)] for problem, line in zip(problems, lines, strict=True)] == lines


def test_braces_without_quotes_get_a_hint(tmp_path: Path) -> None:
    _, [problem] = document(tmp_path, "a: {b: ${C}}")
    assert problem.hint == "inside braces, put texts with ${…} in quotes"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    problems: list[Problem] = []
    assert read(tmp_path / "none.yaml", "none.yaml", problems) is None
    assert list(map(str, problems)) == [
        "none.yaml:1:1: expected a file that can be read, found No such file or directory"
    ]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2\n", "a.yaml:4:3 b.c: expected each key once, found a second one, after line 3"),
        ("a: !!binary aGk=", "a.yaml:1:1 a: expected plain YAML, found the tag binary"),
        ("a: !secret x", "a.yaml:1:1 a: expected plain YAML, found the tag !secret"),
        ("? [a]\n: 1\n", "a.yaml:1:3: expected a key that is a word, found a list or a mapping"),
        ("a: &a [*a]", "a.yaml:1:4 a[0]: expected a value that ends, found an alias of what contains it"),
    ],
)
def test_mistakes_beside_the_syntax_leave_the_rest_readable(tmp_path: Path, text: str, line: str) -> None:
    read, problems = document(tmp_path, text)
    assert read is not None
    assert [str(problem)[: len(line)] for problem in problems] == [line]


def test_a_folded_text_is_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "folded.yaml"
    file.write_text("a: >-\n  one\n  two\n\n  three\nb: |\n  one\n  two\n")
    problems: list[Problem] = []
    document = read(file, "folded.yaml", problems)
    assert document is not None and not problems
    assert document.data == {"a": "one two\nthree", "b": "one\ntwo\n"}
