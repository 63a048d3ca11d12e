"""``docs/identity.md`` is true: its configuration, put together, makes one customer."""

from __future__ import annotations

from pathlib import Path

from tests.identity.estate import People
from tests.identity.test_customer import ROWS
from tests.retail.documents import blocks


async def test_the_configuration_of_the_page(tmp_path: Path) -> None:
    texts = [block.text for block in blocks("yaml") if block.page == "docs/identity.md"]
    files = {text.split()[1]: text for text in texts if text.startswith("source:")}
    assert files.keys() == {"pos", "crosswalk"}
    files["gateway"] = next(text for text in texts if text.startswith("identity:"))
    people = People(tmp_path, {**ROWS, "LINKS": [("pos", "T-20", "C3", "Y")]}, files)
    data = await people.data(
        """{ one: customer(external: {source: "pos", value: "T-10"}) {
               number provenance { source fields { field source role } }
               externalIds { source role value matchedOn } }
             linked: customer(external: {source: "pos", value: "T-20"}) { number } }"""
    )
    await people.gateway.aclose()
    assert data["one"]["number"] == "C1"
    assert [each["value"] for each in data["one"]["externalIds"]] == ["C1", "L-1", "T-10", "C1"]
    assert data["linked"] == {"number": "C3"}
