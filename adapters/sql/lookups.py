"""Lookups: one statement for many keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache, partial
from typing import Any

from sqlalchemy.engine import Dialect

from adapters.mapping import EntityMapping
from adapters.result_set import ResultSet
from adapters.spi import Key, LookupCapability
from adapters.sql.conditions import Asked, Condition, Given, bound, clauses, columns, given, shapes
from adapters.sql.dialects import MOST_NARROWING, compare
from adapters.sql.keys import Keys, room
from adapters.sql.order import Term
from adapters.sql.queries import Query
from adapters.sql.relations import Relation
from adapters.sql.statements import MOST_TEXTS, Statement, askable, batches, chosen, compiled


class CompiledLookup:
    """``columns`` hold the key, ``by`` names it; ``order`` is that of several rows of one key."""

    def __init__(
        self,
        mapping: EntityMapping,
        by: str,
        capability: LookupCapability,
        *,
        relation: Relation,
        columns: tuple[str, ...],
        conditions: Mapping[str, Condition],
        order: Sequence[Term],
        dialect: Dialect,
    ) -> None:
        self.mapping = mapping
        self.by = by
        self.capability = capability
        self._relation = relation
        self._columns = columns
        self._conditions = conditions
        self._order = order
        self._dialect = dialect
        self._compare = compare(dialect)
        self._selected = lru_cache(MOST_TEXTS)(lambda fields: tuple(sorted(mapping.node(fields).paths)))
        self._statement = lru_cache(MOST_TEXTS)(self._compiled)

    def fields(self, asked: frozenset[str]) -> frozenset[str]:
        """What is read: the key too, by which rows are matched."""
        return asked | set(self.by.split())

    def queries(self, keys: Sequence[Key], fields: frozenset[str], arguments: Mapping[str, Any]) -> list[Query]:
        """The statements that answer, one per batch; none where no row can be found."""
        narrowing = given(self._conditions, arguments)
        if narrowing is None:
            return []
        narrowing = {name: asked for name, asked in narrowing.items() if asked.size <= MOST_NARROWING}
        selected = self._selected(fields)
        forms = askable(list(self.mapping.to_source(self.by, keys)))
        return [self._query(batch, selected, narrowing) for batch in batches(forms, self.capability.batch)]

    def rows(self, answers: Sequence[ResultSet], keys: Sequence[Key]) -> ResultSet:
        return ResultSet.together(answers)

    def _query(self, forms: Sequence[Any], selected: tuple[str, ...], narrowing: Mapping[str, Asked]) -> Query:
        asked = shapes(narrowing)
        keys = room(self._columns, len(forms), self.capability.batch, self._compare)
        values = {**keys.bound(forms), **bound(narrowing), **self._relation.values()}
        return Query(partial(self._statement, selected, keys, asked), values)

    def _compiled(self, selected: tuple[str, ...], keys: Keys, asked: Given) -> Statement:
        needed = [
            *selected,
            *columns(self._conditions, asked),
            *(term.column for term in self._order),
        ]
        source, conditions = self._relation.select_from(needed, keys)
        statement = chosen(source, selected).where(*conditions, *clauses(self._conditions, source, asked))
        ordered = (clause for term in self._order for clause in term.clauses(source, self._dialect))
        return compiled(statement.order_by(*ordered), selected, self._dialect)


def without_foreign(keys: Sequence[Key]) -> list[Sequence[Key]] | None:
    """Smaller lookups of the same keys, where one of them is of characters that the column cannot hold.

    Plain ASCII is in every column. A single key of other characters is the one: nothing is there to be found. ``None``
    where it is no key.
    """
    others = [key for key in keys if not is_plain(key)]
    if not others:
        return None
    plain = [key for key in keys if is_plain(key)]
    half = len(others) // 2
    return [part for part in (plain, others[:half], others[half:] if half else []) if part]


def is_plain(key: Key) -> bool:
    return all(str(part).isascii() for part in (key if isinstance(key, tuple) else (key,)))
