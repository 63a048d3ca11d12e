"""What is told of one operation: names, counts and times; never a literal, a variable or a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from adapters.tally import Tally


class Fault(NamedTuple):
    """Why something was not answered: the code, and whose it is (``gateway`` for the gateway's own)."""

    source: str
    code: str


class StepAccount(NamedTuple):
    """What one step of the plan took."""

    source: str
    entity: str
    seconds: float
    tally: Tally


@dataclass(slots=True)
class Account:
    """``document``: the SHA-256 of the text. ``executed``: false where it was refused before anything ran.

    ``name`` and ``type`` of the operation are empty where they could not be read.
    ``plan``: whether it was kept (``hit``) or made anew (``miss``); empty where none was needed.
    ``kept``: whether the answer is one that was given before.
    ``faults``: entries of the answer's ``errors``, counted; of the capped ones only those that are in the answer.
    """

    document: str
    executed: bool
    name: str = ""
    type: str = ""
    faults: Mapping[Fault, int] = field(default_factory=dict)
    steps: Sequence[StepAccount] = ()
    plan: Literal["", "hit", "miss"] = ""
    kept: bool = False
