"""Which test proves which row: the marks ``@pytest.mark.quirk("S3")``, read from the source of the tests."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

TESTS = Path(__file__).parents[1]


class Proof(NamedTuple):
    """``file`` is relative to ``tests``."""

    row: str
    file: str
    test: str


class Misplaced(ValueError):
    """A mark where no one test can be told from."""


def proofs(folder: Path = TESTS) -> list[Proof]:
    """Every mark of every test, of single cases of a parametrised one too. Raises ``Misplaced``."""
    return [proof for file in sorted(folder.rglob("test_*.py")) for proof in of_file(file, folder)]


def of_file(file: Path, folder: Path) -> Iterator[Proof]:
    text = file.read_text("utf-8")
    if "mark.quirk" not in text:
        return
    name = file.relative_to(folder).as_posix()
    tree = ast.parse(text)
    placed: set[ast.Call] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for decorator in node.decorator_list:
                for mark in marks(decorator):
                    placed.add(mark)
                    yield from (Proof(row, name, node.name) for row in named(mark, name))
    for mark in marks(tree):
        if mark not in placed:
            raise Misplaced(f"tests/{name}:{mark.lineno}: expected the mark quirk among the decorators of a test")


def marks(tree: ast.AST) -> Iterator[ast.Call]:
    """The calls of ``pytest.mark.quirk``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.quirk":
            yield node


def named(mark: ast.Call, file: str) -> Iterator[str]:
    for argument in mark.args:
        if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
            raise Misplaced(f"tests/{file}:{mark.lineno}: expected rows as texts, such as quirk('S3', 'S4')")
        yield argument.value
