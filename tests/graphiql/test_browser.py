"""The page in a real browser. What holds for every visit is in ``visit``: no foreign request, no complaint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.graphiql.conftest import KEY, PATIENCE, Site, Visit
from tests.graphiql.fake_gateway import EXAMPLES, TRACE

if TYPE_CHECKING:
    from playwright.sync_api import Page

expect = pytest.importorskip("playwright.sync_api", reason="no package playwright to drive a browser with").expect
expect.set_options(timeout=PATIENCE)

FAILED = "20 \u00d7 UNAVAILABLE"
NONE = "\u2013"
CLICK_AND_RUN = "item => { item.click(); document.querySelector('.graphiql-execute-button').click() }"
COVERED = """bars => bars.map(bar => bar.getBoundingClientRect()).filter(box => box.width && box.height).map(box =>
    document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)
).filter(top => top && !top.closest('.graphiql-plugin')).map(top => top.className)"""
DRAWN = """bars => bars.map(bar => {
    const whole = bar.parentElement.getBoundingClientRect(), own = bar.getBoundingClientRect()
    return [(own.left - whole.left) / whole.width, own.width / whole.width]
})"""


def run(page: Page) -> None:
    page.get_by_role("button", name="Execute query").click()


def write(page: Page, editor: str, text: str) -> None:
    """All at once: what is typed, the editor completes with closing brackets."""
    page.evaluate(
        "([editor, text]) => __MONACO.editor.getModels().find(model => model.uri.path.includes(editor)).setValue(text)",
        [editor, text],
    )


def rows(page: Page) -> list[str]:
    """Each step's row, its cells set apart by bars."""
    cells = page.locator(".plan-table tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim()).join(' | '))"
    )
    return [re.sub(r"\s+", " ", row) for row in cells]


def brightness(page: Page, part: str) -> int:
    """Of the background: 0 for black, 765 for white."""
    colour: str = page.locator(part).evaluate("part => getComputedStyle(part).backgroundColor")
    return sum(map(int, re.findall(r"\d+", colour)[:3]))


def test_every_example_runs_and_shows_result_and_plan(desktop: Visit, site: Site) -> None:
    page = desktop.page
    menu = page.get_by_role("navigation", name="Examples").get_by_role("button")
    assert menu.count() == len(list(EXAMPLES.glob("*.graphql")))
    for number in range(menu.count()):
        menu.nth(number).evaluate(CLICK_AND_RUN)
        expect(page.locator(".result-window")).to_contain_text("Hazel Cotton Shirt")
        sent = site.gateway.wait_for(number + 1)
        name = sent["operationName"]
        assert f"query {name}" in sent["query"], "run at once, but not under the name of the one before"
        expect(page.locator(".plan-title")).to_have_text(f"Plan of {name}")
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")
    operations = site.gateway.operations
    assert {operation["query"] for operation in operations} == {path.read_text() for path in EXAMPLES.glob("*.graphql")}
    assert all(operation["extensions"] == {"trace": True} for operation in operations)
    assert set(site.gateway.keys) == {KEY}, "introspection too: it runs before the header editor is there"
    assert page.get_by_role("tab").count() == menu.count(), "the first example was open already"
    assert brightness(page, ".graphiql-container") > 700, "light, as the system is"


