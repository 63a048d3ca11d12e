"""The engine's own description of its rooms is complete."""

from __future__ import annotations

import re
from pathlib import Path

import gateway.engine


def test_every_room_is_described() -> None:
    described = set(re.findall(r"``(\w+)``", gateway.engine.__doc__ or ""))
    [folder] = map(Path, gateway.engine.__path__)
    rooms = {room.stem for room in folder.iterdir() if not room.name.startswith("_")}
    assert described - {"Query"} == rooms, "say in gateway/engine/__init__.py what a room is for"
