"""Relations of a product."""

from typing import Any

import pytest

from resolvers.product import related_codes

RELATIONS = [
    {"kind": "ACCESSORY", "code": "ST2"},
    {"kind": "SUBSTITUTE", "code": "ST3"},
    {"kind": "UPSELL", "code": "ST2"},
    {"kind": "ACCESSORY", "code": None},
]


@pytest.mark.parametrize(
    ("relations", "arguments", "codes"),
    [
        (RELATIONS, {}, ["ST2", "ST3"]),
        (RELATIONS, {"kind": None}, ["ST2", "ST3"]),
        (RELATIONS, {"kind": "UPSELL"}, ["ST2"]),
        (RELATIONS, {"kind": "SPARE_PART"}, []),
        ([], {}, []),
        (None, {"kind": "UPSELL"}, []),
    ],
)
def test_related(relations: Any, arguments: dict[str, Any], codes: list[str]) -> None:
    assert related_codes(relations, arguments) == codes
