"""The figures in ``docs/performance.md``, of the last runs: ``python -m tests.bench.page`` writes them there."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson

from tests.bench.report import GOALS, TITLES
from tests.bench.subjects import STRONG

PAGE = Path("docs/performance.md")
BENCH = Path("docs/bench/bench.json")
GROWTH = Path("docs/bench/growth.json")
BEGIN, END = "<!-- figures of the last run -->\n", "<!-- end of figures -->\n"


def figures(bench: dict[str, Any], growth: dict[str, Any]) -> str:
    return "\n".join([*operations(bench["results"]), "", *sources(growth), ""])


def operations(results: dict[str, Any]) -> Iterable[str]:
    yield "| | | ops/s | CPU ms | p50 ms | p99 ms | MB | calls | x base | goal |"
    yield "| --- | --- | --: | --: | --: | --: | --: | --: | --: | --: |"
    for workload, by_subject in results.items():
        for name, found in by_subject.items():
            times = by_subject[STRONG.name]["cpu"] / found["cpu"]
            goal = GOALS.get(name, {}).get(workload)
            yield (
                f"| {workload} | {TITLES[name]} | {found['operations']:,.0f} | {found['cpu']:.3f} | {found['p50']:.0f} "
                f"| {found['p99']:.0f} | {found['memory']:.0f} | {found['calls']:g} | {times:.1f} "
                f"| {'' if goal is None else f'{goal:g}'} |"
            )


def sources(growth: dict[str, Any]) -> Iterable[str]:
    yield "| Registered sources | CPU ms of W1 | start, s | MB |"
    yield "| --: | --: | --: | --: |"
    for each in growth["sources"]:
        yield f"| {each['sources']} | {each['cpu']:.2f} | {each['start']:.1f} | {each['memory']:.0f} |"


def with_figures(page: str, text: str) -> str:
    before, _, rest = page.partition(BEGIN)
    return f"{before}{BEGIN}\n{text}\n{END}{rest.partition(END)[2]}"


def written() -> str:
    """The page as it should be."""
    told = figures(orjson.loads(BENCH.read_bytes()), orjson.loads(GROWTH.read_bytes()))
    return with_figures(PAGE.read_text("utf-8"), told)


if __name__ == "__main__":
    PAGE.write_text(written(), "utf-8")
