"""Descriptions: an HTML fragment from a product system as plain text, safe HTML or Markdown.

Nothing is passed through: the fragment is read and written anew, so only allowed elements can come out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Any, Final

from resolvers.fragment import HEADINGS, Token, read
from resolvers.links import Context, Values
from resolvers.texts import localised

MARKS: Final = {"b": "**", "strong": "**", "i": "*", "em": "*"}
SPECIAL: Final = re.compile(r"[\\`*_\[\]<>&|]")
SPECIAL_FIRST: Final = re.compile(r"^([#=~+-]|\d+(?=[.)]))")
INDENT: Final = "   "  # what stands below "1. "


def described(value: Any, arguments: Values, context: Context) -> str | None:
    """A fragment, or ``{locale: fragment}``, in the language and form asked for."""
    fragment = localised(value, arguments, context)
    return None if fragment is None else render(fragment, arguments.get("format") or "PLAIN")


@lru_cache(maxsize=1024)  # the same descriptions are asked for again and again, and reading HTML is slow
def render(fragment: str, form: str) -> str:
    """``form`` is PLAIN, HTML or MARKDOWN."""
    tokens = read(fragment)
    return as_html(tokens) if form == "HTML" else Writer(markdown=form == "MARKDOWN").write(tokens)


def as_html(tokens: Sequence[Token]) -> str:
    return "".join(map(html, tokens)).strip()


def html(token: Token) -> str:
    if token.what == "text":
        return escape(token.text, quote=False)
    if token.what == "end":
        return f"</{token.tag}>"
    return f'<{token.tag} href="{escape(token.text)}">' if token.text else f"<{token.tag}>"


class Writer:
    """Plain text or Markdown: an empty line between paragraphs, a dash or number before each item of a list.

    Line breaks, blanks and marks wait until there is text after them, so that none is left at an edge.
    """

    def __init__(self, markdown: bool) -> None:
        self.markdown = markdown
        self.text = ""
        self.breaks = 0
        self.hard = False  # a single break inside a paragraph, which Markdown wants marked
        self.blank = False
        self.marks: list[str] = []
        self.links: list[str] = []
        self.numbers: list[int | None] = []  # of each open list: the number of its next item, or none

    def write(self, tokens: Sequence[Token]) -> str:
        for token in tokens:
            if token.what == "text":
                self.words(token.text)
            elif token.what == "start":
                self.start(token)
            else:
                self.end(token.tag)
        return self.text

    def words(self, text: str) -> None:
        self.blank = self.blank or text[:1] == " "
        if body := text.strip(" "):
            self.put(self.escaped(body) if self.markdown else body)
            self.blank = text[-1] == " "

    def put(self, text: str) -> None:
        """Write ``text`` after whatever was waiting."""
        if self.breaks and self.text:
            self.text += "\\" if self.markdown and self.hard and self.breaks == 1 else ""
            self.text += "\n" * self.breaks + INDENT * self.depth()
        elif self.blank and self.text:
            self.text += " "
        self.text += "".join(self.marks) + text
        self.breaks, self.hard, self.blank, self.marks = 0, False, False, []

    def depth(self) -> int:
        """How far the next line stands in: an item's first line less than its others."""
        return len(self.numbers) - any(mark.endswith(" ") for mark in self.marks if self.numbers)

    def escaped(self, text: str) -> str:
        text = SPECIAL.sub(r"\\\g<0>", text)
        if self.text and not self.breaks:
            return text
        return SPECIAL_FIRST.sub(lambda match: match[0] + "\\" if match[0].isdigit() else "\\" + match[0], text)

    def start(self, token: Token) -> None:
        tag = token.tag
        if tag == "br":
            self.breaks, self.hard = min(self.breaks + 1, 2), True
        elif tag in ("ul", "ol"):
            self.block()
            self.numbers.append(1 if tag == "ol" else None)
        elif tag == "li":
            self.block()
            self.marks.append(self.bullet())
        elif tag in ("p", *HEADINGS):
            self.block()
            self.marks += ["#" * int(tag[1]) + " "] if self.markdown and tag != "p" else []
        elif self.markdown and tag in (*MARKS, "a"):
            self.links += [token.text] if tag == "a" else []
            self.marks.append(MARKS.get(tag, "["))

    def end(self, tag: str) -> None:
        if tag in ("ul", "ol"):
            self.numbers.pop()
            self.block()
        elif tag == "li":
            self.unmark()
            self.block()
        elif tag in ("p", *HEADINGS):
            if self.markdown and tag != "p":
                self.unmark()
            self.block()
        elif self.markdown and tag in (*MARKS, "a"):
            ending = MARKS.get(tag) or f"]({self.links.pop()})"
            self.text += "" if self.unmark() else ending

    def unmark(self) -> bool:
        """Whether the element had no text, and so its mark still waits: it is dropped."""
        waits = bool(self.marks)
        del self.marks[-1:]
        return waits

    def block(self) -> None:
        """The next text begins a line: in a list the next one, else after an empty one."""
        self.breaks, self.hard = max(self.breaks, 1 if self.numbers else 2), False

    def bullet(self) -> str:
        number = self.numbers[-1] if self.numbers else None
        if number is None:
            return "- "
        self.numbers[-1] = number + 1
        return f"{number}. "