def test_the_panel_shows_the_plan(desktop: Visit) -> None:
    page = desktop.page
    expect(page.locator(".plan")).to_contain_text("Run an operation to see which source was asked for what.")
    page.get_by_role("button", name="Hide Examples").click()  # the pane is then wide enough for the table
    run(page)
    expect(page.locator(".plan-summary > *")).to_have_text(["41.2 ms", "5 calls, at most 9", "20 errors"])
    assert rows(page) == [
        "pim Product by code | 1 | 1 hit | 0 of 1 | 12.3 ms",
        "pim Variant by productCode | 50 | 47 hit, 3 miss | 2 of 2 | 9.1 ms",
        f"pricing Price by sku {FAILED} | 20 | {NONE} | 1 of 3 | 18.9 ms",
        f"wms StockLevel by sku | 50 | {NONE} | 1 of 1 | 5.5 ms",
        f"erp StockLevel by sku locationCode | 120 | {NONE} | 1 of 2 | 13.1 ms",
    ]
    assert page.locator(".plan-sources").inner_text().split("\n") == ["pricing", FAILED]
    for (left, width), step in zip(page.locator(".plan-bar").evaluate_all(DRAWN), TRACE["steps"], strict=True):
        assert left == pytest.approx(step["start"] / 41.2, abs=0.01)
        assert width == pytest.approx(step["milliseconds"] / 41.2, abs=0.01)
    result = page.locator(".result-window").inner_text()
    assert "moreErrors" in result
    assert "worstCase" not in result, "the trace is in the panel and not once more in the result"
    page.locator(".plan-head").click()
    expect(page.locator(".plan-table")).to_be_hidden()
    expect(page.locator(".plan-summary")).to_be_visible()


def test_the_panel_bears_any_trace(desktop: Visit, site: Site) -> None:
    traces: tuple[tuple[object, str], ...] = (
        (None, "No trace came with this answer"),
        ("odd", "No trace came with this answer"),
        ({}, "No source was needed."),
        ({"steps": [{}, None, 7, {"after": "x", "cache": [], "errors": {"CODE": "many"}}]}, "not needed"),
        ({"steps": [{"source": "wms", "index": 1, "after": [1, 2]}, {"index": 2, "after": [1]}]}, "wms"),
    )
    for number, (trace, text) in enumerate(traces, 1):
        site.gateway.trace = trace
        run(desktop.page)
        site.gateway.wait_for(number)
        expect(desktop.page.locator(".plan")).to_contain_text(text)
        expect(desktop.page.locator(".result-window")).to_contain_text("Hazel Cotton Shirt")


def test_typed_keys_stay_out_of_the_browsers_storage(desktop: Visit, site: Site) -> None:
    page = desktop.page
    write(page, "headers", '{"X-Api-Key": "typed-key"}')
    run(page)
    expect(page.locator(".plan-table")).to_be_visible()
    assert site.gateway.keys[-1] == "typed-key"
    page.wait_for_function("localStorage.getItem('graphiql:tabState')")  # written with some delay
    stored = page.evaluate("JSON.stringify(localStorage)")
    assert "CustomerAtAGlance" in stored
    assert "typed-key" not in stored
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
    write(page, "operation", "{products{nodes{code}}}")
    page.get_by_role("button", name="Prettify query").click()
    expect(page.locator(".graphiql-query-editor .view-line")).to_have_count(8)  # the last one is empty


def test_a_phone_shows_everything_in_one_column(phone: Visit) -> None:
    page = phone.page
    menu = page.get_by_role("navigation", name="Examples")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Show Examples").click()
    expect(menu).to_be_visible()
    assert page.locator(".graphiql-editors .slider").evaluate_all(COVERED) == [], "scroll bars shine through the menu"
    menu.get_by_role("button", name="Product page").click()
    expect(menu).to_be_hidden()
    expect(page.locator(".graphiql-query-editor")).to_contain_text("query ProductPage")
    run(page)
    expect(page.locator(".plan-table")).to_be_visible()
    for part in (".graphiql-editors", ".result-window", ".plan-table"):
        page.locator(part).scroll_into_view_if_needed()
        box = page.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert 300 < box["width"] <= 390 - box["x"], part
        assert page.locator(part).evaluate("part => part.scrollWidth <= part.clientWidth"), part
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    figures = page.locator(".plan-table tr:nth-child(2) td[data-label]").evaluate_all(
        "cells => cells.map(cell => getComputedStyle(cell, '::before').content + cell.innerText)"
    )
    assert figures == ['"keys "50', "none47\u00a0hit, 3\u00a0miss", '"calls "2 of 2']
    assert brightness(page, ".graphiql-container") < 200, "dark, as the system is"
    assert brightness(page, ".graphiql-footer") < 200
