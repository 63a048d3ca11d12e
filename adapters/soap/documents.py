"""A WSDL's documents: its files and everything they import or include, each read once, from its bundle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from adapters.soap.bundle import Bundle, OutsideBundle
from adapters.soap.elements import local
from adapters.soap.names import xsd_name
from adapters.soap.reply import parser


class NoDocument(Exception):
    """A file that cannot be read as XML, or has a document type definition."""


class Schema(NamedTuple):
    """A schema, and the namespace that its components are in: an included one without its own takes its includer's."""

    root: etree._Element
    namespace: str | None
    file: str


class Documents:
    """``unread``: the imports that were not found, and why. They matter only to who needs something in them.

    Raises ``NoDocument`` or ``OutsideBundle`` for the WSDL itself. With ``lenient``, XML that is not well-formed is
    read as far as it can be.
    """

    def __init__(self, files: Sequence[Path], bundle: Bundle, *, lenient: bool) -> None:
        self.definitions: list[etree._Element] = []
        self.schemas: list[Schema] = []
        self.unread: list[str] = []
        self._bundle = bundle
        self._lenient = lenient
        self._hash = sha256()
        self._seen: set[tuple[Path, str | None]] = set()
        for path in files:
            self._document(bundle.file(str(path.resolve())), None)
        for location in bundle.schemas:
            self._follow(location, None, None)

    @property
    def digest(self) -> str:
        """Of the content of all files."""
        return self._hash.hexdigest()

    def _document(self, path: Path, namespace: str | None) -> None:
        if (path, namespace) in self._seen:
            return
        self._seen.add((path, namespace))
        content = path.read_bytes()
        self._hash.update(content)
        root = self._parsed(content, path)
        if local(root.tag).lower() == "schema":
            self._schema(root, path, namespace)
            return
        if not self.definitions and local(root.tag) != "definitions":
            raise NoDocument(f"{path.name}: <{local(root.tag)[:40]}> is no WSDL")
        self.definitions.append(root)
        for schema in found(root, "types", "schema"):
            self._schema(schema, path, None)
        for imported in root.iterchildren("{*}import"):
            self._follow(imported.get("location"), path, None)

    def _schema(self, root: etree._Element, path: Path, namespace: str | None) -> None:
        own = root.get("targetNamespace") or namespace
        self.schemas.append(Schema(root, own, path.name))
        for child in root.iterchildren(etree.Element):
            name = xsd_name(child, lenient=self._lenient)
            if name == "import":
                self._follow(child.get("schemaLocation"), path, None)
            elif name in ("include", "redefine"):
                self._follow(child.get("schemaLocation"), path, own)

    def _follow(self, location: str | None, base: Path | None, namespace: str | None) -> None:
        if not location:
            return
        try:
            self._document(self._bundle.file(location, base), namespace)
        except (OutsideBundle, NoDocument) as error:
            self.unread.append(str(error))

    def _parsed(self, content: bytes, path: Path) -> etree._Element:
        try:
            root = etree.fromstring(content.lstrip() if self._lenient else content, parser(recover=self._lenient))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise NoDocument(f"{path.name}: {error}") from None
        if root is None:
            raise NoDocument(f"{path.name}: no XML")
        if root.getroottree().docinfo.doctype:
            raise NoDocument(f"{path.name}: a document type definition, which is forbidden")
        return root


def found(element: etree._Element, *way: str) -> Iterator[etree._Element]:
    """The elements below, level by level, by local name in any case."""
    step, *rest = way
    for child in element.iterchildren(etree.Element):
        if local(child.tag).lower() == step:
            yield from found(child, *rest) if rest else (child,)
