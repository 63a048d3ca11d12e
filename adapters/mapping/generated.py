"""Python source for one set of fields, compiled once: the fast way from raw rows to records.

One loop over the rows, in which every object and list stands in line. Names of the graph and keys of raw rows are
literals; converters and other constants are passed in by namespace. For a row in which something is bad the code
raises, and the shapes read that row.

``s`` is the outline that an answer takes the record by, as long as nothing was met that keeps it from that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from adapters.mapping.members import Members, Unfit
from adapters.mapping.paths import Path
from adapters.mapping.shapes import Constant, Leaf, Object, Objects, Repeated, Shape, Texts, Values, objects, spoken
from adapters.outline import Outline, Outlined
from adapters.spi import Record

ReadRows = Callable[[Iterable[Any], str], list[Record]]
"""Raw rows and the instant they were read."""

NOTHING: Mapping[str, Any] = {}

DEEPEST = 12
"""Lists in lists of objects. CPython takes no more than 20 blocks in each other."""

UNASKED = Outlined("")
"""Of a field that no answer takes as it is: any value will do."""


class TooDeep(Exception):
    """Objects nest deeper than code can."""


class Source:
    """The names of one function, and the constants it refers to."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {"nothing": NOTHING, "objects": objects, "spoken": spoken}
        self._numbers = count(1)

    def bind(self, value: Any) -> str:
        """The code of a constant: as it is written, or the name under which the code finds it."""
        if value is None or isinstance(value, str | bool):
            return repr(value)
        if value in (str, bool):
            return str(value.__name__)
        name = self.local("c")
        self.names[name] = value
        return name

    def local(self, letter: str) -> str:
        return f"{letter}{next(self._numbers)}"


class Level:
    """The statements that read one raw object, called ``row``: a dictionary, or of a type of ``members``. Keys that
    several paths share are followed once."""

    def __init__(self, source: Source, row: str, members: Members | None, depth: int = 0) -> None:
        if depth > DEEPEST:
            raise TooDeep
        self.source = source
        self.row = row
        self.members = members
        self.depth = depth
        self.lines: list[str] = []
        self._got: dict[tuple[str, ...], str] = {}
        self._held: dict[tuple[str, ...], tuple[str, Members]] = {}

    def values(self, fields: Mapping[str, Shape], outlined: Mapping[str, Outlined]) -> dict[str, str]:
        """Reads the fields; the code of the value of each."""
        return {name: self.shape(shape, outlined.get(name, UNASKED)) for name, shape in fields.items()}

    def shape(self, shape: Shape, asked: Outlined) -> str:
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
                return self.assigned(f"[i for i in ({found},) if i is not None]")

    def constant(self, value: Any, asked: Outlined) -> str:
        plain = not asked.required if value is None else asked.only in (None, type(value)) and asked.below is None
        if not plain:
            self.lines.append("s = None")
        return self.source.bind(value)

    def leaf(self, leaf: Leaf, asked: Outlined = UNASKED) -> str:
        convert = self.source.bind(leaf.convert)
        if len(leaf.paths) > 1:
            return self.checked(self.assigned(f"{convert}(({', '.join(map(self.path, leaf.paths))}))"), asked)
        v = self.assigned(self.path(leaf.paths[0]))
        if leaf.fills:
            self.lines.append(f"{v} = {convert}({v})")
            return self.checked(v, asked)
        if leaf.as_is is None:
            known = "" if leaf.codes is None else f"{self.source.bind(leaf.codes)}.get({v}) or "
            self.lines.append(f"if {v} is not None: {v} = {known}{convert}({v})")
            return self.checked(v, asked)
        other = f"{v}.__class__ is not {self.source.bind(leaf.as_is.type)}"
        if leaf.as_is.test is not None:
            other += f" or not {self.source.bind(leaf.as_is.test)}({v})"
        checks = self.checks(v, asked)
        if checks and asked.only in (None, leaf.as_is.type):
            self.lines += [f"if {other}:", f"    if {v} is not None: {v} = {convert}({v})", *indented(checks)]
        else:
            self.lines += [f"if ({other}) and {v} is not None: {v} = {convert}({v})", *checks]
        return v

    def items(self, values: Values, asked: Outlined) -> str:
        """A list of plain values."""
        items, convert = self.source.bind(values.items), self.source.bind(values.convert)
        places = [self.path(path) for path in values.paths]
        v = self.assigned(places[0] if len(places) == 1 else f"({', '.join(places)})")
        each = f"[None if i is None else {convert}(i) for i in {v}]"
        self.lines += [
            f"if {v} is not None: {v} = {items}({v})",
            f"{v} = {self.source.bind(values.default)} if {v} is None else {each}",
        ]
        return self.checked(v, asked)

    def texts(self, texts: Texts, asked: Outlined) -> str:
        pairs = [f"({locale!r}, {self.leaf(leaf)})" for locale, leaf in texts.locales.items()]
        return self.checked(self.assigned(f"spoken(({', '.join(pairs)},)) or {self.source.bind(texts.default)}"), asked)

    def object(self, shape: Object, asked: Outlined) -> str:
        if shape.prefix is None:
            return self.made(shape, asked)
        found, members = self.container(shape.prefix)
        v = self.assigned(found)
        level = Level(self.source, v, members, self.depth)
        level.lines.append(f"{v} = {level.made(shape, asked)}")
        self.lines += [f"if {v} is not None:", *indented(level.lines)]
        return self.checked(v, asked)

    def made(self, shape: Object, asked: Outlined) -> str:
        """The object, or null in its place, by the fields of this very row."""
        if not shape.any_row:
            self.opened()
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
        return self.checked(self.assigned(display), asked)

    def objects(self, shape: Objects, asked: Outlined) -> str:
        found, members = self.container(shape.path, listed=True)
        v, made, i = self.assigned(found), self.source.local("l"), self.source.local("i")
        level = Level(self.source, i, members, self.depth + 1)
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

    def assigned(self, value: str) -> str:
        v = self.source.local("v")
        self.lines.append(f"{v} = {value}")
        return v

    # ------------------------------------------------------------ ways into the raw object

    def opened(self) -> None:
        """Raises, in the code, for what is no object."""
        if self.members is None:
            self.got(())

    def path(self, path: Path) -> str:
        """The code of the raw value that stands there."""
        if self.members is not None:
            return self.attribute(path, lambda members, key: members.value(key))
        if path.search is not None:
            return f"{self.source.bind(path.search)}({self.row})"
        if not path.steps:
            return self.row
        return f"{self.got(path.steps[:-1])}({path.steps[-1]!r})"

    def container(self, path: Path, *, listed: bool = False) -> tuple[str, Members | None]:
        """The code of the object, or the list of objects, that stands there, and of what type they are."""
        if self.members is None:
            return self.path(path), None
        inside: list[Members] = []

        def member(members: Members, key: str) -> str:
            attribute, below = members.object(key, listed=listed)
            inside.append(below)
            return attribute

        return self.attribute(path, member), inside[0]

    def got(self, steps: tuple[str, ...]) -> str:
        """The ``get`` of the dictionary at ``steps``."""
        if steps not in self._got:
            get = f"({self.got(steps[:-1])}({steps[-1]!r}) or nothing).get" if steps else f"{self.row}.get"
            self._got[steps] = self.source.local("g")
            self.lines.append(f"{self._got[steps]} = {get}")
        return self._got[steps]

    def attribute(self, path: Path, member: Callable[[Members, str], str]) -> str:
        if path.search is not None or not path.steps:
            raise Unfit(path.text)
        holder, members = self.held(path.steps[:-1])
        found = f"{holder}.{member(members, path.steps[-1])}"
        return found if holder == self.row else f"None if {holder} is None else {found}"

    def held(self, steps: tuple[str, ...]) -> tuple[str, Members]:
        """The object at ``steps``, and its members."""
        assert self.members is not None
        if not steps:
            return self.row, self.members
        if steps not in self._held:
            found, members = self.container(Path("", steps))
            assert members is not None
            self._held[steps] = self.assigned(found), members
        return self._held[steps]


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


