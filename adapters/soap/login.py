"""The login operation, as a call that gives the token."""

from __future__ import annotations

from time import monotonic
from urllib.parse import urlsplit

from lxml import etree

from adapters.session import Granted
from adapters.soap.elements import value_at
from adapters.soap.endpoint import Endpoint, Opened
from adapters.soap.faults import Fault, Faults
from adapters.soap.message import Message
from adapters.soap.paths import Steps
from adapters.spi import BadData, Overloaded, Unavailable


class LoginCall:
    """``token``, ``url``: the ways to it, and to the address to use from then on, in the reply.

    ``holds``: seconds, ``inf`` if only a fault tells the end.
    ``timeout`` in seconds: a login waits for nobody's deadline.
    """

    def __init__(
        self,
        source: str,
        endpoint: Endpoint,
        message: Message,
        token: Steps,
        url: Steps | None,
        faults: Faults,
        *,
        holds: float,
        timeout: float,
    ) -> None:
        self._source = source
        self._endpoint = endpoint
        self._message = message
        self._token = token
        self._url = url
        self._faults = faults
        self._holds = holds
        self._timeout = timeout

    async def __call__(self) -> Granted[Opened]:
        """Raises ``Unavailable`` when the login is refused: nobody who asks can do anything about it."""
        try:
            token, url = await self._endpoint.call(self._message, {}, self._read, monotonic() + self._timeout)
        except Fault as fault:
            error = self._faults.error(fault)
            if isinstance(error, Overloaded):
                raise error from None
            raise Unavailable(self._source, f"login refused: {error.detail}; check `auth`") from None
        if not token:
            raise BadData(self._source, f"expected a token at {'.'.join(self._token)} in the login's reply, found none")
        if self._url is not None and not (url and near(url, self._endpoint.url)):
            expected = "an address in the registered endpoint's domain"
            raise BadData(self._source, f"expected {expected} at {'.'.join(self._url)} in the login's reply")
        return Granted(Opened(token, url), self._holds)

    def _read(self, body: etree._Element) -> tuple[str | None, str | None]:
        url = None if self._url is None else value_at(body, self._url)
        return value_at(body, self._token), url and url.strip()


def near(url: str, registered: str) -> bool:
    """Whether tokens may go to an address that a reply names: never less safely, and never to another domain."""
    there, here = urlsplit(url), urlsplit(registered)
    if there.scheme not in ("https", here.scheme) or not there.hostname or "@" in there.netloc:
        return False
    return there.hostname == here.hostname or domain(there.hostname) == domain(here.hostname or "")


def domain(host: str) -> str:
    """The last two names of a host that has names; a host of numbers is its own."""
    return host if host.replace(".", "").isdecimal() else ".".join(host.split(".")[-2:])
