"""The kinds of systems that can be registered: entry points of the group ``crossdock.adapters``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points

from adapters.registration import Kind

GROUP = "crossdock.adapters"


class InstalledKinds(Mapping[str, Kind]):
    """By name, as ``kind:`` has it. A kind is imported when it is asked for: ``ImportError`` where that fails."""

    def __init__(self) -> None:
        self.points: dict[str, EntryPoint] = {point.name: point for point in entry_points(group=GROUP)}

    def __getitem__(self, name: str) -> Kind:
        kind = self.points[name].load()
        if not isinstance(kind, Kind):
            raise ImportError(f"{self.points[name].value} is no adapters.registration.Kind")
        return kind

    def __contains__(self, name: object) -> bool:
        return name in self.points

    def __iter__(self) -> Iterator[str]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)
