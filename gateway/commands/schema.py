"""``crossdock schema``: the graph as GraphQL schema definition language."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace

from gateway.commands.options import add_configuration, configuration

HELP = "print the served schema"


def add_arguments(parser: ArgumentParser) -> None:
    add_configuration(parser)
    parser.add_argument("--subgraph", action="store_true", help="as Apollo Federation composes it, with its directives")
    parser.add_argument("--declared", action="store_true", help="the whole graph, whatever sources are registered")


def run(asked: Namespace) -> int:
    sys.stdout.write(declared() if asked.declared else served(asked))
    return 0


def declared() -> str:
    from resolvers.graph import declared_sdl

    return declared_sdl()


def served(asked: Namespace) -> str:
    from gateway.compose import compose

    composition = compose(configuration(asked))
    return composition.subgraph_sdl() if asked.subgraph else composition.sdl()
