"""Every example on the page of the demo retailer, as its newcomers see it: wide and narrow, in light and in dark."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import pytest

from gateway.commands.back_office import BackOffice
from gateway.graphiql.assets import built_assets
from gateway.http.app import application
from gateway.runtime import Gateway
from tests.graphiql.conftest import PATIENCE, Visit, opened
from tests.graphiql.fake_gateway import EXAMPLES
from tests.graphiql.test_browser import CLICK_AND_RUN, brightness
from tests.retail.running import CHECKOUT, configuration
from tests.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

expect = pytest.importorskip("playwright.sync_api", reason="no package playwright to drive a browser with").expect
expect.set_options(timeout=PATIENCE)

WIDE, NARROW = (1440, 900), (390, 844)


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    """The address of the page."""
    if not built_assets():
        pytest.skip("GraphiQL is not built: python -m gateway.graphiql.build")
    with BackOffice(CHECKOUT, 0.0, ()) as office:
        gateway = Gateway.build(configuration(office.environment))
        with serving(application(gateway), "on") as address:
            yield f"{address}/graphql"


@pytest.fixture(params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    found: Literal["light", "dark"] = request.param
    return found


@pytest.fixture(params=[WIDE, NARROW], ids=["wide", "narrow"])
def visit(
    request: pytest.FixtureRequest, chromium: Browser, demo: str, colours: Literal["light", "dark"]
) -> Iterator[Visit]:
    width, height = request.param
    with chromium.new_context(viewport={"width": width, "height": height}, color_scheme=colours) as context:
        yield from opened(context, demo)


def test_every_example_shows_its_answer_and_its_plan(visit: Visit, colours: str) -> None:
    page = visit.page
    menu = page.get_by_role("navigation", name="Examples").get_by_role("button")
    operations = set()
    for number in range(len(list(EXAMPLES.glob("*.graphql")))):
        if not menu.first.is_visible():
            page.get_by_role("button", name="Show Examples").click()  # a phone has no room for it beside the rest
        menu.nth(number).evaluate(CLICK_AND_RUN)
        selected = page.locator("[role=tab][aria-selected=true]")
        expect(page.locator(".plan-title")).to_have_text(re.compile("^Plan of "))
        expect(page.locator(".plan-title")).to_have_text(f"Plan of {selected.inner_text()}")
        operations.add(selected.inner_text())
        answer = json.loads(shown(visit))
        assert "errors" not in answer
        assert all(answer["data"].values()), "an example that finds nothing shows nothing"
        assert page.locator(".plan-table tbody tr").count() > 0
        assert page.locator(".plan-bar").count() > 0
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]
    assert operations == {re.search(r"query (\w+)", file.read_text())[1] for file in EXAMPLES.glob("*.graphql")}  # type: ignore[index]
    assert (brightness(page, ".graphiql-container") > 600) == (colours == "light")


def shown(visit: Visit) -> str:
    """All of the result, also what is scrolled out of sight."""
    text: str = visit.page.evaluate(
        "__MONACO.editor.getModels().find(model => model.uri.path.includes('response')).getValue()"
    )
    return text
