"""The bench's parts: that its subjects can be compared, without the minutes of a run."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
import strawberry
from graphql import GraphQLSchema, parse, validate

from gateway.compose import compose
from gateway.config.load import load
from tests.bench import growth, page
from tests.bench.base.schema import Query
from tests.bench.earlier import BEFORE, earlier, since
from tests.bench.measure import Figures, middle
from tests.bench.plot import Bars, Lines
from tests.bench.report import GOALS, ratio, table, write
from tests.bench.subjects import REGISTRATION, SUBJECTS
from tests.bench.workloads import CONNECTIONS, WORKLOADS, Workload

ENVIRON = {"FRESH": "0s", "ANSWERS": "0", "SERVICES_URL": "http://127.0.0.1:1", "SQL_URL": "sqlite:///nothing.sqlite"}
FIGURES = Figures(operations=100.0, cpu=2.0, p50=1.0, p99=3.0, memory=50.0, calls=1.0)


@pytest.fixture(scope="module")
def schemas() -> list[GraphQLSchema]:
    return [compose(load(REGISTRATION, environ=ENVIRON)).schema, strawberry.Schema(Query)._schema]


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_every_subject_can_answer_every_workload(workload: Workload, schemas: list[GraphQLSchema]) -> None:
    for schema in schemas:
        assert validate(schema, parse(workload.query)) == []


@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda workload: workload.name)
def test_no_two_connections_ask_for_the_same(workload: Workload) -> None:
    asked = [body for bodies in workload.requests() for body in bodies]
    assert len(asked) == CONNECTIONS * workload.rounds
    assert len(set(asked)) == (len(asked) if workload.calls else 1)


def test_what_is_told_is_the_middle_of_the_rounds() -> None:
    rounds = [Figures(*([value] * 6)) for value in (3.0, 1.0, 2.0)]
    assert middle(rounds) == Figures(*([2.0] * 6))


def test_a_report_has_ratios_to_the_base_and_the_goals(tmp_path: Path) -> None:
    base = Figures(operations=10.0, cpu=20.0, p50=1.0, p99=3.0, memory=50.0, calls=1.0)
    results = {"W1": {"crossdock": FIGURES, "strong": base}}
    assert ratio(results, "W1", "crossdock") == 10.0
    (line,) = [line for line in table(results) if "nothing cached" in line]
    assert line.split()[-2:] == ["10.0", f"{GOALS['crossdock']['W1']:g}"]
    write(results, {"python": "3"}, tmp_path)
    assert '"cpu": 20.0' in (tmp_path / "bench.json").read_text()
    assert "Strawberry, aiohttp, caches" in (tmp_path / "bench.svg").read_text()


def test_an_earlier_commit_runs_from_its_own_tree() -> None:
    with earlier("HEAD") as subjects:
        assert [subject.name for subject in subjects] == [before.name for before in BEFORE.values()]
        for subject in subjects:
            tree = Path(subject.environ["PYTHONPATH"])
            assert (tree / "gateway" / "cli.py").is_file()
            assert str(tree / "tests/bench/registration") in subject.command(1)


def test_what_changed_since_is_told_by_workload() -> None:
    twice = Figures(operations=50.0, cpu=4.0, p50=1.0, p99=3.0, memory=50.0, calls=1.0)
    told = since({"W1": {"crossdock": twice, "crossdock-before": FIGURES, "cached": FIGURES}})
    assert list(told) == ["W1 crossdock: 2.00 times the CPU of before"]


def test_goals_are_of_subjects_and_workloads_that_there_are() -> None:
    subjects = {subject.name: subject for subject in SUBJECTS}
    assert all(set(goals) == set(subjects[name].workloads) for name, goals in GOALS.items())


def test_a_growth_run_has_its_figures_and_two_plots(tmp_path: Path) -> None:
    sources = [{"sources": count, "cpu": 1.0, "start": 2.0, "memory": 130.0} for count in (5, 200)]
    growth.write({"crossdock": [(1, 0.5), (10_000, 120.04567)]}, sources, tmp_path)
    assert "120.046" in (tmp_path / "growth.json").read_text()
    for name in ("growth-records.svg", "growth-sources.svg"):
        assert ElementTree.parse(tmp_path / name).getroot().tag.endswith("svg")


def test_a_registration_grows_by_sources_that_nobody_asks(tmp_path: Path) -> None:
    composition = compose(load(growth.registration(tmp_path, 8), environ=ENVIRON))
    assert len(composition.adapters) == 8
    assert {composition.roles[name] for name in ("erp-5", "erp-6", "erp-7")} == {"ERP"}


def test_the_page_has_the_figures_of_the_last_runs() -> None:
    assert page.PAGE.read_text("utf-8") == page.written(), "run python -m tests.bench.page"


def test_plots_are_drawings_with_their_numbers() -> None:
    bars, lines = Bars("Title <&>"), Lines("Title", "records")
    bars.group("group", {"one": 0.5, "other": 50.0})
    lines.line("line", [(1, 0.2), (10_000, 30.0)])
    for drawing in (bars.svg(), lines.svg()):
        assert ElementTree.fromstring(drawing).tag.endswith("svg")
    assert ">0.5<" in bars.svg()
    assert ">10,000<" in lines.svg()
