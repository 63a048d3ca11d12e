"""What a registered request must be, beyond its words: every mistake is found when the source is built."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from adapters.filters import RequestFilter
from adapters.problems import MappingProblem, Mistake, Place, nearest
from adapters.references import of_key, per_key, references
from adapters.rest.lookups import key_variables
from adapters.rest.registration import PartRequest, Request, RestLookup, RestSearch
from adapters.web import sorts
from adapters.web.request import ESCAPING, RequestTemplate, operator

T = TypeVar("T")


class Checks:
    """Collects the problems of one source. ``given``: the values that all of its requests have."""

    def __init__(self, given: Iterable[str] = ()) -> None:
        self.problems: list[MappingProblem] = []
        self._given = frozenset(given)

    def note(self, place: Place, expected: str, found: str, hint: str = "") -> None:
        self.problems.append(MappingProblem(place, expected, found, hint))

    def compiled(self, place: Place, compile: Callable[[str], T], text: str | None) -> T | None:
        """The compiled text; ``None`` where there is none or it is a mistake, which is noted."""
        if text is None:
            return None
        try:
            return compile(text)
        except Mistake as mistake:
            self.problems.append(mistake.at(place))
            return None

    def lookup(
        self,
        place: Place,
        by: str,
        spec: RestLookup,
        request: RequestTemplate,
        first: RequestTemplate | None,
        fields: Iterable[str],
    ) -> None:
        """``first``: of ``via``. ``fields``: those that the entity's records have, hidden keys included."""
        parts = by.split()
        keys = key_variables(by, spec)
        if len(keys) != len(parts):
            self.note((*place, "variable"), f"{len(parts)} variables, one per part of the key", f"`{spec.variable}`")
        if spec.match == "none" and spec.batch != 1:
            self.note((*place, "match"), "`batch: 1` where rows do not hold their key", f"`batch: {spec.batch}`")
        if spec.match == "key":
            self._matched(place, parts, set(fields))
        words = [word for name, variable in spec.arguments.items() for word in (variable, f"argument.{name}")]
        of_each = ["key", *(f"key.{index}" for index in range(len(parts)))]
        known = {*keys, *words, "keys", *of_each}
        used = self._request(place, spec, request, known | (spec.via.with_.keys() if spec.via else set()))
        if spec.via is not None and first is not None:
            used |= self._request((*place, "via"), spec.via, first, known)
            if spec.batch != 1:
                self._one_key((*place, "via"), spec.via, first, of_each)
        if not spec.whole and not (used & {"keys", *of_each} or used >= set(keys)):
            self.note(place, f"a request that uses {' and '.join(map(repr, keys))}", "no place for the keys")
        for name, variable in spec.arguments.items():
            if not used & {variable, f"argument.{name}"}:
                at = (*place, "arguments", name)
                self.note(at, "a variable of the request", f"`{variable}`", nearest(variable, used))
        if spec.batch != 1:
            self._one_key(place, spec, request, of_each)

    def search(
        self,
        place: Place,
        spec: RestSearch,
        request: RequestTemplate,
        page: frozenset[str],
        filters: Mapping[str, RequestFilter],
    ) -> None:
        """``page``: the variables of its pages."""
        words = {word for each in filters.values() for word in each.names} | spec.facets_with.keys()
        below = {spec.parents, "parent"} if spec.parents is not None else set()
        ordering = {variable for _, variable in sorts.variables(spec.sorts)}
        used = self._request(place, spec, request, {*words, *ordering, *page, *filter(None, below)})
        for name, each in filters.items():
            if not used & each.names:
                self._unused((*place, "filters", name), each.name, used)
        for by, variable in sorts.variables(spec.sorts):
            if variable not in used:
                self._unused((*place, "sorts", by), variable, used)
        if below and not used & below:
            hint = nearest(spec.parents or "", used)
            self.note((*place, "parents"), "a variable of the request", f"`{spec.parents}`", hint)
        if spec.total is not None and spec.page is None:
            self.note((*place, "total"), "a `page` that it counts the records of", "no `page`", "else all are answered")
        for name in sorted(spec.facets_with.keys() - used):
            at = (*place, "facets_with", name)
            self.note(at, "a variable of the request", f"`{name}`", nearest(name, used))
        for name in sorted(page - used):
            self.note((*place, "page"), "variables of the request", f"`{name}`", nearest(name, used))

    def _unused(self, place: Place, name: str, used: frozenset[str]) -> None:
        self.note(place, "a variable of the request", f"`{name}`", nearest(name, used))

    def part(self, place: Place, spec: PartRequest, request: RequestTemplate) -> frozenset[str]:
        """The variables that the row gives."""
        if spec.follow is not None:
            return frozenset()
        own = request.used - request.conditions.keys() - self._given
        self._request(place, spec, request, set(own))
        for name in spec.with_.keys() - own:
            self.note((*place, "with", name), "a variable of the request", f"`{name}`", nearest(name, own))
        return own

    def _one_key(self, place: Place, spec: Request, request: RequestTemplate, words: Iterable[str]) -> None:
        """``key`` is only there where one key is asked at a time."""
        for at in [*(("body", *path) for path in alone(spec.body)), *(("query", *path) for path in alone(spec.query))]:
            self.note((*place, *at), "`$keys` or a list of one item per key", "`$key`", "or `batch: 1`")
        for name in sorted(frozenset(request.url_names).intersection(words)):
            self.note((*place, spec.method.lower()), "a variable that holds all keys", f"`{name}`", "or `batch: 1`")
        for variable, condition in spec.conditions.items():
            if condition.each is None and request.conditions[variable].names.intersection(words):
                self.note((*place, "conditions", variable), "`each`, one part per key", "`parts`", "or `batch: 1`")

    def _matched(self, place: Place, parts: list[str], fields: set[str]) -> None:
        for name in parts:
            if name not in fields:
                hint = nearest(name, fields) or "or `match: none` with `batch: 1`"
                self.note(place, f"`{name}` among `fields` or `keys`: rows find their key by it", "no such field", hint)

    def _request(self, place: Place, spec: Request, request: RequestTemplate, known: set[str]) -> frozenset[str]:
        """Checks the template and its conditions; the names of the values that they use."""
        at = (*place, spec.method.lower())
        text = spec.template
        if re.search(r"[{}]", re.sub(r"\{[^{}]+\}", "", text)):
            self.note(at, "an RFC 6570 template", f"`{text}`", "every `{` needs its `}`")
            return frozenset(known)
        if not re.match(r"/|\?|\{[/?]|$", text):
            self.note(at, "a template that begins with `/` or `?`: it follows the source's `url`", f"`{text}`")
        for expression in request.expressions:
            if operator(expression) not in ESCAPING:
                self.note(at, "an expression that escapes its value", f"`{{{expression.original}}}`")
        known = known | self._given
        for variable, condition in request.conditions.items():
            self._condition((*place, "conditions", variable), variable, condition.names, request, known)
        parts = {"body": spec.body, "query": spec.query}
        in_body = {name: (*place, word, *path) for word, part in parts.items() for path, name in references(part)}
        for name in sorted(request.names - known - request.conditions.keys()):
            expected = f"one of {', '.join(sorted(known)) or 'no values'}"
            self.note(in_body.get(name, at), expected, f"`{name}`", nearest(name, known))
        return request.used

    def _condition(
        self, at: Place, variable: str, names: frozenset[str], request: RequestTemplate, known: set[str]
    ) -> None:
        if variable not in request.names:
            self.note(at, "a variable of the request", f"`{variable}`", nearest(variable, request.names))
        for name in sorted(names - known):
            self.note(at, f"one of {', '.join(sorted(known))}", f"`{name}`", nearest(name, known))


def alone(body: object) -> Iterator[Place]:
    """Where ``$key`` stands outside of a list of one item per key."""
    for path, name in references(body):
        if of_key(name) and not inside_pattern(body, path):
            yield path


def inside_pattern(body: object, path: Place) -> bool:
    for step in path:
        if per_key(body):
            return True
        body = body[step]  # type: ignore[index]  # the path was read from this body
    return False
