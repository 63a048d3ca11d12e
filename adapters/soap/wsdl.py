"""A WSDL: what the registered operations look like and how they are asked. zeep reads what is left of it for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from lxml import etree
from zeep.exceptions import Error as ZeepError
from zeep.settings import Settings
from zeep.wsdl import Document

from adapters.problems import MappingProblem
from adapters.soap.bundle import Bundle, OutsideBundle
from adapters.soap.components import Components
from adapters.soap.definitions import Port, encoded, ports, reduced
from adapters.soap.definitions import operations as offered
from adapters.soap.documents import Documents, NoDocument
from adapters.soap.reduction import Reduction
from adapters.soap.shape import ANYTHING, Shape

# There is nothing left to load, and a DTD has no place in a WSDL.
SETTINGS = Settings(forbid_dtd=True, forbid_entities=True, forbid_external=True)


class ContractError(Exception):
    """A WSDL, or a service or port of it, that cannot be used."""

    def __init__(self, word: str, expected: str, found: str, hint: str = "") -> None:
        self.problem = MappingProblem((word,), expected, found, hint)
        super().__init__(str(self.problem))


class Operation:
    """A WSDL operation: the shapes of its request and its reply, and zeep's way to write the request.

    ``arrays``: for one that uses the SOAP encoding, the types of its arrays and of their items.
    """

    def __init__(
        self, operation: Any, types: Sequence[Any], version: str, arrays: Mapping[str, str] | None = None
    ) -> None:
        self.arrays = arrays
        self.name: str = operation.name
        self.version = version
        self.action: str = operation.soapaction or ""
        self.request = _shape(operation.input, types)
        self.reply = _shape(operation.output, types)
        header = operation.input.header if operation.input else None
        self.headers = Shape("Header", header.type, types) if header is not None else ANYTHING
        # In the rpc style the name of the reply's element is not defined (WS-I says Response; few listen).
        self.reply_name = None if operation.style == "rpc" or self.reply is ANYTHING else self.reply.name
        self._operation = operation

    def envelope(self, arguments: Mapping[str, Any], headers: Mapping[str, Any]) -> etree._Element:
        """The message; raises ``ValueError`` or ``TypeError`` when the arguments do not fit the WSDL."""
        given = {**arguments, "_soapheaders": headers} if headers else arguments
        try:
            envelope: etree._Element = self._operation.create(**given).content
        except (ZeepError, AttributeError) as error:
            raise ValueError(str(error) or type(error).__name__) from error
        return envelope


class Contract:
    """The chosen port of a WSDL: all its operations by name, and those that were asked for.

    ``arrays``: types of the SOAP encoding's arrays, and of their items.
    """

    def __init__(self, made: Any, port: Port, document: Any, arrays: Mapping[str, str]) -> None:
        self.version = port.version
        self.address = port.address
        self.names = offered(port)
        self.arrays = arrays
        self._encoded = encoded(port)
        self._operations: Mapping[str, Any] = made.binding.all()
        self._types = list(document.types.types)

    def operation(self, name: str) -> Operation | None:
        found = self._operations.get(name)
        if found is None:
            return None
        return Operation(found, self._types, self.version, self.arrays if name in self._encoded else None)


READ: dict[Any, Contract] = {}
"""By the content of the documents and what was asked of them: reloads and several registrations read them once."""

MOST_READ = 32


def read(
    files: Sequence[Path],
    *,
    schemas: Mapping[str, str],
    service: str | None = None,
    port: str | None = None,
    version: str | None = None,
    operations: Collection[str] | None = None,
    lenient: bool = False,
) -> Contract:
    """Read the WSDL and what it imports, as far as ``operations`` (all of them where it is ``None``) need it.

    ``lenient``: what is wrong with it is taken for what it most probably means. The same files are read once, whatever
    their number of registrations. Slow: not for the event loop.
    """
    try:
        documents = Documents(files, Bundle(files[0].parent, schemas, lenient=lenient), lenient=lenient)
    except (NoDocument, OutsideBundle, OSError) as error:
        raise ContractError("wsdl", "a WSDL with everything it imports in its folder", str(error)) from error
    chosen = _choose(ports(documents), service, port, version)
    wanted = [name for name in offered(chosen) if operations is None or name in operations]
    key = (documents.digest, chosen[:3], tuple(wanted), lenient)
    contract = READ.get(key)
    if contract is None:
        while len(READ) >= MOST_READ:
            READ.pop(next(iter(READ)))
        contract = READ[key] = _contract(files[0], documents, chosen, wanted, lenient)
    return contract


def _contract(path: Path, documents: Documents, port: Port, wanted: list[str], lenient: bool) -> Contract:
    expected = "a WSDL whose registered operations are whole"
    reduction = Reduction(Components(documents, lenient=lenient))
    content = reduced(documents, port, wanted, reduction)
    if reduction.problems:
        more = f", and {len(reduction.problems) - 1} more like it" * (len(reduction.problems) > 1)
        more += f"; not read: {'; '.join(documents.unread)}" * bool(documents.unread)
        hint = "`lenient: true` takes it for what it probably means"
        raise ContractError("wsdl", expected, f"{reduction.problems[0]}{more}", hint)
    try:
        document = Document(BytesIO(content), cast(Any, NoTransport()), settings=SETTINGS)
    except (ZeepError, etree.LxmlError, LookupError, ValueError, NotImplementedError, AttributeError) as error:
        raise ContractError("wsdl", expected, f"{path.name}: {error}", "or write a `message`") from error
    (made,) = document.services["Service"].ports.values()
    return Contract(made, port, document, reduction.arrays)


class NoTransport:
    """In the place of zeep's, which would open any file and any URL."""

    def load(self, location: str) -> bytes:
        raise ValueError(f"{location} is not read")


def _choose(ports: list[Port], service: str | None, port: str | None, version: str | None) -> Port:
    if not ports:
        raise ContractError("wsdl", "a service with a SOAP port", "none")
    for word, wanted, of in (("service", service, 0), ("port", port, 1), ("soap", version, 2)):
        left = [candidate for candidate in ports if wanted in (None, candidate[of])]
        if not left:
            known = ", ".join(sorted({str(candidate[of]) for candidate in ports}))
            raise ContractError(word, f"one of {known}", str(wanted), "leave it out to take the first")
        ports = left
    return ports[0]


def _shape(message: Any, types: Sequence[Any]) -> Shape:
    """Of the element in the body; a body of several parts, which the document style allows, is not looked into."""
    if message is None or getattr(message, "body", None) is None or message._is_body_wrapped:
        return ANYTHING
    return Shape(message.body.name, message.body.type, types)
