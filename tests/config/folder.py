"""Configuration folders on disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from gateway.config.load import Configuration, load
from gateway.config.problems import ConfigurationError
from tests.config.demo_kind import KINDS

CRM = "source: crm\nrole: CRM\nkind: demo\nurl: https://crm.example.test\n"


def folder(path: Path, gateway: str = "", sources: Mapping[str, str] | None = None, **files: str) -> Path:
    """``gateway.yaml``, ``sources/NAME.yaml`` and further YAML files; indented texts are dedented."""
    texts = {"gateway": gateway, **files}
    texts |= {f"sources/{name}": text for name, text in ({"crm": CRM} if sources is None else sources).items()}
    for name, text in texts.items():
        file = path / f"{name}.yaml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(dedent(text), "utf-8")
    return path


def read(path: Path, overlay: str | None = None, **environ: str) -> Configuration:
    return load(path, path / f"{overlay}.yaml" if overlay else None, environ, KINDS)


def report(path: Path, overlay: str | None = None, **environ: str) -> list[str]:
    """The lines of the report, which there must be."""
    with pytest.raises(ConfigurationError) as raised:
        read(path, overlay, **environ)
    return str(raised.value).splitlines()
