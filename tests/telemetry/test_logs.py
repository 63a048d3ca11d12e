"""Log lines: one for each request, with the ids by which the others are found."""

from __future__ import annotations

import asyncio
import json
import logging
import re
from hashlib import sha256
from io import StringIO
from typing import Any

import httpx
import pytest

from gateway.http.app import application
from gateway.telemetry.environment import from_environment
from gateway.telemetry.logs import Lines
from gateway.telemetry.telemetry import OFF
from tests.http.small_gateway import DefectiveGateway
from tests.telemetry.conftest import Written
from tests.telemetry.office import Office, front
from tests.telemetry.receiver import Receiver

CUSTOMER = "query Customer($number: String!) { customer(number: $number) { displayName loyalty { points } } }"


def objects(lines: Written, logger: str = "crossdock.request") -> list[dict[str, Any]]:
    found = [json.loads(line) for line in lines()]
    return [one for one in found if one["logger"] == logger]


async def test_a_request_is_one_line(demo: Office, collector: Receiver, json_lines: Written) -> None:
    async with front(demo) as gateway:
        answer = await gateway.http.post(
            "/graphql",
            json={"query": CUSTOMER, "variables": {"number": "C000030"}},
            headers={"x-request-id": "r-7"},
        )
    (line,) = objects(json_lines)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert 0 < line.pop("milliseconds") < 60_000
    assert all(one.pop("milliseconds") > 0 for one in line["sources"].values())
    assert line == {
        "level": "info",
        "logger": "crossdock.request",
        "message": "answered",
        "request": "r-7",
        "trace": collector.one("query Customer").trace,
        "client": "demo",
        "operation": "Customer",
        "type": "query",
        "document": sha256(CUSTOMER.encode()).hexdigest(),
        "status": 200,
        "outcome": "ok",
        "bytes": len(answer.content),
        "sources": {"crm": {"calls": 1}, "crosswalk": {"calls": 1}, "loyalty": {"calls": 1}},
    }


class Listener(logging.Handler):
    """Somebody else who wants to know."""

    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.mark.parametrize("name", ["", "crossdock", "crossdock.request"])
async def test_others_may_listen_and_the_line_is_the_same(demo: Office, json_lines: Written, name: str) -> None:
    listener = Listener()
    head = {"x-request-id": "r-1", "traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
    async with front(demo) as gateway:
        for listening in (False, True):
            if listening:
                logging.getLogger(name).addHandler(listener)
            try:
                await gateway.ask(CUSTOMER, head, number="C000030")
            finally:
                logging.getLogger(name).removeHandler(listener)
    alone, heard = objects(json_lines)
    assert list(heard) == list(alone)
    changing = ("time", "milliseconds", "sources")
    assert [{**line, **dict.fromkeys(changing)} for line in (alone, heard)] == [
        {**alone, **dict.fromkeys(changing)}
    ] * 2
    told = [record for record in listener.records if record.name == "crossdock.request"]
    assert [(record.levelname, record.getMessage()) for record in told] == [("INFO", "answered")]


async def test_a_logger_that_is_silenced_tells_nothing(demo: Office, json_lines: Written) -> None:
    log = logging.getLogger("crossdock.request")
    log.setLevel(logging.WARNING)
    try:
        async with front(demo) as gateway:
            await gateway.ask("{ __typename }")
    finally:
        log.setLevel(logging.NOTSET)
    assert objects(json_lines) == []


async def test_an_answer_that_was_kept_says_so(demo: Office, json_lines: Written) -> None:
    async with front(demo) as gateway:
        for _ in range(3):
            await gateway.ask("{ __typename }")
    assert [line.get("kept", False) for line in objects(json_lines)] == [False, False, True]


async def test_errors_are_counted_by_code(demo: Office, json_lines: Written) -> None:
    demo.systems["loyalty"].down = True
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, {"x-request-id": "r-8"}, number="C000031")
    (line,) = objects(json_lines)
    assert (line["outcome"], line["errors"]) == ("partial", {"UNAVAILABLE": 1})
    assert "trace" not in line
    (told,) = objects(json_lines, "crossdock.engine")
    assert (told["request"], told["source"], told["level"]) == ("r-8", "loyalty", "warning")


