"""The adapter contract: what the gateway asks of a back-office system, and what it gets back.

Standard library only. Everything else in this repository depends on this module; it depends on nothing but
``outline`` and ``tally``, which are parts of it.

An adapter speaks one *kind* of system (soap, sql, rest, ...) for one registered *source*. It answers

* a ``Lookup``: many keys of one entity in, records out, matched by key;
* a ``Search``: filters in, one page out, for the whole source or below many parents at once.

Rules every adapter and every wrapper keeps (``adapters.conformance`` tests them):

* Answers are keyed, never positional. A key in neither ``found`` nor ``failed`` does not exist in the source.
* A ``many`` lookup gives a sequence per key, and an empty sequence is an answer.
* ``Record.values`` holds every field that was asked for, by its name in the graph; a missing value is ``None``.
  Values are what JSON carries: text, ``bool``, ``int``, ``float``, ``None``, lists and dicts of these. A decimal is
  its text (``"12.50"``), an instant is RFC 3339 text with an offset, a date is ISO 8601 text, an enum its GraphQL name.
* A value that cannot be read is ``None`` and a ``BadData`` in ``Record.errors``; the rest of the record stands.
* What goes wrong is one of these errors, raised for the whole request or given per key in ``failed``::

    SourceError
      Unsupported       the adapter was asked for what it does not declare
      Rejected          the system understood and refused (a business fault)
      Unavailable       no answer, or not a usable one          (retryable)
        TimedOut        no answer within the deadline           (retryable)
        Overloaded      the system, or our queue for it, is full (retryable)
      BadData           an answer that does not mean what the registration says
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, ClassVar

from adapters.outline import Outline
from adapters.tally import Tally

Key = str | int | tuple[str | int, ...]
"""A canonical key: one value, or a tuple in the order of the lookup's name (``"sku locationCode"``)."""

Further = Mapping[Key, "Sequence[Key] | SourceError"]
"""By a parent's key, the further keys of the same parent, or why they are not known."""

Path = tuple[str | int, ...]
"""Where in a record: field names and list indices."""


class SourceError(Exception):
    """Something a source did not do. ``message`` is safe for clients; ``detail`` is for the log only."""

    code: ClassVar[str] = "SOURCE_ERROR"
    retryable: ClassVar[bool] = False
    default_message: ClassVar[str] = "The source failed."

    def __init__(self, source: str, detail: str = "", *, message: str | None = None) -> None:
        self.source = source
        self.detail = detail
        self.message = message or self.default_message
        super().__init__(f"{self.code} from {source}: {detail or self.message}")


class Unsupported(SourceError):
    code = "UNSUPPORTED"
    default_message = "The source cannot answer this."


class Rejected(SourceError):
    code = "REJECTED"
    default_message = "The source refused the request."


class Unavailable(SourceError):
    code = "UNAVAILABLE"
    retryable = True
    default_message = "The source is not available."


class TimedOut(Unavailable):
    code = "TIMED_OUT"
    default_message = "The source did not answer in time."


class Overloaded(Unavailable):
    code = "OVERLOADED"
    default_message = "The source is overloaded."


