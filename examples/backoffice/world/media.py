"""Pictures, films and documents of products; some are of one variant only."""

from typing import NamedTuple

from .catalogue import Product
from .draw import Draw

TYPES = ("image/jpeg", "image/jpeg", "image/jpeg", "image/png", "video/mp4", "application/pdf", "model/gltf-binary")
ENDINGS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "video/mp4": "mp4",
    "application/pdf": "pdf",
    "model/gltf-binary": "glb",
}


class Asset(NamedTuple):
    """``sku``: of the variant that it shows, if it shows one. ``described``: whether somebody wrote a text for it."""

    number: int
    product: str
    sku: str | None
    mime: str
    position: int
    described: bool

    @property
    def file(self) -> str:
        return f"{self.number:07}.{ENDINGS[self.mime]}"


def draw_media(seed: int, products: dict[str, Product]) -> list[Asset]:
    draw = Draw(seed, "media")
    found: list[Asset] = []
    for product in products.values():
        for position in range(1, 2 + draw.below(4)):
            mime = "image/jpeg" if position == 1 else draw.pick(TYPES)
            sku = draw.pick(product.variants).sku if position > 1 and draw.chance(0.3) else None
            found.append(Asset(len(found) + 1, product.code, sku, mime, position, draw.chance(0.8)))
    return found
