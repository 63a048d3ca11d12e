"""Descriptions in three forms."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.fragment import ALLOWED
from resolvers.links import Context
from resolvers.rich_text import described, render

SHIRT = """<div class="x"><h2>Soft &amp; warm</h2>
<p>Made of <b>100&nbsp;% wool</b>,<br>from <a href="https://example.test/farm?a=1&amp;b=2">one farm</a>.</p>
<ul><li>light<li>warm <ol><li>inside</li><li>outside</li></ol></li></ul></div>"""


def test_plain() -> None:
    assert render(SHIRT, "PLAIN") == (
        "Soft & warm\n\nMade of 100\N{NO-BREAK SPACE}% wool,\nfrom one farm.\n\n"
        "- light\n- warm\n   1. inside\n   2. outside"
    )


def test_markdown() -> None:
    assert render(SHIRT, "MARKDOWN") == (
        "## Soft \\& warm\n\nMade of **100\N{NO-BREAK SPACE}% wool**,\\\n"
        "from [one farm](https://example.test/farm?a=1&b=2).\n\n"
        "- light\n- warm\n   1. inside\n   2. outside"
    )


def test_html() -> None:
    assert render("<P CLASS=x onclick='a()'>Soft &amp; <B>warm</B> <3</P>", "HTML") == (
        "<p>Soft &amp; <b>warm</b> &lt;3</p>"
    )
    assert render('<a href="mailto:a@b.test" target=_top>write</a>', "HTML") == '<a href="mailto:a@b.test">write</a>'


@pytest.mark.parametrize(
    "fragment",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        "<svg><script>alert(1)</script><text>x</text></svg>",
        "<iframe src=x>y</iframe>",
        "<template><p>x</p></template>",
        "<!-- x -->",
        "<?php x ?>",
        "<img src=x onerror=alert(1)>",
        "<script>never closed",
    ],
)
def test_what_is_not_text_leaves_nothing(fragment: str) -> None:
    for form in ("PLAIN", "HTML", "MARKDOWN"):
        assert render(fragment, form) == ""


@pytest.mark.parametrize(
    "target", ["javascript:alert(1)", " JaVaScRiPt:x", "data:text/html,x", "/local", "", 'http://a"b']
)
def test_a_link_that_leads_nowhere_safe_is_text(target: str) -> None:
    fragment = f"<a href='{target}'>here</a>"
    assert [render(fragment, form) for form in ("PLAIN", "HTML", "MARKDOWN")] == ["here"] * 3


def test_text_goes_on_after_a_silent_element() -> None:
    assert render("a<script>x</script>b<svg><g/><circle></svg>c", "HTML") == "abc"


def test_escaped_markup_does_not_come_to_life() -> None:
    assert render("<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", "HTML") == (
        "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
    assert render("<p>&lt;b&gt; *x* [y](z) &amp;lt;</p>", "MARKDOWN") == r"\<b\> \*x\* \[y\](z) \&lt;"


@pytest.mark.parametrize(
    ("fragment", "markdown"),
    [
        ("<p># one</p>", r"\# one"),
        ("<p>- one</p><p>1. two</p><p>3) three</p>", "\\- one\n\n1\\. two\n\n3\\) three"),
        ("<p>a - b # c 1. d</p>", "a - b # c 1. d"),
        ("<b> bold </b>text", "**bold** text"),
        ("a<b> bold</b>, b", "a **bold**, b"),
        ("<b></b><i> </i>x<a href='http://x.test'></a>", "x"),
        ("<p>a</p><p></p><p>b</p>", "a\n\nb"),
        ("<br>a<br><br><br>b<br>", "a\n\nb"),
        ("<ul><li></li><li>b</li></ul>c", "- b\n\nc"),
        ("<ul><li><p>a</p><p>b</p></li></ul>", "- a\n   b"),
        ("<li>alone", "- alone"),
    ],
)
def test_markdown_is_written_so_that_it_means_the_same(fragment: str, markdown: str) -> None:
    assert render(fragment, "MARKDOWN") == markdown


def test_a_text_without_tags_keeps_its_lines() -> None:
    text = "Soft &amp; warm\r\nMade of wool  \n"
    assert render(text, "PLAIN") == "Soft & warm\nMade of wool"
    assert render(text, "HTML") == "Soft &amp; warm<br>Made of wool"
    assert render(text, "MARKDOWN") == "Soft \\& warm\\\nMade of wool"
    assert render("", "HTML") == ""


def test_a_description_in_a_language(context: Context) -> None:
    texts = {"en": "<p>Soft</p>", "de": "<p>Weich</p>"}
    assert described(texts, {"locale": "de", "format": "HTML"}, context) == "<p>Weich</p>"
    assert described(texts, {"format": "PLAIN"}, context) == "Soft"
    assert described(texts, {"format": None}, context) == "Soft"
    assert described(None, {"format": "HTML"}, context) is None


class Balanced(HTMLParser):
    """Fails on any element or attribute that may not come out, and on any that is not closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED
        assert [name for name, _ in attrs] == (["href"] if tag == "a" else [])
        assert all((value or "").lower().startswith(("http://", "https://", "mailto:")) for _, value in attrs)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


TAGS = ["p", "li", "ul", "b", "a", "script", "svg", "h1", "x"]
ODD = [
    "<br>",
    "<br/>",
    "<svg/>",
    "<!--",
    "-->",
    "<a href=http://x.test>",
    "<a href='javascript:x'>",
    "<![CDATA[",
    "]]>",
]
TEXTS = ["<", ">", "&", "&lt;", "&gt;", "text", "]", "<?x", "'q'", '"']
PIECES = st.sampled_from([*(f"<{tag}>" for tag in TAGS), *(f"</{tag}>" for tag in TAGS), *ODD, *TEXTS])


@given(st.lists(PIECES | st.text(max_size=4), max_size=25).map(" ".join))
def test_only_allowed_and_balanced_html_comes_out(fragment: str) -> None:
    reader = Balanced()
    reader.feed(render(fragment, "HTML"))
    reader.close()
    assert reader.open == []


@given(st.lists(PIECES, max_size=25).map("".join))
def test_plain_text_has_no_edges(fragment: str) -> None:
    for line in render(fragment, "PLAIN").split("\n"):
        assert line == line.rstrip(" ")
    assert render(fragment, "PLAIN") == render(fragment, "PLAIN").strip("\n")
