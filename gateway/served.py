"""The served graph: the declared one cut down to what the registered sources can answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar, cast

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    build_ast_schema,
    get_named_type,
    is_leaf_type,
)
from graphql.language import (
    DefinitionNode,
    DirectiveDefinitionNode,
    DocumentNode,
    EnumTypeDefinitionNode,
    FieldDefinitionNode,
    FieldNode,
    InputObjectTypeDefinitionNode,
    InterfaceTypeDefinitionNode,
    NamedTypeNode,
    Node,
    ObjectTypeDefinitionNode,
    TypeDefinitionNode,
    Visitor,
    parse,
    visit,
)

from adapters.spi import SearchCapability
from gateway.graph import Graph
from gateway.routes import Routes
from resolvers.links import (
    Answer,
    Children,
    Computed,
    Connection,
    GatewayValue,
    Local,
    Reference,
    RootKey,
    RootKeys,
    RootList,
    RootNodes,
)

N = TypeVar("N", bound=Node)

CUT_BY_GATEWAY = SearchCapability(backwards=True)
"""What can be asked of pages that the gateway cuts out of all rows."""

FROM_THE_END = frozenset({"last", "before"})
"""The arguments of pages that are counted from the end."""


@dataclass
class Served:
    """``fields``: the coordinates that are served. ``cut_arguments``: those of a coordinate that no source can use.
    ``filters``, ``enum_values``: of an input object, and of an enum that is asked by, what a source can use.
    """

    graph: Graph
    routes: Routes
    fields: set[str] = field(default_factory=set)
    cut_arguments: dict[str, set[str]] = field(default_factory=dict)
    filters: dict[str, set[str]] = field(default_factory=dict)
    enum_values: dict[str, set[str]] = field(default_factory=dict)
    given: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._collect_given()
        types = [type_ for type_ in self.graph.schema.type_map.values() if isinstance(type_, GraphQLObjectType)]
        while True:
            before = len(self.fields)
            for type_ in types:
                for name, spec in type_.fields.items():
                    coordinate = f"{type_.name}.{name}"
                    if coordinate not in self.fields and self._answered(type_.name, name, get_named_type(spec.type)):
                        self.fields.add(coordinate)
            if len(self.fields) == before:
                return

    def embedded(self, type_name: str, name: str) -> bool:
        """Whether a source gives the value inside the record itself."""
        if type_name in self.routes.owners:
            return (type_name, name) in self.routes.fields
        return name in self.given.get(type_name, ())

    def _collect_given(self) -> None:
        """The fields of value types, from the dotted paths that sources map: ``Location.address.city``."""
        for source, offers in self.routes.offers.items():
            for entity in offers:
                for path in self.routes.paths(source, entity):
                    self._give(entity, path.split("."))

    def _give(self, type_name: str, path: list[str]) -> None:
        self.given.setdefault(type_name, set()).add(path[0])
        if len(path) > 1:
            self._give(self.graph.types.objects[type_name][path[0]].name, path[1:])

    def _answered(self, type_name: str, name: str, target: object) -> bool:
        answer = self.graph.links.get(f"{type_name}.{name}")
        if self.embedded(type_name, name):
            return is_leaf_type(target) or self._has_fields(getattr(target, "name", ""))
        match answer:
            case Computed():
                return self._can_compute(self._computed_from(type_name), answer, target)
            case GatewayValue(what="id"):
                return type_name in self.routes.owners and self._has_key(type_name)
            case GatewayValue():
                return self._has_fields(type_name)
            case None | Local():
                return self._made_by_gateway(type_name, target)
            case _:
                return self._linked(type_name, name, answer)

    def _has_key(self, entity: str) -> bool:
        key = self.graph.canonical_key(entity)
        return key is not None and self.routes.knows(entity, " ".join(key))

    def _has_fields(self, type_name: str) -> bool:
        return any(coordinate.startswith(f"{type_name}.") for coordinate in self.fields)

    def _computed_from(self, type_name: str) -> str:
        """The type whose values a computed field reads: an edge's are those of its node."""
        if type_name in self._connection_types and "node" in (fields := self._object(type_name).fields):
            return str(get_named_type(fields["node"].type).name)
        return type_name

    def _can_compute(self, type_name: str, answer: Computed, target: object) -> bool:
        if not is_leaf_type(target):
            self._give_whole(cast(GraphQLObjectType, target))
        document = parse(answer.requires)
        selection = document.definitions[0].selection_set  # type: ignore[attr-defined]
        return any(
            f"{type_name}.{node.name.value}" in self.fields
            for node in selection.selections
            if isinstance(node, FieldNode)
        )

    def _give_whole(self, type_: GraphQLObjectType) -> None:
        if type_.name not in self.routes.owners:
            self.given.setdefault(type_.name, set()).update(type_.fields)

    def _made_by_gateway(self, type_name: str, target: object) -> bool:
        """Pages and provenance: their fields need no source, but what stands below them does."""
        if type_name == "FieldSource":
            return any(self.routes.unified(entity) for entity in self.routes.owners)
        name = getattr(target, "name", "")
        if name == "Facet":
            return type_name in self._counted
        if type_name in self._connection_types or type_name in ("PageInfo", "Provenance", "Facet", "FacetValue"):
            return is_leaf_type(target) or name == "PageInfo" or self._has_fields(name)
        return False

    @cached_property
    def _connection_types(self) -> set[str]:
        names: set[str] = set()
        for coordinate, answer in self.graph.links.items():
            if isinstance(answer, Connection):
                type_name, _, name = coordinate.partition(".")
                connection = get_named_type(self._object(type_name).fields[name].type)
                names |= {connection.name, get_named_type(self._object(connection.name).fields["edges"].type).name}
        return names

    @cached_property
    def _counted(self) -> set[str]:
        """The types of connections over a search that counts facets."""
        names: set[str] = set()
        for coordinate, answer in self.graph.links.items():
            search = self.routes.search(answer.of, answer.search) if isinstance(answer, Connection) else None
            if search is not None and search.facets:
                type_name, _, name = coordinate.partition(".")
                names.add(get_named_type(self._object(type_name).fields[name].type).name)
        return names

    def _object(self, name: str) -> GraphQLObjectType:
        return cast(GraphQLObjectType, self.graph.schema.type_map[name])

    def _linked(self, type_name: str, name: str, answer: Answer) -> bool:
        coordinate = f"{type_name}.{name}"
        match answer:
            case Reference(to=to, by=by, via=via):
                return self._known(type_name, via) and bool(self.routes.access(to, by)) and self._has_fields(to)
            case Children(of=of, by=by, via=via):
                return self._known(type_name, via) and self._owner_looks_up(of, by) and self._has_fields(of)
            case Connection(via=via):
                return (via is None or self._known(type_name, via)) and self._paged(coordinate, answer)
            case RootKey(to=to, arguments=arguments):
                return self._root_key(coordinate, to, arguments)
            case RootKeys(of=of, by=by, many=many):
                reachable = self._owner_looks_up(of, by) if many else bool(self.routes.access(of, by))
                return reachable and self._has_fields(of)
            case RootList(of=of, search=search):
                return self._listed(coordinate, answer, of, search)
            case RootNodes():
                return any(self.refetchable(entity) for entity in self.routes.owners)
            case _:
                return False

    def refetchable(self, entity: str) -> bool:
        """Whether a record can be asked for by its opaque id."""
        key = self.graph.canonical_key(entity)
        if key is None or "id" not in self.graph.types.objects[entity]:
            return False
        return bool(self.routes.access(entity, " ".join(key))) and self._has_fields(entity)

    def needs(self, type_name: str, name: str) -> str:
        """What would bring in a field that is not served."""
        match self.graph.links.get(f"{type_name}.{name}"):
            case Reference(to=to, by=by, via=via) if not self._known(type_name, via):
                return f"no source gives {type_name}.{via.replace(' ', ', ')}, the way to {to} by {by}"
            case Reference(to=to, by=by):
                return f"no source looks up {to} by {by}"
            case Children(of=of, by=by):
                return f"no source looks up {of} by {by}"
            case RootKeys(of=of, by=by):
                return f"no source looks up {of} by {by}"
            case RootKey(to=to, arguments=arguments):
                ways = " or ".join(by for argument, by in arguments.items() if argument != "id")
                return f"no source looks up {to} by {ways}"
            case Connection(of=of, search=search) | RootList(of=of, search=search):
                return f"no source has a search {search} of {of}"
            case None if name == "facets":
                return f"no search behind {type_name} counts facets"
            case Computed():
                return f"no source gives what {type_name}.{name} is computed from"
            case RootNodes():
                return "no source looks up a type by its canonical key"
            case _:
                return f"no source gives {type_name}.{name}"

    def _known(self, type_name: str, names: str) -> bool:
        if type_name in self.routes.owners:
            return self.routes.knows(type_name, names)
        return set(names.split()) <= self.given.get(type_name, set())

    def _owner_looks_up(self, entity: str, by: str) -> bool:
        owner = self.routes.owners.get(entity)
        return owner is not None and self.routes.lookup(owner, entity, by) is not None

    def _listed(self, coordinate: str, answer: RootList, of: str, search: str) -> bool:
        capability = self.routes.search(of, search)
        if capability is None or not self._has_fields(of):
            return False
        self.cut_arguments[coordinate] = set(answer.filters) - capability.filters
        return True

    def _paged(self, coordinate: str, answer: Connection) -> bool:
        """By the owner's search, else out of all rows of its lookup."""
        capability = self.routes.search(answer.of, answer.search)
        if answer.via is not None and (capability is None or not capability.parents):
            capability = CUT_BY_GATEWAY if self._owner_looks_up(answer.of, answer.search) else None
        if capability is None or not self._has_fields(answer.of):
            return False
        cut = self.cut_arguments[coordinate] = set(answer.filters) - capability.filters
        if answer.filters_in is not None:
            cut |= self._served_filters(coordinate, answer.filters_in, capability)
        if answer.sort is not None:
            cut |= self._served_sorts(coordinate, answer.sort, capability)
        if not capability.backwards:
            cut |= FROM_THE_END & self._field(coordinate).args.keys()
        return True

    def _served_filters(self, coordinate: str, name: str, capability: SearchCapability) -> set[str]:
        """Serves of the argument ``name`` the fields that the search can be narrowed by; without any, it is cut."""
        declared = self._input(coordinate, name)
        able = capability.filters & declared.fields.keys()
        self.filters.setdefault(declared.name, set()).update(able)
        return set() if able else {name}

    def _served_sorts(self, coordinate: str, name: str, capability: SearchCapability) -> set[str]:
        """Serves of the argument ``name`` the keys that the search can be ordered by; without any, it is cut."""
        keys = cast(GraphQLEnumType, get_named_type(self._input(coordinate, name).fields["by"].type))
        able = {sort.by for sort in capability.sorts} & keys.values.keys()
        self.enum_values.setdefault(keys.name, set()).update(able)
        return set() if able else {name}

    def _input(self, coordinate: str, name: str) -> GraphQLInputObjectType:
        return cast(GraphQLInputObjectType, get_named_type(self._field(coordinate).args[name].type))

    def _field(self, coordinate: str) -> GraphQLField:
        type_name, _, field_name = coordinate.partition(".")
        return cast(GraphQLField, self._object(type_name).fields[field_name])

    def _root_key(self, coordinate: str, to: str, arguments: Mapping[str, str]) -> bool:
        if not self._has_fields(to):
            return False
        key = " ".join(self.graph.canonical_key(to) or ())
        cut = {name for name, by in arguments.items() if not self.routes.access(to, key if name == "id" else by)}
        self.cut_arguments[coordinate] = cut
        return len(cut) < len(arguments)


