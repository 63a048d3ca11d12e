"""The id by which a request is found in logs, errors and the systems behind."""

from __future__ import annotations

import re
from secrets import token_hex

VALID = re.compile(r"[!-~]{1,128}")


def request_id(given: str | None) -> str:
    """The client's ``X-Request-Id`` if it is at most 128 visible ASCII characters, else a new one."""
    return given if given and VALID.fullmatch(given) else token_hex(16)
