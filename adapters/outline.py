"""What of a record an answer takes as it is: asked for in a request, and told by the records that are made so."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any


@dataclass(frozen=True, slots=True)
class Outlined:
    """A field in an outline, and which values of it an answer can take as they are.

    ``required``: none that is null; ``items_required``: no list with a null in it; ``only``: none that is of another
    class. ``below``: of an object, or of each object in a list, what is taken. ``whole``: something beside the answer
    reads the object too, and may need what is not ``below``.
    """

    name: str
    required: bool = False
    items_required: bool = False
    only: type | None = None
    below: Outline | None = None
    whole: bool = False

    @property
    def cut(self) -> Outline | None:
        """What suffices of the object; ``None``: all of it is wanted."""
        return None if self.whole else self.below

    def taken(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.taken(item) for item in value]
        return self.cut.taken(value) if self.cut is not None and isinstance(value, Mapping) else value

    def fits(self, value: Any) -> bool:
        if value is None:
            return not self.required
        if isinstance(value, list):
            return not (self.items_required and None in value) and all(
                item is None or self._fits_object(item) for item in value
            )
        return (self.only is None or value.__class__ is self.only) and self._fits_object(value)

    def _fits_object(self, value: Any) -> bool:
        below = self.below
        return below is None or (isinstance(value, Mapping) and len(value) == len(below.fields) and below.fits(value))

    def brings(self, asked: Outlined | None) -> bool:
        """Whether a value of this outline holds all that is ``asked`` (``None``: the whole value)."""
        if self.cut is None:
            return True
        if asked is None or asked.cut is None:
            return False
        own = {each.name: each for each in self.cut.fields}
        return all(each.name in own and own[each.name].brings(each) for each in asked.cut.fields)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """The fields that an answer takes of an object, in its order. Equal ones are the same one: see :func:`outline`."""

    fields: tuple[Outlined, ...]

    def taken(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What is outlined of an object, in this order, and of the objects in it only what suffices."""
        return {each.name: each.taken(values.get(each.name)) for each in self.fields}

    def fits(self, values: Mapping[str, Any]) -> bool:
        """Whether an answer can take what is outlined of the values as it is. What stands behind it is no matter."""
        names = [each.name for each in self.fields]
        return [*values][: len(names)] == names and all(each.fits(values[each.name]) for each in self.fields)

    def brings(self, fields: Collection[str], asked: Outline | None) -> bool:
        """Whether records of this outline, which have these ``fields``, hold all that is ``asked`` of them."""
        other = {} if asked is None else {each.name: each for each in asked.fields}
        return all(each.brings(other.get(each.name)) for each in self.fields if each.name in fields)


@lru_cache(maxsize=4096)
def outline(fields: tuple[Outlined, ...]) -> Outline:
    """The one outline of these fields, so that two of them are compared by identity. One that is made anew, because it
    was not used for long, is another: then answers are made the careful way."""
    return Outline(fields)
