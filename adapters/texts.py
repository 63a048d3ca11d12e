"""Text that went through wrong encodings."""

from __future__ import annotations

from typing import Any

from adapters.problems import Mistake
from adapters.scalars import Convert, Unreadable, plain_text


def known_encoding(codec: str) -> str:
    """The codec itself; an unknown one is a ``Mistake``."""
    try:
        "0".encode(codec)
    except LookupError:
        raise Mistake("a text encoding such as cp1252", f"`{codec}`") from None
    return codec


def decoded(codec: str) -> Convert:
    """Bytes to text. Text that the driver has decoded already stays."""

    def decode(value: Any) -> str:
        if not isinstance(value, bytes | bytearray | memoryview):
            return plain_text(value)
        try:
            return bytes(value).decode(codec)
        except UnicodeDecodeError:
            raise Unreadable(f"text in {codec}") from None

    return decode


def repaired(text: str) -> str:
    """UTF-8 that somebody took for Windows-1252 or Latin-1: ``MÃ¼ller`` is ``Müller``. Text that is none stays."""
    if text.isascii():
        return text
    try:
        return b"".join(map(byte, text)).decode("utf-8")
    except UnicodeError:
        return text


def byte(character: str) -> bytes:
    """Of Windows-1252, and of Latin-1 where that has none (0x81, 0x8D, 0x8F, 0x90, 0x9D)."""
    try:
        return character.encode("cp1252")
    except UnicodeEncodeError:
        return character.encode("latin-1")
