"""From a registration to its adapter, or to everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TypeVar

import httpx

from adapters import keyset
from adapters.filters import AsItIs, RequestFilter, request_filter
from adapters.graphql.adapter import GraphQLAdapter
from adapters.graphql.connections import FROM_THE_END, Begun, ConnectionSearch
from adapters.graphql.endpoint import Endpoint, Replies
from adapters.graphql.lists import ListSearch
from adapters.graphql.lookups import LookupCall
from adapters.graphql.operation import Operation
from adapters.graphql.registration import GraphQLEntity, GraphQLLookup, GraphQLSearch, GraphQLSource
from adapters.graphql.rows import RowReader
from adapters.graphql.searches import SearchCall
from adapters.mapping import EntityMapping, MappingProblems, Unmapped
from adapters.merging import Order
from adapters.problems import MappingProblem, Mistake, Place, nearest
from adapters.registered import Answers, present
from adapters.types import Types
from adapters.web import sorts
from adapters.web.build import endpoint
from adapters.web.keyset import by_keyset
from adapters.web.links import Links
from adapters.web.page_words import KeysetPage, NumberPage
from adapters.web.paging import ByNumber, ByOffset, Paging, Whole
from adapters.web.paths import Search, compiled

T = TypeVar("T")


def build(
    registration: GraphQLSource, types: Types, transport: httpx.AsyncBaseTransport | None = None
) -> GraphQLAdapter:
    """No connection is made. ``transport`` replaces the sockets. Raises ``MappingProblems``."""
    builder = Builder(registration, types)
    entities = {name: builder.entity(name, spec) for name, spec in registration.entities.items()}
    token = builder.token()
    if builder.problems:
        raise MappingProblems(builder.problems)
    replies = Replies(registration.source, registration.errors)
    http = endpoint(registration, replies, Links(registration.source, registration.url, ()), token, transport)
    return GraphQLAdapter(registration.source, entities, Endpoint(http, replies), builder.unmapped)


class Builder:
    """Builds the parts of one source and notes what is wrong on the way."""

    def __init__(self, registration: GraphQLSource, types: Types) -> None:
        self._registration = registration
        self._source = registration.source
        self._types = types
        self.problems: list[MappingProblem] = []
        self.unmapped = Unmapped()

    def entity(self, name: str, spec: GraphQLEntity) -> Answers[Endpoint]:
        at: Place = ("entities", name)
        mapping = EntityMapping(
            self._types,
            name,
            spec,
            source=self._source,
            time_zone=self._registration.time_zone,
            rows="nested",
            problems=self.problems,
            unmapped=self.unmapped,
        )
        rows = self._made(at, lambda: RowReader(self._source, spec, mapping, self._registration.errors.types), "select")
        if rows is None or self._made(at, lambda: rows.selected(mapping.fields), "fields") is None:
            return Answers(mapping.fields, {}, {})
        lookups = {by: self._lookup((*at, "lookup", by), by, lookup, spec, rows) for by, lookup in spec.lookup.items()}
        searches = {
            word: self._search((*at, "search", word), search, spec, rows) for word, search in spec.search.items()
        }
        return Answers(mapping.fields, present(lookups), present(searches))

    def token(self) -> Search | None:
        """The path to the token in the reply to `auth.login`, if there is one."""
        login = None if self._registration.auth is None else self._registration.auth.login
        return None if login is None else self._made(("auth", "login"), lambda: compiled(login.token), "token")

    def _lookup(
        self, at: Place, by: str, spec: GraphQLLookup, entity: GraphQLEntity, rows: RowReader
    ) -> LookupCall | None:
        for name in by.split():
            if name not in {*entity.fields, *entity.keys}:
                expected = f"`{name}` among `fields` or `keys`: rows find their key by it"
                self._note(at, expected, "no such field", nearest(name, {*entity.fields, *entity.keys}))
        if spec.entities and entity.type is None:
            self._note((*at, "entities"), "the entity's `type` there", "none", "write `type:` beside `fields`")
        call = self._made(at, lambda: LookupCall(by, spec, rows, entity.type), "query")
        if call is None or spec.entities:
            return call
        keys = {"keys"} if "keys" in call.operation.variables else call.own
        wanted = {"keys"} if not call.own else {"key"} & call.own or set(by.split())
        if not keys or not wanted <= call.operation.variables:
            ways = f"`$keys`, or {' and '.join(f'`${name}`' for name in by.split())}"
            self._note((*at, "query"), f"a query with {ways}", _listed(call.operation.variables))
        if {"keys"} & call.operation.variables and call.own:
            self._note((*at, "query"), "`$keys` for all keys, or variables for one", "both")
        self._known((*at, "query"), call.operation.variables, {*keys, *wanted, *spec.arguments.values()})
        self._used(at, "arguments", spec.arguments, call.operation.variables)
        self._aliased((*at, "query"), call.own, call.operation.definition.selection_set.selections)
        return call

    def _search(self, at: Place, spec: GraphQLSearch, entity: GraphQLEntity, rows: RowReader) -> SearchCall | None:
        filters = self._filters(at, spec, rows.mapping)
        call: SearchCall | None
        if spec.page == "relay":
            begun = self._begun(at, spec, rows.mapping)
            call = self._made(at, lambda: ConnectionSearch(spec, rows, filters, begun), "query")
        else:
            paging = self._made(at, lambda: self._paging(at, spec, rows.mapping, entity.key_names), "page")
            call = self._made(at, lambda: ListSearch(spec, rows, filters, paging or Whole(self._source, ())), "query")
        if call is None:
            return None
        pages = set(call.variables)
        declared = call.operation.variables
        for name in sorted(pages - declared):
            self._note((*at, "query"), f"a query with `${name}`, for its pages", _listed(declared))
        if FROM_THE_END & pages:
            self._from_the_end((*at, "query"), call.operation)
        for name, each in filters.items():
            if not declared & each.names:
                self._used(at, "filters", {name: each.name}, declared)
        for by, variable in sorts.variables(spec.sorts):
            self._used(at, "sorts", {by: variable}, declared)
        if spec.parents is not None:
            self._used(at, "parents", {"": spec.parents}, declared)
            self._aliased((*at, "query"), {spec.parents}, call.operation.definition.selection_set.selections)
        ordering = (variable for _, variable in sorts.variables(spec.sorts))
        known = {*pages, *ordering, *filter(None, [spec.parents])}
        known = known.union(*(each.variables for each in filters.values()))
        self._known((*at, "query"), declared, known)
        return call

    def _from_the_end(self, at: Place, operation: Operation) -> None:
        """Only one of ``$first`` and ``$last`` is given at a time."""
        for name in sorted({"first", "last"} & operation.required):
            self._note(at, f"`${name}: Int`, as it is not always given", f"`${name}: Int!`")

    def _paging(self, at: Place, spec: GraphQLSearch, mapping: EntityMapping, key: list[str]) -> Paging:
        words = spec.page
        if not isinstance(words, KeysetPage):
            keyset.unordered(at, self._note, spec.order, spec.start)
        if words is None or words == "relay":
            return Whole(self._source, key)
        more = None if words.more is None else compiled(words.more)
        if isinstance(words, KeysetPage):
            return by_keyset(at, self._note, spec, words, mapping, key, more)
        if isinstance(words, NumberPage):
            return ByNumber(self._source, key, words, more)
        return ByOffset(self._source, key, words, spec.limit, spec.total is not None, more)

    def _begun(self, at: Place, spec: GraphQLSearch, mapping: EntityMapping) -> Begun | None:
        """How a connection is begun at an instant, where it is ordered by one."""
        if spec.order is None or spec.start is None:
            for word, other in (("order", spec.start), ("start", spec.order)):
                if other is not None:
                    self._note((*at, word), f"`{word}` too, to begin the list at an instant", "none")
            return None
        order = Order.read(spec.order)
        written = keyset.instant(at, self._note, mapping, order)
        return None if written is None else Begun(spec.start, order, written)

    def _filters(self, at: Place, spec: GraphQLSearch, mapping: EntityMapping) -> Mapping[str, RequestFilter]:
        def made(name: str) -> RequestFilter:
            type_, words = self._types.filter(mapping.entity, str(at[-1]), name), spec.filters[name]
            if isinstance(words, str) and type_ is not None and type_.fields:
                return AsItIs(words)
            return request_filter(name, words, type_, mapping)

        return present({name: self._made((*at, "filters"), partial(made, name), name) for name in spec.filters})

    def _made(self, at: Place, make: Callable[[], T], word: str) -> T | None:
        try:
            return make()
        except Mistake as mistake:
            self.problems.append(mistake.at((*at, word)))
            return None

    def _note(self, at: Place, expected: str, found: str, hint: str = "") -> None:
        self.problems.append(MappingProblem(at, expected, found, hint))

    def _used(self, at: Place, word: str, variables: Mapping[str, str], declared: frozenset[str]) -> None:
        for name, variable in variables.items():
            if variable not in declared:
                place = (*at, word, name) if name else (*at, word)
                self._note(place, "a variable of the query", f"`{variable}`", nearest(variable, declared))

    def _known(self, at: Place, declared: Iterable[str], known: set[str]) -> None:
        for name in sorted(set(declared) - known):
            self._note(at, f"variables that are given: {_listed(known)}", f"`${name}`", nearest(name, known))

    def _aliased(self, at: Place, own: Iterable[str], roots: tuple[object, ...]) -> None:
        if own and len(roots) != 1:
            self._note(at, "one field at the root, which is asked with an alias for each key", f"{len(roots)}")


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`${name}`" for name in sorted(names)) or "no variables"
