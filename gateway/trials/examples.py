"""The ``examples:`` of a registration: what becomes of a recorded reply, against what was expected of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from adapters.batching import Batched
from adapters.exchanges import between
from adapters.problems import nearest
from adapters.registration import Example
from adapters.spi import Adapter, Key, Lookup, LookupResult, Record, SourceError
from adapters.types import Types
from gateway.config.load import RegisteredSource
from gateway.config.problems import Path, Problem
from gateway.trials.replay import Replay
from gateway.trials.reply_files import Recorded, read


def recorded(source: RegisteredSource, example: Example) -> list[Recorded]:
    """Raises ``CommandFailure`` where a file cannot be read."""
    return [read(file, source.kind.name) for file in example.reply]


def asked(example: Example) -> tuple[str, str, list[Key]]:
    """Entity, lookup and keys."""
    ((name, keys),) = example.lookup.items()
    entity, _, by = name.partition(".")
    return entity, by, [tuple(key) if isinstance(key, list) else key for key in keys]


async def replayed(
    source: RegisteredSource, types: Types, name: tuple[str, str], keys: Sequence[Key], replies: Sequence[Recorded]
) -> tuple[LookupResult, Replay]:
    """What the registration makes of the replies. Nothing is called. Raises a ``SourceError``."""
    adapter = source.kind.build(source.registration, types)  # a new one: none is logged in yet
    replay = Replay(adapter.source, replies)
    try:
        with between(replay):
            return await Batched(adapter).lookup(Lookup(*name, list(keys), everything(adapter, name[0]))), replay
    finally:
        await adapter.aclose()


def everything(adapter: Adapter, entity: str) -> frozenset[str]:
    """Every top-level field that the source gives."""
    return frozenset(path.split(".")[0] for path in adapter.capabilities[entity].fields)


async def problems(source: RegisteredSource, adapter: Adapter, types: Types, index: int) -> list[Problem]:
    """What is not as the example expects it. ``adapter`` only tells what there is."""
    example = source.registration.examples[index]
    place: Path = ("examples", index)
    entity, by, keys = asked(example)
    lookups = {f"{name}.{each}" for name, entry in adapter.capabilities.items() for each in entry.lookups}
    if f"{entity}.{by}" not in lookups:
        hint = nearest(f"{entity}.{by}", lookups)
        wanted = f"a lookup of {adapter.source}: {', '.join(sorted(lookups))}"
        return [source.file.problem((*place, "lookup"), wanted, f"{entity}.{by}", hint)]
    if len(keys) != len(example.expect):
        found = f"{len(example.expect)} for {len(keys)} keys"
        return [source.file.problem((*place, "expect"), "one record, list or null for each key", found)]
    try:
        result, replay = await replayed(source, types, (entity, by), keys, recorded(source, example))
    except SourceError as error:
        return [source.file.problem(place, "records", f"{error.code}: {error.detail or error.message}")]
    become = {key: plain(result, key) for key in keys}
    wrong = [
        source.file.problem(at, spelled(expected), spelled(value), "")
        for number, key in enumerate(keys)
        for at, expected, value in differences(example.expect[number], become[key], (*place, "expect", number))
    ]
    unread = {f"{bad.coordinate}: cannot read {bad.value!r} as {bad.expected}" for bad in replay.bad}
    return [*wrong, *(source.file.problem(place, "values that can be read", each) for each in sorted(unread) if wrong)]


def plain(result: LookupResult, key: Key) -> Any:
    """A record's values, a list of them, ``None`` for a key that does not exist, or what it failed with."""
    if key in result.failed:
        return {"error": result.failed[key].code}
    found = result.found.get(key)
    if isinstance(found, Record):
        return found.values
    return None if found is None else [record.values for record in found]


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
