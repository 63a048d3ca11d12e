"""How a source logs in: tokens with an end, sessions, and requests that are signed."""

from __future__ import annotations

import asyncio
import hmac
import re
from base64 import b64decode, b64encode
from collections.abc import Collection
from email.utils import formatdate
from hashlib import sha256
from time import time
from typing import Any
from urllib.parse import quote, unquote

import pytest

from adapters.spi import TimedOut, Unavailable
from adapters.web.auth.signatures import base_string
from tests.adapters.rest_system import Answer, Asked, System, connected, names, system
from tests.adapters.wire import serve, silent

VARIANT = """
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup: {sku: {get: "/variants{?sku*}", rows: items}}
"""

OAUTH2 = """
auth:
  oauth2:
    token_url: URL/oauth/token
    client_id: crossdock
    client_secret: s3 cret&
    scope: read
    parameters: {audience: shop}
"""


class TokenShop:
    """Gives tokens and takes the last one only. ``dead``: the numbers of those that it refuses before their end."""

    def __init__(self, expires: Any = 3600, dead: Collection[int] = ()) -> None:
        self.given = 0
        self.expires = expires
        self.dead = dead

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/oauth/token":
            self.given += 1
            return {"access_token": f"t{self.given}", "expires_in": self.expires, "token_type": "bearer"}
        if asked.headers.get("authorization") != f"Bearer t{self.given}":
            return Answer(b"", 401)
        if self.given in self.dead:
            return Answer({"error": "invalid_token"}, 401)
        return {"items": [{"no": sku, "title": f"Item {sku}"} for name, sku in asked.query]}


def tokens(running: System) -> list[Asked]:
    return [asked for asked in running.asked if asked.path == "/oauth/token"]


@pytest.mark.quirk("R9")
async def test_twenty_calls_at_once_make_one_request_for_a_token() -> None:
    async with system(TokenShop()) as shop, connected(shop, OAUTH2 + VARIANT) as adapter:
        found = await asyncio.gather(*(names(adapter, f"A{n}") for n in range(20)))
        assert found == [{f"A{n}": f"Item A{n}"} for n in range(20)]
        [asked] = tokens(shop)
    assert asked.method == "POST"
    assert asked.headers["authorization"] == "Basic " + b64encode(b"crossdock:s3 cret&").decode()
    assert asked.body == b"grant_type=client_credentials&scope=read&audience=shop"


@pytest.mark.quirk("R9")
async def test_a_token_that_dies_early_is_renewed_once_for_all() -> None:
    answer = TokenShop()
    async with system(answer) as shop, connected(shop, OAUTH2 + VARIANT) as adapter:
        await names(adapter, "A1")
        answer.dead = {1}
        assert await asyncio.gather(*(names(adapter, "A2") for _ in range(4))) == [{"A2": "Item A2"}] * 4
        assert len(tokens(shop)) == 2


@pytest.mark.quirk("R9")
async def test_a_token_is_renewed_before_its_end() -> None:
    answer = TokenShop(expires="0.2")
    async with system(answer) as shop, connected(shop, OAUTH2 + VARIANT) as adapter:
        await names(adapter, "A1")
        await asyncio.sleep(0.19)  # nine tenths of its life are over
        await names(adapter, "A2")
        assert answer.given == 2
        assert all(asked.headers["authorization"] == "Bearer t2" for asked in shop.asked if "A2" in asked.raw)


@pytest.mark.parametrize(
    "answer",
    [Answer({"error": "invalid_client"}, 401), Answer({"token": "x"}), Answer(b"<html>"), Answer({"access_token": 7})],
)
async def test_no_token(answer: Answer) -> None:
    async with system(lambda asked: answer) as shop, connected(shop, OAUTH2 + VARIANT) as adapter:
        with pytest.raises(Exception, match="token") as raised:
            await names(adapter, "A1")
        assert "cret" not in str(raised.value)


async def test_a_second_refusal_is_the_answer() -> None:
    async with system(TokenShop(dead={1, 2})) as shop, connected(shop, OAUTH2 + VARIANT) as adapter:
        with pytest.raises(Unavailable, match="HTTP 401"):
            await names(adapter, "A1")
        assert len(shop.asked) == 4


async def test_id_and_secret_in_the_form() -> None:
    words = OAUTH2.replace("scope: read", "client_in: body")
    async with system(TokenShop()) as shop, connected(shop, words + VARIANT) as adapter:
        await names(adapter, "A1")
        assert tokens(shop)[0].body.endswith(b"client_id=crossdock&client_secret=s3+cret%26")
        assert "authorization" not in tokens(shop)[0].headers


