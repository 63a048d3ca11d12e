"""The reference and the JSON Schemas: complete, as checked in, and true to the examples."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from gateway.cli import COMMANDS, main, parser
from gateway.config.documents import read
from gateway.config.kinds import InstalledKinds
from gateway.config.overlay import Overlay
from gateway.config.settings import Settings
from gateway.reference.page import AnySource, Part, examples, parts
from gateway.reference.schemas import gateway_schema, model_schema, source_schema
from gateway.reference.words import Section

ROOT = Path(__file__).parent.parent
RETAIL = ROOT / "examples" / "retail"
GENERATED = {
    "docs/configuration.md": ["reference"],
    "docs/schemas/gateway.schema.json": ["reference", "--schema", "gateway"],
    "docs/schemas/source.schema.json": ["reference", "--schema", "source"],
}
PARTS: dict[str, Part] = {part.name: part for part, _ in parts(InstalledKinds())}
SECTIONS = [(part, section) for part in PARTS.values() for section in part.sections if section.words]
EVERY_SECTION = pytest.mark.parametrize(
    ("part", "section"), SECTIONS, ids=lambda each: each.name if isinstance(each, Part) else each.path or "top"
)
SCHEMAS = {"gateway": gateway_schema(), "source": source_schema(InstalledKinds())}


@pytest.mark.parametrize("name", GENERATED)
def test_generated_files_are_as_checked_in(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``CROSSDOCK_WRITE_REFERENCE=1`` writes them anew, to be read and committed."""
    assert main(GENERATED[name]) == 0
    text = capsys.readouterr().out
    file = ROOT / name
    if os.environ.get("CROSSDOCK_WRITE_REFERENCE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    assert file.read_text("utf-8") == text


def described(schema: dict[str, Any], place: str) -> Iterator[str]:
    """Places of what has no description."""
    for name, definition in {**schema.get("$defs", {}), "": schema}.items():
        for word, found in definition.get("properties", {}).items():
            if not found.get("description"):
                yield f"{place}: {name}.{word}"


def test_no_word_without_a_meaning() -> None:
    assert [place for name, schema in SCHEMAS.items() for place in described(schema, name)] == []


def documents(text: str, folder: Path) -> list[dict[str, Any]]:
    """The YAML documents of one example, read as the gateway reads files."""
    found = []
    for each in text.split("---\n"):
        file = folder / "example.yaml"
        file.write_text(each, "utf-8")
        document = read(file, file.name, [])
        assert document is not None, each
        found.append(document.data)
    return found


@EVERY_SECTION
def test_every_section_has_an_example_of_all_its_words(part: Part, section: Section, tmp_path: Path) -> None:
    shown = documents(examples(part.name)[section.path], tmp_path)
    used = {word for each in shown for word in each}
    assert {word.name for word in section.words} <= used


@EVERY_SECTION
def test_examples_are_allowed(part: Part, section: Section, tmp_path: Path) -> None:
    schema = schema_of(part, section.definition)
    for each in documents(examples(part.name)[section.path], tmp_path):
        assert [error.message for error in Draft202012Validator(schema).iter_errors(each)] == []


def schema_of(part: Part, definition: str) -> dict[str, Any]:
    models: dict[str, type[BaseModel]] = {"gateway": Settings, "overlay": Overlay, "source": AnySource}
    whole = model_schema(models.get(part.name) or InstalledKinds()[part.name].registration)
    return {"$ref": f"#/$defs/{definition}", "$defs": whole["$defs"]} if definition else whole


def test_no_example_of_what_is_not_there() -> None:
    known = {(part.name, section.path) for part, section in SECTIONS}
    assert {(name, path) for name in PARTS for path in examples(name)} == known


def data(file: Path) -> Any:
    document = read(file, file.name, [])
    assert document is not None
    return document.data


@pytest.mark.parametrize("file", sorted(RETAIL.rglob("*.yaml")), ids=lambda file: file.name)
def test_the_schemas_take_the_demo(file: Path) -> None:
    schema = SCHEMAS["gateway" if file.name == "gateway.yaml" else "source"]
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data(file))] == []


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(SCHEMAS[name])


PRICING = data(RETAIL / "sources" / "pricing.yaml")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "rset"}, "'rset' is not one of ['graphql', 'python', 'rest', 'soap', 'sql']"),
        ({"rol": "CRM"}, "Additional properties are not allowed ('rol' was unexpected)"),
        ({"role": "SHOP"}, "'SHOP' is not valid under any of the given schemas"),
        ({"limits": {"timeout": "2 sec"}}, "'2 sec' is not valid under any of the given schemas"),
        ({"limits": {"concurrency": 0}}, "0 is not valid under any of the given schemas"),
        ({"table": "PRICES"}, "Additional properties are not allowed ('table' was unexpected)"),
    ],
)
def test_the_schema_refuses(change: dict[str, Any], message: str) -> None:
    errors = Draft202012Validator(SCHEMAS["source"]).iter_errors({**PRICING, **change})
    assert [error.message for error in errors] == [message]


@pytest.mark.parametrize("change", [{"limits": {"timeout": "${SLOW:-2s}", "concurrency": "${MANY}"}}])
def test_the_schema_takes_variables_for_any_value(change: dict[str, Any]) -> None:
    assert Draft202012Validator(SCHEMAS["source"]).is_valid({**PRICING, **change})


def test_every_command_and_option_is_on_the_page() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    for name in COMMANDS:
        _, _, behind = page.partition(f"\n### crossdock {name}\n")
        section = behind.partition("\n### ")[0]
        options = set(re.findall(r"(?<![\w-])--[a-z-]+", help_of(name))) - {"--help"}
        assert behind, name
        assert {option for option in options if f"| `{option}" not in section} == set(), name


def help_of(command: str) -> str:
    found = next(action.choices[command] for action in parser()._actions if isinstance(action.choices, dict))
    return str(found.format_help())


def test_links_lead_to_headings() -> None:
    page = (ROOT / "docs" / "configuration.md").read_text("utf-8")
    headings = re.findall(r"^#+ (.+)$", page, re.MULTILINE)
    anchors = [re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings]
    assert len(set(anchors)) == len(anchors)
    assert set(re.findall(r"\]\(#([^)]+)\)", page)) <= set(anchors)


def test_with_one_schema_printed_twice_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    """What is printed does not depend on what was printed before: definitions are mended in copies."""
    printed = []
    for _ in range(2):
        assert main(["reference", "--schema", "source"]) == 0
        printed.append(json.loads(capsys.readouterr().out))
    assert printed[0] == printed[1]
