"""The constants of ``gateway.yaml`` that the graph's computed fields read. All of them are text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class Constant(NamedTuple):
    """``pattern``: what the text must look like; ``expected``: the same in words."""

    meaning: str
    expected: str
    pattern: str


DECIMAL: Final = r"\d{1,30}(\.\d{1,30})?"

CONSTANTS: Final[Mapping[str, Constant]] = {
    "low_stock": Constant("Up to this quantity, availability is LOW_STOCK; 3 where absent.", "a quantity", DECIMAL),
    "quantity_cap": Constant("The most that availability tells; everything where absent.", "a quantity", DECIMAL),
    "location_kinds.CHANNEL": Constant(
        "The kinds of places whose stock counts for a sales channel, such as WEB; all where absent.",
        "kinds of places such as WAREHOUSE, DARK_STORE",
        r"[A-Z_]+([, ]+[A-Z_]+)*",
    ),
    "default_locale": Constant(
        "The language of texts where there is none in the request's.",
        "a language tag such as de-CH",
        r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*",
    ),
}
"""By name; CHANNEL stands for the name of a sales channel."""


def problems(constants: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong: the name of a constant, and what was expected of it."""
    for name, text in constants.items():
        known = CONSTANTS.get(re.sub(r"\.[A-Z0-9_]+$", ".CHANNEL", name))
        if known is None:
            yield name, f"one of {', '.join(CONSTANTS)}"
        elif re.fullmatch(known.pattern, text) is None:
            yield name, known.expected
