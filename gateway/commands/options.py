"""Options that several commands have."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from gateway.config.load import FOLDER_VARIABLE, Configuration, PartlyRead, folder_of, load
from gateway.config.problems import ConfigurationError


def add_configuration(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        metavar="DIR",
        help=f"folder with gateway.yaml and sources/ (default: ${FOLDER_VARIABLE}, else the working directory)",
    )
    parser.add_argument(
        "--overlay", type=Path, metavar="FILE", help="YAML file that is laid over them, such as prod.yaml"
    )


def configuration(asked: Namespace) -> Configuration:
    """Raises ``ConfigurationError`` with all that is wrong, in the files that can be read too."""
    try:
        return load(folder_of(asked.config), asked.overlay)
    except PartlyRead as error:
        from gateway.compose import further_problems

        raise ConfigurationError([*error.problems, *further_problems(error)]) from None
