"""The stock system as a SOAP service with login sessions."""

from __future__ import annotations

from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

from lxml import etree

from examples.backoffice import soap
from tests.failures.stock import INTERNAL, PASSWORD, ROWS
from tests.failures.system import System

WSDL = Path(__file__).with_name("stock.wsdl")
NAMESPACE = "urn:stock"
E = f"{{{NAMESPACE}}}"
NO_SESSION = soap.Name("e", NAMESPACE, "SESSION")
BAD_LOGIN = soap.Name("e", NAMESPACE, "LOGIN")


class SoapStock(System):
    kind = "soap"
    registration = """
        source: stock
        role: WMS
        kind: soap
        wsdl: ${WSDL}
        endpoint: ${STOCK}
        auth:
          login:
            operation: Login
            arguments: {User: clerk, Password: "${PASSWORD}"}
            token: Session
            renew_on: [SESSION]
        limits: {timeout: 500ms, concurrency: 2}
        entities:
          StockLevel:
            key: [sku, locationCode]
            cache: {fresh: 0s}
            fields: {sku: Sku, locationCode: Whse, onHand: Qty, lastCountedAt: Counted}
            lookup:
              sku: {operation: GetStock, arguments: {Session: $token, Sku: $keys}, rows: Row, many: true}
    """

    def __init__(self) -> None:
        operations = {"Login": self.login, "GetStock": self.stock}
        self.app = soap.Service(soap.Contract(WSDL, soap.SOAP11), {"e": NAMESPACE}, operations).app("/stock", 0.0)
        self.sessions: set[str] = set()
        self.password_is_good = True

    def serve_at(self, url: str) -> None:
        self.port = urlsplit(url).port or 0

    def login(self, request: etree._Element, reply: etree._Element) -> None:
        password = request.findtext(f"{E}Password")
        if not self.password_is_good or password != PASSWORD:
            raise soap.Fault(f"{INTERNAL}: {password} is not the password of clerk", code=BAD_LOGIN)
        session = token_hex(16)
        self.sessions.add(session)
        soap.put(reply, f"{E}Session", session)

    def stock(self, request: etree._Element, reply: etree._Element) -> None:
        if request.findtext(f"{E}Session") not in self.sessions:
            raise soap.Fault("Session expired", code=NO_SESSION)
        asked = [sku.text for sku in request.iterfind(f"{E}Sku")]
        for row in ROWS:
            if row.sku in asked:
                element = etree.SubElement(reply, f"{E}Row")
                for name, value in zip(("Sku", "Whse", "Qty", "Counted"), row, strict=True):
                    soap.put(element, f"{E}{name}", value)

    def environment(self, port: int) -> dict[str, str]:
        return {"STOCK": f"http://127.0.0.1:{port}/stock", "WSDL": str(WSDL), "PASSWORD": PASSWORD}

    def end_sessions(self) -> None:
        self.sessions.clear()

    def take_password(self, known: bool) -> None:
        self.password_is_good = known
        self.sessions.clear()
