"""Messages of graphql-core without the values that it quotes.

Who sent a value knows it; but clients write the messages of errors into logs, and a value may be a person's. What was
expected, and where, is still said. Names are kept where they are names: of types, fields and variables.
"""

from __future__ import annotations

import re

NAME = re.compile(r"[_A-Za-z]\w{0,79}")

VALUES = (
    (re.compile(r"(cannot represent [\w -]*value): .*", re.DOTALL), r"\1."),
    (re.compile(r"Value '.*' does not exist in ('\w+' enum)", re.DOTALL), r"The value does not exist in \1"),
    (re.compile(r"[,;] found: .*", re.DOTALL), "."),
    (re.compile(r"((?:Unexpected|, found) (?:String|BlockString|Int|Float)) .*", re.DOTALL), r"\1."),
)
UNKNOWN_FIELD = re.compile(r"unknown field '(.*?)'(?:(\. Did you mean [^?]*\?) Found|, found): .*", re.DOTALL)


def without_values(message: str) -> str:
    message = UNKNOWN_FIELD.sub(
        lambda match: f"unknown field {named(match[1], 'of another name')}{match[2] or '.'}", message
    )
    for pattern, replacement in VALUES:
        message = pattern.sub(replacement, message, count=1)
    return message


def named(name: str, otherwise: str) -> str:
    """``name`` in quotes if it can be one."""
    return f"'{name}'" if NAME.fullmatch(name) else otherwise
