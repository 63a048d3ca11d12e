"""The words of one registered value as one function: null, split, form, convert, map, and last the field's type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from typing import Any

from adapters.converters import SEVERAL, Converter, converter
from adapters.forms import key_form
from adapters.mapping.shapes import Usual
from adapters.mapping.steps import (
    a_list,
    all_of,
    blank_is_null,
    chain,
    columns,
    defaulted,
    gathered,
    joined,
    list_of,
    lookup,
    lookup_or,
    separated,
    singled,
    unless,
    unless_blank,
    without,
)
from adapters.mapping.unmapped import Unmapped
from adapters.mapping.usual import usual
from adapters.problems import MappingProblem, Mistake, Place
from adapters.registration import Value
from adapters.scalars import CODES, TEXTS, Convert, Unreadable, one_of, plain_text, scalar
from adapters.types import FieldType, Types

BLANK_MATTERS = TEXTS | CODES | {"JSON"}
"""Types that read blank text themselves; for all others it means null."""


@dataclass(frozen=True, slots=True)
class Pipeline:
    """``items`` is set for lists: it makes the list of raw items of which ``convert`` takes each.

    ``usual``: the raw values that ``convert`` need not be called for.
    """

    convert: Convert
    items: Convert | None = None
    usual: Sequence[Usual] = ()
    default: Any = None


class Pipelines:
    """Reads the words of values for one source; mistakes go to ``problems``."""

    def __init__(self, types: Types, zone: tzinfo, unmapped: Unmapped, problems: list[MappingProblem]) -> None:
        self.types = types
        self.zone = zone
        self.unmapped = unmapped
        self.problems = problems

    def of(self, value: Value, type_: FieldType, coordinate: str, at: Place) -> Pipeline:
        """The function for the values of one field that is no object."""
        converters = self.converters(value, at)
        typed = self.typed(type_, at)
        finish = self.finish(typed, converters, coordinate, at)
        codes = self.codes(value, typed, at)
        if codes is not None:
            finish = self.mapped(value, codes, typed, coordinate, at)
        default = self.constant(value.default, type_, (*at, "default"))
        if "join" in value.model_fields_set and (type_.lists or takes(converters) != 1 or len(paths(value)) == 1):
            self.problems.append(MappingProblem((*at, "join"), "several paths that make one text", "`join`"))
        if type_.lists:
            return self.listed(value, converters, finish, default, at)
        self.refuse_lists(value, converters, type_, at)
        convert = self.single(value, type_, converters, finish, at)
        return Pipeline(defaulted(convert, default), None, usual(value, type_, codes), default)

    def single(
        self, value: Value, type_: FieldType, converters: Sequence[Converter], finish: Convert, at: Place
    ) -> Convert:
        """One value, of one path or made of several."""
        nulls = nulled(value)
        steps = [*self.formed(value, at), *(each.convert for each in converters)]
        if steps and value.empty == "null":  # what was bytes, or blanks that a converter took away
            steps.append(unless_blank)
        steps.append(finish)
        if blank_means_null(value, type_, converters):
            if "otherwise" in value.model_fields_set or len(paths(value)) > 1:
                nulls.append(unless_blank)
            else:
                steps = [blank_is_null(chain(steps))]
        if len(paths(value)) == 1:
            return chain([*nulls, *steps])
        if takes(converters) == 1:
            return joined(nulls, value.join, chain(steps))
        return all_of(nulls, chain(steps), keep=converters[0].nulls)

    def listed(
        self, value: Value, converters: Sequence[Converter], finish: Convert, default: Any, at: Place
    ) -> Pipeline:
        """A list: converters up to the one that makes the list work on the text, the others on each item."""
        cut = next((index + 1 for index, each in enumerate(converters) if each.lists), 0)
        before = [each.convert for each in converters[:cut]]
        if value.split is not None:
            before = [separated(value.split), *before]
        if cut and value.split is not None:
            self.problems.append(MappingProblem((*at, "split"), "`split` or `as: lines`", "both"))
        nulls = nulled(value)
        after = chain([*self.formed(value, at), *(each.convert for each in converters[cut:]), finish])
        if len(paths(value)) > 1:
            items = gathered(chain([*nulls, *(before or [columns(value.empty == "keep")])]))
        elif before:
            items = chain([*nulls, *before])
        else:
            items = chain([*nulls, singled if value.each is not None else a_list, without(nulls)])
        return Pipeline(after, items=items, default=default)

    def constant(self, constant: Any, type_: FieldType, at: Place) -> Any:
        """A value that the registration itself gives, checked against the field's type."""
        try:
            if constant is None or not type_.lists:
                return None if constant is None else self.typed(type_, at)(constant)
            convert = self.typed(type_, at)
            return [convert(item) for item in a_list(constant)]
        except Unreadable as error:
            self.problems.append(MappingProblem(at, f"a value of {type_} ({error.expected})", f"`{constant}`"))
            return None

    def typed(self, type_: FieldType, at: Place) -> Convert:
        """How one value (in a list: one item) of a scalar or an enum is read."""
        if type_.name in self.types.enums:
            convert = one_of(self.types.enums[type_.name])
        else:
            try:
                convert = scalar(type_.name, self.zone)
            except Mistake as mistake:
                self.problems.append(mistake.at(at))
                return plain_text
        for _ in range(type_.lists - 1):
            convert = list_of(convert)
        return convert

    def finish(self, typed: Convert, converters: Sequence[Converter], coordinate: str, at: Place) -> Convert:
        """The type has the last word, except that a text in several languages is an object of texts."""
        if not any(each.localized for each in converters):
            return typed
        if coordinate not in self.types.localized:
            self.problems.append(MappingProblem((*at, "as"), "a field in several languages", f"`{coordinate}`"))
        return lambda value: value

    def codes(self, value: Value, typed: Convert, at: Place) -> Mapping[str, Any] | None:
        """``map``, its values read by the field's type once and for all."""
        if value.map is not None:
            return {key: self.meaning(meaning, typed, (*at, "map", key)) for key, meaning in value.map.items()}
        if "otherwise" in value.model_fields_set:
            self.problems.append(MappingProblem((*at, "otherwise"), "`otherwise` beside `map`", "no `map`"))
        return None

    def mapped(self, value: Value, codes: Mapping[str, Any], typed: Convert, coordinate: str, at: Place) -> Convert:
        """``map`` and ``otherwise``."""
        if "otherwise" not in value.model_fields_set:
            return lookup(codes)
        meaning = self.meaning(value.otherwise, typed, (*at, "otherwise"))
        return lookup_or(codes, meaning, partial(self.unmapped.note, coordinate))

    def meaning(self, meaning: Any, typed: Convert, at: Place) -> Any:
        try:
            return None if meaning is None else typed(meaning)
        except Unreadable as error:
            self.problems.append(MappingProblem(at, error.expected, f"`{meaning}`"))
            return None

    def converters(self, value: Value, at: Place) -> list[Converter]:
        """The converters of ``as``; the first may take several paths, later ones take what it made."""
        calls = [] if value.as_ is None else [value.as_] if isinstance(value.as_, str) else value.as_
        found = []
        for index, call in enumerate(calls):
            place = (*at, "as") if isinstance(value.as_, str) else (*at, "as", index)
            try:
                made = converter(call, self.zone)
                if made.takes != 1 and (index or not fits(made.takes, len(paths(value)))):
                    wanted = "several" if made.takes == SEVERAL else made.takes
                    raise Mistake(f"{wanted} paths in `from` for `{call}`", f"{len(paths(value))}")
                found.append(made)
            except Mistake as mistake:
                self.problems.append(mistake.at(place))
        return found

    def formed(self, value: Value, at: Place) -> list[Convert]:
        if value.form is None:
            return []
        try:
            return [key_form(value.form).to_graph]
        except Mistake as mistake:
            self.problems.append(mistake.at((*at, "form")))
            return []

    def refuse_lists(self, value: Value, converters: Sequence[Converter], type_: FieldType, at: Place) -> None:
        lines = any(each.lists for each in converters) and type_.name != "JSON"
        words = {"split": value.split is not None, "each": value.each is not None, "as": lines}
        for word in (word for word, used in words.items() if used):
            self.problems.append(MappingProblem((*at, word), f"one value of {type_}", f"`{word}`, which makes a list"))


def paths(value: Value) -> list[str]:
    """The paths of ``from`` (or the one of ``each``)."""
    if value.from_ is None:
        return [] if value.each is None else [value.each]
    return [value.from_] if isinstance(value.from_, str) else value.from_


def takes(converters: Sequence[Converter]) -> int:
    """From how many paths the converters want their values."""
    return converters[0].takes if converters else 1


def fits(takes: int, given: int) -> bool:
    return given > 1 if takes == SEVERAL else given == takes


def nulled(value: Value) -> list[Convert]:
    """What ``null_if`` and ``empty: null`` make null."""
    steps: list[Convert] = [unless(value.null_if)] if value.null_if else []
    return [*steps, unless_blank] if value.empty == "null" else steps


def blank_means_null(value: Value, type_: FieldType, converters: Sequence[Converter]) -> bool:
    """Where ``empty`` is not said, blank text is null unless the type is text or a code says what it means."""
    if value.empty is not None or type_.name in BLANK_MATTERS:
        return False
    return not any(each.blank for each in converters) and all(key.strip() for key in value.map or ())
