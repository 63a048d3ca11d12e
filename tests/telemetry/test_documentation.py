"""The page on observability tells of everything that is told, and of nothing else."""

from __future__ import annotations

import json
import re

from tests.retail.running import CHECKOUT
from tests.telemetry.conftest import Written
from tests.telemetry.office import Office, front
from tests.telemetry.receiver import Receiver

PAGE = CHECKOUT / "docs" / "observability.md"
RARE = {"crossdock.cache.stale", "crossdock.failed", "db.namespace"}
"""Attributes of what does not happen here: an answer that got old, some keys that failed, a database server."""

OPERATION = """query Customer { customer(number: "C000040") { loyalty { points }
  orders(first: 1) { nodes { lines { variant { sku name } } } } } }"""


async def test_the_attributes_of_spans(demo: Office, collector: Receiver) -> None:
    async with front(demo) as gateway:
        await gateway.ask(OPERATION)
        demo.systems["loyalty"].down = True
        await gateway.ask(OPERATION)
        for _ in range(3):
            await gateway.ask("{ __typename }")
    rows = re.findall(r"^\| (`[a-z_.]+`(?:, `[a-z_.]+`)*) \| [\w, ]+ \|", PAGE.read_text("utf-8"), re.MULTILINE)
    said = {name for row in rows for name in re.findall(r"`([a-z_]+\.[a-z_.]+)`", row)}
    assert said - RARE == {name for span in collector.spans for name in span.attributes}


async def test_the_members_of_a_line(demo: Office, collector: Receiver, json_lines: Written) -> None:
    demo.systems["loyalty"].down = True
    async with front(demo) as gateway:
        await gateway.ask(OPERATION)
    (block,) = re.findall(r"^```json\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (line,) = (one for one in map(json.loads, json_lines()) if one["logger"] == "crossdock.request")
    assert list(json.loads(block)) == list(line)