async def test_refused_requests_have_a_line_too(demo: Office, json_lines: Written) -> None:
    async with front(demo) as gateway:
        await gateway.ask("query Q($n: Int!) { products(first: $n) { totalCount } }", n="x")
        await gateway.ask("query Q { nope }")
        await gateway.http.post("/graphql", content=b"{}")
        await gateway.http.get("/livez")
    lines = objects(json_lines)
    assert [line["outcome"] for line in lines] == ["refused"] * 3
    assert [line.get("operation") for line in lines] == ["Q", None, None]
    assert [line["status"] for line in lines] == [200, 200, 415]
    assert [line.get("errors") for line in lines[:2]] == [{"BAD_USER_INPUT": 1}, {"GRAPHQL_VALIDATION_FAILED": 1}]


async def test_lines_of_others_belong_to_the_request(json_lines: Written) -> None:
    """Also those of tasks that it began, which may live longer."""
    log = logging.getLogger("crossdock.source")

    async def call() -> None:
        await asyncio.sleep(0)
        log.warning("inside")

    with OFF.request("POST", "r-9", {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}):
        task = asyncio.create_task(call())
    await task
    log.warning("outside")
    inside, outside = objects(json_lines, "crossdock.source")
    assert (inside["request"], inside["trace"]) == ("r-9", "a" * 32)
    assert "request" not in outside
    assert "trace" not in outside
    assert objects(json_lines)[0]["status"] == 499


