"""What a mapping reads of raw JSON objects, as types into which a reply is decoded.

Such an object has the members that are read and no others: they cost nothing. Its attributes have names of their own,
because the members may be called anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from msgspec import Struct, defstruct, to_builtins

from adapters.mapping.taken import Field, Inside
from adapters.spi import Record

ReadRows = Callable[[Iterable[Any], str], list[Record]]
"""Raw rows and the instant they were read."""


class Unfit(Exception):
    """What a mapping reads cannot be said by types."""


class Member(NamedTuple):
    """One key of raw objects. ``inside``: what is read of the object there, or of each object in the ``listed``.
    ``taken``: what an answer takes as it is."""

    attribute: str
    inside: Members | None = None
    listed: bool = False
    taken: Inside | None = None


class Members:
    """What is read of one kind of object, by key. Raises ``Unfit`` where one key is read in two ways.

    ``taking``: objects in it that an answer takes as they are come so.
    """

    def __init__(self, *, taking: bool = False) -> None:
        self.taking = taking
        self._members: dict[str, Member] = {}

    def value(self, key: str) -> str:
        """Of a value that is taken as it comes: the attribute."""
        known = self._members.setdefault(key, Member(self._free()))
        if known.inside is not None or known.taken is not None:
            raise Unfit(key)
        return known.attribute

    def take(self, key: str, taken: Inside) -> str:
        """Of what an answer takes as it is, and nothing else reads: the attribute."""
        if key in self._members:
            raise Unfit(key)
        self._members[key] = Member(self._free(), taken=taken)
        return self._members[key].attribute

    def object(self, key: str, *, listed: bool = False) -> tuple[str, Members]:
        """Of an object, or of a list of objects: the attribute, and what is read of them."""
        known = self._members.setdefault(key, Member(self._free(), Members(), listed))
        if known.inside is None or known.listed is not listed:
            raise Unfit(key)
        return known.attribute, known.inside

    def type(self) -> type[Struct]:
        """Missing members are null. JSON has no cycles, so that the collector need not look for them."""
        fields = [_field(member) for member in self._members.values()]
        names = {member.attribute: key for key, member in self._members.items()}
        return defstruct("Row", fields, rename=names, gc=False, kw_only=True)

    @property
    def takes(self) -> bool:
        return any(member.taken is not None for member in self._members.values())

    def _free(self) -> str:
        return f"m{len(self._members) + 1}"


def _field(member: Member) -> Field:
    if member.taken is not None:
        return member.taken.field(member.attribute)
    if member.inside is None:
        return member.attribute, Any, None
    inside: Any = member.inside.type()
    return member.attribute, list[inside | None] | None if member.listed else inside | None, None


class Typed(NamedTuple):
    """A type of rows that hold what is read and nothing else, and the function for them."""

    type: type[Struct]
    read: ReadRows


class TypedRows(list[Struct]):
    """Rows that were decoded into such a type; ``read`` makes records of them."""

    def __init__(self, rows: list[Struct], read: ReadRows) -> None:
        super().__init__(rows)
        self.read = read


def plain(row: Struct) -> Any:
    """The row as a dictionary, by the keys that it was read from."""
    return to_builtins(row)
