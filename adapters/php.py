"""PHP's ``serialize``: what old shops keep in a column or a field, ``a:1:{s:3:"sku";s:2:"A1";}``."""

from __future__ import annotations

from typing import Any

DEEPEST = 100


def unserialized(text: str) -> Any:
    """The value: an array whose keys count from 0 is a list, any other array and an object is a dict of texts.

    Numbers stay texts, so that none loses digits. Raises ``ValueError`` for what is not PHP's.
    """
    reader = Reader(text.encode())
    value = reader.value(0)
    if reader.at != len(reader.content):
        raise ValueError("something behind the value")
    return value


class Reader:
    """Lengths count bytes, so it reads bytes."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def value(self, depth: int) -> Any:
        if depth > DEEPEST:
            raise ValueError("nested too deep")
        kind = self.take(1)
        if kind == b"N":
            self.expect(b";")
            return None
        self.expect(b":")
        if kind in (b"i", b"d"):
            return self.until(b";").decode()
        if kind == b"b":
            return self.until(b";") == b"1"
        if kind == b"s":
            text = self.text()
            self.expect(b";")
            return text
        if kind == b"a":
            return as_list(self.members(depth))
        if kind == b"O":
            self.text()
            self.expect(b":")
            return self.members(depth)
        if kind in (b"r", b"R"):  # a reference to what stands before
            self.until(b";")
            return None
        raise ValueError("an unknown kind of value")

    def text(self) -> str:
        length = int(self.until(b":"))
        self.expect(b'"')
        found = self.take(length)
        self.expect(b'"')
        return found.decode("utf-8", "replace")

    def members(self, depth: int) -> dict[str, Any]:
        count = int(self.until(b":"))
        self.expect(b"{")
        found = {}
        for _ in range(count):
            key = str(self.value(depth + 1))
            found[key.rpartition("\0")[2]] = self.value(depth + 1)  # private members have their class before a NUL
        self.expect(b"}")
        return found

    def take(self, count: int) -> bytes:
        found = self.content[self.at : self.at + count]
        if count < 0 or len(found) != count:
            raise ValueError("the text ends too early")
        self.at += count
        return found

    def until(self, end: bytes) -> bytes:
        place = self.content.find(end, self.at)
        if place < 0:
            raise ValueError("the text ends too early")
        found = self.content[self.at : place]
        self.at = place + 1
        return found

    def expect(self, wanted: bytes) -> None:
        if self.take(len(wanted)) != wanted:
            raise ValueError(f"no {wanted.decode()} where one should be")


def as_list(members: dict[str, Any]) -> Any:
    return list(members.values()) if list(members) == [str(index) for index in range(len(members))] else members
