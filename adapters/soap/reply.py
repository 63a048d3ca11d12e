"""A reply's bytes as XML: parsed without a network, a DTD or entities, and bounded; then its body or its fault."""

from __future__ import annotations

import re
from base64 import b64encode
from urllib.parse import unquote

from lxml import etree

from adapters.http import Reply, refusal
from adapters.soap.elements import local
from adapters.soap.faults import Fault
from adapters.soap.multipart import NotMultipart, parts
from adapters.soap.names import ENVELOPES
from adapters.spi import BadData

DECLARED = re.compile(rb"\s*<\?xml[^>]*encoding", re.IGNORECASE)
CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
BODIES = {f"{{{namespace}}}Envelope": f"{{{namespace}}}Body" for namespace in ENVELOPES.values()}
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class NotXml(Exception):
    """Text that is not well-formed, or XML with a DTD. The reason has nothing of the text in it."""


def body(source: str, reply: Reply, encoding: str | None = None) -> etree._Element:
    """The element in the body of a reply that is no fault. ``encoding``: what it is written in, whatever it says.

    The body is read before the status is: most systems send faults with 500, some with 200. Raises ``Fault``;
    ``BadData`` for success that cannot be read; for any other status without a fault what the status says.
    """
    try:
        found = _content(source, reply, encoding)
        if local(found.tag) == "Fault":
            raise Fault(found)
    except BadData:
        refused = refusal(source, reply)
        if refused is not None:
            raise refused from None
        raise
    refused = refusal(source, reply)
    if refused is not None:
        raise refused
    return found


def _content(source: str, reply: Reply, encoding: str | None) -> etree._Element:
    content_type = reply.header(b"content-type").decode("latin-1")
    try:
        if content_type[:17].lower() == "multipart/related":
            root = together(reply.body, content_type, encoding)
        else:
            root = parse(reply.body, content_type, forced=encoding)
    except NotXml as error:
        raise BadData(source, f"expected a SOAP envelope, found {error}: {reply.described()}") from None
    if root.tag not in BODIES:
        raise BadData(source, f"expected a SOAP envelope, found another document: {reply.described()}")
    for part in root.iterchildren(BODIES[root.tag]):
        for content in part:
            return content
    raise BadData(source, "expected an element in the SOAP body, found none")


def parse(data: bytes, content_type: str = "", *, forced: str | None = None) -> etree._Element:
    """The root of a document, in the encoding that is forced or declared. Raises ``NotXml``."""
    encoding = forced or _encoding(data, content_type)
    try:
        root = etree.fromstring(data, parser(encoding))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        root = _mended(data, encoding, error)
    docinfo = root.getroottree().docinfo
    if docinfo is not None and docinfo.doctype:
        raise NotXml("a document type definition, which SOAP forbids")
    return root


def _mended(data: bytes, encoding: str | None, error: Exception) -> etree._Element:
    """What is known to be harmless: blanks before the declaration, and prefixes that nobody declared."""
    try:
        mending = parser(encoding, recover=True)
        root = etree.fromstring(data.lstrip(), mending)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        root = None
    if root is None or not data.strip() or any(entry.domain_name != "NAMESPACE" for entry in mending.error_log):
        raise NotXml("nothing" if not data.strip() else f"no well-formed XML ({_kind(error)})") from None
    for element in root.iter(etree.Element):
        if ":" in element.tag and not element.tag.startswith("{"):
            element.tag = element.tag.rpartition(":")[2]  # paths go by local names
    return root


def parser(encoding: str | None = None, *, recover: bool = False, instructions: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=not instructions,
    )


def together(data: bytes, content_type: str, encoding: str | None) -> etree._Element:
    """The root of the first part, with what it includes from others (XOP) in its place, as base64."""
    try:
        first, others = parts(data, content_type)
    except NotMultipart as error:
        raise NotXml(str(error)) from None
    root = parse(first.content, first.content_type, forced=encoding)
    for include in list(root.iter("{http://www.w3.org/2004/08/xop/include}Include")):
        content = others.get(unquote((include.get("href") or "").removeprefix("cid:")))
        parent = include.getparent()
        if parent is not None and content is not None:
            parent.text = b64encode(content).decode()
            parent.remove(include)
    return root


def _encoding(data: bytes, content_type: str) -> str | None:
    """What the header says, for a document that does not say it itself."""
    found = CHARSET.search(content_type)
    if found is None or found[1].lower() in ("utf-8", "utf8") or data.startswith(BOMS) or DECLARED.match(data):
        return None
    return found[1]


def _kind(error: Exception) -> str:
    """The number of libxml2's error; its text would quote the document."""
    return f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
