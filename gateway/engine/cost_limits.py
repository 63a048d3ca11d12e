"""The limits on what one operation may cost: of the gateway, and of each source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.registration import Limits
from gateway.compose import Composition
from gateway.config.settings import OperationLimits
from gateway.engine.cost import Excess, StepCost, Unit
from gateway.engine.plan import Plan
from gateway.engine.refused import Refused

UNITS: Sequence[Unit] = ("calls", "records")


class CostLimits:
    """``limits.calls`` and ``limits.records`` of ``gateway.yaml`` and of each source's file."""

    def __init__(self, composition: Composition) -> None:
        everybody: dict[str | None, Limits | OperationLimits] = {None: composition.settings.limits}
        everybody |= {name: source.registration.limits for name, source in composition.registrations.items()}
        self.limits: dict[tuple[str | None, Unit], int] = {
            (owner, unit): limit
            for owner, limits in everybody.items()
            for unit in UNITS
            if (limit := getattr(limits, unit)) is not None
        }

    def excess(self, plan: Plan, steps: Sequence[StepCost]) -> Excess | None:
        """Of several, the one that is the furthest beyond its limit."""
        found = self._excesses(plan, steps)
        return max(found, key=lambda excess: excess.worst / excess.limit, default=None)

    def _excesses(self, plan: Plan, steps: Sequence[StepCost]) -> Iterator[Excess]:
        for (owner, unit), limit in self.limits.items():
            parts = {
                step.index: int(getattr(cost.spent(owner), unit)) for step, cost in zip(plan.steps, steps, strict=True)
            }
            worst = sum(parts.values())
            if worst > limit:
                dearest = max(parts, key=lambda index: parts[index])
                yield Excess(owner, unit, worst, limit, dearest, parts[dearest])


def beyond(excess: Excess, plan: Plan) -> Refused:
    """What a client is told instead of an answer."""
    step = plan.steps[excess.step]
    where = "" if excess.owner is None else f" {'to' if excess.unit == 'calls' else 'of'} {excess.owner}"
    message = (
        f"This operation may cost {excess.worst} {excess.unit}{where}, limit {excess.limit}; {excess.part} of them are "
        f"for {step.coordinate}. Ask for fewer keys or smaller pages."
    )
    more = {
        "source": excess.owner or step.source,
        "coordinate": step.coordinate,
        "unit": excess.unit,
        "worstCase": excess.worst,
        "limit": excess.limit,
    }
    return Refused("LIMIT_EXCEEDED", message, more)
