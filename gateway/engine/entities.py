"""``_entities``: records that another graph of a federation refers to by the fields of one of their keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from graphql.execution.collect_fields import FieldDetails

from adapters.spi import Key
from adapters.types import FieldType
from gateway.engine import ids
from gateway.engine.plan import KeysGiven, NodesField, Place, Selection, Table
from gateway.engine.refused import Refused
from gateway.federation import entities
from resolvers.links import Values

if TYPE_CHECKING:
    from gateway.engine.roots import Roots

ARGUMENT = "representations"


def entities_field(roots: Roots, place: Place, type_: FieldType, details: list[FieldDetails]) -> NodesField:
    """One table for each key of each type; those that no representation names make no call."""
    composition = roots.planner.composition
    arguments = roots.planner.evaluated("Query", details)
    asked_by = entities(composition.served, composition.schema)
    canonical = {entity: " ".join(composition.graph.canonical_key(entity) or ()) for entity in asked_by}
    read = Representations(asked_by, canonical)
    cases: dict[Any, tuple[Table, Selection]] = {}
    for entity, keys in asked_by.items():
        for by in dict.fromkeys(canonical[entity] if key == "id" else key for key in keys):
            table = roots.steps.reach(entity, by, roots.steps.given(KeysGiven(arguments, read.of(entity, by))))
            cases[entity, by] = table, roots.below(roots.position(entity, table, by), details)
    return NodesField(place, type_, KeysGiven(arguments, read), False, cases)


class Representations:
    """Reads what each representation names: ``((entity, lookup), key)``, or nothing where its key cannot be one."""

    def __init__(self, asked_by: Mapping[str, tuple[str, ...]], canonical: Mapping[str, str]) -> None:
        self.asked_by = asked_by
        self.canonical = canonical

    def __call__(self, values: Values) -> Sequence[Any]:
        return [self.named(each) for each in values.get(ARGUMENT) or ()]

    def of(self, entity: str, by: str) -> _RepresentationsOf:
        return _RepresentationsOf(self, (entity, by))

    def named(self, representation: Any) -> tuple[tuple[str, str], Key] | None:
        entity = representation.get("__typename") if isinstance(representation, dict) else None
        keys = self.asked_by.get(entity) if isinstance(entity, str) else None
        if entity is None or keys is None:
            known = ", ".join(self.asked_by)
            raise Refused("BAD_USER_INPUT", f"Each representation needs a __typename, one of {known}.")
        for key in keys:
            parts = [representation.get(name) for name in key.split()]
            if all(isinstance(part, str | int) for part in parts):
                return self._read(entity, key, parts)
        ways = " or ".join(" and ".join(key.split()) for key in keys)
        raise Refused("BAD_USER_INPUT", f"A representation of {entity} needs {ways}.")

    def _read(self, entity: str, key: str, parts: list[Any]) -> tuple[tuple[str, str], Key] | None:
        if key == "id":
            asked = ids.key_of(entity, parts[0])
            return None if asked is None else ((entity, self.canonical[entity]), asked)
        return (entity, key), str(parts[0]) if len(parts) == 1 else tuple(str(part) for part in parts)


class _RepresentationsOf:
    """The keys of one type by one lookup."""

    def __init__(self, read: Representations, case: tuple[str, str]) -> None:
        self.read = read
        self.case = case

    def __call__(self, values: Values) -> Sequence[Key]:
        return list(self._keys(values))

    def _keys(self, values: Values) -> Iterator[Key]:
        for each in values.get(ARGUMENT) or ():
            named = self.read.named(each)
            if named is not None and named[0] == self.case:
                yield named[1]
