"""The words of ``kind: python``."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from adapters.registration import Entity, LookupSpec, SearchSpec, Source


class PythonEntity(Entity[LookupSpec, SearchSpec]):
    """Paths in `fields` are JMESPath over the rows that the adapter makes, if it maps them so."""


class PythonSource(Source):
    """A system that an adapter of your own speaks to."""

    kind: Literal["python"] = Field(description="How it is spoken to.")
    adapter: str = Field(
        pattern=r"^[A-Za-z_][\w.]*:[A-Za-z_]\w*$",
        description="`package.module:Class`, installed beside crossdock: called with this registration and the graph's"
        " types, it gives an `adapters.spi.Adapter`.",
    )
    settings: dict[str, Any] = Field({}, repr=False, description="What the adapter wants to know.")
    entities: dict[str, PythonEntity] = Field({}, description="What it knows, by type of the graph.")
