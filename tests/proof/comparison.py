"""Whether two answers are the same, as far as the specification says what an answer is.

``data`` must be the same text. An error counts by its path and code; of errors at or below a position that was nulled,
one is enough, and which of several competing ones it is may differ (specification, "Handling Execution Errors").
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Path = tuple[str | int, ...]
Codes = frozenset[str]


@dataclass(frozen=True, slots=True)
class Answered:
    """``errors``: path and the codes that are right there."""

    data: Any
    errors: Sequence[tuple[Path, Codes]]


def differences(true: Answered, engine: Answered) -> list[str]:
    """What is not the same, line by line."""
    return [*_data(true.data, engine.data, ()), *_order(true, engine), *_errors(true, engine)]


def _data(true: Any, engine: Any, at: Path) -> Iterator[str]:
    if isinstance(true, Mapping) and isinstance(engine, Mapping) and true.keys() == engine.keys():
        for name in true:
            yield from _data(true[name], engine[name], (*at, name))
    elif isinstance(true, list) and isinstance(engine, list) and len(true) == len(engine):
        for index, item in enumerate(true):
            yield from _data(item, engine[index], (*at, index))
    elif json.dumps(true) != json.dumps(engine):
        yield f"{dotted(at)}: true {json.dumps(true)}, engine {json.dumps(engine)}"


def _order(true: Answered, engine: Answered) -> Iterator[str]:
    if true.data == engine.data and json.dumps(true.data) != json.dumps(engine.data):
        yield f"the order of fields: true {json.dumps(true.data)}, engine {json.dumps(engine.data)}"


def _errors(true: Answered, engine: Answered) -> Iterator[str]:
    if true.data != engine.data:
        return
    right, found = _by_null(true), _by_null(engine)
    paths = [path for path, _ in engine.errors]
    for path in {path for path in paths if paths.count(path) > 1}:
        yield f"{dotted(path)}: several errors of the engine at one position"
    for null in sorted({*right, *found}, key=str):
        if null is None:
            yield f"errors at values that are there: true {_told(right.get(None))}, engine {_told(found.get(None))}"
        elif not _compatible(null, right.get(null, {}), found.get(null, {})):
            yield f"errors of {dotted(null)}: true {_told(right.get(null))}, engine {_told(found.get(null))}"


def _bynull_of(answered: Answered) -> dict[Path | None, dict[Path, Codes]]:
    """The errors by the null in the data that they are at or above which they led; under ``None`` those of no null."""
    grouped: dict[Path | None, dict[Path, Codes]] = {}
    for path, codes in answered.errors:
        grouped.setdefault(null_of(answered.data, path), {})[path] = codes
    return grouped


def null_of(data: Any, path: Path) -> Path | None:
    for place, step in enumerate(path):
        if data is None:
            return path[:place]
        data = data[step]
    return path if data is None else None


def _compatible(null: Path, right: Mapping[Path, Codes], found: Mapping[Path, Codes]) -> bool:
    if not right or not found:
        return False
    if null in right:
        return bool(right[null] & found.get(null, frozenset()))
    return null not in found and any(
        right[path] & found[path] if path in right else True for path in found
    )


def _told(errors: Mapping[Path, Codes] | None) -> str:
    told = [f"{dotted(path)} {'|'.join(sorted(codes))}" for path, codes in (errors or {}).items()]
    return ", ".join(told) or "none"


def dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "the root"
