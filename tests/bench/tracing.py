"""What tracing, metrics and log lines cost: CPU of the whole process per operation, interleaved.

``python -m tests.bench.tracing [ROUNDS]``. The operation: 50 variants of a REST system, their prices of another, their
stock at 3 places of a database; nothing is kept, so each makes its 3 calls. The modes take turns, operation by
operation, so that what else the machine does troubles all alike. Spans are exported between them, in batches as large
as they are under load; that CPU counts too.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import uvloop
from starlette.types import ASGIApp, Message

from gateway.commands.back_office import answers, free_ports
from gateway.config.load import Configuration, load
from gateway.http.app import application
from gateway.runtime import Gateway
from gateway.telemetry.environment import from_environment
from gateway.telemetry.logs import configure_logs
from gateway.telemetry.telemetry import OFF, Telemetry
from tests.bench.systems import REGISTRATIONS, SKUS, write_database

QUERY = """query Page($skus: [String!]!) { variants(skus: $skus) {
  sku id name taxClass salesUnit __typename price { value { amount currency } kind taxIncluded }
  stock { locationCode onHand available reserved } } }"""
BODY = json.dumps({"query": QUERY, "variables": {"skus": SKUS[:50]}}).encode()
SMALL = json.dumps({"query": "query Small { __typename }"}).encode()
BATCH = 511
"""Spans of one export: one less than wakes the SDK's thread."""


def telemetries(collector: str) -> dict[str, Telemetry]:
    """By mode: ``off`` has the log line alone, ``metrics`` is what a gateway does that nobody has configured."""
    modes = {"off": OFF, "metrics": from_environment(prometheus=True)}
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector
    os.environ["OTEL_BSP_SCHEDULE_DELAY"] = str(10**9)
    os.environ["OTEL_METRICS_EXPORTER"] = "none"
    modes["traced"] = from_environment(prometheus=False)
    os.environ["OTEL_METRICS_EXPORTER"] = "otlp"
    modes["everything"] = from_environment(prometheus=True)
    return modes


@dataclass
class Spent:
    """CPU milliseconds, operation by operation, and for each on its export."""

    operation: list[float] = field(default_factory=list)
    export: list[float] = field(default_factory=list)

    @property
    def all(self) -> float:
        return median(self.operation) + median(self.export)


async def measure(configuration: Configuration, collector: str, rounds: int) -> None:
    modes = telemetries(collector)
    gateways = {mode: Gateway.build(configuration, telemetry) for mode, telemetry in modes.items()}
    apps = {mode: application(gateways[mode], telemetry=modes[mode]) for mode in modes}
    for title, body, spans in (("50 variants, 3 calls", BODY, 7), ("__typename", SMALL, 1)):
        for app in apps.values():
            for _ in range(20):
                assert b'"errors"' not in await post(app, body)
        spent = {mode: Spent() for mode in modes}
        for _ in range(rounds):
            await operate(apps, body, BATCH // spans, spent)
            export(modes, BATCH // spans, spent)
        report(title, spent)
    for gateway in gateways.values():
        await gateway.aclose()
    for telemetry in modes.values():
        telemetry.close()


async def operate(apps: Mapping[str, ASGIApp], body: bytes, times: int, spent: Mapping[str, Spent]) -> None:
    """Each mode is as often the first as any other."""
    turns = list(apps)
    for number in range(times):
        first = number % len(turns)
        for mode in turns[first:] + turns[:first]:
            began = time.process_time()
            await post(apps[mode], body)
            spent[mode].operation.append((time.process_time() - began) * 1e3)


def export(modes: Mapping[str, Telemetry], operations: int, spent: Mapping[str, Spent]) -> None:
    for mode, telemetry in modes.items():
        began = time.process_time()
        if telemetry.tracer is not None:
            telemetry.tracer.processor.force_flush()
        spent[mode].export.append((time.process_time() - began) * 1e3 / operations)


def report(title: str, spent: Mapping[str, Spent]) -> None:
    print(f"{title}: CPU milliseconds of an operation and of its export; both together, as multiples of the first")
    first = next(iter(spent.values()))
    for mode, found in spent.items():
        figures = f"{median(found.operation):8.3f}{median(found.export):8.3f}   {found.all / first.all:.3f}"
        print(f"  {mode:<12}{figures}", flush=True)


async def post(app: ASGIApp, body: bytes) -> bytes:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    answer: bytes = sent[-1]["body"]
    return answer


@contextmanager
def systems(folder: Path) -> Iterator[tuple[Configuration, str]]:
    """Their registration, and the address at which they are."""
    (port,) = free_ports(1)
    address = f"http://127.0.0.1:{port}"
    write_database(folder / "wms.sqlite")
    (folder / "gateway.yaml").write_text("title: Bench\n")
    (folder / "sources").mkdir()
    for name, text in REGISTRATIONS.items():
        (folder / "sources" / f"{name}.yaml").write_text(text)
    process = subprocess.Popen([sys.executable, "-m", "tests.bench.systems", str(port)])
    try:
        while not answers(port):
            time.sleep(0.05)
        environ = {"SYSTEMS_URL": address, "WMS_URL": f"sqlite:///{folder / 'wms.sqlite'}"}
        yield load(folder, environ=environ), address
    finally:
        process.terminate()
        process.wait()


def main(arguments: list[str]) -> None:
    rounds = int(arguments[0]) if arguments else 10
    with TemporaryDirectory() as folder, systems(Path(folder)) as (configuration, address):
        configure_logs("json")
        quiet: Any = logging.getLogger().handlers[0]
        with open(os.devnull, "w") as nowhere, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            quiet.setStream(nowhere)
            runner.run(measure(configuration, address, rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
