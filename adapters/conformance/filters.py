"""What narrowed lists keep: filters leave what meets them, and facets count it."""

from __future__ import annotations

from dataclasses import replace

from adapters.conformance.asking import Asking, Breach
from adapters.conformance.samples import SearchSample
from adapters.conformance.searches import capability, parent


async def each_filter_can_be_asked(asking: Asking, sample: SearchSample) -> None:
    """Of those that nothing meets, nothing comes."""
    for trial in sample.trials:
        if trial.filter not in sample.filters:
            narrowed = replace(sample, filters={**sample.filters, trial.filter: trial.value})
            page = await asking.page(narrowed, parent(sample), first=capability(asking, sample).limit)
            if trial.nothing and page.records:
                raise Breach(f"{len(page.records)} records that meet {trial.filter}, which none can")


async def a_filter_by_a_field_leaves_what_has_its_value(asking: Asking, sample: SearchSample) -> None:
    """Told where a filter is called like a field (``brand``, or ``codes`` of ``code``) that records have."""
    declared, below = capability(asking, sample), parent(sample)
    [record, *_] = (await asking.page(sample, below)).records
    for name in sorted(declared.filters - sample.filters.keys()):
        field = next((each for each in (name, name.removesuffix("s")) if each in asking.fields(sample)), None)
        value = record.values.get(field) if field else None
        if field is None or not isinstance(value, str | bool):
            continue
        narrowed = replace(sample, filters={**sample.filters, name: value if isinstance(value, bool) else [value]})
        found = (await asking.page(narrowed, below, first=declared.limit)).records
        readable = [each for each in found if (field,) not in (each.errors or {})]
        if not readable or any(each.values.get(field) != value for each in readable):
            raise Breach(f"{name} of a record's own {field} leaves {len(found)} records, not all of which have it")


async def facets_count_everything(asking: Asking, sample: SearchSample) -> None:
    """By code and value; where a filter has the name of a facet, it leaves as many records as the facet says."""
    declared = capability(asking, sample)
    below = parent(sample)
    if (await asking.page(sample, below)).facets is not None:
        raise Breach("facets that nobody asked for")
    [page] = (await asking.search(sample, None if below is None else [below], want_facets=True)).pages.values()
    if sorted(facet["code"] for facet in page.facets or ()) != sorted(declared.facets):
        raise Breach(f"facets {[facet['code'] for facet in page.facets or ()]} instead of {sorted(declared.facets)}")
    for facet in page.facets or ():
        counts = {each["value"]: each["count"] for each in facet["values"]}
        if len(counts) != len(facet["values"]) or min(counts.values(), default=1) < 1:
            raise Breach(f"a value of {facet['code']} that is there twice, or not at all")
        if facet["code"] in declared.filters and facet["code"] not in sample.filters and declared.total:
            for value, count in [*counts.items()][:2]:
                narrowed = replace(sample, filters={**sample.filters, facet["code"]: [value]})
                total = (await asking.page(narrowed, below, want_total=True)).total
                if total != count:
                    raise Breach(f"a count of {count} for a value of {facet['code']} that {total} records have")


FILTER_CHECKS = (
    each_filter_can_be_asked,
    a_filter_by_a_field_leaves_what_has_its_value,
    facets_count_everything,
)
