"""A small SOAP system for tests: its WSDL in every flavour, and an application that answers what a test tells it to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.soap.adapter import SoapAdapter
from adapters.soap.build import build
from adapters.soap.registration import SoapSource
from adapters.types import FieldType, Types

SHOP = "urn:shop"
SOAP11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP12 = "http://www.w3.org/2003/05/soap-envelope"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

TEXT = FieldType("String")
TEXTS = FieldType("String", lists=1)
TYPES = Types(
    objects={
        "Item": {
            "sku": FieldType("String", required=True),
            "name": TEXT,
            "note": TEXT,
            "size": TEXT,
            "price": FieldType("Decimal"),
            "at": FieldType("DateTime"),
            "changed": FieldType("DateTime"),
            "lines": TEXTS,
            "unit": TEXT,
            "tags": TEXTS,
            "first": TEXT,
            "ean": TEXT,
            "data": FieldType("JSON"),
            "parts": FieldType("Part", lists=1),
        },
        "Part": {"sku": FieldType("String", required=True), "count": FieldType("Int")},
    },
    enums={},
)

SCHEMA = f"""<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:s="{SHOP}" targetNamespace="{SHOP}"
    elementFormDefault="qualified">
  <xsd:element name="GetItems"><xsd:complexType>
    <xsd:sequence>
      <xsd:element name="Sku" type="xsd:string" minOccurs="0" maxOccurs="20"/>
      <xsd:element name="Active" type="xsd:boolean" minOccurs="0"/>
      <xsd:element name="Since" type="xsd:date" minOccurs="0"/>
      <xsd:element name="Range" minOccurs="0"><xsd:complexType><xsd:sequence>
        <xsd:element name="From" type="xsd:decimal" minOccurs="0"/>
        <xsd:element name="To" type="xsd:decimal" minOccurs="0"/>
      </xsd:sequence></xsd:complexType></xsd:element>
      <xsd:element name="Pair" minOccurs="0" maxOccurs="unbounded"><xsd:complexType>
        <xsd:sequence><xsd:element name="Code" type="xsd:int"/></xsd:sequence>
        <xsd:attribute name="plant" type="xsd:string"/>
      </xsd:complexType></xsd:element>
      <xsd:element name="Skip" type="xsd:int" minOccurs="0"/>
      <xsd:element name="Take" type="xsd:int" minOccurs="0"/>
    </xsd:sequence>
    <xsd:attribute name="client" type="xsd:string"/>
    <xsd:attribute name="flags"><xsd:simpleType><xsd:list itemType="xsd:string"/></xsd:simpleType></xsd:attribute>
  </xsd:complexType></xsd:element>
  <xsd:element name="GetItemsResponse"><xsd:complexType><xsd:sequence>
    <xsd:element name="Items" minOccurs="0"><xsd:complexType><xsd:sequence>
      <xsd:element name="Item" type="s:Item" minOccurs="0" maxOccurs="unbounded"/>
    </xsd:sequence></xsd:complexType></xsd:element>
    <xsd:element name="Count" type="xsd:int" minOccurs="0"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:complexType name="Item">
    <xsd:sequence>
      <xsd:element name="Sku" type="xsd:string"/>
      <xsd:element name="Name" type="xsd:string" nillable="true" minOccurs="0"/>
      <xsd:element name="Note" type="xsd:string" nillable="true" minOccurs="0"/>
      <xsd:element name="Price" minOccurs="0"><xsd:complexType><xsd:simpleContent><xsd:extension base="xsd:decimal">
        <xsd:attribute name="unit" type="xsd:string"/>
      </xsd:extension></xsd:simpleContent></xsd:complexType></xsd:element>
      <xsd:element name="Tag" type="xsd:string" minOccurs="0" maxOccurs="unbounded"/>
      <xsd:element name="Code" minOccurs="0" maxOccurs="unbounded"><xsd:complexType>
        <xsd:sequence><xsd:element name="Value" type="xsd:string" nillable="true" minOccurs="0"/></xsd:sequence>
        <xsd:attribute name="kind" type="xsd:string"/>
      </xsd:complexType></xsd:element>
      <xsd:choice minOccurs="0"><xsd:element name="Length" type="xsd:int"/><xsd:element name="Volume" type="xsd:int"/>
      </xsd:choice>
      <xsd:element name="Part" type="s:Item" minOccurs="0" maxOccurs="unbounded"/>
      <xsd:element name="Extra" minOccurs="0"><xsd:complexType><xsd:sequence>
        <xsd:any minOccurs="0" maxOccurs="unbounded" processContents="lax"/>
      </xsd:sequence></xsd:complexType></xsd:element>
    </xsd:sequence>
    <xsd:attribute name="size" type="xsd:string"/>
  </xsd:complexType>
  <xsd:complexType name="Bundle"><xsd:complexContent><xsd:extension base="s:Item"><xsd:sequence>
    <xsd:element name="Count" type="xsd:int"/>
  </xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>
  <xsd:element name="Login"><xsd:complexType><xsd:sequence>
    <xsd:element name="User" type="xsd:string"/><xsd:element name="Password" type="xsd:string"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="LoginResponse"><xsd:complexType><xsd:sequence>
    <xsd:element name="Token" type="xsd:string"/>
  </xsd:sequence></xsd:complexType></xsd:element>
  <xsd:element name="Session"><xsd:complexType><xsd:sequence>
    <xsd:element name="Id" type="xsd:string"/>
  </xsd:sequence></xsd:complexType></xsd:element>
