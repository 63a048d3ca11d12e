"""``crossdock key``, and a gateway that only its clients may use, on every address of this machine."""

from __future__ import annotations

import json
import re
import shlex
import sqlite3
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML

from gateway.cli import main
from gateway.config.load import load
from gateway.config.settings import Settings
from gateway.http.admin import invalidation
from gateway.http.clients import hash_of
from tests.commands.conftest import SOURCE
from tests.commands.processes import CROSSDOCK, ROOT, run, running

QUERY = {"query": '{ product(code: "P1") { name } }'}


def new_key(folder: Path, *arguments: str) -> tuple[str, str]:
    """The key, and what belongs into ``gateway.yaml``."""
    before, words = run("key", *arguments, folder=folder).stdout.split("clients:")
    [key] = re.findall(r"^crossdock_\S+$", before, re.MULTILINE)
    return key, f"clients:{words}"


def test_a_new_key_each_time(tmp_path: Path) -> None:
    key, words = new_key(tmp_path, "shop")
    other, _ = new_key(tmp_path, "shop")
    assert key != other
    assert key not in words
    [(name, client)] = Settings.model_validate(YAML(typ="safe").load(words)).clients.items()
    assert (name, client.key, client.admin) == ("shop", hash_of(key), False)
    _, words = new_key(tmp_path, "operations", "--admin")
    assert Settings.model_validate(YAML(typ="safe").load(words)).clients["operations"].admin


@pytest.mark.parametrize("name", ["my shop", "", "7up", "a" * 65, "shop\n"])
def test_names_that_gateway_yaml_would_refuse(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["key", name])
    assert raised.value.code == 2
    assert "expected a name such as shop" in capsys.readouterr().err


def test_a_gateway_for_its_clients(shop: Path) -> None:
    key, words = new_key(shop, "shop")
    admin, more = new_key(shop, "operations", "--admin")
    (shop / "gateway.yaml").write_text(f"{words.rstrip()}\n{more.removeprefix('clients:').strip(chr(10))}\n")
    registration = shop / "sources" / "pim.yaml"
    registration.write_text(registration.read_text() + "    cache: {fresh: 1h}\n")
    serve = (*CROSSDOCK, "serve", "--host", "0.0.0.0", "--port", "0")
    with running(serve, shop) as program:
        port = program.line_with("/graphql").rpartition(":")[2].removesuffix("/graphql")
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            stranger = client.post("/graphql", json=QUERY)
            assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, 'Bearer realm="crossdock"')
            client.headers["X-Api-Key"] = key
            assert name_of(client.post("/graphql", json=QUERY)) == "Shirt"
            with sqlite3.connect(shop / "shop.db") as database:
                database.execute("update PRODUCT set TITLE = 'Blouse'")
            database.close()
            assert name_of(client.post("/graphql", json=QUERY)) == "Shirt", "kept for an hour"
            invalid = {"entity": "Product", "by": "code", "keys": ["P1"]}
            assert client.post("/admin/invalidate", json=invalid).status_code == 403
            answer = client.post("/admin/invalidate", json=invalid, headers={"X-Api-Key": admin})
            assert answer.status_code == 204
            assert name_of(client.post("/graphql", json=QUERY)) == "Blouse"
            unknown = client.post("/admin/invalidate", json={"entity": "Produkt"}, headers={"X-Api-Key": admin})
            assert "expected in entity one of product; found produkt" in unknown.text.lower()
        program.process.terminate()
        assert key not in program.output.read()


def test_what_the_page_about_it_shows(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "access.md").read_text("utf-8")
    (tmp_path / "queries").mkdir()
    (tmp_path / "gateway.yaml").write_text("".join(re.findall(r"^```yaml\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)))
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "pim.yaml").write_text(SOURCE.format(database=tmp_path / "none.db"))
    settings = load(tmp_path).settings
    assert settings.clients["operations"].admin
    assert settings.cors is not None
    made, forget = re.findall(r"^```sh\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert run(*shlex.split(made)[1:], folder=tmp_path).returncode == 0
    asked = json.loads(shlex.split(forget)[-1])
    assert invalidation(asked, {"Product": {"code"}}) == ("Product", "code", ("ST00001",))


def name_of(answer: httpx.Response) -> str:
    name: str = answer.json()["data"]["product"]["name"]
    return name
