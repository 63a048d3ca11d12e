"""One back office and one collector for all tests of this folder."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Literal

import pytest

from examples.backoffice.world import World
from gateway.telemetry.logs import TALKATIVE, Lines, configure_logs
from tests.serving import serving
from tests.telemetry.office import Office, office
from tests.telemetry.receiver import Receiver


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture(scope="session")
def systems(world: World) -> Iterator[Office]:
    with office(world) as running:
        yield running


@pytest.fixture
def demo(systems: Office) -> Office:
    systems.reset()
    return systems


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """The environment of the test names it."""
    receiver = Receiver()
    with serving(receiver) as address:
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", address)
        yield receiver


Written = Callable[[], list[str]]


@pytest.fixture
def json_lines() -> Iterator[Written]:
    """The lines of the log so far, of every logger that lets itself be heard at DEBUG."""
    yield from written("json")


@pytest.fixture
def text_lines() -> Iterator[Written]:
    yield from written("text")


def written(form: Literal["json", "text"]) -> Iterator[Written]:
    root = logging.getLogger()
    names = ("", "crossdock", *TALKATIVE)
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = list(root.handlers)
    root.handlers.clear()  # pytest's own are closed otherwise
    configure_logs(form, logging.DEBUG)
    root.setLevel(logging.DEBUG)
    stream = StringIO()
    (handler,) = root.handlers
    assert isinstance(handler, Lines)
    handler.setStream(stream)

    def so_far() -> list[str]:
        handler.flush()
        return stream.getvalue().splitlines()

    yield so_far
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    logging.raiseExceptions = True
