"""What a request carries that is not the same for all requests: a token that ends, or a signature."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from time import time
from typing import Any

from adapters.http import Reply

UNAUTHORISED = 401

TOLERATED = 5.0
"""Seconds that clocks may differ."""


class Authorisation(ABC):
    """One way to log in. ``renew_on``: the statuses that say that a token, or a signature, is no longer taken."""

    renew_on: frozenset[int] = frozenset({UNAUTHORISED})

    async def token(self) -> Any:
        """What requests go out with now; ``None`` where each is signed on its own."""
        return None

    @abstractmethod
    def headers(self, token: Any, method: str, url: str, content: bytes, form: bool) -> Mapping[str, str]:
        """For one request. ``form``: the content is a form, which some signatures read."""

    @abstractmethod
    async def renew(self, token: Any, reply: Reply | None) -> bool:
        """After a refusal: whether asking once more makes sense. ``reply``: of the refusal, if the status told it."""

    async def aclose(self) -> None:  # noqa: B027  nothing to close is a fair answer
        """Give back what runs on."""


class Clock:
    """The time as the system has it, as far as it tells."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        """Seconds since 1970."""
        return time() + self._ahead

    def corrected(self, reply: Reply | None) -> bool:
        """Whether the reply's ``Date`` shows another time than was signed with; from now on it is its time."""
        try:
            seen = parsedate_to_datetime("" if reply is None else reply.headers.get("date", "")).timestamp()
        except (ValueError, TypeError):
            return False
        if abs(seen - self.now()) < TOLERATED:
            return False
        self._ahead = seen - time()
        return True
