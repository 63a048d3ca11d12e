"""A request that is given up gives up what it asked."""

from __future__ import annotations

import asyncio

import pytest

from tests.engine.estate import estate


async def test_no_call_goes_on_when_the_request_is_cancelled() -> None:
    graph = estate()
    slow = [graph["pim"], graph["pricing"], graph["wms"]]
    for source in slow:
        source.delay = 60.0
    query = '{ variant(sku: "A11") { name price { kind } stock { onHand } } }'
    request = asyncio.ensure_future(graph.ask(query))
    for _ in range(20):  # turns of the loop, in which sources are asked
        await asyncio.sleep(0)
    assert all(source.calls for source in slow)
    assert len(asyncio.all_tasks()) > len(slow)
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == {asyncio.current_task()}
