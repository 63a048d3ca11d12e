"""One run of all checks that an adapter's capabilities call for."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.conformance.asking import Asking, Breach
from adapters.conformance.filters import FILTER_CHECKS
from adapters.conformance.lookups import LOOKUP_CHECKS
from adapters.conformance.refusals import REFUSALS
from adapters.conformance.samples import LookupSample, SearchSample
from adapters.conformance.searches import SEARCH_CHECKS
from adapters.spi import Adapter

Check = Callable[..., Awaitable[None]]
"""Takes ``Asking`` and, if there is one, the sample."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One check on one sample (``Product.code``; empty: the adapter as such). ``seen``: what was wrong, if anything."""

    check: str
    sample: str
    passed: bool
    seen: str = ""

    def __str__(self) -> str:
        return f"{self.sample or 'adapter'}: {self.check}: {self.seen or 'passed'}"


class NotConforming(AssertionError):
    """The findings of the checks that failed."""

    def __init__(self, source: str, findings: Sequence[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n  ".join([f"{source} breaks the contract:", *map(str, findings)]))


async def conform(
    adapter: Adapter, lookups: Sequence[LookupSample] = (), searches: Sequence[SearchSample] = ()
) -> list[Finding]:
    """All findings if all checks pass, else ``NotConforming`` with those that failed."""
    findings = await examine(adapter, lookups, searches)
    failed = [finding for finding in findings if not finding.passed]
    if failed:
        raise NotConforming(adapter.source, failed)
    return findings


async def examine(
    adapter: Adapter, lookups: Sequence[LookupSample] = (), searches: Sequence[SearchSample] = ()
) -> list[Finding]:
    """Every check on every sample, one after the other: a live system is asked one thing at a time."""
    asking = Asking(adapter)
    findings = [await finding(check, "", asking) for check in REFUSALS]
    samples: list[LookupSample | SearchSample] = [*lookups, *searches]
    for sample in samples:
        findings += [await finding(check, str(sample), asking, sample) for check in checks(asking, sample)]
    return findings


def checks(asking: Asking, sample: LookupSample | SearchSample) -> Sequence[Check]:
    if not asking.declares(sample):
        return [it_is_declared]
    return LOOKUP_CHECKS if isinstance(sample, LookupSample) else (*SEARCH_CHECKS, *FILTER_CHECKS)


async def it_is_declared(asking: Asking, sample: LookupSample | SearchSample) -> None:
    declared = [
        f"{name}.{asked}"
        for name, entity in asking.adapter.capabilities.items()
        for asked in [*entity.lookups, *entity.searches]
    ]
    raise Breach(f"not declared; there are {', '.join(declared) or 'none'}")


async def finding(check: Check, sample: str, *given: Any) -> Finding:
    name = check.__name__.replace("_", " ")
    try:
        await check(*given)
    except Breach as breach:
        return Finding(name, sample, False, str(breach))
    return Finding(name, sample, True)
