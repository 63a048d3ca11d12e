"""What is asked: conditions, parts of a row, work that takes its time, and a pace that systems can bear."""

from __future__ import annotations

import asyncio
from time import monotonic, time
from typing import Any

import pytest

from adapters.conditions import LANGUAGES, Condition, Unwritable
from adapters.mapping import MappingProblems
from adapters.spi import BadData, Lookup, Overloaded, Record, TimedOut, Unavailable
from adapters.web.pace import seconds
from tests.adapters.rest_system import Answer, Asked, connected, names, page, system

# Conditions

CONDITIONS = """
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup:
      sku: {get: "/items{?$filter}", conditions: {$filter: {each: "No eq {key}", language: LANGUAGE}}, rows: items}
    search:
      all:
        get: "/items{?$filter,$skip,$top}"
        conditions:
          $filter:
            parts: ["Blocked eq false", "contains(Name,{filter.search})", "Season eq {filter.seasonal}"]
            language: odata
        filters: {search: search, seasonal: seasonal}
        page: {offset: $skip, limit: $top}
        rows: items
"""
HOSTILE = "O'Neill' or '1' eq '1"


@pytest.mark.quirk("R23")
@pytest.mark.parametrize(
    ("language", "value", "written"),
    [
        ("odata", HOSTILE, "'O''Neill'' or ''1'' eq ''1'"),
        ("nav", "A..B|C&<>()=", "'A..B|C&<>()='"),
        ("nav", "O'x", "'O''x'"),
        ("soql", "a' OR Name != '\\", "'a\\' OR Name != \\'\\\\'"),
        ("like", r"50%_\x", r"50\%\_\\x"),
        ("xpath", "O'x", '"O\'x"'),
        ("xpath", "a'] | //*[\"", "concat('a', \"'\", '] | //*[\"')"),
        ("lucene", 'a" OR x:*', '"a\\" OR x:*"'),
        ("plain", "Ärmel 1.5/2-a@b:c_d+e", "Ärmel 1.5/2-a@b:c_d+e"),
    ],
)
def test_a_value_stays_a_value(language: Any, value: str, written: str) -> None:
    assert LANGUAGES[language](value) == written


@pytest.mark.quirk("R23")
@pytest.mark.parametrize(
    ("language", "value"),
    [
        ("nav", "A*"),
        ("nav", "@a"),
        ("nav", "a?"),
        ("plain", "a|b"),
        ("plain", "1' or"),
        ("plain", "a,b"),
        ("odata", "a\nb"),
    ],
)
def test_a_value_that_a_language_cannot_hold(language: Any, value: str) -> None:
    with pytest.raises(Unwritable):
        Condition(None, ["{key}"], "", language).text({"key": value})


@pytest.mark.quirk("R23")
async def test_one_part_of_a_condition_per_key() -> None:
    rows = {"items": [{"no": HOSTILE, "title": "One"}]}
    words = CONDITIONS.replace("LANGUAGE", "odata")
    async with system(lambda asked: rows) as shop, connected(shop, words) as adapter:
        assert await names(adapter, "A1", HOSTILE, 7) == {HOSTILE: "One"}
    text = "No eq 'A1' or No eq 'O''Neill'' or ''1'' eq ''1' or No eq 7"
    assert shop.asked[0].query == [("$filter", text)]


async def test_a_key_that_the_language_cannot_hold_does_not_exist() -> None:
    words = CONDITIONS.replace("LANGUAGE", "plain")
    async with system(lambda asked: {"items": []}) as shop, connected(shop, words) as adapter:
        assert await names(adapter, HOSTILE) == {}
        assert shop.asked == []


async def test_parts_whose_values_are_not_given_are_left_out() -> None:
    words = CONDITIONS.replace("LANGUAGE", "plain")
    async with system(lambda asked: {"items": []}) as shop, connected(shop, words) as adapter:
        await page(adapter, 3)
        await page(adapter, 3, filters={"search": "it's", "seasonal": True})
    assert [asked.given["$filter"] for asked in shop.asked] == [
        "Blocked eq false",
        "Blocked eq false and contains(Name,'it''s') and Season eq true",
    ]


