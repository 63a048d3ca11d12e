"""Ranges: what kinds of goods have in common: sizes, materials, weights, prices, tax class and sales unit."""

from dataclasses import dataclass

CLOTHES = ("XS", "S", "M", "L", "XL", "XXL")
WAISTS = ("W28", "W30", "W32", "W34", "W36", "W38")
SHOES = ("36", "37", "38", "39", "40", "41", "42", "43", "44", "45")
CHILDREN = ("92", "104", "116", "128", "140", "152")
BABIES = ("50", "56", "62", "68", "74", "80")
LINENS = ("50x100 cm", "80x80 cm", "135x200 cm", "155x220 cm")
VOLUMES = ("0.3 l", "0.5 l", "0.75 l", "1 l")
HATS = ("S", "M", "L")
PACKS = ("loose", "tin", "gift box")
VALUES = ("25", "50", "100")


@dataclass(slots=True, frozen=True)
class Range:
    sizes: tuple[str, ...]
    materials: tuple[str, ...]
    fits: tuple[str, ...]
    grams: tuple[int, int]
    euros: tuple[int, int]
    tax_class: str = "STANDARD"
    unit: str = "EA"


FITS = ("slim", "regular", "relaxed")

RANGES: dict[str, Range] = {
    "top": Range(CLOTHES, ("cotton", "linen", "viscose", "silk"), FITS, (120, 320), (15, 89)),
    "knit": Range(CLOTHES, ("wool", "cotton", "cashmere"), FITS, (280, 620), (39, 189)),
    "bottom": Range(WAISTS, ("cotton", "linen", "denim", "wool"), FITS, (300, 760), (35, 129)),
    "outer": Range(CLOTHES, ("wool", "polyester", "down"), FITS, (650, 1900), (89, 399)),
    "child": Range(CHILDREN, ("cotton", "polyester"), FITS, (90, 300), (9, 39)),
    "baby": Range(BABIES, ("cotton", "wool"), (), (60, 180), (9, 29)),
    "shoe": Range(SHOES, ("leather", "suede", "canvas"), ("narrow", "regular", "wide"), (420, 1400), (39, 199)),
    "linen": Range(LINENS, ("cotton", "linen", "wool"), (), (250, 1800), (12, 149)),
    "vessel": Range(VOLUMES, ("steel", "glass", "stoneware"), (), (180, 540), (8, 45)),
    "gear": Range(HATS, ("polyester", "canvas"), (), (280, 1600), (25, 219)),
    "pantry": Range(PACKS, ("organic", "conventional"), (), (1000, 1000), (18, 79), "REDUCED", "KGM"),
    "gift": Range(VALUES, ("paper", "plastic"), (), (5, 9), (25, 100), "ZERO"),
}

MATERIALS: dict[str, tuple[str, str]] = {
    "cotton": ("Cotton", "Baumwolle"),
    "linen": ("Linen", "Leinen"),
    "viscose": ("Viscose", "Viskose"),
    "silk": ("Silk", "Seide"),
    "wool": ("Wool", "Wolle"),
    "cashmere": ("Cashmere", "Kaschmir"),
    "denim": ("Denim", "Denim"),
    "polyester": ("Polyester", "Polyester"),
    "down": ("Down", "Daunen"),
    "leather": ("Leather", "Leder"),
    "suede": ("Suede", "Wildleder"),
    "canvas": ("Canvas", "Segeltuch"),
    "steel": ("Steel", "Edelstahl"),
    "glass": ("Glass", "Glas"),
    "stoneware": ("Stoneware", "Steinzeug"),
    "organic": ("Organic", "Bio-Anbau"),
    "conventional": ("Conventional", "Anbau"),
    "paper": ("Paper", "Papier"),
    "plastic": ("Plastic", "Kunststoff"),
}
