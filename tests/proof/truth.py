"""The truth: what an operation answers, by graphql-core's own executor and the plainest resolvers there can be.

Every field is resolved by itself, record by record, by reading literally how the graph says it is answered
(``resolvers.links``). There is no plan and no batch, and nothing is shared with the engine but the form of ids and
cursors and the graph's own pure functions.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, cast

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    execute_sync,
    get_named_type,
    is_leaf_type,
    is_non_null_type,
)

from adapters.spi import BadData, Record
from gateway.compose import Composition
from gateway.engine import ids
from resolvers.links import Children, Computed, Connection, Context, GatewayValue, Local, Reference, Values
from tests.proof.failure import Failure, Fault, faults
from tests.proof.linked import Linked
from tests.proof.paged import EDGE, Paged
from tests.proof.reading import Thing, plain, readable
from tests.proof.required import Required
from tests.proof.roots import Roots

ORIGIN = "\0origin"
"""Marks a value that a local function was given, to find its errors again."""


class Truth:
    """The answers of one request. ``seen`` counts the ways in which fields were answered."""

    def __init__(self, composition: Composition, required: Required, context: Context, seen: Counter[str]) -> None:
        self.composition = composition
        self.context = context
        self.required = required
        self.seen = seen
        self.linked = Linked(composition, seen)
        self.paged = Paged(self.linked, composition.settings.limits.first)
        self.roots = Roots(self.linked, self.paged)

    def answer(
        self, schema: GraphQLSchema, document: DocumentNode, operation_name: str | None, variables: Mapping[str, Any]
    ) -> ExecutionResult:
        return self._execute(schema, document, None, dict(variables), operation_name)

    def _execute(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        root: Thing | None,
        variables: dict[str, Any] | None = None,
        operation_name: str | None = None,
    ) -> ExecutionResult:
        return execute_sync(
            schema,
            document,
            root,
            variable_values=variables,
            operation_name=operation_name,
            field_resolver=self.resolve,
            type_resolver=lambda thing, *_: thing.type_name,
        )

    def resolve(self, thing: Thing | None, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        """The resolver of every field."""
        link = self.composition.graph.links.get(f"{info.parent_type.name}.{info.field_name}")
        if thing is None:
            return self.roots.answer(info.field_name, link, arguments)
        if link is not None and not isinstance(link, Local) and self._gives(thing, info.field_name):
            self.seen[f"{type(link).__name__}, given by a source itself"] += 1
            link = None
        match link:
            case GatewayValue(what="id"):
                return self._id(thing)
            case GatewayValue():
                return self._provenance(thing.record)
            case Computed():
                return self._computed(link, thing, info, arguments)
            case Reference():
                return self.linked.reference(link, thing, info, arguments)
            case Children():
                rows = self.linked.children(link, thing, arguments)
                return rows if link.choose is None or rows is None else self._chosen(link, rows, arguments)
            case Connection():
                return self.paged.connection(link, thing, arguments)
        given = self.linked.given(thing, info.field_name)
        value = given.values.get(info.field_name)
        if isinstance(link, Local):
            value = self._finished(link, value, arguments)
        if value is None and given.record and is_non_null_type(info.return_type):
            raise BadData(given.record.source, f"no value for {info.parent_type.name}.{info.field_name}")
        return self._shown(value, given.record, info.return_type)

    # ------------------------------------------------------------ values

    def _gives(self, thing: Thing, name: str) -> bool:
        """Whether a source gives the field itself; that goes before any other way to answer it."""
        if thing.whole:
            return (thing.type_name, name) in self.composition.routes.fields
        return name in thing.values

    def _shown(self, value: Any, record: Record | None, type_: GraphQLOutputType) -> Any:
        """Objects of the graph for the mappings in a record; errors stay where they are, for the executor to find."""
        named = get_named_type(type_)
        if is_leaf_type(named):
            return value
        if isinstance(value, list):
            return [self._shown(item, record, type_) for item in value]
        return Thing(named.name, value, record) if isinstance(value, Mapping) else value

    def _id(self, thing: Thing) -> str | None:
        self.seen["GatewayValue, id"] += 1
        key = self.linked.key(thing, " ".join(self.composition.graph.canonical_key(thing.type_name) or ()))
        return None if key is None else ids.id_of(thing.type_name, *(key if isinstance(key, tuple) else (key,)))

    def _provenance(self, record: Record | None) -> Thing | None:
        self.seen["GatewayValue, provenance"] += 1
        if record is None:
            return None
        role = self.composition.roles[record.source]
        return Thing(
            "Provenance", {"source": record.source, "role": role, "asOf": record.as_of, "stale": record.stale}, record
        )

    # ------------------------------------------------------------ functions of the graph

    def _finished(self, link: Local, value: Any, arguments: Values) -> Any:
        """A local function gets plain values; what it leaves as it was keeps its errors."""
        self.seen["Local"] += 1
        if value is None or isinstance(value, Exception):
            return value
        if not isinstance(value, list):
            return self._pure(link.finish, plain(value), arguments)
        items = [{**plain(item), ORIGIN: item} if isinstance(item, Mapping) else plain(item) for item in value]
        return [with_errors(item) for item in self._pure(link.finish, items, arguments)]

    def _computed(self, link: Computed, thing: Thing, info: GraphQLResolveInfo[Any], arguments: Values) -> Any:
        """What it requires is asked like a client's operation that has this object for a root."""
        type_ = info.parent_type
        if thing.type_name == EDGE:  # from its node, by the arguments of the connection
            self.seen["Computed, of an edge"] += 1
            type_ = cast(GraphQLObjectType, get_named_type(type_.fields["node"].type))
            thing, arguments = thing.values["node"], thing.values["arguments"]
        document = self.required.document(type_, link.requires)
        result = self._execute(self.required.rooted(type_), document, thing)
        failed = [error for error in result.errors or () if not is_optional(error, link)]
        if result.errors:
            self.seen["Computed without what it requires" if failed else "Computed without what is optional"] += 1
        if failed or result.data is None:
            raise Failure(*(fault for error in failed for fault in faults(error)))
        self.seen["Computed"] += 1
        return self._shown(self._pure(link.compute, result.data, arguments), thing.record, info.return_type)

    def _chosen(self, link: Children, rows: list[Thing], arguments: Values) -> Thing | None:
        """One of the rows. Where what the choice depends on cannot be read there is none."""
        self.seen["Children, one of them chosen"] += 1
        for row in rows:
            for name in link.reads:
                readable(row.values.get(name))
        values = [plain(row.values) for row in rows]
        chosen = self._pure(lambda rows, *asked: link.choose and link.choose(*asked)(rows), values, arguments)
        return next((row for row, value in zip(rows, values, strict=True) if value is chosen), None)

    def _pure(self, function: Callable[..., Any], value: Any, arguments: Values) -> Any:
        try:
            return function(value, arguments, self.context)
        except Exception as error:
            raise Failure(Fault("INTERNAL", "gateway")) from error


def is_optional(error: GraphQLError, link: Computed) -> bool:
    """Whether an error lies in what a computed field can do without."""
    names = [key for key in error.path or () if isinstance(key, str)]
    return any(".".join(names[:end]) in link.optional for end in range(1, len(names) + 1))


def with_errors(item: Any) -> Any:
    """What came out of a local function, with the errors of the item that it was made from."""
    origin = item.get(ORIGIN) if isinstance(item, Mapping) else None
    if origin is None:
        return item
    return {
        name: origin[name] if name in origin and plain(origin[name]) == value else value
        for name, value in item.items()
        if name != ORIGIN
    }
