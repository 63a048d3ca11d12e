"""Keys in the graph and in a source: the same key comes back, or it has no form there."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.forms import KeyForm, key_form
from adapters.problems import Mistake
from adapters.registration import Form
from adapters.scalars import Unreadable


def form(**words: Any) -> KeyForm:
    return key_form(Form.model_validate(words))


FORMS = {
    "char": form(pad=16),
    "zeros": form(pad=18, fill="0"),
    "number": form(graph="C{:06}", source="int"),
    "templates": form(graph="A-{:05}", source="{:010}"),
    "bare": form(source="int"),
    "only graph": form(graph="{:04}/x"),
    "prefix": form(prefix="MAT-"),
    "trade": form(gtin=13),
    "bytes": form(pad=6, encoding="cp037"),
    "all": form(graph="A-{:03}", source="{:05}", prefix="X", pad=8, encoding="cp037"),
}


@pytest.mark.parametrize(
    ("name", "key", "written"),
    [
        ("char", "A1", "A1" + " " * 14),
        ("zeros", "45", "0" * 16 + "45"),
        ("zeros", "0", "0" * 18),
        ("number", "C000045", 45),
        ("number", "C1234567", 1234567),
        ("templates", "A-00045", "0000000045"),
        ("bare", "45", 45),
        ("bare", 45, 45),
        ("only graph", "0045/x", "45"),
        ("prefix", "a b", "MAT-a b"),
        ("trade", "04006381333931", "4006381333931"),
        ("bytes", "*ADD", bytes.fromhex("5cc1c4c44040")),
        ("all", "A-045", "X00045  ".encode("cp037")),
    ],
)
def test_how_a_key_is_written(name: str, key: str, written: str | int | bytes) -> None:
    assert FORMS[name].to_source(key) == written
    assert FORMS[name].to_graph(written) == str(key)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("char", "A1 "),
        ("char", ""),
        ("char", "x" * 17),
        ("zeros", "045"),
        ("zeros", ""),
        ("zeros", "1" * 19),
        ("number", "45"),
        ("number", "C45"),
        ("number", "C0000045"),
        ("number", "C00004x"),
        ("number", "C-00045"),
        ("number", "C00004\N{ARABIC-INDIC DIGIT FIVE}"),
        ("templates", "B-00045"),
        ("bare", "045"),
        ("bare", "C"),
        ("bare", -1),
        ("bare", "9" * 5000),
        ("trade", "14006381333938"),
        ("trade", "04006381333932"),
        ("trade", "4006381333931"),
        ("bytes", "日"),
        ("all", "A-45"),
    ],
)
def test_a_key_of_another_shape_has_no_form(name: str, key: str) -> None:
    assert FORMS[name].to_source(key) is None


@given(
    st.sampled_from(sorted(FORMS)),
    st.text(max_size=20) | st.integers(0, 10**8).map(str) | st.from_regex(r"(C|A-)\d{5,7}"),
)
def test_what_has_a_form_comes_back_the_same(name: str, key: str) -> None:
    written = FORMS[name].to_source(key)
    if written is not None:
        assert FORMS[name].to_graph(written) == key


@given(st.sampled_from(["number", "templates", "bare", "only graph"]), st.integers(0, 10**9))
def test_every_number_has_a_key_and_a_form(name: str, number: int) -> None:
    key = FORMS[name].to_graph(number)
    written = FORMS[name].to_source(key)
    assert written is not None
    assert int(written) == number


@pytest.mark.parametrize(
    ("name", "raw"),
    [("number", "x"), ("number", -1), ("number", 1.5), ("templates", "A-1"), ("char", True), ("prefix", "45")],
)
def test_what_is_no_key_cannot_be_read(name: str, raw: Any) -> None:
    with pytest.raises(Unreadable):
        FORMS[name].to_graph(raw)


@pytest.mark.parametrize(
    "words",
    [
        {},
        {"fill": "0"},
        {"graph": "{}", "fill": "0"},
        {"encoding": "cp9999"},
        {"graph": "C"},
        {"graph": "{}{}"},
        {"source": "{:x}"},
    ],
)
def test_words_that_make_no_form(words: dict[str, Any]) -> None:
    with pytest.raises(Mistake):
        form(**words)
