"""What bodies and replies are made of: JSON of all sorts, forms, XML, CSV."""

from __future__ import annotations

from time import monotonic
from typing import Any

import pytest

from adapters.rest.adapter import RestAdapter
from adapters.spi import BadData, Lookup, Record, Rejected, Search, Unavailable
from tests.adapters.rest_system import Answer, Asked, connected, names, system

FEED = """
entities:
  Variant:
    key: sku
    fields:
      sku: Artikel
      name: Bezeichnung
      weight: {from: Gewicht, as: decimal(comma)}
      seasonal: {from: S, as: "flag(J, N)"}
    lookup: {sku: {get: /feed.csv, whole: true, reply: {csv: {delimiter: ";", encoding: cp1252}}}}
"""

CSV = '\r\nArtikel; Bezeichnung ;Gewicht;S\r\nA1;"Stuhl; grün";1.234,50;J\r\n\r\nA2;Tisch\r\nA3;Regal;0,5;N;more\r\n'

XML_SHOP = """
reply: xml
headers: {X-Shop: "1"}
entities:
  Variant:
    key: sku
    fields: {sku: '"@id"', name: 'to_array(name.language)[?"@id"==`"1"`] | [0]."#text"', weight: w.kg}
    lookup: {sku: {get: "/products{?id*}", variable: id, rows: shop.products.product}}
"""


async def variants(adapter: RestAdapter, *keys: str) -> dict[Any, Record]:
    fields = frozenset({"name", "weight", "seasonal"})
    request = Lookup("Variant", "sku", keys, fields, deadline=monotonic() + 5)
    return dict((await adapter.lookup(request)).found)


@pytest.mark.quirk("R1")
async def test_a_csv_feed_with_semicolons_decimal_commas_and_another_encoding() -> None:
    async with (
        system(lambda asked: Answer(CSV.lstrip().encode("cp1252"), headers={"Content-Type": "text/csv"})) as feed,
        connected(feed, FEED) as adapter,
    ):
        found = await variants(adapter, "A1", "A2", "A3", "A4")
    assert {key: record.values for key, record in found.items()} == {
        "A1": {"sku": "A1", "name": "Stuhl; grün", "weight": "1234.50", "seasonal": True},
        "A2": {"sku": "A2", "name": "Tisch", "weight": None, "seasonal": None},
        "A3": {"sku": "A3", "name": "Regal", "weight": "0.5", "seasonal": False},
    }
    assert feed.asked[0].headers["accept"] == "text/csv"


@pytest.mark.quirk("R1")
@pytest.mark.parametrize(
    ("content", "options"),
    [
        (b"\xef\xbb\xbfArtikel,Bezeichnung\nA1,Stuhl\n", "csv"),
        (
            "\ufeffArtikel\tBezeichnung\nA1\tStuhl\n".encode("utf-16-le"),
            '{csv: {delimiter: "\\t", encoding: utf-16-le}}',
        ),
        (b"A1|'Stuhl'|x\n", "{csv: {delimiter: '|', quote: \"'\", columns: [Artikel, Bezeichnung]}}"),
    ],
)
async def test_byte_order_marks_tabs_and_files_without_a_first_line(content: bytes, options: str) -> None:
    words = FEED.replace('{csv: {delimiter: ";", encoding: cp1252}}', options)
    async with system(lambda asked: content) as feed, connected(feed, words) as adapter:
        assert await names(adapter, "A1") == {"A1": "Stuhl"}


async def test_an_empty_feed_and_one_that_is_html() -> None:
    async with system(lambda asked: b"Artikel;Bezeichnung\n") as feed, connected(feed, FEED) as adapter:
        assert await names(adapter, "A1") == {}
    async with system(lambda asked: b"<html>down</html>") as feed, connected(feed, FEED) as adapter:
        with pytest.raises(BadData, match="expected CSV, found HTTP 200"):
            await names(adapter, "A1")


def xml_products(asked: Asked) -> Answer:
    items = "".join(
        f'<p:product id="{number}"><name><language id="1"><![CDATA[Chair & <b>{number}</b>]]></language>'
        f'<language id="2">Stuhl</language></name><w><kg>{number}.50</kg></w></p:product>'
        for number in asked.given.values()
        if number != "9"
    )
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    body = f'{head}<shop xmlns:p="urn:p"><!-- é --><products>{items}</products></shop>'
    return Answer(body.encode("latin-1"), headers={"Content-Type": "text/xml"})


