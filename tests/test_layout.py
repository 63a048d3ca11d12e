"""What may import what, read from the source text. Each rule is also shown to find a breach, in a small tree."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("adapters", "cache", "gateway", "resolvers")
LONGEST_FILE = 400

FORBIDDEN = {
    "adapters": ("gateway", "resolvers", "cache"),
    "cache": ("gateway", "resolvers"),
    "resolvers": ("gateway", "cache"),
    "gateway.config": ("resolvers", "cache", "gateway.engine", "gateway.http", "gateway.commands"),
    "gateway.engine": ("gateway.http", "gateway.commands", "gateway.runtime"),
    "gateway.http": ("gateway.commands", "gateway.runtime", "gateway.compose"),
    "gateway.telemetry": ("gateway.engine", "gateway.http", "gateway.commands", "gateway.runtime", "gateway.compose"),
}
"""By part: what it never imports."""

CONTRACT = (
    "adapters.currencies",
    "adapters.deadlines",
    "adapters.outline",
    "adapters.problems",
    "adapters.registration",
    "adapters.spi",
    "adapters.tally",
    "adapters.types",
    "adapters.wrapper",
)
"""All that ``resolvers`` and ``cache`` may know of adapters."""

LEAF = ("adapters.outline", "adapters.spi", "adapters.tally")
"""The contract itself, which knows nothing else."""

ROOMS = {
    "aiocache": ("cache",),
    "aiohappyeyeballs": ("adapters.http1",),
    "cryptography": ("adapters.soap",),
    "graphql": ("gateway", "resolvers", "adapters.graphql"),
    "httptools": ("adapters.http1",),
    "httpx": (
        "adapters.http",
        "adapters.http1",
        "adapters.graphql",
        "adapters.rest",
        "adapters.soap",
        "adapters.web",
    ),
    "lxml": ("adapters.soap", "adapters.web"),
    "msgspec": ("adapters.mapping", "adapters.rest", "gateway.engine.engine"),
    "opentelemetry": ("gateway.telemetry", "adapters.http"),
    "opentelemetry.exporter": ("gateway.telemetry",),
    "opentelemetry.sdk": ("gateway.telemetry",),
    "prometheus_client": ("gateway.telemetry",),
    "psycopg": ("adapters.sql",),
    "ruamel": ("gateway.config",),
    "sqlalchemy": ("adapters.sql",),
    "starlette": ("gateway.http", "gateway.commands"),
    "strawberry": ("resolvers",),
    "uvicorn": ("gateway.http", "gateway.commands"),
    "zeep": ("adapters.soap",),
}
"""By library: the only parts that import it."""


@dataclass(frozen=True)
class Import:
    """``by`` one of our modules, of ``name``, which may be a module or something in one."""

    by: str
    name: str
    for_types_only: bool = False

    def __str__(self) -> str:
        return f"{self.by} imports {self.name}"


@cache
def modules(root: Path) -> dict[str, Path]:
    files = [file for package in PACKAGES for file in sorted((root / package).rglob("*.py"))]
    parts = {file: file.relative_to(root).with_suffix("").parts for file in files if "node_modules" not in file.parts}
    return {".".join(names[:-1] if names[-1] == "__init__" else names): file for file, names in parts.items()}


@cache
def imports(root: Path) -> list[Import]:
    return [found for name, file in modules(root).items() for found in imports_of(name, file)]


def imports_of(module: str, file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_text("utf-8"))
    guarded = {id(node) for node in ast.walk(tree) if is_type_guard(node) for node in ast.walk(node)}
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(tree):
        for name in names(node, package):
            yield Import(module, name, id(node) in guarded)


def is_type_guard(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def names(node: ast.AST, package: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) + 1 - node.level] if node.level else []
        source = ".".join([*above, *([node.module] if node.module else [])])
        yield from (f"{source}.{alias.name}" for alias in node.names)


def within(name: str, *parts: str) -> bool:
    return any(name == part or name.startswith(f"{part}.") for part in parts)


def against_direction(root: Path) -> list[str]:
    return [
        str(found)
        for found in imports(root)
        for part, forbidden in FORBIDDEN.items()
        if within(found.by, part) and within(found.name, *forbidden)
    ]


def behind_the_contract(root: Path) -> list[str]:
    return [
        str(found)
        for found in imports(root)
        if within(found.by, "resolvers", "cache")
        and within(found.name, "adapters")
        and not within(found.name, *CONTRACT)
    ]


def foreign_to_the_leaf(root: Path) -> list[str]:
    found = [found for found in imports(root) if found.by in LEAF]
    return [str(each) for each in found if not within(each.name, *LEAF, *sys.stdlib_module_names)]


def out_of_room(root: Path) -> list[str]:
    return [
        str(found)
        for found in imports(root)
        for library, rooms in ROOMS.items()
        if within(found.name, library) and not within(found.by, *rooms)
    ]


def cycles(root: Path) -> list[str]:
    ours = modules(root)
    graph: dict[str, set[str]] = {name: set() for name in ours}
    for found in imports(root):
        target = found.name if found.name in ours else found.name.rpartition(".")[0]
        if target in ours and target != found.by and not found.for_types_only:
            graph[found.by].add(target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [" -> ".join(reversed(error.args[1]))]
    return []


def without_init(root: Path) -> list[str]:
    """Folders of modules that the wheel would leave out."""
    folders = {file.parent for file in modules(root).values()}
    return sorted(str(folder.relative_to(root)) for folder in folders if not (folder / "__init__.py").is_file())


def too_long(root: Path) -> list[str]:
    lengths = {name: len(file.read_text("utf-8").splitlines()) for name, file in modules(root).items()}
    return [f"{name}: {length} lines" for name, length in lengths.items() if length > LONGEST_FILE]


def apart(root: Path) -> list[str]:
    return [package for package in PACKAGES if not (root / package / "__init__.py").is_file()]


Rule = Callable[[Path], list[str]]
RULES: list[Rule] = [
    against_direction,
    behind_the_contract,
    foreign_to_the_leaf,
    out_of_room,
    cycles,
    without_init,
    too_long,
    apart,
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_tree_keeps(rule: Rule) -> None:
    assert rule(ROOT) == []


KEPT = {
    "adapters/spi.py": "import json\nfrom collections.abc import Mapping\n",
    "adapters/soap/wsdl.py": "import zeep.wsdl\nfrom adapters.spi import Key\n",
    "adapters/soap/reply.py": "from . import wsdl\nfrom ..spi import Key\n",
    "cache/store.py": "from aiocache import Cache\nfrom adapters import spi\n",
    "resolvers/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from resolvers.b import B\n",
    "resolvers/b.py": "import strawberry\nfrom resolvers.a import A\n",
    "gateway/cli.py": "from adapters.soap.wsdl import x\nfrom cache.store import y\nfrom resolvers import a\n",
}
BREACHES: list[tuple[Rule, str, str, str]] = [
    (against_direction, "adapters/rest.py", "import gateway", "adapters.rest imports gateway"),
    (against_direction, "cache/x.py", "from resolvers.a import A", "cache.x imports resolvers.a.A"),
    (against_direction, "resolvers/x.py", "def f():\n    import cache.store", "resolvers.x imports cache.store"),
    (against_direction, "gateway/engine/x.py", "from ..http import app", "gateway.engine.x imports gateway.http.app"),
    (behind_the_contract, "cache/x.py", "from adapters import soap", "cache.x imports adapters.soap"),
    (behind_the_contract, "resolvers/x.py", "import adapters.mapping", "resolvers.x imports adapters.mapping"),
    (foreign_to_the_leaf, "adapters/spi.py", "import orjson", "adapters.spi imports orjson"),
    (foreign_to_the_leaf, "adapters/spi.py", "from .types import T", "adapters.spi imports adapters.types.T"),
    (out_of_room, "adapters/rest.py", "from zeep import Client", "adapters.rest imports zeep.Client"),
    (out_of_room, "gateway/x.py", "import strawberry.federation", "gateway.x imports strawberry.federation"),
    (out_of_room, "adapters/soap/x.py", "import sqlalchemy", "adapters.soap.x imports sqlalchemy"),
    (out_of_room, "adapters/http2.py", "if True:\n    import httptools", "adapters.http2 imports httptools"),
    (out_of_room, "gateway/x.py", "from starlette.routing import Route", "gateway.x imports starlette.routing.Route"),
    (out_of_room, "adapters/x.py", "import graphql", "adapters.x imports graphql"),
    (out_of_room, "adapters/rest.py", "from opentelemetry import trace", "adapters.rest imports opentelemetry.trace"),
    (out_of_room, "adapters/http.py", "import opentelemetry.sdk.trace", "adapters.http imports opentelemetry.sdk"),
    (cycles, "adapters/soap/wsdl.py", "from adapters.soap.reply import x", "adapters.soap."),
    (cycles, "resolvers/a.py", "def f():\n    from .b import B", "resolvers."),
    (without_init, "gateway/engine/plan/x.py", "", "gateway/engine/plan"),
    (too_long, "cache/x.py", "\n" * 401, "cache.x: 401 lines"),
]


def tree(root: Path, files: dict[str, str]) -> Path:
    for package in (*PACKAGES, "adapters/soap", "gateway/engine"):
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").touch()
    for name, text in files.items():
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_a_good_tree_breaks_no_rule(rule: Rule, tmp_path: Path) -> None:
    assert rule(tree(tmp_path, KEPT)) == []


@pytest.mark.parametrize(("rule", "file", "text", "found"), BREACHES)
def test_a_breach_is_found(rule: Rule, file: str, text: str, found: str, tmp_path: Path) -> None:
    [breach] = rule(tree(tmp_path, {**KEPT, file: text}))
    assert breach.startswith(found)


def test_a_package_that_is_not_there_is_found(tmp_path: Path) -> None:
    (tree(tmp_path, KEPT) / "cache" / "__init__.py").unlink()
    assert apart(tmp_path) == ["cache"]


def test_every_rule_is_shown_to_find_something() -> None:
    assert {rule for rule, *_ in BREACHES} | {apart} == set(RULES)


def test_the_gateway_refuses_to_run_on_another_package_of_the_same_name(tmp_path: Path) -> None:
    (tmp_path / "adapters").mkdir()
    (tmp_path / "adapters" / "__init__.py").touch()
    program = f"import sys; sys.path[:0] = [{str(tmp_path)!r}, {str(ROOT)!r}]; import gateway"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"expected the package adapters in {ROOT}, found {tmp_path / 'adapters'}" in done.stderr
    assert "install crossdock in an environment of its own" in done.stderr
