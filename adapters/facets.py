"""A facet made of what was counted, whatever the source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, NamedTuple

from adapters.spi import Facet


class Counted(NamedTuple):
    """``value``: in the graph; ``text``: what people call it, where the source says that."""

    value: Any
    times: int
    text: Any = None


def facet(code: str, label: str | None, found: Iterable[Counted]) -> Facet:
    """The most frequent values first. Null is no value, nor is one that nothing has; several codes may mean one."""
    counts: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for value, times, text in found:
        if value is not None and times:
            written = text_of(value)
            counts[written] += times
            texts.setdefault(written, text_of(text) if text else written)
    values = sorted(counts, key=lambda value: (-counts[value], value))
    shown = [{"value": value, "label": texts[value], "count": counts[value]} for value in values]
    return {"code": code, "label": label or code, "values": shown}


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
