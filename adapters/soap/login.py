"""The login operation, as a call that gives the token."""

from __future__ import annotations

from time import monotonic

from lxml import etree

from adapters.session import Granted
from adapters.soap.elements import text
from adapters.soap.endpoint import Endpoint
from adapters.soap.faults import Fault, Faults
from adapters.soap.message import Message
from adapters.soap.paths import Steps
from adapters.soap.rows import below
from adapters.spi import BadData, Overloaded, Unavailable


class LoginCall:
    """``token``: the way to it in the reply. ``holds``: seconds, ``inf`` if only a fault tells the end.

    ``timeout`` in seconds: a login waits for nobody's deadline.
    """

    def __init__(
        self,
        source: str,
        endpoint: Endpoint,
        message: Message,
        token: Steps,
        faults: Faults,
        *,
        holds: float,
        timeout: float,
    ) -> None:
        self._source = source
        self._endpoint = endpoint
        self._message = message
        self._token = token
        self._faults = faults
        self._holds = holds
        self._timeout = timeout

    async def __call__(self) -> Granted[str]:
        """Raises ``Unavailable`` when the login is refused: nobody who asks can do anything about it."""
        try:
            token = await self._endpoint.call(self._message, {}, self._read, monotonic() + self._timeout)
        except Fault as fault:
            error = self._faults.error(fault)
            if isinstance(error, Overloaded):
                raise error from None
            raise Unavailable(self._source, f"login refused: {error.detail}; check `auth`") from None
        if not token:
            raise BadData(self._source, f"expected a token at {'.'.join(self._token)} in the login's reply, found none")
        return Granted(token, self._holds)

    def _read(self, body: etree._Element) -> str | None:
        found = below(body, self._token)
        return text(found[0]) if found else None
