"""Values as YAML that a person would write."""

from __future__ import annotations

import io
import json
from typing import Any

from ruamel.yaml import YAML


def as_yaml(value: Any) -> str:
    """Innermost lists and mappings in braces, everything else in lines of its own; items are indented by two."""
    yaml = YAML()
    yaml.default_flow_style = None
    yaml.width = 116
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(json.loads(json.dumps(value)), stream)  # a copy: what is there twice would become an anchor
    return stream.getvalue()
