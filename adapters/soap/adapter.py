"""The SOAP adapter: registered lookups and searches of one source, as WSDL operations."""

from __future__ import annotations

from adapters.registered import RegisteredAdapter
from adapters.soap.endpoint import Endpoint


class SoapAdapter(RegisteredAdapter[Endpoint]):
    """One call per lookup and per page: at most ``batch`` keys at a time."""

    kind = "soap"

    async def ping(self) -> None:
        await self._endpoint.reach()
