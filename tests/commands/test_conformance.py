"""``crossdock conformance`` against live systems: sound ones, and one that breaks the contract in every way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.backoffice.world import World
from gateway.cli import main
from gateway.commands.back_office import SYSTEMS, BackOffice
from tests.commands.faulty import DEFECTS, PASSWORD, Shop, registered
from tests.retail.running import CONFIGURATION
from tests.serving import serving


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[Shop, str]]:
    shop = Shop()
    with serving(shop.app) as address:
        yield shop, address


@pytest.fixture
def examined(shop: tuple[Shop, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Shop, Path]]:
    """The shop without a defect, and the folder that registers it."""
    monkeypatch.setenv("SHOP_URL", shop[1])
    yield shop[0], registered(tmp_path)
    shop[0].defect = ""


def conformance(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    status = main(["conformance", "--json", "--config", str(folder), *arguments])
    return status, json.loads(capsys.readouterr().out)


def test_a_sound_system_passes(examined: tuple[Shop, Path], capsys: pytest.CaptureFixture[str]) -> None:
    status, report = conformance(capsys, examined[1], "shop")
    assert (status, report["ok"], report["notExamined"]) == (0, True, {})
    asked = {finding["sample"] for finding in report["findings"]}
    assert asked == {"", "Product.code", "Product.name", "Product.products", "Variant.productCode"}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(
    examined: tuple[Shop, Path], capsys: pytest.CaptureFixture[str], defect: str
) -> None:
    shop, folder = examined
    shop.defect = defect
    status, report = conformance(capsys, folder, "shop")
    broken = {finding["check"] for finding in report["findings"] if not finding["passed"]}
    assert (status, report["ok"]) == (1, False)
    assert DEFECTS[defect] in broken


def test_the_report_says_what_was_seen_and_keeps_the_secret(
    examined: tuple[Shop, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    shop, folder = examined
    shop.defect = "leaks a password"
    assert main(["conformance", "shop", "--config", str(folder)]) == 1
    out = capsys.readouterr().out
    assert "  Product.code: keys P01, P02, P03, ..." in out
    assert "  ok      Product.code: a batch is the same as single keys\n" in out
    assert (
        "  BROKEN  adapter: nothing secret is in an error: a secret of the registration in what lookup code of" in out
    )
    assert PASSWORD not in out


def test_keys_and_filters_can_be_given(examined: tuple[Shop, Path], capsys: pytest.CaptureFixture[str]) -> None:
    _, folder = examined
    source = folder / "sources" / "shop.yaml"
    source.write_text(source.read_text().partition("    search:")[0])
    status, report = conformance(capsys, folder, "shop")
    assert (status, report["findings"][0]["sample"]) == (1, "")
    assert set(report["notExamined"]) == {"Product.code", "Product.name"}
    status, report = conformance(capsys, folder, "shop", "--known", "Product.code=P03,P04")
    assert (status, report["notExamined"]) == (0, {}), "the records of one lookup tell the keys of the other"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("shopp",), "expected a registered source, found 'shopp'; did you mean `shop`?; there are shop"),
        (("shop", "--known", "Product.cod=P1"), "expected a lookup or search of shop, found 'Product.cod'; did you"),
        (("shop", "--filter", "Product.products.brand=x"), "expected a filter of Product.products, found 'brand'"),
    ],
)
def test_what_there_is_not(
    examined: tuple[Shop, Path], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], said: str
) -> None:
    assert main(["conformance", *arguments, "--config", str(examined[1])]) == 1
    assert capsys.readouterr().err.startswith(f"crossdock conformance: {said}")


@pytest.mark.parametrize("source", SYSTEMS)
def test_the_demo_systems_pass(
    retailer: BackOffice, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], source: str
) -> None:
    for name, text in retailer.environment.items():
        monkeypatch.setenv(name, text)
    status, report = conformance(capsys, CONFIGURATION, source, *known(World(), source))
    assert [finding for finding in report["findings"] if not finding["passed"]] == []
    assert (status, report["notExamined"]) == (0, {})


def known(world: World, source: str) -> tuple[str, ...]:
    """What no search of the system tells."""
    match source:
        case "crm":
            return "--filter", "Customer.customers.search=greta"
        case "crosswalk":
            return "--known", f"IdentityLink.key=C{world.links[0].customer:06}"
        case "pos":
            return "--known", f"Customer.phone={next(client.phone for client in world.clients if client.phone)}"
    return ()
