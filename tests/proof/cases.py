"""Drawing cases."""

from __future__ import annotations

from functools import cache

from tests.proof.case import Case
from tests.proof.choice import Choice
from tests.proof.data import SHAPES, Shape
from tests.proof.estates import estate
from tests.proof.operations import write
from tests.proof.pools import Pools
from tests.proof.tearing import Tearing

HEADERS = {"x-channel": ["WEB", "STORE"], "x-group": ["GOLD", "STAFF"], "x-locale": ["fr", "de-CH"]}


@cache
def drawn_from(shape: Shape, seed: int) -> tuple[Pools, Tearing]:
    asked = estate(shape, seed)
    return Pools(asked), Tearing(asked)


def case(seed: int, number: int) -> Case:
    """The case of this number out of those of this seed: always the same."""
    choice = Choice(f"{seed} {number}")
    shape = choice.of(SHAPES)
    pools, tearing = drawn_from(shape, seed)
    operation = write(choice, estate(shape, seed).composition.schema, pools)
    headers = {name: choice.of(values) for name, values in HEADERS.items() if choice.chance(15)}
    return Case(shape, seed, operation.query, operation.requests, headers, tearing.draw(choice, operation.selected))
