"""``docs/register-a-system.md``, done as it says: from an empty folder to a tested field."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli import main
from tests.commands.processes import ROOT

PAGE = (ROOT / "docs" / "register-a-system.md").read_text("utf-8")

STEP = re.compile(
    r"Save as `(?P<file>[\w./-]+)`:\n\n```\w+\n(?P<content>.*?)^```"
    r"|write\s`(?P<new>[^`]+)`\sfor\s`(?P<old>[^`]+)`"
    r"|`(?P<new2>[^`]+)`\sfor\s`(?P<old2>[^`]+)`"
    r"|```console\n(?P<console>.*?)^```",
    re.MULTILINE | re.DOTALL,
)


def test_the_steps_lead_to_a_tested_field(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SHOP_URL", raising=False)
    commands = []
    for step in STEP.finditer(PAGE):
        if step["file"]:
            (tmp_path / step["file"]).write_text(step["content"], "utf-8")
        elif step["console"]:
            for command, said in sessions(step["console"]):
                commands.append(command)
                told(said, output(command, capsys), command)
        else:
            change(tmp_path / "sources" / "shop.yaml", step["old"] or step["old2"], step["new"] or step["new2"])
    words = [command.split()[1] for command in commands]
    assert [word for word in ("init", "check", "try", "test", "conformance", "explain") if word not in words] == []


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert text.count(old) == 1, old
    file.write_text(text.replace(old, new), "utf-8")


def sessions(block: str) -> list[tuple[str, list[str]]]:
    """Each command with the lines that the page shows of its output."""
    parts = re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
    return [(lines[0], lines[1:]) for lines in (part.splitlines() for part in parts)]


def output(command: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    program, *words = shlex.split(command)
    if program == "crossdock":
        main(words)
        captured = capsys.readouterr()
        return (captured.out + captured.err).splitlines()
    assert program == "python"
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, check=True).stdout.splitlines()


def told(expected: list[str], found: list[str], command: str) -> None:
    """Every line that is shown, in this order and nothing between; ``...`` stands for anything, times may differ."""
    pattern = "".join(r"(?:.*\n)*?" if line == "..." else f"{line_pattern(line)}\n" for line in expected or ["..."])
    text = "".join(f"{line.rstrip()}\n" for line in found)
    assert re.fullmatch(pattern, text), f"$ {command}\n{text}\nexpected:\n" + "\n".join(expected)


def line_pattern(line: str) -> str:
    parts = re.split(r"(\.\.\.|[\d.]+ ms)", line)
    return "".join(
        ".*" if part == "..." else r"[\d.]+ ms" if part.endswith(" ms") else re.escape(part) for part in parts
    )
