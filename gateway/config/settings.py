"""The words of ``gateway.yaml``."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from adapters.registration import Duration, Words

SIZES = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2}


def count_of_bytes(value: object) -> int:
    """``4096``, ``512 KiB`` or ``1 MiB`` as bytes."""
    match = re.fullmatch(r"(\d+) ?(|B|KiB|MiB)", str(value).strip())
    if match is None:
        raise ValueError("expected a size such as 4096, 512 KiB or 1 MiB")
    return int(match[1]) * SIZES[match[2]]


Size = Annotated[
    int,
    BeforeValidator(count_of_bytes, json_schema_input_type=str | int),
    Field(gt=0, description="A size such as 4096, 512 KiB or 1 MiB."),
]
Coordinate = Annotated[str, Field(pattern=r"^[A-Z]\w*(\.[a-z]\w*)?$")]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
Constant = Annotated[str, Field(coerce_numbers_to_str=True)]
Default = Literal["channel", "currency", "country", "location", "customer_group", "locale"]


class Defaults(Words):
    """What a request means where neither its arguments nor its headers say."""

    channel: str | None = Field(None, description="Sales channel, as the graph names it.")
    currency: str | None = Field(None, pattern=r"^[A-Z]{3}$", description="ISO 4217 code.")
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$", description="ISO 3166 code.")
    location: str | None = Field(None, description="Code of a location.")
    customer_group: str | None = Field(None, description="Group whose prices count.")
    locale: str = Field("en", pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$", description="BCP 47 tag.")


class OperationLimits(Words):
    """What one operation may cost before it is refused, or cut off with what has arrived."""

    deadline: Duration = Field(5.0, validate_default=False, description="Time for the whole operation.")
    first: int = Field(1000, gt=0, description="Largest page.")
    keys: int = Field(1000, gt=0, description="Most keys in one argument list.")
    list: int = Field(100, gt=0, description="Length that a list field without pages is planned with, see `bounds`.")
    tokens: int = Field(10_000, gt=0, description="Most lexical tokens of a document.")
    depth: int = Field(30, gt=0, description="Deepest nesting of selections.")
    repeats: int = Field(
        300, gt=0, description="Most selections under one name in a document; comparing them costs their square."
    )
    errors: int = Field(100, gt=0, description="Most error entries of one answer; the rest are counted.")
    body: Size = Field(1024**2, validate_default=False, description="Largest request body, or query of an address.")


class Server(Words):
    """Where the gateway listens."""

    host: str = Field("127.0.0.1", description="Address; any but a loopback address needs `insecure: true`.")
    port: int = Field(8000, ge=0, le=65535, description="0 takes a free one.")
    insecure: bool = Field(False, description="Listen beyond this machine although nobody has to log in.")
    trace: bool = Field(True, description="Answer requests for `extensions.trace`: what an operation took.")
    drain: Duration | None = Field(
        None, description="How long to go on serving after SIGTERM while /readyz says no, so that a balancer can react."
    )


class Kept(Words):
    """Where answers are kept, see `cache:` of the registrations."""

    url: str | None = Field(None, repr=False, description="Valkey or Redis for what is shared: `redis://host:6379/0`.")
    entries: int = Field(100_000, gt=0, description="Most answers in this process's memory.")
    size: Size = Field(64 * 1024**2, validate_default=False, description="Most bytes in this process's memory.")


class Settings(Words):
    """All of ``gateway.yaml``; an empty file is a working one."""

    version: Literal[1] = 1
    title: str = "crossdock"
    routes: dict[Coordinate, str] = Field({}, description="Entity or field -> the source that answers it.")
    defaults: Defaults = Defaults()
    headers: dict[HeaderName, Default] = Field({}, description="Request header -> the default it sets.")
    bounds: dict[Coordinate, Annotated[int, Field(gt=0)]] = Field(
        {}, description="List field -> the length that worst cases are planned with."
    )
    constants: dict[str, Constant] = Field({}, description="Values that computed fields read; numbers become text.")
    limits: OperationLimits = OperationLimits()
    cache: Kept = Kept()
    server: Server = Server()
