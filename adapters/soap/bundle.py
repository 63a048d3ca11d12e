"""The folder of a WSDL: the only place its imports are read from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit


class OutsideBundle(Exception):
    """An import that leads out of the folder, or to a file that is not in it."""


class Bundle:
    """Loads documents for zeep, in the place of its transport, which would open any file and any URL.

    ``schemas``: address -> file in the folder, for imports that name an address.
    """

    def __init__(self, folder: Path, schemas: Mapping[str, str]) -> None:
        self.folder = folder.resolve()
        self.schemas = schemas

    def load(self, location: str) -> bytes:
        path = self._path(location)
        if not path.is_relative_to(self.folder) or not path.is_file():
            raise OutsideBundle(f"{location} is not a file in {self.folder}")
        return path.read_bytes()

    def _path(self, location: str) -> Path:
        """Resolved, so that neither ``..`` nor a symbolic link leads out unseen."""
        if location in self.schemas:
            return (self.folder / self.schemas[location]).resolve()
        parts = urlsplit(location)
        if parts.scheme == "file" and parts.netloc in ("", "localhost"):
            return Path(unquote(parts.path)).resolve()
        if parts.scheme:
            raise OutsideBundle(f"{location} is an address; name the file to read instead under schemas")
        return Path(location).resolve()
