"""The pace of one source: what a system says of its limits is kept before it has to refuse."""

from __future__ import annotations

import asyncio
import re
from email.utils import parsedate_to_datetime
from math import inf
from time import monotonic, time
from typing import Self

import httpx
from pydantic import Field, model_validator

from adapters.http import Reply
from adapters.registration import Words
from adapters.spi import Overloaded
from adapters.web.words import HeaderName

LEVEL = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*/\s*([0-9]+(?:\.[0-9]+)?)\s*")

AN_INSTANT = 10_000_000
"""A number of seconds that is so large is one since 1970."""

LOOK_AGAIN = 0.02
"""Seconds until a call looks whether a reply tells more."""

REFUSALS = frozenset({429, 503})


class PaceWords(Words):
    """The headers in which the system tells its limits. ``Retry-After`` is obeyed without a word."""

    remaining: HeaderName | None = Field(None, description="How many more calls it takes until `reset`.")
    reset: HeaderName | None = Field(None, description="When it takes more: in seconds, or an instant.")
    level: HeaderName | None = Field(None, description="How full its bucket is, of how much: `43/60`.")
    drip: HeaderName | None = Field(None, description="How many calls a second leave the bucket; 1 if not said.")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.remaining is None) != (self.reset is None):
            raise ValueError("expected remaining and reset together")
        if self.remaining is None and self.level is None:
            raise ValueError("expected remaining and reset, or level")
        return self


class Pace:
    """``turn`` before each call, ``seen`` after it. A call that could only be made after its deadline is refused."""

    def __init__(self, source: str, words: PaceWords | None) -> None:
        self._source = source
        self._words = words
        self._closed_until = -inf
        self._left = inf
        self._window = inf
        self._reset = -inf
        self._renewed = True
        self._size = inf
        self._level = 0.0
        self._drip = 1.0
        self._at = 0.0
        self._under_way = 0

    async def turn(self, deadline: float) -> None:
        """Returns when the call may be made. Raises ``Overloaded`` where that is too late."""
        while (wait := self._wait(now := monotonic())) > 0:
            if now + wait >= deadline:
                raise Overloaded(self._source, f"the system takes no more calls for {wait:.1f} s")
            await asyncio.sleep(wait)
        self._under_way += 1
        self._left -= 1
        self._level += 1

    def seen(self, reply: Reply | None) -> None:
        """What the reply says of the limits; ``None`` where there was none."""
        self._under_way -= 1
        if reply is None:
            return
        if reply.status in REFUSALS and (after := seconds(reply.headers.get("retry-after"))) is not None:
            self._closed_until = max(self._closed_until, monotonic() + after)
        if self._words is not None:
            self._learn(reply.headers, self._words)

    def _learn(self, headers: httpx.Headers, words: PaceWords) -> None:
        now = monotonic()
        if words.remaining is not None and words.reset is not None:
            left, reset = headers.get(words.remaining, ""), seconds(headers.get(words.reset))
            if left.strip().isdecimal() and reset is not None:
                self._window = int(left) + 1 if self._window == inf else max(self._window, int(left) + 1)
                self._left, self._reset, self._renewed = int(left) - self._under_way, now + reset, False
        if words.level is not None and (match := LEVEL.fullmatch(headers.get(words.level, ""))):
            self._level, self._size, self._at = float(match[1]) + self._under_way, float(match[2]), now
            drip = headers.get(words.drip or "", "")
            self._drip = float(drip) if re.fullmatch(r"[0-9]+(\.[0-9]+)?", drip) and float(drip) > 0 else 1.0

    def _wait(self, now: float) -> float:
        """How long nothing may be asked; then this is asked again."""
        if self._words is None:
            return self._closed_until - now
        self._level, self._at = max(0.0, self._level - (now - self._at) * self._drip), now
        until_room = (self._level + 1 - self._size) / self._drip
        return max(self._closed_until - now, self._until_reset(now), until_room)

    def _until_reset(self, now: float) -> float:
        if self._left >= 1:
            return 0.0
        if now < self._reset:
            return self._reset - now
        if not self._renewed:  # a new window: what it takes is known when the first reply tells it
            self._left, self._renewed = self._window, True
            return 0.0
        return LOOK_AGAIN if self._under_way else 0.0


def seconds(value: str | None) -> float | None:
    """From a header: a number of seconds, an instant as one since 1970, or an HTTP date."""
    if value is None:
        return None
    text = value.strip()
    if re.fullmatch(r"[0-9]{1,12}(\.[0-9]+)?", text):
        number = float(text)
        return max(0.0, number - time()) if number > AN_INSTANT else number
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except (ValueError, TypeError):
        return None
