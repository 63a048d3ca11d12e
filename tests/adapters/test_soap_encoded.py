"""Services in the rpc style and the SOAP encoding, and messages that no WSDL describes."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lxml import etree
from starlette.responses import Response

from adapters.problems import MappingProblems
from adapters.soap.registration import SoapSource
from adapters.spi import Lookup, Search
from tests.adapters.soap_shop import SHOP, Heard, Shop, envelope, xml

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

WSDL = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:b="http://schemas.xmlsoap.org/wsdl/soap/"
    xmlns:s="{SHOP}" xmlns:enc="{ENCODING}" xmlns:w="http://schemas.xmlsoap.org/wsdl/"
    xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{SHOP}">
  <types><xsd:schema targetNamespace="{SHOP}"><xsd:import namespace="{ENCODING}"/>
    <xsd:complexType name="Filters"><xsd:all>
      <xsd:element name="filter" type="s:FilterArray" minOccurs="0"/>
      <xsd:element name="complex_filter" type="s:ComplexFilterArray" minOccurs="0"/>
    </xsd:all></xsd:complexType>
    <xsd:complexType name="Entry"><xsd:all>
      <xsd:element name="key" type="xsd:string"/><xsd:element name="value" type="xsd:string"/>
    </xsd:all></xsd:complexType>
    <xsd:complexType name="ComplexFilter"><xsd:all>
      <xsd:element name="key" type="xsd:string"/><xsd:element name="value" type="s:Entry"/>
    </xsd:all></xsd:complexType>
    {
    "".join(
        f'''<xsd:complexType name="{name}"><xsd:complexContent><xsd:restriction base="enc:Array">
      <xsd:attribute ref="enc:arrayType" w:arrayType="{of}[]"/>
    </xsd:restriction></xsd:complexContent></xsd:complexType>'''
        for name, of in (
            ("FilterArray", "s:Entry"),
            ("ComplexFilterArray", "s:ComplexFilter"),
            ("Skus", "xsd:string"),
            ("Products", "s:Product"),
        )
    )
}
    <xsd:complexType name="Product"><xsd:all>
      <xsd:element name="sku" type="xsd:string"/><xsd:element name="name" type="xsd:string" minOccurs="0"/>
    </xsd:all></xsd:complexType>
  </xsd:schema></types>
  <message name="ListIn"><part name="sessionId" type="xsd:string"/><part name="filters" type="s:Filters"/></message>
  <message name="ListOut"><part name="storeView" type="s:Products"/></message>
  <message name="InfoIn"><part name="sessionId" type="xsd:string"/><part name="skus" type="s:Skus"/></message>
  <message name="CallIn"><part name="sessionId" type="xsd:string"/><part name="resourcePath" type="xsd:string"/>
    <part name="args" type="xsd:anyType"/></message>
  <portType name="Port">
    <operation name="list"><input message="s:ListIn"/><output message="s:ListOut"/></operation>
    <operation name="info"><input message="s:InfoIn"/><output message="s:ListOut"/></operation>
    <operation name="call"><input message="s:CallIn"/><output message="s:ListOut"/></operation>
  </portType>
  <binding name="Binding" type="s:Port">
    <b:binding style="rpc" transport="http://schemas.xmlsoap.org/soap/http"/>
    {
    "".join(
        f'''<operation name="{name}"><b:operation soapAction="urn:{name}Action"/>
      <input><b:body use="encoded" namespace="{SHOP}" encodingStyle="{ENCODING}"/></input>
      <output><b:body use="encoded" namespace="{SHOP}" encodingStyle="{ENCODING}"/></output></operation>'''
        for name in ("list", "info", "call")
    )
}
  </binding>
  <service name="Shop"><port name="Port" binding="s:Binding"><b:address location="http://x/"/></port></service>
</definitions>"""

INFO: dict[str, Any] = {
    "operation": "info",
    "arguments": {"sessionId": "S", "skus": {"item": "$keys"}},
    "rows": "storeView.item",
}


def shop_source(tmp_path: Path, entity: dict[str, Any], **words: Any) -> SoapSource:
    path = tmp_path / "shop.wsdl"
    path.write_text(WSDL)
    item = {"key": "sku", "fields": {"sku": "sku", "name": "name"}, **entity}
    registration = {"source": "shop", "role": "ERP", "kind": "soap", "wsdl": str(path), "entities": {"Item": item}}
    return SoapSource.model_validate({"endpoint": "http://shop.example.test/", **registration, **words})


