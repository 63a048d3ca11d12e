"""``crossdock serve``: where it listens, and how it ends."""

from __future__ import annotations

import json
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
import pytest

from gateway.cli import main
from gateway.commands.address import check_address
from gateway.commands.failure import CommandFailure
from gateway.config.settings import Server
from tests.commands.processes import CROSSDOCK, running

SERVE = (*CROSSDOCK, "serve", "--port", "0")


def address(line: str) -> str:
    return line.split(": ", 1)[1].removesuffix("/graphql")


def test_it_serves_until_it_is_told_to_stop(shop: Path) -> None:
    with running(SERVE, shop) as program:
        line = program.line_with("/graphql")
        assert line.startswith("Shop: http://127.0.0.1:")
        with httpx.Client(base_url=address(line)) as client:
            query = {"query": '{ product(code: "P1") { name } }'}
            assert client.post("/graphql", json=query).json() == {"data": {"product": {"name": "Shirt"}}}
            ready = client.get("/readyz")
            assert (ready.status_code, ready.json()["sources"]["pim"]["up"]) == (200, True)
            assert "product(" in client.get("/schema.graphql").text
        assert program.stop(signal.SIGTERM) == 0
        (told,) = program.output.read().splitlines()
        assert json.loads(told)["sources"]["pim"]["calls"] == 1


def test_ctrl_c_is_a_clean_end(shop: Path) -> None:
    with running(SERVE, shop) as program:
        program.line_with("/graphql")
        assert program.stop(signal.SIGINT) == 0


def test_while_it_drains_it_serves_and_is_not_ready(shop: Path) -> None:
    (shop / "gateway.yaml").write_text("title: Shop\nserver: {drain: 1s}\n")
    with running(SERVE, shop) as program, httpx.Client(base_url=address(program.line_with("/graphql"))) as client:
        assert client.get("/readyz").status_code == 200
        program.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 0.8
        while client.get("/readyz").status_code == 200 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert client.get("/readyz").json()["status"] == "draining"
        assert httpx.post(f"{client.base_url}/graphql", json={"query": "{__typename}"}).status_code == 200
        assert program.process.wait(10) == 0


def test_a_second_signal_ends_the_draining(shop: Path) -> None:
    (shop / "gateway.yaml").write_text("server: {drain: 50s}\n")
    with running(SERVE, shop, seconds=30) as program:
        program.line_with("/graphql")
        program.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        assert program.process.poll() is None
        assert program.stop(signal.SIGTERM) == 0


SLOW = """\
import asyncio
from gateway.config.settings import Server
from gateway.http.server import serve
from tests.http.small_gateway import SmallGateway

class SlowGateway(SmallGateway):
    async def execute(self, request):
        print("asked", flush=True)
        await asyncio.sleep(1)
        return await super().execute(request)

    async def aclose(self):
        print("closed", flush=True)

serve(SlowGateway(), Server(port=0), lambda address: print(f"at: {address}", flush=True))
"""


def test_a_request_in_flight_is_finished(tmp_path: Path) -> None:
    with running((sys.executable, "-c", SLOW), tmp_path) as program:
        at = program.line_with("at: ").removeprefix("at: ")
        host, port = at.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), 10) as connection:
            body = b'{"query":"{hello}"}'
            head = f"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
            connection.sendall(head.encode() + b"\r\n\r\n" + body)
            program.line_with("asked")
            program.process.send_signal(signal.SIGTERM)
            answer = connection.makefile("rb").read()
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert answer.endswith(b'{"data":{"hello":"hello world"}}')
        program.line_with("closed")
        assert program.process.wait(10) == 0


def test_a_port_that_is_taken(shop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running((*CROSSDOCK, "serve", "--port", port), shop) as program:
            assert "address already in use" in program.output.read()
            assert program.process.wait(10) != 0


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_loopback_addresses_are_served(host: str) -> None:
    check_address(Server(host=host), clients=())


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.test", ""])
def test_other_addresses_need_clients_or_a_word(host: str) -> None:
    with pytest.raises(CommandFailure, match="expected a loopback address such as"):
        check_address(Server(host=host), clients=())
    check_address(Server(host=host), clients=("shop",))
    check_address(Server(host=host, insecure=True), clients=())


def test_an_open_address_is_refused_before_anything_starts(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["serve", "--config", str(shop), "--host", "0.0.0.0"]) == 1
    text = capsys.readouterr().err
    assert text.startswith(
        "crossdock serve: expected a loopback address such as 127.0.0.1, found 0.0.0.0: nobody needs"
    )
    assert "crossdock key NAME" in text
    assert "server: {insecure: true}" in text
