"""No operation costs more than its worst case says, whatever it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from gateway.engine.engine import Prepared
from gateway.engine.refused import Refused
from gateway.engine.request import OperationRequest
from tests.proof.cases import case
from tests.proof.estates import ProofEstate, estate
from tests.proof.holes import Holes
from tests.proof.run import quiet

OPERATIONS = 300


def prepared(asked: ProofEstate, seed: int, number: int) -> Iterator[Prepared]:
    drawn = case(seed, number)
    for request in drawn.requests:
        wanted = OperationRequest(drawn.query, request.operation_name, dict(request.variables), headers=drawn.headers)
        try:
            yield asked.engine.prepare(wanted)
        except Refused:
            continue


def test_no_generated_operation_costs_more_than_its_worst_case() -> None:
    seed, ran, met = 7, 0, 0
    with quiet():
        for number in range(OPERATIONS):
            asked = estate(case(seed, number).shape, seed)
            asked.tear(Holes())
            for ready in prepared(asked, seed, number):
                before = {name: len(adapter.calls) for name, adapter in asked.adapters.items()}
                asyncio.run(ready.run.finish())
                for name, adapter in asked.adapters.items():
                    most = ready.cost.sources.get(name)
                    called = len(adapter.calls) - before[name]
                    assert called <= (most.calls if most else 0), f"{name} in operation {number} of seed {seed}"
                    met += bool(most) and called == most.calls
                ran += 1
                for taken, most in zip(ready.run.taken, ready.cost.steps, strict=True):
                    assert taken is not None
                    assert all(taken.records(source) <= spent.records for source, spent in most.sources.items())
    assert ran >= OPERATIONS
    assert met > 0