@pytest.mark.quirk("R1", "R20")
async def test_xml_with_attributes_languages_and_one_or_many_rows() -> None:
    async with system(xml_products) as shop, connected(shop, XML_SHOP) as adapter:
        found = await variants(adapter, "7")
        assert shop.asked[0].headers["accept"].startswith("application/xml")
    assert found["7"].values["name"] == "Chair & <b>7</b>"
    assert found["7"].values["weight"] == "7.50"


@pytest.mark.parametrize(
    "body",
    [
        b"<shop><products>",
        b'{"items": []}',
        b'<!DOCTYPE shop [<!ENTITY e SYSTEM "file:///etc/passwd">]><shop>&e;</shop>',
    ],
)
async def test_what_is_no_xml_and_xml_that_reads_files(body: bytes) -> None:
    async with system(lambda asked: body) as shop, connected(shop, XML_SHOP) as adapter:
        with pytest.raises(BadData, match="expected XML, found HTTP 200"):
            await names(adapter, "7")


async def test_nil_and_empty_elements() -> None:
    body = (
        b'<shop xmlns:i="http://www.w3.org/2001/XMLSchema-instance"><products><product id="7"><w><kg i:nil="true"/></w>'
        b'<name><language id="1"/></name></product></products></shop>'
    )
    async with system(lambda asked: body) as shop, connected(shop, XML_SHOP) as adapter:
        assert (await variants(adapter, "7"))["7"].values == {
            "sku": "7",
            "name": None,
            "weight": None,
            "seasonal": None,
        }


SEARCHED = """
constants: {tenant: {company: 1, dry: true}}
entities:
  Variant:
    key: sku
    fields: {sku: no, name: title}
    lookup:
      sku: {post: /find, body: BODY, send: SEND, rows: items}
"""


def echo(asked: Asked) -> Any:
    return {"items": [{"no": "A1", "title": "One"}]}


@pytest.mark.parametrize(
    ("send", "body", "content_type", "sent"),
    [
        (
            "form",
            "{skus: $keys, tenant: $tenant, note: a b&c}",
            "application/x-www-form-urlencoded",
            b"skus=A1&skus=%C3%A92&tenant%5Bcompany%5D=1&tenant%5Bdry%5D=true&note=a+b%26c",
        ),
        (
            "xml",
            "{Find: {'@version': '2', Sku: $keys, Filter: {Company: $tenant.x, Text: {'#text': a<b}}}}",
            "application/xml; charset=utf-8",
            "<?xml version='1.0' encoding='utf-8'?>\n"
            '<Find version="2"><Sku>A1</Sku><Sku>é2</Sku><Filter><Text>a&lt;b</Text></Filter></Find>',
        ),
        ("json", "{skus: $keys, tenant: $tenant}", "application/json", None),
    ],
)
@pytest.mark.quirk("R1")
async def test_bodies_of_requests(send: str, body: str, content_type: str, sent: Any) -> None:
    words = SEARCHED.replace("BODY", body.replace("$tenant.x", "$argument.none")).replace("SEND", send)
    if send == "xml":
        words = words.replace("rows: items}", "rows: items, arguments: {none: none}}")
    async with system(echo) as shop, connected(shop, words) as adapter:
        assert await names(adapter, "A1", "é2") == {"A1": "One"}
    [asked] = shop.asked
    assert asked.headers["content-type"] == content_type
    if sent is None:
        assert asked.json == {"skus": ["A1", "é2"], "tenant": {"company": 1, "dry": True}}
    else:
        assert asked.body == (sent if isinstance(sent, bytes) else sent.encode())


TYPED = """
reply: typed-json
entities:
  Variant: {key: sku, fields: {sku: no, name: at, weight: price}, lookup: {sku: {get: "/x{?sku*}", rows: items}}}
"""


@pytest.mark.quirk("R16")
async def test_typed_json() -> None:
    row = {
        "no": {"__class__": "bytes", "base64": "QTE="},
        "price": {"__class__": "Decimal", "decimal": "146.640"},
        "at": {"__class__": "datetime", "year": 2026, "month": 11, "day": 21, "hour": 9, "minute": 5, "second": 0},
    }
    words = TYPED.replace("sku: no", "sku: {from: no, as: encoding(utf-8)}")
    async with system(lambda asked: {"items": [row]}) as shop, connected(shop, words) as adapter:
        found = await variants(adapter, "A1")
    assert found["A1"].values["weight"] == "146.640"
    assert found["A1"].values["name"] == "2026-11-21T09:05:00"


