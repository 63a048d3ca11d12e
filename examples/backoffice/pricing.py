"""The pricing engine: all price rows of the asked skus over REST; choosing among them is left to the caller.

Its habits: amounts are JSON numbers, codes have one letter, rows of different skus come mixed, and a sku it
does not know simply has no rows. More than a hundred skus at a time are refused in plain text.
"""

from zlib import crc32

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from . import query
from .calls import Calls
from .replies import Json, items
from .world import World
from .world.prices import Price

Row = dict[str, object]

KINDS = {"regular": "R", "promotional": "P", "markdown": "M", "customer": "C", "staff": "S"}
CHANNELS = {"WEB": "W", "STORE": "S", "PHONE": "P", None: None}


def app(world: World, latency: float = 0.0) -> ASGIApp:
    desk = Desk(world)
    return Calls(Starlette(routes=[Route("/prices", desk.prices)]), latency)


class Desk:
    """Every row is ready to be sent, with the number by which it is shuffled."""

    def __init__(self, world: World) -> None:
        self.rows = {
            sku: [(crc32(f"{sku}/{place}".encode()), sku, price_row(price)) for place, price in enumerate(prices)]
            for sku, prices in world.prices.items()
        }

    async def prices(self, request: Request) -> Json:
        skus = set(query.values(request, "sku"))
        found = [row for sku in skus for row in self.rows.get(sku, ())]
        return items([row for _, _, row in sorted(found, key=lambda row: row[:2])])


def price_row(price: Price) -> Row:
    return {
        "sku": price.sku,
        "unit_price": float(price.amount),
        "cur": price.currency,
        "kind": KINDS[price.kind],
        "gross": price.tax_included,
        "vat": price.tax_rate,
        "chan": CHANNELS[price.channel],
        "shop": price.location,
        "grp": price.group,
        "ctry": price.country,
        "min_qty": price.min_quantity,
        "from": price.valid_from.isoformat(),
        "to": price.valid_to.isoformat() if price.valid_to else None,
        "was": float(price.compare_at) if price.compare_at else None,
        "low30": float(price.lowest30) if price.lowest30 else None,
    }
