"""The smallest case that still fails: parts are taken out of a case one after the other, as long as it does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from graphql import (
    BREAK,
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    VisitorAction,
    parse,
    print_ast,
    validate,
    visit,
)

from tests.proof.case import Case
from tests.proof.estates import estate
from tests.proof.holes import Holes

Fails = Callable[[Case], Awaitable[bool]]
T = TypeVar("T")


async def smallest(case: Case, fails: Fails) -> Case:
    """``fails`` must be true of ``case``; it is true of what is returned."""
    while True:
        for smaller in smaller_cases(case):
            if await fails(smaller):
                case = smaller
                break
        else:
            return case


def smaller_cases(case: Case) -> Iterator[Case]:
    """Each is the case without one part; big parts first."""
    if len(case.variables) > 1:
        yield from (replace(case, variables=[each]) for each in case.variables)
    yield from (replace(case, holes=holes) for holes in smaller_holes(case.holes))
    yield from (replace(case, headers=dict(headers)) for headers in without_one([*case.headers.items()]))
    yield from (replace(case, query=query) for query in smaller_documents(case))


def smaller_holes(holes: Holes) -> Iterator[Holes]:
    if holes != Holes():
        yield Holes()
    yield from (replace(holes, torn=torn) for torn in without_one(holes.torn))
    yield from (replace(holes, down=dict(down)) for down in without_one([*holes.down.items()]))
    yield from (replace(holes, broken=dict(broken)) for broken in without_one([*holes.broken.items()]))
    yield from (replace(holes, slow=slow) for slow in without_one(holes.slow))


def without_one(parts: Sequence[T]) -> Iterator[list[T]]:
    return ([*parts[:place], *parts[place + 1 :]] for place in range(len(parts)))


# ---------------------------------------------------------------- documents


def smaller_documents(case: Case) -> Iterator[str]:
    """Valid documents without one selection, argument or directive, or with a fragment's fields in its place."""
    document = parse(case.query, no_location=True)
    schema = estate(case.shape, case.seed).composition.schema
    fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
    ...
