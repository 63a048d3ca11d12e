"""Login sessions: one login per expiry, whoever asks and whoever gives up."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest
from lxml import etree
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from adapters.session import Granted, Session
from adapters.soap.adapter import SoapAdapter
from adapters.soap.build import build
from adapters.spi import Lookup, LookupResult, TimedOut, Unavailable
from tests.adapters.soap_shop import SHOP, TYPES, Heard, Shop, envelope, item, items, source, write, xml

LOGIN: dict[str, Any] = {
    "operation": "Login",
    "arguments": {"User": "dock", "Password": "sesame"},
    "token": "Token",
    "renew_on": [5],
}
REQUEST = Lookup("Item", "sku", ["A1"], frozenset({"name"}))
EXPIRED = envelope(
    "<e:Fault><faultcode>5</faultcode><faultstring>Session expired. Try to relogin.</faultstring></e:Fault>"
)


class Guarded(Shop):
    """Takes only the newest token, which the header carries, until ``expire``; every answer takes a moment."""

    def __init__(self) -> None:
        super().__init__(self.reply)
        self.logins = 0
        self.open = False
        self.broken = False

    def expire(self) -> None:
        self.open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0.005)
        await super().__call__(scope, receive, send)

    def reply(self, heard: Heard) -> Response:
        root = etree.fromstring(heard.body)
        if root.find(f".//{{{SHOP}}}Login") is not None:
            self.logins += 1
            self.open = True
            token = "" if self.broken else f"T{self.logins}"
            return xml(envelope(f'<LoginResponse xmlns="{SHOP}"><Token>{token}</Token></LoginResponse>'))
        if not self.open or root.findtext(f".//{{{SHOP}}}Session/{{{SHOP}}}Id") != f"T{self.logins}":
            return xml(EXPIRED, 500)
        return xml(items(item("A1", "<Name>one</Name>")))


def connected(tmp_path: Path, shop: Shop, **words: Any) -> SoapAdapter:
    registration = source(write(tmp_path), auth={"login": {**LOGIN, **words}}, headers={"Session": {"Id": "$token"}})
    return build(registration, TYPES, httpx.ASGITransport(app=shop))


def answered(result: LookupResult | BaseException) -> bool:
    return isinstance(result, LookupResult) and result.found["A1"].values["name"] == "one"


@pytest.mark.quirk("S8")
async def test_two_hundred_calls_make_one_login_per_expiry(tmp_path: Path) -> None:
    shop = Guarded()
    made = connected(tmp_path, shop)
    for logins in (1, 2, 3):
        results = await asyncio.gather(*(made.lookup(REQUEST) for _ in range(200)))
        assert all(map(answered, results)) and shop.logins == logins
        shop.expire()


@pytest.mark.quirk("S8")
async def test_a_session_that_ends_while_calls_are_under_way_is_renewed_once(tmp_path: Path) -> None:
    shop = Guarded()
    made = connected(tmp_path, shop)
    await made.lookup(REQUEST)
    calls = [asyncio.create_task(made.lookup(REQUEST)) for _ in range(100)]
    await asyncio.sleep(0)
    shop.expire()
    late = [asyncio.create_task(made.lookup(REQUEST)) for _ in range(100)]
    assert all(map(answered, await asyncio.gather(*calls, *late)))
    assert shop.logins == 2


async def test_who_gives_up_does_not_take_the_login_along(tmp_path: Path) -> None:
    shop = Guarded()
    made = connected(tmp_path, shop)
    first, *others = [asyncio.create_task(made.lookup(REQUEST)) for _ in range(10)]
    await asyncio.sleep(0.001)
    first.cancel()
    results = await asyncio.gather(first, *others, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError) and all(map(answered, results[1:]))
    assert shop.logins == 1


async def test_a_system_that_never_takes_its_own_token_is_asked_twice_and_no_more(tmp_path: Path) -> None:
    class Stubborn(Guarded):
        def reply(self, heard: Heard) -> Response:
            answer = super().reply(heard)
            self.expire()
            return answer

    shop = Stubborn()
    with pytest.raises(Unavailable, match="SOAP fault 5"):
        await connected(tmp_path, shop).lookup(REQUEST)
    assert (shop.logins, len(shop.heard)) == (2, 4)


async def test_a_fault_that_is_not_registered_for_it_makes_no_login(tmp_path: Path) -> None:
    shop = Guarded()
    made = connected(tmp_path, shop, renew_on=["7"])
    await made.lookup(REQUEST)
    shop.expire()
    with pytest.raises(Exception, match="SOAP fault"):
        await made.lookup(REQUEST)
    assert shop.logins == 1


async def test_a_token_is_renewed_when_its_time_is_over(tmp_path: Path) -> None:
    """Before the system says so: no call is made in vain."""
    shop = Guarded()
    made = connected(tmp_path, shop, ttl="100ms")
    await made.lookup(REQUEST)
    await made.lookup(REQUEST)
    assert (shop.logins, len(shop.heard)) == (1, 3)
    await asyncio.sleep(0.11)
    await made.lookup(REQUEST)
    assert (shop.logins, len(shop.heard)) == (2, 5)


async def test_a_login_without_a_token_is_told_and_tried_again_next_time(tmp_path: Path) -> None:
    shop = Guarded()
    shop.broken = True
    made = connected(tmp_path, shop)
    results = await asyncio.gather(*(made.lookup(REQUEST) for _ in range(5)), return_exceptions=True)
    assert {str(result) for result in results} == {
        "BAD_DATA from shop: expected a token at Token in the login's reply, found none"
    }
    assert shop.logins == 1
    shop.broken = False
    assert answered(await made.lookup(REQUEST))


async def test_a_slow_login_ends_at_the_source_s_own_limit(tmp_path: Path) -> None:
    async def asleep(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(5)

    registration = source(
        write(tmp_path), auth={"login": LOGIN}, headers={"Session": {"Id": "$token"}}, limits={"timeout": "50ms"}
    )
    with pytest.raises(TimedOut):
        await build(registration, TYPES, httpx.ASGITransport(app=asleep)).lookup(REQUEST)


async def test_closing_ends_a_login_under_way(tmp_path: Path) -> None:
    made = connected(tmp_path, Guarded())
    call = asyncio.create_task(made.lookup(REQUEST))
    await asyncio.sleep(0.001)
    await made.aclose()
    with pytest.raises(Unavailable, match="closed during a login"):
        await call
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "crossdock login"]


async def test_a_login_that_nobody_waits_for_any_more_is_given_up() -> None:
    begun = asyncio.Semaphore(0)
    lost = True

    async def login() -> Granted[str]:
        begun.release()
        if lost:
            await asyncio.Event().wait()
        return Granted("token")

    session = Session("crm", login)
    asking = [asyncio.create_task(session.token()) for _ in range(2)]
    await begun.acquire()
    for task in asking:
        task.cancel()
    await asyncio.wait(asking)
    lost = False
    assert await session.token() == "token"
    await session.aclose()
