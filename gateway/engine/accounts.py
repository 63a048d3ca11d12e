"""What is told of an operation that the engine has answered or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from gateway.engine.document import Documents, document_hash
from gateway.engine.errors import Errors
from gateway.engine.prepared import Prepared
from gateway.engine.refused import Refused
from gateway.engine.request import OperationRequest
from gateway.engine.run import Run
from gateway.telemetry.account import Account, Fault, StepAccount


def account_of_run(prepared: Prepared, errors: Errors) -> Account:
    entries, asked = errors.entries, prepared.asked
    faults = Counter(Fault(error.source, error.code) for _, _, error in entries) if entries else {}
    return Account(
        asked.document.hash,
        True,
        asked.operation.name,
        asked.operation.type,
        faults,
        tuple(steps(prepared.run)),
        "hit" if asked.kept else "miss",
    )


def account_of_refusal(request: OperationRequest, documents: Documents, codes: Iterable[str]) -> Account:
    """With the operation's name where the document is a valid one: anything else may be any text at all."""
    faults = Counter(Fault("gateway", code) for code in codes)
    document = documents.recent.get(request.query)
    if document is None:
        return Account(document_hash(request.query), False, faults=faults)
    try:
        operation = document.operation(request.operation_name)
    except Refused:
        return Account(document.hash, False, faults=faults)
    return Account(document.hash, False, operation.name, operation.type, faults)


def steps(run: Run) -> Iterator[StepAccount]:
    for step, taken in zip(run.plan.steps, run.taken, strict=True):
        if taken is not None:
            for source, tally in (taken.tally.parts or {step.source: taken.tally}).items():
                yield StepAccount(source, step.entity, taken.seconds, tally)
