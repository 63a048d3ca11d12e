"""Python source for one set of fields, compiled once: the fast way from raw rows to records.

As dataclasses do, the source holds synthetic names only; field names, paths and converters are passed in by namespace.
Every object level is one function. For a row in which something is bad it raises, and the shapes read that row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from adapters.mapping.paths import Path
from adapters.mapping.shapes import Constant, Leaf, Object, Objects, Repeated, Shape, Texts, Values, objects, spoken
from adapters.spi import Record

ReadRows = Callable[[Iterable[Any], str], list[Record]]
"""Raw rows and the instant they were read."""

NOTHING: Mapping[str, Any] = {}


class Source:
    """The source text of one module of functions, and the constants it refers to."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"nothing": NOTHING, "objects": objects, "spoken": spoken}
        self.functions = 0

    def bind(self, value: Any) -> str:
        """The name under which the source finds ``value``."""
        name = f"c{len(self.names)}"
        self.names[name] = value
        return name

    def object(self, shape: Object) -> str:
        """A function from a row to the values of the object; its name."""
        level = Level(self)
        values = level.display(shape.fields)
        self.functions += 1
        name = f"o{self.functions}"
        body = [*level.lines(any_row=shape.any_row), f"d = {values}"]
        if shape.nullable:
            body += [f"if {test}: return None" for test in self.absent(shape)]
        self.lines += [f"def {name}(r):", *(f"    {line}" for line in body), "    return d"]
        return name

    def absent(self, shape: Object) -> Iterable[str]:
        """The tests that make a nullable object null."""
        for names, word in ((shape.required, " or "), (shape.varying, " and ")):
            if names:
                yield word.join(f"d[{self.bind(name)}] is None" for name in names)

    def rows(self, shape: Object, as_of: Leaf | None) -> None:
        """The function ``records(rows, t)``; the top level stands in its loop."""
        level = Level(self)
        values = level.display(shape.fields)
        instant = "t" if as_of is None else f"({level.leaf(as_of)}) or t"
        self.lines += [
            "def records(rows, t):",
            "    found = []",
            "    add = found.append",
            "    for r in rows:",
            "        try:",
            *(f"            {line}" for line in level.lines(any_row=shape.any_row)),
            f"            add(Record({values}, source, {instant}))",
            "        except Exception:",
            "            add(careful(r, t))",
            "    return found",
        ]


class Level:
    """The expressions over one row ``r``. Keys that several paths share are followed once, into locals."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.locals: dict[tuple[str, ...], str] = {}
        self.steps: list[str] = []

    def lines(self, *, any_row: bool) -> list[str]:
        return ([] if any_row else ["g = r.get"]) + self.steps

    def display(self, fields: Mapping[str, Shape]) -> str:
        return f"{{{', '.join(f'{self.source.bind(name)}: {self.shape(shape)}' for name, shape in fields.items())}}}"

    def shape(self, shape: Shape) -> str:
        match shape:
            case Constant(value):
                return self.source.bind(value)
            case Leaf():
                return self.leaf(shape)
            case Values():
                return self.values(shape)
            case Texts():
                return self.texts(shape)
            case Object():
                return self.object(shape)
            case Objects():
                return self.objects(shape)
            case Repeated():
                found = ", ".join(self.object(item) for item in shape.items)
                return f"[i for i in ({found},) if i is not None]"

    def leaf(self, leaf: Leaf) -> str:
        convert = self.source.bind(leaf.convert)
        if len(leaf.paths) > 1:
            return f"{convert}(({', '.join(self.path(path) for path in leaf.paths)}))"
        path = self.path(leaf.paths[0])
        if leaf.fills:
            return f"{convert}({path})"
        if leaf.as_is is not None:
            same = f"(v := {path}).__class__ is {self.source.bind(leaf.as_is.type)}"
            if leaf.as_is.test is not None:
                same = f"({same} and {self.source.bind(leaf.as_is.test)}(v))"
            return f"v if {same} or v is None else {convert}(v)"
        return f"None if (v := {path}) is None else {convert}(v)"

    def values(self, values: Values) -> str:
        items, convert, default = (self.source.bind(each) for each in (values.items, values.convert, values.default))
        places = [self.path(path) for path in values.paths]
        raw = places[0] if len(places) == 1 else f"({', '.join(places)})"
        found = f"None if (v := {raw}) is None else {items}(v)"
        each = f"[None if i is None else {convert}(i) for i in v]"
        return f"{default} if (v := {found}) is None else {each}"

    def texts(self, texts: Texts) -> str:
        pairs = (f"({self.source.bind(locale)}, {self.leaf(leaf)})" for locale, leaf in texts.locales.items())
        return f"spoken(({', '.join(pairs)},)) or {self.source.bind(texts.default)}"

    def object(self, shape: Object) -> str:
        name = self.source.object(shape)
        if shape.prefix is None:
            return f"{name}(r)"
        return f"None if (v := {self.path(shape.prefix)}) is None else {name}(v)"

    def objects(self, shape: Objects) -> str:
        name, default = self.source.object(shape.item), self.source.bind(shape.default)
        each = f"[None if i is None else {name}(i) for i in objects(v)]"
        return f"{default} if (v := {self.path(shape.path)}) is None else {each}"

    def path(self, path: Path) -> str:
        if path.search is not None:
            return f"{self.source.bind(path.search)}(r)"
        if not path.steps:
            return "r"
        return f"{self.at(path.steps[:-1])}({self.source.bind(path.steps[-1])})"

    def at(self, steps: tuple[str, ...]) -> str:
        """The ``get`` of the object at ``steps``."""
        if not steps:
            return "g"
        if steps not in self.locals:
            inner = f"({self.at(steps[:-1])}({self.source.bind(steps[-1])}) or nothing).get"
            self.locals[steps] = f"g{len(self.locals)}"
            self.steps.append(f"{self.locals[steps]} = {inner}")
        return self.locals[steps]


def generate(shape: Object, as_of: Leaf | None, source: str, careful: Callable[[Any, str], Record]) -> ReadRows:
    """The function for all rows; ``careful`` reads one in which something is bad."""
    text = Source()
    text.rows(shape, as_of)
    names = {**text.names, "Record": Record, "source": source, "careful": careful}
    exec(compile("\n".join(text.lines), f"<mapping of {shape.coordinate}>", "exec"), names)
    read: ReadRows = names["records"]
    return read
