"""The words of ``gateway.yaml``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, field_validator

from adapters.registration import Duration, Words, in_folder
from gateway.config.identity import IdentityWords
from gateway.config.routing import Route
from gateway.graphiql.examples import read_examples

SIZE = r"^[0-9]+ ?(B|KiB|MiB)?$"
SIZES = {"": 1, "B": 1, "KiB": 1024, "MiB": 1024**2}


def count_of_bytes(value: object) -> int:
    """``4096``, ``512 KiB`` or ``1 MiB`` as bytes."""
    text = str(value).strip()
    match = re.fullmatch(SIZE, text)
    if match is None:
        raise ValueError("expected a size such as 4096, 512 KiB or 1 MiB")
    unit = match[1] or ""
    return int(text.removesuffix(unit)) * SIZES[unit]


SizeOrNone = Annotated[
    int,
    BeforeValidator(count_of_bytes, json_schema_input_type=Annotated[str, Field(pattern=SIZE)] | int),
    Field(description="A size such as 4096, 512 KiB or 1 MiB."),
]
Size = Annotated[SizeOrNone, Field(gt=0)]
Coordinate = Annotated[str, Field(pattern=r"^[A-Z]\w*(\.[a-z]\w*)?$")]
TypeName = Annotated[str, Field(pattern=r"^[A-Z]\w*$")]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
Constant = Annotated[
    str,
    Field(coerce_numbers_to_str=True),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "number"}]}, mode="validation"),
]
CLIENT_NAME = r"^[A-Za-z][A-Za-z0-9._-]{0,63}$"
ClientName = Annotated[str, Field(pattern=CLIENT_NAME)]


def hash_of_key(value: str) -> str:
    """Told apart from a key that somebody wrote here in the clear, which no report may repeat."""
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", value):
        raise ValueError("expected sha256: and 64 hexadecimal digits, as `crossdock key NAME` prints")
    return value


def long_secret(value: str) -> str:
    """Long enough not to be guessed."""
    if len(value) < 32:
        raise ValueError("expected a secret of at least 32 characters")
    return value


def origin(value: str) -> str:
    """As browsers send it, or ``*``: anything else would never be equal to an ``Origin`` header."""
    if value != "*" and not re.fullmatch(r"[a-z][a-z0-9+.-]*://[a-z0-9.\[\]:_-]*[a-z0-9\]]", value):
        raise ValueError("expected an origin such as https://shop.example, in lower case and without a path, or *")
    return value


def folder_of_examples(value: Path) -> Path:
    if not value.is_dir():
        raise ValueError("expected a folder that is there")
    read_examples(value)
    return value


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
    calls: int | None = Field(None, gt=0, description="Most calls that one operation may cost, at worst.")
    records: int | None = Field(None, gt=0, description="Most records that one operation may ask for, at worst.")
    list: int = Field(100, gt=0, description="Length that a list field without pages is planned with, see `bounds`.")
    tokens: int = Field(10_000, gt=0, description="Most lexical tokens of a document.")
    depth: int = Field(30, gt=0, description="Deepest nesting of selections.")
    repeats: int = Field(
        300, gt=0, description="Most selections under one name in a document; comparing them costs their square."
    )
    fields: int = Field(
        2000, gt=0, description="Most fields of an operation, counted wherever their fragments are spread."
    )
    errors: int = Field(100, gt=0, description="Most error entries of one answer; the rest are counted.")
    body: Size = Field(1024**2, validate_default=False, description="Largest request body, or query of an address.")


class Server(Words):
    """Where the gateway listens."""

    host: str = Field("127.0.0.1", description="Address; any but a loopback address needs `clients`.")
    port: int = Field(8000, ge=0, le=65535, description="0 takes a free one.")
    insecure: bool = Field(False, description="Listen beyond this machine although nobody needs a key.")
    trace: bool = Field(
        True, description="Answer requests for `extensions.trace` and `extensions.cost`: what an operation took."
    )
    metrics: bool = Field(True, description="Measure, and answer `/metrics` with it, as Prometheus reads it.")
    log: Literal["json", "text"] = Field("json", description="How log lines are written, one for each request.")
    drain: Duration | None = Field(
        None, description="How long to go on serving after SIGTERM while /readyz says no, so that a balancer can react."
    )


class Kept(Words):
    """Where answers are kept, see `cache:` of the registrations."""

    url: str | None = Field(None, repr=False, description="Valkey or Redis for what is shared: `redis://host:6379/0`.")
    entries: int = Field(100_000, gt=0, description="Most answers in this process's memory.")
    size: Size = Field(64 * 1024**2, validate_default=False, description="Most bytes in this process's memory.")
    answers: SizeOrNone = Field(
        16 * 1024**2,
        validate_default=False,
        description="Most bytes of whole answers, which are given again while all that is in them is fresh; `0`: none.",
    )
    documents: Size = Field(
        32 * 1024**2,
        validate_default=False,
        description="Most bytes of documents with their plans, which are kept too.",
    )


class Client(Words):
    """Who may come in: a program or a team, known by a key of its own."""

    key: Annotated[str, AfterValidator(hash_of_key)] = Field(
        repr=False, description="`sha256:` and the hexadecimal SHA-256 of the key; `crossdock key NAME` makes both."
    )
    admin: bool = Field(False, description="May use `/admin/` too.")


class CrossOrigin(Words):
    """Which web pages of other origins may ask (CORS). Cookies and the like are never part of it."""

    origins: list[Annotated[str, AfterValidator(origin)]] = Field(
        min_length=1, description='Exact origins such as `https://shop.example`; `"*"`: any.'
    )
    max_age: Duration = Field(600.0, validate_default=False, description="How long browsers may believe it.")


class GraphiQLPage(Words):
    """The page for browsers at `/graphql`."""

    headers: dict[HeaderName, str] = Field(
        {}, repr=False, description="What the header editor starts with; everybody who gets the page can read it."
    )
    examples: Annotated[Path, AfterValidator(folder_of_examples), BeforeValidator(in_folder)] | None = Field(
        None, description="Folder of example operations; a relative name starts at the folder of this file."
    )


class Settings(Words):
    """All of ``gateway.yaml``; an empty file is a working one."""

    version: Literal[1] = Field(1, description="Version of these words.")
    title: str = Field("crossdock", description="What it is called when it starts.")
    routes: dict[Coordinate, Route] = Field(
        {}, description="Type or field -> the source that answers it, several that stand in for one another, or merged."
    )
    identity: dict[TypeName, IdentityWords] = Field(
        {}, description="Type -> how several systems' records of one thing belong together."
    )
    defaults: Defaults = Field(Defaults(), description="What a request means where it does not say.")
    headers: dict[HeaderName, Default] = Field({}, description="Request header -> the default it sets.")
    bounds: dict[Coordinate, Annotated[int, Field(gt=0)]] = Field(
        {}, description="List field -> the length that worst cases are planned with."
    )
    constants: dict[str, Constant] = Field({}, description="Values that computed fields read; numbers become text.")
    limits: OperationLimits = Field(OperationLimits(), description="What one operation may cost.")
    cache: Kept = Field(Kept(), description="Where answers are kept.")
    server: Server = Field(Server(), description="Its address and port, and how it ends.")
    cursor_secret: Annotated[str, AfterValidator(long_secret)] | None = Field(
        None,
        repr=False,
        description="Seals the cursors of merged lists; the same for all processes that serve this graph. Without one, "
        "a cursor is good in the process that made it.",
    )
    clients: dict[ClientName, Client] = Field({}, description="Who may come in; with none, everybody who gets here.")
    cors: CrossOrigin | None = Field(None, description="Web pages of other origins that may ask; without it, none.")
    federation: bool = Field(
        False, description="Be a subgraph of an Apollo Federation: answer the `_service` and `_entities` of a router."
    )
    graphiql: GraphiQLPage = Field(GraphiQLPage(), description="The page for browsers.")

    @field_validator("clients")
    @classmethod
    def each_has_its_own_key(cls, clients: dict[str, Client]) -> dict[str, Client]:
        names: dict[str, str] = {}
        for name, client in clients.items():
            if names.setdefault(client.key, name) != name:
                raise ValueError(f"expected a key of its own for each client: {names[client.key]} and {name} share one")
        return clients
