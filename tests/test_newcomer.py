"""The walk of somebody who has only the wheel: from an empty folder to an answer and what it took."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import venv
from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

import httpx
import pytest
from packaging.requirements import Requirement
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tests.commands.processes import ROOT, running
from tests.serving import serving

PACKAGES = ("adapters", "cache", "gateway", "resolvers")

REGISTRATION = """\
version: 1
source: catalogue
role: PIM
kind: rest
url: ${CATALOGUE_URL}
entities:
  Product:
    key: code
    fields: {code: no, name: label}
    lookup:
      code: {get: "/articles{?no}", variable: no, rows: articles}
"""
QUERY = '{ here: product(code: "A2") { code name } gone: product(code: "A9") { name } }'


async def articles(request: Request) -> JSONResponse:
    known = {"A1": "Shirt", "A2": "Coat"}
    asked = request.query_params["no"].split(",")
    return JSONResponse({"articles": [{"no": code, "label": known[code]} for code in asked if code in known]})


@pytest.fixture
def catalogue() -> Iterator[str]:
    with serving(Starlette(routes=[Route("/articles", articles)])) as address:
        yield address


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy, which leaves nothing behind in the checkout."""
    copy = tmp_path_factory.mktemp("checkout")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    for file in ("pyproject.toml", "LICENSE"):
        shutil.copy(ROOT / file, copy)
    build = ("pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", "wheels", ".")
    called(sys.executable, "-m", *build, folder=copy)
    [found] = (copy / "wheels").iterdir()
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a new environment: the wheel, and what it requires, and nothing else.

    The required packages are those of the running environment, linked, as fetching them would take minutes.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, symlinks=True)
    python = str(home / "bin" / "python")
    site = Path(called(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", folder=home).strip())
    install = ("pip", "--python", python, "install", "--quiet", "--no-deps", "--no-index", "--no-compile")
    called(sys.executable, "-m", *install, str(wheel), folder=home)
    [info] = site.glob("crossdock-*.dist-info")
    for required in closure(Distribution.at(info)):
        link(required, site)
    return home / "bin"


def closure(root: Distribution) -> Iterator[Distribution]:
    """All that it requires, and what that requires."""
    waiting = [(root, "")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        dist, extra = waiting.pop()
        for requirement in map(Requirement, dist.requires or ()):
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            for wanted in ("", *requirement.extras):
                if (requirement.name, wanted) not in seen:
                    seen.add((requirement.name, wanted))
                    found = distribution(requirement.name)
                    assert requirement.specifier.contains(found.version), f"{requirement}, found {found.version}"
                    waiting.append((found, wanted))
                    yield found


def link(dist: Distribution, site: Path) -> None:
    for name in {file.parts[0] for file in dist.files or ()} - {"..", "__pycache__"}:
        place = site / name
        if not place.exists():
            place.symlink_to(Path(str(dist.locate_file(name))))


def called(*command: str, folder: Path, **environ: str) -> str:
    done = subprocess.run(
        command, cwd=folder, env=outside(environ), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def outside(environ: dict[str, str]) -> dict[str, str]:
    """The environment of somebody who has no checkout."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | environ


def test_the_walk(installed: Path, catalogue: str, tmp_path: Path) -> None:
    crossdock = str(installed / "crossdock")
    called(crossdock, "init", "my-gateway", folder=tmp_path)
    folder = tmp_path / "my-gateway"
    assert "$schema" not in (folder / "gateway.yaml").read_text()

    (folder / "sources" / "shop.yaml").unlink()
    (folder / "sources" / "catalogue.yaml").write_text(REGISTRATION)
    environ = {"CATALOGUE_URL": catalogue}
    said = called(crossdock, "check", "--config", "my-gateway", folder=tmp_path, **environ)
    assert said.startswith("catalogue (PIM): Product\n")

    serve = (crossdock, "serve", "--config", "my-gateway", "--port", "0")
    with running(serve, tmp_path, {**environ, "PYTHONPATH": ""}) as program:
        address = program.line_with("/graphql").removeprefix("My gateway: ")
        answer = httpx.post(address, json={"query": QUERY, "extensions": {"trace": True}}, timeout=20).json()
        assert program.stop(signal.SIGTERM) == 0

    assert answer["data"] == {"here": {"code": "A2", "name": "Coat"}, "gone": None}
    assert "errors" not in answer
    trace = answer["extensions"]["trace"]
    assert [(step["source"], step["entity"], step["name"]) for step in trace["steps"]] == [
        ("catalogue", "Product", "code")
    ] * len(trace["steps"])
    assert sum(step["calls"] for step in trace["steps"]) == trace["calls"] >= 1
    assert sum(step["keys"] for step in trace["steps"]) == 2
    assert trace["milliseconds"] > 0


def test_the_wheel_is_what_runs(installed: Path, tmp_path: Path) -> None:
    """All four packages, from the new environment; and nothing in it that the wheel does not require."""
    program = "import adapters, cache, gateway, resolvers as r; print(adapters, cache, gateway, r, sep='\\n')"
    lines = called(str(installed / "python"), "-c", program, folder=tmp_path).splitlines()
    assert [line for line in lines if str(installed.parent) not in line] == []
    missing = "import importlib.util as u; print([n for n in ('pytest', 'jsonschema') if u.find_spec(n)])"
    assert called(str(installed / "python"), "-c", missing, folder=tmp_path) == "[]\n"


@pytest.mark.parametrize("kind", ["rest", "soap", "sql"])
def test_every_starter_is_in_the_wheel(kind: str, installed: Path, tmp_path: Path) -> None:
    called(str(installed / "crossdock"), "init", "--kind", kind, folder=tmp_path)
    assert f"kind: {kind}" in (tmp_path / "sources" / "shop.yaml").read_text()


def test_the_reference_is_in_the_wheel(installed: Path, tmp_path: Path) -> None:
    page = called(str(installed / "crossdock"), "reference", folder=tmp_path)
    assert page == (ROOT / "docs" / "configuration.md").read_text("utf-8")
