"""Filters of a request: a value of the graph, as the values that the system takes, by the names they have there.

The values of a filter are written as the system has those of a field (``field``), or by words of its own. One that the
system has no word for is met by nothing: the page is empty, and no call is made.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Self

from pydantic import Field, model_validator

from adapters.mapping import EntityMapping, Inverse
from adapters.problems import Mistake, nearest
from adapters.registration import Code, Form, Value, Words
from adapters.spi import Rejected
from adapters.types import FilterType


class FilterWords(Words):
    """How the system writes the values of a filter: as those of a field, or by words of its own; else as they are."""

    field: str | None = Field(
        None, description="The field or hidden key that it compares: values are written as the system has them there."
    )
    form: Form | None = Field(None, description="As in `fields`.")
    as_: str | None = Field(None, alias="as", description="As in `fields`.")
    map: dict[Code, Any] | None = Field(None, description="As in `fields`: what the system has, and what that means.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        own = {"form", "as_", "map"} & self.model_fields_set
        if self.field is not None and own:
            raise ValueError(f"expected field or {min(own).rstrip('_')}, not both")
        return self

    def value(self) -> Value:
        """The same as the words of a field."""
        return Value(form=self.form, as_=self.as_, map=self.map)


class VariableFilter(FilterWords):
    """A filter of a request that has variables. In a body and in conditions it is also `$filter.name`, in a range
    `$filter.name.gte` and `$filter.name.lte`, of an attribute `$filter.name.code`."""

    variable: str | None = Field(None, description="The variable that holds it; that of its own name.")
    min: str | None = Field(None, description="Of a range: the variable that holds the least value.")
    max: str | None = Field(None, description="Of a range: the variable that holds the greatest value.")
    codes: dict[str, str | VariableFilter] = Field(
        {}, description="Of `attributes`, by the attribute's code: its variable, or more; it has no others."
    )


Written = Mapping[str, Any]
"""Values by name; nothing is asked by those that are not there."""


class RequestFilter(ABC):
    """``names``: those that a request may use; ``name`` is the one that its registration says."""

    names: frozenset[str]
    name: str

    @property
    def variables(self) -> frozenset[str]:
        """Those of ``names`` that are variables."""
        return frozenset(name for name in self.names if not name.startswith("filter."))

    @abstractmethod
    def written(self, value: Any) -> Written | None:
        """``None`` where nothing in the system can meet it."""


class AnyOf(RequestFilter):
    """One of several values, or the one value."""

    def __init__(self, names: Sequence[str], inverse: Inverse) -> None:
        self.name = names[0]
        self.names = frozenset(names)
        self._inverse = inverse

    def written(self, value: Any) -> Written | None:
        values = value if isinstance(value, list | tuple) else [value]
        found = [raw for each in values for raw in self._inverse(each)]
        if not found:
            return None
        alone = len(found) == 1 and not isinstance(value, list | tuple)
        return dict.fromkeys(self.names, found[0] if alone else found)


class AsItIs(RequestFilter):
    """An object, as the graph has it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.names = frozenset({name})

    def written(self, value: Any) -> Written | None:
        return {self.name: value}


class Range(RequestFilter):
    """Between two values, both included, of which either may be missing: ``least`` and ``greatest`` name them."""

    def __init__(self, least: Sequence[str], greatest: Sequence[str], inverse: Inverse) -> None:
        self.name = least[0]
        self.names = frozenset((*least, *greatest))
        self._ends = {"gte": least, "lte": greatest}
        self._inverse = inverse

    def written(self, value: Any) -> Written | None:
        found: dict[str, Any] = {}
        for end, names in self._ends.items():
            if value.get(end) is not None:
                [raw] = self._inverse(value[end])
                found |= dict.fromkeys(names, raw)
        return found


class Attribute(RequestFilter):
    """One attribute: its values, a range of them, or both."""

    def __init__(self, source: str, code: str, values: RequestFilter, range_: RequestFilter | None) -> None:
        self.name = values.name
        self.names = values.names | (range_.names if range_ else frozenset())
        self._source = source
        self._code = code
        self._values = values
        self._range = range_

    def written(self, value: Any) -> Written | None:
        found: dict[str, Any] = {}
        if value.get("in") is not None:
            written = self._values.written(value["in"])
            if written is None:
                return None
            found |= written
        if value.get("range") is not None:
            if self._range is None:
                said = f"The attribute {self._code} cannot be compared by a range."
                raise Rejected(self._source, "a range of an attribute that has none", message=said)
            found |= self._range.written(value["range"]) or {}
        return found


