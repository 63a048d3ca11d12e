"""The folder of a WSDL: the only place its imports are read from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit


class OutsideBundle(Exception):
    """An import that leads out of the folder, or to a file that is not in it."""


class Bundle:
    """Finds the files that documents name. ``schemas``: address -> file in the folder, instead of what is there.

    ``lenient``: a location that is no file is taken for the file of that name in the folder itself.
    """

    def __init__(self, folder: Path, schemas: Mapping[str, str], *, lenient: bool = False) -> None:
        self.folder = folder.resolve()
        self.schemas = schemas
        self._lenient = lenient

    def file(self, location: str, base: Path | None = None) -> Path:
        """The file at a location, which may be relative to the file ``base``. Raises ``OutsideBundle``."""
        try:
            return self._within(self._path(location, base), location)
        except OutsideBundle:
            if not self._lenient:
                raise
            return self._within((self.folder / re.split(r"[/\\\\]", location)[-1]).resolve(), location)

    def _within(self, path: Path, location: str) -> Path:
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise OutsideBundle(f"{location} is not a file in {self.folder}")
        return path

    def _path(self, location: str, base: Path | None) -> Path:
        """Resolved, so that neither ``..`` nor a symbolic link leads out unseen."""
        if location in self.schemas:
            return (self.folder / self.schemas[location]).resolve()
        parts = urlsplit(location)
        if parts.scheme == "file" and parts.netloc in ("", "localhost"):
            return Path(unquote(parts.path)).resolve()
        if parts.scheme or parts.netloc:
            raise OutsideBundle(f"{location} is an address; name the file to read instead under schemas")
        return ((base or self.folder / "wsdl").parent / location).resolve()
