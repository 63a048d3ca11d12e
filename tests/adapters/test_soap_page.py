"""Every piece of ``docs/soap.md`` is built against a WSDL, and together they say every word of ``kind: soap``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters.soap.build import build
from adapters.soap.registration import Auth, Call, Login, More, SoapEntity, SoapLookup, SoapSearch, SoapSource
from adapters.types import Types
from gateway.graph import declared_graph
from tests.adapters.test_soap_security import Keys
from tests.retail.documents import Block, blocks

PIECES = [block for block in blocks("yaml") if block.page == "docs/soap.md"]
TEXT = '<xsd:element name="{}" type="xsd:string" minOccurs="0"/>'


def rows(name: str) -> str:
    """An element with rows of any content, and what stands beside them."""
    beside = "".join(TEXT.format(word) for word in ("Data", "Count", "SearchId", "Pages"))
    row = '<xsd:element name="Item" type="xsd:anyType" minOccurs="0" maxOccurs="unbounded"/>'
    return element(name, f"{element('Items', row)}{beside}")


def element(name: str, content: str) -> str:
    return f'<xsd:element name="{name}"><xsd:complexType>{sequence(content)}</xsd:complexType></xsd:element>'


def sequence(content: str) -> str:
    return f"<xsd:sequence>{content}</xsd:sequence>"


def kind(name: str, content: str) -> str:
    return f'<xsd:complexType name="{name}">{content}</xsd:complexType>'


MANY = 'minOccurs="0" maxOccurs="20"'
ENTRY = kind("Entry", sequence(TEXT.format("Key") + TEXT.format("Value")))
FILTER = kind("Filter", sequence(TEXT.format("Key") + '<xsd:element name="Value" type="s:Entry"/>'))
EXTENDED = f'<xsd:extension base="s:Ref">{sequence(TEXT.format("No"))}</xsd:extension>'
REF = kind("Ref", sequence("")) + kind("ItemRef", f"<xsd:complexContent>{EXTENDED}</xsd:complexContent>")
PAIR = f"""<xsd:element name="Pair" {MANY}><xsd:complexType><xsd:sequence>{TEXT.format("No")}</xsd:sequence>
  <xsd:attribute name="plant" type="xsd:string"/></xsd:complexType></xsd:element>"""
REQUESTS = {
    "GetItems": f'<xsd:element name="No" type="xsd:string" {MANY}/>{PAIR}<xsd:element name="Ref" type="s:Ref" {MANY}/>',
    "FindItems": f'<xsd:element name="Filter" type="s:Filter" {MANY}/>{TEXT.format("Skip")}{TEXT.format("Take")}',
    "ReadItems": TEXT.format("Bookmark") + TEXT.format("Size"),
    "FindChanges": "".join(TEXT.format(name) for name in ("From", "At", "No", "Take")),
    "MoreItems": TEXT.format("Id") + TEXT.format("Page"),
    "Query": TEXT.format("Text"),
    "Login": TEXT.format("User") + TEXT.format("Password"),
}
SESSION = element("Result", TEXT.format("Session") + TEXT.format("Url"))
PRICES = '<xsd:element name="Price" type="xsd:anyType" minOccurs="0" maxOccurs="unbounded"/>'


def wsdl(name: str, schema: str, operations: list[str]) -> str:
    """One port; every operation may carry a session in its header."""
    messages = "".join(
        f'<message name="{each}"><part name="p" element="s:{each}"/></message>'
        f'<message name="{each}Out"><part name="p" element="s:{each}Response"/></message>'
        for each in operations
    )
    offered = "".join(
        f'<operation name="{each}"><input message="s:{each}"/><output message="s:{each}Out"/></operation>'
        for each in operations
    )
    bound = "".join(
        f'<operation name="{each}"><b:operation soapAction=""/><input><b:body use="literal"/>'
        '<b:header message="s:Header" part="Session" use="literal"/></input>'
        '<output><b:body use="literal"/></output></operation>'
        for each in operations
    )
    return f"""<definitions xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:b="http://schemas.xmlsoap.org/wsdl/soap/"
      xmlns:s="urn:{name}" targetNamespace="urn:{name}"><types><xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"
      targetNamespace="urn:{name}">{schema}{element("Session", TEXT.format("Id"))}</xsd:schema></types>
      <message name="Header"><part name="Session" element="s:Session"/></message>{messages}
      <portType name="P">{offered}</portType><binding name="B" type="s:P"><b:binding style="document"
      transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding>
      <service name="{name}"><port name="{name}Port" binding="s:B"><b:address location="http://inside/"/></port></service>
      </definitions>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that the page speaks of."""
    made = tmp_path_factory.mktemp("page")
    requests = "".join(element(name, content) for name, content in REQUESTS.items())
    replies = "".join(rows(f"{name}Response") for name in REQUESTS if name != "Login")
    schema = f"{ENTRY}{FILTER}{REF}{requests}{replies}{element('LoginResponse', SESSION)}"
    (made / "shop.wsdl").write_text(wsdl("Shop", schema, [*REQUESTS]))
    prices = element("GetPrices", REQUESTS["GetItems"].partition('<xsd:element name="Pair"')[0])
    (made / "prices.wsdl").write_text(wsdl("Prices", prices + element("GetPricesResponse", PRICES), ["GetPrices"]))
    (made / "types.xsd").write_text('<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema"/>')
    Keys(made)
    return made


@pytest.fixture(scope="module")
def types() -> Types:
    return declared_graph().types


def registered(block: Block) -> dict[str, Any]:
    """The piece in a whole file: what is not said is as in the first piece of the page."""
    whole, said = (yaml(each.text) for each in (PIECES[0], block))
    entity = said.keys() <= SoapEntity.model_fields.keys()
    return {**whole, "entities": {"Variant": {**whole["entities"]["Variant"], **said}}} if entity else {**whole, **said}


def yaml(text: str) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(re.sub(r"\$\{(\w+)\}", r"\1", text))
    return found


@pytest.mark.parametrize("block", PIECES, ids=str)
def test_each_piece_fits_the_wsdl(folder: Path, types: Types, block: Block) -> None:
    registration = SoapSource.model_validate(registered(block), context={"folder": folder})
    made = build(registration, types)
    assert all(entity.lookups or entity.searches for entity in made.capabilities.values())


def words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from words(each)


def test_the_page_tells_every_word_of_its_own() -> None:
    told = {word for block in PIECES for word in words(yaml(block.text))}
    own = {
        (field.alias or name)
        for model in (SoapSource, SoapLookup, SoapSearch, Call, Login, More, Auth)
        for name, field in model.model_fields.items()
    }
    common = {"version", "title", "contact", "limits", "time_zone", "transport", "examples"}
    assert own - common - told == set()
