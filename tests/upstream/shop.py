"""A GraphQL service of another maker: products by a list argument or one by one, an order history in pages, an error
that is a member of a union. It counts the operations that it gets, and the fields at their root."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import strawberry
from graphql import OperationDefinitionNode, parse
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

PRODUCTS = {f"P{number}": number for number in range(1, 31)}


@strawberry.type
class Label:
    text: str


@strawberry.type
class Item:
    code: str
    label: Label
    weight: strawberry.Private[int]

    @strawberry.field
    def maker(self) -> str | None:
        if self.weight == 7:
            raise ValueError("ORA-00942 at 10.0.0.7")
        return "Acme"


@strawberry.type
class Blocked:
    reason: str


@strawberry.type
class Edge:
    cursor: str
    node: Item | None


@strawberry.type
class Info:
    has_next_page: bool
    has_previous_page: bool = False


@strawberry.type
class Items:
    edges: list[Edge]
    page_info: Info
    count: int


@strawberry.type
class Maker:
    name: str

    @strawberry.field
    def items(self, first: int, after: str | None = None) -> Items:
        return page([item(code) for code in PRODUCTS if self.name == "Acme"], first, after)


@strawberry.type
class Catalogue:
    items: list[Item]
    total: int


def item(code: str) -> Item:
    return Item(code=code, label=Label(text=f"Thing {code[1:]}"), weight=PRODUCTS[code])


def page(items: list[Item], first: int, after: str | None) -> Items:
    start = int(after) + 1 if after is not None else 0
    edges = [Edge(cursor=str(start + index), node=each) for index, each in enumerate(items[start : start + first])]
    return Items(edges=edges, page_info=Info(has_next_page=start + first < len(items)), count=len(items))


def end(items: list[Item], last: int, before: str | None) -> Items:
    stop = len(items) if before is None else int(before)
    start = max(0, stop - last)
    edges = [Edge(cursor=str(place), node=items[place]) for place in range(start, stop)]
    return Items(edges=edges, page_info=Info(has_next_page=False, has_previous_page=start > 0), count=len(items))


@strawberry.input
class Order:
    by: str
    descending: bool = False


@strawberry.type
class Query:
    @strawberry.field
    def items(self, codes: list[str]) -> list[Item | None]:
        """Not in the order that was asked, and without those that are not there."""
        return [item(code) for code in sorted(PRODUCTS, reverse=True) if code in codes]

    @strawberry.field
    def item(self, code: str) -> Item | Blocked | None:
        if code == "P13":
            return Blocked(reason="withdrawn")
        return item(code) if code in PRODUCTS else None

    @strawberry.field
    def maker(self, name: str) -> Maker | None:
        return Maker(name=name)

    @strawberry.field
    def every(
        self,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        maker: list[str] | None = None,
        order: Order | None = None,
    ) -> Items:
        codes = [code for code in PRODUCTS if not maker or "Acme" in maker]
        if order is not None:
            codes.sort(key=PRODUCTS.__getitem__ if order.by == "weight" else str, reverse=order.descending)
        items = [item(code) for code in codes]
        return page(items, first, after) if first is not None else end(items, last or 0, before)

    @strawberry.field
    def catalogue(self, skip: int, take: int) -> Catalogue:
        codes = list(PRODUCTS)[skip : skip + take]
        return Catalogue(items=[item(code) for code in codes], total=len(PRODUCTS))


SCHEMA = strawberry.Schema(Query)


@dataclass
class Shop:
    """``asked``: the root fields of each operation. ``broken``: a body that is answered to all, and its status."""

    asked: list[list[str]] = field(default_factory=list)
    broken: tuple[int, Any] | None = None

    def application(self) -> Starlette:
        return Starlette(routes=[Route("/graphql", self.answer, methods=["POST"])])

    async def answer(self, request: Request) -> JSONResponse:
        body = await request.json()
        [operation] = [each for each in parse(body["query"]).definitions if isinstance(each, OperationDefinitionNode)]
        self.asked.append([each.name.value for each in operation.selection_set.selections])
        if self.broken is not None:
            return JSONResponse(self.broken[1], self.broken[0])
        result = await SCHEMA.execute(body["query"], variable_values=body.get("variables"))
        errors = [{"message": each.message, "path": each.path} for each in result.errors or ()]
        return JSONResponse({"data": result.data, **({"errors": errors} if errors else {})})
