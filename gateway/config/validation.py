"""Pydantic's errors as located problems, in the words of the file.

Pydantic reports a value that fits no branch of a union once per branch, with the branch's name in the error's
location. Here the branch that was meant is found, and only what is wrong in that one is reported.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from adapters.problems import nearest
from gateway.config.documents import Document, Node
from gateway.config.problems import Path, Problem, at, dotted
from gateway.config.words import meaning_at, words_at

M = TypeVar("M", bound=BaseModel)

EXPECTED = {
    "string_type": "a text",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "list_type": "a list",
    "tuple_type": "a list",
    "path_not_file": "a file that is there",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
SECRET = re.compile(
    r"password|passphrase|secret|token|credential|private|api_?key|\bauth|^clients\..*\.key$", re.IGNORECASE
)
LONGEST = 60


def validated(model: type[M], document: Document, problems: list[Problem]) -> M | None:
    """The document as a ``model``; ``None`` and the problems where it is not one.

    The folder of the file is in the validation context as ``folder``, for paths that are relative to it.
    """
    try:
        return model.model_validate(document.data, context={"folder": document.folder})
    except ValidationError as error:
        said = {problem.place for problem in problems}  # a variable that is not set is no wrong number as well
        new = Report(model).problems(error.errors(include_url=False), 0, document.root, ())
        problems += [problem for problem in new if problem.place not in said]
        return None


class Report(NamedTuple):
    """Walks the errors' locations along the document."""

    model: type[BaseModel]

    def problems(self, errors: Sequence[ErrorDetails], depth: int, node: Node, path: Path) -> Iterator[Problem]:
        """What ``errors`` mean, whose first ``depth`` steps all lead to ``node`` at ``path``."""
        branches: dict[str | int, list[ErrorDetails]] = {}
        for step, group in by_step(errors, depth).items():
            child = node.child(step) if step is not None else None
            if step is None:
                yield from (self.problem(error, node, path) for error in group)
            elif child is not None:
                yield from self.problems(group, depth + 1, child, (*path, step))
            elif group[0]["type"] == "missing" and len(group[0]["loc"]) == depth + 1:
                yield at(node.position, path, f"the word {step}", "nothing", f"add {step}:")
            else:
                branches[step] = group
        if branches:
            yield from self.branch(branches, depth + 1, node, path)

    def branch(
        self, branches: Mapping[str | int, list[ErrorDetails]], depth: int, node: Node, path: Path
    ) -> Iterator[Problem]:
        """The union branch with the fewest errors; of several that want another type of value, all are named."""
        meant = [group for group in branches.values() if not is_other_type(group, depth)]
        if meant:
            yield from self.problems(min(meant, key=len), depth, node, path)
        else:
            wanted = dict.fromkeys(expected(group[0]) for group in branches.values())
            yield at(node.position, path, " or ".join(wanted), found(node, path))

    def problem(self, error: ErrorDetails, node: Node, path: Path) -> Problem:
        if error["type"] == "extra_forbidden":
            word = str(path[-1])
            known = sorted(words_at(self.model, path[:-1]))
            return at(node.position, path, f"one of {', '.join(known)}", word, nearest(word, known))
        if error["loc"][-1:] == ("[key]",):
            return at(node.position, path, expected(error), str(path[-1]))
        hint = ""
        if error["type"] == "literal_error":
            hint = nearest(str(node.value), re.findall(r"'([^']*)'", error["ctx"]["expected"]))
        elif error["type"] == "string_type" and isinstance(node.value, int | float):
            hint = "put it in quotes"
        elif error["type"] == "string_pattern_mismatch":
            hint = meaning_at(self.model, path)
        return at(node.position, path, expected(error), found(node, path), hint)


def by_step(errors: Sequence[ErrorDetails], depth: int) -> dict[str | int | None, list[ErrorDetails]]:
    """Errors by the next step of their location; ``None`` for those that end here."""
    groups: dict[str | int | None, list[ErrorDetails]] = {}
    for error in errors:
        groups.setdefault(error["loc"][depth] if len(error["loc"]) > depth else None, []).append(error)
    return groups


def is_other_type(group: Sequence[ErrorDetails], depth: int) -> bool:
    return all(len(error["loc"]) == depth and error["type"].endswith("_type") for error in group)


def expected(error: ErrorDetails) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind in EXPECTED:
        return EXPECTED[kind]
    if kind == "value_error":
        return str(context["error"]).removeprefix("expected ")
    if kind == "literal_error":
        return f"one of {context['expected']}".replace(" or ", ", ").replace("'", "")
    if kind == "string_pattern_mismatch":
        return f"a text that matches {context['pattern']}"
    text = re.sub(r"^\w+ should ", "", error["msg"])  # "be a valid URL", "be greater than 0", "have at least 1 item …"
    text = re.sub(r" after validation, not \d+$", "", text)
    return re.sub(r"^have", "a value with", re.sub(r"^be", "a value", re.sub(r"^be (?=an? )", "", text)))


def found(node: Node, path: Path) -> str:
    """What stands there, but never a secret: neither one put in from the environment nor one written in the file."""
    if isinstance(node.value, dict):
        return "a mapping"
    if isinstance(node.value, list):
        return "a list"
    if node.value is None:
        return "nothing"
    if SECRET.search(dotted(path)):
        return "a value that is not shown"
    if node.written is not None:
        return node.written
    text = node.value if isinstance(node.value, str) and node.value else json.dumps(node.value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
