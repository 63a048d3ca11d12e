"""JSON replies, written fast."""

import orjson
from starlette.responses import Response


class Json(Response):
    media_type = "application/json"

    def render(self, content: object) -> bytes:
        return orjson.dumps(content)


def items(rows: list[dict[str, object]]) -> Json:
    return Json({"items": rows})
