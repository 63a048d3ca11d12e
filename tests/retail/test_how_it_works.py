"""``docs/how-it-works.md`` shows what really happens."""

from __future__ import annotations

import os

from tests.retail.how_it_works import MARKED, blocks, query, written
from tests.retail.running import CHECKOUT, Client

PAGE = CHECKOUT / "docs" / "how-it-works.md"


async def test_the_page_follows_a_real_operation(client: Client) -> None:
    """``CROSSDOCK_WRITE_PLANS=1`` writes its blocks anew, to be read and committed."""
    page = PAGE.read_text(encoding="utf-8")
    made = await blocks(client.gateway.engine, query(page))
    if os.environ.get("CROSSDOCK_WRITE_PLANS"):
        PAGE.write_text(written(page, made), encoding="utf-8")
    assert {match[2]: match[3] for match in MARKED.finditer(PAGE.read_text(encoding="utf-8"))} == made
