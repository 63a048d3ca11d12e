from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from gateway.graphiql.assets import built_assets
from gateway.graphiql.examples import read_examples
from gateway.graphiql.page import PageSettings, page
from gateway.http.graphiql import PageOrEndpoint, asset_route
from tests.graphiql.fake_gateway import EXAMPLES, FakeGateway

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

KEY = "demo-key"
FLAGS = [
    "--no-sandbox",  # it will not start as root with one
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",  # no name but this machine's is found
]
PATIENCE = 20_000
"""Milliseconds in which anything on the page must have happened."""


@dataclass(frozen=True)
class Site:
    """The page on a real port, with a fake gateway behind it."""

    gateway: FakeGateway
    address: str


@dataclass
class Visit:
    """What a browser asked for and complained of while it showed the page."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("request", self.requested)
        self.page.on("console", self.said)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def requested(self, request: Request) -> None:
        self.requests.append(request.url)

    def said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    if not built_assets():
        pytest.skip("GraphiQL is not built: python -m gateway.graphiql.build")
    gateway = FakeGateway()
    settings = PageSettings("Demo retailer", {"X-Api-Key": KEY}, read_examples(EXAMPLES))
    app = Starlette(routes=[Route("/graphql", PageOrEndpoint(gateway, page(settings))), asset_route()])
    with served(app) as address:
        yield Site(gateway, f"{address}/graphql")


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started and thread.is_alive():
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    executable = shutil.which("chromium")
    if executable is None:
        pytest.skip("no browser: expected an executable chromium, as Debian's package of that name brings")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def wide(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light") as context:
        yield context


@pytest.fixture(scope="module")
def narrow(chromium: Browser) -> Iterator[BrowserContext]:
    with chromium.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        yield context


@pytest.fixture
def desktop(wide: BrowserContext, site: Site) -> Iterator[Visit]:
    yield from visit(wide, site)


@pytest.fixture
def phone(narrow: BrowserContext, site: Site) -> Iterator[Visit]:
    yield from visit(narrow, site)


def visit(context: BrowserContext, site: Site) -> Iterator[Visit]:
    site.gateway.forget()
    yield from opened(context, site.address)


def opened(context: BrowserContext, address: str) -> Iterator[Visit]:
    """A first visit. What holds for every one: no request left this machine, and the browser did not complain."""
    visit = Visit(context.new_page())
    visit.page.goto(address)
    visit.page.locator(".graphiql-query-editor .view-line").first.wait_for()
    yield visit
    visit.page.evaluate("localStorage.clear()")
    visit.page.close()
    assert [url for url in visit.requests if not url.startswith((address, "data:"))] == []
    assert visit.complaints == []
