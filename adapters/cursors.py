"""What is said of a cursor that its search did not make."""

from __future__ import annotations

from adapters.spi import Rejected


def unreadable(source: str) -> Rejected:
    return Rejected(source, "an unreadable cursor", message="The cursor is none of this source's.")
