"""The smallest case that still fails: parts are taken out of a case one after the other, as long as it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from tests.proof.case import Case
from tests.proof.documents import inlined, without
from tests.proof.estates import estate

Fails = Callable[[Case], Awaitable[bool]]
Reduction = Callable[[Case, int], Case | None]
"""The case without its part of this number; ``None`` where there are no more. The case itself: nothing to gain."""

T = TypeVar("T")


async def smallest(case: Case, fails: Fails) -> Case:
    """``fails`` must be true of ``case``; it is true of what is returned."""
    before = None
    while before != case:
        before = case
        for reduction in (requests, torn, broken, down, slow, headers, selections, fragments):
            case = await reduced(case, reduction, fails)
    return case


async def reduced(case: Case, reduction: Reduction, fails: Fails) -> Case:
    number = 0
    while (smaller := reduction(case, number)) is not None:
        if smaller != case and await fails(smaller):
            case = smaller
        else:
            number += 1
    return case


def requests(case: Case, number: int) -> Case | None:
    kept = without_one(case.requests, number)
    return replace(case, requests=kept) if kept else None


def torn(case: Case, number: int) -> Case | None:
    kept = without_one(case.holes.torn, number)
    return None if kept is None else replace(case, holes=replace(case.holes, torn=kept))


def broken(case: Case, number: int) -> Case | None:
    kept = without_one([*case.holes.broken.items()], number)
    return None if kept is None else replace(case, holes=replace(case.holes, broken=dict(kept)))


def down(case: Case, number: int) -> Case | None:
    kept = without_one([*case.holes.down.items()], number)
    return None if kept is None else replace(case, holes=replace(case.holes, down=dict(kept)))


def slow(case: Case, number: int) -> Case | None:
    kept = without_one(case.holes.slow, number)
    return None if kept is None else replace(case, holes=replace(case.holes, slow=kept))


def headers(case: Case, number: int) -> Case | None:
    kept = without_one([*case.headers.items()], number)
    return None if kept is None else replace(case, headers=dict(kept))


def selections(case: Case, number: int) -> Case | None:
    schema = estate(case.shape, case.seed).composition.schema
    query = without(case.query, number, schema, {request.operation_name for request in case.requests})
    return None if query is None else asking(case, query)


def fragments(case: Case, number: int) -> Case | None:
    schema = estate(case.shape, case.seed).composition.schema
    query = inlined(case.query, number, schema)
    return None if query is None else asking(case, query)


def asking(case: Case, query: str) -> Case:
    """The case with another document, and the variables that it has."""
    requests = [
        replace(each, variables={name: value for name, value in each.variables.items() if f"${name}:" in query})
        for each in case.requests
    ]
    return replace(case, query=query, requests=requests)


def without_one(parts: Sequence[T], number: int) -> list[T] | None:
    return [*parts[:number], *parts[number + 1 :]] if number < len(parts) else None
