"""What the edge needs of the gateway behind it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from adapters.spi import Key
from gateway.config.settings import Settings
from gateway.engine.request import Answer, OperationRequest


class SourceHealth(Protocol):
    """``code`` is the error's code where the source is not ``up``, such as ``UNAVAILABLE`` or ``TIMED_OUT``."""

    @property
    def role(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def up(self) -> bool: ...

    @property
    def code(self) -> str | None: ...


class Gateway(Protocol):
    """``served_sdl`` is the graph as clients see it; ``lookups`` are the names of each entity's lookups."""

    @property
    def settings(self) -> Settings: ...

    @property
    def served_sdl(self) -> str: ...

    @property
    def lookups(self) -> Mapping[str, Collection[str]]: ...

    async def execute(self, request: OperationRequest) -> Answer:
        """Answer every request, refused ones too; what is raised is a defect."""

    async def invalidate(self, entity: str, by: str | None, keys: Sequence[Key]) -> None:
        """Ask anew for what is kept of an entity; ``cache.store.StoreFailed`` where a store did not hear of it."""

    async def health(self) -> Mapping[str, SourceHealth]:
        """Each source by name. Answers within its own time limit, and asks a source no more often than it can bear:
        who calls ``/readyz`` is not limited."""

    async def aclose(self) -> None:
        """Give back everything; called once, when no request is left."""