class Attributes(RequestFilter):
    """By code; the system has no others. All of those that are named must hold."""

    def __init__(self, source: str, codes: Mapping[str, Attribute]) -> None:
        self.name = next(iter(codes.values())).name
        self.names = frozenset().union(*(each.names for each in codes.values()))
        self._source = source
        self._codes = codes

    def written(self, value: Any) -> Written | None:
        value = attributes(self._source, value)
        named = [each["code"] for each in value]
        if len(set(named)) < len(named):
            raise Rejected(self._source, "an attribute twice", message="Each attribute may be named once in a filter.")
        found: dict[str, Any] = {}
        for each in value:
            attribute = self._codes.get(each["code"])
            written = attribute.written(each) if attribute is not None else None
            if written is None:
                return None
            found |= written
        return found


def attributes(source: str, given: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """What is asked of each attribute; ``Rejected`` where it says nothing."""
    for each in given:
        if each.get("in") is None and each.get("range") is None:
            said = f"Say `in` or `range` of the attribute {each['code']}."
            raise Rejected(source, "an attribute of which nothing is asked", message=said)
    return given


def asked_by(filters: Mapping[str, RequestFilter], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """The values of all filters that are given; ``None`` where nothing in the system can meet them."""
    values: dict[str, Any] = {}
    for name, value in given.items():
        if value is not None:
            written = filters[name].written(value)
            if written is None:
                return None
            values |= written
    return values


def request_filter(
    name: str, words: str | VariableFilter, type_: FilterType | None, mapping: EntityMapping
) -> RequestFilter:
    """The filter as a request of ``mapping``'s source has it; a ``Mistake`` where the words do not fit it."""
    words = VariableFilter(variable=words) if isinstance(words, str) else words
    if type_.is_attributes if type_ is not None else bool(words.codes):
        return _attributes(name, words, mapping)
    if words.codes:
        raise Mistake("words for one value: it is no list of attributes", "`codes`")
    ends = _ends(words)
    ranged = type_.is_range if type_ is not None else bool(ends)
    if ranged and "variable" in words.model_fields_set:
        raise Mistake("`min` and `max`, the variables of its ends", "one variable")
    if ends and not ranged:
        raise Mistake("one `variable`: it is no range", f"`{min(ends)}`")
    if ranged:
        return _range(f"filter.{name}", ends, words, mapping)
    return AnyOf([words.variable or name, f"filter.{name}"], _inverse(name, words, mapping))


def message_filter(
    name: str, used: frozenset[str], words: FilterWords, type_: FilterType | None, mapping: EntityMapping
) -> RequestFilter:
    """The same for a message without variables, which uses these `$filter.` names."""
    if type_ is not None and type_.is_attributes:
        codes = sorted({each.split(".")[1] for each in used if each.startswith(f"{name}.")})
        return _attributes(name, VariableFilter(codes=dict.fromkeys(codes, VariableFilter())), mapping)
    if type_.is_range if type_ is not None else name not in used:
        return _range(f"filter.{name}", {}, words, mapping)
    return AnyOf([f"filter.{name}"], _inverse(name, words, mapping))


def _ends(words: VariableFilter) -> dict[str, str]:
    """The variables of a range's ends."""
    return {end: variable for end, variable in (("min", words.min), ("max", words.max)) if variable is not None}


def _range(prefix: str, ends: Mapping[str, str], words: FilterWords, mapping: EntityMapping) -> Range:
    if words.map is not None:
        raise Mistake("values in an order", "`map`, whose codes have none")
    least = [*([ends["min"]] if "min" in ends else []), f"{prefix}.gte"]
    greatest = [*([ends["max"]] if "max" in ends else []), f"{prefix}.lte"]
    return Range(least, greatest, _inverse(prefix, words, mapping))


def _attributes(name: str, words: VariableFilter, mapping: EntityMapping) -> Attributes:
    if not words.codes:
        raise Mistake("`codes`: how the system takes each attribute", "none")
    found = {}
    for code, each in words.codes.items():
        inner = VariableFilter(variable=each) if isinstance(each, str) else each
        ends = _ends(inner)
        values = AnyOf([inner.variable or code, f"filter.{name}.{code}"], _inverse(code, inner, mapping))
        range_ = _range(f"filter.{name}.{code}", ends, inner, mapping) if ends else None
        found[code] = Attribute(mapping.source, code, values, range_)
    return Attributes(mapping.source, found)


def _inverse(name: str, words: FilterWords, mapping: EntityMapping) -> Inverse:
    if words.field is None:
        return mapping.inverse(words.value(), name)
    if (value := mapping.declared(words.field)) is None:
        raise Mistake("a field or hidden key of the entity", f"`{words.field}`", nearest(words.field, mapping.fields))
    return mapping.inverse(value, words.field)
