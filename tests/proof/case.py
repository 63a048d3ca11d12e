"""One case: an operation, what it is asked with, and the holes it meets. Answered twice, and compared."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graphql import parse

from gateway.engine.request import OperationRequest
from resolvers.links import Context
from tests.proof.comparison import Answered, differences
from tests.proof.data import Shape
from tests.proof.estates import ProofEstate, estate
from tests.proof.failure import codes
from tests.proof.holes import Holes
from tests.proof.truth import Truth

SLOW = 0.0005
"""Seconds: enough for another source's answer to come first."""


@dataclass(frozen=True, slots=True)
class Case:
    """``variables``: of one request after the other, over the same document."""

    shape: Shape
    query: str
    operation_name: str | None = None
    variables: Sequence[Mapping[str, Any]] = ({},)
    headers: Mapping[str, str] = field(default_factory=dict)
    holes: Holes = Holes()


@dataclass(frozen=True, slots=True)
class Difference:
    """``found``: what is not the same, line by line."""

    case: Case
    variables: Mapping[str, Any]
    found: Sequence[str]


async def compare(case: Case, seen: Counter[str]) -> list[Difference]:
    """Where the engine's answers differ from the truth, or from its own of a moment before."""
    asked = estate(case.shape)
    asked.tear(case.holes)
    truths = [truth(asked, case, variables, seen) for variables in case.variables]
    for name in case.holes.slow:
        asked.adapters[name].delay = SLOW
    try:
        answers = [await answer(asked, case, variables) for variables in case.variables]
        again = await answer(asked, case, case.variables[0])
    finally:
        for adapter in asked.adapters.values():
            adapter.delay = 0.0
    found = [
        Difference(case, variables, lines)
        for variables, true, engine in zip(case.variables, truths, answers, strict=True)
        if (lines := differences(true, engine))
    ]
    if not found and again != answers[0]:
        found.append(Difference(case, case.variables[0], ["asked once more, the engine answers something else"]))
    return found


def truth(asked: ProofEstate, case: Case, variables: Mapping[str, Any], seen: Counter[str]) -> Answered:
    context: Context = asked.engine.contexts.of(case.headers)
    result = Truth(asked.composition, asked.required, context, seen).answer(
        parse(case.query), case.operation_name, variables
    )
    return Answered(
        result.data, [(tuple(error.path or ()), codes(error)) for error in result.errors or ()]
    )


async def answer(asked: ProofEstate, case: Case, variables: Mapping[str, Any]) -> Answered:
    request = OperationRequest(case.query, case.operation_name, dict(variables), headers=case.headers)
    body = json.loads((await asked.engine.execute(request)).body)
    return Answered(
        body.get("data", "refused"),
        [(tuple(error.get("path", ())), frozenset({error["extensions"]["code"]})) for error in body.get("errors", ())],
    )
