"""One case: an operation, what it is asked with, and the holes it meets. Answered twice, and compared."""

from __future__ import annotations

import json
import traceback
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from graphql import DocumentNode, GraphQLSchema, parse

from gateway.engine.engine import Engine
from gateway.engine.request import OperationRequest
from tests.proof.comparison import Answered, differences
from tests.proof.constructs import constructs
from tests.proof.coverage import met
from tests.proof.data import Shape
from tests.proof.estates import ProofEstate, estate
from tests.proof.failure import Fault, faults
from tests.proof.holes import Holes
from tests.proof.operations import Request
from tests.proof.truth import Truth


@dataclass(frozen=True, slots=True)
class Case:
    """``seed``: of the records. ``requests``: one after the other, over the same document."""

    shape: Shape
    seed: int
    query: str
    requests: Sequence[Request] = (Request(None, {}),)
    headers: Mapping[str, str] = field(default_factory=dict)
    holes: Holes = field(default_factory=Holes)


OF_THE_CLOCK = ("price", "availability")
"""Fields that do."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``found``: what is not the same, line by line."""

    case: Case
    request: Request
    found: Sequence[str]


async def compare(case: Case, seen: Counter[str]) -> Difference | None:
    """The first difference between the truth and the engine's answers.

    The engine is asked twice: the second time it has the plan already, and room for one error only. Then it may have
    kept whole answers, and is asked for those of now, and of long after.
    """
    asked = estate(case.shape, case.seed)
    asked.tear(case.holes)
    document = parse(case.query)
    seen.update(constructs(document, asked.composition.schema, [request.variables for request in case.requests]))
    truths = [truth(asked, case, document, request, seen) for request in case.requests]
    for true, request in zip(truths, case.requests, strict=True):
        seen.update(met(true))
        lenient = partial(truth, asked, case, document, request, Counter(), asked.lenient)
        found = differences(true, await ask(asked, asked.engine, case, request, seen), lenient)
        if found:
            return Difference(case, request, found)
    for true, request in zip(truths, case.requests, strict=True):
        terse = await ask(asked, asked.terse, case, request, seen)
        if terse.data != true.data or len(terse.errors) != min(1, len(true.errors)):
            return Difference(case, request, [f"with room for one error: {terse}, true {true}"])
    for true, request in zip(truths, case.requests, strict=True):
        if not true.errors:
            again = await ask(asked, asked.engine, case, request, seen)
            if again != true:
                return Difference(case, request, [f"asked once more: {again}, true {true}"])
            if found := await differences_later(asked, case, document, request, seen):
                return Difference(case, request, found)
    return None


async def differences_later(
    asked: ProofEstate, case: Case, document: DocumentNode, request: Request, seen: Counter[str]
) -> list[str]:
    """Of what may depend on the clock."""
    if not any(name in case.query for name in OF_THE_CLOCK):
        return []
    with asked.later():
        true = truth(asked, case, document, request, Counter())
        again = await ask(asked, asked.engine, case, request, seen)
    return [] if true.errors or again == true else [f"asked long after: {again}, true {true}"]


def truth(
    asked: ProofEstate,
    case: Case,
    document: DocumentNode,
    request: Request,
    seen: Counter[str],
    schema: GraphQLSchema | None = None,
) -> Answered:
    """By another schema than the served one, to see what would be wrong if nothing above it were nulled."""
    context = asked.engine.contexts.of(asked.engine.contexts.scope(case.headers))
    result = Truth(asked.composition, asked.required, context, seen).answer(
        schema or asked.composition.schema, document, request.operation_name, request.variables
    )
    return Answered(result.data, [(tuple(error.path or ()), faults(error)) for error in result.errors or ()])


async def ask(asked: ProofEstate, engine: Engine, case: Case, request: Request, seen: Counter[str]) -> Answered:
    """What the engine answers; a refusal, or an exception, is data that is equal to none."""
    variables = dict(request.variables)
    asking = OperationRequest(case.query, request.operation_name, variables, headers=case.headers)
    with asked.slowed(case.holes.slow):
        try:
            answer = await engine.execute(asking)
        except Exception:
            return Answered(f"raised: {traceback.format_exc(limit=-3)}", ())
    body = json.loads(answer.body)
    seen["whole answer, given again"] += bool(answer.account and answer.account.kept)
    return Answered(
        body.get("data", f"refused: {body}"),
        [(tuple(error.get("path", ())), frozenset({told(error)})) for error in body.get("errors", ())],
    )


def told(error: Mapping[str, Any]) -> Fault:
    return Fault(error["extensions"]["code"], error["extensions"].get("source"))
