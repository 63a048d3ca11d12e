"""The truth about links: the records that other records lead to, one after the other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, cast

from graphql import GraphQLObjectType, GraphQLResolveInfo, get_nullable_type, is_list_type
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_subfields

from adapters.spi import Key
from gateway.compose import Composition
from resolvers.links import Children, Reference, Values
from tests.proof.identified import IdentifiedReader
from tests.proof.reading import Thing, plain, readable


class Linked:
    """Follows links over a composition's routes; ``seen`` counts in how many ways."""

    def __init__(self, composition: Composition, seen: Counter[str]) -> None:
        self.composition = composition
        self.graph = composition.graph
        self.routes = composition.routes
        self.schema = composition.schema
        self.reader = IdentifiedReader(composition, seen)
        self.seen = seen

    def value(self, of: Thing, name: str) -> Any:
        """A field or hidden key of an object."""
        return self.given(of, name).values.get(name)

    def given(self, of: Thing, name: str) -> Thing:
        """Where a value is: in the record of the source routed for it, which may have none; else in the object."""
        source = self.routes.fields.get((of.type_name, name)) if of.whole else None
        if of.record is None or source is None or source == self.routes.owners.get(of.type_name):
            return of
        by = self.routes.contributions(of.type_name)[source]
        key = self.key(of, by)
        added = None if key is None else self.reader.one(source, of.type_name, by, key)
        self.seen["value of another source" if added else "value that the other source has not"] += 1
        return added or Thing(of.type_name, {})

    def key(self, of: Thing, names: str) -> Key | None:
        """The key under these names; null where a part is; raises where a part cannot be read."""
        parts = [readable(self.value(of, name)) for name in names.split()]
        if None in parts:
            return None
        return cast(Key, parts[0] if len(parts) == 1 else tuple(parts))

    def reach(self, entity: str, by: str, key: Key | None) -> Thing | None:
        """The owner's record for a key, over another source that knows the owner's key where need be."""
        first, *onward = self.routes.access(entity, by)
        found = None if key is None else self.reader.one(first.source, entity, by, key)
        for hop in onward:
            self.seen["another source leads to the owner"] += 1
            key = None if found is None else self.key(Thing(entity, found.values), hop.by)
            found = None if key is None else self.reader.one(hop.source, entity, hop.by, key)
        return found

    # ------------------------------------------------------------ references

    def reference(self, link: Reference, of: Thing, info: GraphQLResolveInfo[Any], arguments: Values) -> Any:
        """One record or, where the field is a list, those that exist."""
        trusted = self._only_keys(link, info)
        if is_list_type(get_nullable_type(info.return_type)):
            return self._references(link, of, trusted, arguments)
        key = self.key(of, link.via)
        if key is None:
            self.seen["Reference by a null key"] += 1
            return None
        found = known(link, key) if trusted else self.reach(link.to, link.by, key)
        self.seen["Reference, trusted" if trusted else "Reference" if found else "Reference to nothing"] += 1
        return found

    def _references(self, link: Reference, of: Thing, trusted: bool, arguments: Values) -> list[Thing] | None:
        held = readable(self.value(of, link.via))
        if held is None:
            return None
        picked: Sequence[Key | None] = link.pick(held, arguments) if link.pick else held
        keys = [key for key in picked if key is not None]
        self.seen[f"Reference, list{', picked' if link.pick else ''}{', trusted' if trusted else ''}"] += 1
        if trusted:
            return [known(link, key) for key in keys]
        found = [self.reach(link.to, link.by, key) for key in keys]
        self.seen["Reference, list, to nothing"] += found.count(None)
        return [each for each in found if each]

    def _only_keys(self, link: Reference, info: GraphQLResolveInfo[Any]) -> bool:
        """A reference of which nothing but its key is selected is trusted to exist, unless several keys mean one."""
        if self.routes.unified(link.to):
            return False
        trusted = {"__typename", *link.by.split()}
        if self.graph.canonical_key(link.to) == tuple(link.by.split()):
            trusted.add("id")
        return self._selected(info, link.to) <= trusted

    def _selected(self, info: GraphQLResolveInfo[Any], type_name: str) -> set[str]:
        """The names of the fields that are selected below a field."""
        fragments = {name: FragmentDetails(fragment) for name, fragment in info.fragments.items()}
        type_ = cast(GraphQLObjectType, self.schema.type_map[type_name])
        details = [FieldDetails(node, None) for node in info.field_nodes]
        collected = collect_subfields(self.schema, fragments, info.variable_values, info.operation, type_, details)
        return {each[0].node.name.value for each in collected.grouped_field_set.values()}

    # ------------------------------------------------------------ children

    def children(self, link: Children, of: Thing, arguments: Values) -> list[Thing] | None:
        """All records of the parent's key, narrowed by the arguments."""
        key = self.key(of, link.via)
        self.seen["Children" if key is not None else "Children of a null key"] += 1
        origin = of.record.source if of.record and self.routes.follows(link.of) else None
        return None if key is None else self.narrowed(self.rows(link.of, link.by, key, origin), link.narrow, arguments)

    def rows(self, entity: str, by: str, key: Key, origin: str | None = None) -> list[Thing]:
        return self.reader.many(self.routes.owners[entity], entity, by, key, origin)

    def narrowed(self, rows: list[Thing], narrow: Mapping[str, str], arguments: Values) -> list[Thing]:
        """The rows whose field (or an item of it) is among an argument's values."""
        for argument, name in narrow.items():
            wanted = arguments.get(argument)
            if wanted is not None:
                self.seen["Children, narrowed by an argument"] += 1
                among = listed(wanted)
                rows = [row for row in rows if any(item in among for item in listed(plain(row.values.get(name))))]
        return rows


def known(link: Reference, key: Key) -> Thing:
    """A record of which there is nothing but the key."""
    names = link.by.split()
    return Thing(link.to, dict(zip(names, key if isinstance(key, tuple) else (key,), strict=True)))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
