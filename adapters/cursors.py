"""The cursors of a page, and what is said of one that its search did not make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, overload

from adapters.spi import Rejected

At = TypeVar("At")


class Cursors(Sequence[str], Generic[At]):
    """Each is written when it is read: most clients ask for the records only, or for the cursor at the end.

    ``places``: what ``write`` makes them of.
    """

    __slots__ = ("_places", "_write")

    def __init__(self, write: Callable[[At], str], places: Sequence[At]) -> None:
        self._write = write
        self._places = places

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, index: int) -> str: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[str]: ...

    def __getitem__(self, index: int | slice) -> str | Sequence[str]:
        if isinstance(index, slice):
            return Cursors(self._write, self._places[index])
        return self._write(self._places[index])

    def __repr__(self) -> str:  # a cursor may hold values
        return f"Cursors({len(self)})"


def unreadable(source: str) -> Rejected:
    return Rejected(source, "an unreadable cursor", message="The cursor is none of this source's.")
