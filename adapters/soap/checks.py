"""What a registration must be, beyond its words, to fit its WSDL: every mistake is found when the source is built."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Set
from typing import Any, NamedTuple

from adapters.problems import MappingProblem, Mistake, Place, nearest
from adapters.references import of_key, references
from adapters.soap.expressions import Expression
from adapters.soap.fitting import problems, uses
from adapters.soap.paths import Choice, Steps, choice, steps
from adapters.soap.reads import Read, reads
from adapters.soap.registration import Call, SoapEntity, SoapLookup, SoapSearch
from adapters.soap.shape import ANYTHING, Shape


class Asked(NamedTuple):
    """What a call sends: the word of the registration that says it, its ``$`` texts, and what the WSDL says of it."""

    word: str
    values: Mapping[str, Any]
    request: Shape
    keyed: Collection[str] = ()
    """The names of conditions that say which keys are asked for."""
    below: Set[str] = frozenset()
    """The names of values in conditions."""


class Checks:
    """Collects the problems of one source; what several calls of an entity have in common is noted once."""

    def __init__(self) -> None:
        self.problems: list[MappingProblem] = []

    def note(self, place: Place, expected: str, found: str, hint: str = "") -> None:
        self.add(MappingProblem(place, expected, found, hint))

    def add(self, problem: MappingProblem) -> None:
        if problem not in self.problems:
            self.problems.append(problem)

    def arguments(self, place: Place, template: object, request: Shape, known: Collection[str]) -> None:
        """``known``: the names of values, or ``filter.`` and ``argument.`` for any name of these."""
        for problem in problems(template, request, place):
            self.add(problem)
        self.names(place, template, known)

    def names(self, place: Place, template: object, known: Collection[str]) -> None:
        """The names of a template's ``$`` texts."""
        for path, name in references(template):
            if name not in known and not name.startswith(tuple(word for word in known if word.endswith("."))):
                words = ", ".join(f"`${word}{'name' * word.endswith('.')}`" for word in sorted(known))
                self.note((*place, *path), f"one of {words}", f"`${name}`", "`$$` is a dollar sign")

    def lookup(self, place: Place, by: str, spec: SoapLookup, asked: Asked, fields: Collection[str]) -> None:
        """``fields``: those that records have, hidden keys included."""
        parts = by.split()
        for name in (part for part in parts if spec.match == "key" and part not in fields):
            hint = nearest(name, fields) or "or `match: none` with `batch: 1`"
            self.note(place, f"`{name}` among `fields` or `keys`: rows find their key by it", "no such field", hint)
        if spec.match == "none" and spec.batch != 1:
            self.note((*place, "match"), "`batch: 1` where rows do not hold their key", f"`batch: {spec.batch}`")
        found = [use for use in uses(asked.values, asked.request) if use.name == "keys" or of_key(use.name)]
        conditions = [use for use in uses(asked.values, asked.request) if use.name in asked.keyed]
        if not found and not conditions:
            self.note((*place, asked.word), "`$keys` or `$key`", "no place for the keys")
        for use in found:
            at: Place = (*place, asked.word, *use.path)
            if of_key(use.name) and use.each is None and spec.batch != 1:
                self.note(at, "`$keys` or a list of one item per key", f"`${use.name}`", "or `batch: 1`")
            if len(parts) > 1 and use.name in ("keys", "key"):
                self.note(at, "`$key.0`, `$key.1` ...: the key has parts", f"`${use.name}`")
            self._room(place, spec, use.each or use.shape)

    def search(self, place: Place, spec: SoapSearch, asked: Asked, entity: SoapEntity) -> None:
        names = {name for _, name in references(asked.values)}
        if "offset" in names and "first" not in names:
            self.note((*place, asked.word), "`$first` beside `$offset`", "only `$offset`")
        if (spec.parents is not None) != ("parent" in names | asked.below):
            self.note((*place, asked.word), "`parents` beside `$parent`", "only one of them")
        if spec.parents is not None and spec.parents not in {*entity.fields, *entity.keys}:
            hint = nearest(spec.parents, {*entity.fields, *entity.keys})
            self.note((*place, "parents"), "a field or key of this entity", f"`{spec.parents}`", hint)
        if spec.lookup is not None and spec.lookup not in entity.lookup:
            hint = nearest(spec.lookup, entity.lookup)
            self.note((*place, "lookup"), "a lookup of this entity", f"`{spec.lookup}`", hint)

    def way(self, place: Place, path: str, shape: Shape) -> tuple[Steps, Shape]:
        """A path to an element of a reply, and what is there."""
        way = steps(path)
        if way is None or any(step.startswith("@") for step in way):
            self.note(place, "a path of element names, such as `Customers.Customer`", f"`{path}`")
            return (), ANYTHING
        return way, self._follow(place, way, shape)

    def plain(self, place: Place, path: str, shape: Shape) -> Steps | None:
        """A path to one plain value, which may be an attribute."""
        way = steps(path)
        if way is None:
            self.note(place, "a path of element names, such as `Result.Token`", f"`{path}`")
            return None
        self._value(place, way, shape)
        return way

    def fields(self, place: Place, entity: SoapEntity, row: Shape, names: Iterable[str]) -> None:
        """The paths of these fields against what a row may hold."""
        for read in reads(entity, place, names):
            item = row
            for listed in read.lists:
                item = self.way(listed.place, listed.path, item)[1]
            self._field(read, item)

    def _field(self, read: Read, item: Shape) -> None:
        way, chosen = steps(read.path), choice(read.path)
        if way is not None:
            self._value(read.place, way, item, many=read.many)
        elif chosen is not None:
            self._choice(read, chosen, item)
        else:
            try:
                Expression(read.path)
            except Mistake as mistake:
                self.add(mistake.at(read.place))

    def _choice(self, read: Read, chosen: Choice, item: Shape) -> None:
        found = self._follow(read.place, chosen.way, item)
        if chosen.test is not None:
            self._value(read.place, (chosen.test,), found)
        if not (chosen.first or read.many):
            self.note(read.place, "one value", "all that fit", "`| [0]` behind it is the first; `each` is for a list")
        self._value(read.place, chosen.rest, found, many=read.many)

    def _value(self, place: Place, way: Steps, item: Shape, *, many: bool = False) -> None:
        """A way to a plain value, or to ``many``."""
        elements, last = (way[:-1], way[-1]) if way and way[-1].startswith("@") else (way, "")
        found = self._follow(place, elements, item, once=not many)
        if found.open:
            return
        if last and last[1:] not in found.attributes and last != "@xsi:type":
            hint = nearest(last, [f"@{name}" for name in found.attributes])
            self.note(place, f"an attribute of {found}", f"`{last}`", hint)
        if not last and not found.text:
            self.note(place, "an element with a plain value", f"{found}", "go on to one of them")

    def _follow(self, place: Place, way: Steps, shape: Shape, *, once: bool = False) -> Shape:
        """The element at the end; ``ANYTHING`` from where the WSDL does not tell."""
        for step in way:
            child = shape.children.get(step)
            if child is None and not shape.open:
                self.note(place, f"a name in {shape}", f"`{step}`", nearest(step, shape.children))
            if child is None:
                return ANYTHING
            if once and child.many:
                hint = f"`{step}[0]` is the first; `each` is for a list"
                self.note(place, "an element that occurs once", f"`{step}`, which may occur several times", hint)
            shape = child
        return shape

    def _room(self, place: Place, spec: SoapLookup, shape: Shape | None) -> None:
        if shape is not None and shape.many and shape.most is not None and shape.most < spec.batch:
            self.note((*place, "batch"), f"at most {shape.most}, as `{shape.name}` in the WSDL", f"{spec.batch}")


def known_values(spec: Call, by: str = "") -> set[str]:
    """The ``$`` names that a call may use."""
    if isinstance(spec, SoapLookup):
        return {"keys", "key", "argument.", *(f"key.{index}" for index in range(len(by.split())))}
    bookmark = {"bookmark"} if isinstance(spec, SoapSearch) and spec.bookmark is not None else set()
    parent = {"parent"} if isinstance(spec, SoapSearch) and spec.parents is not None else set()
    return {"first", "offset", "filter.", "after.", "start"} | bookmark | parent


ADDRESS_EXPECTED = "an http:// or https:// address without user and password"
ADDRESS = re.compile(r"https?://[^/@\s]+(?:/\S*)?")


def is_address(text: str) -> bool:
    """An address without user and password."""
    return ADDRESS.fullmatch(text) is not None
