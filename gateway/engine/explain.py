"""A plan in words and numbers: what would be asked of which source, and after a run what it took."""

from __future__ import annotations

import time
from typing import Any

from gateway.compose import Composition
from gateway.engine.cost import Cost, Spent
from gateway.engine.cost_limits import beyond
from gateway.engine.plan import Feed, KeysAsked, KeysGiven, Plan, Step, Table
from gateway.engine.prepared import Prepared
from gateway.engine.run import Run


def explained(prepared: Prepared, composition: Composition) -> dict[str, Any]:
    """The plan as JSON-ready data; nothing is called for it."""
    plan, cost = prepared.plan, prepared.cost
    steps = [
        _step(step, plan, prepared.run, composition)
        | {"keys": each.keys, "batch": each.batch, "worstCase": each.spent().calls, "records": each.spent().records}
        | {"sources": {source: _counts(spent) for source, spent in each.sources.items()}}
        for step, each in zip(plan.steps, cost.steps, strict=True)
    ]
    return {
        "worstCase": cost.whole.calls,
        "records": cost.whole.records,
        "sources": {source: _counts(spent) for source, spent in cost.sources.items()},
        "refused": str(beyond(cost.excess, plan)) if cost.excess else None,
        "steps": steps,
    }


def traced(plan: Plan, run: Run, cost: Cost, composition: Composition) -> dict[str, Any]:
    """What a finished run took: ``extensions.trace``. Times in milliseconds since the run began."""
    steps: list[dict[str, Any]] = []
    errors: dict[str, dict[str, int]] = {}
    for step, each in zip(plan.steps, cost.steps, strict=True):
        taken = run.taken[step.index]
        if taken is None:
            continue
        codes: dict[str, int] = {}
        for error in (*taken.failed.values(), *taken.missing.values()):
            codes[error.code] = codes.get(error.code, 0) + 1
            source = errors.setdefault(error.source, {})
            source[error.code] = source.get(error.code, 0) + 1
        tally = taken.tally.total()
        steps.append(
            _step(step, plan, run, composition)
            | {
                "start": _milliseconds(taken.start),
                "milliseconds": _milliseconds(taken.seconds),
                "keys": taken.keys,
                "calls": tally.calls,
                "worstCase": each.spent().calls,
                "sources": {source: part.calls for source, part in taken.tally.parts.items()},
                "cache": {"hit": tally.hits, "miss": tally.misses, "stale": tally.stale}
                if tally.hits or tally.misses or tally.stale
                else None,
                "errors": codes,
            }
        )
    return {
        "milliseconds": _milliseconds(time.monotonic() - run.began),
        "calls": sum(step["calls"] for step in steps),
        "worstCase": cost.whole.calls,
        "steps": steps,
        "errors": errors,
    }


def paid(plan: Plan, run: Run, cost: Cost) -> dict[str, Any]:
    """What a finished run cost, beside what it might have cost: ``extensions.cost``."""
    sources = dict.fromkeys(cost.sources, Spent())
    for step, taken in zip(plan.steps, run.taken, strict=True):
        if taken is not None:
            for source, tally in (taken.tally.parts or {step.source: taken.tally}).items():
                sources[source] += Spent(tally.calls, taken.records(source))
    return {
        **_counts(sum(sources.values(), Spent())),
        "worstCase": _counts(cost.whole),
        "sources": {
            source: {**_counts(spent), "worstCase": _counts(cost.sources[source])} for source, spent in sources.items()
        },
    }


def _counts(spent: Spent) -> dict[str, int]:
    return {"calls": spent.calls, "records": spent.records}


def _step(step: Step, plan: Plan, run: Run, composition: Composition) -> dict[str, Any]:
    page = run.tables.pages[step.page.arguments.slot] if step.page else None
    return {
        "index": step.index,
        "source": step.source,
        "role": composition.roles[step.source],
        "entity": step.entity,
        "kind": step.kind,
        "name": step.name,
        "coordinate": step.coordinate,
        "after": sorted(step.after),
        "from": sorted({_origin(feed, plan) for feed in step.feeds}),
        "sort": str(page.sort) if page and page.sort else None,
        "backwards": bool(page and page.backwards),
        "fields": sorted(step.fields),
        "fresh": composition.fresh(step.source, step.entity),
        "passed": sorted(step.passed),
        "local": sorted({name for table in step.tables for name in _written(table) if name not in step.passed}),
    }


