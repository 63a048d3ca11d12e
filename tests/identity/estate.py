"""Four systems that know the same people under keys of their own, as databases; and a table of links between them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway

Rows = Mapping[str, Sequence[tuple[Any, ...]]]
"""Table -> rows."""

TABLES = {
    "crm": {"PERSON": "NO primary key, TYP, FIRST, LAST, MAIL, PHONE, CARD"},
    "loyalty": {"MEMBER": "CARD primary key, NICK, MAIL, PHONE, TIER"},
    "pos": {"CLIENT": "ID primary key, CARD, MAIL, PHONE, STORE"},
    "oms": {"ORDERS": "NO primary key, CUST, STATE, PLACED, TOTAL"},
    "crosswalk": {"LINKS": "SRC, VAL, PERSON, LINKED"},
}

FILES = {
    "gateway": """
identity:
  Customer:
    sources: {crm: number, loyalty: loyaltyCard, pos: externalId, oms: number}
    match: {loyaltyCard: exact, email: email, phone: phone(49)}
    links: crosswalk
    survivorship: {phone: [loyalty, pos]}
limits: {first: 100}
""",
    "crm": """
source: crm
role: CRM
kind: sql
url: ${CRM_URL}
entities:
  Customer:
    key: number
    table: PERSON
    fields:
      number: NO
      kind: {from: TYP, map: {P: PERSON}}
      givenName: FIRST
      familyName: LAST
      email: MAIL
      phone: PHONE
    keys: {loyaltyCard: CARD}
    lookup:
      number: {batch: 20}
      loyaltyCard: {batch: 20}
      email: {batch: 20}
    search: {customers: {order: [number], filters: {search: familyName}}}
""",
    "loyalty": """
source: loyalty
role: LOYALTY
kind: sql
url: ${LOYALTY_URL}
entities:
  Customer:
    key: loyaltyCard
    table: MEMBER
    fields: {email: MAIL, phone: PHONE, givenName: NICK}
    keys: {loyaltyCard: CARD}
    lookup: {loyaltyCard: {batch: 25}, email: {batch: 25}, phone: {batch: 25}}
  LoyaltyAccount:
    key: cardNumber
    table: MEMBER
    fields: {cardNumber: CARD, tier: TIER}
    lookup: {cardNumber: {}}
""",
    "pos": """
source: pos
role: POS
kind: sql
url: ${POS_URL}
entities:
  Customer:
    table: CLIENT
    fields: {email: MAIL, phone: PHONE}
    keys: {externalId: ID, loyaltyCard: CARD, preferredLocationCode: STORE}
    lookup: {externalId: {batch: 10}, loyaltyCard: {batch: 10}, email: {batch: 10}, phone: {batch: 10}}
""",
    "oms": """
source: oms
role: OMS
kind: sql
url: ${OMS_URL}
entities:
  Order:
    key: number
    table: ORDERS
    fields:
      number: NO
      status: {from: STATE, map: {C: COMPLETED}}
      placedAt: {from: PLACED, as: instant}
    keys: {customerNumber: CUST}
    lookup: {number: {}}
    search: {customerNumber: {parents: customerNumber, page: {keyset: [PLACED desc, NO]}}}
""",
    "crosswalk": """
source: crosswalk
role: CRM
kind: sql
url: ${CROSSWALK_URL}
entities:
  IdentityLink:
    table: LINKS
    fields: {source: SRC, value: VAL, key: PERSON, linked: {from: LINKED, as: "flag(Y, N)"}}
    lookup: {source value: {many: true}, key: {many: true}}
""",
}


class People:
    """A gateway over these rows. ``files``: other registrations than those above."""

    def __init__(self, folder: Path, rows: Rows, files: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environment: dict[str, str] = {}
        for name, tables in TABLES.items():
            self.environment[f"{name.upper()}_URL"] = f"sqlite:///{self._database(name, tables, rows)}"
        (folder / "sources").mkdir(exist_ok=True)
        for name, text in {**FILES, **(files or {})}.items():
            file = folder / "gateway.yaml" if name == "gateway" else folder / "sources" / f"{name}.yaml"
            file.write_text(text)
        self.gateway = Gateway.build(load(folder, environ=self.environment))

    def _database(self, name: str, tables: Mapping[str, str], rows: Rows) -> Path:
        file = self.folder / f"{name}.db"
        connection = sqlite3.connect(file)
        with connection:
            for table, columns in tables.items():
                connection.execute(f"create table {table} ({columns})")
                for row in rows.get(table, ()):
                    connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        connection.close()
        return file

    def lose(self, name: str, table: str) -> None:
        """From now on the system fails."""
        connection = sqlite3.connect(self.folder / f"{name}.db")
        with connection:
            connection.execute(f"drop table {table}")
        connection.close()

    async def ask(self, query: str, /, **variables: Any) -> dict[str, Any]:
        """The whole response, with its cost."""
        asked = OperationRequest(query, variables=variables, extensions={"cost": True})
        response: dict[str, Any] = json.loads((await self.gateway.execute(asked)).body)
        return response

    async def data(self, query: str, /, **variables: Any) -> dict[str, Any]:
        response = await self.ask(query, **variables)
        assert "errors" not in response, response["errors"]
        data: dict[str, Any] = response["data"]
        return data
