"""A reply's bytes as XML: parsed without a network, a DTD or entities, and bounded; then its body or its fault."""

from __future__ import annotations

import re

from lxml import etree

from adapters.http import Reply, refusal
from adapters.soap.elements import local
from adapters.soap.faults import Fault
from adapters.soap.names import ENVELOPES
from adapters.spi import BadData

DECLARED = re.compile(rb"\s*<\?xml[^>]*encoding", re.IGNORECASE)
CHARSET = re.compile(r"charset=\"?([\w.:-]+)", re.IGNORECASE)
BODIES = {f"{{{namespace}}}Envelope": f"{{{namespace}}}Body" for namespace in ENVELOPES.values()}
BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


class NotXml(Exception):
    """Text that is not well-formed, or XML with a DTD. The reason has nothing of the text in it."""


def body(source: str, reply: Reply) -> etree._Element:
    """The element in the body of a reply that is no fault.

    The body is read before the status is: most systems send faults with 500, some with 200. Raises ``Fault``;
    ``BadData`` for success that cannot be read; for any other status without a fault what the status says.
    """
    try:
        found = _content(source, reply)
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


def _content(source: str, reply: Reply) -> etree._Element:
    try:
        root = parse(reply.body, reply.headers.get("content-type", ""))
    except NotXml as error:
        raise BadData(source, f"expected a SOAP envelope, found {error}: {reply.described()}") from None
    if root.tag not in BODIES:
        raise BadData(source, f"expected a SOAP envelope, found another document: {reply.described()}")
    for part in root.iterchildren(BODIES[root.tag]):
        for content in part:
            return content
    raise BadData(source, "expected an element in the SOAP body, found none")


def parse(data: bytes, content_type: str = "") -> etree._Element:
    """The root of a document. Raises ``NotXml``."""
    try:
        root = etree.fromstring(data, parser(_encoding(data, content_type)))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise NotXml("nothing" if not data.strip() else f"no well-formed XML ({_kind(error)})") from None
    docinfo = root.getroottree().docinfo
    if docinfo is not None and docinfo.doctype:
        raise NotXml("a document type definition, which SOAP forbids")
    return root


def parser(encoding: str | None = None, *, recover: bool = False) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _encoding(data: bytes, content_type: str) -> str | None:
    """What the header says, for a document that does not say it itself."""
    found = CHARSET.search(content_type)
    if found is None or found[1].lower() in ("utf-8", "utf8") or data.startswith(BOMS) or DECLARED.match(data):
        return None
    return found[1]


def _kind(error: Exception) -> str:
    """The number of libxml2's error; its text would quote the document."""
    return f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
