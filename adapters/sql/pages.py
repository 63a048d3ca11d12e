"""The statements of a search: one page of ordered rows, or one for each of many parents, and the count of them all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, func
from sqlalchemy.engine import Dialect

from adapters.sql import conditions
from adapters.sql.conditions import Condition, Given
from adapters.sql.keys import Keys
from adapters.sql.order import Edge, Term, behind
from adapters.sql.relations import Relation
from adapters.sql.statements import MOST_TEXTS, Statement, chosen, compiled

NUMBER = "crossdock_number"
COUNT = "crossdock_count"


class Extent(NamedTuple):
    """Which rows: below ``keys`` (``None``: of the whole source), where the conditions ``given`` hold."""

    keys: Keys | None
    given: Given


class Cut(NamedTuple):
    """Which of them are on the page: ``most``, behind an ``edge`` or ``start`` rows; ``backwards``, from the end."""

    most: int
    edge: Edge | None
    start: int
    backwards: bool = False


class PageStatements:
    """Of one order, which is total, or rows are counted; ``conditions`` are those that an ``Extent`` may name.

    ``required``: the columns in which rows of the list have a value, whatever the order.
    """

    def __init__(
        self,
        relation: Relation,
        conditions: Mapping[str, Condition],
        order: Sequence[Term],
        required: Sequence[str],
        dialect: Dialect,
    ) -> None:
        self._relation = relation
        self._conditions = conditions
        self._order = order
        self._required = required
        self._dialect = dialect
        self.values = relation.values
        self.page = lru_cache(MOST_TEXTS)(self._compiled_page)
        self.count = lru_cache(MOST_TEXTS)(self._compiled_count)

    def _compiled_page(self, columns: tuple[str, ...], extent: Extent, cut: Cut) -> Statement:
        """``columns`` of the rows in the direction of the cut; rows of several parents are mixed."""
        source, where = self.rows(columns, extent)
        order = [term.reversed() for term in self._order] if cut.backwards else self._order
        if cut.edge is not None:
            where.append(behind(order, cut.edge, source))
        ordered = [clause for term in order for clause in term.clauses(source, self._dialect)]
        rows = chosen(source, columns).where(*where)
        many = extent.keys is not None and extent.keys.room > 1
        page = self._numbered(rows, columns, source, ordered, extent, cut) if many else self._first(rows, ordered, cut)
        return compiled(page, columns, self._dialect)

    def _first(self, rows: Select[Any], ordered: Iterable[ColumnElement[Any]], cut: Cut) -> Select[Any]:
        page = rows.order_by(*ordered).limit(cut.most)
        return page.offset(cut.start) if cut.start else page

    def _numbered(
        self,
        rows: Select[Any],
        columns: Sequence[str],
        source: FromClause,
        ordered: Sequence[ColumnElement[Any]],
        extent: Extent,
        cut: Cut,
    ) -> Select[Any]:
        """Each parent's rows are numbered by themselves."""
        parents = [source.c[column] for column in extent.keys.columns] if extent.keys else []
        number = func.row_number().over(partition_by=parents, order_by=ordered)
        numbered = rows.add_columns(number.label(NUMBER)).subquery("crossdock_page")
        at = numbered.c[NUMBER]
        return chosen(numbered, columns).where(at > cut.start, at <= cut.start + cut.most).order_by(at)

    def _compiled_count(self, extent: Extent) -> Statement:
        """How many rows there are: by parent, or one row for all."""
        parents = extent.keys.columns if extent.keys else ()
        source, where = self.rows(parents, extent)
        counted = chosen(source, parents).add_columns(func.count().label(COUNT)).select_from(source).where(*where)
        grouped = counted.group_by(*(source.c[column] for column in parents))
        return compiled(grouped, (*parents, COUNT), self._dialect)

    def rows(self, columns: Sequence[str], extent: Extent) -> tuple[FromClause, list[ColumnElement[bool]]]:
        """Something that has these columns and those of the order, and what its rows have to be."""
        narrowing = conditions.columns(self._conditions, extent.given)
        needed = [*columns, *narrowing, *self._required, *(term.column for term in self._order)]
        source, where = self._relation.select_from(needed, extent.keys)
        there = [source.c[column].is_not(None) for column in self._required]
        return source, [*where, *conditions.clauses(self._conditions, source, extent.given), *there]
