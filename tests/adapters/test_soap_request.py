"""What goes out: a filled message is the one that zeep would have written, in the right version's dress."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from adapters.problems import MappingProblems
from adapters.soap.message import Message
from adapters.soap.segments import Unwritable
from adapters.soap.wsdl import Operation, read
from adapters.spi import Lookup, Rejected, Search, Unsupported
from tests.adapters.soap_shop import (
    BY_SKU,
    SCHEMA,
    SHOP,
    SOAP11,
    SOAP12,
    XSI,
    Shop,
    answering,
    item,
    items,
    source,
    write,
)

EVERYTHING: dict[str, Any] = {
    "client": "$argument.client",
    "Sku": "$keys",
    "Active": "$filter.active",
    "Since": "$filter.since",
    "Range": {"From": "$filter.from", "To": "$filter.to"},
    "Pair": [{"Code": "$key.1", "plant": "$key.0"}],
    "Skip": "$offset",
    "Take": 7,
}
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("&<>'\"]\t\n\r\ue000"))


@pytest.fixture(scope="module")
def operation(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    found = read([write(tmp_path_factory.mktemp("shop"))], schemas={}).operation("GetItems")
    assert found is not None
    return found


def sent(content: bytes) -> Any:
    """The message as tags, attributes and texts, whatever the prefixes."""

    def seen(element: etree._Element) -> Any:
        return element.tag, dict(element.attrib), element.text, [seen(child) for child in element]

    return seen(etree.fromstring(content))


@given(
    st.lists(st.tuples(texts, st.integers(-99, 99)), min_size=1, max_size=4),
    st.fixed_dictionaries(
        {},
        optional={
            "argument.client": texts,
            "filter.active": st.booleans(),
            "filter.since": st.dates().map(str),
            "filter.from": st.decimals(allow_nan=False, allow_infinity=False, places=2).map(str),
            "filter.to": st.integers(),
        },
    ),
    st.integers(0, 10**6),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_a_filled_message_is_the_one_that_zeep_writes(
    operation: Operation, pairs: list[tuple[str, int]], given_values: dict[str, Any], offset: int
) -> None:
    message = Message(operation, {**EVERYTHING, "Sku": "$argument.skus"}, {})
    skus = [text for text, _ in pairs]
    filled = message.render({"keys": pairs, "argument.skus": skus, "offset": offset, **given_values})
    values = {name.partition(".")[2]: value for name, value in given_values.items()}
    limits = {"From": values.get("from"), "To": values.get("to")}
    arguments = {
        "client": values.get("client"),
        "Sku": skus,
        "Active": values.get("active"),
        "Since": values.get("since"),
        "Range": {name: value for name, value in limits.items() if value is not None} or None,
        "Pair": [{"Code": code, "plant": plant} for plant, code in pairs],
        "Skip": offset,
        "Take": 7,
    }
    whole = {name: value for name, value in arguments.items() if value is not None}
    assert sent(filled) == sent(etree.tostring(operation.envelope(whole, {})))


def test_keys_are_repeated_elements_or_items(operation: Operation) -> None:
    message = Message(operation, {"Sku": "$keys", "Pair": [{"Code": "$key", "plant": "$$5"}]}, {})
    root = etree.fromstring(message.render({"keys": ["1", "2"]}))
    assert [found.text for found in root.iter(f"{{{SHOP}}}Sku")] == ["1", "2"]
    assert [found.text for found in root.iter(f"{{{SHOP}}}Code")] == ["1", "2"]
    assert {found.get("plant") for found in root.iter(f"{{{SHOP}}}Pair")} == {"$5"}


def test_a_group_of_absent_values_is_absent(operation: Operation) -> None:
    message = Message(operation, {"Range": {"From": "$filter.from", "To": "$filter.to"}}, {})
    assert b"Range" not in message.render({})
    assert b"Range" in message.render({"filter.to": 0})


def test_what_xml_cannot_carry_is_not_written(operation: Operation) -> None:
    message = Message(operation, {"Sku": "$keys"}, {})
    for text in ("a\x00b", "a\x0bb", "\ud800", "\uffff"):
        with pytest.raises(Unwritable):
            message.render({"keys": [text]})


def test_a_value_where_no_text_can_be_is_found_at_once(operation: Operation) -> None:
    with pytest.raises(ValueError, match=r"\$argument.flags stands where no text can be"):
        Message(operation, {"flags": "$argument.flags"}, {})


@pytest.mark.quirk("S12", "S30")
@pytest.mark.parametrize(
    ("version", "namespace", "media", "action"),
    [
        ("1.1", SOAP11, "text/xml; charset=utf-8", '"urn:shop#GetItems"'),
        ("1.2", SOAP12, 'application/soap+xml; charset=utf-8; action="urn:shop#GetItems"', None),
    ],
)
async def test_each_version_has_its_own_headers(
    tmp_path: Path, version: str, namespace: str, media: str, action: str | None
) -> None:
    shop = Shop(answering(items(item("A1"))))
    made = shop.adapter(source(write(tmp_path), soap=version))
    found = await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"sku"})))
    assert found.found["A1"].values == {"sku": "A1"}
    heard = shop.heard[0]
    assert heard.headers["content-type"] == media and heard.headers.get("soapaction") == action
    assert etree.fromstring(heard.body).tag == f"{{{namespace}}}Envelope"
    assert heard.host == "shop.example.test"  # the WSDL names another


async def test_header_parts_are_sent_with_the_operations_that_have_them(tmp_path: Path) -> None:
    shop = Shop(answering(items()))
    made = shop.adapter(source(write(tmp_path), headers={"Session": {"Id": "a&b"}}))
    await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"sku"})))
    header = etree.fromstring(shop.heard[0].body).find(f"{{{SOAP11}}}Header")
    assert header is not None and header.findtext(f"{{{SHOP}}}Session/{{{SHOP}}}Id") == "a&b"


async def test_a_key_that_cannot_be_one_is_not_asked(tmp_path: Path) -> None:
    shop = Shop(answering(items(item("A1"))))
    made = shop.adapter(source(write(tmp_path)))
    result = await made.lookup(Lookup("Item", "sku", ["a\x00b", "A1", "x" * 300], frozenset({"name"})))
    assert list(result.found) == ["A1"] and not result.failed
    assert shop.heard[0].body.count(b"Sku>") == 2
    assert not (await made.lookup(Lookup("Item", "sku", ["\x01"], frozenset({"name"})))).found
    assert len(shop.heard) == 1


async def test_arguments_that_the_system_applies_are_declared_and_sent(tmp_path: Path) -> None:
    arguments = {"Sku": "$keys", "Active": "$argument.active"}
    shop = Shop(answering(items()))
    made = shop.adapter(source(write(tmp_path), {"lookup": {"sku": {**BY_SKU, "arguments": arguments}}}))
    assert made.capabilities["Item"].lookups["sku"].arguments == {"active"}
    for given_arguments, expected in (({"active": False}, b"Active>false</"), ({}, None)):
        await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"name"}), given_arguments))
        body = shop.heard[-1].body
        assert b"Active" not in body if expected is None else expected in body


async def test_more_keys_than_a_call_takes_are_refused(tmp_path: Path) -> None:
    made = Shop(answering(items())).adapter(source(write(tmp_path)))
    with pytest.raises(Unsupported, match="more than 20 keys"):
        await made.lookup(Lookup("Item", "sku", [str(number) for number in range(21)], frozenset({"name"})))


async def test_a_filter_that_xml_cannot_carry_is_refused(tmp_path: Path) -> None:
    search = {"operation": "GetItems", "arguments": {"Since": "$filter.since"}, "rows": "Items.Item"}
    made = Shop(answering(items())).adapter(source(write(tmp_path), {"search": {"all": search}}))
    with pytest.raises(Rejected):
        await made.search(Search("Item", "all", 1, frozenset({"name"}), filters={"since": "\x00"}))


@pytest.mark.quirk("S13")
@pytest.mark.parametrize(("absent", "seen"), [("omit", None), ("nil", "true")])
async def test_what_is_not_given_is_left_out_or_nil_and_null_is_always_nil(
    tmp_path: Path, absent: str, seen: str | None
) -> None:
    nillable = SCHEMA.replace('name="Since" type="xsd:date"', 'name="Since" type="xsd:date" nillable="true"')
    nillable = nillable.replace('name="Skip" type="xsd:int"', 'name="Skip" type="xsd:int" nillable="true"')
    lookup = {**BY_SKU, "arguments": {"Sku": "$keys", "Since": "$argument.since", "Skip": None}, "absent": absent}
    shop = Shop(answering(items()))
    made = shop.adapter(source(write(tmp_path, schema=nillable), {"lookup": {"sku": lookup}}))
    await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"name"})))
    root = etree.fromstring(shop.heard[0].body)
    since, skip = root.find(f".//{{{SHOP}}}Since"), root.find(f".//{{{SHOP}}}Skip")
    assert (None if since is None else since.get(f"{{{XSI}}}nil")) == seen
    assert skip is not None and skip.get(f"{{{XSI}}}nil") == "true" and not skip.text
    await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"name"}), {"since": "2026-11-28"}))
    assert b"2026-11-28" in shop.heard[1].body


REFS = """<xsd:complexType name="Ref" abstract="true"><xsd:sequence/></xsd:complexType>
  <xsd:complexType name="SkuRef"><xsd:complexContent><xsd:extension base="s:Ref"><xsd:sequence>
    <xsd:element name="Code" type="xsd:string"/></xsd:sequence><xsd:attribute name="plant" type="xsd:string"/>
  </xsd:extension></xsd:complexContent></xsd:complexType>
  <xsd:element name="GetItems"><xsd:complexType><xsd:sequence>
    <xsd:element name="Ref" type="s:Ref" maxOccurs="unbounded"/></xsd:sequence></xsd:complexType></xsd:element>"""


@pytest.mark.quirk("S14")
async def test_an_argument_can_be_of_a_derived_type(tmp_path: Path) -> None:
    start, end = (SCHEMA.index(f'  <xsd:element name="{name}">') for name in ("GetItems", "GetItemsResponse"))
    wsdl = write(tmp_path, schema=SCHEMA[:start] + REFS + SCHEMA[end:])
    ref = {"xsi:type": "SkuRef", "Code": "$key", "plant": "P1"}
    shop = Shop(answering(items(item("A1"))))
    made = shop.adapter(source(wsdl, {"lookup": {"sku": {**BY_SKU, "arguments": {"Ref": [ref]}}}}))
    await made.lookup(Lookup("Item", "sku", ["A1", "A2"], frozenset({"name"})))
    refs = etree.fromstring(shop.heard[0].body).findall(f".//{{{SHOP}}}Ref")
    assert [(each.get(f"{{{XSI}}}type").rpartition(":")[2], each.get("plant"), each[0].text) for each in refs] == [
        ("SkuRef", "P1", "A1"),
        ("SkuRef", "P1", "A2"),
    ]
    with pytest.raises(MappingProblems, match=r"the types that `Ref` may have, found `SkuReff`; did you mean"):
        wrong = {**ref, "xsi:type": "SkuReff"}
        shop.adapter(source(wsdl, {"lookup": {"sku": {**BY_SKU, "arguments": {"Ref": [wrong]}}}}))


async def test_a_text_stands_beside_attributes(tmp_path: Path) -> None:
    attribute = '<xsd:attribute name="algorithm" type="xsd:string"/>'
    content = f'<xsd:simpleContent><xsd:extension base="xsd:string">{attribute}</xsd:extension></xsd:simpleContent>'
    session = f'<xsd:element name="Id"><xsd:complexType>{content}</xsd:complexType>'
    schema = SCHEMA.replace('<xsd:element name="Id" type="xsd:string"/>', f"{session}</xsd:element>")
    shop = Shop(answering(items()))
    headers = {"Session": {"Id": {"#text": "a&b", "algorithm": "HMAC-SHA256"}}}
    made = shop.adapter(source(write(tmp_path, schema=schema), headers=headers))
    await made.lookup(Lookup("Item", "sku", ["A1"], frozenset({"sku"})))
    found = etree.fromstring(shop.heard[0].body).find(f".//{{{SHOP}}}Session/{{{SHOP}}}Id")
    assert (found.text, dict(found.attrib)) == ("a&b", {"algorithm": "HMAC-SHA256"})
