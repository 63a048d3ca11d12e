from __future__ import annotations

from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse, validate

from gateway.graphiql.examples import Example, read_example, read_examples
from tests.graphiql.fake_gateway import EXAMPLES, SCHEMA

OURS = read_examples(EXAMPLES)


def test_every_audience_has_examples() -> None:
    assert {example.audience for example in OURS} == {"Call centre", "Kiosk", "Storefront", "Warehouse"}


@pytest.mark.parametrize("example", OURS, ids=lambda example: example.name)
def test_an_example_says_what_it_shows_and_fits_the_graph(example: Example) -> None:
    document = parse(example.query)
    assert validate(SCHEMA, document) == []
    assert len(example.description) > 40
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert operation.name, "its tab is named after the operation"
    needed = [variable for variable in operation.variable_definitions or () if variable.type.kind == "non_null_type"]
    assert all(variable.default_value for variable in needed), "it runs as it stands"


def test_the_comment_is_read(tmp_path: Path) -> None:
    path = tmp_path / "shelf.graphql"
    path.write_text("# Kiosk: what a shelf holds\n#\n# One line,\n# and another.\n{\n  # not this\n  a\n}\n")
    assert read_example(path) == Example(
        "shelf", "Kiosk", "what a shelf holds", "One line, and another.", path.read_text()
    )


@pytest.mark.parametrize("text", ["{ a }\n", "", "# Kiosk\n{ a }\n", "\n# Kiosk: late\n{ a }\n"])
def test_a_file_without_its_comment_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "shelf.graphql"
    path.write_text(text)
    with pytest.raises(ValueError, match=r"shelf\.graphql: expected a first line such as '# Storefront: product page'"):
        read_examples(tmp_path)


def test_a_folder_that_is_not_there_has_none(tmp_path: Path) -> None:
    assert read_examples(tmp_path / "none") == ()
