"""What every lookup keeps. Each check's name says what it wants; it raises ``Breach`` with what it saw instead."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from adapters.conformance.asking import Asking, Breach, complete, content
from adapters.conformance.samples import LookupSample
from adapters.spi import Key, Record, TimedOut

ODD = (
    "",
    " ",
    "0",
    "%",
    "_",
    "*",
    "\\",
    "'",
    '"',
    "' OR '1'='1",
    "a,b;c|d",
    "../a?b=c&d#e",
    "<a>&amp;</a>",
    "${HOME}",
    "ä ß 日本 🙂",
    "a\x00b",
    "x" * 1000,
)
"""Keys that clients can send and that no record has: each means nothing but itself, in every language below."""

GRACE = 1.0
"""Seconds after a deadline in which a call must have ended; enough for a busy machine."""


async def an_expired_deadline_is_timed_out(asking: Asking, sample: LookupSample) -> None:
    keys = sample.known[: asking.batch(sample)]
    late = replace(asking.request(sample, keys), deadline=time.monotonic() - 1)
    try:
        result = await asking.adapter.lookup(late)
    except TimedOut:
        return
    except Exception as error:
        raise Breach(f"raised {type(error).__name__} instead of TimedOut") from error
    if not all(isinstance(result.failed.get(key), TimedOut) for key in keys):
        raise Breach("answered after the deadline")


async def a_deadline_ends_a_call(asking: Asking, sample: LookupSample) -> None:
    """A system that is quicker than the deadline may answer."""
    soon = time.monotonic() + 0.02
    request = replace(asking.request(sample, sample.known[: asking.batch(sample)]), deadline=soon)
    try:
        async with asyncio.timeout(GRACE):
            await asking.adapter.lookup(request)
    except TimedOut:
        return
    except Exception as error:
        after = time.monotonic() - soon
        raise Breach(f"raised {type(error).__name__} instead of TimedOut, {after:.3f} s after the deadline") from error


async def no_keys_are_answered_with_nothing(asking: Asking, sample: LookupSample) -> None:
    result = await asking.lookup(sample, [])
    if result.found or result.failed:
        raise Breach("an answer for keys that nobody asked for")


async def known_keys_are_found_under_their_own_key(asking: Asking, sample: LookupSample) -> None:
    records = await asking.records(sample, sample.known)
    for key in sample.known:
        if not records.get(key):
            raise Breach(f"nothing for the known {key!r}")
        for record in records[key]:
            own(record, sample, key)


async def every_asked_field_is_in_the_values(asking: Asking, sample: LookupSample) -> None:
    for rows in (await asking.records(sample, sample.known)).values():
        for record in rows:
            complete(record, asking.fields(sample), asking.adapter)


async def a_batch_is_the_same_as_single_keys(asking: Asking, sample: LookupSample) -> None:
    together = contents(asking, sample, await asking.records(sample, sample.known))
    for key in sample.known:
        alone = contents(asking, sample, await asking.records(sample, [key]))
        if alone.get(key) != together.get(key):
            raise Breach(f"{key!r} alone is answered differently than in a batch")


async def the_order_of_keys_does_not_matter(asking: Asking, sample: LookupSample) -> None:
    forth = contents(asking, sample, await asking.records(sample, [*sample.known, sample.unknown]))
    back = contents(asking, sample, await asking.records(sample, [sample.unknown, *reversed(sample.known)]))
    if forth != back:
        raise Breach("keys in another order are answered differently")


async def calls_at_the_same_time_are_the_same_as_one_by_one(asking: Asking, sample: LookupSample) -> None:
    keys = list(sample.known)
    alone = [contents(asking, sample, await asking.records(sample, [key])) for key in keys]
    together = await asyncio.gather(*(asking.records(sample, [key]) for key in keys))
    for key, one, other in zip(keys, alone, together, strict=True):
        if contents(asking, sample, other) != one:
            raise Breach(f"{key!r} is answered differently while other keys are asked")


async def a_field_alone_has_the_same_value(asking: Asking, sample: LookupSample) -> None:
    full = await asking.records(sample, sample.known)
    for name in sorted(asking.fields(sample)):
        one = frozenset({name})
        alone = await asking.records(sample, sample.known, one)
        for key, rows in full.items():
            if sorted(content(row, one) for row in rows) != sorted(content(row, one) for row in alone.get(key, [])):
                raise Breach(f"{name} of {key!r} is another when it is asked for alone")


async def an_unknown_key_is_in_neither_mapping(asking: Asking, sample: LookupSample) -> None:
    result = await asking.lookup(sample, [sample.unknown, *sample.known])
    if sample.unknown in result.failed:
        raise Breach(f"the unknown key failed: {result.failed[sample.unknown]}")
    found = result.found.get(sample.unknown)
    if asking.many(sample):
        nothing(found, sample.unknown)
    elif sample.unknown in result.found:
        raise Breach("a record for the unknown key")


async def a_key_without_rows_has_an_empty_list(asking: Asking, sample: LookupSample) -> None:
    if asking.many(sample) and sample.empty is not None:
        nothing((await asking.lookup(sample, [sample.empty])).found.get(sample.empty), sample.empty)


async def odd_keys_mean_nothing_but_themselves(asking: Asking, sample: LookupSample) -> None:
    for key in odd_keys(sample):
        beside = [sample.known[0]] if asking.batch(sample) > 1 else []
        result = await asking.lookup(sample, [*beside, key])
        if any(not result.found.get(known) for known in beside):
            raise Breach(f"a known key is not found beside {key!r:.40}")
        if key in result.found:
            for record in asking.rows(sample, result.found[key]):
                own(record, sample, key)


def odd_keys(sample: LookupSample) -> Iterator[Key]:
    """Keys of the sample's shape with something odd wherever a text stands."""
    known = sample.known[0]
    for odd in ODD:
        if isinstance(known, str):
            key: Key = odd
        elif isinstance(known, tuple):
            key = tuple(odd if isinstance(part, str) else part for part in known)
        else:
            return
        if key not in sample.known and key != sample.empty:
            yield key


def own(record: Record, sample: LookupSample, key: Key) -> None:
    """Where a record says which key it has, it is the one that it was found under."""
    names = sample.by.split()
    if all(name in record.values for name in names):
        parts = [record.values[name] for name in names]
        has: Any = parts[0] if len(parts) == 1 else tuple(parts)
        if key not in (has if isinstance(has, list) else [has]):
            raise Breach(f"the record under {key!r:.40} has another {sample.by}")


def nothing(found: Any, key: Key) -> None:
    if not isinstance(found, list | tuple) or found:
        raise Breach(f"{'records' if found else found!r} instead of an empty list for {key!r}")


def contents(asking: Asking, sample: LookupSample, records: dict[Key, list[Record]]) -> dict[Key, list[str]]:
    fields = asking.fields(sample)
    return {key: sorted(content(row, fields) for row in rows) for key, rows in records.items()}


LOOKUP_CHECKS = (
    an_expired_deadline_is_timed_out,  # first: later, a cache could answer
    a_deadline_ends_a_call,
    no_keys_are_answered_with_nothing,
    known_keys_are_found_under_their_own_key,
    every_asked_field_is_in_the_values,
    a_batch_is_the_same_as_single_keys,
    the_order_of_keys_does_not_matter,
    calls_at_the_same_time_are_the_same_as_one_by_one,
    a_field_alone_has_the_same_value,
    an_unknown_key_is_in_neither_mapping,
    a_key_without_rows_has_an_empty_list,
    odd_keys_mean_nothing_but_themselves,
)
