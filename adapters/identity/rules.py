"""When two records are of one thing: a field of both has the same value, whatever way each system writes it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

FORM = r"^(exact|code|email|phone(\([0-9]{1,3}\))?)$"
"""``phone(49)``: numbers without a country code have this one."""


@dataclass(frozen=True, slots=True)
class Rule:
    """``field``: what both records have. ``form``: what of its value counts; ``None``: the value says nothing."""

    field: str
    form: Callable[[str], str | None]

    def value(self, values: Mapping[str, Any]) -> str | None:
        """The record's value as it is compared."""
        held = values.get(self.field)
        return self.form(held) if isinstance(held, str) else None


def rule(field: str, form: str) -> Rule:
    name, _, argument = form.rstrip(")").partition("(")
    if name == "phone":
        return Rule(field, lambda text: phone(text, argument))
    return Rule(field, {"exact": exact, "code": code, "email": email}[name])


def exact(text: str) -> str | None:
    return text or None


def code(text: str) -> str | None:
    """Letters and digits: ``4711-0815 a`` is ``47110815A``."""
    return "".join(char for char in text if char.isalnum()).upper() or None


def email(text: str) -> str | None:
    """Without regard to case: RFC 5321, 2.4 lets the part before the ``@`` depend on it, but nobody's does."""
    text = text.strip().lower()
    return text if re.fullmatch(r"[^@\s]+@[^@\s]+", text) else None


def phone(text: str, country: str = "") -> str | None:
    """As E.164 has it: ``0049 (0)30 12-34`` is ``+49301234``. Without a country code there is none to compare."""
    digits = re.sub(r"\(0\)|[^0-9+]", "", text)
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif country and not digits.startswith("+"):
        digits = f"+{country}{digits.removeprefix('0')}"
    return digits if re.fullmatch(r"\+[1-9][0-9]{5,14}", digits) else None


def contradicts(rules: Sequence[Rule], one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the two differ under one of these rules: then they are of two things."""
    return any(mine != its for mine, its in _both(rules, one, other))


def _both(rules: Sequence[Rule], one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for each in rules:
        mine, its = each.value(one), each.value(other)
        if mine is not None and its is not None:
            yield mine, its
