"""Names that nobody maps by accident: what a system keeps to prove who somebody is, or to take their money."""

from __future__ import annotations

import re
from collections.abc import Iterable

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

WORDS = frozenset(
    {
        *("password", "passwd", "passphrase", "passwort", "kennwort", "pwd"),
        *("hash", "salt", "token", "secret", "credential", "credentials", "apikey", "otp"),
        *("pin", "pan", "cvv", "cvc", "iban"),
    }
)
WITHIN = ("password", "passwd", "passwort", "kennwort")
"""Words that mean it inside of longer ones too: ``USERPASSWORD``."""


def sensitive(texts: Iterable[str]) -> str:
    """The first of the names or paths that is called like a secret; empty if none is."""
    for text in texts:
        words = {word.lower() for word in WORD.findall(text)}
        if words & WORDS or any(part in text.lower() for part in WITHIN):
            return text
    return ""
