"""A plan together with what is made of it once."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.engine.costs import Costs
from gateway.engine.plan import Plan
from gateway.engine.projection import Projection


@dataclass(frozen=True, slots=True)
class Planned:
    plan: Plan
    projection: Projection
    costs: Costs
