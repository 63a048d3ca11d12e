"""``crossdock check`` and ``crossdock schema``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from graphql import build_schema

from gateway.cli import main
from tests.commands.processes import run


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--help"])
    assert raised.value.code == 0
    text = capsys.readouterr().out
    assert [command for command in ("serve", "check", "schema", "demo") if f"    {command} " not in text] == []


def test_what_is_served_and_what_is_left_out(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(shop)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "pim (PIM): Product"
    assert any(line.startswith("  Query.order: no source looks up Order") for line in lines)
    assert not any(line.startswith(("  Query.product:", "  Product.name:")) for line in lines)


def test_the_same_for_programs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--config", str(shop)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["problems"]) == (True, [])
    assert report["sources"] == {"pim": {"role": "PIM", "entities": ["Product"]}}
    assert {"Query.product", "Product.code", "Product.name"} <= set(report["served"])
    left_out = {field["coordinate"]: field["why"] for field in report["leftOut"]}
    assert "Order.number" in left_out
    assert not left_out.keys() & set(report["served"])


SLOW = """\
source: wms
role: WMS
kind: sql
url: "sqlite:///wms.db"
entities:
  Location:
    key: code
    table: PLACE
    fields: {code: CODE, name: NAME}
    lookup: {code: {batch: 1}}
    search: {locations: {order: [code]}}
  StockLevel:
    key: [sku, locationCode]
    table: STOCK
    fields: {sku: ITEM, locationCode: PLACE, onHand: QTY}
    lookup: {locationCode: {many: true, batch: 1}, sku locationCode: {}}
"""


def test_paths_that_cost_one_call_per_item(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "sources" / "wms.yaml").write_text(SLOW)
    assert main(["check", "--config", str(shop)]) == 0
    lines = capsys.readouterr().out.splitlines()
    start = lines.index("2 paths of the graph cost one call per item:")
    assert lines[start + 2 : start + 6] == [
        "  Location.stock: wms, lookup StockLevel by locationCode",
        '    { locations { stock(skus: ["1", "2", "3"]) { id } } }',
        "  StockLevel.location: wms, lookup Location by code",
        '    { locations { stock(skus: ["1", "2", "3"]) { location { name } } } }',
    ]


def test_the_same_paths_for_programs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "sources" / "wms.yaml").write_text(SLOW.replace("batch: 1}}\n    search", "batch: 9}}\n    search"))
    assert main(["check", "--json", "--config", str(shop)]) == 0
    assert json.loads(capsys.readouterr().out)["oneByOne"] == [
        {
            "coordinate": "Location.stock",
            "source": "wms",
            "asks": "lookup StockLevel by locationCode",
            "query": '{ locations { stock(skus: ["1", "2", "3"]) { id } } }',
            "items": 1000,
            "calls": 1000,
        }
    ]


def broken(shop: Path) -> Path:
    (shop / "gateway.yaml").write_text("titel: Shop\nlimits: {first: 0}\n")
    return shop


def test_problems(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--config", str(broken(shop))]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("gateway.yaml:1:1 titel: expected one of ")
    assert lines[1:] == ["gateway.yaml:2:10 limits.first: expected a value greater than 0, found 0", "", "2 problems"]


def test_problems_for_programs(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--json", "--config", str(broken(shop))]) == 1
    report = json.loads(capsys.readouterr().out)
    assert not report["ok"]
    assert [(problem["file"], problem["line"], problem["where"]) for problem in report["problems"]] == [
        ("gateway.yaml", 1, "titel"),
        ("gateway.yaml", 2, "limits.first"),
    ]


def test_a_mistake_that_only_the_source_s_kind_can_see(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = shop / "sources" / "pim.yaml"
    source.write_text(source.read_text().replace("name: TITLE", "nmae: TITLE"))
    assert main(["check", "--config", str(shop)]) == 1
    assert capsys.readouterr().out.startswith("sources/pim.yaml:9:26 entities.Product.fields.nmae: expected ")


@pytest.mark.parametrize("command", [["serve"], ["schema"]])
def test_other_commands_report_problems_too(shop: Path, capsys: pytest.CaptureFixture[str], command: list[str]) -> None:
    assert main([*command, "--config", str(broken(shop))]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("gateway.yaml:1:1 titel: expected one of ")


def test_the_served_schema(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "--config", str(shop)]) == 0
    schema = build_schema(capsys.readouterr().out)
    assert schema.query_type is not None
    assert "product" in schema.query_type.fields
    assert "order" not in schema.query_type.fields


def test_the_declared_schema_needs_no_configuration(tmp_path: Path) -> None:
    done = run("schema", "--declared", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    schema = build_schema(done.stdout)
    assert schema.query_type is not None
    assert {"product", "order"} <= schema.query_type.fields.keys()


def test_where_the_configuration_is_found(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "elsewhere").mkdir()
    monkeypatch.delenv("CROSSDOCK_CONFIG", raising=False)
    monkeypatch.chdir(shop / "elsewhere")
    assert main(["check"]) == 1
    monkeypatch.setenv("CROSSDOCK_CONFIG", str(shop))
    assert main(["check"]) == 0
    monkeypatch.delenv("CROSSDOCK_CONFIG")
    monkeypatch.chdir(shop)
    assert main(["check"]) == 0
    assert capsys.readouterr().out.count("pim (PIM): Product") == 2


def test_an_overlay(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "prod.yaml").write_text("gateway: {limits: {first: none}}\n")
    assert main(["check", "--config", str(shop), "--overlay", str(shop / "prod.yaml")]) == 1
    assert "prod.yaml:1:20 limits.first: expected a whole number, found none" in capsys.readouterr().out


LISTS = """\
source: NAME
role: OMS
kind: sql
url: "sqlite:///NAME.db"
entities:
  Order:
    key: number
    table: ORD
    fields:
      number: NO
      channel: {from: CHAN, map: {W: WEB, S: STORE}}
      status: {from: STATE, map: {N: PENDING, C: CONFIRMED}}
      placedAt: {from: PLACED, as: instant(yyyyMMddHHmmss)}
    lookup: {number: {}}
    search: {orders: {order: [placedAt desc], filters: FILTERS}}
