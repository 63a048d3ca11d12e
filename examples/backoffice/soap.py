"""What the two SOAP systems share: envelopes, faults, the WSDL as the contract, and the UsernameToken.

It imitates an application server of the 2000s. Every request is checked against the schemas of the WSDL
before an operation sees it, every fault goes out with HTTP 500, and the operation is told by the body's
element.
"""

import logging
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from hashlib import sha1
from hmac import compare_digest
from pathlib import Path
from typing import NamedTuple

from lxml import etree
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .calls import Calls

WSDL = "http://schemas.xmlsoap.org/wsdl/"
XSD = "http://www.w3.org/2001/XMLSchema"
XML = "http://www.w3.org/XML/1998/namespace"
OASIS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss"
WSSE = f"{OASIS}-wssecurity-secext-1.0.xsd"
WSU = f"{OASIS}-wssecurity-utility-1.0.xsd"
DIGEST = f"{OASIS}-username-token-profile-1.0#PasswordDigest"

PARSER = etree.XMLParser(
    resolve_entities=False,
    load_dtd=False,
    no_network=True,
    huge_tree=False,
    remove_comments=True,
    remove_pis=True,
)

log = logging.getLogger(__name__)

Handler = Callable[[etree._Element, etree._Element], None]
"""An operation: reads the request element and fills the reply element."""


class Name(NamedTuple):
    """A qualified name with the prefix it is written with."""

    prefix: str
    namespace: str
    local: str

    def __str__(self) -> str:
        return f"{self.prefix}:{self.local}"


