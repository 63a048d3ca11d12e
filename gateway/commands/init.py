"""``crossdock init``: a folder to start from, with one system in it."""

from __future__ import annotations

import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import gateway
from gateway.commands.failure import CommandFailure

HELP = "write a folder with gateway.yaml and one system, to start from"

ADDRESSES = {
    "rest": "https://shop.example.test/api",
    "sql": "sqlite:///shop.db",
    "soap": "https://shop.example.test/soap",
}
"""By kind: what an address of such a system looks like."""

SCHEMAS = Path(gateway.__file__).parent.parent / "docs" / "schemas"
"""Only in a checkout: the JSON Schemas for editors."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="DIR", help="default: the working one")
    parser.add_argument(
        "--kind", choices=sorted(ADDRESSES), default="rest", help="how the system is spoken to (default: rest)"
    )


def run(asked: Namespace) -> int:
    texts = dict(starter(asked.folder, asked.kind))
    for file in texts:
        if os.path.lexists(file):
            raise CommandFailure(
                f"expected a folder without {file.relative_to(asked.folder)}, found {file}; left as is"
            )
    for file, text in texts.items():
        write(file, text)
        print(f"wrote {file}")
    print(next_steps(asked.folder))
    return 0


def starter(folder: Path, kind: str) -> Iterator[tuple[Path, str]]:
    """File -> text."""
    main, source = folder / "gateway.yaml", folder / "sources" / "shop.yaml"
    yield main, schema_line(main, "gateway") + template("gateway.yaml")
    yield source, schema_line(source, "source") + template(f"{kind}.yaml")
    if kind == "soap":
        yield source.with_suffix(".wsdl"), template("shop.wsdl")
    yield folder / ".env.example", f"# Where the systems are, and how to log in there.\nSHOP_URL={ADDRESSES[kind]}\n"


def template(name: str) -> str:
    return files("gateway.starter").joinpath(name).read_text("utf-8")


def schema_line(file: Path, name: str) -> str:
    """What tells an editor which words there are; nothing where the schemas are not on this machine."""
    schema = SCHEMAS / f"{name}.schema.json"
    if not schema.is_file():
        return ""
    path = Path(os.path.relpath(schema, file.resolve().parent)).as_posix()
    return f"# yaml-language-server: $schema={path}\n"


def write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise CommandFailure(f"expected to write {file}, found {error.strerror}") from None


def next_steps(folder: Path) -> str:
    variables = folder / ".env"
    return (
        f"\nSay in {folder / 'sources' / 'shop.yaml'} what your system knows, and where it is:\n\n"
        f"  cp {folder / '.env.example'} {variables}\n"
        f"  set -a; . {variables if variables.is_absolute() else f'./{variables}'}; set +a\n"
        f"  crossdock check --config {folder}\n"
        f"  crossdock serve --config {folder}"
    )
