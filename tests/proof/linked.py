"""The truth about links: records that other records and arguments lead to, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, get_nullable_type, is_list_type
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields

from adapters.spi import Key, SourceError
from gateway.compose import Composition
from gateway.engine import ids
from resolvers.links import Answer, Children, Connection, Reference, RootKey, RootKeys, RootList, RootNodes, Values
from tests.proof.failure import Failure
from tests.proof.reading import Reader, Thing, plain, readable, thing

PAGE = 20
"""Page size where neither the client nor the graph says."""


class Linked:
    """Follows links over a composition's routes."""

    def __init__(self, composition: Composition, reader: Reader, seen: Counter[str]) -> None:
        self.composition = composition
        self.routes = composition.routes
        self.schema = composition.schema
        self.reader = reader
        self.seen = seen

    # ------------------------------------------------------------ values that lead somewhere

    def value(self, of: Thing, name: str) -> Any:
        """A field or hidden key: a record's from the source that is routed for it, else what the object holds."""
        source = self.routes.fields.get((of.type_name, name)) if of.whole else None
        if of.record is None or source is None or source == of.record.source:
            return of.values.get(name)
        by = self.routes.contribution(of.type_name, source) or ""
        key = self.key(of, by)
        added = None if key is None else self.reader.one(source, of.type_name, by, key)
        self.seen[f"value of another source{'' if added else ' that has none'}"] += 1
        return added.values.get(name) if added else None

    def key(self, of: Thing, names: str) -> Key | None:
        """The key under names; null where a part is; raises where a part cannot be read."""
        parts = [readable(self.value(of, name)) for name in names.split()]
        if None in parts:
            return None
        return cast(Key, parts[0] if len(parts) == 1 else tuple(parts))

    def reach(self, entity: str, by: str, key: Key | None) -> Thing | None:
        """The owner's record for a key, over another source that knows the owner's key where need be."""
        found: Thing | None = None
        for place, hop in enumerate(self.routes.access(entity, by)):
            if place:
                self.seen["another source leads to the owner"] += 1
            key = self.key(found, hop.by) if found else key
            found = None if key is None else self.reader.one(hop.source, entity, hop.by, key)
            if found is None:
                return None
        return found

    # ------------------------------------------------------------ links of objects

    def reference(self, link: Reference, of: Thing, info: GraphQLResolveInfo, arguments: Values) -> Any:
        trusted = self._only_keys(link, info)
        if is_list_type(get_nullable_type(info.return_type)):
            return self._references(link, of, trusted, arguments)
        key = self.key(of, link.via)
        if key is None:
            self.seen["Reference by a null key"] += 1
            return None
        found = known(link, key) if trusted else self.reach(link.to, link.by, key)
        self.seen["Reference trusted" if trusted else "Reference" if found else "Reference to nothing"] += 1
        return found

    def _references(self, link: Reference, of: Thing, trusted: bool, arguments: Values) -> list[Thing] | None:
        """What does not exist is left out."""
        held = readable(self.value(of, link.via))
        if held is None:
            return None
        keys: Sequence[Key | None] = link.pick(plain(held), arguments) if link.pick else held
        self.seen["Reference, list picked" if link.pick else "Reference, list"] += 1
        asked = [key for key in keys if key is not None]
        if trusted:
            return [known(link, key) for key in asked]
        return [found for key in asked if (found := self.reach(link.to, link.by, key))]

    def _only_keys(self, link: Reference, info: GraphQLResolveInfo) -> bool:
        """A reference of which nothing but its key is selected is trusted to exist."""
        trusted = {"__typename", *link.by.split()}
        if self.composition.graph.canonical_key(link.to) == tuple(link.by.split()):
            trusted.add("id")
        return self._selected(info, link.to) <= trusted

    def _selected(self, info: GraphQLResolveInfo, type_name: str) -> set[str]:
        """The names of the fields that are selected below a field."""
        fragments = {name: FragmentDetails(fragment) for name, fragment in info.fragments.items()}
        type_ = cast(GraphQLObjectType, self.schema.type_map[type_name])
        details = [FieldDetails(node, None) for node in info.field_nodes]
        collected = collect_subfields(
            self.schema, fragments, info.variable_values, info.operation, type_, details
        ).grouped_field_set
        return {each[0].node.name.value for each in collected.values()}

    def children(self, link: Children | RootKeys, of: Thing, arguments: Values) -> list[Thing] | None:
        key = self.key(of, link.via) if isinstance(link, Children) else None
        if key is None:
            return None
        return self.rows(link, key, arguments)

    def rows(self, link: Children | RootKeys, key: Key, arguments: Values) -> list[Thing]:
        """All records of a key, narrowed by the arguments."""
        rows = self.reader.many(self.routes.owners[link.of], link.of, link.by, key)
        return self._narrowed(rows, link, arguments)

    def _narrowed(self, rows: list[Thing], link: Children | RootKeys | RootList, arguments: Values) -> list[Thing]:
        for argument, name in link.narrow.items():
            wanted = arguments.get(argument)
            if wanted is not None:
                self.seen[f"{type(link).__name__}, narrowed"] += 1
                among = wanted if isinstance(wanted, list) else [wanted]
                rows = [row for row in rows if any(item in among for item in listed(plain(row.values.get(name))))]
        return rows
