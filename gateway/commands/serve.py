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
    parser.add_argument("--log", choices=("json", "text"), help="form of log lines (default: server.log, else json)")


def run(asked: Namespace) -> int:
    from gateway.http.server import serve
    from gateway.runtime import Gateway
    from gateway.telemetry.environment import telemetry_of_process

    found = configuration(asked)
    changes = {name: value for name in ("host", "port", "log") if (value := getattr(asked, name)) is not None}
    server = found.settings.server.model_copy(update=changes)
    check_address(server, found.settings.clients)

    def announce(address: str) -> None:
        print(f"{found.settings.title}: {address}/graphql", flush=True)

    with telemetry_of_process(server) as telemetry:
        serve(Gateway.build(found, telemetry), server, announce, telemetry)
    return 0
