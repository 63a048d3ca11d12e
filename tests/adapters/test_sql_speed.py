"""What a call costs does not depend on how large the database is around the tables that are registered."""

from __future__ import annotations

import time
from pathlib import Path

from adapters.spi import Adapter, Lookup, Search
from tests.adapters import odd_database as odd
from tests.adapters import sql_shop as shop

TABLES = 300
COLUMNS = ", ".join(f'"COLUMN {number}" varchar(20)' for number in range(60))
CALLS = 100
ROUNDS = 7
MOST = 1.5
"""How many times the CPU of the small one's calls; what was seen is 0.96 to 1.07."""


async def test_a_call_costs_the_same_in_a_database_of_three_hundred_tables(tmp_path: Path) -> None:
    urls = []
    for tables in (0, TABLES):
        url = f"sqlite:///{tmp_path / f'{tables}.db'}"
        shop.create(url)
        odd.run(url, [f'create table "OTHER {number}" ({COLUMNS})' for number in range(tables)])
        urls.append(url)
    small, large = (shop.adapter(url) for url in urls)
    seconds: dict[Adapter, list[float]] = {small: [], large: []}
    for adapter in (small, large):
        await ask(adapter)  # connects, compiles
    for _ in range(ROUNDS):
        for adapter, taken in seconds.items():
            began = time.process_time()
            for _ in range(CALLS):
                await ask(adapter)
            taken.append(time.process_time() - began)
    await small.aclose()
    await large.aclose()
    ratio = min(seconds[large]) / min(seconds[small])
    assert ratio < MOST, f"{ratio:.2f} times the CPU of the small one"


async def ask(adapter: Adapter) -> None:
    stock = await adapter.lookup(Lookup("StockLevel", "sku", ["A-1", "A-2"], frozenset({"onHand"})))
    assert len(stock.found["A-1"]) == 4
    page = await adapter.search(Search("Order", "customer", 5, frozenset({"number"}), parents=["C1", "C2"]))
    assert len(page.pages["C2"].records) == 5
