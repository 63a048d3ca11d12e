"""The namespaces and names of WSDL, XML Schema and the SOAP encoding, in all the years' versions that are met."""

from __future__ import annotations

from lxml import etree

from adapters.soap.elements import local

WSDL = "http://schemas.xmlsoap.org/wsdl/"
XSD = "http://www.w3.org/2001/XMLSchema"
XSDS = {XSD, "http://www.w3.org/1999/XMLSchema", "http://www.w3.org/2000/10/XMLSchema"}
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
ENCODINGS = {ENCODING, "http://www.w3.org/2003/05/soap-encoding"}
ENVELOPES = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
BINDINGS = {"http://schemas.xmlsoap.org/wsdl/soap/": "1.1", "http://schemas.xmlsoap.org/wsdl/soap12/": "1.2"}

SIMPLE_NAMES = """
    anySimpleType anyURI base64Binary boolean byte date dateTime decimal double duration ENTITIES ENTITY float gDay
    gMonth gMonthDay gYear gYearMonth hexBinary ID IDREF IDREFS int integer language long Name NCName negativeInteger
    NMTOKEN NMTOKENS nonNegativeInteger nonPositiveInteger normalizedString NOTATION positiveInteger QName short string
    time token unsignedByte unsignedInt unsignedLong unsignedShort
"""
SIMPLE = frozenset(SIMPLE_NAMES.split())
BUILTIN = SIMPLE | {"anyType"}

TAG_NAMES = """
    all any anyAttribute attribute attributeGroup choice complexContent complexType element extension group import
    include list redefine restriction sequence simpleContent simpleType union
"""
TAGS = frozenset(TAG_NAMES.split())
"""Of XML Schema: what says something about the form of a message. The rest are notes, facets and identities."""

BY_LOWER = {name.lower(): name for name in (*TAGS, *BUILTIN)}


def xsd_name(element: etree._Element, *, lenient: bool) -> str | None:
    """The name of an element of XML Schema; ``None`` for all that do not matter. ``lenient``: in any case."""
    name = local(element.tag)
    if lenient and name not in TAGS:
        name = BY_LOWER.get(name.lower(), "")
    return name if name in TAGS else None
