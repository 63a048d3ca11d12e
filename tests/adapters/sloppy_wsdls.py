"""WSDLs as they are met in the wild: each is the shop's with one defect of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.adapters.soap_shop import SCHEMA, WSDL

ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"
OTHER = """<message name="OtherIn"><part name="p" element="s:Other"/></message>"""
OTHER_OPERATION = '<operation name="Other"><input message="s:OtherIn"/><output message="s:OtherOut"/></operation>'
BOUND = '<operation name="More"><input><b:body use="literal"/></input></operation>'


class Defect(NamedTuple):
    """``wsdl`` and ``schema`` change the good ones."""

    name: str
    wsdl: Callable[[str], str] = lambda text: text
    schema: Callable[[str], str] = lambda text: text

    def write(self, folder: Path) -> Path:
        wsdl, schema = self.wsdl(WSDL), self.schema(SCHEMA)
        assert (wsdl, schema) != (WSDL, SCHEMA), f"{self.name} changes nothing"
        for name, content in {"shop.wsdl": wsdl, "shop.xsd": schema}.items():
            (folder / name).write_text(content)
        return folder / "shop.wsdl"


def put(old: str, new: str, count: int = -1) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, count)


def inside(more: str) -> Callable[[str], str]:
    """A schema with more components."""
    return put("</xsd:schema>", f"{more}</xsd:schema>")


def beside(more: str) -> Callable[[str], str]:
    """A row with more before its name."""
    return put('<xsd:element name="Name" ', f'{more}<xsd:element name="Name" ')


def first(more: str) -> Callable[[str], str]:
    """A schema that begins with more."""
    return put("<xsd:element", f"{more}<xsd:element", 1)


def odd(more: str) -> Callable[[str], str]:
    """The type ``Odd``, which a row's note has."""
    return lambda text: element("Note", "s:Odd")(inside(more)(text))


def prefixed(namespace: str, kind: str) -> Callable[[str], str]:
    """A row's name has a type of another namespace."""
    return lambda text: element("Name", f"x:{kind}")(put("<xsd:schema", f'<xsd:schema xmlns:x="{namespace}"')(text))


def element(name: str, kind: str) -> Callable[[str], str]:
    """An element of the request, or of a row, with another type."""

    def change(text: str) -> str:
        before, found, after = text.partition(f'<xsd:element name="{name}" type="')
        assert found
        return f"{before}{found}{kind}{after[after.index(chr(34)) :]}"

    return change


ENCODED_ARRAY = f"""<xsd:complexType name="Odd" xmlns:enc="{ENCODING}" xmlns:w="http://schemas.xmlsoap.org/wsdl/">
  <xsd:complexContent><xsd:restriction base="enc:Array">
    <xsd:attribute ref="enc:arrayType" w:arrayType="xsd:string[]"/>
  </xsd:restriction></xsd:complexContent></xsd:complexType>"""

BROKEN_BASE = """<xsd:complexType name="Odd"><xsd:complexContent><xsd:extension base="s:NoSuch"><xsd:sequence>
  <xsd:element name="A" type="xsd:string"/></xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>"""

SIMPLE_BASE = """<xsd:complexType name="Odd"><xsd:complexContent><xsd:extension base="xsd:string">
  <xsd:attribute name="unit" type="xsd:string"/></xsd:extension></xsd:complexContent></xsd:complexType>"""

MISORDERED = """<xsd:complexType name="Odd"><xsd:attribute name="unit" type="xsd:string"/>
  <xsd:sequence><xsd:element name="A" type="xsd:string" minOccurs="0"/></xsd:sequence></xsd:complexType>"""

NOTE = "<xsd:annotation><xsd:documentation>{}</xsd:documentation></xsd:annotation>"

MISSPELT = '<xsd:simpletype name="Odd"><xsd:restriction base="xsd:int"/></xsd:simpletype>'

FAULT = '<output message="s:GetItemsOut"/>'

