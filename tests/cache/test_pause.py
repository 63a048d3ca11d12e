"""Pause: when something that fails is tried again."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from cache.pause import FIRST, LONGEST, Pause
from tests.cache.shop import Clock


def test_what_works_is_always_tried() -> None:
    pause = Pause(Clock())
    assert [pause.may_try() for _ in range(3)] == [True] * 3
    assert not pause.on


def test_after_a_failure_it_is_tried_once_in_a_while_and_ever_more_rarely() -> None:
    clock = Clock()
    pause = Pause(clock)
    tried = []
    for _ in range(10_000):
        if pause.may_try():
            tried.append(clock.now)
            pause.failed()
        clock.now += 0.01
    gaps = [later - earlier for earlier, later in pairwise(tried)]
    assert gaps == sorted(gaps)
    assert 0.99 * FIRST < gaps[0] < 1.5 * FIRST
    assert 0.99 * LONGEST < gaps[-1] < LONGEST + 0.02
    assert len(tried) < 60


def test_many_failures_at_the_same_time_are_one() -> None:
    clock = Clock()
    pause = Pause(clock)
    for _ in range(50):
        pause.failed()
    clock.now += FIRST
    assert [pause.may_try() for _ in range(3)] == [True, False, False]
    pause.worked()
    assert pause.may_try()


class Trying(RuleBasedStateMachine):
    """Against a store that works or does not, with attempts that end late or never."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.pause = Pause(self.clock)
        self.under_way = 0
        self.begun: list[float] = []

    @rule()
    def begin(self) -> None:
        paused = self.pause.on
        if self.pause.may_try():
            self.under_way += 1
            if paused:
                self.begun.append(self.clock.now)

    @precondition(lambda self: self.under_way)
    @rule(works=st.booleans())
    def end(self, works: bool) -> None:
        self.under_way -= 1
        if works:
            self.pause.worked()
            self.begun.clear()
        else:
            self.pause.failed()

    @precondition(lambda self: self.under_way)
    @rule()
    def never_end(self) -> None:
        self.under_way -= 1

    @rule(seconds=st.sampled_from([0.01, 0.1, 1.0]))
    def wait(self, seconds: float) -> None:
        self.clock.now += seconds

    @invariant()
    def attempts_are_apart(self) -> None:
        assert all(later - earlier > FIRST * 0.99 for earlier, later in pairwise(self.begun))

    def teardown(self) -> None:
        self.clock.now += LONGEST
        assert self.pause.may_try()


TestTrying = Trying.TestCase
TestTrying.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
