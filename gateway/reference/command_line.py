"""The commands and their options, from the parser that reads them."""

from __future__ import annotations

import argparse
from argparse import Action, ArgumentParser
from collections.abc import Iterator


def command_line_part(top: ArgumentParser) -> str:
    return "\n".join(["## The command line\n", *(command_section(*each) for each in commands(top))])


def commands(top: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    for action in arguments(top):
        if isinstance(action.choices, dict):
            yield from action.choices.items()


def arguments(parser: ArgumentParser) -> list[Action]:
    """All but ``--help``. argparse tells them nowhere else."""
    return [action for action in parser._actions if action.dest != "help"]


def command_section(name: str, parser: ArgumentParser) -> str:
    text = f"### crossdock {name}\n\n{parser.description}\n"
    rows = "\n".join(row(action) for action in arguments(parser))
    return text + (f"\n| Argument | Meaning |\n| --- | --- |\n{rows}\n" if rows else "")


def row(action: Action) -> str:
    given = " ".join([*action.option_strings[-1:], value(action)]).strip()
    meaning = f"{action.help or ''}{choices(action)}"
    return f"| `{given}` | {meaning[:1].upper()}{meaning[1:]}. |"


def value(action: Action) -> str:
    if action.nargs == 0:
        return ""
    name = str(action.metavar or action.dest.upper())
    return f"[{name}]" if action.nargs == argparse.OPTIONAL else name


def choices(action: Action) -> str:
    return f"; one of {', '.join(map(str, action.choices))}" if action.choices else ""