class Writes(StringIO):
    """Notes what is written at once."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.written = asyncio.Event()

    def write(self, text: str) -> int:
        self.texts += [text] if text else []
        self.written.set()
        return len(text)

    @property
    def messages(self) -> list[list[str]]:
        return [[json.loads(line)["message"] for line in text.splitlines()] for text in self.texts]


@pytest.fixture
def writes(json_lines: Written) -> Writes:
    stream = Writes()
    on_their_way().setStream(stream)
    return stream


def on_their_way() -> Lines:
    return next(each for each in logging.getLogger().handlers if isinstance(each, Lines))


async def test_lines_wait_for_others_and_are_written_at_once(writes: Writes) -> None:
    log = logging.getLogger("crossdock.request")
    log.info("one")
    log.info("two")
    assert writes.messages == []
    await writes.written.wait()
    assert writes.messages == [["one", "two"]]
    writes.written.clear()
    log.info("three")
    await writes.written.wait()
    assert writes.messages[1:] == [["three"]]


async def test_a_warning_does_not_wait(writes: Writes) -> None:
    log = logging.getLogger("crossdock.request")
    log.info("one")
    log.warning("wrong")
    assert writes.messages == [["one", "wrong"]]
    await asyncio.to_thread(log.info, "two")
    assert writes.messages[1:] == [["two"]]


def test_no_line_is_lost_with_its_loop(writes: Writes) -> None:
    """The first loop ends before it is time to write; the second knows nothing of it."""
    log = logging.getLogger("crossdock.request")

    for message in ("one", "two"):
        loop = asyncio.new_event_loop()
        loop.call_soon(log.info, message)
        loop.call_soon(loop.stop)
        loop.run_forever()
        loop.close()
    on_their_way().flush()  # as the interpreter does at its end
    assert [each for text in writes.messages for each in text] == ["one", "two"]


def test_a_stream_that_is_gone_stops_nobody(json_lines: Written) -> None:
    gone = StringIO()
    on_their_way().setStream(gone)
    gone.close()
    logging.getLogger("crossdock").warning("lost")


async def test_a_defect_is_told_without_its_text(json_lines: Written) -> None:
    transport = httpx.ASGITransport(application(DefectiveGateway(), telemetry=from_environment(prometheus=False)))
    async with httpx.AsyncClient(transport=transport, base_url="http://gateway.test") as client:
        answer = await client.post("/graphql", json={"query": "{a}"}, headers={"x-request-id": "r-10"})
    assert answer.status_code == 500
    (told,) = objects(json_lines, "crossdock.http")
    assert (told["exception"], told["request"]) == ("RuntimeError", "r-10")
    assert told["places"][-1].endswith("in execute")
    (line,) = objects(json_lines)
    assert (line["status"], line["outcome"]) == (500, "failed")
    assert "canary" not in "".join(json_lines())


def test_an_exception_has_its_causes(json_lines: Written) -> None:
    try:
        try:
            raise KeyError("canary")
        except KeyError as error:
            raise ValueError("canary") from error
    except ValueError:
        logging.getLogger("elsewhere").exception("went wrong")
    (told,) = objects(json_lines, "elsewhere")
    assert told["exception"] == "ValueError from KeyError"
    assert "canary" not in "".join(json_lines())


async def test_what_asyncio_says_of_lost_tasks(json_lines: Written) -> None:
    async def lost() -> None:
        raise ValueError("canary")

    task = asyncio.create_task(lost())
    await asyncio.wait([task])
    asyncio.get_running_loop().call_exception_handler(
        {"message": "Task exception was never retrieved", "exception": task.exception(), "future": task}
    )
    (told,) = objects(json_lines, "asyncio")
    assert (told["message"], told["exception"]) == ("Task exception was never retrieved", "ValueError")
    assert "canary" not in "".join(json_lines())


@pytest.mark.parametrize("name", ["httpx", "httpcore", "sqlalchemy.engine", "zeep.transports"])
def test_talkative_loggers_say_little(json_lines: Written, name: str) -> None:
    logging.getLogger(name).info("GET %s", "http://crm.test/?email=canary")
    logging.getLogger(name).warning("something is wrong")
    assert [line["message"] for line in objects(json_lines, name)] == ["something is wrong"]


async def test_text_for_people(demo: Office, text_lines: Written) -> None:
    async with front(demo) as gateway:
        await gateway.ask(CUSTOMER, {"x-request-id": "r-11"}, number="C000033")
    (line,) = (line for line in text_lines() if "crossdock.request" in line)
    pattern = (
        r"\S+ INFO crossdock\.request: answered request=r-11 client=demo operation=Customer type=query "
        r"document=[0-9a-f]{64} status=200 outcome=ok milliseconds=[\d.]+ bytes=\d+ sources=\{\S+\}"
    )
    assert re.fullmatch(pattern, line), line


def test_a_text_of_an_exception_takes_lines(text_lines: Written) -> None:
    try:
        raise ValueError("canary")
    except ValueError:
        logging.getLogger("crossdock").exception("went wrong")
    line, place = text_lines()
    assert line.endswith("ERROR crossdock: went wrong exception=ValueError")
    assert re.fullmatch(r"  \S+test_logs\.py:\d+ in test_a_text_of_an_exception_takes_lines", place)


def test_a_line_that_cannot_be_made_is_not_shown(json_lines: Written, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("crossdock").warning("%d", "canary")
    assert json_lines() == []
    assert "canary" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc", "expected http/protobuf, usually on port 4318, found grpc"),
        ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "http/json", "expected http/protobuf, usually on port 4318, found http"),
        ("OTEL_TRACES_EXPORTER", "zipkin", "expected otlp or none, found zipkin"),
    ],
)
def test_what_is_not_supported_is_said(
    collector: Receiver, json_lines: Written, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv("OTEL_METRICS_EXPORTER", "none")
    assert from_environment(prometheus=False).tracer is None
    (line,) = objects(json_lines, "crossdock.telemetry")
    assert line["message"].startswith(f"{name}: {said}")
