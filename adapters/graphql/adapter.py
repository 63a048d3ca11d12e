"""The GraphQL adapter: registered lookups and searches of one source, as operations."""

from __future__ import annotations

from adapters.graphql.endpoint import Endpoint
from adapters.registered import RegisteredAdapter


class GraphQLAdapter(RegisteredAdapter[Endpoint]):
    """One call per lookup and per page, for as many keys or parents as the registration's ``batch``."""

    kind = "graphql"

    async def ping(self) -> None:
        await self._endpoint.reach()