async def test_typed_json_that_is_not_of_its_class() -> None:
    row = {"no": "A1", "price": {"__class__": "Decimal", "decimal": "x"}}
    async with system(lambda asked: {"items": [row]}) as shop, connected(shop, TYPED) as adapter:
        with pytest.raises(BadData, match="in typed JSON"):
            await variants(adapter, "A1")


async def test_json_in_another_charset() -> None:
    def answer(asked: Asked) -> Answer:
        body = '{"items": [{"no": "A1", "title": "Größe"}]}'.encode("latin-1")
        return Answer(body, headers={"Content-Type": "application/json; charset=ISO-8859-1"})

    words = SEARCHED.replace("BODY", "{skus: $keys}").replace("SEND", "json")
    async with system(answer) as shop, connected(shop, words) as adapter:
        assert await names(adapter, "A1") == {"A1": "Größe"}


@pytest.mark.quirk("R3")
@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(b"", 401, {"Content-Type": "text/plain"}), Unavailable),
        (Answer(b"<html><h1>405 Not Allowed</h1></html>", 405, {"Content-Type": "text/html"}), Rejected),
        (Answer(b"<html>502</html>", 502, {"Content-Type": "application/json"}), Unavailable),
        (Answer(b"<html>login</html>", 200, {"Content-Type": "text/html"}), BadData),
    ],
)
@pytest.mark.parametrize("rule", ["", "errors: {when: body.error}\n"])
async def test_errors_in_another_type_than_replies(answer: Answer, kind: type[Exception], rule: str) -> None:
    words = rule + SEARCHED.replace("BODY", "{skus: $keys}").replace("SEND", "json")
    async with system(lambda asked: answer) as shop, connected(shop, words) as adapter:
        with pytest.raises(kind, match=f"HTTP {answer.status}"):
            await names(adapter, "A1")


@pytest.mark.quirk("R2")
async def test_an_error_in_a_reply_of_status_200() -> None:
    words = "errors: {when: body.error, code: 'body.error[0]', codes: {nope: missing}}\n"
    words += SEARCHED.replace("BODY", "{skus: $keys}").replace("SEND", "json")
    async with system(lambda asked: {"id": 1, "error": ["'nope'", ""]}) as shop, connected(shop, words) as adapter:
        with pytest.raises(Rejected, match="HTTP 200, error"):
            await names(adapter, "A1")
    async with system(lambda asked: {"id": 1, "error": ["nope", ""]}) as shop, connected(shop, words) as adapter:
        assert await names(adapter, "A1") == {}


@pytest.mark.quirk("R18")
async def test_money_sent_as_a_number_is_its_own_text() -> None:
    words = SEARCHED.replace("BODY", "{skus: $keys}").replace("SEND", "json").replace("title", "w, weight: kg")
    body = b'{"items": [{"no": "A1", "kg": 156.4}, {"no": "A2", "kg": 0.1234567890123456789}]}'
    async with system(lambda asked: body) as shop, connected(shop, "exact_numbers: true\n" + words) as adapter:
        found = await variants(adapter, "A1", "A2")
    assert [found[key].values["weight"] for key in ("A1", "A2")] == ["156.4", "0.1234567890123456789"]


@pytest.mark.quirk("R7")
async def test_types_that_change_between_a_list_and_a_detail() -> None:
    words = """
entities:
  Variant:
    key: sku
    fields:
      sku: "no"
      weight: kg
      seasonal: {from: saleable, map: {"1": true, "0": false, "true": true, "false": false}}
    lookup: {sku: {get: "/items/{sku}", batch: 1}}
    search: {all: {get: /items}}
"""

    def answer(asked: Asked) -> Any:
        detail = {"no": 7, "kg": "1.50", "saleable": 1}
        return [{"no": "7", "kg": 1.5, "saleable": True}] if asked.path == "/items" else detail

    async with system(answer) as shop, connected(shop, words) as adapter:
        detail = (await variants(adapter, "7"))["7"].values
        search = Search("Variant", "all", 5, frozenset({"weight", "seasonal"}), deadline=monotonic() + 5)
        [row] = (await adapter.search(search)).pages[None].records
    assert (detail["sku"], detail["seasonal"]) == (row.values["sku"], row.values["seasonal"]) == ("7", True)
    assert (detail["weight"], row.values["weight"]) == ("1.50", "1.5")
