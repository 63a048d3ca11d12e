"""What ``@skip`` and ``@include`` leave out."""

from __future__ import annotations

import pytest

from tests.specification.small_graph import SmallGraph


@pytest.mark.parametrize(
    ("directives", "kept"),
    [
        ("@include(if: true)", True),
        ("@include(if: false)", False),
        ("@skip(if: true)", False),
        ("@skip(if: false)", True),
        ("@include(if: true) @skip(if: false)", True),
        ("@include(if: true) @skip(if: true)", False),
        ("@include(if: false) @skip(if: false)", False),
        ("@include(if: $yes)", True),
        ("@skip(if: $yes)", False),
    ],
)
@pytest.mark.parametrize(
    "selection",
    ["name {}", "... on Thing {} {{ name }}", "... {} {{ name }}", "...F {}", "...G", "... on Named {} {{ name }}"],
)
async def test_what_is_left_out(directives: str, kept: bool, selection: str) -> None:
    query = f"""query ($yes: Boolean! = true) {{ thing {{ code {selection.format(directives)} }} }}
        {"fragment F on Thing { name }" if "F" in selection else ""}
        {f"fragment G on Thing {{ name {directives} }}" if "G" in selection else ""}"""
    query = query if "$yes)" in query else query.replace("($yes: Boolean! = true)", "")
    expected = {"code": "T1"} | ({"name": "Thing"} if kept else {})
    assert await SmallGraph().ask(query) == {"data": {"thing": expected}}


async def test_a_null_decides_nothing() -> None:
    small = SmallGraph()
    query = "query ($more: Boolean = true) { thing { code name @include(if: $more) } }"
    assert await small.ask(query, more=None) == {"errors": [(None, "BAD_USER_INPUT")]}
    assert small.source.calls == []
    assert await small.ask(query) == {"data": {"thing": {"code": "T1", "name": "Thing"}}}


async def test_what_is_left_out_is_not_asked_for() -> None:
    small = SmallGraph()
    await small.ask("{ thing { maker @skip(if: true) { name } name @include(if: false) } }")
    assert [(call.entity, call.fields) for call in small.source.calls] == [("Thing", frozenset({"code"}))]
