"""XML written in the registration: a message where no WSDL describes its operation rightly, or a header part."""

from __future__ import annotations

import re
from copy import deepcopy
from typing import Any

from lxml import etree

from adapters.problems import Mistake
from adapters.references import reference
from adapters.soap.elements import NIL, local
from adapters.soap.marking import Marking
from adapters.soap.names import ENCODING, ENVELOPES, XSD
from adapters.soap.reply import parser
from adapters.soap.shape import ANYTHING

VALUE = re.compile(
    r"(?<!\$)\$(?:keys|key(?:\.\d+)?|token|parent|first|offset|bookmark|locator|page|(?:filter|argument)\.\w+)(?![\w.])"
)
PREFIXES = f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="{XSD}" xmlns:enc="{ENCODING}"'


class Markup:
    """One element with ``$`` texts. ``outline``: the same as arguments are written, for who checks them.

    Raises ``Mistake`` for what is no XML.
    """

    def __init__(self, text: str) -> None:
        try:
            self.root = etree.fromstring(text, parser(instructions=True))
        except (etree.XMLSyntaxError, ValueError) as error:
            raise Mistake("well-formed XML", str(error), "declare its prefixes") from None
        self.outline: dict[str, Any] = {local(self.root.tag): outline(self.root)}
        for text in self.root.xpath("//text() | //@*"):
            inside = VALUE.search(text)
            if inside is not None and text.strip() != inside[0]:
                hint = "`conditions` make one text of several values"
                raise Mistake("a `$` text that stands alone", f"`{inside[0]}` in a longer one", hint)

    def marked(self, marking: Marking) -> etree._Element:
        """The element with marks; what is below it and whose values are all not given is left out."""
        root = deepcopy(self.root)
        _mark(root, marking)
        return root


class Template:
    """An operation by its message: what stands in the body, or a whole envelope."""

    request = reply = headers = ANYTHING
    reply_name = arrays = None

    def __init__(self, text: str, version: str, action: str) -> None:
        self.version = version
        self.action = action
        content = text.strip()
        if "Envelope" not in content.partition(">")[0]:
            content = (
                f'<soap:Envelope xmlns:soap="{ENVELOPES[version]}" {PREFIXES}>'
                f"<soap:Body>{content}</soap:Body></soap:Envelope>"
            )
        self._markup = Markup(content)
        self.outline = self._markup.outline
        body = self._markup.root.find("{*}Body")
        if body is None or not len(body):
            raise Mistake("an element in the SOAP body", "none")
        self.name = local(body[0].tag)

    def envelope(self, marking: Marking) -> etree._Element:
        return self._markup.marked(marking)


def _mark(element: etree._Element, marking: Marking) -> None:
    for name, value in list(element.attrib.items()):
        if marking.is_absent(value):
            del element.attrib[name]
        elif reference(value) is not None:
            element.set(name, marking.text(value))
    for child in list(element.iterchildren(etree.Element)):
        if not marking.is_absent(outline(child)):
            _mark(child, marking)
        elif marking.nils and not len(child):
            child.text = None
            child.set(NIL, "true")
        else:
            element.remove(child)
    text = (element.text or "").strip()
    if reference(text) is not None:
        element.text = marking.text(text)


def outline(element: etree._Element) -> Any:
    """An element as it would be written in arguments: what is repeated per key is a list of one item."""
    found: dict[str, Any] = {f"@{local(name)}": value for name, value in element.attrib.items()}
    repeated = False
    for child in element:
        if child.tag is etree.ProcessingInstruction:
            repeated = child.target == "each"
        elif isinstance(child.tag, str):
            name = local(child.tag)
            inner = [outline(child)] if repeated else outline(child)
            found[name] = [found[name], inner] if name in found else inner
    text = (element.text or "").strip()
    return found | ({"#text": text} if text else {}) if found else text
