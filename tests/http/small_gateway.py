"""A gateway over a small graph, executed by graphql-core: what the edge has behind it in these tests."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import GraphQLError, build_schema, execute, get_operation_ast, parse, validate
from graphql.execution import get_variable_values

from adapters.spi import Key
from cache.store import StoreFailed
from gateway.config.settings import Settings
from gateway.engine.request import Answer, OperationRequest

SDL = """\
type Query {
  hello(name: String = "world"): String
  key(id: ID!): ID!
  broken: String!
}

type Mutation {
  hello: String
}
"""
SCHEMA = build_schema(SDL)


class Root:
    def hello(self, info: object, name: str = "") -> str:
        return f"hello {name}"

    def key(self, info: object, id: str) -> str:
        return id

    def broken(self, info: object) -> str:
        raise GraphQLError("broken")


@dataclass(frozen=True, slots=True)
class Health:
    role: str
    kind: str
    up: bool
    code: str | None = None


@dataclass
class SmallGateway:
    """Remembers the requests that it got, what was made invalid, and whether it was closed."""

    settings: Settings = field(default_factory=Settings)
    served_sdl: str = SDL
    lookups: Mapping[str, Collection[str]] = field(
        default_factory=lambda: {"Product": {"code", "id"}, "StockLevel": {"sku", "sku locationCode"}, "Brand": set()}
    )
    requests: list[OperationRequest] = field(default_factory=list)
    invalidated: list[tuple[str, str | None, Sequence[Key]]] = field(default_factory=list)
    closed: bool = False

    async def execute(self, request: OperationRequest) -> Answer:
        self.requests.append(request)
        try:
            data = await self.executed(request)
        except Refused as refused:
            return Answer(orjson.dumps({"errors": [error.formatted for error in refused.errors]}), executed=False)
        return Answer(orjson.dumps(data), executed=True)

    async def executed(self, request: OperationRequest) -> Mapping[str, Any]:
        """As the specification has it: parse, validate, coerce the variables, execute."""
        try:
            document = parse(request.query, max_tokens=self.settings.limits.tokens)
        except GraphQLError as error:
            raise Refused(error) from None
        if errors := validate(SCHEMA, document):
            raise Refused(*errors)
        operation = get_operation_ast(document, request.operation_name)
        if operation is None:
            raise Refused(GraphQLError("Unknown operation."))
        variables = dict(request.variables)
        coerced = get_variable_values(SCHEMA, operation.variable_definitions or (), variables)
        if isinstance(coerced, list):
            raise Refused(*coerced)
        result = execute(SCHEMA, document, Root(), variable_values=variables, operation_name=request.operation_name)
        return result.formatted  # type: ignore[union-attr]  # no resolver here is asynchronous

    async def invalidate(self, entity: str, by: str | None, keys: Sequence[Key]) -> None:
        self.invalidated.append((entity, by, keys))

    async def health(self) -> Mapping[str, Health]:
        return {"crm": Health("CRM", "soap", up=True), "wms": Health("WMS", "sql", up=False, code="UNAVAILABLE")}

    async def aclose(self) -> None:
        self.closed = True


class Refused(Exception):
    def __init__(self, *errors: GraphQLError) -> None:
        super().__init__(*errors)
        self.errors = errors


class ForgetfulGateway(SmallGateway):
    async def invalidate(self, entity: str, by: str | None, keys: Sequence[Key]) -> None:
        raise StoreFailed("canary-7 is in the detail")


class DefectiveGateway(SmallGateway):
    async def execute(self, request: OperationRequest) -> Answer:
        raise RuntimeError("canary-7 is in the detail")
