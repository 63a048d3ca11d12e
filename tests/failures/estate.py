"""A gateway over two systems: a PIM that is always well, and the stock system behind the proxy."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway
from tests.failures.stock import ROWS
from tests.failures.system import System

PIM = """
    source: pim
    role: PIM
    kind: sql
    url: ${PIM}
    entities:
      Variant:
        key: sku
        table: VARIANT
        fields: {sku: SKU, name: {locales: {en: TITLE}}}
        lookup: {sku: {}}
"""

GATEWAY = "defaults: {locale: en}\nlimits: {deadline: 5s}\n"

NAMES = {"V1": "Rain jacket", "V2": "Wool socks"}

FIELDS = "name stock { locationCode onHand lastCountedAt }"
QUERY = f'{{ v1: variant(sku: "V1") {{ {FIELDS} }} v2: variant(sku: "V2") {{ {FIELDS} }} }}'

WHOLE: dict[str, Any] = {
    sku.lower(): {
        "name": name,
        "stock": [
            {"locationCode": row.location, "onHand": row.on_hand, "lastCountedAt": row.counted}
            for row in ROWS
            if row.sku == sku
        ],
    }
    for sku, name in NAMES.items()
}
"""The data of an answer without an error."""


def configuration(folder: Path, system: System) -> Path:
    """Written there; the addresses are variables."""
    files = {"gateway.yaml": GATEWAY, "sources/pim.yaml": PIM, "sources/stock.yaml": system.registration}
    (folder / "sources").mkdir()
    for name, text in files.items():
        (folder / name).write_text(dedent(text), "utf-8")
    database = sqlite3.connect(folder / "pim.sqlite")
    with database:
        database.execute("create table VARIANT (SKU text primary key, TITLE text not null)")
        database.executemany("insert into VARIANT values (?, ?)", NAMES.items())
    database.close()
    return folder


@asynccontextmanager
async def gateway(folder: Path, system: System, port: int) -> AsyncIterator[Gateway]:
    """One that has no connection yet; ``port`` is the proxy's."""
    environ = {"PIM": f"sqlite:///{folder}/pim.sqlite", **system.environment(port)}
    built = Gateway.build(load(folder, environ=environ))
    try:
        yield built
    finally:
        await built.aclose()


async def ask(built: Gateway) -> dict[str, Any]:
    """The whole response."""
    answer = await built.execute(OperationRequest(QUERY, request_id="test"))
    response: dict[str, Any] = json.loads(answer.body)
    return response
