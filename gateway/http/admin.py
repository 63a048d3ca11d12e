"""``POST /admin/invalidate``: what is kept of an entity is asked for anew.

``{"entity": "Product"}`` all of it, or ``{"entity": "Product", "by": "code", "keys": ["ST00001"]}`` what concerns these
keys of this lookup; a key of several parts is a list. Answered with 204 once every store has heard of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from ipaddress import ip_address
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from adapters.problems import nearest
from adapters.spi import Key
from cache.store import StoreFailed
from gateway.http import media_types
from gateway.http.body import read_body
from gateway.http.clients import Clients
from gateway.http.contract import Gateway
from gateway.http.parameters import from_json, json_type
from gateway.http.refusal import Disconnected, Refusal

MEMBERS = ("entity", "by", "keys")
LONGEST_NAME = 60
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip")

Lookups = Mapping[str, Collection[str]]
"""Entity -> the names of its lookups."""


class Invalidation(NamedTuple):
    entity: str
    by: str | None = None
    keys: tuple[Key, ...] = ()


def invalidate_route(gateway: Gateway, clients: Clients) -> Route:
    async def invalidate(request: Request) -> Response:
        check_is_admin(request, clients)
        try:
            asked = invalidation(await json_object(request, gateway), gateway.lookups)
            await gateway.invalidate(*asked)
        except Disconnected:
            pass  # nobody is there to read this answer
        except StoreFailed:
            raise Refusal(503, "Expected every cache store to hear of it; one did not. Send it again.") from None
        return Response(status_code=204)

    return Route("/admin/invalidate", invalidate, methods=["POST"])


def check_is_admin(request: Request, clients: Clients) -> None:
    """A client with ``admin: true``; where nobody needs a key, somebody on this very machine."""
    caller = clients.caller(dict(request.headers))
    if caller.known and not caller.admin:
        raise Refusal(403, f"Expected a client with admin: true, found {caller.principal.name}.")
    if not caller.known and not is_of_this_machine(request):
        raise Refusal(403, "Expected a client with admin: true; without clients, a request from the same machine.")


def is_of_this_machine(request: Request) -> bool:
    """Not so where a proxy on this machine says that it asks for somebody else."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


async def json_object(request: Request, gateway: Gateway) -> Mapping[str, Any]:
    limits, headers = gateway.settings.limits, request.headers
    media_types.check_request_type(headers.get("content-type"), headers.get("content-encoding"))
    length = headers.get("content-length")
    found = from_json(await read_body(request.receive, length, limits.body, limits.deadline), "the body")
    if not isinstance(found, dict):
        raise Refusal(400, f"Expected a JSON object with the member entity, found {json_type(found)}.")
    for name in found:
        if name not in MEMBERS:
            raise Refusal(400, f"Expected the members {', '.join(MEMBERS)}, found {name}.")
    return found


def invalidation(found: Mapping[str, Any], lookups: Lookups) -> Invalidation:
    entity = one_of(found.get("entity"), lookups, "entity")
    if found.get("by") is None:
        if found.get("keys") is not None:
            raise Refusal(400, f"Expected in by the lookup that the keys are of, {one_in(lookups[entity])}.")
        return Invalidation(entity)
    by = one_of(found["by"], lookups[entity], "by")
    if found.get("keys") is None:
        return Invalidation(entity)
    return Invalidation(entity, by, keys_of(found["keys"], by))


def one_of(value: object, known: Collection[str], member: str) -> str:
    if isinstance(value, str) and value in known:
        return value
    found, near = json_type(value), ""
    if isinstance(value, str):
        found, near = value[:LONGEST_NAME], nearest(value, known)
    raise Refusal(400, f"Expected in {member} {one_in(known)}; found {found}{f', {near}' if near else '.'}")


def one_in(names: Collection[str]) -> str:
    return f"one of {', '.join(sorted(names))}" if names else "nothing, as there are none"


def keys_of(value: object, by: str) -> tuple[Key, ...]:
    if not isinstance(value, list) or not value:
        found = "an empty one" if value == [] else json_type(value)
        raise Refusal(400, f"Expected in keys a list of keys, found {found}; without keys all of the entity is meant.")
    return tuple(key_of(key, by.split()) for key in value)


def key_of(value: object, parts: list[str]) -> Key:
    if len(parts) == 1 and is_part(value):
        return value  # type: ignore[return-value]  # is_part has just told
    if len(parts) > 1 and isinstance(value, list) and len(value) == len(parts) and all(map(is_part, value)):
        return tuple(value)
    each = "a text or a number" if len(parts) == 1 else f"a list of {', '.join(parts)}"
    raise Refusal(400, f"Expected as key {each}, found {json_type(value)}.")


def is_part(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)
