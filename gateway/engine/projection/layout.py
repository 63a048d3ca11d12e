"""How generated code is laid out, so that people can read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gateway.engine.plan import Arguments, Table

if TYPE_CHECKING:
    from gateway.engine.projection.writer import Writer

WIDTH = 100

LEGEND = """\
# An object is made by a function of its type: v are its values, e what is wrong in them (by path), r the record that
# they are or lie in, p its place in the answer (a linked path). t1, t2 are its fields on their way into the answer.
# f0 is what table 0 found, by key, and x0 why other keys have nothing; v0, e0, r0 are joined from there. a0 are
# arguments, k0 the keys in them. place1 says where a field stands, for errors, which are added to errors. A record of
# outline1 has values that are the answer as they are: all of them, or (c) those of some fields.
"""


def written(writer: Writer) -> str:
    """The whole source of a projection."""
    head = [f"f{i}, x{i} = tables[{i}].found, tables[{i}].failed{of(writer.tables[i])}" for i in sorted(writer.tables)]
    head += [f"a{i} = arguments[{i}]{accepted(writer.arguments[i])}" for i in sorted(writer.arguments)]
    head += [f"k{i} = asked[{i}]" for i in range(len(writer.asked))]
    body = [line for function in writer.functions for line in ["", *function]]
    lines = [*head, *body, "", "return root(None)"]
    indented = [part for line in lines for part in continued(f"    {line}" if line else "")]
    return LEGEND + "\n".join(["def project(tables, arguments, asked, introspected, context, errors):", *indented, ""])


def of(table: Table) -> str:
    """Whose records, in a comment."""
    step = table.step
    return comment(f"{step.source}: {step.entity} {'by' if step.kind == 'lookup' else 'search'} {step.name}")


def accepted(arguments: Arguments) -> str:
    """Whose arguments, in a comment."""
    return comment(f"{arguments.node.name.value}({', '.join(sorted(arguments.definition.args))})")


def comment(text: str) -> str:
    """A comment at the end of a line, which no text can leave."""
    return f"  # {''.join(each for each in text if each.isprintable())}"


def braced(pairs: Sequence[str]) -> str:
    """A dictionary: on one line, or with a line for each pair."""
    line = f"{{{', '.join(pairs)}}}"
    return line if len(line) < WIDTH else "{" + ",\n".join(pairs) + "}"


def wrapped(value: str, conditions: Sequence[str], otherwise: str) -> str:
    """A conditional expression: on one line, or in brackets with a line for each condition."""
    line = f"{value} if {' and '.join(conditions)} else {otherwise}"
    if len(line) < WIDTH:
        return line
    first, *others = conditions
    return "\n".join([f"({value}", f" if {first}", *(f" and {each}" for each in others), f" else {otherwise})"])


def alternative(value: str, otherwise: str) -> str:
    """``value``, which has its condition, or another conditional expression: on one line, or in brackets."""
    if "\n" in otherwise:
        return f"({value} else\n {otherwise.removeprefix('(')}"
    line = f"{value} else {otherwise}"
    return line if len(line) < WIDTH else f"({value} else\n {otherwise})"


def continued(line: str) -> Iterator[str]:
    """The lines of a line that was wrapped, each indented like the first one, and a little more."""
    first, *others = line.split("\n")
    yield first
    indent = first[: len(first) - len(first.lstrip())]
    yield from (f"{indent}    {other.strip()}" for other in others)
