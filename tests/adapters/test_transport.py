"""How a source is reached: connections that are not kept, proxies, certificates of both sides."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from adapters.http import Http, headers
from adapters.spi import Unavailable
from adapters.transport import Transport
from tests.adapters.wire import JSON, sends, serve

CERTIFICATES = Path(__file__).parent / "certificates"
OK = JSON + b"Content-Length: 2\r\n\r\n{}"
AUTHORITIES = {"authorities": CERTIFICATES / "system.pem"}
OURS = {"certificate": CERTIFICATES / "client.pem", "key": CERTIFICATES / "client.key"}


def demanding(oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2) -> ssl.SSLContext:
    """Of a system that answers none but us."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(CERTIFICATES / "client.pem"))
    context.load_cert_chain(CERTIFICATES / "system.pem", CERTIFICATES / "system.key")
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = oldest
    return context


async def status(url: str, calls: int = 1, **words: Any) -> int:
    http = Http("shop", way=Transport.model_validate(words))
    try:
        return [(await http.send("GET", url, headers())).status for _ in range(calls)][-1]
    finally:
        await http.aclose()


@pytest.mark.quirk("R25")
async def test_a_system_that_cannot_keep_connections() -> None:
    async with serve(sends(OK, stay=True)) as wire:
        assert await status(wire.url, calls=3, keep_alive=False) == 200
        assert wire.opened == 3
        assert all(b"connection: close" in head.lower() for head in wire.heads)
        assert await status(wire.url, calls=3) == 200
        assert wire.opened == 4


@pytest.mark.quirk("R25")
async def test_a_proxy_on_the_way() -> None:
    async with serve(sends(OK, stay=True)) as proxy:
        assert await status("http://erp.internal:8080/x?a=1", proxy=proxy.url) == 200
    assert proxy.heads[0].startswith(b"GET http://erp.internal:8080/x?a=1 HTTP/1.1\r\nHost: erp.internal:8080\r\n")


@pytest.mark.quirk("R25")
async def test_a_system_that_wants_our_certificate_and_has_one_of_its_own() -> None:
    async with serve(sends(OK), demanding()) as wire:
        assert await status(wire.url, **AUTHORITIES, **OURS) == 200
        for words in ({}, OURS, AUTHORITIES):
            with pytest.raises(Unavailable):
                await status(wire.url, **words)


@pytest.mark.quirk("R25")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")  # of the system's own settings
async def test_an_old_version_is_spoken_only_where_it_is_said() -> None:
    old = demanding(ssl.TLSVersion.TLSv1)
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT:@SECLEVEL=0")
    async with serve(sends(OK), old) as wire:
        assert await status(wire.url, **AUTHORITIES, **OURS, oldest_tls="1.0") == 200
        with pytest.raises(Unavailable):
            await status(wire.url, **AUTHORITIES, **OURS)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"key": CERTIFICATES / "client.key"}, "expected `certificate` beside `key`"),
        ({"certificate": CERTIFICATES / "client.pem", "key": CERTIFICATES / "system.key"}, "a key that fits, in PEM"),
        ({"authorities": Path(__file__)}, "in PEM"),
        ({"proxy": "proxy:3128"}, "pattern"),
    ],
)
def test_what_can_be_wrong(words: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Transport.model_validate(words)
