"""What every search keeps. Each check's name says what it wants; it raises ``Breach`` with what it saw instead."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from adapters.conformance.asking import SECONDS, Asking, Breach, complete, content, refused
from adapters.conformance.refusals import NO_SUCH, standard
from adapters.conformance.samples import SearchSample
from adapters.matching import keys_of
from adapters.spi import Key, Page, Record, Search, SearchCapability, Sort, Start, TimedOut, Unsupported


async def an_undeclared_order_is_refused(asking: Asking, sample: SearchSample) -> None:
    what = f"search {sample.name} of {sample.entity}"
    for sort in (Sort(NO_SUCH), *(Sort(each.by, not each.reverse) for each in capability(asking, sample).sorts)):
        if sort not in capability(asking, sample).sorts:
            error = await refused(asking.adapter.search(asked(asking, sample, sort=sort)), Unsupported)
            standard(error, asking.adapter.source, f"sort {sort} of {what}")
    if not capability(asking, sample).backwards:
        error = await refused(asking.adapter.search(asked(asking, sample, backwards=True)), Unsupported)
        standard(error, asking.adapter.source, f"pages from the end of {what}")


async def an_expired_deadline_is_timed_out(asking: Asking, sample: SearchSample) -> None:
    await refused(asking.adapter.search(replace(asked(asking, sample), deadline=time.monotonic() - 1)), TimedOut)


async def every_asked_field_is_in_the_values(asking: Asking, sample: SearchSample) -> None:
    page = await asking.page(sample, parent(sample))
    if not page.records:
        raise Breach("no records to look at")
    for record in page.records:
        complete(record, asking.fields(sample), asking.adapter)


async def pages_of_any_size_cover_everything_once(asking: Asking, sample: SearchSample) -> None:
    small = await walk(asking, sample, 1)
    for first in {sample.page, capability(asking, sample).limit}:
        if await walk(asking, sample, first) != small:
            raise Breach(f"pages of {first} do not show the same records in the same order as pages of 1")
    if sample.count is not None and len(small) != min(sample.count, sample.most):
        raise Breach(f"{len(small)} records instead of {sample.count}")


async def no_record_comes_twice(asking: Asking, sample: SearchSample) -> None:
    """Told by a lookup that gives one record for a key; without one, records may well be alike."""
    lookups = asking.adapter.capabilities[sample.entity].lookups
    names = next((by for by, lookup in lookups.items() if not lookup.many), "")
    if not names or not set(names.split()) <= asking.fields(sample):
        return
    seen: set[Key] = set()
    after = None
    while len(seen) < sample.most:
        page = await asking.page(sample, parent(sample), first=capability(asking, sample).limit, after=after)
        for key in (key for record in page.records for key in keys_of(record, names.split())):
            if key in seen:
                raise Breach(f"{key!r} is there twice")
            seen.add(key)
        if not page.has_next:
            break
        after = page.cursors[-1]


async def a_page_goes_on_after_any_record(asking: Asking, sample: SearchSample) -> None:
    page = await asking.page(sample, parent(sample), first=min(3, capability(asking, sample).limit))
    records = contents(asking, sample, page)
    for index, cursor in enumerate(page.cursors[:-1]):
        after = await asking.page(sample, parent(sample), first=1, after=cursor)
        if contents(asking, sample, after) != [records[index + 1]]:
            raise Breach(f"after record {index + 1} of {len(records)} comes another than on the page")


async def an_ordered_list_begins_at_any_instant(asking: Asking, sample: SearchSample) -> None:
    """At the first record of that instant, or behind the last one; and so it ends there."""
    field, _, direction = capability(asking, sample).order.partition(" ")
    if not field:
        return
    records = await records_of_all_pages(asking, sample)
    listed = [content(record, asking.fields(sample)) for record in records]
    if not records:
        return
    instants = [datetime.fromisoformat(record.values[field]) for record in records]
    if instants != sorted(instants, reverse=direction == "desc"):
        raise Breach(f"records that are not in the declared order {field} {direction}")
    most_ties, _ = Counter(instants).most_common(1)[0]
    for instant in {instants[len(instants) // 2], most_ties}:
        ahead = sum(at > instant if direction == "desc" else at < instant for at in instants)
        for inclusive, place in ((True, ahead), (False, ahead + instants.count(instant))):
            begun = await asking.page(sample, parent(sample), first=1, start=Start(instant.isoformat(), inclusive))
            if place < len(listed) and contents(asking, sample, begun) != listed[place : place + 1]:
                raise Breach(f"a list that starts at {field} of record {place + 1} begins with another one")
            if place < len(listed) and capability(asking, sample).backwards:
                start = Start(instant.isoformat(), not inclusive)
                ended = await asking.page(sample, parent(sample), first=1, start=start, backwards=True)
                if contents(asking, sample, ended) != listed[max(0, place - 1) : place]:
                    raise Breach(f"a list that ends at {field} of record {place} ends with another one")


async def a_sorted_list_covers_everything_once(asking: Asking, sample: SearchSample) -> None:
    everything = await walk(asking, sample, capability(asking, sample).limit)
    for sort in sorted(capability(asking, sample).sorts, key=str):
        whole = await walk(asking, sample, capability(asking, sample).limit, sort=sort)
        if len(everything) < sample.most and sorted(whole) != sorted(everything):
            raise Breach(f"sorted by {sort}, the list has other records than in its own order")
        if await walk(asking, sample, sample.page, sort=sort) != whole:
            raise Breach(f"sorted by {sort}, pages of {sample.page} show another list than longer ones")


async def a_sorted_list_is_in_order(asking: Asking, sample: SearchSample) -> None:
    """Told where the sample says by which field; records without a value come last, both ways."""
    for by, text in sample.ordered_by.items():
        field, _, direction = text.partition(" ")
        for sort in (sort for sort in capability(asking, sample).sorts if sort.by == by):
            limit = capability(asking, sample).limit
            page = await asking.page(sample, parent(sample), first=limit, sort=sort)
            values = [record.values[field] for record in page.records]
            descending = sort.reverse != (direction == "desc")
            there = sorted((value for value in values if value is not None), reverse=descending)
            if values != [*there, *[None] * (len(values) - len(there))]:
                raise Breach(f"sorted by {sort}, records are not in the order of {field}")


async def pages_from_the_end_show_the_same_list(asking: Asking, sample: SearchSample) -> None:
    if not capability(asking, sample).backwards:
        return
    for sort in (None, *sorted(capability(asking, sample).sorts, key=str)):
        forwards = await walk(asking, sample, capability(asking, sample).limit, sort=sort)
        if len(forwards) == sample.most:
            continue
        for first in {sample.page, capability(asking, sample).limit}:
            if await walk(asking, sample, first, sort=sort, backwards=True) != forwards:
                raise Breach(f"pages of {first} from the end show another list{f' sorted by {sort}' if sort else ''}")


async def the_total_counts_everything(asking: Asking, sample: SearchSample) -> None:
    page = await asking.page(sample, parent(sample), want_total=True)
    if not capability(asking, sample).total:
        if page.total is not None:
            raise Breach("a total that is not declared")
        return
    everything = await walk(asking, sample, capability(asking, sample).limit)
    if len(everything) < sample.most and page.total != len(everything):
        raise Breach(f"a total of {page.total} for {len(everything)} records")


async def many_parents_are_the_same_as_each_alone(asking: Asking, sample: SearchSample) -> None:
    unknown = [] if sample.unknown_parent is None else [sample.unknown_parent]
    if not capability(asking, sample).parents:
        below = replace(asked(asking, sample), parents=sample.parents or ["p"])
        await refused(asking.adapter.search(below), Unsupported)
        return
    parents = list(sample.parents)[: capability(asking, sample).batch - len(unknown)]
    together = await asking.search(sample, [*parents, *unknown])
    for key in parents:
        alone = await asking.page(sample, key)
        if key not in together.pages or contents(asking, sample, alone) != contents(
            asking, sample, together.pages[key]
        ):
            raise Breach(f"the page below {key!r} alone is another than among many parents")
    if any(together.pages[key].records for key in unknown if key in together.pages):
        raise Breach("records below the unknown parent")


def capability(asking: Asking, sample: SearchSample) -> SearchCapability:
    return asking.adapter.capabilities[sample.entity].searches[sample.name]


def parent(sample: SearchSample) -> Key | None:
    """The parent below which one page is asked, or none."""
    return sample.parents[0] if sample.parents else None


def asked(asking: Asking, sample: SearchSample, **more: Any) -> Search:
    """The sample as a request of its own."""
    parents = list(sample.parents[:1]) or None
    fields = asking.fields(sample)
    request = Search(sample.entity, sample.name, sample.page, fields, filters=sample.filters, parents=parents, **more)
    return request.until(time.monotonic() + SECONDS)


async def walk(
    asking: Asking, sample: SearchSample, first: int, sort: Sort | None = None, *, backwards: bool = False
) -> list[str]:
    """The records of all pages in the order of the list, at most ``sample.most``."""
    seen: list[str] = []
    cursors: set[str] = set()
    after = None
    while len(seen) < sample.most:
        page = await asking.page(sample, parent(sample), first=first, after=after, sort=sort, backwards=backwards)
        shown = contents(asking, sample, page)
        seen = [*shown, *seen] if backwards else [*seen, *shown]
        if cursors & set(page.cursors):
            raise Breach("a cursor that was there before: the pages do not end")
        cursors |= set(page.cursors)
        if not page.has_next:
            break
        after = page.cursors[0 if backwards else -1]
    return seen[: sample.most]


async def records_of_all_pages(asking: Asking, sample: SearchSample) -> list[Record]:
    """The records of all pages in order, at most ``sample.most``."""
    records: list[Record] = []
    after = None
    while len(records) < sample.most:
        page = await asking.page(sample, parent(sample), first=capability(asking, sample).limit, after=after)
        records += page.records
        if not page.has_next:
            break
        after = page.cursors[-1]
    return records[: sample.most]


def contents(asking: Asking, sample: SearchSample, page: Page) -> list[str]:
    return [content(record, asking.fields(sample)) for record in page.records]


SEARCH_CHECKS = (
    an_undeclared_order_is_refused,
    an_expired_deadline_is_timed_out,  # first: later, a cache could answer
    every_asked_field_is_in_the_values,
    pages_of_any_size_cover_everything_once,
    no_record_comes_twice,
    a_page_goes_on_after_any_record,
    an_ordered_list_begins_at_any_instant,
    a_sorted_list_covers_everything_once,
    a_sorted_list_is_in_order,
    pages_from_the_end_show_the_same_list,
    the_total_counts_everything,
    many_parents_are_the_same_as_each_alone,
)