</xsd:schema>
"""


def binding(version: str) -> str:
    """One binding and port; in 1.2 everything has a 12 in its name."""
    name = version.replace("1.1", "").replace(".", "")
    space = {"1.1": "http://schemas.xmlsoap.org/wsdl/soap/", "1.2": "http://schemas.xmlsoap.org/wsdl/soap12/"}[version]
    operations = "".join(
        f"""<operation name="{operation}"><b:operation soapAction="urn:shop#{operation}"/>
        <input><b:body use="literal"/>{header}</input><output><b:body use="literal"/></output></operation>"""
        for operation, header in (
            ("GetItems", '<b:header message="s:SessionHeader" part="Session" use="literal"/>'),
            ("Login", ""),
        )
    )
    return f"""<binding xmlns:b="{space}" name="Binding{name}" type="s:Port">
      <b:binding style="document" transport="http://schemas.xmlsoap.org/soap/http"/>{operations}</binding>"""


def port(version: str) -> str:
    name = version.replace("1.1", "").replace(".", "")
    space = {"1.1": "http://schemas.xmlsoap.org/wsdl/soap/", "1.2": "http://schemas.xmlsoap.org/wsdl/soap12/"}[version]
    return f"""<port name="Port{name}" binding="s:Binding{name}">
      <b:address xmlns:b="{space}" location="http://inside.example.test/shop"/></port>"""


WSDL = f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:s="{SHOP}" targetNamespace="{SHOP}">
  <types><xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema">
    <xsd:import namespace="{SHOP}" schemaLocation="shop.xsd"/>
  </xsd:schema></types>
  <message name="GetItemsIn"><part name="parameters" element="s:GetItems"/></message>
  <message name="GetItemsOut"><part name="parameters" element="s:GetItemsResponse"/></message>
  <message name="LoginIn"><part name="parameters" element="s:Login"/></message>
  <message name="LoginOut"><part name="parameters" element="s:LoginResponse"/></message>
  <message name="SessionHeader"><part name="Session" element="s:Session"/></message>
  <portType name="Port">
    <operation name="GetItems"><input message="s:GetItemsIn"/><output message="s:GetItemsOut"/></operation>
    <operation name="Login"><input message="s:LoginIn"/><output message="s:LoginOut"/></operation>
  </portType>
  {binding("1.1")}{binding("1.2")}
  <service name="Shop">{port("1.1")}{port("1.2")}</service>
</definitions>
"""

FIELDS: dict[str, Any] = {"sku": "Sku", "name": "Name", "note": "Note", "size": "@size"}
BY_SKU: dict[str, Any] = {"operation": "GetItems", "arguments": {"Sku": "$keys"}, "rows": "Items.Item", "batch": 20}


def write(folder: Path, wsdl: str = WSDL, schema: str = SCHEMA) -> Path:
    """The bundle on disk; the path of its WSDL."""
    (folder / "shop.xsd").write_text(schema)
    path = folder / "shop.wsdl"
    path.write_text(wsdl)
    return path


def source(wsdl: Path, item: dict[str, Any] | None = None, **words: Any) -> SoapSource:
    """A registration; ``item`` replaces words of its one entity."""
    entity = {"key": "sku", "fields": FIELDS, "lookup": {"sku": BY_SKU}, **(item or {})}
    registration = {"source": "shop", "role": "ERP", "kind": "soap", "wsdl": str(wsdl), "entities": {"Item": entity}}
    return SoapSource.model_validate({"endpoint": "http://shop.example.test/soap", **registration, **words})


class Heard(NamedTuple):
    """A request as it arrived."""

    host: str | None
    headers: dict[str, str]
    body: bytes


Answer = Callable[[Heard], Response]


class Shop:
    """The application: it keeps what it heard, and answers as it is told."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.heard: list[Heard] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        self.heard.append(Heard(request.url.hostname, dict(request.headers), await request.body()))
        await self.answer(self.heard[-1])(scope, receive, send)

    def adapter(self, registration: SoapSource) -> SoapAdapter:
        return build(registration, TYPES, httpx.ASGITransport(app=self))


def xml(content: str, status: int = 200, media: str = "text/xml; charset=utf-8") -> Response:
    return Response(content.encode(), status, media_type=media)


def envelope(content: str, namespace: str = SOAP11) -> str:
    return f'<e:Envelope xmlns:e="{namespace}" xmlns:xsi="{XSI}"><e:Body>{content}</e:Body></e:Envelope>'


def items(*rows: str, more: str = "", name: str = "GetItemsResponse") -> str:
    """A reply with these rows."""
    return envelope(f'<{name} xmlns="{SHOP}"><Items>{"".join(rows)}</Items>{more}</{name}>')


def item(sku: str, content: str = "", attributes: str = "") -> str:
    return f"<Item {attributes}><Sku>{sku}</Sku>{content}</Item>"


def answering(content: str, status: int = 200) -> Answer:
    return lambda _: xml(content, status)
