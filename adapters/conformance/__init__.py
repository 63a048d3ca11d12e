"""The contract of ``adapters.spi`` as checks, for every adapter, every wrapper and every live system.

What an adapter declares chooses the checks; what it does not declare must be refused with the one standard sentence.
They only read. In a test::

    async def test_it_keeps_the_contract() -> None:
        await conform(adapter, [LookupSample("Product", "code", known=["P1", "P2"], unknown="P9")])
"""

from adapters.conformance.examination import Finding, NotConforming, conform, examine
from adapters.conformance.samples import LookupSample, SearchSample, Trial
from adapters.conformance.sampling import Sampler, Samples
from adapters.conformance.watched import Watched

__all__ = [
    "Finding",
    "LookupSample",
    "NotConforming",
    "Sampler",
    "Samples",
    "SearchSample",
    "Trial",
    "Watched",
    "conform",
    "examine",
]
