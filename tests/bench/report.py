"""What is printed and written of a run."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from tests.bench.earlier import BEFORE
from tests.bench.measure import Results
from tests.bench.plot import Bars
from tests.bench.subjects import ANSWERED, CACHED, CROSSDOCK, STRONG, SUBJECTS
from tests.bench.workloads import WORKLOADS

KEPT = {"W1": 9.0, "W2": 50.0, "W3": 30.0, "W5": 40.0}
GOALS = {
    CROSSDOCK.name: {"W1": 2.5, "W2": 14.0, "W3": 9.0, "W4": 4.0, "W5": 30.0},
    CACHED.name: KEPT,
    ANSWERED.name: KEPT,
}
"""CPU per operation of the strong base, as a multiple of the subject's."""

TITLES = {subject.name: subject.title for subject in (*SUBJECTS, *BEFORE.values())}
HEAD = f"{'':<35}{'ops/s':>8}{'CPU ms':>9}{'p50 ms':>9}{'p99 ms':>9}{'MB':>6}{'calls':>7}{'x base':>8}{'goal':>7}"


def ratio(results: Results, workload: str, subject: str) -> float:
    """How many times as much CPU the strong base takes."""
    return results[workload][STRONG.name].cpu / results[workload][subject].cpu


def table(results: Results) -> Iterable[str]:
    for workload in WORKLOADS:
        if workload.name not in results:
            continue
        yield f"{workload.name}  {workload.title}"
        yield HEAD
        for name, found in results[workload.name].items():
            goal = GOALS.get(name, {}).get(workload.name)
            yield (
                f"  {TITLES[name]:<33}{found.operations:>8.0f}{found.cpu:>9.3f}{found.p50:>9.1f}{found.p99:>9.1f}"
                f"{found.memory:>6.0f}{found.calls:>7.1f}{ratio(results, workload.name, name):>8.1f}"
                f"{'' if goal is None else f'{goal:g}':>7}"
            )
        yield ""


def write(results: Results, machine: dict[str, Any], folder: Path) -> None:
    """``bench.json`` and ``bench.svg``."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {name: {subject: asdict(figures) for subject, figures in by.items()} for name, by in results.items()}
    text = orjson.dumps({"machine": machine, "results": rounded(found)}, option=orjson.OPT_INDENT_2)
    (folder / "bench.json").write_bytes(text + b"\n")
    bars = Bars("CPU per operation, milliseconds (logarithmic)")
    for workload in WORKLOADS:
        if workload.name in results:
            by = results[workload.name]
            bars.group(f"{workload.name}: {workload.title}", {TITLES[name]: each.cpu for name, each in by.items()})
    (folder / "bench.svg").write_text(bars.svg(), "utf-8")


def rounded(found: Any) -> Any:
    """To three places, in all of it."""
    if isinstance(found, dict):
        return {name: rounded(value) for name, value in found.items()}
    if isinstance(found, list | tuple):
        return [rounded(item) for item in found]
    return round(found, 3) if isinstance(found, float) else found
