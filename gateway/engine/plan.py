"""What one operation will ask of which source, and how the answer is put together: the planner's result.

Two halves. *Steps* are requests to sources; each fills one or more *tables* (records by key) from which later steps
take their keys. *Selections* are the shape of the answer; each becomes one generated function (``projection``), which
joins the tables by key. Nothing here changes once a plan is made, so a plan serves any number of requests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from graphql import FieldNode, GraphQLField, OperationDefinitionNode

from adapters.outline import Outline
from adapters.spi import Key, Sort
from adapters.types import FieldType
from resolvers.links import Chooser, Context, Values


@dataclass(eq=False, slots=True)
class Arguments:
    """The arguments of one field: those that are ``fixed``, and those whose whole value is a variable (argument and
    variable). ``fixed`` is ``None`` where a variable stands inside a value.

    ``signature`` is equal for two fields exactly if their arguments are written alike.
    """

    slot: int
    definition: GraphQLField
    node: FieldNode
    signature: str
    fixed: dict[str, Any] | None
    variables: Sequence[tuple[str, str]]


# ---------------------------------------------------------------- keys


@dataclass(eq=False, slots=True)
class KeysGiven:
    """Keys that are in a field's arguments: ``read`` gives them as they were asked, repeated and null ones included."""

    arguments: Arguments
    read: Callable[[Values], Sequence[Key | None]]


@dataclass(eq=False, slots=True)
class KeysHeld:
    """Keys that a position's rows hold, under ``names``; each name in the row itself or in a contribution.

    ``many``: the value is a list of keys. ``pick`` makes that list out of the value and ``arguments``. ``further``: the
    rows may have further keys, and what belongs to those is theirs.
    """

    position: Position
    names: tuple[str, ...]
    origins: tuple[Contribution | None, ...]
    many: bool = False
    pick: Callable[[Any, Values], Sequence[str]] | None = None
    arguments: Arguments | None = None
    further: bool = False


@dataclass(eq=False, slots=True)
class KeysAsked:
    """Parts of the keys that a position was itself asked by: known before its records are."""

    feed: Feed
    parts: tuple[int, ...] | None


@dataclass(eq=False, slots=True)
class Feed:
    """A list of keys of one run: unique, without nulls. ``after``: the steps that must be done before it is read."""

    index: int
    keys: KeysGiven | KeysHeld | KeysAsked
    after: frozenset[int]


# ---------------------------------------------------------------- steps and tables

SEARCH = ""
"""The key of the one page of a search that stands at the root."""


@dataclass(eq=False, slots=True)
class Step:
    """One request to one source. ``name``: the lookup's or the search's. ``fields`` grows while the plan is made;
    ``wanted`` are those of the whole plan, and ``further`` the keys of parents that may have further ones.

    ``passed``: arguments that the source applies itself. A search has at most one feed (its parents) and ``page``.
    ``coordinate``: the first field that asked for it. ``follows``: of several sources behind it, each
    parent's own one is asked. ``outline``: what the answer takes of its records.
    """

    index: int
    source: str
    entity: str
    kind: Literal["lookup", "search"]
    name: str
    after: frozenset[int]
    coordinate: str
    passed: Mapping[str, Arguments] = field(default_factory=dict)
    feeds: list[Feed] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)
    wanted: frozenset[str] = frozenset()
    further: Sequence[KeysHeld] = ()
    tables: list[Table] = field(default_factory=list)
    page: PageArguments | None = None
    follows: bool = False
    outline: Outline | None = None


@dataclass(eq=False, slots=True)
class PageArguments:
    """``filters`` and ``filters_in``: the arguments that are filters, and the one that holds some. ``able``: those of
    them that the source applies.

    ``bound``: largest ``first`` or ``last``. ``sort``: the argument that says the order, one of ``sorts``.
    ``whole``: a list without pages; ``bound`` is then the most records of one call, and calls are made until it ends.
    """

    arguments: Arguments
    filters: tuple[str, ...]
    bound: int
    filters_in: str | None = None
    whole: bool = False
    want_total: bool = False
    want_facets: bool = False
    sort: str | None = None
    sorts: frozenset[Sort] = frozenset()
    able: frozenset[str] = frozenset()


@dataclass(eq=False, slots=True)
class Table:
    """A step's records as one place of the operation sees them: by the key of ``feed``.

    ``through``: an earlier table that turns the asked keys into this step's. ``narrow``: argument -> field that must be
    among its values. ``choose``: what picks one row's values out of many, by the fields that it ``reads``. ``cut``: a
    page out of many rows, in the order of ``sorted_by``. ``coordinate``: the list field it answers.
    """

    index: int
    step: Step
    feed: Feed | None
    shape: Literal["one", "many", "page"]
    through: Table | None = None
    onward: tuple[str, ...] = ()
    narrow: Mapping[str, str] = field(default_factory=dict)
    choose: Callable[[Values, Context], Chooser] | None = None
    reads: tuple[str, ...] = ()
    cut: PageArguments | None = None
    sorted_by: tuple[str, ...] = ()
    arguments: Arguments | None = None
    coordinate: str = ""

    @property
    def after(self) -> frozenset[int]:
        """The steps that fill this table."""
        return frozenset({self.step.index}) | (self.through.after if self.through else frozenset())


