"""The ports and operations of a WSDL's documents, and the WSDL that holds only what is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from adapters.soap.components import Kind
from adapters.soap.documents import Documents, found
from adapters.soap.elements import local
from adapters.soap.names import BINDINGS, WSDL
from adapters.soap.reduction import Reduction

W = f"{{{WSDL}}}"
KINDS: tuple[Kind, Kind] = ("element", "type")


class Port(NamedTuple):
    """A port that speaks SOAP, or, where there is no service, a binding that some port could have."""

    service: str
    name: str
    version: str
    address: str
    binding: etree._Element


def ports(documents: Documents) -> list[Port]:
    """All of them, in the order of the documents."""
    return list(_served(documents)) or [
        Port("", binding.get("name") or "", version, "", binding)
        for binding in _all(documents, "binding")
        if (version := _version(binding))
    ]


def operations(port: Port) -> list[str]:
    return sorted(name for each in found(port.binding, "operation") if (name := each.get("name")))


def encoded(port: Port) -> set[str]:
    """The operations whose messages are in the SOAP encoding."""
    return {
        operation.get("name") or ""
        for operation in found(port.binding, "operation")
        for body in found(operation, "input", "body")
        if body.get("use") == "encoded"
    }


def reduced(documents: Documents, port: Port, wanted: list[str], reduction: Reduction) -> bytes:
    """A WSDL of one port and these operations; what they refer to and is not there is in the reduction's problems."""
    return Writer(documents, port, reduction).write(wanted)


def _served(documents: Documents) -> Iterator[Port]:
    for service in _all(documents, "service"):
        for port in found(service, "port"):
            binding = _named(documents, "binding", port.get("binding") or "", port)
            version = None if binding is None else _version(binding)
            if binding is not None and version is not None:
                address = next((each.get("location") for each in found(port, "address")), "") or ""
                yield Port(service.get("name") or "", port.get("name") or "", version, address.strip(), binding)


def _all(documents: Documents, kind: str) -> Iterator[etree._Element]:
    for root in documents.definitions:
        yield from found(root, kind.lower())


def _named(documents: Documents, kind: str, text: str, at: etree._Element) -> etree._Element | None:
    """What a reference refers to. Its namespace tells two things of one name apart, and may be wrong otherwise."""
    prefix, _, name = text.rpartition(":")
    namespace = at.nsmap.get(prefix or None)
    same = [each for each in _all(documents, kind) if each.get("name") == name]
    right = (each for each in same if each.getroottree().getroot().get("targetNamespace") == namespace)
    return next(right, same[0] if same else None)


def _version(binding: etree._Element) -> str | None:
    for each in binding.iterchildren(etree.Element):
        namespace = etree.QName(each).namespace
        if local(each.tag) == "binding" and namespace in BINDINGS:
            return BINDINGS[namespace]
    return None


