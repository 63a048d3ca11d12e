"""One request, planned and with its arguments read, before anything is called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql.execution import VariableValues

from adapters.spi import Key
from gateway.engine.cost import Cost
from gateway.engine.document import Document, PlanKey
from gateway.engine.errors import Errors
from gateway.engine.operation import Operation
from gateway.engine.plan import Plan
from gateway.engine.planned import Planned
from gateway.engine.projection import Projection
from gateway.engine.run import Run


@dataclass(slots=True)
class Asked:
    """What a request asks for: an operation of a document, with variables, and the plan for them. ``kept``: whether the
    plan was there already, by its ``key``."""

    document: Document
    operation: Operation
    variables: VariableValues
    key: PlanKey
    planned: Planned
    kept: bool


@dataclass(slots=True)
class Prepared:
    """``keys``: those in the arguments, as they are projected."""

    asked: Asked
    run: Run
    keys: Sequence[Sequence[Key | None]]
    introspected: Mapping[str, Any]

    @property
    def plan(self) -> Plan:
        return self.asked.planned.plan

    @property
    def projection(self) -> Projection:
        return self.asked.planned.projection

    @property
    def cost(self) -> Cost:
        """The worst case."""
        return self.asked.planned.costs.of(self.run.tables)

    @property
    def until(self) -> float:
        """Seconds since 1970 until which the same request has the same answer, once it is projected; 0: not known."""
        return min(self.run.until, self.run.tables.context.clock.until)

    def project(self, errors: Errors) -> dict[str, Any] | None:
        """The response's ``data``, from what the run has brought."""
        tables = self.run.tables
        return self.projection.project(
            tables.filled, tables.arguments, self.keys, self.introspected, tables.context, errors
        )