@dataclass(eq=False, slots=True)
class Contribution:
    """Fields of a record that another source than its owner gives; joined by ``names``, which the row has or (where
    there is an origin) another contribution to it."""

    source: str
    table: Table
    names: tuple[str, ...]
    origins: tuple[Contribution | None, ...]
    wanted: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Position:
    """One place in the operation where rows of one type stand.

    A table's records; or values at ``path`` inside the parent's rows, or inside the contribution ``origin`` to them;
    or, with neither, a trusted reference of which only the key it was ``asked_by`` is known.
    """

    type_name: str
    table: Table | None
    parent: Position | None = None
    path: tuple[str, ...] = ()
    contributions: dict[str, Contribution] = field(default_factory=dict)
    asked_by: tuple[str, ...] = ()
    origin: Contribution | None = None

    @property
    def source(self) -> str | None:
        """Who gives the rows, or the records that they lie in; nobody gives what is computed or trusted."""
        if self.table is not None:
            return self.table.step.source
        if self.origin is not None:
            return self.origin.source
        return self.parent.source if self.parent else None

    @property
    def after(self) -> frozenset[int]:
        if self.table is not None:
            return self.table.after
        after = self.parent.after if self.parent else frozenset()
        return after | self.origin.table.after if self.origin else after


# ---------------------------------------------------------------- the answer's shape


@dataclass(frozen=True, slots=True)
class Place:
    """Where a field stands in the operation, for errors. ``source`` answers for a value that is missing."""

    key: str
    coordinate: str
    source: str
    line: int
    column: int


@dataclass(eq=False, slots=True)
class Selection:
    """The selected fields of one object type at one position, by response key: one generated function."""

    type_name: str
    position: Position | None
    fields: list[FieldPlan] = field(default_factory=list)
    contributions: list[Contribution] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class FieldPlan:
    place: Place
    type: FieldType


@dataclass(eq=False, slots=True)
class TypenameField(FieldPlan):
    name: str


@dataclass(eq=False, slots=True)
class PlainField(FieldPlan):
    """A value in the row (or in a contribution), finished by a local function where the graph declares one.

    ``as_is``: values of exactly this type are finished already.
    """

    name: str
    origin: Contribution | None
    selection: Selection | None = None
    finish: Callable[[Any, Values, Context], Any] | None = None
    as_is: type | None = None
    arguments: Arguments | None = None


@dataclass(eq=False, slots=True)
class IdField(FieldPlan):
    entity: str
    names: tuple[str, ...]


@dataclass(eq=False, slots=True)
class ProvenanceField(FieldPlan):
    """``fields``: response key and name, ``__typename`` included; ``sources``: the same of each ``FieldSource``.

    ``hidden``: what is in the record and not in the graph.
    """

    fields: list[tuple[str, str]]
    sources: dict[str, list[tuple[str, str]]]
    hidden: frozenset[str]


@dataclass(eq=False, slots=True)
class ComputedField(FieldPlan):
    hidden: Selection
    compute: Callable[[Values, Values, Context], Any]
    optional: frozenset[str]
    arguments: Arguments
    selection: Selection | None = None


@dataclass(eq=False, slots=True)
class LinkField(FieldPlan):
    """Records of a table, joined by keys that this row holds. Without a table the reference is trusted: only its key
    is selected, which the row has."""

    keys: KeysHeld
    table: Table | None
    by: tuple[str, ...]
    selection: Selection | None = None
    page: PageSelection | None = None


@dataclass(eq=False, slots=True)
class RootField(FieldPlan):
    """Records of a table by keys in the arguments (``one``; ``each`` asked key; all rows in one ``flat`` list), or of a
    search (``all``, ``page``)."""

    form: Literal["one", "each", "flat", "all", "page"]
    table: Table
    asked: KeysGiven | None
    selection: Selection | None = None
    page: PageSelection | None = None


@dataclass(eq=False, slots=True)
class NodesField(FieldPlan):
    """Records of several types: ``asked`` reads which of ``cases`` each is, and its key; ``None``: neither."""

    asked: KeysGiven
    one: bool
    cases: Mapping[Any, tuple[Table, Selection]]


@dataclass(eq=False, slots=True)
class IntrospectionField(FieldPlan):
    """``__schema``, ``__type`` and ``_service``: graphql-core answers them."""


@dataclass(eq=False, slots=True)
class RefusedField(FieldPlan):
    """A field whose arguments cannot be answered whatever the sources say."""

    message: str


@dataclass(eq=False, slots=True)
class PageSelection:
    """What is selected of a connection: response key, name and, for ``edges`` and ``nodes``, what is below."""

    type_name: str
    fields: list[tuple[Place, str, Any]]


@dataclass(eq=False, slots=True)
class Plan:
    """``given``: the feeds that arguments give. ``pages``: of searches, and of lists that are cut into pages.
    ``introspection``: the part of the operation that graphql-core answers, if any."""

    steps: Sequence[Step]
    tables: Sequence[Table]
    feeds: Sequence[Feed]
    given: Sequence[Feed]
    pages: Sequence[PageArguments]
    arguments: Sequence[Arguments]
    root: Selection
    introspection: OperationDefinitionNode | None = None
