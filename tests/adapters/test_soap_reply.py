"""What comes back: replies of every kind and status, faults of both versions, and XML that means harm."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import Response

from adapters.soap.build import build
from adapters.spi import BadData, Lookup, Overloaded, Record, Rejected, SourceError, Unavailable
from tests.adapters.soap_shop import (
    BY_SKU,
    SHOP,
    SOAP11,
    SOAP12,
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

FAULT11 = "<e:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring>{detail}</e:Fault>"
FAULT12 = (
    "<e:Fault><e:Code><e:Value>e:Sender</e:Value><e:Subcode><e:Value>{code}</e:Value></e:Subcode></e:Code>"
    '<e:Reason><e:Text xml:lang="en">{text}</e:Text></e:Reason><e:Detail>{detail}</e:Detail></e:Fault>'
)
SECRETS = "ORA-00060 for user=svc0815, customer Ann@example.test 'Smith'"


def fault11(code: str, detail: str = "", text: str = SECRETS) -> str:
    return envelope(FAULT11.format(code=code, text=text, detail=detail and f"<detail>{detail}</detail>"))


def fault12(code: str, detail: str = "") -> str:
    return envelope(FAULT12.format(code=code, text=SECRETS, detail=detail), SOAP12)


async def record(tmp_path: Path, answer: Answer, item_words: dict[str, Any] | None = None, **words: Any) -> Record:
    """The one record ``A1``, with every field."""
    made = Shop(answer).adapter(source(write(tmp_path), item_words, **words))
    fields = frozenset(path.split(".")[0] for path in made.capabilities["Item"].fields)
    found: Record = (await made.lookup(Lookup("Item", "sku", ["A1"], fields))).found["A1"]
    return found


async def refused(tmp_path: Path, answer: Answer, **words: Any) -> SourceError:
    made = Shop(answer).adapter(source(write(tmp_path), **words))
    with pytest.raises(SourceError) as error:
        await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"name"})))
    assert error.value.message == type(error.value).default_message
    return error.value


@pytest.mark.quirk("S15", "S16", "S17", "S24")
async def test_a_record_is_read_from_attributes_lists_groups_and_any(tmp_path: Path) -> None:
    fields = {
        "sku": "Sku",
        "size": "@size",
        "price": "Price",
        "unit": "Price.@unit",
        "tags": {"each": "Tag"},
        "first": "Tag[0]",
        "ean": "Code[?\"@kind\"=='EAN'].Value | [0]",
        "data": "{known: Name, any: Extra.Own.Deep}",
        "parts": {"each": "Part", "fields": {"sku": "Sku", "count": "Count"}},
    }
    content = (
        '<Price unit="EUR">104.9800</Price><Tag>one</Tag>'
        '<Code kind="OLD"><Value>0</Value></Code><Code kind="EAN"><Value>4006</Value></Code>'
        f'<Part xsi:type="s:Bundle" xmlns:s="{SHOP}"><Sku>P1</Sku><Count>2</Count></Part>'
        '<Extra><Own xmlns="urn:else"><Deep>7</Deep></Own></Extra><Unknown><Sku>no</Sku></Unknown>'
    )
    found = await record(tmp_path, answering(items(item("A1", content, 'size="L"'))), {"fields": fields})
    assert found.errors is None
    assert found.values == {
        "sku": "A1",
        "size": "L",
        "price": "104.9800",
        "unit": "EUR",
        "tags": ["one"],
        "first": "one",
        "ean": "4006",
        "data": {"known": None, "any": "7"},
        "parts": [{"sku": "P1", "count": 2}],
    }


@pytest.mark.quirk("S19")
async def test_prefixes_and_namespaces_do_not_matter(tmp_path: Path) -> None:
    content = '<GetItemsResponse xmlns="urn:new"><x:Items xmlns:x="urn:x"><Item xmlns=""><Sku>A1</Sku></Item></x:Items>'
    found = await record(tmp_path, answering(envelope(f"{content}</GetItemsResponse>")))
    assert found.values["sku"] == "A1"


@pytest.mark.quirk("S13")
async def test_nil_and_absent_are_null_and_empty_is_what_the_mapping_says(tmp_path: Path) -> None:
    for name, expected in (('<Name xsi:nil="true"/>', None), ("", None), ("<Name/>", ""), ("<Name> </Name>", " ")):
        found = await record(tmp_path, answering(items(item("A1", name))))
        assert found.values["name"] == expected and found.errors is None


@pytest.mark.quirk("S22")
async def test_rows_go_to_their_own_keys_and_strangers_to_none(tmp_path: Path) -> None:
    made = Shop(answering(items(item("A3"), item("A9"), item("A1")))).adapter(source(write(tmp_path)))
    result = await made.lookup(Lookup("Item", "sku", ["A1", "A2", "A3"], frozenset({"name"})))
    assert {key: found.values["sku"] for key, found in result.found.items()} == {"A1": "A1", "A3": "A3"}


async def test_rows_without_a_key_are_of_the_one_that_was_asked(tmp_path: Path) -> None:
    words = {"fields": {"name": "Name"}, "key": None}
    lookup = {**BY_SKU, "arguments": {"Sku": "$key"}, "batch": 1, "match": "none"}
    content = items(item("?", "<Name>x</Name>"), item("?", "<Name>y</Name>"))
    request = Lookup("Item", "sku", ["A1"], frozenset({"name"}))
    many = source(write(tmp_path), {**words, "lookup": {"sku": {**lookup, "many": True}}})
    found = (await Shop(answering(content)).adapter(many).lookup(request)).found
    assert [each.values["name"] for each in found["A1"]] == ["x", "y"]
    one = source(write(tmp_path), {**words, "lookup": {"sku": lookup}})
    with pytest.raises(BadData, match="expected one row"):
        await Shop(answering(content)).adapter(one).lookup(request)
    assert not (await Shop(answering(items())).adapter(one).lookup(request)).found


async def test_a_value_that_cannot_be_read_is_an_error_at_its_path(tmp_path: Path) -> None:
    fields = {"sku": "Sku", "price": "Price", "data": "join('', Sku)"}
    found = await record(tmp_path, answering(items(item("A1", "<Price>dear</Price>"))), {"fields": fields})
    assert found.values == {"sku": "A1", "price": None, "data": None}
    assert found.errors is not None and found.errors.keys() == {("price",), ("data",)}
    assert "dear" not in str(found.errors)


@pytest.mark.quirk("S7")
@pytest.mark.parametrize("status", [200, 400, 404, 500, 503])
@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (fault11("s:LOCKED"), Overloaded),
        (fault11("Client.LOCKED"), Rejected),
        (fault11("e:Server"), Unavailable),
        (fault11("e:Server.Database"), Unavailable),
        (fault11("e:Client", "<s:Problem xmlns:s='urn:shop'><s:Code> 4711 </s:Code></s:Problem>"), Overloaded),
        (fault12(f'<x xmlns="{SHOP}"/>'), Rejected),
        (fault12("s:LOCKED"), Overloaded),
        (fault12("e:Receiver"), Unavailable),
        (fault12("e:Sender", "<Problem><Code>4711</Code></Problem>"), Overloaded),
    ],
)
async def test_a_fault_counts_at_any_status(tmp_path: Path, status: int, content: str, kind: type[SourceError]) -> None:
    words = {"faults": {"LOCKED": "overloaded", 4711: "overloaded"}, "fault_code": "Problem.Code"}
    error = await refused(tmp_path, answering(content, status), **words)
    assert type(error) is kind and error.detail.startswith("SOAP fault")
    for secret in ("Ann", "example.test", "0815", "00060", "Smith"):
        assert secret not in str(error)


async def test_faults_are_known_by_qualified_names_too(tmp_path: Path) -> None:
    content = fault11("s:LOCKED").replace("<e:Fault>", f'<e:Fault xmlns:s="{SHOP}">')
    for code, kind in ((f"{{{SHOP}}}LOCKED", Unavailable), ("{urn:other}LOCKED", Rejected), ("LOCKED", Unavailable)):
        assert type(await refused(tmp_path, answering(content, 500), faults={code: "unavailable"})) is kind


async def test_an_entity_says_what_its_faults_mean_before_the_source_does(tmp_path: Path) -> None:
    shop = Shop(answering(fault11("GONE"), 500))
    registration = source(write(tmp_path), {"faults": {"GONE": "missing"}}, faults={"GONE": "overloaded"})
    assert not (await shop.adapter(registration).lookup(Lookup("Item", "sku", ["A1"], frozenset({"name"})))).found


@pytest.mark.quirk("S7")
@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (lambda _: Response("<html><p>Down</html>", 503, media_type="text/html"), Unavailable, "HTTP 503"),
        (lambda _: Response("slow down", 503, {"Retry-After": "5"}), Overloaded, "Retry-After"),
        (lambda _: Response("<html>log in</html>", 401), Unavailable, "check `auth`"),
        (lambda _: Response("moved", 302), Unavailable, "redirects"),
        (lambda _: Response("no", 404), Rejected, "HTTP 404"),
        (lambda _: Response("<html><p>Welcome</html>", 200), BadData, "no well-formed XML"),
        (lambda _: Response("", 200), BadData, "found nothing"),
        (lambda _: Response("", 202), BadData, "found nothing"),
        (answering(items(item("A1"))[:-40]), BadData, "no well-formed XML"),
        (answering("<Envelope><Body/></Envelope>"), BadData, "another document"),
        (answering(envelope("")), BadData, "found none"),
        (answering(envelope("<Other/>")), BadData, "expected GetItemsResponse"),
        (answering(items(item("A1")), 500), Unavailable, "HTTP 500"),
        (lambda _: xml(items(), media="text/xml; charset=klingon"), BadData, "no well-formed XML"),
    ],
)
async def test_what_is_no_reply_is_judged_by_its_status(
    tmp_path: Path, answer: Answer, kind: type[SourceError], said: str
) -> None:
    error = await refused(tmp_path, answer)
    assert type(error) is kind and said in error.detail
    assert "Welcome" not in error.detail


BOMB = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 9))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        f'<!DOCTYPE x [<!ENTITY e0 "boom">{BOMB}]>',
    ],
)
async def test_a_document_type_is_refused_and_no_entity_is_ever_expanded(tmp_path: Path, doctype: str) -> None:
    name = "e8" if "e8" in doctype else "e"
    content = items(item("A1", f"<Name>&{name};</Name>" if "ENTITY" in doctype else "", 'size="&lt;"'))
    error = await refused(tmp_path, answering(doctype + content))
    assert type(error) is BadData
    assert "root:" not in error.detail


async def test_an_entity_in_an_attribute_is_refused_as_well(tmp_path: Path) -> None:
    doctype = f'<!DOCTYPE x [<!ENTITY e0 "boom">{BOMB}]>'
    error = await refused(tmp_path, answering(doctype + items(item("A1", "", 'size="&e8;"'))))
    assert type(error) is BadData


async def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    assert type(await refused(tmp_path, answering(items("<a>" * 5000 + "</a>" * 5000)))) is BadData


async def test_a_reply_larger_than_the_limit_is_refused(tmp_path: Path) -> None:
    huge = items(item("A1", f"<Name>{'x' * (17 * 1024 * 1024)}</Name>"))
    error = await refused(tmp_path, answering(huge))
    assert type(error) is BadData and "larger than" in error.detail


@pytest.mark.parametrize(
    ("encoding", "declared", "media"),
    [
        ("utf-8", "", "text/xml"),
        ("utf-8", "", "text/xml; charset=utf-8, text/xml; charset=UTF-8"),
        ("iso-8859-1", "", 'text/xml; charset="ISO-8859-1"'),
        ("iso-8859-1", '<?xml version="1.0" encoding="ISO-8859-1"?>', "text/xml"),
        ("cp1252", '<?xml version="1.0" encoding="windows-1252"?>', "text/xml; charset=utf-8"),
        ("utf-16", "", "text/xml"),
    ],
)
async def test_text_is_read_in_the_encoding_that_is_declared(
    tmp_path: Path, encoding: str, declared: str, media: str
) -> None:
    content = (declared + items(item("A1", "<Name>Größe</Name>"))).encode(encoding)
    found = await record(tmp_path, lambda _: Response(content, headers={"Content-Type": media}))
    assert found.values["name"] == "Größe"


async def test_a_large_reply_is_read_like_a_small_one(tmp_path: Path) -> None:
    rows = [item("A1", "<Name>one</Name>"), *(item(f"B{number}", "<Name>x</Name>") for number in range(5000))]
    assert len(items(*rows)) > 100_000
    assert (await record(tmp_path, answering(items(*rows)))).values["name"] == "one"


async def test_comments_instructions_and_cdata_are_no_obstacle(tmp_path: Path) -> None:
    content = items(item("A1", "<!-- c --><?pi x?><Name>a<!-- c -->b<![CDATA[<c>]]></Name>"))
    found = await record(tmp_path, answering(f"<!-- first -->{content}"))
    assert found.values["name"] == "ab<c>"


async def test_ping_takes_any_answer_and_no_silence(tmp_path: Path) -> None:
    shop = Shop(answering("", 405))
    await shop.adapter(source(write(tmp_path))).ping()
    assert not shop.heard[0].body
    gone = build(source(write(tmp_path), endpoint="http://127.0.0.1:9/soap"), TYPES)
    with pytest.raises(Unavailable):
        await gone.ping()
    await gone.aclose()


async def test_nothing_of_a_reply_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    await record(tmp_path, answering(items(item("A1", "<Name>canary</Name>"))))
    assert "canary" not in caplog.text
    assert SOAP11 not in caplog.text
