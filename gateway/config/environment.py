"""``${VAR}``, ``${VAR:-default}`` and ``${file:/run/secrets/crm}`` in the texts of a configuration.

``$${`` is a plain ``${``. A path is relative to the folder of the file that names it. The default also stands in for
an empty variable, as in a shell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from adapters.problems import nearest
from gateway.config.documents import Document, Node
from gateway.config.problems import Path, Problem, at

REFERENCE = re.compile(r"\$(\$\{)|\$\{([^}]*)(\}?)")
VARIABLE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)(?::-([^$]*))?")


class Unset(Exception):
    """A reference that leads to nothing."""

    def __init__(self, expected: str, found: str, hint: str = "") -> None:
        super().__init__(expected, found, hint)


def expanded(document: Document, environ: Mapping[str, str], problems: list[Problem]) -> Document:
    """The document with every reference replaced by its text; a problem for each that leads to nothing."""

    def visit(node: Node, path: Path) -> Node:
        if isinstance(node.value, dict):
            return replace(node, value={key: visit(child, (*path, key)) for key, child in node.value.items()})
        if isinstance(node.value, list):
            return replace(node, value=[visit(child, (*path, i)) for i, child in enumerate(node.value)])
        if not isinstance(node.value, str) or "${" not in node.value:
            return node
        try:
            return replace(node, value=REFERENCE.sub(text, node.value), written=node.value)
        except Unset as unset:
            problems.append(at(node.position, path, *unset.args))
            return node

    def text(match: re.Match[str]) -> str:
        escaped, inner, end = match.groups()
        if escaped:
            return str(escaped)
        if not end:
            raise Unset("a closing brace", match[0])
        if inner.startswith("file:"):
            return content(document, inner.removeprefix("file:"))
        return variable(inner, environ)

    return replace(document, root=visit(document.root, ()))


def variable(inner: str, environ: Mapping[str, str]) -> str:
    match = VARIABLE.fullmatch(inner)
    if match is None:
        raise Unset("${NAME}, ${NAME:-default} or ${file:/path}", f"${{{inner}}}", "a plain ${ is written $${")
    name, default = match.groups()
    value = environ.get(name)
    if value is None and default is None:
        hints = (f"set it, or write ${{{name}:-…}}", nearest(name, environ))
        raise Unset(f"the environment variable {name}", "nothing", "; ".join(filter(None, hints)))
    return value or default or ""


def content(document: Document, name: str) -> str:
    """The file's text without the line end that editors and secret stores put behind it."""
    try:
        return (document.folder / name).read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text in UTF-8"
        raise Unset(f"the file {name}", why, "a relative path starts at the folder of this file") from None
