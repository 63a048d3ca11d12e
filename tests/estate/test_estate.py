"""Odd systems, each a faithful imitation of a family of real ones: registered by one short file, examined, and asked.

A folder is a system: ``server.py`` with ``running()``, a context manager that starts it and gives the environment of
its registration; ``source.yaml``, of at most sixty lines. They all hold the same few things (``world``), so that the
same questions have the same answers (``questions``).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import main
from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway
from tests.estate.questions import QUESTIONS
from tests.estate.world import CUSTOMERS, ORDERS

ESTATE = Path(__file__).parent
SYSTEMS = sorted(file.parent.name for file in ESTATE.glob("*/source.yaml"))
MOST_LINES = 60
KNOWN: Mapping[str, list[Any]] = {
    "sku": ["A-00013", "A-00021", "A-00045"],
    "sku locationCode": [["A-00013", "BER1"], ["A-00045", "HAM2"], ["A-00045", "BER1"]],
    "Customer.number": [*CUSTOMERS],
    "Order.number": [*ORDERS],
    "customerNumber": ["10001"],
}


@pytest.fixture(scope="module", params=SYSTEMS)
def system(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The name of a running system, and the folder of a configuration that registers it alone."""
    name: str = request.param
    folder = tmp_path_factory.mktemp(name)
    (folder / "gateway.yaml").write_text(f"title: {name}\n")
    (folder / "sources").symlink_to(ESTATE / name)
    running = import_module(f"tests.estate.{name}.server").running
    with running() as environment, pytest.MonkeyPatch.context() as patch:
        for variable, value in environment.items():
            patch.setenv(variable, value)
        yield name, folder


def test_it_is_registered_by_a_short_file(system: tuple[str, Path]) -> None:
    assert len((ESTATE / system[0] / "source.yaml").read_text("utf-8").splitlines()) <= MOST_LINES


def test_check_passes(system: tuple[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(system[1])]) == 0, capsys.readouterr()


def test_it_keeps_the_contract(system: tuple[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    status, report = conformance(system[1], capsys)
    assert [finding for finding in report["findings"] if not finding["passed"]] == []
    assert (status, report["notExamined"]) == (0, {})


def test_what_it_answered_is_replayed_without_it(
    system: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every lookup by one value is tried and saved; then the examples are run with the system switched off."""
    name, _ = system
    shutil.copytree(ESTATE / name, tmp_path / "sources", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "gateway.yaml").write_text(f"title: {name}\n")
    folder = ["--config", str(tmp_path)]
    [registered] = load(tmp_path).sources
    lookups = [(entity, by) for entity, each in registered.registration.known().items() for by in each.lookup]
    saved = 0
    for entity, by in lookups:
        keys = KNOWN.get(f"{entity}.{by}", KNOWN.get(by))
        if keys is not None and " " not in by:
            tried = ["try", registered.registration.source, entity, *keys, "--by", by, "--save", *folder]
            assert main(tried) == 0, capsys.readouterr()
            saved += 1
    capsys.readouterr()
    assert main(["test", *folder]) == 0, capsys.readouterr()
    assert f"{saved} examples, none broken" in capsys.readouterr().out
    assert saved >= 1


def conformance(folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, Mapping[str, Any]]:
    """Systems that cannot search are told some keys."""
    [registered] = load(folder).sources
    asked = [(e, by) for e, each in registered.registration.known().items() for by in [*each.lookup, *each.search]]
    keys = {f"{entity}.{by}": KNOWN.get(f"{entity}.{by}", KNOWN.get(by)) for entity, by in asked}
    known = [f"--known={name}={json.dumps(each)}" for name, each in keys.items() if each is not None]
    status = main(["conformance", registered.registration.source, "--json", "--config", str(folder), *known])
    return status, json.loads(capsys.readouterr().out)


@pytest.mark.quirk("R13", "R15", "R16", "R17", "R19")
async def test_it_answers_the_questions(system: tuple[str, Path]) -> None:
    gateway = Gateway.build(load(system[1]))
    asked = {name: question for name, question in QUESTIONS.items() if question.needs <= known(gateway)}
    try:
        answers = {name: await answer(gateway, question.query) for name, question in asked.items()}
    finally:
        await gateway.aclose()
    assert answers == {name: {"data": exact(question.answer)} for name, question in asked.items()}
    assert len(asked) >= 2


async def answer(gateway: Gateway, query: str) -> Any:
    """What it cost was foreseen."""
    found = json.loads((await gateway.execute(OperationRequest(query, extensions={"cost": True}))).body)
    cost = found.pop("extensions")["cost"]
    assert cost["calls"] <= cost["worstCase"]["calls"]
    return exact(found)


def exact(answer: Any) -> Any:
    """Decimals by what they are worth, however many zeros a system writes."""
    if isinstance(answer, dict):
        return {k: Decimal(v) if k in {"amount", "onHand"} and v is not None else exact(v) for k, v in answer.items()}
    return [exact(each) for each in answer] if isinstance(answer, list) else answer


def known(gateway: Gateway) -> set[str]:
    """Types, and their searches as ``Type.search``."""
    (source,) = gateway.sources.values()
    searches = {f"{name}.{search}" for name, each in source.capabilities.items() for search in each.searches}
    return {*source.capabilities, *searches}
