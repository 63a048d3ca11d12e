"""``crossdock test``: the examples of the registrations, run without their systems."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from gateway.commands.keys import one_of
from gateway.commands.options import add_configuration, configuration

if TYPE_CHECKING:
    from gateway.compose import Composition
    from gateway.config.problems import Problem

HELP = "run the examples of the registrations without calling any system"


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", help="only those of this source")
    add_configuration(parser)


def run(asked: Namespace) -> int:
    """0 where every example is as expected, 1 where one is not or there is none."""
    from gateway.compose import compose

    composition = compose(configuration(asked))
    names = list(composition.adapters)
    if asked.source:
        one_of(composition.adapters, asked.source, "a registered source")
        names = [asked.source]
    return asyncio.run(report(composition, names))


async def report(composition: Composition, names: list[str]) -> int:
    from gateway.trials import examples

    count = broken = 0
    for name in names:
        source = composition.registrations[name]
        for index, example in enumerate(source.registration.examples):
            adapter = composition.adapters[name]
            found: list[Problem] = await examples.problems(source, adapter, composition.graph.types, index)
            count, broken = count + 1, broken + bool(found)
            print(f"{'BROKEN' if found else 'ok    '}  {name}: {next(iter(example.lookup or example.search or ()))}")
            for problem in found:
                print(f"        {problem}")
    if not count:
        print("no examples: crossdock try SOURCE ENTITY KEY --save writes the first")
        return 1
    print(f"\n{count} examples, {broken or 'none'} broken")
    return 1 if broken else 0
