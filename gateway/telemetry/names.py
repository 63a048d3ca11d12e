"""Names of operations, as many as a metric can bear."""

from __future__ import annotations

MOST = 200
LONGEST = 100
OTHER = "other"


class OperationNames:
    """The first ``most`` names are told apart; later ones are all ``other``. Clients choose them, so somebody may
    send a new one each time, and each would stay in memory for ever, here and wherever metrics are kept."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._seen: set[str] = set()

    def bounded(self, name: str) -> str:
        if name in self._seen:
            return name
        if len(self._seen) >= self._most or len(name) > LONGEST:
            return OTHER
        self._seen.add(name)
        return name
