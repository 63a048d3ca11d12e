"""``crossdock demo``: a whole retailer on this machine, and the gateway over it. Only in a checkout."""

from __future__ import annotations

import json
import os
import shlex
import signal
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import gateway
from adapters.registration import seconds
from gateway.commands.back_office import SYSTEMS, BackOffice
from gateway.commands.failure import CommandFailure
from gateway.config.load import load

HELP = "serve the demo retailer of a checkout: ten systems and the gateway"

QUERIES = (
    (
        "Products with prices and stock",
        "{ products(first: 3) { nodes { code name variants(first: 2) { nodes { sku name "
        "price { value { amount currency } } stock { available location { name } } } } } } }",
    ),
    (
        "The latest web orders with their customers and goods",
        "{ orders(first: 3, filter: {channels: [WEB]}) { nodes { number placedAt status "
        "customer { displayName loyalty { tier points } } "
        "lines { quantity variant { sku name } } } } }",
    ),
    (
        "Customers by name, as at a call centre",
        '{ customers(search: "a", first: 3) { nodes { number displayName email orders(first: 2) { nodes { number '
        "status } } } } }",
    ),
)


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, help="port, 0 for a free one (default: 8000)")
    parser.add_argument(
        "--latency", type=latency, default=0.0, metavar="TIME", help="how long each system waits, such as 50ms"
    )
    parser.add_argument(
        "--down", type=systems, default=(), metavar="SYSTEMS", help=f"leave these unstarted: {','.join(SYSTEMS)}"
    )


def latency(text: str) -> float:
    try:
        return seconds(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from None


def systems(text: str) -> tuple[str, ...]:
    names = tuple(text.split(","))
    for name in names:
        if name not in SYSTEMS:
            raise ArgumentTypeError(f"expected some of {','.join(SYSTEMS)}, found {name}")
    return names


def run(asked: Namespace) -> int:
    from gateway.http.server import serve
    from gateway.runtime import Gateway
    from gateway.telemetry.environment import telemetry_of_process

    checkout = Path(gateway.__file__).parent.parent
    folder = checkout / "examples" / "retail"
    if not folder.is_dir():
        raise CommandFailure(f"expected a checkout with {folder}, found none: the demo is not installed with crossdock")
    with signals() as seen:
        print("starting the demo's systems ...", flush=True)
        with BackOffice(checkout, asked.latency, asked.down, lambda: bool(seen)) as office:
            found = load(folder, environ={**os.environ, **office.environment})
            headers = found.settings.graphiql.headers
            place = found.settings.server.model_copy(update={"host": "127.0.0.1", "port": asked.port, "log": "text"})
            with telemetry_of_process(place) as telemetry:
                built = Gateway.build(found, telemetry)
                serve(built, place, lambda address: announce(address, office, headers, seen), telemetry)
    return 0


@contextmanager
def signals() -> Iterator[list[int]]:
    """Those that came in, instead of an exception anywhere: one between a process's start and our knowing of it would
    leave that process behind. The server, while it runs, has handlers of its own."""
    seen: list[int] = []
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, lambda came, frame: seen.append(came)) for number in numbers}
    try:
        yield seen
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def announce(address: str, office: BackOffice, headers: Mapping[str, str], seen: Sequence[int]) -> None:
    for variable, value in sorted(office.environment.items()):
        if variable.endswith("_URL"):
            system = variable.removesuffix("_URL").lower()
            print(f"{system:>9}  {'down' if system in office.down else value}")
    print(f"{'gateway':>9}  {address}/graphql")
    for title, query in QUERIES:
        print(f"\n# {title}\n{query}")
    print(f"\n# The first of them in a terminal\n{curl(address, headers, QUERIES[0][1])}")
    print("\nCtrl-C ends it all.", flush=True)
    if seen:  # it came before the server could listen to it
        signal.raise_signal(signal.SIGTERM)


def curl(address: str, headers: Mapping[str, str], query: str) -> str:
    sent = {"Content-Type": "application/json", **headers}
    named = [word for name, value in sent.items() for word in ("-H", f"{name}: {value}")]
    return shlex.join(["curl", f"{address}/graphql", *named, "-d", json.dumps({"query": query})])
