"""Lists of services that go on behind a record's values: by its key, by its instant, or by both."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import pytest

from adapters import graphql, rest, soap
from adapters.conformance import SearchSample, conform
from adapters.mapping import MappingProblems
from adapters.problems import MappingProblem
from adapters.registration import Kind
from adapters.spi import Adapter, BadData, Page, Rejected, Search, SearchResult, Start, Unsupported
from adapters.types import FieldType, Types
from tests.adapters.rest_system import Answering, Asked, System, system

TEXT = FieldType("String")
TYPES = Types({"Order": {"number": TEXT, "shop": TEXT, "placedAt": FieldType("DateTime")}}, {})
NOON = 1_795_176_000

ENTITY: Mapping[str, Any] = {
    "key": "number",
    "fields": {"number": "no", "shop": "shop", "placedAt": {"from": "at", "as": "instant(epoch)"}},
}


def built(kind: Kind, search: Mapping[str, Any], entity: Mapping[str, Any] = ENTITY, **source: Any) -> Adapter:
    address = "endpoint" if kind is soap.KIND else "url"
    words = {"source": "oms", "role": "OMS", "kind": kind.name, address: "http://oms.test", **source}
    words["entities"] = {"Order": {**entity, "search": {"orders": search}}}
    return kind.build(kind.registration.model_validate(words), TYPES)


@asynccontextmanager
async def listed(
    answering: Answering, search: Mapping[str, Any], entity: Mapping[str, Any] = ENTITY
) -> AsyncIterator[tuple[System, Adapter]]:
    """A system, and a REST source that lists its orders."""
    async with system(answering) as running:
        adapter = built(rest.KIND, search, entity, url=running.url)
        try:
            yield running, adapter
        finally:
            await adapter.aclose()


async def page(adapter: Adapter, first: int, after: str | None = None, start: Start | None = None) -> Page:
    request = Search("Order", "orders", first, frozenset({"number"}), after=after, start=start)
    result: SearchResult = await adapter.search(request)
    return result.pages[None]


def numbers(found: Page) -> list[str]:
    return [record.values["number"] for record in found.records]


def at(seconds: int, inclusive: bool = True) -> Start:
    return Start(datetime.fromtimestamp(NOON + seconds).astimezone().isoformat(), inclusive)


# ------------------------------------------------------------ by the key

BY_KEY = {"get": "/orders{?since,n}", "page": {"keyset": {"number": "since"}, "size": "n"}, "limit": 4}


async def test_a_list_by_key_goes_on_behind_the_last_one() -> None:
    rows = [{"no": f"{number:05}"} for number in (1, 2, 3, 5, 8)]

    def answer(asked: Asked) -> Any:
        since = asked.given.get("since", "")
        return [row for row in rows if row["no"] > since][: int(asked.given.get("n", 0))]

    key = {"number": {"from": "no", "form": {"pad": 5, "fill": "0"}}}
    async with listed(answer, BY_KEY, {**ENTITY, "fields": key}) as (running, adapter):
        one = await page(adapter, 2)
        rows.remove({"no": "00002"})
        rows.insert(0, {"no": "00000"})
        two = await page(adapter, 3, one.cursors[-1])
        assert (numbers(one), numbers(two), two.has_next) == (["1", "2"], ["3", "5", "8"], False)
        assert running.paths == ["/orders?n=3", "/orders?since=00002&n=4"]
        assert adapter.capabilities["Order"].searches["orders"].order == ""
        with pytest.raises(Unsupported, match="a start in search orders of Order"):
            await page(adapter, 2, start=at(0))
        await conform(adapter, [], [SearchSample("Order", "orders", page=2, count=5)])


async def test_a_key_of_several_parts() -> None:
    rows = [{"shop": shop, "no": number} for shop in "AB" for number in "123"]

    def answer(asked: Asked) -> Any:
        since = (asked.given.get("shop", ""), asked.given.get("no", ""))
        return [row for row in rows if (row["shop"], row["no"]) > since][: int(asked.given.get("n", 0))]

    words = {**BY_KEY, "get": "/orders{?shop,no,n}", "page": {"keyset": {"shop": "shop", "number": "no"}, "size": "n"}}
    async with listed(answer, words, {**ENTITY, "key": ["shop", "number"]}) as (_, adapter):
        await conform(adapter, [], [SearchSample("Order", "orders", page=2, count=6)])


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "[]",
        "{}",
        "1",
        '["2026-11-20", []]',
        "[null, [[]]]",
        '[null, [["1", "2"]]]',
        "[null, [[true]]]",
        "[null, 5]",
    ],
)
async def test_a_cursor_of_something_else_is_refused(cursor: str) -> None:
    async with listed(lambda _: [], BY_KEY) as (running, adapter):
        with pytest.raises(Rejected, match="unreadable cursor"):
            await page(adapter, 2, cursor)
        assert running.asked == []


# ------------------------------------------------------------ by the instant

BY_INSTANT = {
    "get": "/orders{?since,n}",
    "page": {"keyset": {"placedAt": "since"}, "size": "n"},
    "order": "placedAt",
    "limit": 5,
}


def since(rows: list[tuple[int, str]]) -> Any:
    def answer(asked: Asked) -> Any:
        first = int(asked.given.get("since", 0))
        found = [{"at": NOON + seconds, "no": number} for seconds, number in sorted(rows) if NOON + seconds >= first]
        return found[: int(asked.given.get("n", 0))]

    return answer


async def test_records_of_one_instant_are_neither_lost_nor_repeated() -> None:
    rows = [(0, "a"), (1, "b"), (1, "c"), (1, "d"), (2, "e")]
    async with listed(since(rows), BY_INSTANT) as (_, adapter):
        one = await page(adapter, 2)
        rows.remove((1, "b"))  # what a cursor stands on may go away
        rows.append((1, "bb"))
        two = await page(adapter, 2, one.cursors[-1])
        three = await page(adapter, 2, two.cursors[-1])
        assert [numbers(each) for each in (one, two, three)] == [["a", "b"], ["bb", "c"], ["d", "e"]]
        assert (two.has_next, three.has_next) == (True, False)
        assert numbers(await page(adapter, 1, start=at(1))) == ["bb"]
        assert numbers(await page(adapter, 1, start=at(1, inclusive=False))) == ["e"]
        await conform(adapter, [], [SearchSample("Order", "orders", page=2, count=5)])


async def test_more_records_of_one_instant_than_a_call_gives_are_told() -> None:
    async with listed(since([(0, letter) for letter in "abcdefg"]), BY_INSTANT) as (_, adapter):
        seen = await page(adapter, 5)
        with pytest.raises(BadData, match="more than 5 records of one instant"):
            await page(adapter, 2, seen.cursors[-1])


async def test_an_instant_that_is_finer_than_the_system_has_it() -> None:
    """Between two of its instants, whichever way the list goes."""
    fine = Start("2026-11-20T12:00:01.500+00:00", inclusive=True)
    async with listed(since([(0, "a"), (1, "b"), (2, "c")]), BY_INSTANT) as (_, adapter):
        assert numbers(await page(adapter, 2, start=fine)) == ["c"]


async def test_a_record_without_its_place_is_bad() -> None:
    async with listed(lambda _: [{"no": "a"}], BY_INSTANT) as (_, adapter):
        with pytest.raises(BadData, match="`number`, `placedAt` in every record"):
            await page(adapter, 2)


async def test_conformance_finds_a_list_that_is_not_in_its_order() -> None:
    rows = [{"at": NOON + seconds, "no": f"{seconds}"} for seconds in (1, 2, 9, 3, 4, 5, 6, 7)]

    def answer(asked: Asked) -> Any:
        """Behind a record it goes on by the place of that, whatever the instants are."""
        places = [row["no"] for row in rows]
        start = places.index(asked.given["below"]) + 1 if "below" in asked.given else 0
        return rows[start : start + int(asked.given.get("n", 0))]

    words = {
        **BY_INSTANT,
        "get": "/orders{?since,below,n}",
        "start": "since",
        "page": {"keyset": {"number": "below"}, "size": "n"},
        "limit": 3,
    }
    async with listed(answer, words) as (_, adapter):
        with pytest.raises(Exception, match="not in the declared order placedAt"):
            await conform(adapter, [], [SearchSample("Order", "orders", page=2)])


# ------------------------------------------------------------ what cannot hold

PAGE = {"keyset": {"placedAt": "since", "number": "below"}, "size": "n"}
GOOD = {"get": "/x{?since,below,n}", "start": "since", "order": "placedAt desc", "page": PAGE}
QUERY = "query ($first: Int!, $after: String, $until: String) { orders(first: $first, after: $after, until: $until) }"


def problems(kind: Kind, search: Mapping[str, Any], entity: Mapping[str, Any] = ENTITY) -> list[MappingProblem]:
    with pytest.raises(MappingProblems) as raised:
        built(kind, search, entity)
    return [problem._replace(path=problem.path[4:]) for problem in raised.value.problems]


@pytest.mark.parametrize(
    ("words", "path", "expected", "found"),
    [
        ({"start": None}, (), "`start`", "none"),
        ({"order": None}, (), "fields of the key", "`placedAt`"),
        ({"order": "numbr"}, (), "fields of the key or of `order`", "`placedAt`"),
        (
            {"order": "shop", "page": {**PAGE, "keyset": {"number": "below"}}, "get": "/x{?since,below,n}"},
            ("order",),
            "an instant",
            "`shop`",
        ),
        ({"page": {**PAGE, "keyset": {"placedAt": "since", "nummer": "below"}}}, (), "fields of the key", "`nummer`"),
        (
            {"page": {"offset": "since", "limit": "n"}, "get": "/x{?since,n}", "start": None},
            ("order",),
            "a `keyset`",
            "pages by a count, a token or a link",
        ),
        ({"get": "/x{?since,n}"}, ("page",), "variables of the request", "`below`"),
    ],
)
def test_what_a_rest_list_cannot_promise(words: dict[str, Any], path: Any, expected: str, found: str) -> None:
    noted = [each for each in problems(rest.KIND, {**GOOD, **words}) if (each.path, each.found) == (path, found)]
    assert [expected in problem.expected for problem in noted] == [True]


def test_a_request_holds_no_timestamps() -> None:
    fields = {**ENTITY["fields"], "placedAt": {"from": "at", "as": "instant(timestamp)"}}
    [problem] = problems(rest.KIND, GOOD, {**ENTITY, "fields": fields})
    assert problem.path == ("order",)


def test_a_key_has_to_be_there_and_whole() -> None:
    [problem] = problems(rest.KIND, GOOD, {**ENTITY, "key": None})
    assert problem.expected.startswith("the entity's `key`")
    [problem] = problems(rest.KIND, GOOD, {**ENTITY, "key": ["shop", "number"]})
    assert problem.expected == "pages by all of the key: `number`, `shop`, or by placedAt alone"


@pytest.mark.parametrize(
    ("words", "path", "expected"),
    [
        ({"order": "placedAt"}, ("start",), "`start` too"),
        ({"start": "until"}, ("order",), "`order` too"),
        ({"order": "shop", "start": "until"}, ("order",), "an instant that is read from one path"),
    ],
)
def test_what_a_connection_cannot_promise(words: dict[str, Any], path: Any, expected: str) -> None:
    problem = problems(graphql.KIND, {"query": QUERY, **words})[0]
    assert problem.path == path
    assert problem.expected.startswith(expected)


@pytest.mark.parametrize(
    ("message", "words", "path", "expected"),
    [
        ("<L><N>$first</N></L>", {"order": "placedAt"}, ("order",), "a `keyset`"),
        ("<L><U>$start</U></L>", {"order": "placedAt"}, (), "`$first`"),
        ("<L><N>$first</N><A>$after.number</A></L>", {"order": "placedAt"}, (), "`start`"),
        ("<L><N>$first</N><A>$after.nr</A></L>", {}, (), "pages by fields of the key"),
        ("<L><N>$first</N><U>$start</U></L>", {}, (), "`order` beside `$start`"),
    ],
)
def test_what_a_soap_list_cannot_promise(message: str, words: dict[str, Any], path: Any, expected: str) -> None:
    entity = {**ENTITY, "fields": {"number": "No", "placedAt": "At"}}
    problem = problems(soap.KIND, {"message": message, "rows": "R", **words}, entity)[0]
    assert problem.path == path
    assert expected in problem.expected
