"""A WSDL is read from its own folder and from nowhere else, whatever it asks for."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.problems import MappingProblems
from adapters.soap import KIND
from adapters.soap.bundle import Bundle, OutsideBundle
from tests.adapters.soap_shop import SCHEMA, SHOP, TYPES, WSDL, source, write

OUTSIDE = """<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" targetNamespace="{namespace}">
  <xsd:complexType name="Outside"><xsd:sequence/></xsd:complexType></xsd:schema>"""


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A port on which somebody would be heard who connects to it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The bundle's folder, beside a file that is none of its business."""
    (tmp_path / "outside.xsd").write_text(OUTSIDE.format(namespace=SHOP))
    inside = tmp_path / "inside"
    inside.mkdir()
    return inside


def said(wsdl: Path) -> str:
    """The one problem that the registration has."""
    with pytest.raises(MappingProblems) as error:
        KIND.build(source(wsdl), TYPES)
    (problem,) = error.value.problems
    assert problem.path == ("wsdl",)
    return problem.found


def needing(name: str) -> str:
    """The schema, with a type in a request that is defined elsewhere."""
    return SCHEMA.replace('name="Skip" type="xsd:int"', f'name="Skip" type="{name}"')


def importing(location: str) -> str:
    return WSDL.replace("shop.xsd", location)


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{port}/shop.xsd",
        "https://127.0.0.1:{port}/shop.xsd",
        "ftp://127.0.0.1:{port}/shop.xsd",
        "gopher://127.0.0.1:{port}/shop.xsd",
        "//127.0.0.1:{port}/shop.xsd",
        "file://{outside}",
        "file:{outside}",
        "file://127.0.0.1:{port}{outside}",
        "file://{folder}/../outside.xsd",
        "file://{folder}/%2e%2e/outside.xsd",
        "{outside}",
        "../outside.xsd",
        "sub/../../outside.xsd",
        "./../inside/../outside.xsd",
        "link.xsd",
        "~/outside.xsd",
        "missing.xsd",
    ],
)
@pytest.mark.quirk("S1")
@pytest.mark.parametrize("how", ["wsdl:import", "xsd:import", "xsd:include", "nested xsd:import"])
def test_nothing_is_read_from_outside(folder: Path, listener: socket.socket, location: str, how: str) -> None:
    outside = folder.parent / "outside.xsd"
    (folder / "link.xsd").symlink_to(outside)
    port = listener.getsockname()[1]
    address = location.format(port=port, outside=outside, folder=folder)
    if how == "wsdl:import":
        elsewhere = WSDL.replace('<message name="GetItemsIn">', '<message name="Elsewhere">')
        wsdl = write(folder, elsewhere.replace("<types>", f'<import namespace="urn:x" location="{address}"/><types>'))
    elif how == "xsd:import":
        wsdl = write(folder, importing(address))
    elif how == "xsd:include":
        include = f'<xsd:include schemaLocation="{address}"/><xsd:element'
        wsdl = write(folder, schema=needing("s:Outside").replace("<xsd:element", include, 1))
    else:
        outside.write_text(OUTSIDE.format(namespace="urn:y"))
        nested = f'<xsd:import namespace="urn:y" schemaLocation="{address}"/><xsd:element'
        schema = needing("y:Outside").replace("<xsd:schema", '<xsd:schema xmlns:y="urn:y"')
        wsdl = write(folder, schema=schema.replace("<xsd:element", nested, 1))
    assert "is not a file in" in (found := said(wsdl)) or "is an address" in found
    with pytest.raises(BlockingIOError):
        listener.accept()


def test_files_inside_may_be_named_in_any_way(folder: Path) -> None:
    deep = folder / "xsd"
    deep.mkdir()
    for location in ("xsd/shop.xsd", f"file://{deep}/shop.xsd", f"{deep}/shop.xsd", "xsd/../xsd/shop.xsd"):
        wsdl = write(folder, importing(location))
        (folder / "shop.xsd").replace(deep / "shop.xsd")
        KIND.build(source(wsdl), TYPES)


def test_a_folder_with_odd_characters_is_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "a b%20ü#?"
    folder.mkdir()
    KIND.build(source(write(folder)), TYPES)


@pytest.mark.quirk("S1")
def test_an_import_with_an_address_is_read_from_the_file_that_is_registered_for_it(folder: Path) -> None:
    address = "http://schemas.example.test/shop.xsd"
    wsdl = write(folder, importing(address))
    assert "is an address; name the file to read instead under schemas" in said(wsdl)
    KIND.build(source(wsdl, schemas={address: "shop.xsd"}), TYPES)
    with pytest.raises(OutsideBundle):
        Bundle(folder, {address: "../outside.xsd"}).file(address)


@pytest.mark.quirk("S1")
def test_the_soap_encoding_s_schema_is_known_and_not_fetched(folder: Path, listener: socket.socket) -> None:
    """Whether a WSDL imports it or not; zeep would load it from the internet."""
    encoding = "http://schemas.xmlsoap.org/soap/encoding/"
    schema = SCHEMA.replace('name="Skip" type="xsd:int"', f'xmlns:enc="{encoding}" name="Skip" type="enc:int"')
    location = f"http://127.0.0.1:{listener.getsockname()[1]}/encoding"
    nested = f'<xsd:import namespace="{encoding}" schemaLocation="{location}"/><xsd:element'
    for each in (schema, schema.replace("<xsd:element", nested, 1)):
        KIND.build(source(write(folder, schema=each)), TYPES)
    with pytest.raises(BlockingIOError):
        listener.accept()


BOMB = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 9))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:{port}/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:{port}/x.dtd"> %p;]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file://{outside}">]>',
        "<!DOCTYPE x [<!ENTITY e0 'boom'>" + BOMB + "]>",
    ],
)
@pytest.mark.parametrize("where", ["wsdl", "schema"])
def test_a_document_type_is_refused(folder: Path, listener: socket.socket, doctype: str, where: str) -> None:
    port, outside = listener.getsockname()[1], folder.parent / "outside.xsd"
    doctype = doctype.replace("{port}", str(port)).replace("{outside}", str(outside))
    used = "&e8;" if "ENTITY e8" in doctype else "&e;" if "ENTITY e " in doctype else ""
    note = f"<xsd:annotation><xsd:documentation>{used}</xsd:documentation></xsd:annotation>"
    schema = SCHEMA.replace("<xsd:element", f"{note}<xsd:element", 1)
    wsdl = write(folder, doctype + WSDL) if where == "wsdl" else write(folder, schema=doctype + schema)
    found = said(wsdl)
    assert "forbidden" in found or "amplification" in found
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize("content", ["", "<html>", "<html/>", "\x00", "<definitions/>"])
def test_what_is_no_wsdl_is_told(folder: Path, content: str) -> None:
    assert said(write(folder, content))


@pytest.mark.parametrize(
    "broken", [('element="s:Login"', 'element="s:NoSuch"'), ('message="s:LoginIn"', 'message="s:NoSuch"')]
)
def test_what_is_broken_in_operations_that_nobody_registered_does_not_matter(
    folder: Path, broken: tuple[str, str]
) -> None:
    KIND.build(source(write(folder, WSDL.replace(*broken))), TYPES)


def test_a_type_that_is_missing_is_told_by_name(folder: Path) -> None:
    assert "NoSuch" in said(write(folder, schema=SCHEMA.replace('type="s:Item"', 'type="s:NoSuch"')))
