"""Under which names answers are kept in a store."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any, Literal

import orjson

from adapters.spi import Key

FORMAT = 1
"""Of the entries (``cache.entry``); another format has other names, so that two releases can share a store."""

Subject = tuple[str, str, Literal["lookup", "search"], str]
"""Source, entity, and the lookup or search by its name."""


class Names:
    """The names of one request's entries: three of them, of which only the first can be read.

    ``generation``: what is told of the whole subject; ``mark``: what is told of one key of it; ``entry``: the answer
    for a key under these ``conditions`` (arguments, filters, page, principal: whatever JSON can carry) and this
    ``version`` of the registration. Keys and conditions may be personal data: they are in the names as digests only.

    Raises ``TypeError``, as ``mark`` does, for what JSON cannot carry.
    """

    def __init__(self, subject: Subject, version: str, conditions: Any) -> None:
        self.generation = generation_name(subject)
        self._keys = blake2b(orjson.dumps(subject), digest_size=16)
        variant = orjson.dumps([FORMAT, version, conditions], option=orjson.OPT_SORT_KEYS)
        self._variant = blake2b(variant, digest_size=16).hexdigest()

    def mark(self, key: Key | None) -> str:
        digest = self._keys.copy()
        digest.update(orjson.dumps(key))
        return f"crossdock:{digest.hexdigest()}"

    def entry(self, mark: str) -> str:
        return f"{mark}:{self._variant}"


def generation_name(subject: Subject) -> str:
    return "crossdock:generation:" + ":".join(subject)
