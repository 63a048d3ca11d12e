"""Products and their variants: 2,000 styles, three variants of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from html import escape

from .assortment import Shelf
from .draw import Draw
from .languages import Texts, texts
from .ranges import MATERIALS, RANGES, Range

COUNT = 2_000
VARIANTS = 3

BRANDS = (
    "Halmar",
    "Brixwell & Söhne",
    "Orla Finch",
    "Veldhuys",
    "Tormund Works",
    "Casa Lirio",
    "Nordhavel",
    "Maison Ardelle",
    "Kestrel & Moor",
    "Lindqvarn",
    "Pfauenhof",
    "Studio Okkel",
    "Grünspan",
    "Alderby",
    "Fjellmark",
    "Rue Carmine",
    "Tessaro Vento",
    "Hollin & Pike",
    "Zwirnwerk",
    "Belleforge",
    "Ostrava Mills",
    "Juniper Row",
    "Mokka & Rinde",
    "Sillhouse",
    "Wintergarn",
)
SERIES_NAMES = """
Aalto Bergen Cala Dune Ember Fjord Garda Hazel Isar Juno Kiln Lotte Mira Nova Oslo Pine Quill Riva Sorrel
Tarn Umbra Vale Wren Xenia Yarrow Zinnia Alba Brook Clove Delft Elba Fenna
"""
SERIES = SERIES_NAMES.split()
COLOURS = (
    ("Black", "Schwarz"),
    ("White", "Weiß"),
    ("Navy", "Marine"),
    ("Red", "Rot"),
    ("Olive", "Oliv"),
    ("Sand", "Sand"),
    ("Grey", "Grau"),
    ("Rust", "Rost"),
)
FITS = {
    "slim": ("Slim", "Schmal"),
    "regular": ("Regular", "Normal"),
    "relaxed": ("Relaxed", "Weit"),
    "narrow": ("Narrow", "Schmal"),
    "wide": ("Wide", "Weit"),
}
SEASONS = {
    "spring": ("Spring/Summer", "Frühjahr/Sommer"),
    "autumn": ("Autumn/Winter", "Herbst/Winter"),
    "all": ("All year", "Ganzjährig"),
}
CARE = {
    "wash30": ("Wash at 30 °C", "Waschbar bei 30 °C"),
    "wash60": ("Wash at 60 °C", "Waschbar bei 60 °C"),
    "hand": ("Hand wash", "Handwäsche"),
    "wipe": ("Wipe clean", "Feucht abwischen"),
}
LABELS = {
    "material": texts("Material", "Material"),
    "fit": texts("Fit", "Passform"),
    "season": texts("Season", "Saison"),
    "care": texts("Care", "Pflege"),
    "weight": texts("Weight", "Gewicht"),
}
VALUES = {"material": MATERIALS, "fit": FITS, "season": SEASONS, "care": CARE}
RELATIONS = ("accessory", "substitute", "upsell", "spare part")


@dataclass(slots=True, frozen=True)
class Attribute:
    code: str
    label: Texts
    value: str
    text: Texts
    unit: str | None = None


@dataclass(slots=True, frozen=True)
class Relation:
    kind: str
    target: str


@dataclass(slots=True, frozen=True)
class Variant:
    sku: str
    product: str
    name: Texts
    size: str
    colour: Texts
    attributes: tuple[Attribute, ...]
    tax_class: str
    unit: str


@dataclass(slots=True, frozen=True)
class Product:
    """``updated`` is wall time in Berlin."""

    code: str
    name: Texts
    description: Texts
    brand: str
    categories: tuple[str, ...]
    lifecycle: str
    tax_class: str
    unit: str
    euros: tuple[int, int]
    attributes: tuple[Attribute, ...]
    relations: tuple[Relation, ...]
    variants: tuple[Variant, ...]
    updated: datetime


def draw_products(seed: int, shelves: list[Shelf]) -> dict[str, Product]:
    draw = Draw(seed, "catalogue")
    return {style(number): product(draw, number, shelves) for number in range(1, COUNT + 1)}


def style(number: int) -> str:
    return f"ST{number:05d}"


def product(draw: Draw, number: int, shelves: list[Shelf]) -> Product:
    shelf = draw.pick(shelves)
    kind = RANGES[shelf.range]
    material, series = draw.pick(kind.materials), draw.pick(SERIES)
    en, de = MATERIALS[material]
    name = texts(f"{series} {en} {shelf.noun['en']}", f"{shelf.noun['de']} {series} aus {de}")
    attributes = tuple(product_attributes(draw, kind, material))
    return Product(
        code=style(number),
        name=name,
        description=description(draw, name, attributes),
        brand=draw.pick(BRANDS),
        categories=categories(draw, shelf, shelves),
        lifecycle=lifecycle(draw),
        tax_class=kind.tax_class,
        unit=kind.unit,
        euros=kind.euros,
        attributes=attributes,
        relations=relations(draw, number),
        variants=variants(draw, number, name, kind, attributes),
        updated=datetime(2025, 1, 1) + timedelta(days=draw.below(688), seconds=draw.between(6 * 3600, 20 * 3600)),
    )


def product_attributes(draw: Draw, kind: Range, material: str) -> Iterator[Attribute]:
    yield coded("material", material)
    if kind.fits:
        yield coded("fit", draw.pick(kind.fits))
    if kind.fits or draw.chance(0.6):
        yield coded("season", draw.pick(tuple(SEASONS)))
    if not kind.fits or draw.chance(0.7):
        yield coded("care", draw.pick(tuple(CARE)))
    yield weight(draw.between(*kind.grams))


@cache
def coded(code: str, value: str) -> Attribute:
    return Attribute(code, LABELS[code], value, texts(*VALUES[code][value]))


@cache
def weight(grams: int) -> Attribute:
    return Attribute("weight", LABELS["weight"], str(grams), texts(f"{grams} g", f"{grams} g"), "GRM")


def description(draw: Draw, name: Texts, attributes: tuple[Attribute, ...]) -> Texts:
    """Fragments of the kind editors paste: entities, a bare <br>, a list."""
    brief = draw.chance(0.3)
    return {
        "en": fragment(name["en"], "Made to last &amp; easy to love.", "en", attributes, brief),
        "de": fragment(name["de"], "Für viele Jahre gemacht &amp; leicht zu lieben.", "de", attributes, brief),
    }


def fragment(name: str, praise: str, locale: str, attributes: tuple[Attribute, ...], brief: bool) -> str:
    head = f"<p><b>{escape(name)}</b><br>{praise}</p>"
    if brief:
        return head
    rows = "".join(f"<li>{item.label[locale]}: {escape(item.text[locale])}</li>" for item in attributes)
    return f"{head}<ul>{rows}</ul>"


def categories(draw: Draw, shelf: Shelf, shelves: list[Shelf]) -> tuple[str, ...]:
    other = draw.pick(shelves).code if draw.chance(0.25) else shelf.code
    return (shelf.code,) if other == shelf.code else (shelf.code, other)


def lifecycle(draw: Draw) -> str:
    roll = draw.random()
    if roll < 0.78:
        return "active"
    if roll < 0.88:
        return "clearance"
    return "planned" if roll < 0.93 else "discontinued"


def relations(draw: Draw, number: int) -> tuple[Relation, ...]:
    targets = {draw.between(1, COUNT) for _ in range(draw.below(5))} - {number}
    return tuple(Relation(draw.pick(RELATIONS), style(target)) for target in sorted(targets))


def variants(
    draw: Draw, number: int, name: Texts, kind: Range, attributes: tuple[Attribute, ...]
) -> tuple[Variant, ...]:
    sizes = draw.some(kind.sizes, VARIANTS)
    colours = [texts(*draw.pick(COLOURS)) for _ in sizes]
    first = number * VARIANTS - VARIANTS + 1
    return tuple(
        Variant(
            sku=f"A-{first + place:05d}",
            product=style(number),
            name={locale: f"{name[locale]}, {size}, {colour[locale]}" for locale in name},
            size=size,
            colour=colour,
            attributes=variant_attributes(draw, kind, attributes),
            tax_class=kind.tax_class,
            unit=kind.unit,
        )
        for place, (size, colour) in enumerate(zip(sizes, colours, strict=True))
    )


def variant_attributes(draw: Draw, kind: Range, attributes: tuple[Attribute, ...]) -> tuple[Attribute, ...]:
    """The variant's own weight, and up to two attributes repeated from its product."""
    repeated = draw.some([item for item in attributes if item.unit is None], draw.below(3))
    return (*repeated, weight(draw.between(*kind.grams)))