DEFECTS = [
    Defect("the import names another namespace", put('namespace="urn:shop" schema', 'namespace="urn:other" schema')),
    Defect("a prefix of a type is undeclared", schema=element("Item", "tns:Item")),
    Defect("a prefix of a message's element is undeclared", put('element="s:GetItems"', 'element="tns:GetItems"')),
    Defect("a prefix of a tag is undeclared", put("<portType", "<doc:note>old</doc:note><portType")),
    Defect("a simple type is misspelt", schema=odd(MISSPELT)),
    Defect("a complex type is misspelt", schema=put("xsd:complexType", "xsd:complextype")),
    Defect("a built-in type is misspelt", schema=element("Name", "xsd:String")),
    Defect("a built-in type is none", schema=element("Name", "xsd:text")),
    Defect("an attribute has a type that is none", schema=put('"size" type="xsd:string"', '"size" type="s:X"')),
    Defect("a message of another operation is missing", put('message="s:LoginIn"', 'message="s:NoSuch"')),
    Defect("the message of the reply is missing", put('message="s:GetItemsOut"', 'message="s:NoSuch"')),
    Defect("the message of the request is missing", put('message="s:GetItemsIn"', 'message="s:NoSuch"')),
    Defect("the message of a header is missing", put('message="s:SessionHeader"', 'message="s:NoSuch"')),
    Defect("the message of a fault is missing", put(FAULT, f'{FAULT}<fault name="f" message="s:No"/>')),
    Defect(
        "the encoding's schema is on the internet",
        schema=first(f'<xsd:import namespace="{ENCODING}" schemaLocation="{ENCODING}"/>'),
    ),
    Defect("a type of the encoding is used without its schema", schema=prefixed(ENCODING, "string")),
    Defect("an array of the encoding", schema=odd(ENCODED_ARRAY)),
    Defect("an older XML Schema is used beside", schema=prefixed("http://www.w3.org/1999/XMLSchema", "string")),
    Defect("a file that nobody needs is missing", schema=first('<xsd:include schemaLocation="no.xsd"/>')),
    Defect(
        "a WSDL that nobody needs is on the internet",
        put("<types>", '<import namespace="urn:x" location="http://x.example.test/x.wsdl"/><types>'),
    ),
    Defect("the schema is said to be on the maker's disk", put("shop.xsd", "file:///C:/dev/build/shop.xsd")),
    Defect("the schema is said to be in another network", put("shop.xsd", "http://inside.example.test/ws/shop.xsd")),
    Defect("the binding is of a port type that is none", put('type="s:Port"', 'type="s:Prot"')),
    Defect("a port has a binding that is none", put('binding="s:Binding12"', 'binding="s:NoSuch"')),
    Defect("the binding has an operation more", put("</operation></binding>", f"</operation>{BOUND}</binding>")),
    Defect("a port type has an operation without messages", put("</portType>", f"{OTHER_OPERATION}</portType>")),
    Defect("a part has an element that is none", put("<portType", f"{OTHER}<portType")),
    Defect("a part has a type where an element is meant", put('element="s:GetItems"', 'type="s:GetItems"')),
    Defect("attributes stand before elements", schema=odd(MISORDERED)),
    Defect("unbounded is written as a star", schema=put('maxOccurs="unbounded"', 'maxOccurs="*"')),
    Defect("a number of times is empty", schema=put('minOccurs="0"', 'minOccurs=""', 1)),
    Defect("complex content has a simple base", schema=odd(SIMPLE_BASE)),
    Defect("a base is missing", schema=odd(BROKEN_BASE)),
    Defect("an element has no name", schema=beside('<xsd:element type="xsd:int"/>')),
    Defect("an element refers to none", schema=beside('<xsd:element ref="s:NoSuch" minOccurs="0"/>')),
    Defect("there is a blank before the declaration", lambda text: f' \n<?xml version="1.0"?>{text}'),
    Defect("a note is not well-formed", schema=first(NOTE.format("bolts & nuts"))),
    Defect("there is no service", lambda text: text[: text.index("<service")] + "</definitions>"),
]
