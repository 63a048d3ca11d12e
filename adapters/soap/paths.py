"""Paths over XML.

A path names child elements by their local name, ``Name.First``; its last step may be an attribute, ``Name.@lang``.
In double quotes (``"order.no".id``) a step may have any character. Of elements that occur several times,
``Ids.Id[0].Value`` takes the first; ``Ids.Id[?"@Type"=='LOY'].Value`` those that have the attribute (or, with
``[?Type=='LOY']``, the child) with that text, and with ``| [0]`` behind it the first of them. Everything else is an
:class:`~adapters.soap.expressions.Expression`, which can say the same and more, and takes longer.
"""

from __future__ import annotations

import re
from typing import NamedTuple

NAME = r'(?:[^\W\d][\w-]*|"[^"\\@#][^"\\]*")'
ATTRIBUTE = r'(?:@[^\W\d][\w-]*|"@[^"\\]+")'
WAY = rf"(?:{NAME}\.)*(?:{NAME}|{ATTRIBUTE})"
STEP = re.compile(rf"{NAME}|{ATTRIBUTE}")
PATH = re.compile(WAY)
FILTER = rf"\?\s*(?P<test>{NAME}|\"@[^\"\\]+\")\s*==\s*'(?P<value>[^'\\]*)'\s*"
CHOICE = re.compile(
    rf"(?P<way>{NAME}(?:\.{NAME})*)\[(?:(?P<index>0)|{FILTER})\](?:\.(?P<rest>{WAY}))?(?P<first>\s*\|\s*\[0\])?"
)

Steps = tuple[str, ...]


class Choice(NamedTuple):
    """``way[?"@attribute" == 'value'].rest``, ``way[?child == 'value'].rest``, or ``way[0].rest`` with neither.

    ``first``: only one value is wanted.
    """

    way: Steps
    attribute: str | None
    child: str | None
    value: str | None
    rest: Steps
    first: bool

    @property
    def test(self) -> str | None:
        """The step to what is compared."""
        return self.child if self.attribute is None else f"@{self.attribute}"


def steps(path: str) -> Steps | None:
    """The steps of a path, an attribute as ``@name``; none for ``@``, the element itself; ``None`` for more."""
    path = path.strip()
    if path == "@":
        return ()
    return _steps(path) if PATH.fullmatch(path) else None


def choice(path: str) -> Choice | None:
    found = CHOICE.fullmatch(path.strip())
    if found is None or (found["index"] and found["first"]):
        return None
    test = (found["test"] or "").strip('"')
    attribute = test[1:] if test.startswith("@") else None
    first = found["index"] is not None or found["first"] is not None
    child = test if test and attribute is None else None
    return Choice(_steps(found["way"]), attribute, child, found["value"], _steps(found["rest"]), first)


def _steps(way: str | None) -> Steps:
    return tuple(step.strip('"') for step in STEP.findall(way or ""))