"""


def test_what_lists_cannot_be_narrowed_by(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, filters in (("oms", "{channels: channel, status: status}"), ("pos", "{channels: channel}")):
        (shop / "sources" / f"{name}.yaml").write_text(LISTS.replace("NAME", name).replace("FILTERS", filters))
    with (shop / "gateway.yaml").open("a") as file:
        file.write("routes: {Order: {merge: [oms, pos], order: placedAt desc}}\n")
    assert main(["check", "--config", str(shop)]) == 0
    text = capsys.readouterr().out
    assert "  OrderFilter.status: oms can, pos does not declare it in the search orders of Order\n" in text
    assert "  OrderFilter.openOnly: no source declares it in the search orders of Order\n" in text
    assert "OrderFilter.channels" not in text
    assert "\n  Order.orders.status of oms: CANCELLED, COMPLETED, IN_FULFILMENT, ON_HOLD," in text
    assert main(["check", "--json", "--config", str(shop)]) == 0
    report = json.loads(capsys.readouterr().out)
    assert "OrderFilter.status" in [each["coordinate"] for each in report["unfiltered"]]
    assert [(each["source"], each["filter"]) for each in report["wordless"]] == [
        ("oms", "Order.orders.channels"),
        ("oms", "Order.orders.status"),
        ("pos", "Order.orders.channels"),
    ]


def test_a_filter_that_the_graph_has_not(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "sources" / "oms.yaml").write_text(LISTS.replace("NAME", "oms").replace("FILTERS", "{channel: channel}"))
    assert main(["check", "--config", str(shop)]) == 1
    text = capsys.readouterr().out
    assert "sources/oms.yaml:15:57 " in text
    assert "entities.Order.search.orders.filters.channel: expected a filter that the graph has, found `channel`" in text
    assert "did you mean `channels`?" in text
