"""Where keys come from in the graph: whose values are the keys of which lookup, or the parents of which search."""

from __future__ import annotations

from collections.abc import Mapping

from resolvers.links import Answer, Children, Connection, Reference


def leads(links: Mapping[str, Answer]) -> dict[str, list[tuple[str, str]]]:
    """``{"Price.sku": [("Variant", "sku")]}``: the values of ``Variant.sku`` are keys of the lookup ``Price.sku``."""
    found: dict[str, list[tuple[str, str]]] = {}
    for coordinate, answer in links.items():
        holder = coordinate.split(".")[0]
        match answer:
            case Reference(to=of, by=name, via=via, pick=None) | Children(of=of, by=name, via=via):
                found.setdefault(f"{of}.{name}", []).append((holder, via))
            case Connection(of=of, search=name, via=str(via)):
                found.setdefault(f"{of}.{name}", []).append((holder, via))
    return {name: list(dict.fromkeys(holders)) for name, holders in found.items()}
