"""The fields of ``Query``: records by keys and filters that stand in the arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from graphql.execution.collect_fields import FieldDetails

from adapters.spi import Key
from adapters.types import FieldType
from gateway.engine import ids
from gateway.engine.entities import entities_field
from gateway.engine.plan import (
    Arguments,
    FieldPlan,
    IntrospectionField,
    KeysGiven,
    NodesField,
    PageArguments,
    Place,
    Position,
    RefusedField,
    RootField,
    Selection,
    Table,
    TypenameField,
)
from gateway.engine.refused import ArgumentsRefused
from gateway.engine.selected import evaluated
from gateway.graph import parsed_type
from resolvers.links import Connection, RootKey, RootKeys, RootList, RootNodes, Values

if TYPE_CHECKING:
    from gateway.engine.planner import Planner


class Roots:
    """Plans root fields on behalf of the planner. A root always asks the owner, even for nothing but the key."""

    def __init__(self, planner: Planner) -> None:
        self.planner = planner
        self.steps = planner.steps

    def field(self, key: str, details: list[FieldDetails]) -> FieldPlan:
        name = details[0].node.name.value
        place = self.planner.place(key, "Query", name, details)
        self.steps.coordinate = place.coordinate
        if name == "__typename":
            return TypenameField(place, parsed_type("String!"), "Query")
        type_ = parsed_type(str(self.planner.selected.definition("Query", name).type))
        try:
            return self._answered(place, type_, name, details)
        except ArgumentsRefused as refused:
            return RefusedField(place, type_, str(refused))

    def _answered(self, place: Place, type_: FieldType, name: str, details: list[FieldDetails]) -> FieldPlan:
        if name == "_entities":
            return entities_field(self, place, type_, details)
        if name.startswith("_"):
            self.planner.evaluated("Query", details)
            return IntrospectionField(place, type_)
        answer = self.planner.composition.graph.links[f"Query.{name}"]
        match answer:
            case RootKey():
                return self._one(place, type_, answer, details)
            case RootKeys():
                return self._keys(place, type_, answer, details)
            case RootList():
                return self._all(place, type_, answer, details)
            case RootNodes():
                return self._nodes(place, type_, answer, details)
            case Connection():
                return self._page(place, type_, answer, details)
        raise AssertionError(f"{place.coordinate} has no answer at the root")

    def _one(self, place: Place, type_: FieldType, answer: RootKey, details: list[FieldDetails]) -> FieldPlan:
        arguments = self.planner.evaluated("Query", details)
        given = [name for name in answer.arguments if self._is_given(arguments, name)]
        if len(given) != 1:
            return RefusedField(place, type_, _exactly_one(arguments, given))
        name = given[0]
        if name == "id":
            by = " ".join(self.planner.composition.graph.canonical_key(answer.to) or ())
            asked = KeysGiven(arguments, _Decoded(answer.to, name))
        else:
            by = answer.arguments[name]
            asked = KeysGiven(arguments, _Parts(name, by) if " " in by else _Argument(name))
        table = self.steps.reach(answer.to, by, self.steps.given(asked))
        position = self.position(answer.to, table, by)
        return RootField(place, type_, "one", table, asked, self.below(position, details))

    def _is_given(self, arguments: Arguments, name: str) -> bool:
        """By this request's variables; their presence is part of the key that the plan is cached under."""
        return evaluated(arguments, self.planner.selected.variables).get(name) is not None

    def _keys(self, place: Place, type_: FieldType, answer: RootKeys, details: list[FieldDetails]) -> RootField:
        if answer.many:
            arguments = self.planner.evaluated("Query", details)
            asked = KeysGiven(arguments, _Arguments(answer.argument))
            feed = self.steps.given(asked)
            table = self.planner.children(answer.of, answer.by, feed, answer.narrow, arguments, place.coordinate)
            position = self.planner.asked_always(answer.of, table)
            return RootField(place, type_, "flat", table, asked, self.below(position, details))
        asked = KeysGiven(self.planner.evaluated("Query", details), _Arguments(answer.argument))
        table = self.steps.reach(answer.of, answer.by, self.steps.given(asked))
        position = self.position(answer.of, table, answer.by)
        return RootField(place, type_, "each", table, asked, self.below(position, details))

    def position(self, entity: str, table: Table, by: str) -> Position:
        names = tuple(by.split())
        position = self.planner.asked_always(entity, table)
        position.asked_by = names if table.through is None and not self.planner.routes.unified(entity) else ()
        return position

    def below(self, position: Position, details: list[FieldDetails]) -> Selection:
        return self.planner.selection(position, self.planner.selected.below(details, position.type_name))

    def _all(self, place: Place, type_: FieldType, answer: RootList, details: list[FieldDetails]) -> RootField:
        arguments = self.planner.evaluated("Query", details)
        owner = self.planner.routes.owners[answer.of]
        capability = self.planner.routes.search(answer.of, answer.search)
        bound = min(self.planner.composition.settings.limits.first, capability.limit if capability else 1)
        page = PageArguments(arguments, answer.filters, bound, whole=True)
        table = self.steps.search(owner, answer.of, answer.search, page, None)
        table.narrow, table.arguments = answer.narrow, arguments
        table.step.fields.update(answer.narrow.values())
        position = self.planner.asked_always(answer.of, table)
        return RootField(place, type_, "all", table, None, self.below(position, details))

    def _page(self, place: Place, type_: FieldType, answer: Connection, details: list[FieldDetails]) -> RootField:
        table = self.planner.pages(answer, self.planner.evaluated("Query", details), None)
        page = self.planner.page_selection(type_.name, answer.of, table, details)
        return RootField(place, type_, "page", table, None, None, page)

    def _nodes(self, place: Place, type_: FieldType, answer: RootNodes, details: list[FieldDetails]) -> NodesField:
        """One table for each type that can be asked by id; those that no id names make no call."""
        composition = self.planner.composition
        arguments = self.planner.evaluated("Query", details)
        one = type_.lists == 0
        types: dict[Any, tuple[Table, Selection]] = {}
        for entity in sorted(composition.routes.owners):
            if not composition.served.refetchable(entity) or entity not in composition.schema.type_map:
                continue
            by = composition.graph.canonical_key(entity) or ()
            read = _Decoded(entity, answer.argument) if one else _DecodedList(entity, answer.argument)
            feed = self.steps.given(KeysGiven(arguments, read))
            table = self.steps.reach(entity, " ".join(by), feed)
            position = self.position(entity, table, " ".join(by))
            types[entity] = table, self.below(position, details)
        asked = KeysGiven(arguments, _Named(answer.argument) if one else _NamedList(answer.argument))
        return NodesField(place, type_, asked, one, types)