class BadData(SourceError):
    code = "BAD_DATA"
    default_message = "The source gave a value that cannot be read."


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks. Anonymous until the edge knows better."""

    name: str = "anonymous"


ANONYMOUS = Principal()


class Record:
    """One entity's fields as one source gave them, in canonical names and values.

    ``as_of`` is the instant the values were true in the source (RFC 3339): its own timestamp, else when they were read.
    ``origins``: the source of each field that another one gave, where a record was made of several.
    ``outline``: of the request that was answered, and only where ``values`` (which may just read like a dictionary)
    begins with the outlined fields, in order, each as the outline wants it. Who changes a record sets it to ``None``.
    """

    __slots__ = ("as_of", "errors", "origins", "outline", "source", "stale", "values")

    def __init__(
        self,
        values: dict[str, Any],
        source: str,
        as_of: str,
        errors: Mapping[Path, SourceError] | None = None,
        stale: bool = False,
        origins: Mapping[str, str] | None = None,
        outline: Outline | None = None,
    ) -> None:
        self.origins = origins
        self.outline = outline
        self.values = values
        self.source = source
        self.as_of = as_of
        self.errors = errors
        self.stale = stale

    def fail(self, name: str, error: SourceError) -> None:
        """Says of a field why it could not be given, beside what is said already."""
        self.errors = {**(self.errors or {}), (name,): error}
        self.outline = None

    def __repr__(self) -> str:  # names only: values may be personal data
        return f"Record({self.source}: {', '.join(self.values)})"


@dataclass(slots=True)  # not frozen, which would triple what making one takes: a call makes three
class Lookup:
    """Give the records of ``entity`` whose key ``by`` is one of ``keys`` (unique, never null).

    ``fields`` are the top-level fields and keys that are wanted. ``deadline`` is on the clock of ``time.monotonic``.
    ``origins``: of keys that are those of parents, the source that the parent's record came from. ``further``: what
    belongs to the further keys of a parent is the parent's; ``adapters.further_keys`` sees to it, for any adapter.
    ``outline``: how an answer takes them. An adapter may pass it over; else of an outlined object in the record only
    what is ``cut`` need be there, and what can be taken as it is says so in ``Record.outline``.
    """

    entity: str
    by: str
    keys: Sequence[Key]
    fields: frozenset[str]
    arguments: Mapping[str, Any] = field(default_factory=dict)
    principal: Principal = ANONYMOUS
    deadline: float = float("inf")
    tally: Tally = field(default_factory=Tally, compare=False, repr=False)
    origins: Mapping[Key, str] = field(default_factory=dict, compare=False, repr=False)
    outline: Outline | None = None
    further: Further = field(default_factory=dict, compare=False, repr=False)

    def of(self, keys: Sequence[Key], deadline: float | None = None) -> Lookup:
        """The same request for other keys, until another deadline. ``replace`` would take three times as long."""
        return Lookup(
            self.entity,
            self.by,
            keys,
            self.fields,
            self.arguments,
            self.principal,
            self.deadline if deadline is None else deadline,
            self.tally,
            outline=self.outline,
            further=self.further,
        )

    def until(self, deadline: float) -> Lookup:
        return self.of(self.keys, deadline)


@dataclass(slots=True)
class LookupResult:
    """``found``: a record, or for a ``many`` lookup a sequence of records, by key. ``failed``: why there is none.
    ``until``: seconds since 1970 up to which the same request has this answer; 0 where nobody promises that."""

    found: Mapping[Key, Any] = field(default_factory=dict)
    failed: Mapping[Key, SourceError] = field(default_factory=dict)
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class Start:
    """In the middle of an ordered list: the first record that is not before ``value`` (an instant, RFC 3339) in the
    list's order; without ``inclusive``, the first one that is behind it. Of pages that are gone through ``backwards``,
    the last record that is not behind it; without ``inclusive``, the last one before it."""

    value: str
    inclusive: bool


@dataclass(frozen=True, slots=True)
class Sort:
    """In the order that is called ``by`` in the graph (``NAME``), or, ``reverse``, the other way round. An order is
    total: what ties is put in a fixed order, and records without a value come last, both ways."""

    by: str
    reverse: bool = False

    def __str__(self) -> str:
        return f"{self.by} {'DESC' if self.reverse else 'ASC'}"


@dataclass(slots=True)
class Search:
    """Give one page of ``entity`` records from the search called ``name``.

    With ``parents`` (unique, never null): one page for each of them, in one request; ``further`` as of a lookup.
    ``after`` is a cursor that this source gave before, for the same ``sort``. ``start`` (never with ``after`` or
    ``sort``) is asked only of a search with an ``order``. ``filters`` holds only filters that the capability names.

    ``sort``: one that the capability names; without, the list stands in the source's own order. ``backwards``: the
    pages are gone through from the end of the list; ``first`` and ``after`` count from there (the page is the one right
    before the record of ``after``), the records of the page still stand in the order of the list.
    """

    entity: str
    name: str
    first: int
    fields: frozenset[str]
    after: str | None = None
    filters: Mapping[str, Any] = field(default_factory=dict)
    parents: Sequence[Key] | None = None
    want_total: bool = False
    principal: Principal = ANONYMOUS
    deadline: float = float("inf")
    tally: Tally = field(default_factory=Tally, compare=False, repr=False)
    start: Start | None = None
    sort: Sort | None = None
    backwards: bool = False
    want_facets: bool = False
    outline: Outline | None = None
    further: Further = field(default_factory=dict, compare=False, repr=False)

    def of(self, parents: Sequence[Any], deadline: float) -> Search:
        """The same request below other parents, if it is below any, until another deadline."""
        other = Search(*[getattr(self, name) for name in Search.__match_args__])  # a third of the time of `replace`
        other.parents, other.deadline = None if self.parents is None else parents, deadline
        return other

    def until(self, deadline: float) -> Search:
        return self.of(self.parents or (), deadline)


Facet = Mapping[str, Any]
"""``{"code", "label", "values": [{"value", "label", "count"}]}``: how many records of the list have each value."""


@dataclass(slots=True)
class Page:
    """``cursors[i]`` is the source's own cursor of ``records[i]``; ``total`` is ``None`` where it was not counted.

    ``has_next``: whether the list goes on behind the page; of a page that was asked ``backwards``, before it.
    ``missing``: of several sources behind the page, those that did not answer, and why. ``facets``: of the list that
    the filters leave, whatever the page; ``None`` where they were not asked for.
    """

    records: Sequence[Record]
    cursors: Sequence[str]
    has_next: bool
    total: int | None = None
    missing: Mapping[str, SourceError] = field(default_factory=dict)
    facets: Sequence[Facet] | None = None


@dataclass(slots=True)
class SearchResult:
    """A page by parent key; without parents, the one page under ``None``. ``until``: as of a lookup."""

    pages: Mapping[Key | None, Page] = field(default_factory=dict)
    failed: Mapping[Key | None, SourceError] = field(default_factory=dict)
    until: float = 0.0


@dataclass(frozen=True, slots=True)
class LookupCapability:
    """``batch``: most keys in one call. ``arguments``: the arguments the source itself can apply. ``calls``: how many
    calls one batch takes, where that is more than one."""

    many: bool = False
    batch: int = 100
    arguments: frozenset[str] = frozenset()
    calls: int = 1


@dataclass(frozen=True, slots=True)
class SearchCapability:
    """``parents``: whether it answers below many parents; ``limit``: the most records of one page.

    ``total``: whether it can count; ``counting``: the calls which that takes beside the page's own. ``completing``: the
    page's records come from further calls, for so many of them at a time; 0 where the page itself holds them.
    ``calls``: how many calls one page takes at most.

    ``order``: the instant that its pages are ordered by, such as ``placedAt desc``, where they go on behind the values
    of the last record (records that come and go do not shift them) and may start at any instant; empty where not so.

    ``sorts``: the orders that a client may choose. ``backwards``: whether pages may be asked from the end of the list,
    whatever the order. ``facets``: the codes of those it can count; ``faceting``: the further calls which that takes.
    """

    filters: frozenset[str] = frozenset()
    parents: bool = False
    batch: int = 100
    limit: int = 100
    total: bool = False
    counting: int = 0
    completing: int = 0
    calls: int = 1
    order: str = ""
    sorts: frozenset[Sort] = frozenset()
    backwards: bool = False
    facets: frozenset[str] = frozenset()
    faceting: int = 0


@dataclass(frozen=True, slots=True)
class EntityCapability:
    """``fields``: dotted paths in the graph (``address.city``) and hidden keys that this source gives.

    ``apart``: sets of fields of which each takes a call of its own for every record, if one of them is wanted.
    """

    fields: frozenset[str]
    lookups: Mapping[str, LookupCapability] = field(default_factory=dict)
    searches: Mapping[str, SearchCapability] = field(default_factory=dict)
    apart: Sequence[frozenset[str]] = ()


Capabilities = Mapping[str, EntityCapability]
"""By entity. What is absent is not supported and is refused with :func:`unsupported`."""


class Adapter(ABC):
    """One registered source. Wrappers are adapters too."""

    kind: ClassVar[str]
    source: str
    capabilities: Capabilities
    peer: Mapping[str, str | int] = MappingProxyType({})
    """Who is called, for traces, in OpenTelemetry's words: ``server.address``, ``db.system.name``. Never a secret."""

    @abstractmethod
    async def lookup(self, request: Lookup) -> LookupResult:
        """Answer, or raise a ``SourceError`` for the whole request."""

    async def search(self, request: Search) -> SearchResult:
        raise unsupported(self.source, f"search {request.name} of {request.entity}")

    def kept_lookup(self, request: Lookup) -> LookupResult | None:
        """The whole answer where it is at hand; ``None`` where it takes a call, or any waiting."""
        return None

    def kept_search(self, request: Search) -> SearchResult | None:
        """The same of a search."""
        return None

    @abstractmethod
    async def ping(self) -> None:
        """Return when the system can be reached, else raise ``Unavailable``."""

    def unmapped(self) -> Mapping[str, int]:
        """By coordinate: how many codes without a meaning came since this was last asked, and were given another."""
        return {}

    async def there(self, entity: str) -> str:
        """What the system has of ``entity``, in words for the person who registers it; empty where it cannot tell."""
        return ""

    async def aclose(self) -> None:  # noqa: B027  nothing to close is a fair answer
        """Give back every connection, thread and task."""


def unsupported(source: str, what: str) -> Unsupported:
    """The one sentence with which every adapter refuses what it does not declare."""
    return Unsupported(source, f"{source} does not declare {what}")


def refuse_undeclared(source: str, request: Search, capability: SearchCapability) -> None:
    """Raises :func:`unsupported` for an order, a direction or a start that the search does not declare."""
    what = f"search {request.name} of {request.entity}"
    if request.sort is not None and request.sort not in capability.sorts:
        raise unsupported(source, f"sort {request.sort} of {what}")
    if request.backwards and not capability.backwards:
        raise unsupported(source, f"pages from the end of {what}")
    if request.start is not None and not capability.order:
        raise unsupported(source, f"a start in {what}")