@pytest.mark.parametrize(
    ("change", "place", "found"),
    [
        (('each: "No eq {key}"', 'each: "No eq {kye}"'), ("conditions", "$filter"), "`kye`"),
        (("items{?$filter}", "items{?sku}"), ("conditions", "$filter"), "`$filter`"),
        (('each: "No eq {key}"', 'parts: ["No eq {key}"]'), ("conditions", "$filter"), "`parts`"),
    ],
)
async def test_what_can_be_wrong_with_a_condition(change: tuple[str, str], place: Any, found: str) -> None:
    async with system(lambda asked: None) as shop:
        with pytest.raises(MappingProblems) as raised:
            async with connected(shop, CONDITIONS.replace("LANGUAGE", "odata").replace(*change)):
                pass
    assert (raised.value.problems[0].path[4:], raised.value.problems[0].found) == (place, found)


# Parts

PARTS = """
aliases: ["http://localhost:18030"]
limits: {concurrency: 3}
entities:
  Variant:
    key: sku
    fields: {sku: id, name: title, weight: price.incl, seasonal: {from: stock.left, as: "flag(1, 0)"}}
    lookup: {sku: {get: "/products{?id__in}", variable: id__in}}
    parts:
      price: {get: "/products/{id}/price"}
      stock: {follow: links.stock, rows: "[0]"}
"""


class Hyperlinked:
    """Products whose price and stock have addresses of their own. ``most``: the most calls at the same time."""

    def __init__(self, host: str = "http://localhost:18030") -> None:
        self.host = host

    def __call__(self, asked: Asked) -> Any:
        if asked.path == "/products":
            return [
                {"id": sku, "title": f"Item {sku}", "links": {"stock": f"{self.host}/products/{sku}/stock/?a=1"}}
                for sku in asked.given["id__in"].split(",")
            ]
        sku = asked.path.split("/")[2]
        if sku == "8":
            return Answer({"detail": "Not found."}, 404)
        if sku == "9" and asked.path.endswith("/price"):
            return Answer(b"", 500)
        return {"incl": f"{sku}.50"} if asked.path.endswith("/price") else [{"left": int(sku) % 2}]


async def records(adapter: Any, keys: list[str], *fields: str) -> tuple[dict[Any, Record], int]:
    request = Lookup("Variant", "sku", keys, frozenset(fields), deadline=monotonic() + 5)
    return dict((await adapter.lookup(request)).found), request.tally.calls


@pytest.mark.quirk("R13", "R14")
async def test_what_a_row_has_elsewhere_becomes_one_record() -> None:
    async with system(Hyperlinked()) as shop, connected(shop, PARTS) as adapter:
        found, calls = await records(adapter, ["1", "2", "8", "9"], "name", "weight", "seasonal")
        assert {key: record.values for key, record in found.items()} == {
            "1": {"sku": "1", "name": "Item 1", "weight": "1.50", "seasonal": True},
            "2": {"sku": "2", "name": "Item 2", "weight": "2.50", "seasonal": False},
            "8": {"sku": "8", "name": "Item 8", "weight": None, "seasonal": None},
            "9": {"sku": "9", "name": "Item 9", "weight": None, "seasonal": True},
        }
        assert [isinstance(error, Unavailable) for error in (found["9"].errors or {}).values()] == [True]
        assert set(found["9"].errors or {}) == {("weight",)}
        assert (calls, len(shop.asked)) == (8, 9)
        assert sorted(map(sorted, adapter.capabilities["Variant"].apart)) == [["seasonal"], ["weight"]]
        assert shop.wire.opened <= 3


@pytest.mark.quirk("R13")
async def test_only_what_is_wanted_is_asked_for() -> None:
    async with system(Hyperlinked()) as shop, connected(shop, PARTS) as adapter:
        await records(adapter, ["1", "2"], "name")
        assert shop.paths == ["/products?id__in=1,2"]
        await records(adapter, ["1", "2"], "weight")
        assert sorted(shop.paths[2:]) == ["/products/1/price", "/products/2/price"]


@pytest.mark.quirk("R14")
async def test_a_part_elsewhere_is_not_fetched() -> None:
    async with system(Hyperlinked("http://169.254.169.254")) as shop, connected(shop, PARTS) as adapter:
        found, _ = await records(adapter, ["1"], "name", "seasonal")
        assert len(shop.asked) == 1
    assert (found["1"].values["name"], found["1"].values["seasonal"]) == ("Item 1", None)
    assert isinstance((found["1"].errors or {})[("seasonal",)], BadData)


