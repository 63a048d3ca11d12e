"""The asset store: pictures, films and documents over REST, looked up by style or by item.

Its habits: media types instead of kinds, an address without the place where files are, positions in steps of ten as
text, descriptions by language or ``null``, and rows in the order in which they were uploaded, all styles mixed.
"""

from collections.abc import Callable, Iterable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.types import ASGIApp

from . import query
from .calls import Calls
from .replies import Json, items
from .world import World
from .world.catalogue import Product
from .world.media import Asset

Row = dict[str, object]

VIEWS = {"de": "Ansicht", "en": "view"}


def app(world: World, latency: float = 0.0) -> ASGIApp:
    desk = Desk(world)
    return Calls(Starlette(routes=[Route("/assets", desk.assets)]), latency)


class Desk:
    """Every row is ready to be sent."""

    def __init__(self, world: World) -> None:
        rows = [(asset, asset_row(asset, world.products[asset.product])) for asset in world.media]
        self.by_style = index(rows, lambda asset: asset.product)
        self.by_item = index(rows, lambda asset: asset.sku)

    async def assets(self, request: Request) -> Json:
        styles, skus = query.values(request, "style"), query.values(request, "item")
        found = [row for style in styles for row in self.by_style.get(style, ())]
        found += [row for sku in skus for row in self.by_item.get(sku, ())]
        return items(sorted(found, key=lambda row: str(row["id"])))


def index(rows: Iterable[tuple[Asset, Row]], name: Callable[[Asset], str | None]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for asset, row in rows:
        if (key := name(asset)) is not None:
            found.setdefault(key, []).append(row)
    return found


def asset_row(asset: Asset, product: Product) -> Row:
    texts = {language: f"{product.name[language]}, {view} {asset.position}" for language, view in VIEWS.items()}
    return {
        "id": f"{asset.number:07}",
        "styleNo": asset.product,
        "itemNo": asset.sku,
        "mime": asset.mime,
        "href": f"https://media.example.test/{asset.file}",
        "seq": f"{asset.position * 10}",
        "txt": texts if asset.described else None,
    }
