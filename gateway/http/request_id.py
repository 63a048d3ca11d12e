"""The id by which a request is found in logs, errors and the systems behind."""

from __future__ import annotations

import re
from random import Random
from secrets import randbits

VALID = re.compile(r"[!-~]{1,128}")

UNIQUE = Random(randbits(256))
"""Ids need not be secret; to ask the system for each would take longer."""


def request_id(given: str | None) -> str:
    """The client's ``X-Request-Id`` if it is at most 128 visible ASCII characters, else a new one."""
    return given if given and VALID.fullmatch(given) else f"{UNIQUE.getrandbits(128):032x}"
