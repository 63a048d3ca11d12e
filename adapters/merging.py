"""One page out of several sources' pages, in one total order: instant, rank of the source, the source's own order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from adapters.spi import BadData, Page, Record, Start


class Order(NamedTuple):
    """``placedAt desc``: the field that holds the instant, and which way."""

    field: str
    descending: bool

    @classmethod
    def read(cls, text: str) -> Order:
        name, _, direction = text.partition(" ")
        return cls(name, direction == "desc")

    def reversed(self) -> Order:
        return Order(self.field, not self.descending)

    def ahead(self, moment: datetime, start: Start) -> bool:
        """Whether a record of this moment is before the place where a list begins."""
        begins = datetime.fromisoformat(start.value)
        if moment == begins:
            return not start.inclusive
        return (moment > begins) == self.descending


class Placed(NamedTuple):
    """A record with its place in the list: seconds in the list's direction, rank of its source, position there."""

    seconds: float
    rank: int
    position: int
    instant: str
    record: Record
    cursor: str


def placed(page: Page, rank: int, order: Order, source: str, not_before: str | None) -> list[Placed]:
    """A source's records with their places. Its own order stands, whatever their instants are: none is placed before
    the one ahead of it, and one whose instant cannot be read is placed beside it."""
    instants = [record.values.get(order.field) for record in page.records]
    known = not_before or next(filter(None, instants), None)
    if known is None and instants:
        raise BadData(source, f"no record with a {order.field} to order it by")
    places: list[Placed] = []
    for position, (record, cursor) in enumerate(zip(page.records, page.cursors, strict=True)):
        instant = instants[position]
        if instant is not None and seconds(instant, order) >= seconds(str(known), order):
            known = instant
        places.append(Placed(seconds(str(known), order), rank, position, str(known), record, cursor))
    return places


def seconds(instant: str, order: Order) -> float:
    moment = datetime.fromisoformat(instant).timestamp()
    return -moment if order.descending else moment


def chosen(lists: Sequence[Sequence[Placed]], first: int, ends: Sequence[Placed]) -> list[Placed]:
    """The first ones of all. ``ends``: of lists that go on, the last place: nothing behind it can be told yet."""
    found = sorted((place for each in lists for place in each), key=lambda place: place[:3])[:first]
    if not ends:
        return found
    end = min(place[:3] for place in ends)
    return [place for place in found if place[:3] <= end]
