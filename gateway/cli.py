"""The command line: ``crossdock COMMAND``."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence

from gateway.commands import (
    align,
    check,
    conformance,
    demo,
    examples,
    explain,
    init,
    key,
    reference,
    schema,
    serve,
    trial,
)
from gateway.commands.failure import CommandFailure
from gateway.config.problems import ConfigurationError

COMMANDS = {
    "init": init,
    "check": check,
    "serve": serve,
    "schema": schema,
    "explain": explain,
    "try": trial,
    "test": examples,
    "conformance": conformance,
    "align": align,
    "key": key,
    "reference": reference,
    "demo": demo,
}

DESCRIPTION = """\
One GraphQL graph over the systems a retailer already has.

A configuration is a folder with gateway.yaml and one file per system in
sources/. It is found by --config, else by $CROSSDOCK_CONFIG, else in the
working directory.
"""


NOBODY_READS = 141
"""The exit status where what is printed has no reader any more, as after ``| head``: that of SIGPIPE in a shell."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status: 0, or 1 after a report of what is wrong."""
    try:
        try:
            return run(parser().parse_args(arguments))
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # What is left goes nowhere; else the interpreter would complain of it at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return NOBODY_READS


def run(asked: Namespace) -> int:
    try:
        status: int = COMMANDS[asked.command].run(asked)
    except (ConfigurationError, CommandFailure) as error:
        print(f"crossdock {asked.command}: {error}" if isinstance(error, CommandFailure) else error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return status


def parser() -> ArgumentParser:
    top = ArgumentParser("crossdock", description=DESCRIPTION, formatter_class=RawDescriptionHelpFormatter)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        description = f"{command.HELP[0].upper()}{command.HELP[1:]}."
        command.add_arguments(commands.add_parser(name, help=command.HELP, description=description))
    top.set_defaults(command_line=top)  # for the one that describes them all
    return top


if __name__ == "__main__":
    sys.exit(main())