def _written(table: Table) -> set[str]:
    """The narrowing arguments that the operation gives."""
    node = table.arguments.node if table.arguments else None
    return {each.name.value for each in (node.arguments if node else None) or ()} & table.narrow.keys()


def _origin(feed: Feed, plan: Plan) -> str:
    """Where a step's keys come from, in the words of the graph."""
    keys = feed.keys
    if isinstance(keys, KeysGiven):
        return f"arguments of {keys.arguments.node.name.value}"
    if isinstance(keys, KeysAsked):
        return _origin(keys.feed, plan)
    names = " ".join(f"{keys.position.type_name}.{name}" for name in keys.names)
    return f"{names} and all linked to it" if keys.further else names


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 2)


def as_text(explanation: dict[str, Any]) -> str:
    """The explanation as a table for people, one line a step, indented by what it waits for."""
    depth: dict[int, int] = {}
    lines: list[str] = []
    for step in explanation["steps"]:
        depth[step["index"]] = max((depth[index] + 1 for index in step["after"]), default=0)
        asked = f"{step['kind']} {step['entity']} {'by' if step['kind'] == 'lookup' else ''} {step['name']}"
        asked = f"{step['source']}: {' '.join(asked.split())}, for {step['coordinate']}"
        line = f"{'  ' * depth[step['index']]}{step['index']}. {asked}"
        lines.append(f"{line}\n{'  ' * depth[step['index']]}   {_details(step)}")
    total = f"At most {counted(explanation['worstCase'], 'call')}"
    sources = explanation.get("sources", {})
    calls = ", ".join(f"{most['calls']} to {source}" for source, most in sources.items())
    records = f" At most {counted(explanation['records'], 'record')}." if sources else ""
    refused = ["Refused: " + explanation["refused"]] if explanation.get("refused") else []
    return "\n".join([*lines, f"{total}{': ' + calls if calls else ''}.{records}", *refused, ""])


def counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _details(step: dict[str, Any]) -> str:
    parts = [f"keys from {', '.join(step['from'])}"] if step["from"] else []
    if step["keys"]:
        parts.append(
            f"at most {step['keys']} in batches of {step['batch']}" if "batch" in step else counted(step["keys"], "key")
        )
    if "milliseconds" in step:
        parts.append(f"{counted(step['calls'], 'call')}, {step['start']} ms + {step['milliseconds']} ms")
    else:
        parts.append(f"at most {counted(step['worstCase'], 'call')}")
    parts += [f"sorted by {step['sort']}"] if step["sort"] else []
    parts += ["from the end"] if step["backwards"] else []
    parts.append(f"fields {', '.join(step['fields'])}")
    parts.append(f"kept for {step['fresh']:g} s" if step["fresh"] else "not kept")
    for word in ("passed", "local"):
        if step[word]:
            parts.append(f"{word} {', '.join(step[word])}")
    return "; ".join(parts)


def waterfall(trace: dict[str, Any], width: int = 40) -> str:
    """Each step as a bar on the run's time line."""
    whole = max(trace["milliseconds"], 0.001)
    lines: list[str] = []
    for step in trace["steps"]:
        start = round(step["start"] / whole * width)
        length = max(1, round(step["milliseconds"] / whole * width))
        bar = f"{' ' * start}{'#' * min(length, width - start)}".ljust(width)
        errors = ", ".join(f"{count} {code}" for code, count in step["errors"].items())
        label = f"{step['source']} {step['entity']} {step['name']}"
        lines.append(f"|{bar}| {step['milliseconds']:8.2f} ms  {label}{'  ' + errors if errors else ''}")
    return "\n".join([*lines, f"{trace['milliseconds']} ms, {counted(trace['calls'], 'call')}.", ""])
