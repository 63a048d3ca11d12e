"""docs/caching.md: its registration is one, and its table has every word."""

from __future__ import annotations

import re
from pathlib import Path

from ruamel.yaml import YAML

from adapters.registration import CacheSpec, Entity, LookupSpec, SearchSpec
from cache.policy import Policy, policies

PAGE = (Path(__file__).parents[2] / "docs" / "caching.md").read_text()


def test_the_registration_gives_these_policies() -> None:
    [text] = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    entities = {
        name: Entity[LookupSpec, SearchSpec].model_validate(words)
        for name, words in YAML(typ="safe").load(text)["entities"].items()
    }
    assert policies(entities, {"StockLevel": (15, "PUBLIC")}) == {
        "Product": Policy(300, missing=30, stale=3600, stale_if_error=86400),
        "Customer": Policy(60, private=True),
    }


def test_every_word_is_in_the_table() -> None:
    assert re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE) == list(CacheSpec.model_fields)
