"""What stands in a reply beside plain elements: texts that hold more, errors that are no faults, parts, dirt."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.resilience import Resilient
from adapters.soap.adapter import SoapAdapter
from adapters.soap.build import build
from adapters.spi import BadData, Lookup, LookupResult, Overloaded, Rejected, Search, SourceError
from tests.adapters.soap_shop import (
    BY_SKU,
    SCHEMA,
    SHOP,
    TYPES,
    Answer,
    Shop,
    answering,
    envelope,
    item,
    items,
    source,
    write,
    xml,
)

COUNT = '<xsd:element name="Count"'
DATA = SCHEMA.replace(COUNT, f'<xsd:element name="Data" type="xsd:string" minOccurs="0"/>{COUNT}', 1)


def shop(tmp_path: Path, answer: Answer, words: dict[str, Any], **more: Any) -> SoapAdapter:
    return Shop(answer).adapter(source(write(tmp_path, schema=DATA), words, **more))


async def asked(made: SoapAdapter, *keys: str) -> LookupResult:
    fields = frozenset(path.split(".")[0] for path in made.capabilities["Item"].fields)
    return await made.lookup(Lookup("Item", "sku", keys or ("A1",), fields))


def replied(data: str) -> str:
    return envelope(f'<GetItemsResponse xmlns="{SHOP}"><Data>{data}</Data></GetItemsResponse>')


ROW = {"sku": "Sku", "name": "Name", "size": "@size", "tags": {"each": "Tag"}}
EXPECTED = {"sku": "A1", "name": "Nüt & bolt", "tags": ["a", "b"]}

XML_ROWS = (
    '<?xml version="1.0" encoding="ISO-8859-1"?><Result><Rows>'
    '<Row size="L"><Sku>A1</Sku><Name>Nüt &amp; bolt</Name><Tag>a</Tag><Tag>b</Tag></Row></Rows></Result>'
)
PHP_ROWS = (
    'a:1:{s:4:"Rows";a:1:{s:3:"Row";a:3:{s:3:"Sku";s:2:"A1";s:4:"Name";s:11:"Nüt & bolt";'
    's:3:"Tag";a:2:{i:0;s:1:"a";i:1;s:1:"b";}}}}'
)


@pytest.mark.quirk("S18", "S27")
@pytest.mark.parametrize(
    ("format_", "text", "rows", "size"),
    [
        ("xml", XML_ROWS, "Data.Result.Rows.Row", "L"),
        ("json", json.dumps({"Rows": [{"Row": {**EXPECTED, "Sku": "A1"}}]}), "Data.Rows.Row", None),
        ("php", PHP_ROWS, "Data.Rows.Row", None),
    ],
)
@pytest.mark.parametrize("cdata", [True, False])
async def test_a_text_that_holds_rows_is_gone_on_through(
    tmp_path: Path, format_: str, text: str, rows: str, size: str | None, cdata: bool
) -> None:
    if format_ == "json":
        row = {"Sku": "A1", "Name": "Nüt & bolt", "Tag": ["a", "b"], "Price": 12.50}
        text = json.dumps({"Rows": {"Row": [row]}})
    lookup = {**BY_SKU, "rows": rows, "decode": {"Data": format_}}
    content = replied(f"<![CDATA[{text}]]>" if cdata else escape(text))
    made = shop(tmp_path, answering(content), {"fields": ROW, "lookup": {"sku": lookup}})
    assert (await asked(made)).found["A1"].values == {**EXPECTED, "size": size}


async def test_numbers_in_json_keep_their_digits_and_names_become_elements(tmp_path: Path) -> None:
    fields = {"sku": "Sku", "price": "price_net", "name": "_795.flag", "note": "none", "tags": {"each": "list.item"}}
    text = '[{"Sku":"A1","price net":0.10000000000000000001,"795":{"flag":true},"none":null,"list":[["x"],["y"]]}]'
    lookup = {**BY_SKU, "rows": "Data.item", "decode": {"Data": "json"}}
    made = shop(tmp_path, answering(replied(escape(text))), {"fields": fields, "lookup": {"sku": lookup}})
    assert (await asked(made)).found["A1"].values == {
        "sku": "A1",
        "price": "0.10000000000000000001",
        "name": "true",
        "note": None,
        "tags": ["x", "y"],
    }


async def test_html_in_a_row_is_elements_and_what_is_empty_holds_nothing(tmp_path: Path) -> None:
    lookup = {**BY_SKU, "decode": {"Items.Item.Note": "html"}}
    words = {"fields": {"sku": "Sku", "name": "Note.p.b", "tags": {"each": "Note.ul.li"}}, "lookup": {"sku": lookup}}
    note = escape("<p>Very <b>good</b><p>next<ul><li>one<li>two</ul>")
    content = items(item("A1", f"<Note>{note}</Note>"), item("A2", "<Note/>"), item("A3"))
    found = (await asked(shop(tmp_path, answering(content), words), "A1", "A2", "A3")).found
    assert found["A1"].values == {"sku": "A1", "name": "good", "tags": ["one", "two"]}
    assert found["A2"].values["name"] is found["A3"].values["name"] is None


@pytest.mark.parametrize("format_", ["xml", "json", "php"])
@pytest.mark.parametrize("text", ["Warning: secret", "<a>", "{", "a:9:{", 's:99:"x";', "<!DOCTYPE x><x/>"])
async def test_a_text_that_does_not_hold_what_it_should_is_bad_data(tmp_path: Path, format_: str, text: str) -> None:
    lookup = {**BY_SKU, "rows": "Data.Row", "decode": {"Data": format_}}
    made = shop(tmp_path, answering(replied(escape(text))), {"fields": {"sku": "Sku"}, "lookup": {"sku": lookup}})
    with pytest.raises(BadData, match=f"expected {format_} at `Data`") as error:
        await asked(made)
    assert "secret" not in str(error.value)


RETURN = {
    "errors": {"each": "Return.item", "when": "Type == 'E' || Type == 'A'", "code": "Number", "message": "Text"},
    "faults": {"404": "missing", "LOCKED": "overloaded"},
}


def told(*messages: tuple[str, str]) -> str:
    """A reply with rows and a table of messages."""
    rows = "".join(
        f"<item><Type>{kind}</Type><Number>{code}</Number><Text>For Ann 4711</Text></item>" for kind, code in messages
    )
    return items(item("A1"), more=f"<Return>{rows}</Return>")


@pytest.mark.quirk("S35")
@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], None),
        ([("S", "000"), ("W", "404")], None),
        ([("S", "000"), ("E", "LOCKED")], Overloaded),
        ([("A", "017")], Rejected),
    ],
)
async def test_a_table_of_messages_tells_whether_a_reply_is_an_error(
    tmp_path: Path, messages: list[tuple[str, str]], expected: type[SourceError] | None
) -> None:
    made = shop(tmp_path, answering(told(*messages)), {}, **RETURN)
    if expected is None:
        assert list((await asked(made)).found) == ["A1"]
        return
    with pytest.raises(expected) as error:
        await asked(made)
    assert "Ann" not in str(error.value) and "4711" not in str(error.value)


@pytest.mark.quirk("S35")
async def test_an_error_s_own_codes_go_before_those_of_faults(tmp_path: Path) -> None:
    errors = {**RETURN["errors"], "codes": {"LOCKED": "missing"}}
    assert not (await asked(shop(tmp_path, answering(told(("E", "LOCKED"))), {}, **{**RETURN, "errors": errors}))).found
    lookup = {**BY_SKU, "errors": {**errors, "codes": {"LOCKED": "rejected"}}}
    with pytest.raises(Rejected):
        await asked(shop(tmp_path, answering(told(("E", "LOCKED"))), {"lookup": {"sku": lookup}}, **RETURN))


@pytest.mark.quirk("S35")
async def test_an_error_that_means_missing_is_no_error(tmp_path: Path) -> None:
    assert not (await asked(shop(tmp_path, answering(told(("E", "404"))), {}, **RETURN))).found


BATCH = {"row_errors": {"when": "IsFault == 'true'", "code": "FaultCode", "message": "FaultText"}}
CODES = {"101": "missing", "5": "overloaded"}


def failed(sku: str, code: str) -> str:
    return item(sku, f"<IsFault>true</IsFault><FaultCode>{code}</FaultCode><FaultText>of Ann</FaultText>")


@pytest.mark.quirk("S6")
async def test_a_row_that_is_an_error_fails_its_own_key_only(tmp_path: Path) -> None:
    content = items(item("A1"), failed("A2", "101"), failed("A3", "5"), item("A4", "<IsFault>false</IsFault>"))
    made = shop(tmp_path, answering(content), {"lookup": {"sku": {**BY_SKU, **BATCH}}}, faults=CODES)
    result = await asked(made, "A1", "A2", "A3", "A4")
    assert list(result.found) == ["A1", "A4"]
    assert list(result.failed) == ["A3"] and isinstance(result.failed["A3"], Overloaded)
    assert "Ann" not in str(result.failed)


@pytest.mark.quirk("S6")
async def test_rows_without_keys_are_taken_by_their_place_if_there_are_as_many_as_keys(tmp_path: Path) -> None:
    """As of a multi-call: an item that failed does not say whose it is."""
    lookup = {**BY_SKU, **BATCH, "match": "position"}
    words = {"fields": {"name": "Name"}, "key": None, "lookup": {"sku": lookup}}
    rows = [item("?", "<Name>one</Name>"), failed("?", "101"), failed("?", "5"), item("?", "<Name>four</Name>")]
    result = await asked(shop(tmp_path, answering(items(*rows)), words, faults=CODES), "A1", "A2", "A3", "A4")
    assert {key: record.values["name"] for key, record in result.found.items()} == {"A1": "one", "A4": "four"}
    assert list(result.failed) == ["A3"]
    with pytest.raises(BadData, match="expected 3 rows for as many keys, found 4"):
        await asked(shop(tmp_path, answering(items(*rows)), words, faults=CODES), "A1", "A2", "A3")


@pytest.mark.quirk("S6")
async def test_a_search_leaves_out_rows_that_are_gone_and_fails_for_others(tmp_path: Path) -> None:
    search = {"operation": "GetItems", "rows": "Items.Item", **BATCH}
    request = Search("Item", "all", 5, frozenset({"sku"}))
    gone = shop(tmp_path, answering(items(item("A1"), failed("A2", "101"))), {"search": {"all": search}}, faults=CODES)
    page = (await gone.search(request)).pages[None]
    assert [record.values["sku"] for record in page.records] == ["A1"]
    busy = shop(tmp_path, answering(items(item("A1"), failed("A2", "5"))), {"search": {"all": search}}, faults=CODES)
    with pytest.raises(Overloaded):
        await busy.search(request)


@pytest.mark.quirk("S14")
async def test_what_a_row_says_of_its_type_chooses_what_is_read(tmp_path: Path) -> None:
    fields = {
        "sku": "Sku",
        "name": {"from": '"@xsi:type"', "map": {"Bundle": "a set"}, "default": "one"},
        "first": "Part[?\"@xsi:type\"=='Bundle'].Sku | [0]",
        "data": 'Part[]."@xsi:type"',
    }
    parts = f'<Part><Sku>P1</Sku></Part><Part xsi:type="s:Bundle" xmlns:s="{SHOP}"><Sku>P2</Sku></Part>'
    content = items(item("A1", parts, f'xsi:type="s:Bundle" xmlns:s="{SHOP}"'), item("A2", parts))
    found = (await asked(shop(tmp_path, answering(content), {"fields": fields}), "A1", "A2")).found
    assert [found[key].values["name"] for key in ("A1", "A2")] == ["a set", "one"]
    assert found["A1"].values["first"] == "P2" and found["A1"].values["data"] == ["Bundle"]


def multipart(content: str, start: str = "<root@shop>", packed: bool = False) -> Answer:
    """A reply as MTOM writes it, with an attachment in front where ``start`` says which part counts."""
    picture = b"\r\n--=_b\r\nContent-Type: image/png\r\nContent-ID: <pic@shop>\r\n\r\n\x89PNG\r\n\r\n\x00"
    body = b64encode(content.encode()) if packed else content.encode()
    head = f"--=_b\r\nContent-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: {start}\r\n"
    head += "Content-Transfer-Encoding: base64\r\n" * packed
    data = b"preamble" + picture + b"\r\n" + head.encode() + b"\r\n" + body + b"\r\n--=_b--\r\n"
    media = f'multipart/related; type="application/xop+xml"; boundary="=_b"; start="{start}"'
    return lambda _: Response(data, headers={"Content-Type": media})


@pytest.mark.quirk("S33")
@pytest.mark.parametrize("packed", [False, True])
async def test_a_reply_of_several_parts_is_its_root_with_what_that_includes(tmp_path: Path, packed: bool) -> None:
    include = '<x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:pic%40shop"/>'
    content = items(item("A1", f"<Name>Größe</Name><Note>{include}</Note>"))
    found = (await asked(shop(tmp_path, multipart(content, packed=packed), {}))).found["A1"]
    assert found.values["name"] == "Größe"
    assert found.values["note"] == b64encode(b"\x89PNG\r\n\r\n\x00").decode()


@pytest.mark.parametrize("media", ["multipart/related", "multipart/related; boundary=no"])
async def test_a_reply_that_only_says_it_has_parts_is_bad_data(tmp_path: Path, media: str) -> None:
    answer: Answer = lambda _: Response(b"--=_b\r\n\r\nx", headers={"Content-Type": media})  # noqa: E731
    with pytest.raises(BadData, match="several parts"):
        await asked(shop(tmp_path, answer, {}))


CLEAN = items(item("A1", "<Name>Größe</Name>"))
DIRT: Mapping[str, Answer] = {
    "two content types": lambda _: Response(CLEAN, headers={"Content-Type": "text/xml; charset=utf-8, text/xml"}),
    "blanks before the declaration": lambda _: xml(f'\n \n<?xml version="1.0"?>{CLEAN}'),
    "a comment before the envelope": lambda _: xml(f"<!-- cached -->{CLEAN}"),
    "a prefix that nobody declared": lambda _: xml(CLEAN.replace("Name>", "ns9:Name>")),
    "an undeclared prefix of an attribute": lambda _: xml(CLEAN.replace("<Name>", '<Name zz:x="1">')),
}


@pytest.mark.quirk("S34")
@pytest.mark.parametrize("dirt", DIRT)
async def test_dirt_around_a_reply_does_not_matter(tmp_path: Path, dirt: str) -> None:
    found = (await asked(shop(tmp_path, DIRT[dirt], {}))).found["A1"]
    assert found.values["name"] == "Größe"


@pytest.mark.quirk("S34")
async def test_an_encoding_that_a_reply_does_not_have_is_put_right_by_the_registration(tmp_path: Path) -> None:
    content = '<?xml version="1.0" encoding="UTF-8"?>' + items(item("A1", "<Name>Größe “L”</Name>"))
    answer: Answer = lambda _: Response(content.encode("cp1252"), headers={"Content-Type": "text/xml"})  # noqa: E731
    with pytest.raises(BadData):
        await asked(shop(tmp_path, answer, {}))
    found = await asked(shop(tmp_path, answer, {}, encoding="cp1252"))
    assert found.found["A1"].values["name"] == "Größe “L”"


@pytest.mark.quirk("S26")
async def test_each_field_has_its_own_way_of_telling_the_time(tmp_path: Path) -> None:
    utc = "instant('yyyy-MM-dd HH:mm:ss', zone=UTC)"
    fields = {"sku": "Sku", "at": "Name", "changed": {"from": "Note", "as": utc}}
    content = items(item("A1", "<Name>2026-11-21T23:57:33+01:00</Name><Note>2026-11-21 22:57:33</Note>"))
    made = shop(tmp_path, answering(content), {"fields": fields}, time_zone="Europe/Berlin")
    values = (await asked(made)).found["A1"].values
    assert datetime.fromisoformat(values["at"]) == datetime.fromisoformat(values["changed"])


@pytest.mark.quirk("S28")
async def test_a_text_of_several_lines_is_a_list(tmp_path: Path) -> None:
    words = {"fields": {"sku": "Sku", "lines": {"from": "Name", "split": "\n"}}}
    content = items(item("A1", "<Name>Straße 5\r\nApt 2\n</Name>"))
    assert (await asked(shop(tmp_path, answering(content), words))).found["A1"].values["lines"] == ["Straße 5", "Apt 2"]


@pytest.mark.quirk("S36")
async def test_a_padded_key_is_padded_when_asked_and_bare_when_read(tmp_path: Path) -> None:
    words = {"fields": {"sku": {"from": "Sku", "form": {"pad": 18, "fill": "0"}}, "name": "Name"}}
    system = Shop(answering(items(item("000000000012345678", "<Name>one</Name>"))))
    made = system.adapter(source(write(tmp_path), words))
    assert (await asked(made, "12345678", "9")).found["12345678"].values == {"sku": "12345678", "name": "one"}
    for padded in (b">000000000012345678<", b">000000000000000009<"):
        assert padded in system.heard[0].body


@pytest.mark.quirk("S37")
async def test_a_system_is_never_asked_more_at_once_than_it_bears(tmp_path: Path) -> None:
    now, most = 0, 0
    system = Shop(answering(items(item("A1"))))

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.002)
        await system(scope, receive, send)
        now -= 1

    registration = source(write(tmp_path), limits={"concurrency": 2})
    made = Resilient(build(registration, TYPES, httpx.ASGITransport(app=slow)), registration.limits)
    request = Lookup("Item", "sku", ["A1"], frozenset({"name"}))
    await asyncio.gather(*(made.lookup(request) for _ in range(12)))
    assert (len(system.heard), most) == (12, 2)
