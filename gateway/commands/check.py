"""``crossdock check``: what is wrong with a configuration, or what it serves and what it leaves out."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import asdict
from typing import TYPE_CHECKING

import orjson

from gateway.commands.options import add_configuration, configuration
from gateway.config.problems import ConfigurationError

if TYPE_CHECKING:
    from gateway.compose import Composition

HELP = "check the configuration without calling any system"


def add_arguments(parser: ArgumentParser) -> None:
    add_configuration(parser)
    parser.add_argument("--json", action="store_true", help="the report as one JSON object, for programs")


def run(asked: Namespace) -> int:
    """0 where the configuration can be served, else 1."""
    from gateway.compose import compose

    try:
        composition = compose(configuration(asked))
    except ConfigurationError as error:
        print(problems_json(error) if asked.json else problems_text(error))
        return 1
    print(served_json(composition) if asked.json else served_text(composition))
    return 0


def problems_text(error: ConfigurationError) -> str:
    count = len(error.problems)
    return f"{error}\n\n{count} problem{'s' if count > 1 else ''}"


def problems_json(error: ConfigurationError) -> str:
    return as_text({"ok": False, "problems": [problem.as_json() for problem in error.problems]})


def served_text(composition: Composition) -> str:
    from gateway.engine.explain import counted
    from gateway.engine.one_by_one import one_by_one

    lines = [f"{name} ({composition.roles[name]}): {entities(composition, name)}" for name in composition.adapters]
    lines += ["", f"{len(composition.served.fields)} fields are served."]
    if costly := one_by_one(composition):
        lines += [
            f"{counted(len(costly), 'path')} of the graph {'cost' if len(costly) > 1 else 'costs'} one call per item:",
            "",
        ]
        for path in costly:
            lines += [f"  {path.coordinate}: {path.source}, {path.asks}", f"    {path.query}"]
        lines.append("")
    if left_out := composition.left_out():
        lines += [f"{len(left_out)} fields are left out:", ""]
        lines += [f"  {field.coordinate}: {field.why}" for field in left_out]
    if unfiltered := composition.unfiltered():
        lines += ["", f"Lists cannot be narrowed by {counted(len(unfiltered), 'filter')}:", ""]
        lines += [f"  {each.coordinate}: {each.why}" for each in unfiltered]
    if wordless := composition.wordless():
        lines += ["", "Lists narrowed by these values alone are empty, as no code stands for them:", ""]
        lines += [f"  {each.filter} of {each.source}: {', '.join(each.values)}" for each in wordless]
    return "\n".join(lines)


def entities(composition: Composition, source: str) -> str:
    return ", ".join(sorted(composition.adapters[source].capabilities)) or "nothing"


def served_json(composition: Composition) -> str:
    from gateway.engine.one_by_one import one_by_one

    return as_text(
        {
            "ok": True,
            "problems": [],
            "sources": {
                name: {"role": composition.roles[name], "entities": sorted(adapter.capabilities)}
                for name, adapter in composition.adapters.items()
            },
            "served": sorted(composition.served.fields),
            "oneByOne": [asdict(path) for path in one_by_one(composition)],
            "unfiltered": [each._asdict() for each in composition.unfiltered()],
            "wordless": [each._asdict() for each in composition.wordless()],
            "leftOut": [{"coordinate": field.coordinate, "why": field.why} for field in composition.left_out()],
        }
    )


def as_text(report: object) -> str:
    return orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()