def served_schema(served: Served) -> GraphQLSchema:
    """The declared document without what is not served, and without what nothing leads to any more."""
    document = parse(served.graph.sdl, no_location=True)
    interfaces = {
        node.name.value: {field.name.value for field in node.fields or ()}
        for node in document.definitions
        if isinstance(node, InterfaceTypeDefinitionNode)
    }
    definitions = [_cut(node, served, interfaces) for node in document.definitions]
    reachable = _reachable(definitions)
    kept = (node for node in definitions if not isinstance(node, TypeDefinitionNode) or node.name.value in reachable)
    return build_ast_schema(DocumentNode(definitions=tuple(kept)), assume_valid_sdl=True)


def _cut(node: DefinitionNode, served: Served, interfaces: Mapping[str, set[str]]) -> DefinitionNode:
    if isinstance(node, ObjectTypeDefinitionNode):
        type_name = node.name.value
        fields = tuple(
            _cut_arguments(field, served.cut_arguments.get(f"{type_name}.{field.name.value}", set()))
            for field in node.fields or ()
            if f"{type_name}.{field.name.value}" in served.fields
        )
        names = {field.name.value for field in fields}
        kept = tuple(it for it in node.interfaces or () if interfaces[it.name.value] <= names)
        return changed(node, fields=fields, interfaces=kept)
    if isinstance(node, InputObjectTypeDefinitionNode) and node.name.value in served.filters:
        known = served.filters[node.name.value]
        return changed(node, fields=tuple(field for field in node.fields or () if field.name.value in known))
    if isinstance(node, EnumTypeDefinitionNode) and node.name.value in served.enum_values:
        able = served.enum_values[node.name.value]
        return changed(node, values=tuple(value for value in node.values or () if value.name.value in able))
    return node