# Two steps, and queries that are deep

VIA = """
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup:
      sku:
        via: {get: "/ids{?sku}", with: {id: "items[0].id"}}
        get: /items/{id}
        query: {fields: [no, title], page: {size: 1, of: [{n: $key}]}, none: $argument.none}
        arguments: {none: none}
        batch: 1
"""


@pytest.mark.quirk("R13")
async def test_a_request_in_two_steps() -> None:
    def answer(asked: Asked) -> Any:
        if asked.path == "/ids":
            return {"items": [{"id": 7}] if asked.given["sku"] == "A/1" else []}
        return {"no": "A/1", "title": "One"}

    async with system(answer) as shop, connected(shop, VIA) as adapter:
        request = Lookup("Variant", "sku", ["A/1"], frozenset({"name"}), deadline=monotonic() + 5)
        assert (await adapter.lookup(request)).found["A/1"].values["name"] == "One"
        assert request.tally.calls == 1  # beside the attempt itself, which the wrapper counts
        assert await names(adapter, "A2") == {}
    query = [("fields", "no"), ("fields", "title"), ("page[size]", "1"), ("page[of][0][n]", "A/1")]
    assert [(asked.path, asked.query) for asked in shop.asked] == [
        ("/ids", [("sku", "A/1")]),
        ("/items/7", query),
        ("/ids", [("sku", "A2")]),
    ]


@pytest.mark.parametrize(
    ("change", "place", "found"),
    [
        (("items/{id}", "items/{ib}"), ("get",), "`ib`"),
        (("ids{?sku}", "ids{?id}"), ("via", "get"), "`id`"),
        (("items[0].id", "items["), ("via", "with", "id"), "`items[`"),
        (("n: $key", "n: $kye"), ("query", "page", "of", 0, "n"), "`kye`"),
    ],
)
async def test_what_can_be_wrong_with_two_steps(change: tuple[str, str], place: Any, found: str) -> None:
    async with system(lambda asked: None) as shop:
        with pytest.raises(MappingProblems) as raised:
            async with connected(shop, VIA.replace(*change)):
                pass
    assert (place, found) in [(problem.path[4:], problem.found) for problem in raised.value.problems]


# Work that takes its time

JOB = """
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup:
      sku: {post: /jobs, body: {skus: $keys}, rows: items, poll: POLL}
"""


@pytest.mark.quirk("R24")
@pytest.mark.parametrize(
    "poll",
    ["{every: 5ms}", "{when: \"status == `202` || body.state == 'RUNNING'\", every: 1ms, result: body.result}"],
)
async def test_a_job_is_asked_for_until_it_is_done(poll: str) -> None:
    states = iter(["RUNNING", "RUNNING", "DONE"])

    def answer(asked: Asked) -> Answer:
        if asked.method == "POST":
            return Answer(b"", 202, {"Location": "/jobs/1", "Retry-After": "0"})
        if asked.path == "/jobs/1" and "result" in poll:
            return Answer({"state": next(states), "result": "/results/1"})
        if asked.path == "/jobs/1" and next(states) == "RUNNING":
            return Answer({"items": []}, 202)
        return Answer({"items": [{"no": "A1", "title": "One"}]})

    async with system(answer) as shop, connected(shop, JOB.replace("POLL", poll)) as adapter:
        assert await names(adapter, "A1") == {"A1": "One"}
    assert [asked.path for asked in shop.asked][:4] == ["/jobs", "/jobs/1", "/jobs/1", "/jobs/1"]


async def test_a_job_that_is_not_done_in_time_and_one_that_is_done_at_once() -> None:
    busy = Answer(b"", 202, {"Location": "/jobs/1", "Retry-After": "60"})
    async with system(lambda asked: busy) as shop, connected(shop, JOB.replace("POLL", "{}")) as adapter:
        with pytest.raises(TimedOut, match="not done by the deadline"):
            await names(adapter, "A1")
        assert len(shop.asked) == 1
    done = {"items": [{"no": "A1", "title": "One"}]}
    async with system(lambda asked: done) as shop, connected(shop, JOB.replace("POLL", "{}")) as adapter:
        assert await names(adapter, "A1") == {"A1": "One"}


