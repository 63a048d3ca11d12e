"""The page in a real browser. What every visit must hold is in ``visit``: no foreign request, no complaint."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.graphiql.conftest import KEY, Site, Visit
from tests.graphiql.fake_gateway import EXAMPLES, TRACE

expect.set_options(timeout=20_000)

TITLES = ("Customer at a glance", "Where is my order?", "Price and stock of a scanned article", "Where can I fetch it?")


def run(page: Page) -> None:
    page.get_by_role("button", name="Execute query").click()


def panel(page: Page) -> str:
    return page.get_by_role("region", name="Plan of the last run").inner_text()


def rows(page: Page) -> list[str]:
    """Each step's row, its cells set apart by bars."""
    cells = page.locator(".plan-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()).join(' | '))"
    )
    return [re.sub(r"\s+", " ", row) for row in cells]


def test_every_example_runs_and_shows_result_and_plan(desktop: Visit, site: Site) -> None:
    page = desktop.page
    menu = page.get_by_role("navigation", name="Examples").get_by_role("button")
    assert menu.count() == len(list(EXAMPLES.glob("*.graphql")))
    for number in range(menu.count()):
        menu.nth(number).click()
        run(page)
        expect(page.locator(".result-window")).to_contain_text("Hazel Cotton Shirt")
        name = site.gateway.wait_for(number + 1)["operationName"]
        expect(page.locator(".plan-title")).to_have_text(f"Plan of {name}")
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    sent = site.gateway.operations
    assert {operation["query"] for operation in sent} == {path.read_text() for path in EXAMPLES.glob("*.graphql")}
    assert all(operation["extensions"] == {"trace": True} for operation in sent)
    assert set(site.gateway.keys) == {KEY}, "introspection too: it runs before the header editor is there"
    assert page.get_by_role("tab").count() == menu.count(), "the first example was open already"


def test_the_panel_shows_the_plan(desktop: Visit) -> None:
    page = desktop.page
    expect(page.locator(".plan")).to_contain_text("Run an operation to see which source was asked for what.")
    page.get_by_role("button", name="Hide Examples").click()  # the pane is then wide enough for the table
    run(page)
    expect(page.locator(".plan-head")).to_contain_text("41.2 ms5 calls, at most 920 errors")
    assert rows(page) == [
        "pim Product by code | 1 | 1 hit | 0 of 1 | 12.3 ms",
        "pim Variant by productCode | 50 in 2 batches | 47 hit, 3 miss | 2 of 2 | 9.1 ms",
        "pricing Price by sku 20 × UNAVAILABLE | 20 | – | 1 of 3 | 18.9 ms",  # noqa: RUF001 - the sign of the panel
        "wms StockLevel by sku | 50 | – | 1 of 1 | 5.5 ms",
        "erp StockLevel by sku locationCode | 120 | – | 1 of 2 | 13.1 ms",
    ]
    assert page.locator(".plan-sources").inner_text().split("\n") == ["pricing", "20 × UNAVAILABLE"]  # noqa: RUF001
    result = page.locator(".result-window").inner_text()
    assert "moreErrors" in result
    assert "worstCase" not in result, "the trace is in the panel and not once more in the result"


def test_the_waterfall_is_drawn_to_scale(desktop: Visit) -> None:
    page = desktop.page
    run(page)
    expect(page.locator(".plan-bar")).to_have_count(5)
    drawn = page.locator(".plan-bar").evaluate_all(
        "bars => bars.map(bar => { const whole = bar.parentElement.getBoundingClientRect(), own = bar.getBoundingClientRect();"
        "return [(own.left - whole.left) / whole.width, own.width / whole.width] })"
    )
    for (left, width), step in zip(drawn, TRACE["steps"], strict=True):
        assert left == pytest.approx(step["start"] / 41.2, abs=0.01)
        assert width == pytest.approx(step["milliseconds"] / 41.2, abs=0.01)


