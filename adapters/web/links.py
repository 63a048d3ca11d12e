"""Links in replies: followed only where the system itself is, whatever they say."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

from adapters.spi import BadData


class Links:
    """``url``: the source's base address. ``aliases``: base addresses that mean the same in its links."""

    def __init__(self, source: str, url: str, aliases: Sequence[str]) -> None:
        self._source = source
        self._bases = [url, *aliases]
        self._path = urlsplit(url).path

    def path(self, link: object) -> str:
        """What follows the base address. ``BadData`` for a link that leads elsewhere: nobody goes there."""
        if not isinstance(link, str) or not link:
            raise BadData(self._source, "expected a link as text, found something else")
        text = quote(link, safe="!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
        if text.startswith("/") and not text.startswith("//"):
            text = urlsplit(self._bases[0])._replace(path="", query="").geturl() + text
        for base in self._bases:
            rest = text[len(base) :] if text.startswith(base) else None
            if rest is not None and rest[:1] in ("", "/", "?") and not {"..", "."} & set(rest.split("?")[0].split("/")):
                return rest
        raise BadData(self._source, "a link leads elsewhere; if that is the same system, say so with `aliases`")
