"""The ``examples:`` of a registration: what becomes of a recorded reply, against what was expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.batching import Batched
from adapters.exchanges import between
from adapters.problems import nearest
from adapters.registration import Example
from adapters.spi import Adapter, SourceError
from adapters.types import Types
from gateway.config.load import RegisteredSource
from gateway.config.problems import Path, Problem
from gateway.trials.asking import Answer, Asked, of_example
from gateway.trials.replay import Replay
from gateway.trials.reply_files import Recorded, read


def recorded(source: RegisteredSource, example: Example) -> list[Recorded]:
    """Raises ``CommandFailure`` where a file cannot be read."""
    return [read(file, source.kind.name) for file in example.reply]


async def replayed(
    source: RegisteredSource, types: Types, asked: Asked, replies: Sequence[Recorded]
) -> tuple[Answer, Replay]:
    """What the registration makes of the replies. Nothing is called. Raises a ``SourceError``."""
    adapter = source.kind.build(source.registration, types)  # a new one: none is logged in yet
    replay = Replay(adapter.source, replies)
    try:
        with between(replay):
            return await asked.of(Batched(adapter)), replay
    finally:
        await adapter.aclose()


async def problems(source: RegisteredSource, adapter: Adapter, types: Types, index: int) -> list[Problem]:
    """What is not as the example expects it. ``adapter`` only tells what there is."""
    example = source.registration.examples[index]
    place: Path = ("examples", index)
    asked = of_example(example)
    name, offered = f"{asked.entity}.{asked.name}", asked.offered(adapter)
    if name not in offered:
        wanted = f"a {asked.kind} of {adapter.source}: {', '.join(sorted(offered))}"
        return [source.file.problem((*place, asked.kind), wanted, name, nearest(name, offered))]
    if example.lookup is not None and len(example.lookup[name]) != len(example.expect):
        found = f"{len(example.expect)} for {len(example.lookup[name])} keys"
        return [source.file.problem((*place, "expect"), "one record, list or null for each key", found)]
    try:
        answer, replay = await replayed(source, types, asked, recorded(source, example))
    except SourceError as error:
        return [source.file.problem(place, "records", f"{error.code}: {error.detail or error.message}")]
    wrong = [
        source.file.problem(at, spelled(expected), spelled(value), "")
        for at, expected, value in differences(example.expect, answer.become(), (*place, "expect"))
    ]
    unread = {f"{bad.coordinate}: cannot read {bad.value!r} as {bad.expected}" for bad in replay.bad}
    return [*wrong, *(source.file.problem(place, "values that can be read", each) for each in sorted(unread) if wrong)]


def differences(expected: Any, found: Any, at: Path) -> Iterator[tuple[Path, Any, Any]]:
    """Where ``found`` is not what is expected; fields that ``expected`` does not name may be anything."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name, value in expected.items():
            yield from differences(value, found.get(name), (*at, str(name)))
    elif isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        for index, (one, other) in enumerate(zip(expected, found, strict=True)):
            yield from differences(one, other, (*at, index))
    elif not same(expected, found):
        yield at, expected, found


def same(expected: Any, found: Any) -> bool:
    """YAML has numbers where the graph has a decimal's text."""
    if expected == found and isinstance(expected, bool) == isinstance(found, bool):
        return True
    if isinstance(expected, int | float) and not isinstance(expected, bool) and isinstance(found, str):
        try:
            return Decimal(str(expected)) == Decimal(found)
        except InvalidOperation:
            return False
    return isinstance(found, str) and not isinstance(expected, str | bool | None) and str(expected) == found


def spelled(value: Any) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    return "nothing" if value is None else repr(value)