def test_the_panel_closes_and_opens(desktop: Visit) -> None:
    page = desktop.page
    run(page)
    expect(page.locator(".plan-table")).to_be_visible()
    page.locator(".plan-head").click()
    expect(page.locator(".plan-table")).to_be_hidden()
    expect(page.locator(".plan-head")).to_contain_text("5 calls")
    page.locator(".plan-head").click()
    expect(page.locator(".plan-table")).to_be_visible()


@pytest.mark.parametrize(
    ("trace", "text"),
    [
        (None, "No trace came with this answer"),
        ("odd", "No trace came with this answer"),
        ({}, "No source was needed."),
        ({"steps": []}, "No source was needed."),
        ({"steps": [{}, None, 7, {"after": "x", "cache": [], "errors": {"CODE": "many"}}]}, "not needed"),
        ({"steps": [{"source": "wms", "index": 1, "after": [1, 2]}, {"index": 2, "after": [1]}]}, "wms"),
    ],
)
def test_the_panel_bears_any_trace(desktop: Visit, site: Site, trace: object, text: str) -> None:
    site.gateway.trace = trace
    run(desktop.page)
    expect(desktop.page.locator(".plan")).to_contain_text(text)
    expect(desktop.page.locator(".result-window")).to_contain_text("Hazel Cotton Shirt")


def test_keys_stay_out_of_the_browsers_storage(desktop: Visit) -> None:
    page = desktop.page
    expect(page.locator(".graphiql-editor-tool")).to_contain_text(KEY)
    run(page)
    expect(page.locator(".plan-table")).to_be_visible()
    page.wait_for_function("localStorage.getItem('graphiql:tabState')")  # written with some delay
    assert KEY not in page.evaluate("JSON.stringify(localStorage)")
    page.reload()
    expect(page.locator(".graphiql-editor-tool")).to_contain_text(KEY)


def test_docs_completion_and_prettify_work(desktop: Visit) -> None:
    """Each of them loads more code, which the policy must let through."""
    page = desktop.page
    page.get_by_role("button", name="Show Documentation Explorer").click()
    expect(page.locator(".graphiql-plugin")).to_contain_text("All Schema Types")
    page.locator(".graphiql-query-editor .view-line").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.type("{ produ")
    page.keyboard.press("Control+Space")
    expect(page.locator(".suggest-widget")).to_contain_text("products")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+A")
    page.keyboard.type("{products{nodes{code}}}")
    page.get_by_role("button", name="Prettify query").click()
    expect(page.locator(".graphiql-query-editor .view-line")).to_have_count(7)


def test_a_phone_shows_everything_in_one_column(phone: Visit) -> None:
    page = phone.page
    run(page)
    expect(page.locator(".plan-table")).to_be_visible()
    for part in (".graphiql-editors", ".result-window", ".plan"):
        page.locator(part).scroll_into_view_if_needed()
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert 300 < box["width"] <= 390, part
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.locator(".plan-table").evaluate("table => table.scrollWidth <= table.parentElement.clientWidth")
    assert "calls 0 of 1" in rows(page)[0] or page.locator("td[data-label=calls]").first.evaluate(
        "cell => getComputedStyle(cell, '::before').content"
    ) == '"calls" " "'.replace('" "', " ")


def test_a_phone_shows_the_menu_over_the_editor(phone: Visit) -> None:
    page = phone.page
    expect(page.get_by_role("navigation", name="Examples")).to_be_hidden()
    page.get_by_role("button", name="Show Examples").click()
    page.get_by_role("button", name="Product page").click()
    expect(page.get_by_role("navigation", name="Examples")).to_be_hidden()
    expect(page.locator(".graphiql-query-editor")).to_contain_text("query ProductPage")
    page.get_by_role("button", name="Show Examples").click()
    expect(page.get_by_role("navigation", name="Examples")).to_be_visible()


def test_the_page_follows_the_systems_theme(phone: Visit, desktop: Visit) -> None:
    def brightness(page: Page, part: str) -> int:
        colour: str = page.locator(part).evaluate("part => getComputedStyle(part).backgroundColor")
        return sum(map(int, re.findall(r"\d+", colour)[:3]))

    for part in (".graphiql-container", ".graphiql-footer"):
        assert brightness(phone.page, part) < 200
        assert brightness(desktop.page, part) > 700
