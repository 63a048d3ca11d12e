"""The rows of ``rows.yaml``: what real back-office systems do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ruamel.yaml import YAML

ROWS = Path(__file__).with_name("rows.yaml")

LATER = frozenset({"S31", "S32"})
"""Required rows that belong to writes, which the registration of a source has no words for."""


@dataclass(frozen=True, slots=True)
class Row:
    """``setting``: the words of a registration that handle it, Markdown; empty where none is needed, or none exists."""

    row: str
    quirk: str
    example: str = ""
    setting: str = ""
    required: bool = False


def rows() -> list[Row]:
    return [Row(**words) for words in YAML(typ="safe").load(ROWS)]
