"""What a system says in words, made fit for the log."""

from __future__ import annotations

import re

VALUES = re.compile(r"""[^\s@"']+@[^\s@"']+|"[^"]*"|'[^']*'|\S*\d\S*""")
"""Addresses, quoted texts and every word with a digit in it: what may name a person, an order or a secret."""


def redacted(text: object, length: int = 120) -> str:
    """The words without the values. A word with a capital letter in it may be a person's name."""
    words = VALUES.sub("…", str(text)[: 4 * length]).split()
    return " ".join("…" if any(map(str.isupper, word)) else word for word in words)[:length]
