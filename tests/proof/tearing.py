"""Drawing holes: few at a time, and sometimes one through all records of an entity."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from adapters.spi import Key
from tests.proof.choice import Choice
from tests.proof.estates import ProofEstate
from tests.proof.holes import FAILURES, Entity, Hole, Holes, Place, places
from tests.proof.records import Row

LEADING = ("Code", "Codes", "Number", "Card", "relations", "sku", "incoming", "onHand")
"""What fields that say something else are made from or found by."""

MADE_OF = {"availability": "StockLevel", "price": "Price", "available": "StockLevel"}
"""Fields for which records are asked that are not selected."""


class Tearing:
    """Draws holes for one estate."""

    def __init__(self, asked: ProofEstate) -> None:
        self.records: Mapping[Entity, list[Row]] = asked.records
        self.entities = sorted(asked.records)
        self.sources = sorted(asked.adapters)
        self.places: dict[Entity, list[list[Place]]] = {
            entity: [[at for at in places(record) if at[0] not in ordering(asked, entity)] for record in records]
            for entity, records in asked.records.items()
        }
        self.keys: dict[Entity, list[Key]] = {
            (source, entity): self._keys(asked, source, entity) for source, entity in self.entities
        }

    def _keys(self, asked: ProofEstate, source: str, entity: str) -> list[Key]:
        """Everything by which the source is asked for records of the entity, parents included."""
        held = asked.adapters[source].entities[entity]
        names = [*held.lookups, *(search.parent for search in held.searches.values() if search.parent)]
        parts = [
            [record.get(part) for part in name.split()] for name in names for record in self.records[source, entity]
        ]
        keys: list[Any] = [each[0] if len(each) == 1 else tuple(each) for each in parts if None not in each]
        return [*dict.fromkeys(keys)]

    def draw(self, choice: Choice, selected: Collection[str]) -> Holes:
        """``selected``: names of the types and fields that will be asked for; holes are mostly where they are met."""
        if choice.chance(10):
            return Holes()
        asked = {*selected, *(MADE_OF[name] for name in MADE_OF if name in selected)}
        met = [entity for entity in self.entities if entity[1] in asked]
        return Holes(
            [self._hole(choice, self._entity(choice, met), selected) for _ in range(choice.up_to(8))],
            {choice.of(self.sources): choice.of([*FAILURES])} if choice.chance(20) else {},
            dict(self._broken(choice, self._entity(choice, met)) for _ in range(choice.up_to(8))),
            [source for source in self.sources if choice.chance(40)] if choice.chance(25) else [],
        )

    def _entity(self, choice: Choice, met: Sequence[Entity]) -> Entity:
        return choice.of(met if met and choice.chance(85) else self.entities)

    def _hole(self, choice: Choice, entity: Entity, selected: Collection[str]) -> Hole:
        record = choice.up_to(len(self.records[entity]) - 1)
        if choice.chance(20):
            return Hole(entity, record)
        places = self.places[entity][record]
        met = [at for at in places if is_met(at, selected)]
        places = met if met and choice.chance(90) else places
        name = choice.of([*dict.fromkeys(at[0] for at in places)])
        at = choice.of([at for at in places if at[0] == name])
        everywhere = choice.chance(50)
        return Hole(
            entity, None if everywhere else record, at, choice.chance(50) and not self._in_texts(entity, record, at)
        )

    def _in_texts(self, entity: Entity, record: int, at: Place) -> bool:
        """Inside a text in several languages, where a value that cannot be read is one language less."""
        inside = self.records[entity][record]
        for step in at[:-1]:
            inside = inside[step]  # type: ignore[index]  # a place that the record has
        return isinstance(inside, dict) and not {"en", "de", "fr", "de-CH"}.isdisjoint(inside)

    def _broken(self, choice: Choice, entity: Entity) -> tuple[tuple[str, str, Key], str]:
        return (*entity, choice.of(self.keys[entity])), choice.of([*FAILURES])


def ordering(asked: ProofEstate, entity: Entity) -> set[str]:
    """The fields that have a value in every record: those of a list by keyset, and the key that ends every order."""
    source, name = entity
    searches = asked.adapters[source].entities[name].searches.values()
    ends = {terms[-1] for search in searches for terms in search.sorts.values()}
    return ends | {term.split()[0] for search in searches for term in search.keyset}


def is_met(at: Place, selected: Collection[str]) -> bool:
    """Whether someone who selects these fields comes by: keys that are not in the graph lead to fields that are."""
    names = [step for step in at if isinstance(step, str)]
    return names[0].endswith(LEADING) or all(name in selected for name in names)
