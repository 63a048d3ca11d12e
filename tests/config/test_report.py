"""The report of mistakes: one folder with many, told in one run."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from gateway.cli import main

FOLDER = Path(__file__).parent / "report"
SNAPSHOT = FOLDER / "report.txt"
PROBLEM = re.compile(r"(?P<file>\S+\.yaml):(?P<line>\d+):(?P<column>\d+)(?: (?P<where>\S+))?: expected .+, found .+")

KINDS_OF_MISTAKES = {
    "a misspelt word": r"gateway\.yaml:2:1 titel: .* did you mean `title`\?",
    "a source that is not there": r"gateway\.yaml:4:3 routes\.Product: .* found pmi; did you mean `pim`\?",
    "a route of no type": r"gateway\.yaml:5:3 routes\.Varient: .* did you mean `Variant`\?",
    "a route of no field": r"gateway\.yaml:6:3 routes\.Product\.nmae: .* did you mean `Product\.name`\?",
    "a wrong constant": r"gateway\.yaml:9:13 constants\.low_stock: expected .* found many",
    "a wrong duration": r"sources/erp\.yaml:6:10 limits\.timeout: expected a duration such as 250ms, .* found 2sec",
    "a number that is too small": r"gateway\.yaml:10:31 limits\.first: .* found 0",
    "a wrong choice": r"sources/erp\.yaml:3:1 role: expected one of ERP, .* did you mean `ERP`\?",
    "a missing variable": r"sources/crm\.yaml:6:1 endpoint: expected the environment variable CRM_URL, found",
    "a misspelt variable": r"sources/erp\.yaml:5:1 url: .* did you mean `ERP_URL`\?",
    "a wrong pattern of a date": r"sources/crm\.yaml:13:31 .*\.as: expected a date pattern such as yyyyMMdd",
    "an unknown operation of a WSDL": r"sources/crm\.yaml:15:16 .*\.operation: .* did you mean `GetCustomers`\?",
    "an element that a WSDL has not": r"sources/crm\.yaml:20:7 .*\.tier: .* did you mean `Name`\?",
    "no YAML": r"sources/oms\.yaml:10:1: expected YAML 1\.2, found a mistake .* it began in line 9",
    "an unknown entity": r"sources/pim\.yaml:7:3 entities\.Produkt: .* did you mean `Product`\?",
    "an unknown field": r"sources/pim\.yaml:15:7 entities\.Product\.fields\.nmae: .* did you mean `name`\?",
    "an unknown converter": r"sources/pim\.yaml:16:28 entities\.Product\.fields\.brand\.as: .* did you mean `trim`\?",
    "an unknown variable of a template": r"sources/pim\.yaml:18:14 .*\.get: .* did you mean `code`\?",
    "an order of no name": r"sources/pim\.yaml:20:51 .*\.sorts\.NMAE: expected one of CODE, .* did you mean `NAME`\?",
    "a lookup by no field": r"sources/pim\.yaml:24:14 entities\.Variant\.lookup\.skus: .* did you mean `sku`\?",
    "a key without a lookup": r"sources/pim\.yaml:25:3 entities\.Category: expected a lookup or a search, found",
    "a name that is taken": r"sources/pricing\.yaml:2:1 source: .* found pim, which is in sources/pim\.yaml too",
    "an unknown kind": r"sources/pricing\.yaml:4:1 kind: expected one of .* did you mean `rest`\?",
    "a table and a select": r"sources/wms\.yaml:12:14 .*\.sql: expected `table` in the entity, or `sql` .* found both",
    "an order by no field": r"sources/wms\.yaml:14:19 .*\.order: .* did you mean `name`\?",
}


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setenv("ERP_URL", "http://erp.example.test")
    monkeypatch.delenv("ERP_UR", raising=False)
    monkeypatch.delenv("CRM_URL", raising=False)
    assert main(["check", "--config", str(FOLDER)]) == 1
    return capsys.readouterr().out


def test_the_report_is_as_written_down(report: str) -> None:
    """``CROSSDOCK_WRITE_REPORT=1`` writes it anew, to be read and committed."""
    if os.environ.get("CROSSDOCK_WRITE_REPORT"):
        SNAPSHOT.write_text(report)
    assert SNAPSHOT.read_text() == report


@pytest.mark.parametrize("mistake", KINDS_OF_MISTAKES)
def test_one_run_tells(mistake: str, report: str) -> None:
    assert re.search(f"^{KINDS_OF_MISTAKES[mistake]}", report, re.MULTILINE), report


def test_every_problem_names_a_place_that_is_there(report: str) -> None:
    lines = report.splitlines()
    assert lines[-2:] == ["", f"{len(lines) - 2} problems"]
    for line in lines[:-2]:
        found = PROBLEM.fullmatch(line)
        assert found is not None, line
        written = (FOLDER / found["file"]).read_text().splitlines()
        if found["where"] is None:
            continue
        key = written[int(found["line"]) - 1][int(found["column"]) - 1 :].partition(":")[0]
        assert found["where"].endswith(key) and key, line


@pytest.mark.parametrize("name", ["pim", "wms"])
def test_a_file_is_told_the_same_alone(
    name: str, report: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Mistakes in one file hide none of another."""
    (tmp_path / "sources").mkdir()
    (tmp_path / "gateway.yaml").touch()
    file = f"sources/{name}.yaml"
    (tmp_path / file).write_text((FOLDER / file).read_text())
    assert main(["check", "--config", str(tmp_path)]) == 1
    alone = capsys.readouterr().out.splitlines()[:-2]
    assert alone == [line for line in report.splitlines() if line.startswith(file)]
