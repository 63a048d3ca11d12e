"""Replies as what JMESPath reads: JSON, typed JSON, XML and CSV. What is none of it raises ``ValueError``."""

from __future__ import annotations

import csv
import json
from base64 import b64decode
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import StringIO
from typing import Any, NamedTuple, NoReturn

import orjson
from lxml import etree

from adapters.http import Reply
from adapters.web.formats.words import Csv, CsvReply, ReplyFormat

BOM = b"\xef\xbb\xbf"

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Reader(NamedTuple):
    """``name``: for messages. ``slow``: a large reply is read off the loop."""

    name: str
    accept: str
    read: Callable[[Reply], Any]
    slow: bool = False


def reader(words: ReplyFormat, exact_numbers: bool = False) -> Reader:
    """Numbers become ``int`` and ``float``, whose shortest text is what was sent for up to 15 significant digits; with
    ``exact_numbers`` they become ``int`` and ``Decimal``, digit by digit."""
    if words == "json":
        return Reader("JSON", "application/json", read_exact if exact_numbers else read_json)
    if words == "typed-json":
        return Reader("JSON", "application/json", read_typed, slow=True)
    if words == "xml":
        return Reader("XML", "application/xml, text/xml", read_xml, slow=True)
    spec = words.csv if isinstance(words, CsvReply) else Csv()
    return Reader("CSV", "text/csv", lambda reply: read_csv(reply, spec), slow=True)


def read_json(reply: Reply) -> Any:
    try:
        return orjson.loads(reply.body.removeprefix(BOM))
    except ValueError:
        return orjson.loads(in_utf8(reply))


def read_exact(reply: Reply) -> Any:
    return json.loads(in_utf8(reply), parse_float=Decimal, parse_constant=not_json)


def read_typed(reply: Reply) -> Any:
    return json.loads(in_utf8(reply), parse_float=Decimal, parse_constant=not_json, object_hook=typed)


def in_utf8(reply: Reply) -> bytes:
    """The body, from the charset that its content type names."""
    charset = reply.headers.get("content-type", "").lower().partition("charset=")[2].strip(' ";')
    if charset in {"", "utf-8", "utf8"}:
        return reply.body.removeprefix(BOM)
    try:
        return reply.body.decode(charset).encode()
    except LookupError:
        raise ValueError("an unknown charset") from None


def typed(value: dict[str, Any]) -> Any:
    """An object that names its class is one value."""
    name = value.get("__class__")
    if not isinstance(name, str):
        return value
    read = CLASSES.get(name)
    return value if read is None else read({key: part for key, part in value.items() if key != "__class__"})


CLASSES: dict[str, Callable[[dict[str, Any]], Any]] = {
    "Decimal": lambda parts: Decimal(parts["decimal"]),
    "date": lambda parts: date(**parts).isoformat(),
    "datetime": lambda parts: datetime(**parts).isoformat(),
    "time": lambda parts: time(**parts).isoformat(),
    "timedelta": lambda parts: str(timedelta(**{name: float(part) for name, part in parts.items()}).total_seconds()),
    "bytes": lambda parts: b64decode(parts["base64"]),
}


def read_csv(reply: Reply, spec: Csv) -> list[dict[str, Any]]:
    """Rows by column; a value that a short row lacks is null, what a long row has more is left out."""
    text = reply.body.decode(spec.encoding).removeprefix("\ufeff")
    rows = csv.DictReader(
        StringIO(text, newline=""),
        spec.columns,
        restkey="",
        delimiter=spec.delimiter,
        quotechar=spec.quote,
        skipinitialspace=True,
        strict=True,
    )
    try:
        if rows.fieldnames is None:
            return []
        if len(rows.fieldnames) == 1 and len(spec.columns or ()) != 1 and text.lstrip().startswith(("<", "{")):
            raise ValueError("no CSV")
        rows.fieldnames = [name.strip() for name in rows.fieldnames]
        return [{name: value for name, value in row.items() if name} for row in rows]
    except csv.Error:
        raise ValueError("no CSV") from None


def read_xml(reply: Reply) -> Any:
    """The root element as an object with one member, its local name."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(reply.body, parser)
    except etree.XMLSyntaxError:
        raise ValueError("no XML") from None
    if root.getroottree().docinfo.doctype:
        raise ValueError("a document type")
    return {local(root.tag): element_value(root)}


def element_value(element: etree._Element) -> Any:
    if element.get(NIL) in {"true", "1"}:
        return None
    value: dict[str, Any] = {f"@{local(name)}": text for name, text in element.attrib.items()}
    for child in element:
        name, inner = local(child.tag), element_value(child)
        if name not in value:
            value[name] = inner
        elif isinstance(value[name], list):
            value[name].append(inner)
        else:
            value[name] = [value[name], inner]
    text = element.text or ""
    if not value:
        return text
    return value | {"#text": text} if text.strip() else value


def local(name: str) -> str:
    return name.rpartition("}")[2]


def not_json(word: str) -> NoReturn:
    raise ValueError(f"{word} is no number of JSON")
