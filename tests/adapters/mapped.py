"""A small graph, and one line to map rows onto it."""

from __future__ import annotations

from typing import Any

from adapters.mapping import EntityMapping, MappingProblem, Unmapped
from adapters.mapping.paths import Rows
from adapters.registration import Entity, LookupSpec, SearchSpec
from adapters.spi import Record
from adapters.types import FieldType, Types

READ_AT = "2026-11-21T12:00:00Z"


def required(name: str, lists: int = 0) -> FieldType:
    return FieldType(name, lists, required=True, item_required=True)


TYPES = Types(
    objects={
        "Thing": {
            "code": required("String"),
            "text": FieldType("String"),
            "other": FieldType("String"),
            "id": FieldType("ID"),
            "country": FieldType("Country"),
            "count": FieldType("Int"),
            "share": FieldType("Float"),
            "active": FieldType("Boolean"),
            "amount": FieldType("Decimal"),
            "at": FieldType("DateTime"),
            "day": FieldType("Date"),
            "gtin": FieldType("GTIN"),
            "colour": FieldType("Colour"),
            "extra": FieldType("JSON"),
            "name": FieldType("String"),
            "tags": FieldType("String", 1, item_required=True),
            "counts": FieldType("Int", 1),
            "colours": FieldType("Colour", 1),
            "matrix": FieldType("Int", 2),
            "price": required("Money"),
            "oldPrice": FieldType("Money"),
            "parts": FieldType("Part", 1, required=True, item_required=True),
            "loyaltyCard": FieldType("String"),
        },
        "Money": {"amount": required("Decimal"), "currency": required("Currency"), "note": FieldType("String")},
        "Part": {"number": required("String"), "cost": FieldType("Money"), "parts": FieldType("Part", 1)},
    },
    enums={"Colour": frozenset({"RED", "GREEN"})},
    localized=frozenset({"Thing.name"}),
)


def compiled(
    spec: dict[str, Any],
    rows: Rows = "nested",
    *,
    entity: str = "Thing",
    time_zone: str = "Europe/Berlin",
    unmapped: Unmapped | None = None,
) -> tuple[EntityMapping, list[MappingProblem]]:
    problems: list[MappingProblem] = []
    words = Entity[LookupSpec, SearchSpec].model_validate(spec)
    mapping = EntityMapping(
        TYPES,
        entity,
        words,
        source="erp",
        time_zone=time_zone,
        rows=rows,
        problems=problems,
        unmapped=unmapped or Unmapped(),
    )
    return mapping, problems


def mapping_of(spec: dict[str, Any], rows: Rows = "nested") -> EntityMapping:
    mapping, problems = compiled(spec, rows)
    assert problems == []
    return mapping


def record(fields: dict[str, Any], row: Any, rows: Rows = "nested") -> Record:
    """One row through a mapping of these fields."""
    (found,) = mapping_of({"fields": fields}, rows).records([row], frozenset(fields), READ_AT)
    return found


def value(field: str, words: Any, row: Any, rows: Rows = "nested") -> Any:
    """One field of one row, which must be readable."""
    found = record({field: words}, row, rows)
    assert found.errors is None
    return found.values[field]


def bad(field: str, words: Any, row: Any) -> str:
    """Why one field of one row cannot be read: the text for the log."""
    found = record({field: words}, row)
    assert found.errors is not None
    assert found.values[field] is None
    return found.errors[(field,)].detail


def problem(fields: dict[str, Any], **entity: Any) -> MappingProblem:
    """The one mistake of a registration."""
    _, problems = compiled({"fields": fields, **entity})
    assert len(problems) == 1, problems
    return problems[0]
