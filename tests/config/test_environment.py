"""Variables and secret files in the texts of a configuration."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.config.demo_kind import DemoSource
from tests.config.folder import folder, read, report

SOURCE = """\
source: crm
role: CRM
kind: demo
url: "{url}"
"""


def url(path: Path, text: str, **environ: str) -> str:
    [source] = read(folder(path, sources={"crm": SOURCE.format(url=text)}), **environ).sources
    assert isinstance(source.registration, DemoSource)
    return source.registration.url


@pytest.mark.parametrize(
    ("text", "environ", "value"),
    [
        ("${URL}", {"URL": "https://x.example"}, "https://x.example"),
        ("https://${HOST}:${PORT}/a", {"HOST": "h", "PORT": "1"}, "https://h:1/a"),
        ("${URL}", {"URL": ""}, ""),
        ("${URL:-https://d.example:1}", {}, "https://d.example:1"),
        ("${URL:-d}", {"URL": ""}, "d"),
        ("${URL:-d}", {"URL": "u"}, "u"),
        ("${URL:-}", {}, ""),
        ("$${URL}", {"URL": "u"}, "${URL}"),
        ("$URL and $$ and {x}", {"URL": "u"}, "$URL and $$ and {x}"),
        ("${A}", {"A": "${B}", "B": "never"}, "${B}"),
    ],
)
def test_variables(tmp_path: Path, text: str, environ: dict[str, str], value: str) -> None:
    assert url(tmp_path, text, **environ) == value


def test_a_file_is_read_without_its_line_end(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text(" päss\n\n", "utf-8")
    assert url(tmp_path, f"${{file:{secret}}}") == " päss"


def test_a_relative_file_starts_at_the_folder_of_the_naming_file(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "secret").write_text("s")
    assert url(tmp_path, "a/${file:secret}") == "a/s"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${PIM}", "the environment variable PIM, found nothing; set it, or write ${PIM:-…}"),
        (
            "${CRM_ULR}",
            "the environment variable CRM_ULR, found nothing; set it, or write ${CRM_ULR:-…}; did you mean `CRM_URL`?",
        ),
        ("${a b}", "${NAME}, ${NAME:-default} or ${file:/path}, found ${a b}; a plain ${ is written $${"),
        ("${}", "${NAME}, ${NAME:-default} or ${file:/path}, found ${}; a plain ${ is written $${"),
        ("${URL", "a closing brace, found ${URL"),
        ("${A:-${B}}", "${NAME}, ${NAME:-default} or ${file:/path}, found ${A:-${B}; a plain ${ is written $${"),
        ("${file:none}", "the file none, found No such file or directory"),
    ],
)
def test_what_leads_nowhere_is_a_located_problem(tmp_path: Path, text: str, expected: str) -> None:
    path = folder(tmp_path, sources={"crm": SOURCE.format(url=text)})
    [line] = report(path, CRM_URL="u")
    assert line.startswith(f"sources/crm.yaml:4:1 url: expected {expected}")


def test_all_missing_variables_are_reported_at_once(tmp_path: Path) -> None:
    path = folder(tmp_path, gateway="title: ${TITLE}\n", sources={"crm": SOURCE.format(url="${URL}")})
    assert [line.split(":")[0] for line in report(path)] == ["gateway.yaml", "sources/crm.yaml"]


def test_numbers_and_flags_can_come_from_the_environment(tmp_path: Path) -> None:
    path = folder(tmp_path, gateway="server: {port: '${PORT}', insecure: '${OPEN}'}")
    server = read(path, PORT="9000", OPEN="true").settings.server
    assert (server.port, server.insecure) == (9000, True)


def test_a_missing_number_is_one_problem(tmp_path: Path) -> None:
    assert len(report(folder(tmp_path, gateway="server: {port: '${PORT}'}"))) == 1
