"""The ERP: a SOAP 1.2 service in the rpc/literal style, over materials, plants, list prices and what is on order.

Its habits: German field names, material numbers padded to eighteen digits, quantities as text with three
places, an ``X`` for yes, and nothing at all for things it does not know. A session is opened with
``Login``, its token goes first in every other call, and after a while it is simply gone.
"""

from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from time import monotonic

from lxml import etree
from starlette.types import ASGIApp

from . import soap
from .world import World
from .world.prices import Price
from .world.supplies import Material, Supply

ERP = "urn:erp:mm"
CONTRACT = Path(__file__).parent / "wsdl" / "erp" / "erp.wsdl"

BAD_LOGIN = soap.Name("erp", ERP, "LOGIN")
NO_SESSION = soap.Name("erp", ERP, "SESSION")
TAX = {"STANDARD": "1", "REDUCED": "2", "ZERO": "0"}
UNITS = {"EA": "ST", "KGM": "KG"}
KINDS = {"purchase": "PO", "transfer": "TR", "production": "MO"}


def app(
    world: World,
    latency: float = 0.0,
    user: str = "crossdock",
    password: str = "dock",
    session_ttl: float = 300.0,
) -> ASGIApp:
    sessions = Sessions(user, password, session_ttl)
    store = Store(world.materials, frozenset(world.locations), world.prices)
    service = soap.Service(
        soap.Contract(CONTRACT, soap.SOAP12),
        {"erp": ERP},
        {
            "Login": sessions.login,
            "GetItems": sessions.inside(store.items),
            "GetSupply": sessions.inside(store.supply),
            "GetListPrices": sessions.inside(store.list_prices),
        },
    )
    return service.app("/erp", latency)


class Sessions:
    """The open sessions and when each one ends, however busy it is."""

    def __init__(self, user: str, password: str, seconds: float) -> None:
        self.user = user
        self.password = password
        self.seconds = seconds
        self.ends: dict[str, float] = {}

    def login(self, request: etree._Element, reply: etree._Element) -> None:
        known = soap.same(request.findtext("user", ""), self.user)
        if not soap.same(request.findtext("password", ""), self.password) or not known:
            raise soap.Fault("Name or password is incorrect (repeat logon)", code=BAD_LOGIN)
        now = monotonic()
        self.ends = {token: end for token, end in self.ends.items() if end > now}
        token = token_hex(16).upper()
        self.ends[token] = now + self.seconds
        soap.put(reply, "sessionToken", token)

    def inside(self, handler: soap.Handler) -> soap.Handler:
        """The operation, for those who have a session."""

        def guarded(request: etree._Element, reply: etree._Element) -> None:
            if self.ends.get(request.findtext("sessionToken", ""), 0.0) <= monotonic():
                raise soap.Fault("Session expired. Try to relogin.", code=NO_SESSION)
            handler(request, reply)

        return guarded


class Store:
    """The materials by their padded number, the plants they lie in, and the plain prices that were agreed for them."""

    def __init__(self, materials: dict[str, Material], plants: frozenset[str], prices: dict[str, list[Price]]) -> None:
        self.materials = {padded(sku): material for sku, material in materials.items()}
        self.plants = plants
        self.prices = {padded(sku): rows[0] for sku, rows in prices.items()}

    def items(self, request: etree._Element, reply: etree._Element) -> None:
        rows = etree.SubElement(reply, "items")
        for node in request.iterfind("skus/item"):
            material = self.materials.get(node.text)
            if material:
                row = etree.SubElement(rows, "item")
                soap.put(row, "matnr", node.text)
                soap.put(row, "taxkm", TAX[material.tax_class])
                soap.put(row, "meins", UNITS[material.unit])

    def supply(self, request: etree._Element, reply: etree._Element) -> None:
        rows = etree.SubElement(reply, "rows")
        for key in request.iterfind("keys/item"):
            matnr, werks = key.findtext("matnr"), key.findtext("werks")
            if matnr in self.materials and werks in self.plants:
                write_row(rows, matnr, werks, self.materials[matnr])

    def list_prices(self, request: etree._Element, reply: etree._Element) -> None:
        rows = etree.SubElement(reply, "prices")
        for node in request.iterfind("skus/item"):
            price = self.prices.get(node.text)
            if price:
                row = etree.SubElement(rows, "item")
                soap.put(row, "matnr", node.text)
                soap.put(row, "kbetr", price.amount)
                soap.put(row, "konwa", price.currency)
                soap.put(row, "mwsatz", price.tax_rate)
                soap.put(row, "datab", f"{price.valid_from:%Y%m%d}")


def padded(sku: str) -> str:
    """``A-00045`` is ``000000000000000045``."""
    return f"{int(sku.partition('-')[2]):018d}"


def quantity(amount: Decimal) -> str:
    return f"{amount:.3f}"


def write_row(parent: etree._Element, matnr: str, werks: str, material: Material) -> None:
    row = etree.SubElement(parent, "item")
    soap.put(row, "matnr", matnr)
    soap.put(row, "werks", werks)
    soap.put(row, "eisbe", quantity(material.safety.get(werks, Decimal(0))))
    supplies = etree.SubElement(row, "supplies")
    for supply in material.supplies:
        if supply.location == werks:
            write_supply(supplies, supply)


def write_supply(parent: etree._Element, supply: Supply) -> None:
    """Only an order placed with somebody else has a supplier."""
    node = etree.SubElement(parent, "item")
    soap.put(node, "ebeln", supply.reference)
    soap.put(node, "kind", KINDS[supply.kind])
    if supply.kind == "purchase":
        soap.put(node, "lifnr", supply.supplier)
    soap.put(node, "menge", quantity(supply.quantity))
    soap.put(node, "eindt", f"{supply.expected:%Y%m%d}")
    soap.put(node, "conf", "X" if supply.confirmed else "")
