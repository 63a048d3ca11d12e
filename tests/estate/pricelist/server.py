"""A supplier's feeds: files of everything, once a night, with semicolons, decimal commas, in the encoding of a desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from tests.estate.world import PRICES, STOCK, VARIANTS
from tests.serving import serving


def comma(number: object) -> str:
    return f"{number:,.2f}".translate(str.maketrans(",.", ".,"))


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if set(text) & set(';"\n') else text


def feed(lines: list[str], encoding: str, mark: bytes = b"") -> Response:
    return Response(mark + ("\r\n".join(lines) + "\r\n").encode(encoding), media_type="application/octet-stream")


def articles(_: object) -> Response:
    lines = [
        f"{sku};{quoted(name)};{comma(PRICES[sku]) if sku in PRICES else ''};EUR" for sku, name in VARIANTS.items()
    ]
    return feed(["ArtNr;Bezeichnung;VK brutto;Währung", *lines], "cp1252")


def stock(_: object) -> Response:
    lines = [f"{sku}\t{place}\t{comma(quantity)}" for (sku, place), quantity in STOCK.items()]
    return feed(["ITEM\tPLANT\tQTY", *lines], "utf-8", b"\xef\xbb\xbf")


@contextmanager
def running() -> Iterator[dict[str, str]]:
    routes = [Route("/export/artikel.csv", articles), Route("/export/bestand.txt", stock)]
    with serving(Starlette(routes=routes)) as address:
        yield {"FEED_URL": f"{address}/export"}
