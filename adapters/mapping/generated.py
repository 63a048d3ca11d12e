"""Python source for one set of fields, compiled once: the fast way from raw rows to records.

One loop over the rows, in which every object and list stands in line. Names of the graph and keys of raw rows are
literals; converters and other constants are passed in by namespace. For a row in which something is bad the code
raises, and the shapes read that row.

``s`` is the outline that an answer takes the record by, as long as nothing was met that keeps it from that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from adapters.mapping.members import ReadRows, Unfit
from adapters.mapping.shapes import (
    Constant,
    Leaf,
    Object,
    Objects,
    Repeated,
    Shape,
    Texts,
    Usual,
    Values,
    objects,
    spoken,
)
from adapters.mapping.source import Source, indented
from adapters.mapping.taken import Kind
from adapters.mapping.ways import InDictionary, InStruct, Way
from adapters.outline import Outline, Outlined
from adapters.spi import Record

Into = Callable[[Source, str], Way]
"""The way into a row, by what it is called."""

NOTHING: Mapping[str, Any] = {}

DEEPEST = 12
"""Lists in lists of objects. CPython takes no more than 20 blocks in each other."""

UNASKED = Outlined("")
"""Of a field that no answer takes as it is: any value will do."""


class TooDeep(Exception):
    """Objects nest deeper than code can."""


class Level:
    """The statements that read one raw object, by the ``way`` into it."""

    def __init__(self, way: Way, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise TooDeep
        self.source = way.source
        self.way = way
        self.lines = way.lines
        self.depth = depth

    def values(self, fields: Mapping[str, Shape], outlined: Mapping[str, Outlined]) -> dict[str, str]:
        """Reads the fields; the code of the value of each."""
        return {name: self.shape(shape, outlined.get(name, UNASKED)) for name, shape in fields.items()}

    def shape(self, shape: Shape, asked: Outlined) -> str:
        taken = self.way.taken(shape, asked)
        if taken is not None:
            return taken
        match shape:
            case Constant(value):
                return self.constant(value, asked)
            case Leaf():
                return self.leaf(shape, asked)
            case Values():
                return self.items(shape, asked)
            case Texts():
                return self.texts(shape, asked)
            case Object():
                return self.object(shape, asked)
            case Objects():
                return self.objects(shape, asked)
            case Repeated():
                found = ", ".join(self.object(item, one(asked)) for item in shape.items)
                return self.way.assigned(f"[i for i in ({found},) if i is not None]")

    def constant(self, value: Any, asked: Outlined) -> str:
        plain = not asked.required if value is None else asked.only in (None, type(value)) and asked.below is None
        if not plain:
            self.lines.append("s = None")
        return self.source.bind(value)

    def leaf(self, leaf: Leaf, asked: Outlined = UNASKED) -> str:
        convert = self.source.bind(leaf.convert)
        if len(leaf.paths) > 1:
            return self.checked(self.way.assigned(f"{convert}(({', '.join(map(self.way.path, leaf.paths))}))"), asked)
        v = self.way.assigned(self.way.path(leaf.paths[0]))
        if leaf.fills:
            self.lines.append(f"{v} = {convert}({v})")
            return self.checked(v, asked)
        as_is = next((each for each in leaf.usual if each.as_is), None)
        made = [self.usual(each, v) for each in leaf.usual if each is not as_is]
        ways = [*(f"if {test}: {v} = {value}" for test, value in made), f"if {v} is not None: {v} = {convert}({v})"]
        lines, checks = [ways[0], *(f"el{way}" for way in ways[1:])], self.checks(v, asked)
        if as_is is None:
            self.lines += [*lines, *checks]
        else:
            inside = checks if asked.only in (None, as_is.type) else []
            self.lines += [f"if not ({self.usual(as_is, v)[0]}):", *indented([*lines, *inside])]
            self.lines += [] if inside else checks
        return v

    def usual(self, usual: Usual, v: str) -> tuple[str, str]:
        """The code of whether a raw value is such a one, and of the value."""
        names = {"v": v, **{name: self.source.bind(value) for name, value in usual.constants.items()}}
        test = f"{v}.__class__ is {self.source.bind(usual.type)}{usual.test and f' and {usual.test}'}"
        return test.format(**names), usual.value.format(**names)

    def items(self, values: Values, asked: Outlined) -> str:
        """A list of plain values."""
        items, convert = self.source.bind(values.items), self.source.bind(values.convert)
        places = [self.way.path(path) for path in values.paths]
        v = self.way.assigned(places[0] if len(places) == 1 else f"({', '.join(places)})")
        each = f"[None if i is None else {convert}(i) for i in {v}]"
        self.lines += [
            f"if {v} is not None: {v} = {items}({v})",
            f"{v} = {self.source.bind(values.default)} if {v} is None else {each}",
        ]
        return self.checked(v, asked)

    def texts(self, texts: Texts, asked: Outlined) -> str:
        pairs = [f"({locale!r}, {self.leaf(leaf)})" for locale, leaf in texts.locales.items()]
        return self.checked(
            self.way.assigned(f"spoken(({', '.join(pairs)},)) or {self.source.bind(texts.default)}"), asked
        )

    def object(self, shape: Object, asked: Outlined) -> str:
        if shape.prefix is None:
            return self.made(shape, asked)
        found, inside = self.way.container(shape.prefix)
        v = self.way.assigned(found)
        level = Level(inside(v), self.depth)
        level.lines.append(f"{v} = {level.made(shape, asked)}")
        self.lines += [f"if {v} is not None:", *indented(level.lines)]
        return self.checked(v, asked)

    def made(self, shape: Object, asked: Outlined) -> str:
        """The object, or null in its place, by the fields of this very row."""
        if not shape.any_row:
            self.way.opened()
        wanted, outlined = cut(shape.fields, asked), fields_of(asked.below)
        read = self.values({**wanted, **shape.fields} if shape.nullable else wanted, outlined)
        if outlined and [*wanted] != [*outlined]:
            self.lines.append("s = None")
        display = braced({name: read[name] for name in wanted})
        if not shape.nullable:
            return display
        for names, word in ((shape.required, " or "), (shape.varying, " and ")):
            tests = [f"{read[name]} is None" for name in names if not is_there(shape.fields[name])]
            if tests:
                display = f"None if {word.join(tests)} else {display}"
        return self.checked(self.way.assigned(display), asked)

    def objects(self, shape: Objects, asked: Outlined) -> str:
        found, inside = self.way.container(shape.path, listed=True)
        v, made, i = self.way.assigned(found), self.source.local("l"), self.source.local("i")
        level = Level(inside(i), self.depth + 1)
        item = level.made(shape.item, one(asked))
        if shape.item.any_row:  # of others, a null has no `get`: the row is read with care
            item = f"None if {i} is None else {item}"
        self.lines += [
            f"if {v} is not None:",
            f"    {made} = []",
            f"    for {i} in {v} if {v}.__class__ is list else objects({v}):",
            *indented(indented(level.lines)),
            f"        {made}.append({item})",
            f"    {v} = {made}",
        ]
        if shape.default is not None:
            self.lines.append(f"else: {v} = {self.source.bind(shape.default)}")
        return self.checked(v, asked if shape.item.any_row else replace(asked, items_required=False))

    def checked(self, v: str, asked: Outlined) -> str:
        self.lines += self.checks(v, asked)
        return v

    def checks(self, v: str, asked: Outlined) -> list[str]:
        """What keeps an answer from taking the value as it is."""
        lines = []
        if asked.required:
            lines.append(f"if {v} is None: s = None")
        if asked.only is not None:
            lines.append(f"if {v}.__class__ is not {self.source.bind(asked.only)} and {v} is not None: s = None")
        if asked.items_required:
            lines.append(f"if {v} is not None and None in {v}: s = None")
        return lines


def is_there(shape: Shape) -> bool:
    """Whether the value is never null, whatever the row."""
    return isinstance(shape, Constant) and shape.value is not None


def one(asked: Outlined) -> Outlined:
    """What is asked of each object in a list."""
    return Outlined(asked.name, below=asked.below, whole=asked.whole)


def fields_of(outline: Outline | None) -> Mapping[str, Outlined]:
    return {} if outline is None else {each.name: each for each in outline.fields}


def cut(fields: Mapping[str, Shape], asked: Outlined) -> Mapping[str, Shape]:
    """What is built of an object: the asked fields in their order, and all others only where the whole is wanted."""
    names = fields_of(asked.below)
    if asked.cut is not None:
        return {name: fields.get(name) or Constant(None) for name in names}
    return {**{name: fields[name] for name in names if name in fields}, **fields}


def braced(values: Mapping[str, str]) -> str:
    return f"{{{', '.join(f'{name!r}: {value}' for name, value in values.items())}}}"


def written(way: Way, shape: Object, outline: Outline | None, as_of: Leaf | None) -> str:
    """The function ``records(rows, t)``."""
    level = Level(way)
    if not shape.any_row:
        way.opened()
    values = braced(level.values(shape.fields, fields_of(outline)))
    instant = "t" if as_of is None else f"{level.leaf(as_of)} or t"
    body = [
        *([] if outline is None else ["s = outline"]),
        *level.lines,
        *way.last,
        *record(values, instant, "s" if outline else "None"),
    ]
    return over_rows(way.row, ["try:", *indented(body), "except Exception:", f"    add(careful({way.row}, t))"])


def record(values: str, instant: str, outline: str) -> list[str]:
    """The statements that make one; its constructor would take a tenth of the whole time."""
    return [
        "e = new(Record)",
        f"e.values = {values}",
        f"e.as_of = {instant}",
        f"e.outline = {outline}",
        "e.source = source",
        "e.errors = e.origins = None",
        "e.stale = False",
        "add(e)",
    ]


def over_rows(row: str, body: list[str]) -> str:
    head = ["def records(rows, t):", "    found = []", "    add = found.append", f"    for {row} in rows:"]
    return "\n".join([*head, *indented(indented(body)), "    return found"])


def generate(
    shape: Object,
    outline: Outline | None,
    as_of: Leaf | None,
    source: str,
    careful: Callable[[Any, str], Record],
    into: Into = InDictionary,
) -> ReadRows:
    """The function for all rows; ``careful`` reads one in which something is bad. ``outline``: of fields of ``shape``
    that an answer takes as they are, if it takes any. ``into``: the way into a row.

    Raises ``Unfit`` where the rows were to be of a type, and there is no such type.
    """
    names = named(outline, source)
    names.names |= {"nothing": NOTHING, "objects": objects, "spoken": spoken, "careful": careful}
    way = into(names, "r")
    try:
        code = written(way, shape, outline, as_of)
    except TooDeep:
        if isinstance(way, InStruct):
            raise Unfit("objects that nest too deep") from None
        return lambda rows, t: [careful(row, t) for row in rows]
    return compiled(code, names, shape)


def generate_taken(taken: Kind, shape: Object, outline: Outline, source: str) -> ReadRows:
    """The function for rows that an answer takes as they come."""
    names = named(outline, source)
    lines = [*taken.lines("r", names), *record("r", "t", "outline")]
    return compiled(over_rows("r", lines), names, shape)


def named(outline: Outline | None, source: str) -> Source:
    return Source({"Record": Record, "new": object.__new__, "source": source, "outline": outline})


def compiled(code: str, names: Source, shape: Object) -> ReadRows:
    exec(compile(code, f"<mapping of {shape.coordinate}>", "exec"), names.names)
    read: ReadRows = names.names["records"]
    return read
