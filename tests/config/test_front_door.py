"""``clients``, ``cors`` and ``graphiql`` of ``gateway.yaml``, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.folder import folder, read, report

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"

WORDS = f"""\
clients:
  shop: {{key: "{ONE}"}}
  call-centre.2: {{key: "{TWO}", admin: true}}
cors: {{origins: ["https://shop.example", "http://localhost:5173", "http://[::1]:80"], max_age: 1h}}
graphiql: {{headers: {{X-Api-Key: canary-7}}, examples: queries}}
"""
EXAMPLE = "# Shop: products\n{ products { nodes { name } } }\n"


def test_the_words(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "products.graphql").write_text(EXAMPLE)
    settings = read(folder(tmp_path, WORDS)).settings
    assert {name: (client.key, client.admin) for name, client in settings.clients.items()} == {
        "shop": (ONE, False),
        "call-centre.2": (TWO, True),
    }
    assert settings.cors is not None
    assert settings.cors.origins == ["https://shop.example", "http://localhost:5173", "http://[::1]:80"]
    assert settings.cors.max_age == 3600.0
    assert settings.graphiql.examples == tmp_path / "queries"
    assert ONE not in repr(settings)
    assert "canary-7" not in repr(settings)


def test_without_the_words_the_door_is_open_and_says_nothing(tmp_path: Path) -> None:
    settings = read(folder(tmp_path)).settings
    assert (settings.clients, settings.cors) == ({}, None)
    assert (settings.graphiql.headers, settings.graphiql.examples) == ({}, None)


@pytest.mark.parametrize("key", ["canary-7", "sha256:canary-7", f"sha256:{'A' * 64}", f"sha1:{'1' * 64}"])
def test_a_key_in_the_clear_is_refused_and_not_repeated(tmp_path: Path, key: str) -> None:
    text = "\n".join(report(folder(tmp_path, f'clients: {{shop: {{key: "{key}"}}}}')))
    assert "gateway.yaml:1:" in text
    assert "clients.shop.key" in text
    assert "sha256: and 64 hexadecimal digits, as `crossdock key NAME` prints" in text
    assert key not in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            f'clients: {{a: {{key: "{ONE}"}}, b: {{key: "{ONE}"}}}}',
            "a key of its own for each client: a and b share one",
        ),
        ("clients: {shop: {}}", "the word key"),
        (f'clients: {{shop: {{key: "{ONE}", roles: [x]}}}}', "one of admin, key"),
        (f'clients: {{"my shop": {{key: "{ONE}"}}}}', "a text that matches"),
        ("cors: {origins: []}", "a value with at least 1 item"),
        ("cors: {}", "the word origins"),
        *(
            (f'cors: {{origins: ["{origin}"]}}', "an origin such as https://shop.example, in lower case")
            for origin in ("shop.example", "https://shop.example/", "https://Shop.example", "https://*.example", "null")
        ),
        ("graphiql: {examples: nowhere}", "a folder that is there"),
    ],
)
def test_what_is_refused(tmp_path: Path, words: str, message: str) -> None:
    assert message in "\n".join(report(folder(tmp_path, words)))


def test_an_example_without_its_comment_is_named(tmp_path: Path) -> None:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "bare.graphql").write_text("{ products { nodes { name } } }\n")
    text = "\n".join(report(folder(tmp_path, "graphiql: {examples: queries}")))
    assert "bare.graphql: expected a first line such as" in text