class Fault(Exception):
    """What goes wrong: who is to blame, why, and a code or a detail of the system's own."""

    def __init__(
        self,
        reason: str,
        blame: str = "client",
        code: Name | None = None,
        detail: etree._Element | None = None,
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.blame = blame
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class Version:
    """SOAP 1.1 or 1.2: its names and the media type it travels with."""

    prefix: str
    namespace: str
    binding: str
    media: str
    blames: Mapping[str, str]
    action: Callable[[Headers], str | None]
    fault: Callable[[etree._Element, "Version", Fault], None]

    def tag(self, local: str) -> str:
        return f"{{{self.namespace}}}{local}"

    def name(self, local: str) -> Name:
        return Name(self.prefix, self.namespace, local)

    def envelope(self, names: Mapping[str, str]) -> tuple[etree._Element, etree._Element]:
        """An empty envelope and its body."""
        envelope = etree.Element(self.tag("Envelope"), nsmap={self.prefix: self.namespace, **names})
        return envelope, etree.SubElement(envelope, self.tag("Body"))


def fault11(body: etree._Element, version: Version, fault: Fault) -> None:
    """A code of the system's own takes the place of the faultcode."""
    names = {fault.code.prefix: fault.code.namespace} if fault.code else None
    node = etree.SubElement(body, version.tag("Fault"), nsmap=names)
    code = str(fault.code or version.name(version.blames[fault.blame]))
    put(node, "faultcode", code)
    put(node, "faultstring", fault.reason)
    if fault.detail is not None:
        etree.SubElement(node, "detail").append(fault.detail)


def fault12(body: etree._Element, version: Version, fault: Fault) -> None:
    """A code of the system's own is the subcode."""
    names = {fault.code.prefix: fault.code.namespace} if fault.code else None
    node = etree.SubElement(body, version.tag("Fault"), nsmap=names)
    code = etree.SubElement(node, version.tag("Code"))
    put(code, version.tag("Value"), str(version.name(version.blames[fault.blame])))
    if fault.code:
        subcode = etree.SubElement(code, version.tag("Subcode"))
        put(subcode, version.tag("Value"), str(fault.code))
    reason = etree.SubElement(node, version.tag("Reason"))
    put(reason, version.tag("Text"), fault.reason).set(f"{{{XML}}}lang", "en")
    if fault.detail is not None:
        etree.SubElement(node, version.tag("Detail")).append(fault.detail)


def action11(headers: Headers) -> str | None:
    """A header which must be there, though its value may be empty quotes."""
    action = headers.get("soapaction")
    return None if action is None else action.strip().strip('"')


def action12(headers: Headers) -> str:
    """A parameter of the content type, which may be left out."""
    message = Message()
    message["Content-Type"] = headers.get("content-type", "")
    return str(message.get_param("action", ""))


SOAP11 = Version(
    prefix="soap",
    namespace="http://schemas.xmlsoap.org/soap/envelope/",
    binding="http://schemas.xmlsoap.org/wsdl/soap/",
    media="text/xml",
    blames={"client": "Client", "server": "Server", "version": "VersionMismatch", "header": "MustUnderstand"},
    action=action11,
    fault=fault11,
)
SOAP12 = Version(
    prefix="env",
    namespace="http://www.w3.org/2003/05/soap-envelope",
    binding="http://schemas.xmlsoap.org/wsdl/soap12/",
    media="application/soap+xml",
    blames={
        "client": "Sender",
        "server": "Receiver",
        "version": "VersionMismatch",
        "header": "MustUnderstand",
    },
    action=action12,
    fault=fault12,
)


class Envelope:
    """A request as it came in: its header blocks and the one element of its body."""

    def __init__(self, data: bytes, version: Version) -> None:
        root = parse(data)
        if etree.QName(root).localname == "Envelope" and root.tag != version.tag("Envelope"):
            raise Fault(f"The envelope must be in {version.namespace}", "version")
        body = root.find(version.tag("Body"))
        if root.tag != version.tag("Envelope") or body is None:
            raise Fault("The request is not a SOAP envelope with a body")
        if len(body) != 1:
            raise Fault("The body must hold exactly one element")
        self.version = version
        header = root.find(version.tag("Header"))
        self.headers: list[etree._Element] = [] if header is None else list(header)
        self.request: etree._Element = body[0]

    def refuse_unknown_headers(self, understood: frozenset[str]) -> None:
        for block in self.headers:
            if block.get(self.version.tag("mustUnderstand")) in ("1", "true") and block.tag not in understood:
                raise Fault(f"Header {block.tag} is not understood", "header")


def put(parent: etree._Element, tag: str, text: str) -> etree._Element:
    """A new child with a text."""
    child = etree.SubElement(parent, tag)
    child.text = text
    return child


def parse(data: bytes) -> etree._Element:
    """The root of a well-formed document without a DTD."""
    try:
        root = etree.fromstring(data, PARSER)
    except etree.XMLSyntaxError as error:
        raise Fault(f"The request is not well-formed: {error}") from None
    if root.getroottree().docinfo.doctype:
        raise Fault("The request must not have a document type")
    return root


class Contract:
    """A WSDL file beside its schema files: the operations, what may be asked, and how it is published."""

    def __init__(self, path: Path, version: Version) -> None:
        self.path = path
        self.version = version
        self.tree = etree.parse(path, PARSER)
        nodes = self.tree.iter(f"{{{version.binding}}}operation")
        self.actions = {node.getparent().get("name"): node.get("soapAction") for node in nodes}
        self.schema = etree.XMLSchema(self._schema())

    def _schema(self) -> etree._Element:
        """The schema of all bodies: for the rpc style that includes the wrappers, which no file declares."""
        inline = etree.tostring(self.tree.find(f".//{{{XSD}}}schema"), with_tail=False)
        schema = etree.fromstring(inline, PARSER, base_url=self.path.as_uri())
        if self.tree.find(f".//{{{self.version.binding}}}binding").get("style") == "rpc":
            for message in self.tree.iterfind(f"{{{WSDL}}}message"):
                self._add_wrapper(schema, message)
        return schema

    @staticmethod
    def _add_wrapper(schema: etree._Element, message: etree._Element) -> None:
        element = etree.SubElement(schema, f"{{{XSD}}}element", name=message.get("name"))
        kind = etree.SubElement(element, f"{{{XSD}}}complexType")
        parts = etree.SubElement(kind, f"{{{XSD}}}sequence")
        for part in message:
            etree.SubElement(parts, f"{{{XSD}}}element", name=part.get("name"), type=part.get("type"))

    def check(self, element: etree._Element) -> None:
        if not self.schema.validate(element):
            raise Fault(str(self.schema.error_log[0].message))

    def published(self, base: str) -> bytes:
        """The WSDL with its addresses below the URL it is asked at."""
        tree = etree.fromstring(etree.tostring(self.tree), PARSER)
        for address in tree.iter(f"{{{self.version.binding}}}address"):
            address.set("location", base)
        for schema in tree.iter(f"{{{XSD}}}import"):
            schema.set("schemaLocation", f"{base}/xsd/{schema.get('schemaLocation')}")
        return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"))

    def schema_file(self, name: str) -> bytes | None:
        files = {path.name: path for path in self.path.parent.glob("*.xsd")}
        return files[name].read_bytes() if name in files else None


def same(given: str, expected: str) -> bool:
    """Whether two secrets are equal, in a time which does not tell how far they are."""
    return compare_digest(given.encode(), expected.encode())


def unpacked(text: str) -> bytes:
    """What base64 text holds: nothing, if it is none."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""


class UsernameToken:
    """The WS-Security token with a plain or a digested password. Nonces may come twice: nobody keeps them."""

    tag = f"{{{WSSE}}}Security"
    failed = Name("wsse", WSSE, "FailedAuthentication")

    def __init__(self, user: str, password: str) -> None:
        self.user = user
        self.password = password

    def check(self, envelope: Envelope) -> None:
        tokens = [token for block in envelope.headers if block.tag == self.tag for token in block]
        if not any(self._good(token) for token in tokens if token.tag == f"{{{WSSE}}}UsernameToken"):
            raise Fault("The security token could not be authenticated or authorized", code=self.failed)

    def _good(self, token: etree._Element) -> bool:
        password = token.find(f"{{{WSSE}}}Password")
        if password is None:
            return False
        expected = self._digest(token) if password.get("Type") == DIGEST else self.password
        known = same(token.findtext(f"{{{WSSE}}}Username", ""), self.user)
        return same(password.text or "", expected) and known

    def _digest(self, token: etree._Element) -> str:
        """Base64 of the SHA-1 of nonce, time and password, as the profile of the token has it."""
        nonce = unpacked(token.findtext(f"{{{WSSE}}}Nonce", ""))
        created = token.findtext(f"{{{WSU}}}Created", "").encode()
        return b64encode(sha1(nonce + created + self.password.encode()).digest()).decode()


class Service:
    """One endpoint: ``POST`` calls an operation, ``GET ?wsdl`` shows the contract."""

    def __init__(
        self,
        contract: Contract,
        names: Mapping[str, str],
        operations: Mapping[str, Handler],
        token: UsernameToken | None = None,
    ) -> None:
        self.contract = contract
        self.version = contract.version
        self.names = names
        self.operations = operations
        self.token = token
        self.understood = frozenset([token.tag]) if token else frozenset()

    def app(self, path: str, latency: float) -> ASGIApp:
        """The endpoint at the path, with its calls counted by operation."""
        routes = [
            Route(path, self.call, methods=["POST"]),
            Route(path, self.wsdl, methods=["GET"]),
            Route(f"{path}/xsd/{{name}}", self.xsd, methods=["GET"]),
        ]
        return Calls(Starlette(routes=routes), latency)

    async def call(self, request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != self.version.media:
            return PlainTextResponse(f"Content type must be {self.version.media}", 415)
        try:
            envelope = Envelope(await request.body(), self.version)
            name: str = etree.QName(envelope.request).localname
            if name in self.operations:
                request.scope[Calls.NAME](name)
            self._check_action(request, name)
            return self._reply(self._answer(envelope))
        except Fault as fault:
            return self._fault(fault)
        except Exception:
            log.exception("An operation failed")
            return self._fault(Fault("Internal error", "server"))

    def _check_action(self, request: Request, name: str) -> None:
        """The action may be left empty, but it must not name another operation."""
        action = self.version.action(request.headers)
        if action is None:
            raise Fault("The SOAPAction header is missing")
        if action and action != self.contract.actions.get(name, action):
            raise Fault(f"The action {action!r} is not that of {name}")

    def _answer(self, envelope: Envelope) -> etree._Element:
        envelope.refuse_unknown_headers(self.understood)
        if self.token:
            self.token.check(envelope)
        self.contract.check(envelope.request)
        name = etree.QName(envelope.request)
        reply, body = self.version.envelope(self.names)
        if name.localname not in self.operations:
            raise Fault(f"There is no operation {name.localname}")
        element = etree.SubElement(body, f"{{{name.namespace}}}{name.localname}Response")
        self.operations[name.localname](envelope.request, element)
        return reply

    def _reply(self, envelope: etree._Element, status: int = 200) -> Response:
        data = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
        return Response(data, status, media_type=f"{self.version.media}; charset=utf-8")

    def _fault(self, fault: Fault) -> Response:
        envelope, body = self.version.envelope({})
        self.version.fault(body, self.version, fault)
        return self._reply(envelope, 500)

    async def wsdl(self, request: Request) -> Response:
        if "wsdl" not in {key.lower() for key in request.query_params}:
            return PlainTextResponse("Ask with POST, or for ?wsdl", 405, {"Allow": "POST"})
        base = str(request.url.replace(query=""))
        return Response(self.contract.published(base), media_type="text/xml; charset=utf-8")

    async def xsd(self, request: Request) -> Response:
        data = self.contract.schema_file(request.path_params["name"])
        if data is None:
            return PlainTextResponse("No such schema", 404)
        return Response(data, media_type="text/xml; charset=utf-8")
