"""The example of an adapter of one's own keeps the contract, answers, and is short."""

from __future__ import annotations

import asyncio
import json
import os
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.conformance import LookupSample, conform
from adapters.registration import Limits
from adapters.resilience import Resilient
from adapters.spi import Lookup, Unavailable
from gateway.config.load import load
from gateway.engine.request import OperationRequest
from gateway.runtime import Gateway

EXAMPLE = Path(__file__).parents[2] / "examples" / "custom_adapter"
ITEMS = {"A-13": ("Bolt M4", "EA"), "A-21": ("Wool, 50%", "KG"), "A-34": ("Box", "XX")}


class Computer:
    """``asked``: the lines of each connection."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []

    async def talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        lines = (await reader.read()).decode("cp037").splitlines()
        self.asked.append(lines)
        for line in reversed(lines):
            item = line[10:].rstrip()
            assert line.startswith("ITEMMASTER")
            name, unit = ITEMS.get(item, ("", ""))
            writer.write((f"{item:<15}{name:<30}{'':7}{unit}\n" if name else "*NONE\n").encode("cp037"))
        writer.close()


@pytest.fixture
async def computer() -> AsyncIterator[tuple[Computer, int]]:
    running = Computer()
    server = await asyncio.start_server(running.talk, "127.0.0.1", 0)
    yield running, server.sockets[0].getsockname()[1]
    server.close()


def gateway(port: int) -> Gateway:
    return Gateway.build(load(EXAMPLE, environ={**os.environ, "MIDRANGE_PORT": str(port)}))


async def test_it_answers_a_query_in_one_call(computer: tuple[Computer, int]) -> None:
    running, port = computer
    served = gateway(port)
    query = '{ variants(skus: ["A-13", "NOPE", "A-21", "A-34"]) { sku name salesUnit } }'
    answer = json.loads((await served.execute(OperationRequest(query))).body)
    await served.aclose()
    assert answer["data"]["variants"] == [
        {"sku": "A-13", "name": "Bolt M4", "salesUnit": "EA"},
        None,
        {"sku": "A-21", "name": "Wool, 50%", "salesUnit": "KGM"},
        {"sku": "A-34", "name": "Box", "salesUnit": None},
    ]
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["variants", 3, "salesUnit"], "BAD_DATA")
    ]
    assert len(running.asked) == 1


async def test_it_keeps_the_contract(computer: tuple[Computer, int]) -> None:
    served = gateway(computer[1])
    adapter = Resilient(served.composition.adapters["midrange"], Limits())  # deadlines are kept for it
    await conform(adapter, [LookupSample("Variant", "sku", ["A-13", "A-21"], "A-99", fields=frozenset({"name"}))])
    await served.aclose()


async def test_a_computer_that_is_off() -> None:
    served = gateway(1)
    with pytest.raises(Unavailable):
        await served.composition.adapters["midrange"].lookup(Lookup("Variant", "sku", ["A-13"], frozenset({"name"})))
    await served.aclose()


def test_it_is_short() -> None:
    assert len((EXAMPLE / "midrange.py").read_text("utf-8").splitlines()) < 80
