"""``crossdock test``: examples as people write them, and what is told of those that do not hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.cli import main

SOURCE = """\
source: prices
role: PRICING
kind: rest
url: http://prices.test
entities:
  Price:
    fields:
      value: {fields: {amount: amt, currency: cur}}
      validFrom: {from: day, as: "instant(yyyyMMdd)"}
    keys: {sku: sku}
    lookup:
      sku: {get: "/prices{?sku*}", rows: items, many: true}
    search:
      sku: {get: "/prices{?sku}", rows: items, parents: sku}
  Variant:
    key: sku
    fields: {sku: sku, name: name}
    lookup:
      sku: {get: "/variants/{sku}", batch: 1, match: none}
    search:
      named: {get: "/variants{?name,n,p}", page: {number: p, size: n}, filters: {name: name}}

examples:
"""
PRICE = '{"items": [{"sku": "A", "amt": "1.50", "cur": "EUR", "day": "20260102"}]}'
RIGHT = """\
  - lookup: {Price.sku: [A, B]}
    reply: examples/a.json
    expect:
      - [{value: {amount: 1.50, currency: EUR}, validFrom: 2026-01-02T00:00:00Z}]
      - []
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "gateway.yaml").write_text("title: Shop\n")
    (tmp_path / "sources" / "examples").mkdir(parents=True)
    (tmp_path / "sources" / "examples" / "a.json").write_text(PRICE)
    (tmp_path / "sources" / "examples" / "gone.http").write_text("HTTP/1.1 404\n\nno such variant")
    (tmp_path / "sources" / "examples" / "shirt.http").write_text(
        '# GET /variants/A\nHTTP/1.1 200\ncontent-type: application/json\n\n{"sku": "A", "name": "Shirt"}'
    )
    return tmp_path


def outcome(capsys: pytest.CaptureFixture[str], folder: Path, examples: str) -> tuple[int, list[str]]:
    (folder / "sources" / "prices.yaml").write_text(SOURCE + examples)
    status = main(["test", "--config", str(folder)])
    captured = capsys.readouterr()
    return status, (captured.out + captured.err).splitlines()


def test_an_example_names_what_it_cares_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert outcome(capsys, folder, RIGHT) == (0, ["ok      prices: Price.sku", "", "1 examples, none broken"])


def test_replies_of_several_calls_find_their_request(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = """\
  - lookup: {Variant.sku: [Z, A]}
    reply: [examples/shirt.http, examples/gone.http]
    expect: [null, {sku: A, name: Shirt}]
"""
    assert outcome(capsys, folder, example)[0] == 0


def test_an_example_of_a_search(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = """\
  - search: {Variant.named: {name: Shirt}}
    first: 2
    reply: examples/list.json
    expect: [{sku: A, name: Shirt}, {sku: B}]
  - search: {Price.sku: {}}
    below: A
    reply: examples/a.json
    expect: [{value: {amount: 1.5}}]
"""
    (folder / "sources" / "examples" / "list.json").write_text('[{"sku": "A", "name": "Shirt"}, {"sku": "B"}]')
    status, lines = outcome(capsys, folder, example)
    assert (status, lines[:2]) == (0, ["ok      prices: Variant.named", "ok      prices: Price.sku"]), lines
    status, lines = outcome(capsys, folder, example.replace(", {sku: B}", ""))
    assert status == 1
    assert lines[1].endswith("examples[0].expect: expected a list of 1, found a list of 2")
    status, lines = outcome(capsys, folder, example.replace("Variant.named", "Variant.name"))
    assert "expected a search of prices: Price.sku, Variant.named, found Variant.name; did you mean" in lines[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{reply: a, expect: []}", "expected exactly one of lookup, search"),
        ("{lookup: {Price.sku: [A]}, search: {Price.sku: {}}, reply: a, expect: []}", "expected exactly one of lookup"),
        ("{lookup: {Price.sku: [A]}, first: 2, reply: a, expect: []}", "expected below and first beside search only"),
    ],
)
def test_an_example_that_is_none(folder: Path, capsys: pytest.CaptureFixture[str], words: str, said: str) -> None:
    status, lines = outcome(capsys, folder, f"  - {words}\n")
    assert (status, said in lines[0]) == (1, True), lines


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("EUR", "CHF", "27:33 examples[0].expect[0][0].value.currency: expected 'CHF', found 'EUR'"),
        ("1.50", "1.51", "27:19 examples[0].expect[0][0].value.amount: expected 1.51, found '1.50'"),
        ("- []", "- null", "28:9 examples[0].expect[1]: expected nothing, found a list of 0"),
        ("      - []\n", "", "26:5 examples[0].expect: expected one record, list or null for each key, found 1 for 2"),
        ("Price.sku", "Price.skus", "24:5 examples[0].lookup: expected a lookup of prices: Price.sku, Variant.sku, fo"),
    ],
)
def test_what_does_not_hold_is_told_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, said: str
) -> None:
    status, lines = outcome(capsys, folder, RIGHT.replace(old, new))
    assert status == 1
    assert lines[0].startswith("BROKEN  prices: Price.sku")
    assert lines[1].startswith(f"        sources/prices.yaml:{said}")


def test_a_value_that_is_not_read_any_more_is_shown(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "sources" / "examples" / "a.json").write_text(PRICE.replace("20260102", "2.1.2026"))
    status, lines = outcome(capsys, folder, RIGHT)
    assert status == 1
    assert any(
        "Price.validFrom: cannot read '2.1.2026' as DateTime (an instant of the calendar as yyyyMMdd)" in line
        for line in lines
    ), lines


def test_one_more_call_than_there_are_replies(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    example = "  - {lookup: {Variant.sku: [A, Z]}, reply: examples/shirt.http, expect: [{sku: A}, null]}\n"
    status, lines = outcome(capsys, folder, example)
    assert status == 1
    assert "{'error': 'UNAVAILABLE'}" in lines[1]


def test_a_file_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = outcome(capsys, folder, RIGHT.replace("a.json", "b.json"))
    assert (status, lines[-1]) == (
        1,
        f"crossdock test: expected to read {folder}/sources/examples/b.json, found No such file or directory",
    )


def test_without_examples_it_says_how_to_get_some(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, lines = outcome(capsys, folder, "  []\n")
    assert (status, lines) == (1, ["no examples: crossdock try SOURCE ENTITY KEY --save writes the first"])