def _cut_arguments(field: FieldDefinitionNode, cut: set[str]) -> FieldDefinitionNode:
    if not cut:
        return field
    return changed(field, arguments=tuple(each for each in field.arguments or () if each.name.value not in cut))


def changed(node: N, **changes: object) -> N:
    return type(node)(**({key: getattr(node, key) for key in node.keys} | changes))


def _reachable(definitions: Iterable[DefinitionNode]) -> set[str]:
    """The names of the types that a client can meet, starting from the roots and the directives."""
    by_name = {node.name.value: node for node in definitions if isinstance(node, TypeDefinitionNode)}
    implementing: dict[str, set[str]] = {}
    for node in by_name.values():
        if isinstance(node, ObjectTypeDefinitionNode) and node.fields:
            for interface in node.interfaces or ():
                implementing.setdefault(interface.name.value, set()).add(node.name.value)
    reachable: set[str] = set()
    waiting = {"Query"} | {
        name for node in definitions if isinstance(node, DirectiveDefinitionNode) for name in _names(node)
    }
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in reachable:
            reachable.add(name)
            waiting |= _names(by_name[name]) | implementing.get(name, set())
    return reachable


def _names(node: Node) -> set[str]:
    """Every type that a definition mentions."""
    names: set[str] = set()

    class _Mentioned(Visitor):
        def enter_named_type(self, named: NamedTypeNode, *_: object) -> None:
            names.add(named.name.value)

    visit(node, _Mentioned())
    return names
