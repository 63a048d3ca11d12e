"""``crossdock serve``: the gateway on a port."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from gateway.commands.address import check_address
from gateway.commands.options import add_configuration, configuration

HELP = "serve the graph over HTTP"


def add_arguments(parser: ArgumentParser) -> None:
    add_configuration(parser)
    parser.add_argument("--host", help="address to listen on (default: server.host of gateway.yaml, else 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port, 0 for a free one (default: server.port, else 8000)")


def run(asked: Namespace) -> int:
    from gateway.http.server import serve
    from gateway.runtime import Gateway

    found = configuration(asked)
    changes = {name: value for name in ("host", "port") if (value := getattr(asked, name)) is not None}
    server = found.settings.server.model_copy(update=changes)
    check_address(server, found.settings.clients)
    serve(Gateway.build(found), server, lambda address: print(f"{found.settings.title}: {address}/graphql", flush=True))
    return 0
