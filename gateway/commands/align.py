"""``crossdock align Variant --by sku``: which keys each system has, and which it misses. It only reads."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING, Any

import orjson

from gateway.commands.failure import CommandFailure
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from adapters.spi import Key
    from gateway.alignment import Alignment, Group
    from gateway.compose import Composition

PARALLEL = 2
"""Calls to one system at the same time: it has other work to do."""

HELP = "tell which keys of a type each system has, and which it misses, read-only"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("type", help="a type of the graph, such as Variant")
    parser.add_argument("--by", required=True, metavar="NAME", help="the key, such as sku")
    parser.add_argument("--most", type=int, default=10_000, metavar="COUNT", help="most keys to look at (10000)")
    parser.add_argument("--json", action="store_true", help="the report as one JSON object, for programs")
    add_configuration(parser)


def run(asked: Namespace) -> int:
    """0 where every system has every key, 1 where one misses some or could not be asked."""
    from gateway.compose import compose

    composition = compose(configuration(asked))
    found = asyncio.run(aligned(composition, asked.type, asked.by, asked.most))
    print(as_json(found) if asked.json else as_text(found, f"{asked.type} by {asked.by}"))
    return 0 if found.whole and all(set(group.has) == {True} for group in found.groups) else 1


async def aligned(composition: Composition, entity: str, by: str, most: int) -> Alignment:
    """The sources are called in batches and within their ``limits``; nothing kept is believed."""
    from adapters.batching import Batched
    from adapters.resilience import Resilient
    from gateway.alignment import Aligning
    from gateway.leads import leads

    sources = {
        name: Batched(Resilient(adapter, composition.registrations[name].registration.limits), PARALLEL)
        for name, adapter in composition.adapters.items()
    }
    aligning = Aligning(sources, leads(composition.graph.links), most)
    try:
        if len(aligning.holders(entity, by)) < 2:
            raise CommandFailure(unknown(composition, aligning, entity, by))
        return await aligning.align(entity, by)
    finally:
        for source in sources.values():
            await source.aclose()


def unknown(composition: Composition, aligning: Any, entity: str, by: str) -> str:
    from adapters.problems import nearest

    known = {
        f"{type_name} --by {lookup}"
        for adapter in composition.adapters.values()
        for type_name, capability in adapter.capabilities.items()
        for lookup in capability.lookups
        if len(aligning.holders(type_name, lookup)) > 1
    }
    hint = nearest(f"{entity} --by {by}", known) or f"one of {', '.join(sorted(known)) or 'none'}"
    return f"expected a key that two systems look up, found {entity} --by {by}; {hint}"


def as_text(found: Alignment, what: str) -> str:
    lines = [
        f"{found.keys} keys of {what}{'' if found.whole else ' (not all)'}, from {', '.join(found.listed) or 'none'}"
    ]
    lines += [f"  could not list {place}: {code}" for place, code in found.unlisted.items()]
    lines += ["", *table(found), ""]
    for group in found.groups:
        if any(has is not True for has in group.has):
            lines.append(f"{group.count} {pattern(found, group)}: {', '.join(spelled(key) for key in group.samples)}")
    return "\n".join(lines)


def table(found: Alignment) -> list[str]:
    width = max(len(str(holder)) for holder in found.holders)
    rows = [f"{'':{width}}  {'has':>8}  {'misses':>8}  {'failed':>8}"]
    for place, holder in enumerate(found.holders):
        counts = counted(found, place)
        rows.append(f"{holder!s:{width}}  {counts['has']:>8}  {counts['misses']:>8}  {counts['failed']:>8}")
    return rows


def counted(found: Alignment, place: int) -> dict[str, int]:
    counts = {"has": 0, "misses": 0, "failed": 0}
    for group in found.groups:
        has = group.has[place]
        counts["failed" if isinstance(has, str) else "has" if has else "misses"] += group.count
    return counts


def pattern(found: Alignment, group: Group) -> str:
    """``in pim Variant; not in pricing Price``."""
    names: dict[str, list[str]] = {"in": [], "not in": []}
    for holder, has in zip(found.holders, group.has, strict=True):
        word = f"{has} from" if isinstance(has, str) else "in" if has else "not in"
        names.setdefault(word, []).append(str(holder))
    return "; ".join(f"{word} {', '.join(held)}" for word, held in names.items() if held)


def spelled(key: Key) -> str:
    return " ".join(map(str, key)) if isinstance(key, tuple) else str(key)


def as_json(found: Alignment) -> str:
    report = {
        "keys": found.keys,
        "whole": found.whole,
        "listed": found.listed,
        "unlisted": found.unlisted,
        "sources": [
            {"source": holder.source, "type": holder.entity, "by": holder.by, **counted(found, place)}
            for place, holder in enumerate(found.holders)
        ],
        "groups": [
            {
                "has": {str(holder): has for holder, has in zip(found.holders, group.has, strict=True)},
                "count": group.count,
                "samples": group.samples,
            }
            for group in found.groups
        ],
    }
    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()
