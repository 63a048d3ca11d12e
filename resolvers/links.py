"""How a field that no source gives as a plain value is answered: the words of the graph's declarations.

Strawberry declares the types; a field carries one of these as metadata and its body is never run. The planner reads
them to see which records a field needs; the functions named here are pure, synchronous and get plain values.

Values have the form of ``adapters.spi.Record.values``: decimals, instants and dates are text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from resolvers.clock import Clock

Values = Mapping[str, Any]
"""The values of one object, or the arguments of one field (defaults applied, absent ones left out)."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a request brings beside its arguments."""

    clock: Clock
    channel: str | None = None
    currency: str | None = None
    country: str | None = None
    location: str | None = None
    customer_group: str | None = None
    locale: str = "en"
    settings: Mapping[str, Any] = field(default_factory=dict)


Chooser = Callable[[Sequence[Values]], Values | None]


@dataclass(frozen=True, slots=True)
class Reference:
    """One record of ``to`` (or, where the field is a list, one per key) by a key that the parent holds.

    ``via`` names fields or hidden keys of the parent, in the order of ``by``. ``pick`` turns the value of ``via`` and
    the arguments into the list of keys, where that is more than reading it. What does not exist is null, and left out
    of a list.
    """

    to: str
    by: str
    via: str
    pick: Callable[[Any, Values], Sequence[str]] | None = None


@dataclass(frozen=True, slots=True)
class Children:
    """The records of ``of`` that belong to the parent: a lookup ``by`` the parent's key, many for one.

    ``narrow``: argument -> field of the child that must be among the argument's values; the source applies it where it
    can, the gateway applies it always. ``choose(arguments, context)`` gives what picks one of the values of some rows,
    or none; it reads the fields that ``reads`` names.
    """

    of: str
    by: str
    via: str
    narrow: Mapping[str, str] = field(default_factory=dict)
    choose: Callable[[Values, Context], Chooser] | None = None
    reads: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """A Relay connection over ``of``.

    At the root: the source's search ``search``. Below a parent: the search of that name under the parents' keys
    ``via``, else the many-lookup of that name, cut into pages by the gateway. ``filters``: the arguments that are
    filters themselves. ``filters_in``: the argument, an input object, whose fields are filters. ``sort``: the argument
    that says the order, an input object of ``by`` and ``direction``. With arguments ``last`` and ``before``, pages are
    counted from the end of the list, too.
    """

    of: str
    search: str
    via: str | None = None
    filters: tuple[str, ...] = ()
    filters_in: str | None = None
    sort: str | None = None


@dataclass(frozen=True, slots=True)
class RootKey:
    """One record by exactly one of several arguments: argument -> lookup (``id`` is decoded by the gateway)."""

    to: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RootKeys:
    """Records by a list of keys in ``argument``.

    In the order that was asked, null where unknown; with ``many``, the rows of all keys in one list.
    """

    of: str
    by: str
    argument: str
    many: bool = False
    narrow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RootList:
    """All records of the source's search ``search`` in one list; ``filters`` and ``narrow`` as above."""

    of: str
    search: str
    filters: tuple[str, ...] = ()
    narrow: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RootNodes:
    """Records of any type by opaque ids in ``argument`` (one id, or a list)."""

    argument: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A value made from other fields of the same object: ``requires`` is a selection set, planned like a client's.

    A field of ``requires`` that no registered source can give is absent from the values. One that failed nulls the
    computed field with the source's own code, unless it is named in ``optional`` (then it is null).
    A source that gives the field itself goes before the computation.
    """

    requires: str
    compute: Callable[[Values, Values, Context], Any]
    optional: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Local:
    """A source's value, finished by arguments that no source needs to know: ``finish(value, arguments, context)``.

    ``localized``: a source may give the value in several languages, as ``{locale: text}``.
    ``as_is``: a value of exactly this type is what ``finish`` would make of it.
    A list is finished item by item: an item may be changed or left out, whatever the others are.
    """

    finish: Callable[[Any, Values, Context], Any]
    localized: bool = False
    as_is: type | None = None


@dataclass(frozen=True, slots=True)
class GatewayValue:
    """Given by the gateway itself: ``id`` (made from the canonical key) or ``provenance``."""

    what: str


Answer = Reference | Children | Connection | RootKey | RootKeys | RootList | RootNodes | Computed | Local | GatewayValue


def answered(by: Answer) -> dict[str, Any]:
    """Strawberry field metadata: ``strawberry.field(metadata=answered(Reference(...)))``."""
    return {"crossdock": by}


def planned() -> NoReturn:
    """The body of a declared field."""
    raise AssertionError("declared only: fields are answered by the engine")
