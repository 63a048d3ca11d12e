"""A registration's words become shapes, checked against the graph: every mistake is noted, none stops the reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from adapters.mapping.paths import Path, Rows, parse
from adapters.mapping.pipelines import Pipelines, paths
from adapters.mapping.sensitive import sensitive
from adapters.mapping.shapes import Constant, Leaf, Object, Objects, Repeated, Shape, Texts, Values, sparse
from adapters.problems import MappingProblem, Mistake, Place, nearest
from adapters.registration import FieldSpec, Value
from adapters.types import FieldType, Types

ORIGINS = ("from", "const", "each", "fields", "items", "locales")


class Compiler:
    """Makes the shapes of one source. ``prefix`` is where in flat rows the fields of an object begin."""

    def __init__(self, types: Types, pipelines: Pipelines, rows: Rows, problems: list[MappingProblem]) -> None:
        self.types = types
        self.pipelines = pipelines
        self.rows: Rows = rows
        self.problems = problems

    def fields(self, type_name: str, specs: Mapping[str, FieldSpec], at: Place, prefix: str = "") -> dict[str, Shape]:
        """The shapes of the mapped fields of one object type."""
        known = self.types.objects[type_name]
        shapes = {}
        for name, spec in specs.items():
            if name not in known:
                hint = nearest(name, known)
                self.problems.append(MappingProblem((*at, name), f"a field of {type_name}", f"`{name}`", hint))
                continue
            value = Value.model_validate({"from": spec}) if isinstance(spec, str) else spec
            self.guard(name, value, (*at, name))
            shape = self.shape(f"{type_name}.{name}", known[name], value, (*at, name), prefix)
            if shape is not None:
                shapes[name] = shape
        return shapes

    def guard(self, name: str, value: Value, at: Place) -> None:
        """What is called like a secret leaves its system only where somebody says so."""
        if value.sensitive is None and (found := sensitive([name, *paths(value), *(value.locales or {}).values()])):
            hint = "map another path, or say that this may be seen"
            self.problems.append(MappingProblem(at, "`sensitive: allow` beside a secret", f"`{found}`", hint))

    def shape(self, coordinate: str, type_: FieldType, value: Value, at: Place, prefix: str) -> Shape | None:
        """What one field's words say; ``None`` where they say nothing usable."""
        if not self.one_origin(value, at):
            return None
        if type_.name in self.types.objects:
            return self.objects(coordinate, type_, value, at, prefix)
        for word in value.model_fields_set & {"fields", "items"}:
            self.problems.append(MappingProblem((*at, word), f"one value of {type_}", "the fields of an object"))
            return None
        if "const" in value.model_fields_set:
            self.refuse_words(value, {"const", "sensitive"}, "a word beside `const`, which is the value", at)
            return Constant(self.pipelines.constant(value.const, type_, (*at, "const")))
        if value.locales is not None:
            return self.texts(coordinate, type_, value, at, prefix)
        return self.plain(coordinate, type_, value, at, prefix)

    def one_origin(self, value: Value, at: Place) -> bool:
        """Whether the value says where it is from in exactly one way (``fields`` goes with ``from`` or ``each``)."""
        given = {"from" if name == "from_" else name for name in value.model_fields_set} & set(ORIGINS)
        if given in (
            {"from"},
            {"const"},
            {"each"},
            {"fields"},
            {"items"},
            {"locales"},
            {"from", "fields"},
            {"each", "fields"},
        ):
            return True
        found = " and ".join(f"`{word}`" for word in ORIGINS if word in given) or "none of them"
        self.problems.append(MappingProblem(at, f"one of {', '.join(ORIGINS)}", found))
        return False

    def plain(self, coordinate: str, type_: FieldType, value: Value, at: Place, prefix: str) -> Shape | None:
        """A value, or a list of values, that is no object."""
        pipeline = self.pipelines.of(value, type_, coordinate, at)
        places = self.places(value, at, prefix)
        if not places:
            return None
        if pipeline.items is not None:
            declared = value.each is not None
            made = (pipeline.items, pipeline.convert, pipeline.default, declared)
            return Values(coordinate, str(type_), places, *made)
        fills = pipeline.default is not None
        return Leaf(coordinate, str(type_), places, pipeline.convert, pipeline.usual, fills)

    def places(self, value: Value, at: Place, prefix: str) -> tuple[Path, ...]:
        """The paths of a plain value; empty where one of them is a mistake."""
        word = "from" if value.from_ is not None else "each"
        several = isinstance(value.from_, list)
        found = [
            self.path(text, (*at, word, index) if several else (*at, word), prefix)
            for index, text in enumerate(paths(value))
        ]
        if not found:
            self.problems.append(MappingProblem((*at, word), "at least one path", "none"))
        usable = tuple(path for path in found if path is not None)
        return usable if len(usable) == len(found) else ()

    def texts(self, coordinate: str, type_: FieldType, value: Value, at: Place, prefix: str) -> Shape | None:
        """``locales``: the other words apply to each language's text."""
        if coordinate not in self.types.localized:
            self.problems.append(MappingProblem((*at, "locales"), "a field in several languages", f"`{coordinate}`"))
            return None
        leaves = {}
        for locale, text in (value.locales or {}).items():
            one = value.model_copy(update={"from_": text, "locales": None, "default": None})
            pipeline = self.pipelines.of(one, replace(type_, lists=0), coordinate, at)
            path = self.path(text, (*at, "locales", locale), prefix)
            if path is not None:
                leaves[locale] = Leaf(coordinate, str(type_), (path,), pipeline.convert, pipeline.usual)
        default = self.pipelines.constant(value.default, type_, (*at, "default"))
        return Texts(coordinate, leaves, default)

    def objects(self, coordinate: str, type_: FieldType, value: Value, at: Place, prefix: str) -> Shape | None:
        """An object or a list of objects."""
        if value.items is not None and type_.lists:
            self.refuse_words(value, {"items"}, "a word beside `items`", at)
            return self.repeated(coordinate, type_, value.items, (*at, "items"), prefix)
        if value.fields is None:
            hint = "an object is mapped by its `fields`"
            self.problems.append(MappingProblem(at, f"`fields` of {type_}", "one value", hint))
            return None
        if bool(type_.lists) != (value.each is not None):
            expected = f"`each` with the path of the list of {type_}" if type_.lists else f"one {type_} (no `each`)"
            self.problems.append(MappingProblem(at, expected, "`each`" if value.each else "no `each`"))
            return None
        words = {"from_", "each", "fields", "sensitive"}
        if type_.lists and value.default == []:
            words.add("default")
        self.refuse_words(value, words, f"a word for objects (type {type_})", at)
        if value.each is not None:
            return self.listed(coordinate, type_, value, at, prefix)
        return self.single(coordinate, type_, value, at, prefix)

    def refuse_words(self, value: Value, allowed: set[str], expected: str, at: Place) -> None:
        """Words that say nothing here would be passed over in silence."""
        for word in sorted(value.model_fields_set - allowed):
            name = "as" if word == "as_" else word
            self.problems.append(MappingProblem((*at, name), expected, f"`{name}`"))

    def listed(self, coordinate: str, type_: FieldType, value: Value, at: Place, prefix: str) -> Shape | None:
        path = self.path(value.each or "", (*at, "each"), prefix)
        item = self.object(coordinate, type_, value.fields or {}, (*at, "fields"))
        return None if path is None else Objects(coordinate, path, item, value.default)

    def repeated(
        self, coordinate: str, type_: FieldType, items: Sequence[Mapping[str, FieldSpec]], at: Place, prefix: str
    ) -> Shape:
        """A list of objects, each on columns of its own."""
        made = [sparse(self.object(coordinate, type_, item, (*at, index), prefix)) for index, item in enumerate(items)]
        return Repeated(coordinate, tuple(made))

    def single(self, coordinate: str, type_: FieldType, value: Value, at: Place, prefix: str) -> Shape | None:
        """An object on the row itself, or at ``from`` in it."""
        if isinstance(value.from_, list):
            self.problems.append(MappingProblem((*at, "from"), "one path to the object", f"{len(value.from_)} paths"))
            return None
        fields, place, nullable = value.fields or {}, (*at, "fields"), not type_.required
        if value.from_ is None or self.rows == "flat":
            within = prefix if value.from_ is None else f"{prefix}{value.from_}."
            return self.object(coordinate, type_, fields, place, within, nullable=nullable)
        path = self.path(value.from_, (*at, "from"), "")
        made = self.object(coordinate, type_, fields, place, nullable=nullable)
        return None if path is None else replace(made, prefix=path)

    def object(
        self,
        coordinate: str,
        type_: FieldType,
        fields: Mapping[str, FieldSpec],
        at: Place,
        prefix: str = "",
        *,
        nullable: bool = False,
    ) -> Object:
        shapes = self.fields(type_.name, fields, at, prefix)
        required = [name for name, each in self.types.objects[type_.name].items() if each.required]
        missing = [name for name in required if name not in fields]
        if missing:
            expected = f"all required fields of {type_.name}"
            found = f"{coordinate} maps {type_.name} without {' and '.join(missing)}"
            self.problems.append(MappingProblem(at, expected, found))
        return Object(coordinate, shapes, None, nullable, tuple(name for name in required if name in shapes))

    def path(self, text: str, at: Place, prefix: str) -> Path | None:
        try:
            return parse(prefix + text if text else text, self.rows)
        except Mistake as mistake:
            self.problems.append(mistake.at(at))
            return None


def dotted(shapes: Mapping[str, Shape]) -> Iterable[str]:
    """The paths in the graph that the shapes give: ``value``, ``value.amount``."""
    for name, shape in shapes.items():
        yield name
        for inner in inner_objects(shape):
            yield from (f"{name}.{path}" for path in dotted(inner.fields))


def inner_objects(shape: Shape) -> Sequence[Object]:
    if isinstance(shape, Objects):
        return (shape.item,)
    if isinstance(shape, Repeated):
        return shape.items
    return (shape,) if isinstance(shape, Object) else ()
