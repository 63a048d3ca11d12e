"""Speaks to a midrange computer that takes one key per line and answers a line of fixed width, or ``*NONE``."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

from adapters.clock import now
from adapters.matching import match
from adapters.python import PythonSource, Unmapped, mappings
from adapters.spi import (
    Adapter,
    Capabilities,
    EntityCapability,
    Key,
    Lookup,
    LookupCapability,
    LookupResult,
    Unavailable,
    unsupported,
)
from adapters.types import Types

BATCH = 50


class Midrange(Adapter):
    """``settings``: ``host``, ``port``, and by entity the ``program`` to call and its ``columns`` as [from, to]."""

    kind = "midrange"

    def __init__(self, registration: PythonSource, types: Types) -> None:
        self.source = registration.source
        self._settings = registration.settings
        self._unmapped = Unmapped()
        self._mappings = mappings(registration, types, self._unmapped)
        self._keys = {name: str(entity.key) for name, entity in registration.entities.items()}
        self.capabilities: Capabilities = {
            name: EntityCapability(mapping.fields, {self._keys[name]: LookupCapability(batch=BATCH)})
            for name, mapping in self._mappings.items()
        }

    async def lookup(self, request: Lookup) -> LookupResult:
        if request.by != self._keys.get(request.entity):
            raise unsupported(self.source, f"lookup {request.by} of {request.entity}")
        if len(request.keys) > BATCH or request.arguments:
            raise unsupported(self.source, f"more than {BATCH} keys, or arguments")
        mapping, spec = self._mappings[request.entity], self._settings[request.entity]
        lines = await self._call(spec["program"], list(mapping.to_source(request.by, request.keys)))
        rows = [{name: line[start:end] for name, (start, end) in spec["columns"].items()} for line in lines]
        records = mapping.records(rows, request.fields | {request.by}, now())
        return match(records, request, many=False, source=self.source)

    def unmapped(self) -> Mapping[str, int]:
        return self._unmapped.taken()

    async def ping(self) -> None:
        await self._call("PING", [])

    async def _call(self, program: str, keys: Sequence[Key]) -> list[str]:
        """One connection per call, all keys at once. A key that does not fit on a line is none of this system's."""
        askable = [str(key) for key in keys if str(key).isascii() and str(key).isprintable()]
        try:
            reader, writer = await asyncio.open_connection(self._settings["host"], self._settings["port"])
            try:
                writer.writelines(f"{program:<10}{key}\n".encode("cp037") for key in askable)
                writer.write_eof()
                lines = (await reader.read()).decode("cp037").splitlines()
            finally:
                writer.close()
        except (OSError, UnicodeDecodeError) as error:
            raise Unavailable(self.source, type(error).__name__) from error
        return [line for line in lines if line != "*NONE"]
