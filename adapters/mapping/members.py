"""What a mapping reads of raw JSON objects, as types into which a reply is decoded.

Such an object has the members that are read and no others: they cost nothing. Its attributes have names of their own,
because the members may be called anything.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from msgspec import Struct, defstruct, to_builtins


class Unfit(Exception):
    """What a mapping reads cannot be said by types."""


class Member(NamedTuple):
    """One key of raw objects. ``inside``: what is read of the object there, or of each object in the ``listed``."""

    attribute: str
    inside: Members | None = None
    listed: bool = False


class Members:
    """What is read of one kind of object, by key. Raises ``Unfit`` where one key is read in two ways."""

    def __init__(self) -> None:
        self._members: dict[str, Member] = {}

    def value(self, key: str) -> str:
        """Of a value that is taken as it comes: the attribute."""
        known = self._members.setdefault(key, Member(self._free()))
        if known.inside is not None:
            raise Unfit(key)
        return known.attribute

    def object(self, key: str, *, listed: bool = False) -> tuple[str, Members]:
        """Of an object, or of a list of objects: the attribute, and what is read of them."""
        known = self._members.setdefault(key, Member(self._free(), Members(), listed))
        if known.inside is None or known.listed is not listed:
            raise Unfit(key)
        return known.attribute, known.inside

    def type(self) -> type[Struct]:
        """Missing members are null. JSON has no cycles, so that the collector need not look for them."""
        fields = [(member.attribute, _type(member), None) for member in self._members.values()]
        names = {member.attribute: key for key, member in self._members.items()}
        return defstruct("Row", fields, rename=names, gc=False)

    def _free(self) -> str:
        return f"m{len(self._members) + 1}"


def _type(member: Member) -> Any:
    if member.inside is None:
        return Any
    inside: Any = member.inside.type()
    return list[inside | None] | None if member.listed else inside | None


class TypedRows(list[Struct]):
    """Rows that were decoded into such a type."""


def plain(row: Struct) -> Any:
    """The row as a dictionary, by the keys that it was read from."""
    return to_builtins(row)
