"""What the three systems have in common: where they are, how they are registered, and how a login can end."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

KindName = Literal["rest", "soap", "sql"]

LIMIT = 0.5
"""Seconds that the gateway gives one call to the system: ``limits.timeout`` of its registration."""


class System(ABC):
    """A stock system that is in order; ``port`` is its own, not the proxy's."""

    kind: ClassVar[KindName]
    registration: ClassVar[str]
    """``sources/stock.yaml``. Nothing of it is cached: an answer that is kept hides every failure."""
    port: int

    @abstractmethod
    def environment(self, port: int) -> dict[str, str]:
        """The variables of the registration, where a proxy listens on ``port``."""

    @abstractmethod
    def end_sessions(self) -> None:
        """Who was logged in is so no more, and may log in again."""

    @abstractmethod
    def take_password(self, known: bool) -> None:
        """Whether the gateway's password is good; sessions end either way."""
