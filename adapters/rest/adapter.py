"""The REST adapter: registered lookups and searches of one source, as HTTP requests."""

from __future__ import annotations

from collections.abc import Mapping

from adapters.mapping import Unmapped
from adapters.registered import Answers, RegisteredAdapter
from adapters.web.endpoint import Endpoint


class RestAdapter(RegisteredAdapter[Endpoint]):
    """One call per lookup and per page: at most ``batch`` keys, or one parent, at a time."""

    kind = "rest"

    def __init__(
        self,
        source: str,
        entities: Mapping[str, Answers[Endpoint]],
        endpoint: Endpoint,
        ping: str | None,
        unmapped: Unmapped,
    ) -> None:
        super().__init__(source, entities, endpoint, unmapped)
        self._ping = ping

    async def ping(self) -> None:
        await self._endpoint.reach(self._ping)
