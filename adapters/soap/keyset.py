"""Pages that go on behind the values of the last record, in the words of messages: see ``adapters.keyset``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from adapters import keyset
from adapters.keyset import Behind, Keyset, KeysetSpec
from adapters.mapping import EntityMapping
from adapters.merging import Order
from adapters.problems import Place
from adapters.soap.message import Message
from adapters.soap.registration import SoapSearch

START = "start"


class KeysetPages(NamedTuple):
    """``names``: by field, the name of its value in the message."""

    pages: Keyset
    names: Mapping[str, str]

    def values(self, behind: Behind, size: int) -> dict[str, Any]:
        given = {self.names[field]: value for field, value in behind.values.items()}
        return {START: behind.start, "first": size, **given}


def keyset_pages(
    place: Place, note: keyset.Note, spec: SoapSearch, mapping: EntityMapping, key: Sequence[str], message: Message
) -> KeysetPages | None:
    """``None`` where pages are of another style, or something is wrong, which is noted."""
    names = {field: f"after.{field}" for field in message.given("after")}
    begins = START in message.used
    if not names and begins and spec.order is not None:
        names = {Order.read(spec.order).field: START}
    if begins and spec.order is None:
        note(place, "`order` beside `$start`, the instant at which the list is to begin", "none")
    if not names:
        keyset.unordered(place, note, spec.order, None)
        return None
    if "first" not in message.used:
        note(place, "`$first`, how many rows to give", "none")
    said = KeysetSpec(spec.order, frozenset(names), begins, spec.limit, counted=spec.total is not None)
    pages = keyset.keyset(place, note, mapping, key, said)
    return None if pages is None else KeysetPages(pages, names)
