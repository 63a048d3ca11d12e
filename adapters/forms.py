"""Key forms: how a key is written in the graph and in a source, both ways and without loss.

``to_source`` and ``to_graph`` are inverse: a key that does not come back the same has no form in the source, so it does
not exist there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from adapters.problems import Mistake
from adapters.registration import Form
from adapters.scalars import Unreadable, plain_text, whole

Part = str | int
"""One part of a key."""

TEMPLATE = re.compile(r"([^{}]*)\{(?::0?([0-9]{1,2}))?\}([^{}]*)")


@dataclass(frozen=True, slots=True)
class KeyForm:
    """``to_source`` gives ``None`` for a key that has no form there; ``to_graph`` raises ``Unreadable``."""

    to_source: Callable[[Part], Part | None]
    to_graph: Callable[[Any], str]


@dataclass(frozen=True, slots=True)
class Template:
    """Text around one number, such as ``C{:06}``: at least six digits."""

    before: str
    width: int
    after: str

    @classmethod
    def of(cls, text: str) -> Template:
        match = TEMPLATE.fullmatch(text)
        if match is None:
            raise Mistake("a template around one number, such as `C{:06}`", f"`{text}`")
        return cls(match[1], int(match[2] or 0), match[3])

    def write(self, number: int) -> str:
        return f"{self.before}{number:0{self.width or 1}}{self.after}"

    def read(self, text: str) -> int | None:
        """The number in a text of this form, however many zeros lead it."""
        if not (text.startswith(self.before) and text.endswith(self.after)):
            return None
        digits = text[len(self.before) : len(text) - len(self.after)]
        return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 100 else None


def key_form(form: Form) -> KeyForm:
    """The functions of one ``form:``; words that do not go together are a ``Mistake``."""
    templates = form.graph is not None or form.source is not None
    if templates == (form.pad is not None) or (templates and form.fill != " "):
        raise Mistake("`pad` (with `fill`), or `graph` and `source`", "another set of words")
    return templated(form) if templates else padded(form.pad or 0, form.fill)


def padded(length: int, fill: str) -> KeyForm:
    """Blanks on the right, as in ``CHAR(16)``; with any other ``fill``, that on the left."""

    def bare(text: str) -> str:
        return text.rstrip(" ") if fill == " " else text.lstrip(fill) or text[-1:]

    def to_source(key: Part) -> str | None:
        text = str(key)
        if len(text) > length or not text or bare(text) != text:
            return None
        return text.ljust(length) if fill == " " else text.rjust(length, fill)

    return KeyForm(to_source, lambda raw: bare(plain_text(raw)))


def templated(form: Form) -> KeyForm:
    """Two writings of one number; ``source: int`` is the bare number."""
    graph = Template.of("{}" if form.graph is None else form.graph)
    bare = form.source == "int"
    source = Template.of("{}" if bare or form.source is None else form.source)

    def to_source(key: Part) -> Part | None:
        text = str(key)
        number = graph.read(text)
        if number is None or graph.write(number) != text:
            return None
        return number if bare else source.write(number)

    def to_graph(raw: Any) -> str:
        number = whole(raw) if not isinstance(raw, str) else source.read(raw.strip())
        if number is None or number < 0:
            raise Unreadable(f"a key as {form.source or 'digits'}")
        return graph.write(number)

    return KeyForm(to_source, to_graph)