class Writer:
    """Writes the reduced WSDL."""

    def __init__(self, documents: Documents, port: Port, reduction: Reduction) -> None:
        self._documents = documents
        self._port = port
        self._reduction = reduction
        self._soap = next(f"{{{namespace}}}" for namespace, version in BINDINGS.items() if version == port.version)
        target = port.binding.getroottree().getroot().get("targetNamespace") or "urn:crossdock:none"
        nsmap = {**reduction.nsmap, "w": WSDL, "soap": self._soap.strip("{}"), "tns": target}
        self._root = etree.Element(f"{W}definitions", {"targetNamespace": target}, nsmap=nsmap)
        self._messages: dict[etree._Element, str] = {}

    def write(self, wanted: list[str]) -> bytes:
        types = etree.SubElement(self._root, f"{W}types")
        interface = etree.Element(f"{W}portType", name="Interface")
        binding = etree.Element(f"{W}binding", name="Binding", type="tns:Interface")
        style = next(found(self._port.binding, "binding")).get("style") or "document"
        transport = "http://schemas.xmlsoap.org/soap/http"
        etree.SubElement(binding, f"{self._soap}binding", style=style, transport=transport)
        for operation in found(self._port.binding, "operation"):
            if operation.get("name") in wanted:
                wanted = [name for name in wanted if name != operation.get("name")]  # one that is overloaded, once
                self._operation(operation, interface, binding)
        types.extend(self._reduction.schemas())
        self._root.extend([interface, binding])
        service = etree.SubElement(self._root, f"{W}service", name="Service")
        port = etree.SubElement(service, f"{W}port", name="Port", binding="tns:Binding")
        etree.SubElement(port, f"{self._soap}address", location=self._port.address)
        return bytes(etree.tostring(self._root))

    def _operation(self, operation: etree._Element, interface: etree._Element, binding: etree._Element) -> None:
        name = operation.get("name")
        bound = etree.SubElement(binding, f"{W}operation", name=name)
        words = next((dict(each.attrib) for each in found(operation, "operation")), {})
        kept = {word: words[word] for word in ("soapAction", "style") if word in words}
        etree.SubElement(bound, f"{self._soap}operation", kept)
        offered = etree.SubElement(interface, f"{W}operation", name=name)
        declared = self._declared(name)
        for way in ("input", "output"):
            message = None if declared is None else next(found(declared, way), None)
            parts = None if message is None else self._message(message.get("message") or "", message)
            if parts is None:
                if way == "output":
                    continue
                parts = self._guessed(name, operation)
            etree.SubElement(offered, f"{W}{way}", message=f"tns:{parts}")
            self._bodies(etree.SubElement(bound, f"{W}{way}"), next(found(operation, way), None))

    def _declared(self, name: str) -> etree._Element | None:
        """The operation of the port type, or of any."""
        binding = self._port.binding
        interface = _named(self._documents, "portType", binding.get("type") or "", binding)
        interfaces = [*([] if interface is None else [interface]), *_all(self._documents, "portType")]
        return next((each for of in interfaces for each in found(of, "operation") if each.get("name") == name), None)

    def _bodies(self, made: etree._Element, bound: etree._Element | None) -> None:
        """``soap:body`` and ``soap:header``, which may stand in a multipart's description."""
        body = {"use": "literal"}
        for each in [] if bound is None else bound.iter(etree.Element):
            if local(each.tag) == "body":
                body |= {word: each.get(word) for word in ("namespace", "parts") if each.get(word) is not None}
            elif local(each.tag) == "header" and each.get("message"):
                message = self._message(each.get("message"), each)
                if message is not None:
                    words = {"message": f"tns:{message}", "part": each.get("part") or "", "use": "literal"}
                    etree.SubElement(made, f"{self._soap}header", words)
        made.insert(0, etree.Element(f"{self._soap}body", body))

    def _message(self, text: str, at: etree._Element) -> str | None:
        """The name of a message that is written by now; ``None`` where there is none."""
        message = _named(self._documents, "message", text, at)
        if message is None:
            if text and not self._reduction.lenient:
                self._reduction.problems.append(f"line {at.sourceline}: message `{text}` is defined nowhere")
            return None
        name = self._messages.get(message)
        if name is None:
            name = self._messages[message] = f"{message.get('name')}{len(self._messages)}"
            made = etree.SubElement(self._root, f"{W}message", name=name)
            for part in found(message, "part"):
                self._part(made, part)
        return name

    def _part(self, made: etree._Element, part: etree._Element) -> None:
        """Where a lenient reading finds no such element, a type of that name is meant, and the other way round."""
        text = part.get("element") or part.get("type") or ""
        said, other = KINDS if part.get("element") else KINDS[::-1]
        meant = other if self._reduction.lenient and not self._reduction.defines(said, text, part) else said
        kind = meant if self._reduction.defines(meant, text, part) else said
        needed = self._reduction.needs(kind, text, part, None)
        words = {"name": part.get("name") or "parameters"}
        words |= {"type": "xsd:anyType"} if needed is None else {str(kind): needed}
        etree.SubElement(made, f"{W}part", words)

    def _guessed(self, name: str, operation: etree._Element) -> str:
        """The message of an input that has none: an element called like the operation."""
        message = f"{name}Guessed"
        made = etree.SubElement(self._root, f"{W}message", name=message)
        needed = self._reduction.needs("element", name, operation, None)
        if needed is not None:
            etree.SubElement(made, f"{W}part", name="parameters", element=needed)
        return message
