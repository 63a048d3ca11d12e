"""Key forms: how a key is written in the graph and in a source, both ways and without loss.

``to_source`` and ``to_graph`` are inverse: a key that does not come back the same has no form in the source, so it does
not exist there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.problems import Mistake
from adapters.registration import Form
from adapters.scalars import Unreadable, gtin, plain_text, whole
from adapters.texts import decoded, known_encoding

Part = str | int | bytes
"""One part of a key; bytes in a source only."""

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
    if form.fill != " " and form.pad is None:
        raise Mistake("`pad` beside `fill`", "`fill` only")
    stages = list(stages_of(form))
    if not stages:
        raise Mistake("`pad`, `graph`, `source`, `prefix`, `gtin` or `encoding`", "none of them")
    return stages[0] if len(stages) == 1 else joined(stages)


def stages_of(form: Form) -> Iterator[KeyForm]:
    """From the graph to the source."""
    if form.gtin is not None:
        yield trade_number(form.gtin)
    if form.graph is not None or form.source is not None:
        yield templated(form)
    if form.prefix is not None:
        yield prefixed(form.prefix)
    if form.pad is not None:
        yield padded(form.pad, form.fill)
    if form.encoding is not None:
        yield encoded(form.encoding)


def joined(stages: Sequence[KeyForm]) -> KeyForm:
    """One form behind the other."""

    def to_source(key: Part) -> Part | None:
        for stage in stages:
            written = stage.to_source(key)
            if written is None:
                return None
            key = written
        return key

    def to_graph(raw: Any) -> str:
        for stage in reversed(stages):
            raw = stage.to_graph(raw)
        return str(raw)

    return KeyForm(to_source, to_graph)


def trade_number(length: int) -> KeyForm:
    """A GTIN, of 14 digits in the graph, with ``length`` digits in the source."""

    def to_source(key: Part) -> str | None:
        text = str(key)
        try:
            same = gtin(text) == text
        except Unreadable:
            return None
        return text[14 - length :] if same and text.startswith("0" * (14 - length)) else None

    return KeyForm(to_source, lambda raw: gtin(raw if isinstance(raw, str) else plain_text(raw).zfill(length)))


def prefixed(prefix: str) -> KeyForm:
    """The source writes ``prefix`` before every key."""

    def to_graph(raw: Any) -> str:
        text = plain_text(raw)
        if not text.startswith(prefix):
            raise Unreadable("a key with the prefix of `form`")
        return text.removeprefix(prefix)

    return KeyForm(lambda key: prefix + str(key), to_graph)


def encoded(codec: str) -> KeyForm:
    """The source holds bytes."""

    def to_source(key: Part) -> bytes | None:
        try:
            return str(key).encode(codec)
        except UnicodeEncodeError:
            return None

    return KeyForm(to_source, decoded(known_encoding(codec)))


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
