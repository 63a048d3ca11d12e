"""``crossdock conformance SOURCE``: whether a registered system keeps the contract. It only reads."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

from gateway.commands.keys import key, one_of, value
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from adapters.conformance import Finding, Samples
    from adapters.spi import Adapter, Key
    from gateway.compose import Composition

HELP = "examine a registered system with the contract suite, read-only"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", help="the name of the source, such as crm")
    parser.add_argument(
        "--known",
        action="append",
        default=[],
        type=pair,
        metavar="ENTITY.NAME=KEY,KEY",
        help="keys of a lookup, or parents of a search, where the systems cannot tell any: Price.sku=A-1,A-2",
    )
    parser.add_argument(
        "--filter",
        action="append",
        default=[],
        type=pair,
        metavar="ENTITY.SEARCH.FILTER=VALUE",
        help="a filter that a search cannot do without: Customer.customers.search=ann",
    )
    parser.add_argument("--json", action="store_true", help="the report as one JSON object, for programs")
    add_configuration(parser)


def pair(text: str) -> tuple[str, str]:
    name, sign, given = text.partition("=")
    if not (sign and "." in name):
        raise ArgumentTypeError(f"expected a name with a point in it, = and a value, found {text!r}")
    return name, given


def run(asked: Namespace) -> int:
    """0 where every check passed, 1 where one failed or none could be made."""
    from adapters.secrets import secrets_of
    from gateway.compose import compose

    composition = compose(configuration(asked))
    examined = one_of(composition.adapters, asked.source, "a registered source")
    given = keys_given(asked.known, composition, examined)
    filters = filters_given(asked.filter, examined)
    samples, findings = asyncio.run(examination(composition, examined, given, filters))
    report = report_json(samples, findings) if asked.json else report_text(examined, samples, findings)
    print(secrets_of(composition.registrations[examined.source].registration).masked(report))
    return 0 if samples.lookups + samples.searches and all(finding.passed for finding in findings) else 1


def keys_given(pairs: Sequence[tuple[str, str]], composition: Composition, examined: Adapter) -> dict[str, list[Key]]:
    """By ``Entity.name``. A list in JSON is one key after the other; a comma parts them otherwise."""
    declared = {f"{entity}.{name}" for entity, each in examined.capabilities.items() for name in each.lookups}
    declared |= set(searches(examined))
    found: dict[str, list[Key]] = {}
    for name, text in pairs:
        one_of(dict.fromkeys(declared), name, f"a lookup or search of {examined.source}")
        entity, _, by = name.partition(".")
        texts = value(text) if text.startswith("[") else text.split(",")
        types = composition.graph.types
        found.setdefault(name, []).extend(
            tuple(each) if isinstance(each, list) else key(str(each), entity, by, types) for each in texts
        )
    return found


def searches(examined: Adapter) -> dict[str, frozenset[str]]:
    """``Entity.search`` -> its filters."""
    return {
        f"{entity}.{name}": search.filters
        for entity, each in examined.capabilities.items()
        for name, search in each.searches.items()
    }


def filters_given(pairs: Sequence[tuple[str, str]], examined: Adapter) -> dict[str, dict[str, Any]]:
    """By ``Entity.search``, then by the filter's name."""
    found: dict[str, dict[str, Any]] = {}
    for name, text in pairs:
        search, _, word = name.rpartition(".")
        filters = one_of(searches(examined), search, f"a search of {examined.source}")
        one_of(dict.fromkeys(filters), word, f"a filter of {search}")
        found.setdefault(search, {})[word] = value(text)
    return found


async def examination(
    composition: Composition,
    examined: Adapter,
    given: Mapping[str, Sequence[Key]],
    filters: Mapping[str, Mapping[str, Any]],
) -> tuple[Samples, list[Finding]]:
    """What was asked, and what was found. The source is called within its ``limits``."""
    from adapters.conformance import Sampler, Watched, examine
    from adapters.resilience import Resilient
    from adapters.secrets import secrets_of
    from gateway.leads import leads
    from gateway.trials.filters import trials

    registered = composition.registrations[examined.source].registration
    watched = Watched(examined, secrets_of(registered))
    limited = Resilient(watched, registered.limits)
    others = [
        Resilient(adapter, composition.registrations[name].registration.limits)
        for name, adapter in composition.adapters.items()
        if name != examined.source
    ]
    try:
        sampler = Sampler([limited, *others], leads(composition.graph.links), given, filters, trials(composition.graph))
        samples = await sampler.samples()
        findings = await examine(limited, samples.lookups, samples.searches)
    finally:
        for adapter in (limited, *others):
            await adapter.aclose()
    return samples, [*findings, *watched.findings(registered.limits.concurrency)]


def report_text(examined: Adapter, samples: Samples, findings: Sequence[Finding]) -> str:
    lines = [f"{examined.source} ({examined.kind})", ""]
    lines += [f"  {sample}: {asked_with(sample)}" for sample in (*samples.lookups, *samples.searches)]
    lines += ["", *(f"  {spelled_out(finding)}" for finding in findings)]
    if samples.missing:
        lines += ["", "not examined; name some with --known or --filter:"]
        lines += [f"  {name}: {why}" for name, why in samples.missing.items()]
    broken = sum(not finding.passed for finding in findings)
    return "\n".join([*lines, "", f"{len(findings)} checks, {broken or 'none'} broken"])


def spelled_out(finding: Finding) -> str:
    said = f"{finding.sample or 'adapter'}: {finding.check}"
    return f"ok      {said}" if finding.passed else f"BROKEN  {said}: {finding.seen}"


def asked_with(sample: Any) -> str:
    """In a few words."""
    keys = getattr(sample, "known", None) or getattr(sample, "parents", ())
    if not keys:
        return "without parents"
    shown = ", ".join(spelled(each) for each in keys[:3])
    return f"{'keys' if hasattr(sample, 'known') else 'below'} {shown}" + (", ..." if len(keys) > 3 else "")


def spelled(each: Key) -> str:
    return " ".join(map(str, each)) if isinstance(each, tuple) else str(each)


def report_json(samples: Samples, findings: Sequence[Finding]) -> str:
    report = {
        "ok": all(finding.passed for finding in findings),
        "findings": [
            {"sample": finding.sample, "check": finding.check, "passed": finding.passed, "seen": finding.seen}
            for finding in findings
        ],
        "notExamined": samples.missing,
    }
    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()
