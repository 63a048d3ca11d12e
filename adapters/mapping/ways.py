"""How code reaches the values of a raw object: a dictionary, an object of a type, or a tuple.

A way writes statements that several values share (``lines``); keys that several paths share are followed once.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial

from adapters.mapping.members import Members, Unfit
from adapters.mapping.paths import Path
from adapters.mapping.shapes import Shape
from adapters.mapping.source import Source
from adapters.mapping.taken import taken_inside
from adapters.outline import Outlined


class Way(ABC):
    """``row``: what the raw object is called. ``last``: statements for when all has been read, and nothing was bad."""

    def __init__(self, source: Source, row: str) -> None:
        self.source = source
        self.row = row
        self.lines: list[str] = []
        self.last: list[str] = []

    @abstractmethod
    def opened(self) -> None:
        """Raises, in the code, for what is no object."""

    @abstractmethod
    def path(self, path: Path) -> str:
        """The code of the raw value that stands there."""

    @abstractmethod
    def container(self, path: Path, *, listed: bool = False) -> tuple[str, Inside]:
        """The code of the object, or the list of objects, that stands there, and the way into it."""

    def taken(self, shape: Shape, asked: Outlined) -> str | None:
        """The code of an object, or a list of objects, that an answer takes as it comes; of others ``None``."""
        return None

    def assigned(self, value: str) -> str:
        v = self.source.local("v")
        self.lines.append(f"{v} = {value}")
        return v


Inside = Callable[[str], Way]
"""By the name of the object."""


class InDictionary(Way):
    def __init__(self, source: Source, row: str) -> None:
        super().__init__(source, row)
        self._got: dict[tuple[str, ...], str] = {}

    def opened(self) -> None:
        self._get(())

    def path(self, path: Path) -> str:
        if path.search is not None:
            return f"{self.source.bind(path.search)}({self.row})"
        if not path.steps:
            return self.row
        return f"{self._get(path.steps[:-1])}({path.steps[-1]!r})"

    def container(self, path: Path, *, listed: bool = False) -> tuple[str, Inside]:
        return self.path(path), partial(InDictionary, self.source)

    def _get(self, steps: tuple[str, ...]) -> str:
        """The ``get`` of the dictionary at ``steps``."""
        if steps not in self._got:
            get = f"({self._get(steps[:-1])}({steps[-1]!r}) or nothing).get" if steps else f"{self.row}.get"
            self._got[steps] = self.source.local("g")
            self.lines.append(f"{self._got[steps]} = {get}")
        return self._got[steps]


class InTuple(Way):
    """A path is a column. Raw values in it are dictionaries, if they are objects."""

    def __init__(self, columns: Sequence[str], source: Source, row: str) -> None:
        super().__init__(source, row)
        self._names = {column: source.local("r") for column in columns}
        self.lines.append(f"[{', '.join(self._names[column] for column in columns)}] = {row}")

    def opened(self) -> None:
        """It is one."""

    def path(self, path: Path) -> str:
        return self._names.get(path.text, "None")

    def container(self, path: Path, *, listed: bool = False) -> tuple[str, Inside]:
        return self.path(path), partial(InDictionary, self.source)


class InStruct(Way):
    """An object of the type of ``members``, which are filled with what is read."""

    def __init__(self, members: Members, source: Source, row: str) -> None:
        super().__init__(source, row)
        self._members = members
        self._held: dict[tuple[str, ...], InStruct] = {(): self}  # by the keys on the way

    def opened(self) -> None:
        """Nothing else is decoded."""

    def path(self, path: Path) -> str:
        holder, key = self._holder(path)
        return self._attribute(holder, holder._members.value(key))

    def container(self, path: Path, *, listed: bool = False) -> tuple[str, Inside]:
        found, below = self._below(path, listed)
        return found, partial(InStruct, below, self.source)

    def taken(self, shape: Shape, asked: Outlined) -> str | None:
        found = taken_inside(shape, asked) if self._members.taking else None
        if found is None:
            return None
        key, inside = found
        v = self.assigned(f"{self.row}.{self._members.take(key, inside)}")
        self.last += inside.lines(v, self.source)
        return v

    def _below(self, path: Path, listed: bool) -> tuple[str, Members]:
        holder, key = self._holder(path)
        attribute, below = holder._members.object(key, listed=listed)
        return self._attribute(holder, attribute), below

    def _holder(self, path: Path) -> tuple[InStruct, str]:
        """The way into the object in which the last key of a path stands."""
        if path.search is not None or not path.steps:
            raise Unfit(path.text)
        return self._at(path.steps[:-1]), path.steps[-1]

    def _at(self, steps: tuple[str, ...]) -> InStruct:
        if steps not in self._held:
            found, below = self._below(Path("", steps), listed=False)
            self._held[steps] = InStruct(below, self.source, self.assigned(found))
        return self._held[steps]

    def _attribute(self, holder: InStruct, attribute: str) -> str:
        found = f"{holder.row}.{attribute}"
        return found if holder is self else f"None if {holder.row} is None else {found}"
