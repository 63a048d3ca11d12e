"""Which raw values of a field generated code reads in line: those that are the value already, and those that one
expression makes it of. What they become is what the field's own function makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec import to_builtins

from adapters.mapping.shapes import Usual
from adapters.registration import Value
from adapters.scalars import CODES, EXACT, TEXTS
from adapters.types import FieldType

WHOLE = Usual(int, "{v}.bit_length() < 64", "repr({v})")
TEXT = (Usual(str), WHOLE)

BY_TYPE: Mapping[str, Sequence[Usual]] = {
    **dict.fromkeys(TEXTS, TEXT),
    **dict.fromkeys(CODES, (Usual(str, "{v}.strip()"),)),
    "Boolean": (Usual(bool),),
    "Int": (Usual(int, "-2147483648 <= {v} < 2147483648"),),
    "Decimal": (
        Usual(str, "{exact}({v})", constants={"exact": EXACT}),
        WHOLE,
        Usual(Decimal, "'E' not in (w := str({v})) and '/' < w < ':' and len(w) < 99", "w"),  # a digit comes first
    ),
    "Date": (Usual(date, value="{v}.isoformat()"),),
    "DateTime": (Usual(datetime, "len(w := {text}({v})) == 20", "w", {"text": to_builtins}),),  # in UTC, whole seconds
}


def usual(value: Value, type_: FieldType, codes: Mapping[str, Any] | None) -> Sequence[Usual]:
    """By the words of the value: where more is said than a path, ``map`` or ``as: decimal``, none. ``codes``: ``map``,
    its values read."""
    said = value.model_fields_set - {"sensitive"}
    if not isinstance(value.from_, str):
        return ()
    if codes is not None:
        found = Usual(str, "(w := {codes}.get({v})) is not None", "w", {"codes": codes})
        return (found,) if said <= {"from_", "map", "otherwise"} else ()
    if said != {"from_"} and not (said == {"from_", "as_"} and value.as_ == "decimal" and type_.name == "Decimal"):
        return ()
    return BY_TYPE.get(type_.name, ())
