"""Conditions on attributes: rows of a table that have a code and a value each, or columns of the entity's own rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, bindparam

from adapters.filters import attributes
from adapters.spi import Rejected
from adapters.sql.conditions import Asked, Condition
from adapters.sql.elsewhere import Elsewhere


class Compared(NamedTuple):
    """How one attribute, or each of them, is compared: with values, and where it can be, by a range."""

    values: Condition
    range: Condition | None

    def asked(self, source: str, name: str, given: Mapping[str, Any]) -> Asked | None:
        """A shape for each of the two, if it is asked for; ``None`` where nothing can meet it."""
        shapes: list[Any] = [None, None]
        values: dict[str, Any] = {}
        size = 0
        for index, (word, condition) in enumerate((("in", self.values), ("range", self.range))):
            if given.get(word) is not None:
                if condition is None:
                    said = f"The attribute {given['code']} cannot be compared by a range."
                    raise Rejected(source, "a range of an attribute that has none", message=said)
                asked = condition.asked(f"{name}_{word}", given[word])
                if asked is None:
                    return None
                shapes[index] = asked.shape
                values |= asked.values
                size += asked.size
        return Asked(tuple(shapes), values, size)

    def pairs(self, name: str, shape: Sequence[Any]) -> list[tuple[Condition, str, Any]]:
        """Each condition that is asked, with the names of its slots and its shape."""
        both = ((self.values, f"{name}_in", shape[0]), (self.range, f"{name}_range", shape[1]))
        return [(condition, slot, each) for condition, slot, each in both if condition is not None and each is not None]


class AttributeRows:
    """For each asked attribute there is a row elsewhere that has its ``code`` and meets it."""

    def __init__(self, source: str, elsewhere: Elsewhere, code: str, compared: Compared) -> None:
        self._source = source
        self._elsewhere = elsewhere
        self._code = code
        self._compared = compared

    def reads(self, shape: Any) -> Sequence[str]:
        return self._elsewhere.columns

    def asked(self, name: str, value: Any) -> Asked | None:
        shapes = []
        values: dict[str, Any] = dict(self._elsewhere.values())
        size = 0
        for index, given in enumerate(attributes(self._source, value)):
            asked = self._compared.asked(self._source, f"{name}_{index}", given)
            if asked is None:
                return None
            shapes.append(asked.shape)
            values |= {**asked.values, f"{name}_{index}_code": given["code"]}
            size += asked.size + 1
        return Asked(tuple(shapes) or None, values, size)

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        return and_(*(self._one(f"{name}_{index}", source, each) for index, each in enumerate(shape)))

    def _one(self, name: str, source: FromClause, shape: Sequence[Any]) -> ColumnElement[bool]:
        pairs = self._compared.pairs(name, shape)
        rows = self._elsewhere.rows([self._code, *(column for each, _, asked in pairs for column in each.reads(asked))])
        met = [condition.clause(slot, rows, asked) for condition, slot, asked in pairs]
        return self._elsewhere.exists(source, rows, rows.c[self._code] == bindparam(f"{name}_code"), *met)


class AttributeColumns:
    """By code; there are no others."""

    def __init__(self, source: str, codes: Mapping[str, Compared]) -> None:
        self._source = source
        self._codes = codes

    def reads(self, shape: Any) -> Sequence[str]:
        return [
            column
            for code, each in shape
            for condition, _, asked in self._codes[code].pairs("", each)
            for column in condition.reads(asked)
        ]

    def asked(self, name: str, value: Any) -> Asked | None:
        shapes = []
        values: dict[str, Any] = {}
        size = 0
        for index, given in enumerate(attributes(self._source, value)):
            compared = self._codes.get(given["code"])
            asked = None if compared is None else compared.asked(self._source, f"{name}_{index}", given)
            if asked is None:
                return None
            shapes.append((given["code"], asked.shape))
            values |= asked.values
            size += asked.size
        return Asked(tuple(shapes) or None, values, size)

    def clause(self, name: str, source: FromClause, shape: Any) -> ColumnElement[bool]:
        return and_(
            *(
                condition.clause(slot, source, asked)
                for index, (code, each) in enumerate(shape)
                for condition, slot, asked in self._codes[code].pairs(f"{name}_{index}", each)
            )
        )