def indented(lines: Iterable[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def written(source: Source, shape: Object, outline: Outline | None, as_of: Leaf | None, members: Members | None) -> str:
    """The function ``records(rows, t)``."""
    level = Level(source, "r", members)
    if not shape.any_row:
        level.opened()
    values = braced(level.values(shape.fields, fields_of(outline)))
    instant = "t" if as_of is None else f"{level.leaf(as_of)} or t"
    body = [*([] if outline is None else ["s = outline"]), *level.lines]
    lines = [
        "def records(rows, t):",
        "    found = []",
        "    add = found.append",
        "    for r in rows:",
        "        try:",
        *(f"            {line}" for line in body),
        "            e = new(Record)",  # its constructor would take a tenth of the whole time
        f"            e.values = {values}",
        f"            e.as_of = {instant}",
        f"            e.outline = {'s' if outline else None}",
        "            e.source = source",
        "            e.errors = e.origins = None",
        "            e.stale = False",
        "            add(e)",
        "        except Exception:",
        "            add(careful(r, t))",
        "    return found",
    ]
    return "\n".join(lines)


def generate(
    shape: Object,
    outline: Outline | None,
    as_of: Leaf | None,
    source: str,
    careful: Callable[[Any, str], Record],
    members: Members | None = None,
) -> ReadRows:
    """The function for all rows; ``careful`` reads one in which something is bad. ``outline``: of fields of ``shape``
    that an answer takes as they are, if it takes any.

    ``members`` is filled with what is read, and rows are of its type then; else they are dictionaries. Raises ``Unfit``
    where there is no such type.
    """
    text = Source()
    try:
        code = written(text, shape, outline, as_of, members)
    except TooDeep:
        if members is not None:
            raise Unfit("objects that nest too deep") from None
        return lambda rows, t: [careful(row, t) for row in rows]
    names = {
        **text.names,
        "Record": Record,
        "new": object.__new__,
        "source": source,
        "careful": careful,
        "outline": outline,
    }
    exec(compile(code, f"<mapping of {shape.coordinate}>", "exec"), names)
    read: ReadRows = names["records"]
    return read
