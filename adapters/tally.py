"""What answering a request took."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Tally:
    """What answering one request took; wrappers count here. ``calls``: real calls to the system, attempts included.

    A request that was answered by a call that another request had already made counts none. ``parts``: what it took of
    each source, where several answer one request.
    """

    calls: int = 0
    hits: int = 0
    misses: int = 0
    stale: int = 0
    parts: dict[str, Tally] = field(default_factory=dict)

    def part(self, source: str) -> Tally:
        """Where one of several sources counts."""
        return self.parts.setdefault(source, Tally())

    def total(self) -> Tally:
        """All sources together."""
        parts = (self, *self.parts.values())
        return Tally(
            sum(part.calls for part in parts),
            sum(part.hits for part in parts),
            sum(part.misses for part in parts),
            sum(part.stale for part in parts),
        )
