"""Locations: 20 stores, 2 warehouses and a dark store in four countries."""

from dataclasses import dataclass

from .gs1 import with_check_digit

KINDS = {"S": "store", "W": "warehouse", "D": "dark store"}
ZONES = {"DE": "Europe/Berlin", "AT": "Europe/Vienna", "FR": "Europe/Paris", "NL": "Europe/Amsterdam"}

# Code, name, street, postal code, city, country, latitude, longitude and services.
TABLE = """
S001 | Berlin Lindenpassage | Lindenpassage 12 | 10117 | Berlin | DE | 52.517 | 13.388 | C&C RET GIFT ALT SFS
S002 | Berlin Westend | Kastanienplatz 3 | 10625 | Berlin | DE | 52.506 | 13.322 | C&C RET GIFT
S003 | Hamburg Alsterhof | Alsterhof 8 | 20095 | Hamburg | DE | 53.551 | 9.993 | C&C RET GIFT ALT SFS
S004 | München Isartor | Isarzeile 21 | 80331 | München | DE | 48.137 | 11.575 | C&C RET GIFT ALT SFS
S005 | Köln Domviertel | Rheingasse 5 | 50667 | Köln | DE | 50.937 | 6.960 | C&C RET GIFT
S006 | Frankfurt Mainzeile | Mainzeile 40 | 60313 | Frankfurt am Main | DE | 50.110 | 8.682 | C&C RET GIFT
S007 | Stuttgart Königshof | Königshof 2 | 70173 | Stuttgart | DE | 48.775 | 9.182 | C&C RET
S008 | Leipzig Messehof | Messehof 9 | 04109 | Leipzig | DE | 51.339 | 12.373 | C&C RET
S009 | Dresden Elbpassage | Elbpassage 1 | 01067 | Dresden | DE | 51.050 | 13.737 | C&C RET
S010 | Nürnberg Burgtor | Burgtor 17 | 90403 | Nürnberg | DE | 49.452 | 11.076 | RET
S011 | Wien Ringgalerie | Ringgalerie 6 | 1010 | Wien | AT | 48.208 | 16.373 | C&C RET GIFT ALT SFS
S012 | Wien Donaumarkt | Donaumarkt 30 | 1020 | Wien | AT | 48.216 | 16.400 | C&C RET
S013 | Graz Murhof | Murhof 4 | 8010 | Graz | AT | 47.070 | 15.439 | C&C RET GIFT
S014 | Salzburg Altmarkt | Altmarktgasse 11 | 5020 | Salzburg | AT | 47.809 | 13.055 | RET
S015 | Paris Marais | 14 rue des Tilleuls | 75004 | Paris | FR | 48.856 | 2.352 | C&C RET GIFT ALT SFS
S016 | Lyon Presqu'île | 7 place du Moulin | 69002 | Lyon | FR | 45.764 | 4.835 | C&C RET GIFT
S017 | Strasbourg Quai | 3 quai des Cygnes | 67000 | Strasbourg | FR | 48.573 | 7.752 | C&C RET
S018 | Amsterdam Grachten | Molengracht 55 | 1012 AB | Amsterdam | NL | 52.367 | 4.904 | C&C RET GIFT ALT SFS
S019 | Rotterdam Haven | Havenkade 19 | 3011 CD | Rotterdam | NL | 51.924 | 4.477 | C&C RET
S020 | Utrecht Domplein | Domstraat 23 | 3511 EF | Utrecht | NL | 52.090 | 5.121 | C&C GIFT
W01 | Central Warehouse Kassel | Logistikring 100 | 34123 | Kassel | DE | 51.312 | 9.479 |
W02 | Warehouse Venlo | Vrachtweg 8 | 5928 LA | Venlo | NL | 51.370 | 6.172 | RET
D01 | Dark Store Berlin Ost | Gewerbehof 44 | 12681 | Berlin | DE | 52.540 | 13.540 | SFS
"""


@dataclass(slots=True, frozen=True)
class Location:
    """The services: C&C click and collect, RET returns, GIFT wrapping, ALT alterations, SFS shipping."""

    code: str
    kind: str
    name: str
    lines: tuple[str, ...]
    postal_code: str
    city: str
    country: str
    gln: str
    latitude: float
    longitude: float
    zone: str
    services: tuple[str, ...]


def list_locations() -> dict[str, Location]:
    """By code."""
    rows = TABLE.strip().splitlines()
    found = (location(number, [cell.strip() for cell in row.split("|")]) for number, row in enumerate(rows, start=1))
    return {place.code: place for place in found}


def location(number: int, cells: list[str]) -> Location:
    code, name, street, postal_code, city, country, latitude, longitude, services = cells
    return Location(
        code=code,
        kind=KINDS[code[0]],
        name=name,
        lines=(street,),
        postal_code=postal_code,
        city=city,
        country=country,
        gln=with_check_digit(f"4399901{number:05d}"),
        latitude=float(latitude),
        longitude=float(longitude),
        zone=ZONES[country],
        services=tuple(services.split()),
    )
