"""Whether new requests should come here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Readiness:
    """Changed by the application's lifespan, and to ``draining`` by whoever stops the server."""

    state: Literal["starting", "ready", "draining"] = "starting"
