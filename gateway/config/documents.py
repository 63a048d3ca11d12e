"""YAML 1.2 files as trees in which every value knows where it stands.

Keys are always text. A numeral with leading zeros (``00000000``) is text too: it is a code, not a number. So is a
date, and ``NO`` and ``yes`` as YAML 1.2 has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as YamlNode
from ruamel.yaml.reader import ReaderError

from gateway.config.problems import Path, Position, Problem, at

Scalar = str | int | float | bool | None
TAG = "tag:yaml.org,2002:"
SCALAR_KINDS = frozenset(("str", "null", "bool", "int", "float", "timestamp", "merge"))


@dataclass(frozen=True, slots=True)
class Node:
    """A value and its position: of its key in a mapping, of itself in a list.

    ``written`` is the text before variables were put in; messages show it instead of the value.
    """

    position: Position
    value: dict[str, Node] | list[Node] | Scalar = field(repr=False)
    written: str | None = None

    def child(self, step: str | int) -> Node | None:
        if isinstance(self.value, dict) and isinstance(step, str):
            return self.value.get(step)
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None

    @property
    def plain(self) -> Any:
        """Only the values: dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: child.plain for key, child in self.value.items()}
        if isinstance(self.value, list):
            return [child.plain for child in self.value]
        return self.value


@dataclass(frozen=True, slots=True)
class Document:
    """One configuration file. ``name`` is how messages call it, relative to the configuration folder."""

    name: str
    folder: FilePath
    root: Node = field(repr=False)

    @property
    def data(self) -> Any:
        return self.root.plain

    def node(self, path: Path) -> Node:
        """What stands at ``path``, or at its nearest ancestor that is there."""
        node = self.root
        for step in path:
            child = node.child(step)
            if child is None:
                break
            node = child
        return node

    def locate(self, path: Path) -> Position:
        """The position of ``path``, or of its nearest ancestor; with an overlay it may be in that file."""
        return self.node(path).position

    def problem(self, path: Path, expected: str, found: str, hint: str = "") -> Problem:
        return at(self.locate(path), path, expected, found, hint)


def read(file: FilePath, name: str, problems: list[Problem]) -> Document | None:
    """The file's document; ``None`` and a problem where it cannot be read. An empty file is an empty mapping."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(at(Position(name), (), "a file that can be read", error.strerror or type(error).__name__))
        return None
    except UnicodeDecodeError as error:
        problems.append(at(Position(name), (), "text in UTF-8", f"byte 0x{error.object[error.start]:02x}"))
        return None
    try:
        node = YAML(typ="safe", pure=True).compose(text)  # the default loader marks the folds of `>` texts
    except YAMLError as error:
        problems.append(syntax_problem(error, name, text))
        return None
    root = Builder(name, problems).node(node, (), Position(name)) if node else Node(Position(name), {})
    return Document(name, file.parent, root)


def syntax_problem(error: YAMLError, name: str, text: str) -> Problem:
    if isinstance(error, MarkedYAMLError) and error.problem_mark is not None:
        position = Position(name, error.problem_mark.line + 1, error.problem_mark.column + 1)
        return at(position, (), "YAML 1.2", f"a mistake ({error.problem})", syntax_hint(error, text))
    if isinstance(error, ReaderError):
        before = text[: error.position]
        position = Position(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return at(position, (), "printable text", f"a control character (0x{ord(text[error.position]):02x})")
    return at(Position(name), (), "YAML 1.2", f"a mistake ({type(error).__name__})")


def syntax_hint(error: MarkedYAMLError, text: str) -> str:
    """What to do about braces: a variable without quotes ends them, and the end of the file does not."""
    if error.context_mark is None or "flow" not in (error.context or ""):
        return ""
    line = error.context_mark.line
    if "${" in text.splitlines()[line]:
        return "inside braces, put texts with ${…} in quotes"
    return f"it began in line {line + 1}"


class Builder(NamedTuple):
    """Makes our nodes of ruamel's: finds duplicate keys, unknown tags and aliases that contain themselves."""

    name: str
    problems: list[Problem]

    def node(self, node: YamlNode, path: Path, position: Position, within: tuple[YamlNode, ...] = ()) -> Node:
        if any(node is outer for outer in within):
            self.problems.append(at(position, path, "a value that ends", "an alias of what contains it"))
            return Node(position, None)
        within = (*within, node)
        if isinstance(node, MappingNode):
            return Node(position, dict(self.entries(node, path, within)))
        if isinstance(node, SequenceNode):
            items = enumerate(node.value)
            return Node(position, [self.node(item, (*path, i), self.position(item), within) for i, item in items])
        return Node(position, self.scalar(node, path, position))

    def entries(self, node: MappingNode, path: Path, within: tuple[YamlNode, ...]) -> Iterator[tuple[str, Node]]:
        first: dict[str, int] = {}
        for key, value in node.value:
            position = self.position(key)
            if not isinstance(key, ScalarNode):
                self.problems.append(at(position, path, "a key that is a word", "a list or a mapping"))
            elif key.value in first:
                found = f"a second one, after line {first[key.value]}"
                self.problems.append(at(position, (*path, key.value), "each key once", found, "remove one of the two"))
            else:
                first[key.value] = position.line
                yield key.value, self.node(value, (*path, key.value), position, within)

    def scalar(self, node: YamlNode, path: Path, position: Position) -> Scalar:
        kind = str(node.tag).removeprefix(TAG)
        if kind not in SCALAR_KINDS:
            self.problems.append(at(position, path, "plain YAML", f"the tag {kind}", "remove the tag"))
            return None
        return scalar(kind, node.value)

    def position(self, node: YamlNode) -> Position:
        return Position(self.name, node.start_mark.line + 1, node.start_mark.column + 1)


def scalar(kind: str, text: str) -> Scalar:
    """The value of a plain scalar. What no rule takes stays the text that was written."""
    if kind == "null":
        return None
    if kind == "bool" and text.lower() in ("true", "false"):
        return text.lower() == "true"
    if kind == "int" and re.fullmatch(r"[-+]?(0|[1-9][0-9]{0,30}|0x[0-9a-fA-F]{1,16}|0o[0-7]{1,21})", text):
        return int(text, 0)
    if kind == "float" and re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", text):
        return float(text)
    return text
