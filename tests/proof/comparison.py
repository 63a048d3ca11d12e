"""Whether two answers are the same, as far as the specification says what an answer is.

``data`` must be the same text. An error counts by its path, code and source. Errors that compete for one null (it can
go up from several places below) may be others, as long as each is real (specification, "Handling Execution Errors").
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.proof.failure import Fault

Path = tuple[str | int, ...]
Faults = frozenset[Fault]


@dataclass(frozen=True, slots=True)
class Answered:
    """``errors``: by path, what is right there."""

    data: Any
    errors: Sequence[tuple[Path, Faults]]


def differences(true: Answered, engine: Answered, lenient: Callable[[], Answered]) -> list[str]:
    """What is not the same, line by line. ``lenient``: the truth if nulls did not go up, with all competing errors."""
    if true.data != engine.data:
        return [*_data(true.data, engine.data, ())]
    if json.dumps(true.data) != json.dumps(engine.data):
        return [f"the order of fields: true {json.dumps(true.data)}, engine {json.dumps(engine.data)}"]
    return [*_errors(true, engine, cache(lenient))]


def _data(true: Any, engine: Any, at: Path) -> Iterator[str]:
    if isinstance(true, Mapping) and isinstance(engine, Mapping) and true.keys() == engine.keys():
        for name in true:
            yield from _data(true[name], engine[name], (*at, name))
    elif isinstance(true, list) and isinstance(engine, list) and len(true) == len(engine):
        for index, item in enumerate(true):
            yield from _data(item, engine[index], (*at, index))
    elif true != engine:
        yield f"{dotted(at)}: true {json.dumps(true)}, engine {json.dumps(engine)}"


def _errors(true: Answered, engine: Answered, lenient: Callable[[], Answered]) -> Iterator[str]:
    right, found = _by_null(true), _by_null(engine)
    paths = [path for path, _ in engine.errors]
    for path in {path for path in paths if paths.count(path) > 1}:
        yield f"{dotted(path)}: several errors of the engine at one position"
    for null in sorted({*right, *found}, key=str):
        expected, got = right.get(null, {}), found.get(null, {})
        if null is None:
            yield f"errors at values that are there: true {_told(expected)}, engine {_told(got)}"
        elif not (expected and got) or (null in expected) != (null in got):
            yield f"errors of {dotted(null)}: true {_told(expected)}, engine {_told(got)}"
        for path, faults in got.items():
            if not _agree(faults, expected[path] if path in expected else _real(lenient(), path)):
                yield f"{dotted(path)}: no such error; true {_told(expected)}, engine {_told(got)}"


def _by_null(answered: Answered) -> dict[Path | None, dict[Path, Faults]]:
    """The errors by the null in the data that each led to; under ``None`` those of no null."""
    grouped: dict[Path | None, dict[Path, Faults]] = {}
    for path, faults in answered.errors:
        grouped.setdefault(null_of(answered.data, path), {})[path] = faults
    return grouped


def null_of(data: Any, path: Path) -> Path | None:
    """The position at or above an error that is null."""
    for place, step in enumerate(path):
        if data is None:
            return path[:place]
        data = data[step]
    return path if data is None else None


def _agree(faults: Faults, others: Faults) -> bool:
    return any(fault.agrees(other) for fault in faults for other in others)


def _real(lenient: Answered, path: Path) -> Faults:
    """What an error at this path may be; nothing where there is no reason for one."""
    for at, faults in lenient.errors:
        if at == path:
            return faults
    return frozenset({Fault("BAD_DATA")} if _value(lenient.data, path) is None else ())


def _value(data: Any, path: Path) -> Any:
    """The value at a path; an ellipsis where there is no such place."""
    for step in path:
        if isinstance(data, Mapping):
            data = data.get(step, ...)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        else:
            return ...
    return data


def _told(errors: Mapping[Path, Faults]) -> str:
    told = [f"{dotted(path)} {' or '.join(sorted(map(str, faults)))}" for path, faults in errors.items()]
    return ", ".join(told) or "none"


def dotted(path: Path) -> str:
    return ".".join(map(str, path)) or "the root"
