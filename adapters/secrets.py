"""What a registration holds that nobody may read: passwords, tokens and keys."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel

SHORTEST = 4
"""Characters. A shorter one cannot be told from other words."""

MASK = "***"

WORD = re.compile(r"\w+")


class Secrets:
    """Finds and masks secrets in texts, as whole words: the password ``dock`` is not in ``crossdock``."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        words = sorted({text for text in texts if len(text) >= SHORTEST}, key=len, reverse=True)
        self._words = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words)) if words else None

    def are_in(self, text: str) -> bool:
        return self._words is not None and self._words.search(text) is not None

    def masked(self, text: str) -> str:
        return text if self._words is None else self._words.sub(MASK, text)


def secrets_of(registration: BaseModel) -> Secrets:
    """What the models declare with ``repr=False``; of an address that may hold a password, the password.

    A word by which the registration maps something, such as an element's name among its constants, is no secret: where
    it is masked, nobody can read a reply any more.
    """
    names = {word for text in shown(getattr(registration, "entities", {})) for word in WORD.findall(text)}
    return Secrets(found for text in hidden(registration) for found in told(text) if found not in names)


def hidden(model: BaseModel) -> Iterator[str]:
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        yield from texts(value) if field.repr is False else inside(value)


def shown(value: Any) -> Iterator[str]:
    """All texts that may be read, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, BaseModel):
        fields = type(value).model_fields
        yield from (text for name in fields if fields[name].repr for text in shown(getattr(value, name)))
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from shown(item)


def inside(value: Any) -> Iterator[str]:
    """Of the models that a value has in it."""
    if isinstance(value, BaseModel):
        yield from hidden(value)
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from inside(item)


def texts(value: Any) -> Iterator[str]:
    """All of them, however deep; a reference such as ``$token`` is none."""
    if isinstance(value, str):
        if not value.startswith("$"):
            yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)
    elif isinstance(value, BaseModel):
        yield from (text for name in type(value).model_fields for text in texts(getattr(value, name)))


def told(text: str) -> Iterator[str]:
    if "://" not in text:
        yield text
        return
    try:
        password = urlsplit(text).password
    except ValueError:
        password = None
    if password:
        yield from (password, unquote(password))
