"""Running many cases, and telling of those that fail."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pprint import pformat

from graphql import parse, print_ast

from tests.proof.case import Case, Difference, compare
from tests.proof.cases import case
from tests.proof.smallest import smallest


@dataclass(frozen=True, slots=True)
class Outcome:
    """``seen``: what was met, for ``coverage``. ``failures``: what was found, told in full."""

    seen: Counter[str]
    failures: Sequence[str]


def run(seed: int, numbers: Sequence[int]) -> Outcome:
    """The cases of these numbers; ends with the first that fails, in its smallest form."""
    with quiet():
        return asyncio.run(_run(seed, numbers))


@contextmanager
def quiet() -> Iterator[None]:
    """Without log lines about failures, which were planted."""
    log = logging.getLogger("crossdock")
    before = log.level
    log.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        log.setLevel(before)


async def _run(seed: int, numbers: Sequence[int]) -> Outcome:
    seen: Counter[str] = Counter()
    for number in numbers:
        drawn = case(seed, number)
        if await compare(drawn, seen):
            return Outcome(seen, [await failure(drawn, number)])
    return Outcome(seen, [])


async def failure(drawn: Case, number: int) -> str:
    async def fails(smaller: Case) -> bool:
        return await compare(smaller, Counter()) is not None

    found = await compare(await smallest(drawn, fails), Counter())
    if found is None:
        raise AssertionError(f"case {number} of seed {drawn.seed} fails at times only")
    return told(found, f"python -m tests.proof --seed {drawn.seed} --only {number}")


def told(difference: Difference, command: str) -> str:
    """The smallest operation, what it was asked with, what is not the same, and how to see it again."""
    case = difference.case
    return "\n".join(
        [
            f"The engine and the truth differ; again: {command}",
            "",
            print_ast(parse(case.query)),
            "",
            f"one of {case.requests}: {difference.request}, headers {dict(case.headers)}",
            f"estate {case.shape!r}, seed {case.seed}, {pformat(case.holes, width=110)}",
            "",
            *difference.found,
        ]
    )
