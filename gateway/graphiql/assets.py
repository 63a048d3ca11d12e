"""The built assets: files with hashed names, some with compressed copies beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DIST = Path(__file__).parent / "dist"
SUFFIXES = {"br": ".br", "gzip": ".gz"}
"""Content coding -> suffix of the copy, the smallest copy first."""
MEDIA_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".woff2": "font/woff2",
}


@dataclass(frozen=True, slots=True)
class Asset:
    """``copies``: content coding -> the compressed file, the smallest first."""

    path: Path
    media_type: str
    copies: Mapping[str, Path]


def built_assets(dist: Path = DIST) -> dict[str, Asset]:
    """By name, without folders; empty where nothing is built. Read once: a name that is not here is not served."""
    folder = dist / "assets"
    files = {path.name: path for path in sorted(folder.iterdir())} if folder.is_dir() else {}
    return {name: asset(path, files) for name, path in files.items() if path.suffix not in SUFFIXES.values()}


def asset(path: Path, files: Mapping[str, Path]) -> Asset:
    copies = {coding: files[path.name + suffix] for coding, suffix in SUFFIXES.items() if path.name + suffix in files}
    return Asset(path, MEDIA_TYPES.get(path.suffix, "application/octet-stream"), copies)
