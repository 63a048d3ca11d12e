"""Lookups by statements that are run as they are: stored procedures, their result sets and return codes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import Dialect

from adapters.mapping import EntityMapping
from adapters.problems import Mistake
from adapters.result_set import ResultSet
from adapters.scalars import code
from adapters.spi import Key, LookupCapability, Overloaded, Rejected, SourceError, Unavailable
from adapters.sql.conditions import AnyOf
from adapters.sql.errors import safe_words
from adapters.sql.queries import Query
from adapters.sql.registration import Meaning, SqlErrors, SqlLookup
from adapters.sql.statements import Statement, askable, compiled_text, names_in

Row = Mapping[str, Any]
"""A column's name, as the database has it -> its raw value."""

ALL_KEYS = "keys"
ERRORS: Mapping[Meaning, type[SourceError]] = {
    "rejected": Rejected,
    "overloaded": Overloaded,
    "unavailable": Unavailable,
}


@dataclass(frozen=True, slots=True)
class Procedure:
    """Statements in turn; the rows are those of one result set of them all. ``result`` counts from 1."""

    statements: Sequence[Statement]
    result: int

    @property
    def text(self) -> str:
        return "; ".join(statement.text for statement in self.statements)

    def found(self, results: Sequence[ResultSet]) -> ResultSet:
        return results[self.result - 1] if self.result <= len(results) else ResultSet((), ())

    def run(self, cursor: Any, values: Mapping[str, Any], most: int) -> ResultSet:
        results: list[ResultSet] = []
        for statement in self.statements:
            cursor.execute(statement.text, statement.bound(values))
            results += result_sets(cursor, most)
        return self.found(results)


def result_sets(cursor: Any, most: int) -> Iterator[ResultSet]:
    """Each result of one statement that has columns."""
    more: Any = True
    while more:
        if cursor.description:
            yield ResultSet(tuple(column[0] for column in cursor.description), cursor.fetchmany(most))
        more = cursor.nextset() if hasattr(cursor, "nextset") else None


class CompiledCall:
    """The answer of ``call``, for one key at a time or, where it takes ``:keys``, for many."""

    def __init__(
        self,
        mapping: EntityMapping,
        by: str,
        spec: SqlLookup,
        *,
        columns: tuple[str, ...],
        conditions: Mapping[str, AnyOf],
        dialect: Dialect,
    ) -> None:
        self.mapping = mapping
        self.by = by
        texts = texts_of(spec)
        self._many = many_keys(texts)
        self.capability = LookupCapability(spec.many, spec.batch if self._many else 1, frozenset(spec.arguments))
        self._spec = spec
        self._columns = columns
        self._conditions = conditions
        self._procedure = Procedure([compiled_text(each, dialect) for each in texts], spec.result)

    def fields(self, asked: frozenset[str]) -> frozenset[str]:
        """What is read: the key too, by which rows are matched."""
        return asked | set(self.by.split())

    def queries(self, keys: Sequence[Key], fields: frozenset[str], arguments: Mapping[str, Any]) -> list[Query]:
        narrowing = {
            name: next(iter(condition.raw(arguments[name])), None) if arguments.get(name) is not None else None
            for name, condition in self._conditions.items()
        }
        forms = askable(list(self.mapping.to_source(self.by, keys)))
        if self._many:
            texts = [str(form) for form in forms if self._spec.separator not in str(form)]
            values = [{ALL_KEYS: self._spec.separator.join(texts)}] if texts else []
        else:
            values = [dict(zip(self.by.split(), parts(form), strict=True)) for form in forms]
        return [Query(lambda: self._procedure, {**narrowing, **value}) for value in values]

    def rows(self, answers: Sequence[ResultSet], keys: Sequence[Key]) -> Sequence[Row]:
        """Those that are no error. A row that does not say whose it is belongs to the one key that was asked."""
        rows = [row for answer in answers for row in answer.named() if not self._missing(row)]
        form = next(iter(self.mapping.to_source(self.by, keys)), None) if len(answers) == 1 and not self._many else None
        if form is None:
            return rows
        asked = dict(zip(self._columns, parts(form), strict=True))
        return [{**asked, **row} for row in rows]

    def _missing(self, row: Row) -> bool:
        """Whether the row's code says that there is no such record; ``SourceError`` for one that is worse."""
        errors = self._spec.errors
        if errors is None or row.get(errors.code) is None:
            return False
        found = (code(row[errors.code]) or "").strip()
        if found in errors.ok:
            return False
        meaning = errors.codes.get(found, "rejected")
        if meaning == "missing":
            return True
        raise ERRORS[meaning](self.mapping.source, f"lookup {self.by} of {self.mapping.entity}: {told(row, errors)}")


def parts(form: Any) -> tuple[Any, ...]:
    return form if isinstance(form, tuple) else (form,)


def told(row: Row, errors: SqlErrors) -> str:
    """The code, and the system's own words where they are registered."""
    words = "" if errors.message is None else f": {safe_words(str(row.get(errors.message)), '', ())}"
    return f"code {row[errors.code]}{words}"


def texts_of(spec: SqlLookup) -> list[str]:
    return [spec.call] if isinstance(spec.call, str) else list(spec.call or ())


def many_keys(texts: Sequence[str]) -> bool:
    return any(ALL_KEYS in names_in(each) for each in texts)


def check_call(by: str, spec: SqlLookup) -> None:
    """A ``Mistake`` for a name that has no value, and for a call that takes no key."""
    texts = texts_of(spec)
    names = {name for each in texts for name in names_in(each)}
    keys = {ALL_KEYS} if ALL_KEYS in names else set(by.split())
    if ALL_KEYS in names and " " in by:
        raise Mistake("the parts of the key by their names", f"`:{ALL_KEYS}` for a key of several")
    if unknown := names - keys - spec.arguments.keys():
        raise Mistake(f"`:{'`, `:'.join(sorted(keys | spec.arguments.keys()))}`", f"`:{min(unknown)}`")
    if missing := keys - names:
        raise Mistake(f"`:{min(missing)}`, or `:{ALL_KEYS}` for all keys in one text", "a call without its key")
