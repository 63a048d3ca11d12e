"""An HTML fragment, read into tokens of balanced elements out of a short list of allowed ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import unescape
from html.parser import HTMLParser
from typing import Final, NamedTuple

HEADINGS: Final = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS: Final = frozenset({"p", "ul", "ol", "li", *HEADINGS})
ALLOWED: Final = BLOCKS | {"br", "b", "strong", "i", "em", "u", "sub", "sup", "a"}
"""Of every other element only the text is kept."""

AS_PARAGRAPH: Final = frozenset({"div", "section", "article", "blockquote", "table", "tr", "dl", "dt", "dd"})

SILENT: Final = frozenset({"script", "style", "template", "iframe", "object", "noscript", "title", "svg", "math"})
"""Elements of which not even the text is kept."""

VOID: Final = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "area", "col", "embed", "source", "track"})
"""Elements that have no end."""

SAFE_LINK: Final = re.compile(r"(https?://|mailto:)[^\s\"'<>()\\]+", re.IGNORECASE)


class Token(NamedTuple):
    """A piece of text, blanks collapsed to one, or the start or end of an element; the text of an ``a`` is its link."""

    what: str  # "text", "start" or "end"
    tag: str = ""
    text: str = ""


def read(fragment: str) -> Sequence[Token]:
    """What has no tag at all is plain text, taken line by line."""
    if "<" not in fragment:
        return list(lines(unescape(fragment).strip().splitlines()))
    reader = Reader()
    reader.feed(fragment)
    reader.close()
    reader.end_all()
    return reader.tokens


def lines(texts: Sequence[str]) -> Sequence[Token]:
    tokens = [token for text in texts for token in (Token("start", "br"), Token("text", text=text.strip()))]
    return tokens[1:]


class Reader(HTMLParser):
    """Drops what is not allowed and ends what was left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tokens: list[Token] = []
        self.open: list[str] = []
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.silent or tag in SILENT:
            self.silent.append(tag)
            return
        tag = "p" if tag in AS_PARAGRAPH else tag
        link = SAFE_LINK.fullmatch((dict(attrs).get("href") or "").strip()) if tag == "a" else None
        if tag not in ALLOWED or (tag == "a" and link is None):
            return
        while tag in BLOCKS and self.open and self.open[-1] in ended_by(tag):
            self.end()
        self.tokens.append(Token("start", tag, link[0] if link else ""))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent:
            while tag in self.silent and self.silent.pop() != tag:
                pass
            return
        tag = "p" if tag in AS_PARAGRAPH else tag
        while tag in self.open and self.end() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.tokens.append(Token("text", text=re.sub(r"[ \t\r\n\f]+", " ", data)))

    def end(self) -> str:
        tag = self.open.pop()
        self.tokens.append(Token("end", tag))
        return tag

    def end_all(self) -> None:
        while self.open:
            self.end()


def ended_by(tag: str) -> tuple[str, ...]:
    """The elements that end where ``tag`` begins: a list without a single ``</li>`` is common."""
    return ("p", "li", *HEADINGS) if tag == "li" else ("p", *HEADINGS)
