"""What a driver's exception means, and what of its text may be logged."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.engine import Dialect

from adapters.spi import BadData, Overloaded, Rejected, SourceError, TimedOut, Unavailable

BY_TEXT: dict[str, type[SourceError]] = {
    # SQLSTATE, as PostgreSQL, Db2 and ODBC give it; by its beginning, the more exact first
    "57014": TimedOut,
    "70100": TimedOut,  # MySQL and MariaDB
    "57033": Overloaded,
    "HYT": TimedOut,
    "HY008": TimedOut,
    "53": Overloaded,
    "55P03": Overloaded,
    "40001": Overloaded,
    "40P01": Overloaded,
    "08": Unavailable,
    "28": Unavailable,
    "3D": Unavailable,
    "57": Unavailable,
    "58": Unavailable,
    "21": BadData,
    "22": BadData,
    "25006": BadData,
    "42": BadData,
    "P0001": Rejected,  # raised by a procedure
    "45": Rejected,  # the same where procedures signal
    # SQLite
    "SQLITE_INTERRUPT": TimedOut,
    "SQLITE_BUSY": Overloaded,
    "SQLITE_LOCKED": Overloaded,
    "SQLITE_ERROR": BadData,
    "SQLITE_SCHEMA": BadData,
    "SQLITE_READONLY": BadData,
    "SQLITE_CORRUPT": Unavailable,
    "SQLITE_NOTADB": Unavailable,
    # Oracle and its thin driver
    "DPY-4024": TimedOut,
    "ORA-01013": TimedOut,
    "ORA-00018": Overloaded,
    "ORA-00020": Overloaded,
    "ORA-00054": Overloaded,
    "ORA-00060": Overloaded,
    "ORA-12516": Overloaded,
    "ORA-12520": Overloaded,
    "ORA-20": Rejected,  # ORA-20000 to ORA-20999: raised by a procedure
}
BY_NUMBER: dict[int, type[SourceError]] = {
    # MySQL and MariaDB; 1205 and 1222 mean nearly the same in SQL Server
    1317: TimedOut,
    1969: TimedOut,
    3024: TimedOut,
    1040: Overloaded,
    1203: Overloaded,
    1205: Overloaded,
    1213: Overloaded,
    1222: Overloaded,
    1054: BadData,
    1064: BadData,
    1142: BadData,
    1146: BadData,
}

FOREIGN_TEXT = "22P05"
FOREIGN_NUMBERS = frozenset({1267, 1270, 1271, 3988})
"""Of a value with characters that the column (PostgreSQL: the database) has no bytes for."""


class ForeignText(Rejected):
    """A bound value holds characters that what it is compared with cannot hold: nothing there is equal to it."""


LOCK_TEXTS = ("40001", "40P01", "55P03", "57033", "SQLITE_BUSY", "SQLITE_LOCKED", "ORA-00054", "ORA-00060")
LOCK_NUMBERS = frozenset({1205, 1213, 1222})
"""Of the codes above, those of locks and deadlocks; 57033 is that of Db2."""

GENERAL = "HY000"
"""The SQLSTATE with which MySQL and MariaDB say nothing: their number tells."""

CODE = re.compile(r"[A-Z0-9][A-Z0-9_-]{3,30}")

QUOTED = re.compile(r"""'([^']*)'|"([^"]*)"|`([^`]*)`""")

TELLING = re.compile(r"""[^\s@"'`]+@[^\s@"'`]+|[^\s"'`,;:()\[\]]*\d[^\s"'`,;:()\[\]]*""")
"""Addresses of people, and words with a digit: what a procedure may have written into its error of its own."""


def source_error(
    error: Exception, dialect: Dialect, source: str, what: str, sent: str, values: Iterable[Any]
) -> SourceError:
    """The error for the gateway: ``what`` was asked by ``sent``, the text of a statement, and ``values``, bound to it.

    Of the driver's words the detail keeps those that are no values: see ``safe_words``.
    """
    code = code_of(error)
    kind = f"{type(error).__name__} {code}".strip()
    if code in FOREIGN_NUMBERS or code == FOREIGN_TEXT:
        said = "The source cannot hold some characters of what was asked for."
        return ForeignText(source, f"{what}: {kind}", message=said)
    if isinstance(error, dialect.loaded_dbapi.DataError):
        return BadData(source, f"{what}: {kind}")  # its text quotes a value of a row
    text = error.args[1] if len(error.args) > 1 and isinstance(error.args[1], str) else str(error)  # behind its code
    words = safe_words(text, f"{sent} {code}", values)
    return _meaning(error, code, dialect)(source, f"{what}: {kind}: {words}")


def is_lock(error: Exception) -> bool:
    """Whether the statement lost a row, a table or a file to another session: it may be luckier the next time."""
    code = code_of(error)
    return code in LOCK_NUMBERS if isinstance(code, int) else code.startswith(LOCK_TEXTS)


def safe_words(text: str, sent: str, values: Iterable[Any]) -> str:
    """The first line without what may be a value: bound, or quoted or telling and not in the statement."""
    line = next(iter(text.splitlines()), "")
    line = QUOTED.sub(lambda quote: quote[0] if quote[quote.lastindex or 0] in sent else "?", line)
    line = TELLING.sub(lambda word: word[0] if word[0] in sent else "?", line)
    for value in {str(value) for value in values}:
        if len(value) > 3:  # shorter ones would tear the words apart
            line = line.replace(value, "?")
    return line


def code_of(error: Exception) -> str | int:
    """The database's own code: SQLSTATE, ``SQLITE_BUSY``, ``ORA-00942`` or a number; empty where there is none."""
    code = getattr(error, "sqlite_errorname", None) or getattr(error, "sqlstate", None)
    if code in (None, GENERAL) and error.args:
        first = error.args[0]
        code = getattr(first, "full_code", None) or first  # an oracledb error carries an object
    if isinstance(code, int):
        return code
    return code if isinstance(code, str) and CODE.fullmatch(code) else ""


def _meaning(error: Exception, code: str | int, dialect: Dialect) -> type[SourceError]:
    if isinstance(code, int):
        if code in BY_NUMBER:
            return BY_NUMBER[code]
    else:
        for beginning, meaning in BY_TEXT.items():
            if code.startswith(beginning):
                return meaning
    dbapi = dialect.loaded_dbapi
    return Unavailable if isinstance(error, (dbapi.OperationalError, dbapi.InterfaceError, OSError)) else BadData
