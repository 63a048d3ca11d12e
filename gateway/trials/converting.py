"""The converter that would read a value which was not read."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from adapters.converters import converter
from adapters.scalars import scalar
from adapters.types import Types

CANDIDATES = {
    "Date": tuple(
        f"date({form})"
        for form in ("yyyyMMdd", "dd.MM.yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "d.M.yyyy", "CyyDDD", "dd.MM.yy", "yyMMdd")
    ),
    "DateTime": tuple(
        f"instant({form})"
        for form in ("yyyyMMddHHmmss", "yyyyMMdd", "dd.MM.yyyy HH:mm:ss", "dd.MM.yyyy HH:mm", "dd.MM.yyyy", "odata")
    ),
    "Decimal": ("decimal(comma)", "decimal(point)", "packed(2)", "zoned(2)"),
    "Int": ("int", "decimal(comma)"),
    "Float": ("decimal(comma)",),
    "Boolean": ("flag(J, N)", "flag(Y, N)", "flag(T, F)", "flag(X, -)", "flag(1, 0)", "flag(1, 2)"),
}
"""What to try for each scalar, the likeliest first."""


def remedy(type_name: str, value: Any, types: Types) -> str:
    """What to write for a value that is not one of ``type_name``; empty where nothing is known that would do."""
    if type_name in types.enums:
        return f"map it: `map: {{{value}: one of {', '.join(sorted(types.enums[type_name]))}}}`"
    for call in CANDIDATES.get(type_name, ()):
        if converts(call, type_name, value):
            return f"`as: {call}` would read it"
    return ""


def converts(call: str, type_name: str, value: Any) -> bool:
    try:
        made = converter(call, UTC).convert(value)
        return made is not None and scalar(type_name, UTC)(made) is not None
    except Exception:  # whatever a converter raises, it would not do
        return False
