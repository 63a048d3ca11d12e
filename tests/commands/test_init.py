"""``crossdock init``: a folder that can be checked, and served, at once."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from gateway.cli import main
from gateway.commands.init import ADDRESSES, SCHEMAS
from tests.commands.processes import ROOT, run


def variables(folder: Path) -> dict[str, str]:
    lines = (folder / ".env.example").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("kind", sorted(ADDRESSES))
def test_what_it_writes_is_right_at_once(kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "my-gateway"
    assert main(["init", str(folder), "--kind", kind]) == 0
    said = capsys.readouterr().out
    written = {str(file) for file in folder.rglob("*") if file.is_file()}
    assert set(re.findall(r"^wrote (.+)$", said, re.MULTILINE)) == written
    assert f"crossdock check --config {folder}" in said

    done = run("check", "--config", str(folder), folder=tmp_path, environ=variables(folder))
    assert done.returncode == 0, done.stdout
    assert done.stdout.startswith("shop (PIM): Product\n")
    left_out = re.findall(r"^  (Query\.products?):", done.stdout, re.MULTILINE)
    assert left_out == ([] if kind == "sql" else ["Query.products"])


def test_without_the_variable_the_report_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", str(tmp_path)]) == 0
    capsys.readouterr()
    assert main(["check", "--config", str(tmp_path)]) == 1
    [line, *_] = capsys.readouterr().out.splitlines()
    assert re.match(r"sources/shop\.yaml:\d+:1 url: expected the environment variable SHOP_URL, found nothing", line)


def test_in_the_working_directory(tmp_path: Path) -> None:
    done = run("init", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert run("check", folder=tmp_path, environ=variables(tmp_path)).returncode == 0


@pytest.mark.parametrize("there", ["gateway.yaml", "sources/shop.yaml", ".env.example"])
def test_nothing_is_overwritten(there: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("mine")
    assert main(["init", str(tmp_path)]) == 1
    assert f"crossdock init: expected a folder without {there}, found" in capsys.readouterr().err
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == [tmp_path / there]
    assert (tmp_path / there).read_text() == "mine"


def test_a_folder_that_cannot_be_made(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file" / "x")]) == 1
    assert "found Not a directory" in capsys.readouterr().err


def test_a_kind_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["init", "--kind", "ldap"])
    assert raised.value.code == 2
    assert "invalid choice: 'ldap'" in capsys.readouterr().err


def test_editors_find_the_schemas_of_a_checkout(tmp_path: Path) -> None:
    assert main(["init", str(tmp_path)]) == 0
    for file in (tmp_path / "gateway.yaml", tmp_path / "sources" / "shop.yaml"):
        first = file.read_text().splitlines()[0]
        found = file.parent / first.removeprefix("# yaml-language-server: $schema=")
        assert found.resolve().parent == SCHEMAS.resolve()
        assert found.is_file()


def test_without_a_checkout_no_schema_is_named(tmp_path: Path) -> None:
    """As installed from a wheel: the four packages, and no docs beside them."""
    for package in ("adapters", "cache", "gateway", "resolvers"):
        (tmp_path / package).symlink_to(ROOT / package)
    done = run("init", "there", folder=tmp_path, environ={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert not any("$schema" in file.read_text() for file in (tmp_path / "there").rglob("*") if file.is_file())


def test_it_says_how_to_go_on_from_any_folder(tmp_path: Path) -> None:
    done = run("init", "my-gateway", folder=tmp_path)
    steps = [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")]
    script = "\n".join(["set -e", *steps[:2], "echo $SHOP_URL"])
    assert shell(script, tmp_path) == f"{ADDRESSES['rest']}\n"
    assert steps[2:] == ["crossdock check --config my-gateway", "crossdock serve --config my-gateway"]


def shell(script: str, folder: Path) -> str:
    return subprocess.run(["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=True).stdout
