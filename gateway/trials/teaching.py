"""What a reply had where a registered path found nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from xml.etree import ElementTree

import orjson

from adapters.http import Reply
from adapters.problems import nearest
from adapters.registration import FieldSpec
from gateway.trials.recording import Exchange

Names = dict[str, "Names"]
"""What stands below what, over all items of all lists."""

SEGMENT = re.compile(r'"[^"]+"|[@\w$-]+')

SHOWN = 12
"""Names of one place."""


def paths(fields: Mapping[str, FieldSpec], prefix: str = "", at: str = "") -> Iterator[tuple[str, str]]:
    """Dotted field and the path from the row, of each field that is read from one."""
    for name, spec in fields.items():
        field = f"{prefix}{name}"
        if isinstance(spec, str):
            yield field, f"{at}{spec}"
            continue
        own = [spec.from_] if isinstance(spec.from_, str) else spec.from_ or []
        yield from ((field, f"{at}{path}") for path in own)
        if spec.fields:
            start = spec.each or (own[0] if own else "")
            yield from paths(spec.fields, f"{field}.", f"{at}{start}." if start else at)


def names_of(exchanges: Sequence[Exchange]) -> Names:
    """Of all replies together."""
    found: Names = {}
    for exchange in exchanges:
        if isinstance(exchange.reply, Reply):
            merge(found, body(exchange.reply))
        else:
            for rows in exchange.reply or []:
                merge(found, rows)
    return found


def body(reply: Reply) -> Any:
    """JSON as it is, XML as objects by local names; of anything else nothing."""
    try:
        return orjson.loads(reply.body)
    except ValueError:
        pass
    try:
        return element(ElementTree.fromstring(reply.body))
    except (ValueError, ElementTree.ParseError):
        return None


def element(node: ElementTree.Element) -> dict[str, Any]:
    found: dict[str, Any] = {f"@{local(name)}": value for name, value in node.attrib.items()}
    for child in node:
        found.setdefault(local(child.tag), []).append(element(child))
    return found


def local(name: str) -> str:
    return name.rpartition("}")[2]


def merge(into: Names, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, item in value.items():
            merge(into.setdefault(str(name), {}), item)
    elif isinstance(value, list):
        for item in value:
            merge(into, item)


def lessons(fields: Mapping[str, FieldSpec], empty: Sequence[str], reply: Names) -> Iterator[str]:
    """For each empty field what stands at its path, if that leads nowhere: names there, and the nearest of them."""
    read = list(paths(fields))
    row = likeliest_row(reply, {first(path) for _, path in read})
    for field, path in read:
        if field not in empty:
            continue
        place: Names = row
        walked: list[str] = []
        for segment in segments(path):
            if segment not in place:
                if not place:
                    break
                where = f"at `{'.'.join(walked)}`" if walked else "in the row"
                shown = ", ".join(sorted(place)[:SHOWN]) + (", ..." if len(place) > SHOWN else "")
                hint = nearest(segment, place)
                yield f"{field}: nothing at `{path}`; {where} there are {shown or 'no names'}" + (
                    f"; {hint}" if hint else ""
                )
                break
            place = place[segment]
            walked.append(segment)


def segments(path: str) -> list[str]:
    """The names of a path, without what chooses among items."""
    plain = re.sub(r"\[[^\]]*\]", "", path.partition("|")[0])
    return [segment.strip('"') for segment in SEGMENT.findall(plain)]


def first(path: str) -> str:
    return next(iter(segments(path)), "")


def places_of_objects(reply: Names, at: str = "") -> Iterator[str]:
    """Where rows may be: the places that have names below them, the outer ones first."""
    inner = {name: below for name, below in reply.items() if below}
    yield from (f"`{at}{name}`" for name in inner)
    for name, below in inner.items():
        yield from places_of_objects(below, f"{at}{name}.")


def likeliest_row(reply: Names, wanted: set[str]) -> Names:
    """The place that has the most of the names with which paths begin."""
    best, count = reply, len(wanted & reply.keys())
    waiting = [reply]
    while waiting:
        place = waiting.pop()
        if len(wanted & place.keys()) > count:
            best, count = place, len(wanted & place.keys())
        waiting += place.values()
    return best
