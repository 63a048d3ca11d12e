"""What nobody may read in an exchange: the registration's secrets, and the tokens that a system gave for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from adapters.exchanges import HttpRequest
from adapters.http import Reply
from adapters.secrets import MASK, Secrets
from gateway.trials.recording import Exchange

SECRET_HEADER = re.compile("auth|cookie|token|key|secret|session|sign", re.IGNORECASE)

JSON_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"(?!\s*:)')
XML_TEXT = re.compile(r">([^<>]+)<")

SHORTEST_TOKEN = 8


class Mask:
    """Masks texts that were part of ``exchanges``."""

    def __init__(self, secrets: Secrets, exchanges: Sequence[Exchange]) -> None:
        self._secrets = secrets
        self._tokens = Secrets(tokens(exchanges))

    def text(self, text: str) -> str:
        return self._tokens.masked(self._secrets.masked(text))

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            name: MASK if SECRET_HEADER.search(name) else self.text(value)
            for name, value in headers.items()
            if name.lower() not in ("user-agent", "accept-encoding")
        }


def tokens(exchanges: Sequence[Exchange]) -> Iterator[str]:
    """All that a login replied: an exchange is one if a later request carries a text of its reply as a credential."""
    for index, exchange in enumerate(exchanges):
        if isinstance(exchange.reply, Reply):
            given = list(texts(exchange.reply))
            later = [each.request for each in exchanges[index + 1 :] if each.request is not None]
            if any(carries(request, text) for request in later for text in given):
                yield from given


def texts(reply: Reply) -> Iterator[str]:
    """What may be a token in a reply."""
    body = decoded(reply.body)
    found = (XML_TEXT if body.lstrip("\ufeff \r\n").startswith("<") else JSON_TEXT).findall(body)
    for text in (*found, *(value for name, value in reply.headers.items() if SECRET_HEADER.search(name))):
        if len(text.strip()) >= SHORTEST_TOKEN:
            yield text.strip()


def carries(request: HttpRequest, text: str) -> bool:
    """In a header that holds credentials, or as a session in the message."""
    if any(text in value for name, value in request.headers.items() if SECRET_HEADER.search(name)):
        return True
    sessions = re.findall(r"<[^<>/]*(?:session|token)[^<>/]*>([^<>]+)<", decoded(request.content), re.IGNORECASE)
    return text in sessions


def decoded(content: bytes) -> str:
    """Every content has a text; only for UTF-8 it is the right one."""
    return content.decode(codec(content))


def codec(content: bytes) -> str:
    """One in which the content's text has the same bytes again."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"