class Encoded(Shop):
    """Answers the products that are asked for, as a PHP server does, and takes only messages that say their types."""

    def __init__(self) -> None:
        super().__init__(self.reply)

    def reply(self, heard: Heard) -> Response:
        call = etree.fromstring(heard.body).find("{*}Body")[0]
        assert call.get("{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle") == ENCODING
        skus = call.find("skus")
        rows = [] if skus is None else [item.text for item in skus]
        items = "".join(f'<item xsi:type="n:Product"><sku xsi:type="x:string">{sku}</sku></item>' for sku in rows)
        content = f'<n:listResponse xmlns:n="{SHOP}"><storeView>{items}</storeView></n:listResponse>'
        return xml(envelope(content))

    def part(self, name: str) -> etree._Element:
        """Of the last call."""
        return etree.fromstring(self.heard[-1].body).find("{*}Body")[0].find(name)


def type_of(element: etree._Element) -> str:
    """Its ``xsi:type`` as ``{namespace}name``."""
    prefix, _, name = element.get(f"{XSI}type").partition(":")
    return f"{{{element.nsmap[prefix]}}}{name}"


@pytest.mark.quirk("S3", "S23")
async def test_an_array_says_its_items_type_and_how_many_they_are(tmp_path: Path) -> None:
    shop = Encoded()
    made = shop.adapter(shop_source(tmp_path, {"lookup": {"sku": INFO}}))
    for keys in (["A1", "A2", "A3"], ["A1"]):
        found = (await made.lookup(Lookup("Item", "sku", keys, frozenset({"sku"})))).found
        assert list(found) == keys
        skus = shop.part("skus")
        assert type_of(skus) == f"{{{ENCODING}}}Array"
        assert skus.get(f"{{{ENCODING}}}arrayType") == f"xsd:string[{len(keys)}]"
        assert {type_of(item) for item in skus} == {"{http://www.w3.org/2001/XMLSchema}string"}


FILTERS = {
    "filter": {"item": [{"key": "status", "value": "$filter.active"}]},
    "complex_filter": {
        "item": [
            {"key": "sku", "value": {"key": "gteq", "value": "$filter.from"}},
            {"key": "name", "value": {"key": "like", "value": "$filter.name"}},
        ]
    },
}


@pytest.mark.quirk("S3", "S21")
async def test_filters_are_typed_triples_and_those_not_given_are_left_out(tmp_path: Path) -> None:
    shop = Encoded()
    search = {"operation": "list", "arguments": {"sessionId": "S", "filters": FILTERS}, "rows": "storeView.item"}
    made = shop.adapter(shop_source(tmp_path, {"search": {"all": search}}))
    await made.search(Search("Item", "all", 5, frozenset({"sku"}), filters={"from": "A3"}))
    filters = shop.part("filters")
    assert [child.tag for child in filters] == ["complex_filter"]
    complex_filter = filters[0]
    assert complex_filter.get(f"{{{ENCODING}}}arrayType").endswith(":ComplexFilter[1]")
    assert type_of(complex_filter[0]) == f"{{{SHOP}}}ComplexFilter"
    assert [element.text for element in complex_filter[0].iter("key", "value") if not len(element)] == [
        "sku",
        "gteq",
        "A3",
    ]
    await made.search(
        Search("Item", "all", 5, frozenset({"sku"}), filters={"from": "A3", "name": "%b%", "active": "1"})
    )
    assert [len(child) for child in shop.part("filters")] == [1, 2]


GENERIC = f"""
<m:call xmlns:m="{SHOP}" soap:encodingStyle="{ENCODING}">
  <sessionId xsi:type="xsd:string">$token</sessionId>
  <resourcePath xsi:type="xsd:string">cataloginventory_stock_item.list</resourcePath>
  <args xsi:type="enc:Array" enc:arrayType="xsd:ur-type[1]">
    <item xsi:type="enc:Array" enc:arrayType="xsd:string[]"><item xsi:type="xsd:string">$keys</item></item>
  </args>
</m:call>"""


