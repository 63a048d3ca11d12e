"""Where the gateway may listen."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address

from gateway.commands.failure import CommandFailure
from gateway.config.settings import Server


def check_address(server: Server, clients: Collection[str]) -> None:
    """Raises ``CommandFailure`` for an address that others can reach, unless there are ``clients``, who need a key, or
    the settings allow it."""
    if not clients and not server.insecure and not is_loopback(server.host):
        raise CommandFailure(
            f"expected a loopback address such as 127.0.0.1, found {server.host}: nobody needs a key, so whoever "
            "reaches it reads everything; name who may in clients: of gateway.yaml (crossdock key NAME makes a key "
            "and the line), or keep it behind something that decides who may, and say so with server: {insecure: true}"
        )


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
