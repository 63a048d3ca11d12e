"""Texts in several languages: the best one for whoever asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from resolvers.links import Context, Values


def localised(value: Any, arguments: Values, context: Context) -> str | None:
    """Choose from a text, or from ``{locale: text}``.

    For ``de-CH``: de-CH, then de, then another region's German. If there is none of these, the same for the request's
    language, then for the gateway's (the constant ``default_locale``), then any language. An empty text is no
    translation. ``None`` where there is no text at all.
    """
    if not isinstance(value, Mapping):
        return None if value is None else str(value)
    texts: dict[str, str] = {tag(locale): text for locale, text in value.items() if text}
    for wanted in (arguments.get("locale"), context.locale, context.settings.get("default_locale")):
        for found in candidates(tag(wanted), texts) if wanted else ():
            return texts[found]
    return next(iter(texts.values()), None)


def candidates(wanted: str, texts: Mapping[str, str]) -> Iterator[str]:
    """The tags of ``texts`` that serve a reader of ``wanted``, best first."""
    parts = wanted.split("-")
    for length in range(len(parts), 0, -1):
        if (shorter := "-".join(parts[:length])) in texts:
            yield shorter
    yield from sorted(found for found in texts if found.startswith(f"{parts[0]}-"))


def tag(locale: str) -> str:
    """Legacy systems write ``de_CH`` and ``DE-ch``."""
    return locale.replace("_", "-").lower()
