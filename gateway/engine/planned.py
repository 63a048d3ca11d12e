"""A plan together with what is made of it once."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.engine.costs import Costs
from gateway.engine.plan import IntrospectionField, Plan, TypenameField
from gateway.engine.projection import Projection
from gateway.engine.request import Answer

CODE = 12
"""Bytes of memory that a plan and its projection take for each character of the generated code; measured."""
EACH = 4096
"""Bytes that any of them takes at least."""


@dataclass(slots=True)
class Planned:
    """``fixed``: whether there is only one answer, of which nothing comes from a system, a clock, or variables that the
    plan is not kept by. ``answer``: it, once it is made."""

    plan: Plan
    projection: Projection
    costs: Costs
    fixed: bool
    answer: Answer | None = None

    @property
    def weight(self) -> int:
        """Bytes of memory, about."""
        return EACH + CODE * len(self.projection.source) + (len(self.answer.body) if self.answer else 0)


def tells_of_the_graph(plan: Plan) -> bool:
    """Nothing but ``__typename``, ``__schema``, ``__type`` and ``_service``."""
    return all(isinstance(field, TypenameField | IntrospectionField) for field in plan.root.fields)
