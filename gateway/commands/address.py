"""Where the gateway may listen."""

from __future__ import annotations

from ipaddress import ip_address

from gateway.commands.failure import CommandFailure
from gateway.config.settings import Server


def check_address(server: Server) -> None:
    """Raises ``CommandFailure`` for an address that others can reach, unless the settings allow it."""
    if not server.insecure and not is_loopback(server.host):
        raise CommandFailure(
            f"expected a loopback address such as 127.0.0.1, found {server.host}: nobody has to log in, so whoever "
            "reaches it reads everything; keep it behind something that decides who may, and say so in gateway.yaml "
            "with server: {insecure: true}"
        )


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
