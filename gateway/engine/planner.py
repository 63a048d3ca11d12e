"""From one operation to its plan: a single walk over what is selected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from graphql import get_named_type, is_composite_type
from graphql.execution.collect_fields import FieldDetails
from graphql.language import OperationDefinitionNode, SelectionSetNode

from adapters.types import FieldType
from gateway.compose import Composition
from gateway.engine.outlines import outline_steps
from gateway.engine.plan import (
    Arguments,
    ComputedField,
    Contribution,
    FieldPlan,
    IdField,
    IntrospectionField,
    KeysHeld,
    LinkField,
    PageArguments,
    PageSelection,
    Place,
    PlainField,
    Plan,
    Position,
    ProvenanceField,
    RefusedField,
    Selection,
    Table,
    TypenameField,
)
from gateway.engine.refused import ArgumentsRefused
from gateway.engine.roots import Roots
from gateway.engine.selected import Grouped, Selected
from gateway.engine.steps import Steps
from gateway.graph import parsed_type
from resolvers.links import Children, Computed, Connection, GatewayValue, Local, Reference

Details = list[FieldDetails]


def plan(composition: Composition, selected: Selected) -> Plan:
    """The plan of one operation under one choice of ``@skip`` and ``@include``."""
    return Planner(composition, selected).plan()


class Planner:
    """Walks the selection once; every field becomes a ``FieldPlan`` and asks the steps for what it needs."""

    def __init__(self, composition: Composition, selected: Selected) -> None:
        self.composition = composition
        self.routes = composition.routes
        self.selected = selected
        self.steps = Steps(composition.routes)
        self.arguments: list[Arguments] = []
        self._roots = Roots(self)

    def plan(self) -> Plan:
        root = Selection("Query", None)
        introspection: list[FieldDetails] = []
        for key, details in self.selected.root().items():
            planned = self._roots.field(key, details)
            root.fields.append(planned)
            if isinstance(planned, IntrospectionField):
                introspection.extend(details)
        made = self.steps.planned(self.arguments, root, self._introspection(introspection))
        outline_steps(made)
        return made

    def _introspection(self, details: Details) -> OperationDefinitionNode | None:
        if not details:
            return None
        operation = self.selected.operation
        return OperationDefinitionNode(
            operation=operation.operation,
            variable_definitions=operation.variable_definitions,
            selection_set=SelectionSetNode(selections=tuple(detail.node for detail in details)),
        )

    # ------------------------------------------------------------ selections

    def selection(self, position: Position, grouped: Grouped) -> Selection:
        selection = Selection(position.type_name, position)
        for key, details in grouped.items():
            selection.fields.append(self._field(selection, position, key, details))
        return selection

    def _field(self, selection: Selection, position: Position, key: str, details: Details) -> FieldPlan:
        type_name = position.type_name
        name = details[0].node.name.value
        place = self.place(key, type_name, name, details, position)
        self.steps.coordinate = place.coordinate
        if name == "__typename":
            return TypenameField(place, parsed_type("String!"), type_name)
        definition = self.selected.definition(type_name, name)
        type_ = parsed_type(str(definition.type))
        try:
            return self._answered(selection, position, place, type_, name, details)
        except ArgumentsRefused as refused:
            return RefusedField(place, type_, str(refused))

    def _answered(
        self, selection: Selection, position: Position, place: Place, type_: FieldType, name: str, details: Details
    ) -> FieldPlan:
        """Arguments are read before anything is asked for their sake: they may be refused."""
        type_name = position.type_name
        answer = self.composition.graph.links.get(f"{type_name}.{name}")
        if position.asked_by and position.table is None and name in position.asked_by:
            return PlainField(place, type_, name, None)
        if answer is None or isinstance(answer, Local) or self._is_embedded(position, name):
            return self._plain(selection, position, place, type_, name, answer, details)
        match answer:
            case GatewayValue(what="id"):
                return self._id(position, place, type_)
            case GatewayValue():
                return self._provenance(position, place, type_, details)
            case Computed():
                return self._computed(position, place, type_, answer, details)
            case Reference():
                return self._reference(selection, position, place, type_, answer, details)
            case Children():
                return self._children(selection, position, place, type_, answer, details)
            case Connection():
                return self._connection(selection, position, place, type_, answer, details)
        raise AssertionError(f"{place.coordinate} stands at the root of the graph only")

    def _is_embedded(self, position: Position, name: str) -> bool:
        """Whether the source gives the value inside the record itself; of one type, not all sources give the same."""
        if position.table is not None:
            return self.composition.served.embedded(position.type_name, name)
        source, path = position.source, [name]
        while position.parent is not None and position.table is None:
            path[:0] = position.path
            position = position.parent
        if source is not None:
            return ".".join(path) in self.routes.paths(source, position.type_name)
        return not position.asked_by  # a computed object has all its fields, a trusted reference none but its key

    def place(self, key: str, type_name: str, name: str, details: Details, position: Position | None = None) -> Place:
        location = details[0].node.loc
        line, column = (location.start_token.line, location.start_token.column) if location else (0, 0)
        source = self.routes.fields.get((type_name, name)) or self.routes.owners.get(type_name)
        source = source or (position.source if position else None) or "gateway"
        return Place(key, f"{type_name}.{name}", source, line, column)

    def evaluated(self, type_name: str, details: Details) -> Arguments:
        node = details[0].node
        arguments = self.selected.arguments(
            len(self.arguments), self.selected.definition(type_name, node.name.value), node
        )
        self.arguments.append(arguments)
        return arguments

    # ------------------------------------------------------------ values

    def _plain(
        self,
        selection: Selection,
        position: Position,
        place: Place,
        type_: FieldType,
        name: str,
        answer: object,
        details: Details,
    ) -> PlainField:
        arguments = self.evaluated(position.type_name, details) if isinstance(answer, Local) else None
        origin = self.steps.want(position, name)
        self._joins(selection, origin)
        field = PlainField(place, type_, name, origin, arguments=arguments)
        if isinstance(answer, Local):
            field.finish, field.as_is = answer.finish, answer.as_is
        if self._is_composite(type_.name):
            inner = Position(type_.name, None, position, (name,), origin=origin)
            field.selection = self.selection(inner, self.selected.below(details, type_.name))
        return field

    def _is_composite(self, type_name: str) -> bool:
        return is_composite_type(self.composition.schema.type_map[type_name])

    def _joins(self, selection: Selection, *origins: Contribution | None) -> None:
        """In the order in which they can be joined: what one gives may be the key of another."""
        for origin in origins:
            if origin is not None and origin not in selection.contributions:
                self._joins(selection, *origin.origins)
                selection.contributions.append(origin)

    def _id(self, position: Position, place: Place, type_: FieldType) -> IdField:
        names = self.composition.graph.canonical_key(position.type_name) or ()
        if position.table is not None:
            self.steps.hold(position, names)
        return IdField(place, type_, position.type_name, names)

    def _provenance(self, position: Position, place: Place, type_: FieldType, details: Details) -> ProvenanceField:
        grouped = self.selected.below(details, "Provenance")
        sources = {
            key: _names(self.selected.below(below, "FieldSource"))
            for key, below in grouped.items()
            if below[0].node.name.value == "fields"
        }
        hidden = frozenset(self.composition.graph.hidden_keys.get(position.type_name, ()))
        return ProvenanceField(place, type_, _names(grouped), sources, hidden)

    def _computed(
        self, position: Position, place: Place, type_: FieldType, answer: Computed, details: Details
    ) -> ComputedField:
        arguments = self.evaluated(position.type_name, details)
        grouped = self.selected.required(position.type_name, answer.requires)
        hidden = self.selection(position, grouped)
        field = ComputedField(place, type_, hidden, answer.compute, answer.optional, arguments)
        if self._is_composite(type_.name):
            inner = Position(type_.name, None)
            field.selection = self.selection(inner, self.selected.below(details, type_.name))
        return field

    # ------------------------------------------------------------ links

    def hold(self, selection: Selection, position: Position, via: str, **reading: Any) -> KeysHeld:
        keys = self.steps.hold(position, tuple(via.split()), **reading)
        self._joins(selection, *keys.origins)
        return keys

    def _reference(
        self,
        selection: Selection,
        position: Position,
        place: Place,
        type_: FieldType,
        answer: Reference,
        details: Details,
    ) -> LinkField:
        reading: dict[str, Any] = {"many": type_.lists > 0}
        if answer.pick:
            reading |= {"pick": answer.pick, "arguments": self.evaluated(position.type_name, details)}
        keys = self.hold(selection, position, answer.via, **reading)
        by = tuple(answer.by.split())
        grouped = self.selected.below(details, answer.to)
        if self._only_keys(answer.to, by, grouped):
            trusted = Position(answer.to, None, asked_by=by)
            return LinkField(place, type_, keys, None, by, self.selection(trusted, grouped))
        table = self.steps.reach(answer.to, answer.by, self.steps.held(keys))
        target = Position(answer.to, table, asked_by=() if self.routes.unified(answer.to) else by)
        return LinkField(place, type_, keys, table, by, self.selection(target, grouped))

    def _only_keys(self, entity: str, by: tuple[str, ...], grouped: Grouped) -> bool:
        """A reference of which only the key is wanted is trusted: no call is made to see whether it exists.

        Not so where several keys may mean one thing: the record may have another than was asked.
        """
        if self.routes.unified(entity):
            return False
        known = {"__typename", *by}
        if self.composition.graph.canonical_key(entity) == by:
            known.add("id")
        return all(details[0].node.name.value in known for details in grouped.values())

    def _children(
        self,
        selection: Selection,
        position: Position,
        place: Place,
        type_: FieldType,
        answer: Children,
        details: Details,
    ) -> LinkField:
        arguments = self.evaluated(position.type_name, details)
        keys = self.steps.with_further(self.hold(selection, position, answer.via))
        follows = self.routes.follows(answer.of)
        feed = self.steps.held(keys, rows=follows)
        table = self.children(answer.of, answer.by, feed, answer.narrow, arguments, place.coordinate)
        table.step.follows = follows
        if answer.choose is not None:
            table.choose, table.reads, table.shape = answer.choose, answer.reads, "one"
            table.step.fields.update(name for name in answer.reads if self.routes.knows(answer.of, name))
        by = tuple(answer.by.split())
        target = self.asked_always(answer.of, table, by)
        below = self.selection(target, self.selected.below(details, answer.of))
        return LinkField(place, type_, keys, table, by, below)

    def children(
        self, of: str, by: str, feed: Any, narrow: Mapping[str, str], arguments: Arguments, coordinate: str
    ) -> Table:
        """A many-lookup, narrowed by arguments: by the source where it can, by the gateway always."""
        owner = self.routes.owners[of]
        capability = self.routes.lookup(owner, of, by)
        written = {argument.name.value for argument in arguments.node.arguments or ()}
        able = capability.arguments if capability else frozenset()
        passed = {name: arguments for name in narrow if name in able and name in written}
        table = self.steps.lookup(owner, of, by, feed, "many", passed)
        table.narrow, table.arguments = narrow, arguments
        table.coordinate = coordinate
        table.step.fields.update(narrow.values())
        return table

    def asked_always(self, entity: str, table: Table, by: tuple[str, ...] = ()) -> Position:
        """A position whose records exist by themselves: what identifies them is read even if nothing else is; of the
        children of a parent, only what tells them apart from each other."""
        position = Position(entity, table)
        key = self.composition.graph.canonical_key(entity)
        if key and self.routes.knows(entity, " ".join(key)):
            self.steps.hold(position, tuple(name for name in key if name not in by) or key)
        return position

    def _connection(
        self,
        selection: Selection,
        position: Position,
        place: Place,
        type_: FieldType,
        answer: Connection,
        details: Details,
    ) -> LinkField:
        arguments = self.evaluated(position.type_name, details)
        keys = self.steps.with_further(self.hold(selection, position, answer.via or ""))
        table = self.pages(answer, arguments, keys)
        page = self.page_selection(type_.name, answer.of, table, details)
        return LinkField(place, type_, keys, table, (answer.search,), None, page)

    def pages(self, answer: Connection, arguments: Arguments, parents: KeysHeld | None) -> Table:
        """The source's own search; below parents, where it has none, its many-lookup cut into pages."""
        owner = self.routes.owners[answer.of]
        capability = self.routes.search(answer.of, answer.search)
        bound = self.composition.settings.limits.first
        if capability is not None and (parents is None or capability.parents):
            page = PageArguments(arguments, answer.filters, min(bound, capability.limit), answer.filters_in)
            page.sort, page.sorts, page.able = answer.sort, capability.sorts, capability.filters
            return self.steps.search(owner, answer.of, answer.search, page, parents)
        if parents is None:
            raise AssertionError(f"{owner} was routed for a search of {answer.of} that it does not declare")
        table = self.steps.lookup(owner, answer.of, answer.search, self.steps.held(parents), "page")
        table.cut = PageArguments(arguments, answer.filters, bound, answer.filters_in)
        table.sorted_by = self.composition.graph.canonical_key(answer.of) or ()
        table.coordinate = self.steps.coordinate
        return table

    def page_selection(self, type_name: str, entity: str, table: Table, details: Details) -> PageSelection:
        position = self.asked_always(entity, table)
        page = PageSelection(type_name, [])
        for key, below in self.selected.below(details, type_name).items():
            name = below[0].node.name.value
            place = self.place(key, type_name, name, below)
            page.fields.append((place, name, self._page_field(type_name, name, table, position, below)))
            if name == "totalCount":
                (table.cut or cast(PageArguments, table.step.page)).want_total = True
            elif name == "facets" and table.step.page is not None:
                search = self.routes.search(entity, table.step.name)
                table.step.page.want_facets = search is not None and bool(search.facets)
        return page

    def _page_field(self, type_name: str, name: str, table: Table, position: Position, below: Details) -> Any:
        if name == "nodes":
            return self.selection(position, self.selected.below(below, position.type_name))
        if name == "facets":
            return self.selection(Position("Facet", None), self.selected.below(below, "Facet"))
        if name == "pageInfo":
            return [(key, info[0].node.name.value) for key, info in self.selected.below(below, "PageInfo").items()]
        if name == "edges":
            edge = get_named_type(self.selected.definition(type_name, "edges").type).name
            return edge, [
                self._edge_field(edge, key, table, position, info)
                for key, info in self.selected.below(below, edge).items()
            ]
        return None

    def _edge_field(
        self, edge: str, key: str, table: Table, position: Position, details: Details
    ) -> tuple[Place, str, Selection | None]:
        """What is computed for an edge is so from its node, and by the arguments of the connection."""
        name = details[0].node.name.value
        place = self.place(key, edge, name, details)
        if name == "node":
            return place, name, self.selection(position, self.selected.below(details, position.type_name))
        answer = self.composition.graph.links.get(f"{edge}.{name}")
        if not isinstance(answer, Computed):
            return place, name, None
        page = cast(PageArguments, table.cut or table.step.page)
        hidden = self.selection(position, self.selected.required(position.type_name, answer.requires))
        type_ = parsed_type(str(self.selected.definition(edge, name).type))
        computed = ComputedField(place, type_, hidden, answer.compute, answer.optional, page.arguments)
        return place, name, Selection(edge, position, [computed])


def _names(grouped: Grouped) -> list[tuple[str, str]]:
    """Response key and name."""
    return [(key, details[0].node.name.value) for key, details in grouped.items()]
