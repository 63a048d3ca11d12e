"""The blocks of ``docs/how-it-works.md``: one operation, followed from its text to its answer."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from adapters.spi import Record
from gateway.engine.engine import Engine
from gateway.engine.errors import Errors
from gateway.engine.explain import as_text, explained
from gateway.engine.prepared import Prepared
from gateway.engine.request import OperationRequest

MARKED = re.compile(r"(<!-- (\w+) -->\n+```\w+\n)(.*?)(^```$)", re.MULTILINE | re.DOTALL)
"""A generated block: what it shows stands in a comment above it."""


def query(page: str) -> str:
    """The operation that the page follows, which people write."""
    [found] = re.findall(r"^```graphql\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return str(found)


async def blocks(engine: Engine, text: str) -> dict[str, str]:
    """What each block has to show."""
    prepared = engine.prepare(OperationRequest(text))
    await prepared.run.finish()
    errors = Errors(engine.limits.errors)
    data = prepared.project(errors)
    assert not errors.total
    return {
        "document": document(prepared),
        "plan": as_text(explained(prepared, engine.composition)),
        "code": prepared.projection.source,
        "records": records(prepared),
        "answer": json.dumps({"data": data}, indent=2, ensure_ascii=False) + "\n",
    }


def document(prepared: Prepared) -> str:
    """What is kept with a document, and the key that this plan is kept by."""
    document = prepared.asked.document
    lines = {
        "hash": document.hash,
        "operations": ", ".join(document.operations),
        "deciding": ", ".join(f"${name}" for name in document.deciding),
        "choosing": ", ".join(f"${name}" for name in document.choosing),
        "plan key": prepared.asked.key,
    }
    return "".join(f"{name + ':':12}{value}\n" for name, value in lines.items())


def records(prepared: Prepared) -> str:
    """Each table of the plan, filled; of its records the fields that the step wanted."""
    lines: list[str] = []
    for table, filled in zip(prepared.plan.tables, prepared.run.tables.filled, strict=True):
        lines.append(f"table {table.index} ({table.step.source}: {table.step.entity} by {table.step.name})")
        for key, found in filled.found.items():
            rows = [found] if isinstance(found, Record) else found
            lines.append(f"  {key}")
            lines += [f"    {shown(row.values, table.step.fields)}" for row in rows]
    return "\n".join([*lines, ""])


def shown(values: Mapping[str, Any], wanted: Collection[str]) -> str:
    return json.dumps({name: values[name] for name in sorted(wanted)}, ensure_ascii=False)


def written(page: str, made: Mapping[str, str]) -> str:
    """The page with its blocks as they are now."""
    return MARKED.sub(lambda match: f"{match[1]}{made[match[2]]}{match[4]}", page)
