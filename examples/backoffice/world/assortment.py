"""Categories: a tree of departments, aisles and shelves, sixty in all."""

from dataclasses import dataclass

from .languages import Texts, texts

# Name in English and German; for a shelf also what one piece is called, and the range it belongs to.
OUTLINE = """
Women | Damen
  Tops | Oberteile
    Blouses | Blusen | Blouse | Bluse | top
    T-Shirts | T-Shirts | T-Shirt | T-Shirt | top
    Knitwear | Strickwaren | Cardigan | Strickjacke | knit
  Bottoms | Hosen & Röcke
    Trousers | Hosen | Trousers | Hose | bottom
    Skirts | Röcke | Skirt | Rock | bottom
  Outerwear | Jacken & Mäntel
    Coats | Mäntel | Coat | Mantel | outer
    Jackets | Jacken | Jacket | Jacke | outer
Men | Herren
  Tops | Oberteile
    Shirts | Hemden | Shirt | Hemd | top
    Polo Shirts | Poloshirts | Polo Shirt | Poloshirt | top
    Jumpers | Pullover | Jumper | Pullover | knit
  Bottoms | Hosen
    Chinos | Chinos | Chinos | Chino | bottom
    Jeans | Jeans | Jeans | Jeans | bottom
  Outerwear | Jacken & Sakkos
    Parkas | Parkas | Parka | Parka | outer
    Blazers | Sakkos | Blazer | Sakko | outer
Children | Kinder
  Girls | Mädchen
    Dresses | Kleider | Dress | Kleid | child
    Leggings | Leggings | Leggings | Leggings | child
  Boys | Jungen
    Sweatshirts | Sweatshirts | Sweatshirt | Sweatshirt | child
    Shorts | Shorts | Shorts | Shorts | child
  Babies | Babys
    Rompers | Strampler | Romper | Strampler | baby
Shoes | Schuhe
  Casual | Freizeit
    Sneakers | Sneaker | Sneaker | Sneaker | shoe
    Loafers | Slipper | Loafer | Slipper | shoe
  Winter | Winter
    Boots | Stiefel | Boot | Stiefel | shoe
    House Shoes | Hausschuhe | House Shoe | Hausschuh | shoe
Home | Wohnen
  Bed & Bath | Bett & Bad
    Bed Linen | Bettwäsche | Bed Linen Set | Bettwäsche | linen
    Towels | Handtücher | Towel | Handtuch | linen
    Blankets | Decken | Blanket | Decke | linen
  Table | Tisch
    Tablecloths | Tischdecken | Tablecloth | Tischdecke | linen
    Mugs | Becher | Mug | Becher | vessel
Outdoor | Draußen
  Hiking | Wandern
    Backpacks | Rucksäcke | Backpack | Rucksack | gear
    Fleece | Fleece | Fleece Jacket | Fleecejacke | outer
    Bottles | Trinkflaschen | Bottle | Trinkflasche | vessel
  Rain | Regen
    Rain Jackets | Regenjacken | Rain Jacket | Regenjacke | outer
    Umbrellas | Schirme | Umbrella | Schirm | gear
Pantry & Gifts | Vorrat & Geschenke
  Pantry | Vorrat
    Tea | Tee | Loose Tea | Tee | pantry
    Coffee | Kaffee | Coffee Beans | Kaffeebohnen | pantry
  Gifts | Geschenke
    Gift Cards | Geschenkkarten | Gift Card | Geschenkkarte | gift
"""


@dataclass(slots=True, frozen=True)
class Category:
    code: str
    name: Texts
    parent: str | None


@dataclass(slots=True, frozen=True)
class Shelf:
    """A category of the third level, with what its goods are called and the range they belong to."""

    code: str
    noun: Texts
    range: str


def list_categories() -> tuple[dict[str, Category], list[Shelf]]:
    """The categories by code, parents first, and the shelves."""
    categories: dict[str, Category] = {}
    shelves: list[Shelf] = []
    numbers: list[int] = []
    for row in OUTLINE.strip().splitlines():
        depth = (len(row) - len(row.lstrip())) // 2
        numbers = numbered(numbers, depth)
        en, de, *goods = (cell.strip() for cell in row.split("|"))
        code = category_code(numbers)
        categories[code] = Category(code, texts(en, de), category_code(numbers[:-1]) if depth else None)
        if goods:
            shelves.append(Shelf(code, texts(goods[0], goods[1]), goods[2]))
    return categories, shelves


def numbered(numbers: list[int], depth: int) -> list[int]:
    """The next number at this depth, below the numbers above it."""
    return [*numbers[:depth], numbers[depth] + 1 if len(numbers) > depth else 1]


def category_code(numbers: list[int]) -> str:
    return "K" + "-".join(f"{number:02d}" for number in numbers)