@pytest.mark.quirk("S4", "S5")
async def test_a_generic_operation_has_the_real_one_as_an_argument_and_maps_in_its_reply(tmp_path: Path) -> None:
    """As Magento's first API: the WSDL says of arguments and results only that they may be anything."""

    def map_of(sku: str) -> str:
        entries = {"sku": sku, "qty": "12.0000", "name": "a <b>"}
        return "".join(f"<item><key>{key}</key><value>{escape(value)}</value></item>" for key, value in entries.items())

    def reply(heard: Heard) -> Response:
        call = etree.fromstring(heard.body).find("{*}Body")[0]
        assert call.findtext("resourcePath") == "cataloginventory_stock_item.list"
        rows = "".join(f'<item xsi:type="m:Map">{map_of(item.text)}</item>' for item in call.find("args")[0])
        return xml(envelope(f'<callResponse><callReturn xmlns:m="urn:map">{rows}</callReturn></callResponse>'))

    lookup = {
        "message": GENERIC.replace("$token", "S"),
        "rows": "callReturn.item",
        "decode": {"callReturn.item": "apache-map"},
    }
    fields = {"sku": "sku", "name": "name", "price": "qty"}
    shop = Shop(reply)
    made = shop.adapter(shop_source(tmp_path, {"fields": fields, "lookup": {"sku": lookup}}))
    found = (await made.lookup(Lookup("Item", "sku", ["A1", "A&2"], frozenset(fields)))).found
    assert found["A&2"].values == {"sku": "A&2", "name": "a <b>", "price": "12.0000"}
    assert list(found) == ["A1", "A&2"]


async def test_a_message_of_one_s_own_needs_no_wsdl(tmp_path: Path) -> None:
    message = (
        '<q:Find xmlns:q="urn:q"><q:Name like="$argument.like">$argument.name</q:Name><q:Group><q:Kind>sku</q:Kind>'
        "<q:From>$argument.from</q:From></q:Group><?each keys?><q:Row><q:Sku>$key</q:Sku></q:Row><?end?></q:Find>"
    )
    words = {
        "key": "sku",
        "fields": {"sku": "Sku"},
        "lookup": {"sku": {"message": message, "action": "find", "rows": "Row"}},
    }
    registration = {"source": "shop", "role": "ERP", "kind": "soap", "endpoint": "http://x.test/", "soap": "1.2"}
    shop = Shop(lambda heard: xml(envelope('<R xmlns="urn:q"><Row><Sku>A1</Sku></Row></R>')))
    made = shop.adapter(SoapSource.model_validate({**registration, "entities": {"Item": words}}))
    assert made.capabilities["Item"].lookups["sku"].arguments == {"like", "name", "from"}
    given = {"name": "b&c"}
    found = (await made.lookup(Lookup("Item", "sku", ["A1", "A2"], frozenset({"sku"}), given))).found
    assert list(found) == ["A1"]
    call = etree.fromstring(shop.heard[0].body).find("{*}Body")[0]
    name, *rows = list(call.iterchildren(etree.Element))
    assert (name.text, dict(name.attrib)) == ("b&c", {})
    assert [row[0].text for row in rows] == ["A1", "A2"] and 'action="find"' in shop.heard[0].headers["content-type"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"message": "<a>"}, "entities.Item.lookup.sku.message: expected well-formed XML"),
        ({"message": "<a><b>$kees</b><c>$keys</c></a>"}, "found `$kees`"),
        ({"message": "<a>sku:$key</a>"}, "expected a `$` text that stands alone, found `$key` in a longer one"),
        ({"message": "<a b='$keys,'>$keys</a>"}, "found `$keys` in a longer one"),
        ({"message": "<a/>"}, "entities.Item.lookup.sku.message: expected `$keys` or `$key`"),
        ({"message": "<a>$key</a>"}, "expected `$keys` or a list of one item per key"),
    ],
)
def test_mistakes_in_a_message_are_told(tmp_path: Path, words: dict[str, Any], expected: str) -> None:
    with pytest.raises(MappingProblems) as error:
        Shop(lambda _: xml("")).adapter(shop_source(tmp_path, {"lookup": {"sku": words}}))
    assert expected in str(error.value)