def _exactly_one(arguments: Arguments, given: Sequence[str]) -> str:
    names = ", ".join(arguments.definition.args)
    found = " and ".join(given) if given else "none"
    return (
        f"Give exactly one of {names}; {found} was given."
        if len(given) < 2
        else (f"Give exactly one of {names}; {found} were given.")
    )


class _Argument:
    """The one key in an argument."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, values: Values) -> Sequence[Key | None]:
        return (cast("Key | None", values.get(self.name)),)


class _Parts(_Argument):
    """The one key in an argument that is an input object: its parts, in the order of the lookup."""

    def __init__(self, name: str, by: str) -> None:
        super().__init__(name)
        self.parts = by.split()

    def __call__(self, values: Values) -> Sequence[Key | None]:
        given = values.get(self.name)
        return (None,) if given is None else (tuple(given[part] for part in self.parts),)


class _Arguments:
    """The keys in a list argument, as asked."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, values: Values) -> Sequence[Key | None]:
        return cast(Sequence[Any], values.get(self.name) or ())


class _Decoded(_Argument):
    """The key in an opaque id, if the id is one of ``entity``."""

    def __init__(self, entity: str, name: str) -> None:
        super().__init__(name)
        self.entity = entity

    def __call__(self, values: Values) -> Sequence[Key | None]:
        return (ids.key_of(self.entity, values.get(self.name)),)


class _DecodedList(_Decoded):
    def __call__(self, values: Values) -> Sequence[Key | None]:
        return [ids.key_of(self.entity, id_) for id_ in values.get(self.name) or ()]


class _Named(_Argument):
    """The type and key that an opaque id names."""

    def __call__(self, values: Values) -> Sequence[Any]:
        return (ids.typed_key(values.get(self.name)),)


class _NamedList(_Argument):
    def __call__(self, values: Values) -> Sequence[Any]:
        return [ids.typed_key(id_) for id_ in values.get(self.name) or ()]
