"""From values of the graph back to what a source has there: for filters and arguments."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import Any

from adapters.converters import converter
from adapters.forms import key_form
from adapters.numerals import shifted
from adapters.problems import Mistake
from adapters.registration import Value

Inverse = Callable[[Any], list[Any]]
"""A value of the graph to every value of the source that means it: none where the source has no word for it."""

AS_WRITTEN = frozenset({"trim", "int", "decimal"})
"""Converters after which a value still compares equal to what the source has."""

FLAG = re.compile(r"flag\(\s*(.*?)\s*,\s*(.*?)\s*\)")
SCALE = re.compile(r"scale\(\s*([0-9]{1,2})\s*\)")
INSTANT = re.compile(r"instant\(.*\)", re.DOTALL)


def inverse(value: Value, zone: tzinfo, what: str) -> Inverse:
    """What ``value`` does, the other way. ``what`` is it? A ``Mistake`` where it cannot be turned back."""
    if value.default is not None or value.otherwise is not None or value.split is not None:
        raise Mistake("a field whose values stand for one value of the column each", f"`{what}`")
    if value.map is not None:
        return coded(value.map)
    calls = [value.as_] if isinstance(value.as_, str) else value.as_ or []
    if len(calls) == 1 and (read := _read_by(calls[0], zone)) is not None:
        return read
    if unknown := [call for call in calls if call not in AS_WRITTEN]:
        raise Mistake("a field that can be compared as it is", f"`{what}`, read by `{unknown[0]}`")
    if value.form is None:
        return lambda given: [given]
    form = key_form(value.form)
    return lambda given: [] if (written := form.to_source(given)) is None else [written]


def _read_by(call: str, zone: tzinfo) -> Inverse | None:
    if flag := FLAG.fullmatch(call):
        return coded({flag[1]: True, flag[2]: False})
    if scale := SCALE.fullmatch(call):
        places = int(scale[1])
        return lambda given: [f"{shifted(Decimal(given), -places):f}"]
    write = converter(call, zone).write if INSTANT.fullmatch(call) else None
    if write is None or len(write(datetime.now(zone))) != 1:
        return None
    return lambda given: write(datetime.fromisoformat(given))


def coded(meanings: Mapping[str, Any]) -> Inverse:
    """Every code that means the value."""
    return lambda given: [code for code, meaning in meanings.items() if meaning == given]
