"""A session that one request opens, with its token in the reply's body, in a header or in a cookie."""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from time import monotonic
from typing import Any

from adapters.http import Http, Reply, headers
from adapters.session import Granted, Session
from adapters.spi import BadData, SourceError, Unavailable
from adapters.web.auth.authorisation import Authorisation
from adapters.web.auth.signatures import placed
from adapters.web.auth.words import Login
from adapters.web.formats.reading import read_json
from adapters.web.formats.writing import WRITERS
from adapters.web.paths import Search, Unfit, document


class LoginSession(Authorisation):
    """``token``: the compiled path. ``own``: the headers of the source. ``timeout`` in seconds, of a login."""

    def __init__(
        self, source: str, spec: Login, token: Search, url: str, own: Mapping[str, str], http: Http, timeout: float
    ) -> None:
        self._source = source
        self._spec = spec
        self._search = token
        self._url = url + (spec.get or spec.post or "")
        self._http = http
        self._timeout = timeout
        writer = WRITERS[spec.send]
        self._content = b"" if spec.body is None else writer.write(spec.body)
        login = {} if spec.basic is None else {"Authorization": spec.basic.header()}
        typed = {} if spec.body is None else {"Content-Type": writer.content_type}
        self._headers = headers({"Accept": "application/json"}, typed, own, login)
        self._session: Session[Any] = Session(source, self._granted)
        self.renew_on = frozenset(int(code) for code in spec.renew_on if code.isdecimal())

    async def token(self) -> Any:
        return await self._session.token()

    def headers(self, token: Any, method: str, url: str, content: bytes, form: bool) -> Mapping[str, str]:
        return {name: placed(text, {"token": str(token)}) for name, text in self._spec.headers.items()}

    async def renew(self, token: Any, reply: Reply | None) -> bool:
        return bool(await self._session.renew(token) != token)

    async def aclose(self) -> None:
        await self._session.aclose()

    async def _granted(self) -> Granted[Any]:
        method = "GET" if self._spec.get is not None else "POST"
        deadline = monotonic() + self._timeout
        reply = await self._http.send(method, self._url, self._headers, self._content, deadline=deadline)
        if reply.status >= 400:
            raise Unavailable(self._source, f"login refused: {reply.described()}; check `auth.login`")
        token = self._found(reply)
        if not isinstance(token, str | int) or isinstance(token, bool) or not token:
            what = f"no token at `{self._spec.token}`: {reply.described()}"
            raise Unavailable(self._source, f"{what}; check `auth.login`")
        if not str(token).isprintable():
            raise BadData(self._source, f"expected a token of printable characters at `{self._spec.token}`")
        return Granted(token, self._spec.ttl or inf)

    def _found(self, reply: Reply) -> Any:
        try:
            body = read_json(reply)
        except ValueError:
            body = None
        try:
            return self._search(document(reply, body))
        except (Unfit, SourceError):
            return None