async def test_a_job_elsewhere_is_not_asked_for() -> None:
    away = Answer(b"", 202, {"Location": "http://evil.test/jobs/1"})
    async with system(lambda asked: away) as shop, connected(shop, JOB.replace("POLL", "{every: 1ms}")) as adapter:
        with pytest.raises(BadData, match="a link leads elsewhere"):
            await names(adapter, "A1")


# Pace

PACED = """
PACE
entities:
  Variant:
    key: sku
    fields: {sku: "no", name: title}
    lookup: {sku: {get: "/v{?sku*}", rows: items}}
"""


@pytest.mark.quirk("R8")
async def test_after_retry_after_nothing_is_asked_before_its_time() -> None:
    refused = Answer(b"", 429, {"Retry-After": "60"})
    async with system(lambda asked: refused) as shop, connected(shop, PACED.replace("PACE", "")) as adapter:
        for _ in range(5):
            with pytest.raises(Overloaded):
                await names(adapter, "A1")
    assert len(shop.asked) == 1


@pytest.mark.quirk("R8")
async def test_a_window_that_is_used_up_is_waited_for_and_never_overdrawn() -> None:
    """Three calls per window of 0.3 s; a fourth would be refused."""
    window: dict[str, Any] = {"began": 0.0, "used": 0, "refused": 0}

    def answer(asked: Asked) -> Answer:
        if monotonic() - window["began"] > 0.3:
            window.update(began=monotonic(), used=0)
        window["used"] += 1
        left = 3 - window["used"]
        if left < 0:
            window["refused"] += 1
            return Answer(b"", 429)
        reset = f"{window['began'] + 0.31 - monotonic():.3f}"
        head = {"X-RateLimit-Remaining": str(left), "X-RateLimit-Reset": reset}
        return Answer({"items": [{"no": "A1", "title": "One"}]}, headers=head)

    words = PACED.replace("PACE", "pace: {remaining: X-RateLimit-Remaining, reset: X-RateLimit-Reset}")
    async with system(answer) as shop, connected(shop, words) as adapter:
        await names(adapter, "A1")
        await asyncio.gather(*(names(adapter, "A1") for _ in range(9)))
    assert (len(shop.asked), window["refused"]) == (10, 0)


@pytest.mark.quirk("R8")
async def test_a_bucket_never_runs_over() -> None:
    """Six fit in, fifty a second leave it."""
    bucket = {"level": 0.0, "at": monotonic(), "most": 0.0}

    def answer(asked: Asked) -> Answer:
        now = monotonic()
        bucket["level"] = max(0.0, bucket["level"] - (now - bucket["at"]) * 50) + 1
        bucket["at"] = now
        bucket["most"] = max(bucket["most"], bucket["level"])
        head = {"X-LS-Api-Bucket-Level": f"{bucket['level']:.2f}/6", "X-LS-Api-Drip-Rate": "50"}
        return Answer({"items": [{"no": "A1", "title": "One"}]}, headers=head)

    words = PACED.replace("PACE", "pace: {level: X-LS-Api-Bucket-Level, drip: X-LS-Api-Drip-Rate}")
    async with system(answer) as shop, connected(shop, words) as adapter:
        await names(adapter, "A1")
        await asyncio.gather(*(names(adapter, "A1") for _ in range(24)))
        assert len(shop.asked) == 25
    assert 5 < bucket["most"] <= 6.1


async def test_a_call_that_would_come_too_late_is_refused_at_once() -> None:
    head = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(int(time()) + 100)}
    words = PACED.replace("PACE", "pace: {remaining: X-RateLimit-Remaining, reset: X-RateLimit-Reset}")
    async with system(lambda asked: Answer({"items": []}, headers=head)) as shop, connected(shop, words) as adapter:
        await names(adapter, "A1")
        with pytest.raises(Overloaded, match="takes no more calls for"):
            await names(adapter, "A2")
    assert len(shop.asked) == 1


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("3", 3.0),
        (" 0.5 ", 0.5),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("1445412480", 0.0),
        ("soon", None),
        (None, None),
    ],
)
def test_when_a_header_says_it(value: str | None, found: float | None) -> None:
    assert seconds(value) == found
