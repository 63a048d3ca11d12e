"""Every snippet of ``docs/rest.md`` that is no whole file is allowed in one; the files are composed with all others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from adapters.registration import Source
from adapters.rest import KIND
from adapters.rest.registration import RestSource
from adapters.web.auth.words import Auth
from tests.adapters.rest_shop import TYPES
from tests.retail.documents import Block, blocks

PAGE = "docs/rest.md"
SNIPPETS = [block for block in blocks("yaml") if block.page == PAGE and not block.text.startswith("version:")]
ENTITIES: dict[str, Any] = {"Variant": {"key": "sku", "fields": {"sku": "no"}, "lookup": {"sku": {"get": "/x{?sku*}"}}}}


@pytest.mark.parametrize("block", SNIPPETS, ids=str)
def test_a_snippet_fits_into_a_registration(block: Block) -> None:
    words = {"source": "shop", "role": "PIM", "kind": "rest", "url": "http://shop.test", "entities": ENTITIES}
    KIND.build(RestSource.model_validate({**words, **YAML(typ="safe").load(block.text)}), TYPES)


@pytest.mark.parametrize("model", [RestSource, Auth])
def test_every_word_of_a_source_is_on_the_page(model: Any) -> None:
    text = (Path(__file__).parents[2] / PAGE).read_text("utf-8")
    own = model.model_fields.keys() - Source.model_fields.keys()
    assert sorted(word for word in own if f"{word}:" not in text) == []