async def test_nobody_waits_for_a_login_beyond_the_deadline() -> None:
    async with serve(silent) as login, system(TokenShop()) as shop:
        words = OAUTH2.replace("URL/oauth", f"{login.url}/oauth") + VARIANT
        async with connected(shop, words) as adapter:
            with pytest.raises(TimedOut):
                await names(adapter, "A1", seconds=0.05)
            assert len(login.heads) == 1


# Sessions


class SessionShop:
    """Logs in by ``give``, and takes what ``take`` finds in a request."""

    def __init__(self, give: Any, take: Any, over: Any = None) -> None:
        self.give = give
        self.take = take
        self.over = over or Answer(b"", 401)
        self.logins = 0

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/login":
            self.logins += 1
            return self.give(asked, f"s{self.logins}")
        if self.take(asked) != f"s{self.logins}":
            return self.over
        return {"items": [{"no": "A1", "title": "One"}]}


def by_cookie(asked: Asked) -> str:
    return asked.headers.get("cookie", "").partition("sid=")[2]


@pytest.mark.quirk("R11")
async def test_an_expensive_login_is_made_once_and_its_cookie_used() -> None:
    words = """
auth:
  login:
    get: /login
    basic: {username: u, password: p}
    token: cookies.sid
    headers: {Cookie: "lang=de; sid={token}"}
"""

    def give(asked: Asked, token: str) -> Answer:
        assert asked.headers["authorization"] == "Basic dTpw"
        return Answer(b"", 204, [("Set-Cookie", "x=1; Path=/"), ("Set-Cookie", f"sid={token}; HttpOnly; Path=/")])

    answer = SessionShop(give, by_cookie)
    async with system(answer) as shop, connected(shop, words + VARIANT) as adapter:
        assert await asyncio.gather(*(names(adapter, "A1") for _ in range(9))) == [{"A1": "One"}] * 9
        assert answer.logins == 1
        assert all("authorization" not in asked.headers for asked in shop.asked if asked.path != "/login")
        answer.logins = 7  # the system forgot its sessions
        assert await names(adapter, "A1") == {"A1": "One"}
        assert answer.logins == 8


@pytest.mark.quirk("R12")
async def test_a_token_made_of_the_logins_parts() -> None:
    words = """
auth:
  login:
    post: /login
    body: {method: common.db.login, params: [admin, {password: pw}]}
    token: "base64(join(':', ['admin', to_string(body.result[0]), body.result[1]]))"
    headers: {Authorization: "Session {token}"}
"""

    def give(asked: Asked, token: str) -> Any:
        assert asked.json == {"method": "common.db.login", "params": ["admin", {"password": "pw"}]}
        return {"result": [7, token]}

    def take(asked: Asked) -> str:
        return b64decode(asked.headers["authorization"].removeprefix("Session ")).decode().removeprefix("admin:7:")

    async with system(SessionShop(give, take)) as shop, connected(shop, words + VARIANT) as adapter:
        assert await names(adapter, "A1") == {"A1": "One"}


@pytest.mark.quirk("R12")
async def test_a_token_in_a_header_and_the_end_of_the_session_in_a_reply_of_status_200() -> None:
    words = """
errors: {when: body.error, code: body.error, codes: {expired: relogin}}
auth:
  login:
    post: /login
    body: {user: u}
    send: form
    token: headers."shop-auth-token"
    headers: {Shop-Auth-Token: "{token}"}
"""

    def give(asked: Asked, token: str) -> Answer:
        assert asked.body == b"user=u"
        return Answer({"ok": True}, headers={"Shop-Auth-Token": token})

    answer = SessionShop(give, lambda asked: asked.headers.get("shop-auth-token"), {"error": "expired"})
    async with system(answer) as shop, connected(shop, words + VARIANT) as adapter:
        assert await names(adapter, "A1") == {"A1": "One"}
        answer.logins = 3
        assert await names(adapter, "A1") == {"A1": "One"}
        answer.take = lambda asked: None
        with pytest.raises(Unavailable, match="the session is over"):
            await names(adapter, "A1")


async def test_a_token_in_the_request_itself() -> None:
    words = """
auth: {login: {post: /login, body: {user: u}, token: body.uid}}
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup: {sku: {post: "/call{?token}", body: {args: [$token, $keys]}, rows: items}}
"""
    answer = SessionShop(lambda asked, token: {"uid": 2}, lambda asked: "s1")
    async with system(answer) as shop, connected(shop, words) as adapter:
        await names(adapter, "A1")
    assert (shop.asked[1].raw, shop.asked[1].json) == ("/call?token=2", {"args": [2, ["A1"]]})


