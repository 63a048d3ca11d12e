"""What the ERP knows of each article: sales unit, tax class, safety stock and supplies under way."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .catalogue import Variant
from .draw import Draw

SUPPLIERS = (
    "Nordtex Trading",
    "Atelier Lagune",
    "Baltic Yarn Co",
    "Hanse Import",
    "Delta Weavers",
    "Kontor Süd",
)
TODAY = date(2026, 11, 21)


@dataclass(slots=True, frozen=True)
class Supply:
    reference: str
    kind: str  # purchase, transfer or production
    supplier: str
    location: str
    quantity: Decimal
    expected: date
    confirmed: bool


@dataclass(slots=True, frozen=True)
class Material:
    """``safety`` is the safety stock by location code; a missing location has none."""

    sku: str
    unit: str
    tax_class: str
    safety: dict[str, Decimal]
    supplies: tuple[Supply, ...]


def draw_materials(
    seed: int, variants: dict[str, Variant], stores: list[str], warehouses: list[str]
) -> dict[str, Material]:
    draw = Draw(seed, "supplies")
    return {
        sku: Material(
            sku,
            variant.unit,
            variant.tax_class,
            safety(draw, stores, warehouses),
            supplies(draw, sku, warehouses),
        )
        for sku, variant in variants.items()
    }


def safety(draw: Draw, stores: list[str], warehouses: list[str]) -> dict[str, Decimal]:
    """About half of the stores, and nearly every warehouse."""
    kept = {store: Decimal(draw.between(1, 4)) for store in stores if draw.chance(0.5)}
    return kept | {code: Decimal(draw.between(5, 30)) for code in warehouses if draw.chance(0.9)}


def supplies(draw: Draw, sku: str, warehouses: list[str]) -> tuple[Supply, ...]:
    count = (0, 0, 1, 1, 2, 3)[draw.below(6)]
    return tuple(supply(draw, f"45{sku[2:]}{place:03d}", warehouses) for place in range(1, count + 1))


def supply(draw: Draw, reference: str, warehouses: list[str]) -> Supply:
    return Supply(
        reference=reference,
        kind=("purchase", "purchase", "purchase", "transfer", "production")[draw.below(5)],
        supplier=draw.pick(SUPPLIERS),
        location=draw.pick(warehouses),
        quantity=Decimal(draw.between(1, 20) * 10),
        expected=TODAY + timedelta(days=draw.between(-3, 60)),
        confirmed=draw.chance(0.7),
    )
