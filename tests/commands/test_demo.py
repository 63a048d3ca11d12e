"""``crossdock demo``: the whole retailer, with one system down, and nothing left of it at the end."""

from __future__ import annotations

import json
import re
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path
from shutil import rmtree

import httpx
import pytest

from gateway.cli import main
from gateway.commands.back_office import BackOffice, free_ports
from gateway.commands.demo import QUERIES
from gateway.commands.failure import CommandFailure
from tests.commands.processes import CROSSDOCK, ROOT, running


def listens(address: str) -> bool:
    host, port = re.match(r"http://([\d.]+):(\d+)", address).groups()  # type: ignore[union-attr]
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_a_retailer_without_its_price_engine_and_its_loyalty_programme(tmp_path: Path) -> None:
    demo = (*CROSSDOCK, "demo", "--port", "0", "--latency", "5ms", "--down", "pricing,loyalty")
    with running(demo, tmp_path, seconds=120) as program:
        program.line_with("starting the demo's systems")
        lines = [program.line_with(f"{name}  ").split() for name in ("crm", "erp", "loyalty", "oms", "pim", "pricing")]
        systems = {name: address for name, address in lines}
        gateway = program.line_with("gateway  ").split()[1].removesuffix("/graphql")
        program.line_with("# The first of them in a terminal")
        curl = shlex.split(program.line_with("curl "))
        key = dict(header.split(": ") for header in curl if header.startswith("X-Api-Key"))
        program.line_with("Ctrl-C ends it all.")

        assert systems["pricing"] == systems["loyalty"] == "down"
        served = [systems[name] for name in ("crm", "erp", "pim")]
        assert all(map(listens, served))
        with httpx.Client(base_url=gateway, timeout=20) as client:
            states = client.get("/readyz").json()["sources"]
            assert {name for name, state in states.items() if not state["up"]} == {"pricing", "loyalty"}
            assert client.post("/graphql", json={"query": "{__typename}"}).status_code == 401
            assert '"X-Api-Key":"demo-key"' in client.get("/graphql", headers={"accept": "text/html"}).text
            asked = subprocess.run([*curl, "--silent"], capture_output=True, timeout=20, check=True).stdout
            assert json.loads(asked)["data"]["products"]["nodes"]
            for title, query in QUERIES:
                answer = client.post("/graphql", json={"query": query}, headers=key).json()
                failed = {error["extensions"]["source"] for error in answer.get("errors", ())}
                assert (title, failed) == (title, {"loyalty"} if "loyalty" in query else set())  # the ERP has prices
                [connection] = answer["data"].values()
                assert connection["nodes"]

        assert program.stop(signal.SIGTERM) == 0
        assert not any(map(listens, [*served, gateway]))


def test_stopped_while_the_systems_start(tmp_path: Path) -> None:
    with running((*CROSSDOCK, "demo", "--port", "0"), tmp_path, seconds=60) as program:
        program.line_with("starting the demo's systems")
        assert program.stop(signal.SIGTERM) == 130
        assert "Traceback" not in program.output.read()


OFFICE = """\
import sys, time
from pathlib import Path
from gateway.commands.back_office import SYSTEMS, BackOffice
with BackOffice(Path(sys.argv[1]), 0.0, set(SYSTEMS) - {"pim"}) as office:
    print("pim", office.environment["PIM_URL"], office.logs, flush=True)
    time.sleep(60)
"""


def test_the_systems_end_with_a_demo_that_is_killed(tmp_path: Path) -> None:
    with running((sys.executable, "-c", OFFICE, str(ROOT)), tmp_path) as program:
        _, address, logs = program.line_with("pim ").split()
        at = httpx.URL(address)
        with socket.create_connection((at.host, at.port or 0), timeout=20) as connection:
            assert program.stop(signal.SIGKILL) == -signal.SIGKILL
            assert connection.recv(1) == b""  # it has closed it
        rmtree(logs)
    assert not listens(address)


def test_a_system_that_does_not_start_is_named_and_the_others_are_ended(tmp_path: Path) -> None:
    """A checkout whose CRM ends at once; its other systems are plain web servers."""
    package = tmp_path / "examples" / "backoffice"
    package.mkdir(parents=True)
    (package / "world.py").write_text("class World: pass\n")
    (package / "estate.py").write_text(
        "from types import SimpleNamespace\n"
        "def databases(*_): return SimpleNamespace(wms=1, oms=2, pos=3, crosswalk=4)\n"
    )
    (package / "__main__.py").write_text(
        "import sys\nfrom http.server import HTTPServer, BaseHTTPRequestHandler\n"
        "if sys.argv[1] == 'crm': sys.exit(3)\n"
        "HTTPServer(('127.0.0.1', int(sys.argv[3])), BaseHTTPRequestHandler).serve_forever()\n"
    )
    office = BackOffice(tmp_path, 0.0, ())
    with pytest.raises(CommandFailure, match=r"expected crm to start, found status 3; see .*/crm\.log"):
        office.__enter__()
    assert all(process.poll() is not None for process in office.processes.values())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--latency", "soon"], "expected a duration such as 250ms, 2s, 5m, 1h or 1d"),
        (["--down", "pim,psp"], "expected some of pim,pricing,loyalty,crm,erp,dam,wms,oms,pos,crosswalk, found psp"),
    ],
)
def test_options_that_make_no_sense(capsys: pytest.CaptureFixture[str], arguments: list[str], message: str) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["demo", *arguments])
    assert raised.value.code == 2
    assert message in capsys.readouterr().err


def test_without_a_checkout(tmp_path: Path) -> None:
    """As installed from a wheel: the four packages, and no examples beside them."""
    for package in ("adapters", "cache", "gateway", "resolvers"):
        (tmp_path / package).symlink_to(ROOT / package)
    with running((*CROSSDOCK, "demo"), tmp_path, {"PYTHONPATH": str(tmp_path)}) as program:
        assert "crossdock demo: expected a checkout with" in program.output.read()
        assert program.process.wait(10) == 1


def test_free_ports_are_different() -> None:
    assert len(set(free_ports(20))) == 20