@pytest.mark.parametrize(
    "answer", [Answer(b"nope", 403), Answer({"token": None}), Answer({"token": False}), Answer(b"<html>")]
)
async def test_a_login_that_is_refused(answer: Answer) -> None:
    words = "auth: {login: {post: /login, body: {password: pw1}, token: body.token}}" + VARIANT
    async with system(lambda asked: answer) as shop, connected(shop, words) as adapter:
        with pytest.raises(Unavailable, match=r"check `auth\.login`"):
            await names(adapter, "A1")


# Signatures


OAUTH1 = """
auth: {oauth1: {consumer_key: ck, consumer_secret: c s, token: tk, token_secret: ts, realm: "12", signature: METHOD}}
"""


def oauth1_signature(asked: Asked, host: str) -> tuple[dict[str, str], str]:
    """The parameters of the header, and what a server makes of the request (RFC 5849, 3.4)."""
    found = re.findall(r'(\w+)="([^"]*)"', asked.headers["authorization"])
    given = {name: unquote(value) for name, value in found}
    own = [(name, value) for name, value in given.items() if name not in {"realm", "oauth_signature"}]
    pairs = sorted((quote(name, safe="~"), quote(value, safe="~")) for name, value in [*asked.query, *own])
    parameters = "&".join("=".join(pair) for pair in pairs)
    base = "&".join(quote(text, safe="~") for text in (asked.method, f"http://{host}{asked.path}", parameters))
    digest = given["oauth_signature_method"].removeprefix("HMAC-").lower()
    return given, b64encode(hmac.digest(b"c%20s&ts", base.encode(), digest)).decode()


@pytest.mark.quirk("R10")
@pytest.mark.parametrize("method", ["HMAC-SHA256", "HMAC-SHA1"])
async def test_oauth1_requests_are_signed_and_clocks_may_differ(method: str) -> None:
    ahead = 900

    def answer(asked: Asked) -> Answer:
        given, right = oauth1_signature(asked, asked.headers["host"])
        assert given["oauth_signature"] == right
        date = {"Date": formatdate(time() + ahead, usegmt=True)}
        if abs(int(given["oauth_timestamp"]) - time() - ahead) > 300:
            return Answer({"oauth_problem": "timestamp_refused"}, 401, date)
        return Answer({"items": [{"no": "é/1", "title": "One"}]}, headers=date)

    words = OAUTH1.replace("METHOD", method) + VARIANT
    async with system(answer) as shop, connected(shop, words) as adapter:
        assert await names(adapter, "é/1", "b c") == {"é/1": "One"}
        assert len(shop.asked) == 2
        assert await names(adapter, "é/1") == {"é/1": "One"}
        assert len(shop.asked) == 3
        nonces = {oauth1_signature(asked, "")[0]["oauth_nonce"] for asked in shop.asked}
    assert len(nonces) == 3


def test_oauth1_signs_as_the_specification_does() -> None:
    """The example of RFC 5849, 3.4.1.1."""
    own = {
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_signature_method": "HMAC-SHA1",
        "oauth_timestamp": "137131201",
        "oauth_nonce": "7d8f3e4a",
    }
    url = "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"
    assert base_string("POST", url, b"c2&a3=2+q", own) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3D"
        "HMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


@pytest.mark.quirk("R10")
async def test_a_signature_of_another_make() -> None:
    words = r"""
auth:
  hmac:
    secret: sec
    message: "{method}\n{path}\n{timestamp}\n{content_hash}"
    headers: {Authorization: "HMAC me:{signature}", X-Time: "{timestamp}"}
    encode: hex
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup: {sku: {post: "/v?x=1", body: {skus: $keys}, rows: items}}
"""

    def answer(asked: Asked) -> Answer:
        text = f"POST\n{asked.raw}\n{asked.headers['x-time']}\n{sha256(asked.body).hexdigest()}"
        right = hmac.digest(b"sec", text.encode(), "sha256").hex()
        if asked.headers["authorization"] != f"HMAC me:{right}":
            return Answer(b"", 403)
        return Answer({"items": [{"no": "A1", "title": "One"}]})

    async with system(answer) as shop, connected(shop, words) as adapter:
        assert await names(adapter, "A1") == {"A1": "One"}
