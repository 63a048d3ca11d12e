"""What a request asks for; what cannot be answered is refused with 400 and a line of plain text."""

from starlette.exceptions import HTTPException
from starlette.requests import Request

MOST = 100


def values(request: Request, name: str) -> list[str]:
    """A repeated parameter, at most a hundred times."""
    found = request.query_params.getlist(name)
    if len(found) > MOST:
        raise HTTPException(400, f"{name}: at most {MOST} values, got {len(found)}")
    return found


def needed(request: Request, name: str) -> list[str]:
    """As ``values``, but at least one."""
    found = values(request, name)
    if not found:
        raise HTTPException(400, f"{name} is missing")
    return found


def whole(request: Request, name: str, default: int, most: int | None = None) -> int:
    """A number from zero up to ``most``."""
    text = request.query_params.get(name, str(default))
    if not (text.isascii() and text.isdigit()):
        raise HTTPException(400, f"{name} must be a number")
    if most is not None and int(text) > most:
        raise HTTPException(400, f"{name}: at most {most}")
    return int(text)
