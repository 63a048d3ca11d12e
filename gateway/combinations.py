"""Routes over several sources: what each composite is made of, and whether its sources fit together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from adapters.composite import Composite
from adapters.fallback import Fallback
from adapters.merged import Merged, MergedEntity
from adapters.seals import Seal
from adapters.spi import Adapter, EntityCapability
from gateway.config.routing import FallbackRoute, MergeRoute, Route, named
from gateway.graph import Graph


@dataclass
class Combination:
    """Several sources under one name, as plans and explanations call them; ``entities``: what they answer together."""

    name: str
    sources: tuple[str, ...]
    merged: bool = False
    missing: bool = False
    entities: dict[str, MergedEntity] = field(default_factory=dict)

    def over(self, adapters: Mapping[str, Adapter], seal: Seal | None = None) -> Composite:
        """As an adapter over those of its sources, however they are wrapped."""
        sources = [adapters[name] for name in self.sources]
        if self.merged:
            return Merged(self.name, sources, self.entities, seal)
        return Fallback(self.name, sources, self.entities, missing=self.missing)


def combination(route: Route) -> Combination | None:
    """What a route combines; ``None`` for a single source."""
    names = tuple(name for _, name in named(route))
    if isinstance(route, str):
        return None
    if isinstance(route, MergeRoute):
        return Combination(" + ".join(names), names, merged=True)
    missing = isinstance(route, FallbackRoute) and route.missing
    return Combination(f"{' else '.join(names)}{' (missing too)' if missing else ''}", names, missing=missing)


def lacking(
    graph: Graph, entity: str, capabilities: Mapping[str, EntityCapability]
) -> Iterator[tuple[str, str, list[str]]]:
    """Source, path of a field that is never null and that it does not give, and who does: its records would be lost."""
    given = {source: capability.fields for source, capability in capabilities.items()}
    for path in sorted(frozenset().union(*given.values())):
        above, _, _ = path.rpartition(".")
        if not _is_required(graph, entity, path):
            continue
        giving = [source for source, paths in given.items() if path in paths]
        for source, paths in given.items():
            if source not in giving and (not above or above in paths):
                yield source, path, giving


def _is_required(graph: Graph, entity: str, path: str) -> bool:
    types, type_name, required = graph.types.objects, entity, False
    for name in path.split("."):
        field_type = types[type_name][name]
        type_name, required = field_type.name, field_type.required
    return required
