"""The smallest query that reaches each field of the served graph, through lists where there are any."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from gateway.graph import Graph
from resolvers.links import RootKey, RootKeys, RootNodes

ITEMS = 3
"""Keys in a list of arguments, and the size of a page."""

AROUND = 4
"""Most levels below a field until there is a leaf."""


@dataclass(frozen=True, slots=True)
class Way:
    """How objects of a type are reached. ``many``: several of them."""

    fields: tuple[str, ...]
    many: bool

    def query(self, selection: str) -> str:
        for field in reversed(self.fields):
            selection = f"{field} {{ {selection} }}"
        return f"{{ {selection} }}"


class SampleQueries:
    """``first``: largest page that may be asked for."""

    def __init__(self, graph: Graph, schema: GraphQLSchema, first: int) -> None:
        self._graph = graph
        self._schema = schema
        self._items = min(ITEMS, first)
        self._ways = self._found()

    def __iter__(self) -> Iterator[str]:
        """One query for each field that can be reached, in the order of the schema."""
        for type_ in self._schema.type_map.values():
            way = self._ways.get((type_.name, True)) or self._ways.get((type_.name, False))
            if way is None or not isinstance(type_, GraphQLObjectType):
                continue
            for name, field in type_.fields.items():
                selection = self._selected(type_, name, field)
                if selection is not None:
                    yield way.query(selection)

    def _found(self) -> dict[tuple[str, bool], Way]:
        """The shortest way to each type, to one and to many of it: breadth first from ``Query``."""
        ways = {("Query", False): Way((), False)}
        waiting = deque([("Query", False)])
        while waiting:
            type_name, many = waiting.popleft()
            type_ = self._schema.type_map[type_name]
            for name, field in self._searches_first(type_) if isinstance(type_, GraphQLObjectType) else ():
                target = get_named_type(field.type)
                written = self._written(type_name, name, field)
                if written is None or not isinstance(target, GraphQLObjectType):
                    continue
                reached = target.name, many or is_list_type(get_nullable_type(field.type))
                if reached not in ways:
                    ways[reached] = Way((*ways[type_name, many].fields, written), reached[1])
                    waiting.append(reached)
        return ways

    def _searches_first(self, type_: GraphQLObjectType) -> list[tuple[str, GraphQLField]]:
        """A query that needs no key of a record answers something wherever it is tried."""
        links = self._graph.links
        return sorted(
            type_.fields.items(), key=lambda each: isinstance(links.get(f"{type_.name}.{each[0]}"), RootKey | RootKeys)
        )

    def _selected(self, type_: GraphQLObjectType, name: str, field: GraphQLField) -> str | None:
        written = self._written(type_.name, name, field)
        below = self._leaf(get_named_type(field.type), AROUND)
        if written is None or below is None:
            return None
        return f"{written} {below}".strip()

    def _leaf(self, type_: object, levels: int) -> str | None:
        """The least that can be selected below a field: of an entity something beside its key, of a page its nodes."""
        if is_leaf_type(type_):
            return ""
        if not isinstance(type_, GraphQLObjectType) or not levels:
            return None
        keys = {"id", *" ".join(self._graph.keys.get(type_.name, ())).split()}
        order = sorted(type_.fields, key=lambda name: (name != "nodes", name in keys, not self._is_leaf(type_, name)))
        for name in order:
            below = self._leaf(get_named_type(type_.fields[name].type), levels - 1)
            written = self._written(type_.name, name, type_.fields[name])
            if below is not None and written is not None:
                return f"{{ {f'{written} {below}'.strip()} }}"
        return None

    @staticmethod
    def _is_leaf(type_: GraphQLObjectType, name: str) -> bool:
        return is_leaf_type(get_named_type(type_.fields[name].type))

    def _written(self, type_name: str, name: str, field: GraphQLField) -> str | None:
        """The field with the arguments that it has to have; nothing where those cannot be made up."""
        answer = self._graph.links.get(f"{type_name}.{name}")
        if isinstance(answer, RootNodes) or name.startswith("_"):
            return None
        chosen = {key: argument for key, argument in field.args.items() if is_required_argument(argument)}
        if isinstance(answer, RootKey):
            chosen |= {key: field.args[key] for key in field.args if key != "id" and key in answer.arguments}
            chosen = dict([*chosen.items()][:1])
            if not chosen:
                return None
        if "first" in field.args:
            chosen["first"] = field.args["first"]
        return f"{name}({self._arguments(chosen)})" if chosen else name

    def _arguments(self, chosen: dict[str, GraphQLArgument]) -> str:
        return ", ".join(
            f"{key}: {self._items if key == 'first' else self._value(argument.type)}"
            for key, argument in chosen.items()
        )

    def _value(self, type_: GraphQLInputType) -> str:
        named = get_named_type(type_)
        if is_list_type(get_nullable_type(type_)):
            return f"[{', '.join(self._one(named, number) for number in range(1, self._items + 1))}]"
        return self._one(named, 1)

    def _one(self, named: object, number: int) -> str:
        if isinstance(named, GraphQLEnumType):
            return str(next(iter(named.values)))
        if isinstance(named, GraphQLInputObjectType):
            fields = {key: each.type for key, each in named.fields.items() if is_required_input_field(each)}
            return f"{{{', '.join(f'{key}: {self._value(type_)}' for key, type_ in fields.items())}}}"
        name = getattr(named, "name", "")
        return {"Int": str(number), "Float": str(number), "Boolean": "true"}.get(name, f'"{number}"')
