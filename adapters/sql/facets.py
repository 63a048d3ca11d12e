"""Facets of a search: one statement each, which counts the rows that the filters leave by value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.engine import Dialect

from adapters.sql.elsewhere import Elsewhere
from adapters.sql.pages import COUNT, NUMBER, Extent, PageStatements
from adapters.sql.statements import MOST_TEXTS, Statement, compiled

VALUE = "crossdock_value"
TEXT = "crossdock_text"


class FacetSpec(NamedTuple):
    """``column`` holds the values, and ``text`` what people call them: of the entity's own rows, where ``elsewhere`` is
    ``None``. ``field``: the field that the column is read into, if it is one."""

    code: str
    label: str | None
    most: int
    column: str
    text: str | None
    field: str | None
    elsewhere: Elsewhere | None

    @property
    def values(self) -> Mapping[str, Any]:
        return {} if self.elsewhere is None else self.elsewhere.values()


class FacetStatements:
    """``key``: the columns that tell rows apart."""

    def __init__(
        self, pages: PageStatements, facets: Sequence[FacetSpec], key: Sequence[str], dialect: Dialect
    ) -> None:
        self.facets = facets
        self._pages = pages
        self._key = key
        self._dialect = dialect
        self.statement = lru_cache(MOST_TEXTS)(self._compiled)

    def _compiled(self, facet: FacetSpec, extent: Extent) -> Statement:
        """Below each parent the most frequent values, with the parent's columns."""
        parents = extent.keys.columns if extent.keys else ()
        values = self._values(facet, parents, extent).subquery("crossdock_values")
        by = [*(values.c[name] for name in parents), values.c[VALUE], *([values.c[TEXT]] if facet.text else [])]
        count = func.count()
        counted = select(*by, count.label(COUNT)).group_by(*by)
        columns = (*parents, VALUE, *([TEXT] if facet.text else []), COUNT)
        order: list[ColumnElement[Any]] = [count.desc(), values.c[VALUE]]
        if not parents:
            return compiled(counted.order_by(*order).limit(facet.most), columns, self._dialect)
        number = func.row_number().over(partition_by=by[: len(parents)], order_by=order)
        ranked = counted.add_columns(number.label(NUMBER)).subquery("crossdock_ranked")
        chosen = select(*(ranked.c[name] for name in columns)).where(ranked.c[NUMBER] <= facet.most)
        return compiled(chosen, columns, self._dialect)

    def _values(self, facet: FacetSpec, parents: Sequence[str], extent: Extent) -> Select[Any]:
        """A row for each value of each row; one that is there twice counts once."""
        told = [facet.column, *([facet.text] if facet.text else [])]
        if facet.elsewhere is None:
            source, where = self._pages.rows([*parents, *told], extent)
            rows = source
        else:
            source, where = self._pages.rows([*parents, *self._key, *facet.elsewhere.columns], extent)
            rows = facet.elsewhere.rows(told)
        labelled = [rows.c[name].label(label) for name, label in zip(told, (VALUE, TEXT), strict=False)]
        above = [source.c[name] for name in parents]
        where = [*where, rows.c[facet.column].is_not(None)]
        if facet.elsewhere is None:
            return select(*above, *labelled).where(*where)
        together = source.join(rows, and_(*facet.elsewhere.belonging(rows, source)))
        keys = [source.c[name] for name in self._key if name not in parents]
        return select(*above, *keys, *labelled).select_from(together).where(*where).distinct()
