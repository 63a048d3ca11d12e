"""What the SOAP systems of the estate have in common: an envelope in, an envelope out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from tests.serving import serving

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Fault(Exception):
    """Raised by a system: its code and text, and the status that it sends with it."""

    def __init__(self, code: str, text: str, status: int = 500) -> None:
        self.code = code
        self.text = text
        self.status = status
        super().__init__(text)


class Asked(NamedTuple):
    """``call``: the element in the body. ``path``: of the address."""

    call: etree._Element
    header: etree._Element | None
    path: str

    @property
    def operation(self) -> str:
        return str(etree.QName(self.call).localname)

    def text(self, path: str) -> str:
        """Below the call, with ``{*}`` for its namespaces; nothing where it is absent."""
        return (self.call.findtext("/".join(f"{{*}}{step}" for step in path.split("."))) or "").strip()

    def texts(self, path: str) -> list[str]:
        return [each.text or "" for each in self.call.iterfind("/".join(f"{{*}}{step}" for step in path.split(".")))]


@contextmanager
def soap_system(answer: Callable[[Asked], str]) -> Iterator[str]:
    """The address of a running system that answers with the content of a body, or raises ``Fault``."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        body = await request.body()
        try:
            content, status = (answer(asked(body, request.url.path)), 200) if body else ("", 200)
        except Fault as fault:
            told = f"<faultcode>{fault.code}</faultcode><faultstring>{escape(fault.text)}</faultstring>"
            content, status = f"<e:Fault>{told}</e:Fault>", fault.status
        envelope = f'<e:Envelope xmlns:e="{SOAP}" xmlns:xsi="{XSI}"><e:Body>{content}</e:Body></e:Envelope>'
        await Response(envelope, status, media_type="text/xml")(scope, receive, send)

    with serving(app) as address:
        yield address


def asked(body: bytes, path: str) -> Asked:
    envelope = etree.fromstring(body)
    return Asked(envelope.find(f"{{{SOAP}}}Body")[0], envelope.find(f"{{{SOAP}}}Header"), path)


def elements(values: dict[str, object]) -> str:
    """One element per value; none for ``None``."""
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in values.items() if value is not None)
