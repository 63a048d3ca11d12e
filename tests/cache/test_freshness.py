"""Whatever is asked when and however the source changes: a cached source answers like the bare one did not long ago."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.spi import Principal, SourceError, Unavailable
from cache.policy import Policy
from tests.cache.shop import Clock, Shop, cached, products, search, settled

CODES = ["P0", "P1", "P2", "X"]
History = dict[str, list[tuple[float, str | None]]]
"""Of each code: since when it has which name."""

Action = tuple[Any, ...]

ACTIONS = st.one_of(
    st.tuples(st.just("lookup"), st.lists(st.sampled_from(CODES), min_size=1, unique=True), st.sampled_from("ab")),
    st.tuples(st.just("search"), st.integers(1, 4), st.sampled_from("ab")),
    st.tuples(st.just("wait"), st.sampled_from([0.5, 3.0, 7.0, 30.0])),
    st.tuples(st.just("rename"), st.sampled_from(CODES)),
    st.tuples(st.just("remove"), st.sampled_from(CODES)),
    st.tuples(st.just("invalidate"), st.sampled_from([None, *CODES])),
    st.tuples(st.just("down"), st.booleans()),
)
POLICIES = st.builds(
    Policy,
    fresh=st.sampled_from([1.0, 5.0, 20.0]),
    missing=st.sampled_from([0.0, 2.0]),
    stale=st.sampled_from([0.0, 10.0]),
    stale_if_error=st.sampled_from([0.0, 25.0]),
    private=st.booleans(),
)


class World:
    """The shop, its cached view, and what was true when."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.clock = Clock()
        self.shop = Shop()
        self.shop.products[:] = [{"code": code, "name": f"{code} 0"} for code in CODES[:3]]
        self.source = cached(self.shop, self.clock, policy)
        self.history: History = {code: [(0.0, f"{code} 0" if code != "X" else None)] for code in CODES}
        self.told: dict[str, float] = dict.fromkeys(CODES, 0.0)
        self.turn = 0

    def change(self, code: str, name: str | None) -> None:
        self.shop.remove(code)
        if name is not None:
            self.shop.products.append({"code": code, "name": name})
            self.shop.products.sort(key=lambda values: str(values["code"]))
        self.history[code].append((self.clock.now, name))

    def names_since(self, code: str, age: float) -> set[str | None]:
        """The names it had at any time in the last ``age`` seconds, but not before it was told to be invalid."""
        start = max(self.clock.now - age, self.told[code])
        ends = [since for since, _ in self.history[code][1:]] + [float("inf")]
        return {name for (_, name), end in zip(self.history[code], ends, strict=True) if end >= start}

    def allowed(self, code: str, stale: bool) -> set[str | None]:
        late = max(self.policy.stale, self.policy.stale_if_error) if stale else 0.0
        return self.names_since(code, self.policy.fresh + late)

    async def lookup(self, codes: Sequence[str], who: str) -> None:
        request = products(*codes, principal=Principal(who), fields=frozenset({"code", "name"}))
        try:
            result = self.source.kept_lookup(request) or await self.source.lookup(request)
        except SourceError:
            assert self.shop.down
            return
        assert not (result.failed and self.shop.down is None)
        for code in codes:
            if code in result.found:
                record = result.found[code]
                assert record.values["code"] == code
                assert record.values["name"] in self.allowed(code, record.stale)
            elif code not in result.failed:
                assert None in self.names_since(code, max(self.policy.missing, 0.0))

    async def search(self, first: int, who: str) -> None:
        request = search(first=first, principal=Principal(who), fields=frozenset({"code", "name"}))
        try:
            found = self.source.kept_search(request) or await self.source.search(request)
            page = found.pages[None]
        except SourceError:
            assert self.shop.down
            return
        for record in page.records:
            assert record.values["name"] in self.allowed(record.values["code"], record.stale)

    async def invalidate(self, code: str | None) -> None:
        await self.source.invalidate("Product", *(() if code is None else ("code", [code])))
        for each in CODES if code is None else [code]:
            self.told[each] = self.clock.now

    async def act(self, action: Action) -> None:
        self.turn += 1
        match action:
            case "lookup", codes, who:
                await self.lookup(codes, who)
            case "search", first, who:
                await self.search(first, who)
            case "wait", seconds:
                self.clock.now += seconds
            case "rename", code:
                self.change(code, f"{code} {self.turn}")
            case "remove", code:
                self.change(code, None)
            case "invalidate", code:
                await self.invalidate(code)
            case "down", down:
                self.shop.down = Unavailable("erp") if down else None
        await settled()


@settings(max_examples=100, deadline=None)
@given(policy=POLICIES, actions=st.lists(ACTIONS, min_size=5, max_size=40))
async def test_an_answer_was_true_not_long_ago(policy: Policy, actions: list[Action]) -> None:
    world = World(policy)
    for action in actions:
        await world.act(action)
    await world.source.aclose()
