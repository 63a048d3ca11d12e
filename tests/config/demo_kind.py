"""A kind of system as its author registers it, with one of everything that a registration may hold."""

from __future__ import annotations

from typing import Literal, NoReturn

from pydantic import Field, SecretStr

from adapters.registration import Duration, Entity, Kind, LocalFile, LookupSpec, SearchSpec, Source, Words


class TableLookup(LookupSpec):
    table: str


class QueryLookup(LookupSpec):
    query: str
    timeout: Duration | None = None


class Login(Words):
    user: str
    password: SecretStr


class DemoSource(Source):
    kind: Literal["demo"]
    url: str
    contract: LocalFile | None = None
    auth: Login | None = None
    entities: dict[str, Entity[TableLookup | QueryLookup, SearchSpec]] = Field({})


def build(registration: object, types: object) -> NoReturn:
    raise AssertionError("reading a configuration builds nothing")


KINDS = {"demo": Kind("demo", DemoSource, build), "demo2": Kind("demo2", DemoSource, build)}
