"""A small graph of its own, with every combination of lists and non-null: the declared one has but some of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from pathlib import Path
from typing import Any

from adapters.memory import MemoryAdapter, MemoryEntity, MemoryLookup
from gateway.compose import compose
from gateway.config.load import Configuration
from gateway.config.settings import Settings
from gateway.engine.engine import Engine
from gateway.engine.request import OperationRequest
from gateway.graph import Graph
from resolvers.links import Answer, GatewayValue, Reference, RootKey, RootKeys, RootNodes
from tests.engine.estate import document, registered

NESTED = {
    f"{type_.lower()}Rows{number}": f"[[{type_}{item}]{inner}]{outer}"
    for type_ in ("Int", "Part")
    for number, (item, inner, outer) in enumerate(product(("", "!"), repeat=3))
}
"""Lists in lists, by field name: an item, an inner list and the outer one may each be null or not."""

SDL = """
type Query {
  thing(code: String = "T1"): Thing
  things(codes: [String!]!): [Thing]!
  node(id: ID!): Node
  nodes(ids: [ID!]!): [Node]!
}

interface Node { id: ID! }

interface Named { name: String }

type Thing implements Node & Named {
  id: ID!
  code: String!
  name: String
  size: Int
  part: Part
  neededPart: Part!
  maker: Maker
  list: [Int]
  listOfNeeded: [Int!]
  neededList: [Int]!
  neededListOfNeeded: [Int!]!
  parts: [Part]
  partsNeeded: [Part!]
  neededParts: [Part]!
  neededPartsNeeded: [Part!]!
  NESTED
}

type Part {
  value: String
  needed: String!
  part: Part
  neededPart: Part!
}

type Maker implements Node & Named {
  id: ID!
  code: String!
  name: String
}
""".replace("NESTED", "\n  ".join(f"{name}: {type_}" for name, type_ in NESTED.items()))

LINKS: Mapping[str, Answer] = {
    "Query.thing": RootKey("Thing", {"code": "code"}),
    "Query.things": RootKeys("Thing", by="code", argument="codes"),
    "Query.node": RootNodes("id"),
    "Query.nodes": RootNodes("ids"),
    "Thing.id": GatewayValue("id"),
    "Thing.maker": Reference("Maker", by="code", via="makerCode"),
    "Maker.id": GatewayValue("id"),
}
LEVEL = {"value": "v", "needed": "n"}
PART = LEVEL | {"part": LEVEL, "neededPart": LEVEL}
BAD = "BAD_DATA"
WHOLE: dict[str, Any] = {
    "code": "T1",
    "name": "Thing",
    "size": 1,
    "makerCode": "M1",
    "part": PART,
    "neededPart": PART,
    **{name: [1, 2] for name in ("list", "listOfNeeded", "neededList", "neededListOfNeeded")},
    **{name: [[1]] if name.startswith("int") else [[LEVEL]] for name in NESTED},
    **{name: [PART, PART] for name in ("parts", "partsNeeded", "neededParts", "neededPartsNeeded")},
}
"""One Thing of which nothing is missing."""


class SmallGraph:
    """Answers over one Thing: ``WHOLE`` with these values instead, and one without anything that may be null."""

    def __init__(self, **values: Any) -> None:
        things = [WHOLE | values, {name: None for name in WHOLE} | {"code": "T2", "neededList": [], "neededPart": PART}]
        by_code = {"code": MemoryLookup()}
        fields = MemoryEntity([WHOLE]).capability().fields
        self.source = MemoryAdapter(
            "shop",
            {
                "Thing": MemoryEntity(things, by_code, fields=fields),
                "Maker": MemoryEntity([{"code": "M1", "name": "Maker"}], by_code),
            },
        )
        keys = {"Thing": ("code",), "Maker": ("code",)}
        graph = Graph(SDL, LINKS, keys, {"Thing": {"makerCode": "String"}}, {}, frozenset())
        configuration = Configuration(Path(), document("gateway.yaml"), Settings(), (registered(self.source, "PIM"),))
        composition = compose(configuration, graph)
        self.engine = Engine(composition, composition.adapters)

    async def ask(self, query: str, operation_name: str | None = None, **variables: Any) -> Any:
        """The response, of each error only its path and code."""
        answer = await self.engine.execute(OperationRequest(query, operation_name, variables))
        response: dict[str, Any] = json.loads(answer.body)
        if "errors" in response:
            response["errors"] = [(error.get("path"), error["extensions"]["code"]) for error in response["errors"]]
        return response
