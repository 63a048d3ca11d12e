"""What tracing, metrics and log lines cost: CPU of the whole process per operation, interleaved.

``python -m tests.bench.tracing [ROUNDS]``. The operation: 50 variants of a REST system, their prices of another, their
stock at 3 places of a database; nothing is kept, so each makes its 3 calls. Everything that a mode does counts, its
export to a collector too. Rounds of all modes follow each other, so that what else the machine does troubles all alike;
believe the median of the ratios.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
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
PER_ROUND = 8
PER_SMALL_ROUND = 200


def telemetries(collector: str) -> dict[str, Telemetry]:
    """By mode: ``off`` has the log line alone, ``metrics`` is what a gateway does that nobody has configured."""
    modes = {"off": OFF, "metrics": from_environment(prometheus=True)}
    os.environ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector
    os.environ["OTEL_METRICS_EXPORTER"] = "none"
    modes["traced"] = from_environment(prometheus=False)
    os.environ["OTEL_METRICS_EXPORTER"] = "otlp"
    modes["everything"] = from_environment(prometheus=True)
    return modes


async def measure(configuration: Configuration, collector: str, rounds: int) -> None:
    modes = telemetries(collector)
    gateways = {mode: Gateway.build(configuration, telemetry) for mode, telemetry in modes.items()}
    apps = {mode: application(gateways[mode], telemetry=modes[mode]) for mode in modes}
    for title, body, times in (("50 variants, 3 calls", BODY, PER_ROUND), ("__typename", SMALL, PER_SMALL_ROUND)):
        spent: dict[str, list[float]] = {mode: [] for mode in modes}
        for app in apps.values():
            answer = json.loads(await post(app, body))
            assert "errors" not in answer, answer
        for _ in range(rounds):
            for mode, app in apps.items():
                began = time.process_time()
                for _ in range(times):
                    await post(app, body)
                if tracer := modes[mode].tracer:
                    tracer.processor.force_flush()
                spent[mode].append((time.process_time() - began) / times * 1e3)
        report(title, spent)
    for gateway in gateways.values():
        await gateway.aclose()
    for telemetry in modes.values():
        telemetry.close()


def report(title: str, spent: dict[str, list[float]]) -> None:
    print(f"{title}: CPU milliseconds per operation, least and median; median of the ratios to the first")
    first = next(iter(spent.values()))
    for mode, found in spent.items():
        ratio = median(one / other for one, other in zip(found, first, strict=True))
        print(f"  {mode:<12}{min(found):8.3f}{median(found):8.3f}   {ratio:.3f}", flush=True)


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
    rounds = int(arguments[0]) if arguments else 60
    with TemporaryDirectory() as folder, systems(Path(folder)) as (configuration, address):
        configure_logs("json")
        quiet: Any = logging.getLogger().handlers[0]
        with open(os.devnull, "w") as nowhere, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            quiet.setStream(nowhere)
            runner.run(measure(configuration, address, rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
