"""The truth about the fields of ``Query``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters.spi import Key, SourceError
from gateway.engine import ids
from gateway.federation import entities
from resolvers.links import Answer, Connection, RootKey, RootKeys, RootList, RootNodes, Values
from tests.proof.failure import Failure, Fault
from tests.proof.linked import Linked
from tests.proof.paged import Paged
from tests.proof.reading import Thing


class Roots:
    """Records by keys and filters that stand in the arguments. A root always asks."""

    def __init__(self, linked: Linked, paged: Paged) -> None:
        self.linked = linked
        self.paged = paged
        self.seen = linked.seen

    def answer(self, name: str, link: Answer | None, arguments: Values) -> Any:
        if name == "_service":
            self.seen["_service"] += 1
            return Thing("_Service", {"sdl": self.linked.composition.subgraph_sdl()})
        if name == "_entities":
            return [self._represented(each) for each in arguments["representations"]]
        self.seen[type(link).__name__] += 1
        match link:
            case RootKey():
                return self._one(link, arguments)
            case RootKeys(many=True):
                return self._rows(link, arguments)
            case RootKeys():
                return [self._each(link.of, link.by, key) for key in arguments[link.argument]]
            case RootList():
                return self.paged.everything(link, arguments)
            case RootNodes(argument="ids"):
                return [self._node(id_) for id_ in arguments["ids"]]
            case RootNodes():
                return self._node(arguments[link.argument])
            case Connection():
                return self.paged.connection(link, None, arguments)
        raise AssertionError(f"{link} does not stand at the root")

    def _one(self, link: RootKey, arguments: Values) -> Thing | None:
        given = [name for name in link.arguments if arguments.get(name) is not None]
        if len(given) != 1:
            self.seen["RootKey by none or several"] += 1
            raise Failure(Fault("BAD_USER_INPUT", "gateway"))
        [name] = given
        if name != "id":
            by, given_key = link.arguments[name], arguments[name]
            parts = isinstance(given_key, Mapping)
            key = tuple(given_key[part] for part in by.split()) if parts else given_key
            return self.linked.reach(link.to, by, key)
        self.seen["RootKey by id"] += 1
        return self.linked.reach(link.to, self._canonical(link.to), ids.key_of(link.to, arguments[name]))

    def _canonical(self, entity: str) -> str:
        return " ".join(self.linked.graph.canonical_key(entity) or ())

    def _each(self, entity: str, by: str, key: Key | None) -> Thing | SourceError | None:
        """One of many records; its failure is an error at its own place."""
        try:
            return self.linked.reach(entity, by, key)
        except SourceError as error:
            return error

    def _rows(self, link: RootKeys, arguments: Values) -> list[Thing]:
        self.seen["RootKeys, all rows in one list"] += 1
        keys = dict.fromkeys(arguments[link.argument])
        rows = [row for key in keys for row in self.linked.rows(link.of, link.by, key)]
        return self.linked.narrowed(rows, link.narrow, arguments)

    def _represented(self, given: Mapping[str, Any]) -> Thing | SourceError | None:
        """By the first of the type's keys that is there whole."""
        entity = given["__typename"]
        composition = self.linked.composition
        for by in entities(composition.served, composition.schema)[entity]:
            parts = [given.get(name) for name in by.split()]
            if None not in parts:
                key = ids.key_of(entity, parts[0]) if by == "id" else parts[0] if len(parts) == 1 else tuple(parts)
                found = self._each(entity, self._canonical(entity) if by == "id" else by, key)
                self.seen["_entities, a record" if found else "_entities, nothing"] += 1
                return found
        raise AssertionError(f"{given} has no key")

    def _node(self, id_: str) -> Thing | SourceError | None:
        entity, key = ids.typed_key(id_) or ("", "")
        by = self._canonical(entity)
        if not by or entity not in self.linked.schema.type_map or not self.linked.routes.access(entity, by):
            self.seen["RootNodes by an id that names nothing"] += 1
            return None
        return self._each(entity, by, key)
