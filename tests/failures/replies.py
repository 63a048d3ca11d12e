"""What systems say when they fail, as whole HTTP replies."""

from __future__ import annotations

from http import HTTPStatus
from xml.sax.saxutils import escape

from tests.failures.stock import INTERNAL

ENVELOPE = (
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:e="urn:stock">'
    "<s:Body>{}</s:Body></s:Envelope>"
)


def reply(status: int, body: str, content_type: str, **headers: str) -> bytes:
    """The bytes; the connection ends with them."""
    content = body.encode()
    lines = [
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(content)}",
        "Connection: close",
        *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + content


def html(status: int, **headers: str) -> bytes:
    """What a proxy or an application server shows to people."""
    body = f"<!DOCTYPE html><html><body><h1>Maintenance</h1><pre>{escape(INTERNAL)}</pre></body></html>"
    return reply(status, body, "text/html", **headers)


def xml(text: str, status: int = 200) -> bytes:
    return reply(status, text, "text/xml; charset=utf-8")


def json(text: str, status: int = 200) -> bytes:
    return reply(status, text, "application/json")


def fault(status: int, code: str) -> bytes:
    """A fault of SOAP 1.1."""
    text = f"<s:Fault><faultcode>{code}</faultcode><faultstring>{escape(INTERNAL)}</faultstring></s:Fault>"
    return xml(ENVELOPE.format(text), status)
