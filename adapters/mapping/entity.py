"""The mapping of one entity of one source: rows in, records out, and keys into the form of the source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from functools import lru_cache, partial
from typing import Any

from adapters.converters import Converter, converter
from adapters.forms import KeyForm, key_form
from adapters.instants import time_zone
from adapters.mapping.bad import Bad
from adapters.mapping.compiler import Compiler, dotted
from adapters.mapping.generated import generate, generate_taken
from adapters.mapping.inverse import Inverse, inverse
from adapters.mapping.members import Members, ReadRows, Typed, TypedRows, Unfit, plain
from adapters.mapping.node import Node
from adapters.mapping.paths import Rows
from adapters.mapping.pipelines import Pipelines
from adapters.mapping.shapes import Constant, Leaf, Object, Shape, Values
from adapters.mapping.taken import taken_kind
from adapters.mapping.unmapped import Unmapped
from adapters.mapping.ways import InStruct, InTuple
from adapters.outline import Outline
from adapters.problems import MappingProblem, Mistake, Place, nearest
from adapters.registration import Entity, Value
from adapters.result_set import ResultSet
from adapters.spi import Key, Record
from adapters.types import FieldType, Types

AS_OF = FieldType("DateTime")


class WrittenInstant:
    """The paths from which an instant is read, and their raw values for one. ``in_order``: so are the instants."""

    def __init__(self, paths: Sequence[str], converter: Converter) -> None:
        self.paths = list(paths)
        self.in_order = converter.in_order
        self._converter = converter

    def write(self, moment: datetime) -> list[Any]:
        """What is finer than the source has it is left out."""
        return self._converter.write(moment) if self._converter.write else []

    def read(self, values: list[Any]) -> datetime:
        found: datetime = self._converter.convert(values if self._converter.takes > 1 else values[0])
        return found


class EntityMapping:
    """Compiled once per source and entity; mistakes are appended to ``problems``, and nothing is raised.

    ``rows="nested"``: rows are JSON-like and a path is JMESPath. ``rows="flat"``: a row is a mapping from the whole
    text of a path to its raw value, and from an ``each`` path to a list of such mappings (XML rows that a reader made
    from ``node``); or the rows are a ``ResultSet``, whose columns are such texts.

    ``unmapped`` counts the codes for which ``otherwise`` stands in.

    ``fields``: dotted paths in the graph and hidden keys: ``{"sku", "value", "value.amount", "productCode"}``.
    """

    def __init__(
        self,
        types: Types,
        entity: str,
        spec: Entity[Any, Any],
        *,
        source: str,
        time_zone: str,
        rows: Rows,
        problems: list[MappingProblem],
        unmapped: Unmapped,
    ) -> None:
        self.entity = entity
        self.source = source
        self._spec = spec
        self._types = types
        self._problems = problems
        self._time_zone = self._zone(time_zone)
        at: Place = ("entities", entity)
        compiler = Compiler(types, Pipelines(types, self._time_zone, unmapped, problems), rows, problems)
        self._shapes = self._read(types, spec, compiler, at)
        self._as_of = self._instant(spec, compiler, at)
        self._key = self._key_names(spec, at)
        self._forms = forms(spec)
        self.fields = frozenset(dotted(self._shapes))
        self._reader = lru_cache(maxsize=256)(self._generate)
        self._by_column = lru_cache(maxsize=256)(self._generate_by_column)

    def node(self, fields: frozenset[str]) -> Node:
        """What must be read of a row for these top-level fields, the key and the record's own timestamp."""
        node = self._row(fields).node()
        return node if self._as_of is None else node | self._as_of.node()

    def records(
        self, rows: Iterable[Any] | ResultSet, fields: frozenset[str], as_of: str, outline: Outline | None = None
    ) -> list[Record]:
        """A record per row, in order. Every asked field is in its values, ``None`` where it is missing or bad.

        ``as_of``: when the reply was read; the entity's own ``as_of:`` goes before it. ``outline``: as in ``Lookup``.
        """
        if isinstance(rows, ResultSet):
            return self._by_column(fields, outline, rows.columns)(rows.rows, as_of)
        read = rows.read if isinstance(rows, TypedRows) else self._reader(fields, outline)
        return read(rows, as_of)

    def typed(self, fields: frozenset[str], outline: Outline | None) -> list[Typed]:
        """What JSON can be decoded into (``TypedRows``) to be mapped to such records, with least work first; nothing
        where the mapping reads more than types can say."""
        row, known = outlined(self._row(fields), outline)
        made = self._typed(row, known, Members())
        if known is None:
            return made
        taken = taken_kind(row, known) if self._as_of is None and sole(row, known) else None
        if taken is None:
            return [*self._typed(row, known, Members(taking=True)), *made]
        return [Typed(taken.read, generate_taken(taken, row, known, self.source)), *made]

    def to_source(self, by: str, keys: Sequence[Key]) -> dict[Any, Key]:
        """The form that the source has of each key -> the key, in order; a tuple for a composite ``by``.

        A key that has no form there (it is too long, it has another shape) is left out: it does not exist there.
        """
        names = by.split()
        if len(names) == 1:
            form = self._forms.get(names[0])
            if form is None:
                return {key: key for key in keys}
            pairs = ((form.to_source(key), key) for key in keys if not isinstance(key, tuple))
            return {written: key for written, key in pairs if written is not None}
        return self._composite(names, keys)

    def declared(self, name: str) -> Value | None:
        """The words of a field or hidden key."""
        spec = self._spec.fields.get(name, self._spec.keys.get(name))
        return Value.model_validate({"from": spec}) if isinstance(spec, str) else spec

    def inverse(self, value: Value, what: str) -> Inverse:
        """From values of the graph to those that the source has, by the words of ``what``; else a ``Mistake``."""
        return inverse(value, self._time_zone, what)

    def reference_path(self, name: str) -> str | None:
        """The one path from which a field (``sku``, ``value.amount``) or hidden key is read, if there is one."""
        shapes = self._shapes
        *parents, last = name.split(".")
        for parent in parents:
            shape = shapes.get(parent)
            if not isinstance(shape, Object) or shape.prefix is not None:
                return None
            shapes = dict(shape.fields)
        found = shapes.get(last)
        return found.paths[0].text if isinstance(found, Leaf | Values) and len(found.paths) == 1 else None

    def written(self, name: str) -> WrittenInstant | None:
        """How the source has a field that is an instant; ``None`` where that cannot be told."""
        spec, shape = self._spec.fields.get(name), self._shapes.get(name)
        if spec is None or not isinstance(shape, Leaf | Values) or self._of_type(name) != "DateTime":
            return None
        value = Value.model_validate({"from": spec}) if isinstance(spec, str) else spec
        if isinstance(value.as_, list):
            return None
        plain = value.map is None and value.default is None and value.otherwise is None
        read = converter(value.as_ or "instant", self._time_zone)
        if read.write is None or not plain or len(shape.paths) != read.takes:
            return None
        return WrittenInstant([path.text for path in shape.paths], read)

    def _of_type(self, name: str) -> str:
        return self._types.objects[self.entity][name].name

    def _composite(self, names: Sequence[str], keys: Sequence[Key]) -> dict[Any, Key]:
        forms = [self._forms.get(name) for name in names]
        found: dict[Any, Key] = {}
        for key in keys:
            if isinstance(key, tuple) and len(key) == len(names):
                written = tuple(
                    part if form is None else form.to_source(part) for form, part in zip(forms, key, strict=True)
                )
                if None not in written:
                    found[written] = key
        return found

    def _zone(self, name: str) -> tzinfo:
        try:
            return time_zone(name)
        except Mistake as mistake:
            self._note(mistake.at(("time_zone",)))
            return UTC

    def _note(self, problem: MappingProblem) -> None:
        """Every entity of a source sees the same wrong time zone: it is noted once."""
        if problem not in self._problems:
            self._problems.append(problem)

    def _read(self, types: Types, spec: Entity[Any, Any], compiler: Compiler, at: Place) -> dict[str, Shape]:
        if self.entity not in types.objects:
            hint = nearest(self.entity, types.objects)
            self._problems.append(MappingProblem(at, "a type of the graph", f"`{self.entity}`", hint))
            return {}
        for name in spec.fields.keys() & spec.keys.keys():
            self._problems.append(MappingProblem((*at, "keys", name), "a name that `fields` has not", f"`{name}`"))
        fields = compiler.fields(self.entity, spec.fields, (*at, "fields"))
        return fields | compiler.fields(self.entity, spec.keys, (*at, "keys"))

    def _instant(self, spec: Entity[Any, Any], compiler: Compiler, at: Place) -> Leaf | None:
        if spec.as_of is None:
            return None
        value = Value.model_validate({"from": spec.as_of}) if isinstance(spec.as_of, str) else spec.as_of
        shape = compiler.shape(f"{self.entity} (as_of)", AS_OF, value, (*at, "as_of"), "")
        if isinstance(shape, Leaf):
            return shape
        if shape is not None:
            self._problems.append(MappingProblem((*at, "as_of"), "the path of an instant", "another kind of value"))
        return None

    def _key_names(self, spec: Entity[Any, Any], at: Place) -> frozenset[str]:
        for name in spec.key_names:
            if name not in self._shapes and name not in spec.fields and name not in spec.keys:
                hint = nearest(name, self._shapes)
                self._problems.append(MappingProblem((*at, "key"), "fields that `fields` maps", f"`{name}`", hint))
        return frozenset(spec.key_names)

    def _row(self, fields: frozenset[str]) -> Object:
        """The shape of a row for these fields, in the order of the registration; unmapped ones are null."""
        wanted = fields | self._key
        shapes: dict[str, Shape] = {name: shape for name, shape in self._shapes.items() if name in wanted}
        shapes |= {name: Constant(None) for name in sorted(wanted - shapes.keys())}
        return Object(self.entity, shapes)

    def _generate(self, fields: frozenset[str], outline: Outline | None) -> ReadRows:
        row, outline = outlined(self._row(fields), outline)
        return generate(row, outline, self._as_of, self.source, partial(self._careful, row))

    def _generate_by_column(
        self, fields: frozenset[str], outline: Outline | None, columns: tuple[str, ...]
    ) -> ReadRows:
        row, outline = outlined(self._row(fields), outline)

        def careful(raw: Any, read_at: str) -> Record:
            return self._careful(row, dict(zip(columns, raw, strict=True)), read_at)

        return generate(row, outline, self._as_of, self.source, careful, partial(InTuple, columns))

    def _typed(self, row: Object, outline: Outline | None, members: Members) -> list[Typed]:
        def careful(raw: Any, read_at: str) -> Record:
            return self._careful(row, plain(raw), read_at)

        try:
            read = generate(row, outline, self._as_of, self.source, careful, partial(InStruct, members))
        except Unfit:
            return []
        return [] if members.taking and not members.takes else [Typed(members.type(), read)]

    def _careful(self, row: Object, raw: Any, read_at: str) -> Record:
        """One row by itself, value by value."""
        bad = Bad(self.source)
        values = row.read(raw, (), bad)
        if values is None:
            values = dict.fromkeys(row.fields)
            for name in row.varying:
                bad.note((name,), f"{self.entity}.{name}", "a row that is an object", raw)
        as_of = None if self._as_of is None else self._as_of.read(raw, (), Bad(self.source))
        bad.errors.pop((), None)
        return Record(values, self.source, as_of or read_at, bad.errors or None)


def outlined(row: Object, outline: Outline | None) -> tuple[Object, Outline | None]:
    """The fields in the order of an outline, with what else is asked behind them. Where not all that is outlined is
    asked (of one of several sources behind an entity), no answer can take the record as it is."""
    names = [each.name for each in outline.fields] if outline is not None else []
    if not row.fields.keys() >= set(names):
        return row, None
    return replace(row, fields={**{name: row.fields[name] for name in names}, **row.fields}), outline


def sole(row: Object, outline: Outline) -> bool:
    """Whether the answer takes all that is asked of a row."""
    return len(row.fields) == len(outline.fields)


def forms(spec: Entity[Any, Any]) -> dict[str, KeyForm]:
    """The forms of fields and hidden keys; mistakes in them are noted where the values are read."""
    found = {}
    for name, value in {**spec.fields, **spec.keys}.items():
        if isinstance(value, Value) and value.form is not None:
            try:
                found[name] = key_form(value.form)
            except Mistake:
                continue
    return found
