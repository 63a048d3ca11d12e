"""The other subgraph of the tests: reviews of variants, which it knows by nothing but their keys."""

from __future__ import annotations

import strawberry
from starlette.applications import Starlette
from strawberry.asgi import GraphQL

STARS = {"A11": 5, "A12": 2, "A21": 4}


@strawberry.federation.type(keys=["sku"])
class Variant:
    sku: str

    @strawberry.field
    def stars(self) -> int | None:
        return STARS.get(self.sku)

    @classmethod
    def resolve_reference(cls, sku: str) -> Variant:
        return cls(sku=sku)


@strawberry.federation.type(keys=["code"])
class Product:
    code: str

    @strawberry.field
    def tested(self) -> bool:
        return True

    @classmethod
    def resolve_reference(cls, code: str) -> Product:
        return cls(code=code)


@strawberry.type
class Query:
    @strawberry.field
    def reviewed(self) -> list[Variant | None]:
        return [Variant(sku=sku) for sku in (*STARS, "GONE")]


SCHEMA = strawberry.federation.Schema(Query, types=[Product], federation_version="2.9")


def reviews_sdl() -> str:
    return SCHEMA.as_str()


def reviews() -> Starlette:
    application = Starlette()
    application.mount("/", GraphQL(SCHEMA))
    return application
