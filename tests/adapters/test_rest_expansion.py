"""URL templates that expand themselves write what the library writes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from uritemplate import URITemplate

from adapters.web.expansion import expansion

NAMES = ("sku", "$filter", "key.0", "x_y")
TEXTS = st.text(alphabet=st.one_of(st.sampled_from("abcXYZ019-._~/?&=,;:%+ {}"), st.characters(codec="utf-8")))
VALUES = st.one_of(st.none(), TEXTS, st.lists(st.one_of(TEXTS, TEXTS, st.none()), max_size=4))
EXPRESSIONS = st.builds(
    lambda operator, names: f"{{{operator}{','.join(names)}}}",
    st.sampled_from(["", "", "?", "&", "/", ".", "+", "#", ";"]),
    st.lists(
        st.builds(lambda name, how: name + how, st.sampled_from(NAMES), st.sampled_from(["", "", "*", ":3", "=or"])),
        min_size=1,
        max_size=3,
    ),
)
TEMPLATES = st.lists(st.one_of(EXPRESSIONS, st.sampled_from(["/a", "", "?q=1", "}", "{", "%20"]))).map("".join)


@given(TEMPLATES, st.fixed_dictionaries({name: VALUES for name in NAMES}))
@example("/v{?sku*}", {"sku": ["A-1", "A/2"]})
@example("/v/{sku}{?x_y,sku}", {"sku": [], "x_y": ""})
@example("/v/{sku}", {"sku": ""})
@example("{/sku*}", {"sku": ["a", None]})
@example("{?sku*}", {"sku": ["a", None]})
def test_it_is_the_library_s_text(template: str, values: dict[str, Any]) -> None:
    uri = URITemplate(template)
    assert expansion(uri)(values) == uri.expand(values)


@pytest.mark.parametrize("template", ["/v{?sku*}", "/v/{sku}/p{?x_y,sku}", "/p?a=1{&sku}", "{/sku*}.json"])
def test_the_usual_forms_expand_themselves(template: str) -> None:
    uri = URITemplate(template)
    expand, read = expansion(uri), uri.expand({"sku": ["A-1", "Ä 2"]})
    uri.variables.clear()  # the library has nothing left to go by
    assert expand({"sku": ["A-1", "Ä 2"]}) == read
