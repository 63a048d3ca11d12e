"""What the documentation shows is true: queries answer, registrations compose, commands run."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from gateway.commands.back_office import BackOffice, free_ports
from gateway.compose import compose
from gateway.config.load import load
from gateway.config.routing import named
from gateway.config.settings import Settings
from gateway.decision import unknown_words
from gateway.graph import declared_graph
from tests.retail.documents import Block, answered, blocks, commands, pages
from tests.retail.running import CHECKOUT, CONFIGURATION, Client

QUERIES = blocks("graphql")
REGISTRATIONS = [
    block
    for block in blocks("yaml")
    if block.text.startswith("version:") and "kind:" in block.text
    if block.page != "docs/configuration.md"  # generated; tests/test_reference.py checks its examples
]
FRAGMENTS = [block for block in blocks("yaml") if block.text.startswith("entities:")]
ROUTES = [block for block in blocks("yaml") if block.text.startswith("routes:")]


@pytest.mark.parametrize("block", QUERIES, ids=str)
async def test_queries_answer(client: Client, block: Block) -> None:
    await client.data(block.text)


@pytest.mark.parametrize("pair", answered(), ids=lambda pair: str(pair[0]))
async def test_answers_are_those_that_are_shown(client: Client, pair: tuple[Block, Block]) -> None:
    query, answer = pair
    assert await client.data(query.text) == json.loads(answer.text)


@pytest.mark.parametrize("block", REGISTRATIONS, ids=str)
def test_registrations_compose_alone(tmp_path: Path, block: Block) -> None:
    found = yaml(block.text)
    (tmp_path / "sources").mkdir()
    (tmp_path / "gateway.yaml").write_text("version: 1\n")
    (tmp_path / "sources" / f"{found['source']}.yaml").write_text(block.text)
    environment = {"PRICING_URL": "http://127.0.0.1:1", "WMS_URL": f"sqlite:///{tmp_path}/none.sqlite"}
    if found["source"] == "pricing":  # rows of a variant are reached from variants only
        shutil.copy(CONFIGURATION / "sources" / "pim.yaml", tmp_path / "sources")
        environment["PIM_URL"] = "http://127.0.0.1:1"
    composition = compose(load(tmp_path, environ=environment))
    assert found["source"] in composition.adapters
    assert any(coordinate.startswith("Query.") for coordinate in composition.served.fields)


@pytest.mark.parametrize("block", FRAGMENTS, ids=str)
def test_fragments_fit_into_registrations_of_the_demo(tmp_path: Path, office: BackOffice, block: Block) -> None:
    folder = tmp_path / "retail"
    shutil.copytree(CONFIGURATION, folder)
    shutil.copytree(CONFIGURATION.parent / "queries", tmp_path / "queries")
    shutil.copytree(CHECKOUT / "examples" / "backoffice" / "wsdl", tmp_path / "backoffice" / "wsdl")
    for entity, words in yaml(block.text)["entities"].items():
        file = owner(folder, entity)
        whole = yaml(file.read_text())
        whole["entities"][entity] |= words
        YAML(typ="safe").dump(whole, file)
    assert compose(load(folder, environ=office.environment)).served.fields


def owner(folder: Path, entity: str) -> Path:
    for file in sorted((folder / "sources").iterdir()):
        if f"\n  {entity}:" in file.read_text():
            return file
    raise AssertionError(f"no demo system knows {entity}")


@pytest.mark.parametrize("block", ROUTES, ids=str)
def test_routes_are_words_of_the_configuration(block: Block) -> None:
    routes = Settings.model_validate(yaml(block.text)).routes
    sources = {name for route in routes.values() for _, name in named(route)}
    assert not list(unknown_words(declared_graph(), sources, routes))


def yaml(text: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(text)
    return found


def test_links_lead_somewhere() -> None:
    for page in pages():
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


WALK = "docs/register-a-system.md"
"""Done step by step in tests/commands/test_register_a_system.py."""


class TestCommands:
    """Each command of the documentation is run as it is written, but for ports; make is what runs this."""

    RUN = ("make test", "make check", "make demo")

    def test_every_one_is_run(self) -> None:
        served = {
            command
            for command in commands(WALK)
            if command.startswith(("crossdock demo", "crossdock serve", "curl -s"))
        }
        finished = {
            command for command in commands(WALK) if command.startswith(("crossdock explain", "crossdock init"))
        }
        finished |= {
            command for command in commands(WALK) if command.startswith(("crossdock check", "crossdock schema"))
        }
        finished |= {command for command in commands(WALK) if command.startswith("crossdock align")}
        elsewhere = {each for each in commands(WALK) if each.startswith(("export ", "docker ", "crossdock key"))}
        assert commands(WALK) - served - finished - elsewhere <= {*self.RUN}

    def test_explain(self, office: BackOffice) -> None:
        for command in sorted(commands(WALK)):
            if command.startswith("crossdock explain"):
                done = run(command, CHECKOUT, office.environment)
                assert "At most" in done.stdout, done.stderr

    def test_schema(self, office: BackOffice) -> None:
        for command in sorted(commands(WALK)):
            if command.startswith("crossdock schema"):
                done = run(f"{command} --config {CONFIGURATION}", CHECKOUT, office.environment)
                assert "type Query" in done.stdout, done.stderr

    def test_align(self, office: BackOffice) -> None:
        (command,) = (each for each in commands(WALK) if each.startswith("crossdock align"))
        assert "500 keys of Variant by sku (not all), from pim" in run(command, CHECKOUT, office.environment).stdout

    def test_a_folder_of_ones_own(self, tmp_path: Path) -> None:
        for command in ("crossdock init my-gateway", "crossdock check --config my-gateway"):
            assert command in commands(WALK)
            done = run(command, tmp_path, variables(tmp_path / "my-gateway"))
            assert done.returncode == 0, done.stdout + done.stderr
        with started("crossdock serve --config my-gateway", tmp_path, variables(tmp_path / "my-gateway")) as address:
            assert httpx.get(f"{address}/livez").status_code == 200

    def test_the_demo_answers_the_request_of_the_readme(self) -> None:
        curl = next(command for command in commands(WALK) if command.startswith("curl -s"))
        with started("crossdock demo", CHECKOUT, {}) as address:
            done = run(curl.replace("http://127.0.0.1:8000", address), CHECKOUT, {})
        assert json.loads(done.stdout)["data"]["variant"]["name"]

    def test_the_demo_without_some_systems(self) -> None:
        with started("crossdock demo --down pricing,crm --latency 20ms", CHECKOUT, {}) as address:
            sources = httpx.get(f"{address}/readyz").json()["sources"]
        assert sources["pricing"]["up"] is False
        assert sources["pim"]["up"] is True


def variables(folder: Path) -> dict[str, str]:
    """Those that ``init`` names in its example."""
    lines = (folder / ".env.example").read_text().splitlines() if folder.is_dir() else []
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def arguments(command: str) -> list[str]:
    words = shlex.split(command)
    return [sys.executable, "-m", "gateway.cli", *words[1:]] if words[0] == "crossdock" else words


def run(command: str, folder: Path, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    everything = {**os.environ, "PYTHONPATH": str(CHECKOUT), **environment}
    return subprocess.run(
        arguments(command), cwd=folder, env=everything, capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def started(command: str, folder: Path, environment: Mapping[str, str]) -> Iterator[str]:
    """The address of a server that a command starts; it must end well after SIGTERM."""
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*arguments(command), "--port", str(port)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 60
        while process.poll() is None and time.monotonic() < deadline:
            try:
                httpx.get(f"{address}/livez")
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        status = process.wait(20)
    assert status in (0, 130)


def test_decisions_are_numbered_one_by_one() -> None:
    files = sorted((CHECKOUT / "docs" / "decisions").iterdir())
    assert [file.name[:4] for file in files] == [f"{number:04}" for number in range(1, len(files) + 1)]
    for number, file in enumerate(files, 1):
        assert file.read_text().startswith(f"# {number}. "), file.name
