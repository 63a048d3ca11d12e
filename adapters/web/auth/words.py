"""The words of ``auth``."""

from __future__ import annotations

from base64 import b64encode
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from adapters.registration import Duration, Words
from adapters.web.words import Address, Code, HeaderName, HeaderValue, Send, one_request


class ApiKey(Words):
    """A key in a header of its own."""

    header: HeaderName = Field(description="Name of the header.")
    value: HeaderValue = Field(min_length=1, repr=False, description="The key.")


class Basic(Words):
    """HTTP Basic."""

    username: str = Field(description="Who we are there.")
    password: str = Field(repr=False, description="From the environment, never in the file.")

    def header(self) -> str:
        return f"Basic {b64encode(f'{self.username}:{self.password}'.encode()).decode()}"


class OAuth2(Words):
    """OAuth 2 client credentials. One token for all calls, renewed before its end and when a call is refused (401)."""

    token_url: Address = Field(description="Where tokens are given.")
    client_id: str = Field(description="Who we are there.")
    client_secret: str = Field(repr=False, description="From the environment, never in the file.")
    scope: str | None = Field(None, description="What the token is for, where the system asks.")
    parameters: dict[str, str] = Field({}, repr=False, description="More of the form, such as `audience`.")
    client_in: Literal["header", "body"] = Field(
        "header", description="Where id and secret go: HTTP Basic, or the form."
    )


class OAuth1(Words):
    """OAuth 1 (RFC 5849): every request is signed."""

    consumer_key: str = Field(description="Who we are there.")
    consumer_secret: str = Field(repr=False, description="From the environment, never in the file.")
    token: str = Field(description="The access token.")
    token_secret: str = Field(repr=False, description="Its secret.")
    realm: str | None = Field(None, description="The account, where the system asks for it.")
    signature: Literal["HMAC-SHA256", "HMAC-SHA1"] = Field("HMAC-SHA256", description="The method.")


class Hmac(Words):
    """A signature over parts of the request, in headers.

    In ``message`` and ``headers``: ``{method}``, ``{path}`` (with the query), ``{host}``, ``{timestamp}`` (seconds),
    ``{instant}`` (RFC 3339), ``{date}`` (as in HTTP), ``{nonce}``, ``{content}``, ``{content_hash}`` (hex); in
    ``headers`` also ``{signature}``.
    """

    secret: str = Field(min_length=1, repr=False, description="From the environment, never in the file.")
    message: str = Field(description="What is signed, such as `{method}\\n{path}\\n{timestamp}`.")
    headers: dict[HeaderName, HeaderValue] = Field(repr=False, description="What every request carries.")
    digest: Literal["sha256", "sha1", "sha512"] = Field("sha256", description="The hash function.")
    encode: Literal["base64", "hex"] = Field("base64", description="How the signature is written.")


class Login(Words):
    """A session that one request opens. Its token goes out as ``{token}`` in ``headers``, and as ``token`` in requests.

    ``token`` is JMESPath over ``{status, headers, cookies, body}`` of the reply, with ``base64(text)`` beside the
    functions of JMESPath.
    """

    get: str | None = Field(None, description="Path behind the source's `url`.")
    post: str | None = Field(None, description="Path behind the source's `url`.")
    body: Any = Field(None, repr=False, description="What is sent.")
    send: Send = Field("json", description="How the body is written.")
    basic: Basic | None = Field(None, description="User and password of the login alone.")
    token: str = Field(description='Path of the token: `body.token`, `headers."x-token"`, `cookies.sid`.')
    headers: dict[HeaderName, HeaderValue] = Field({}, description="With the token: `Session {token}`.")
    ttl: Duration | None = Field(None, description="Log in again after this time; else only when a call says so.")
    renew_on: list[Code] = Field(["401"], description="Statuses, and codes of `errors`: the session is over.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        one_request(self.get, self.post, self.body)
        return self


class Auth(Words):
    """One way to log in."""

    api_key: ApiKey | None = Field(None, description="A key in a header.")
    basic: Basic | None = Field(None, description="User and password.")
    bearer: HeaderValue | None = Field(None, min_length=1, repr=False, description="A token that does not change.")
    oauth2: OAuth2 | None = Field(None, description="OAuth 2 client credentials.")
    oauth1: OAuth1 | None = Field(None, description="OAuth 1, every request signed.")
    hmac: Hmac | None = Field(None, description="A signature of another make.")
    login: Login | None = Field(None, description="A session that one request opens.")

    @model_validator(mode="after")
    def _one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"expected exactly one of {', '.join(type(self).model_fields)}")
        return self

    def headers(self) -> dict[str, str]:
        """What every request carries, whatever it is."""
        if self.api_key is not None:
            return {self.api_key.header: self.api_key.value}
        if self.basic is not None:
            return {"Authorization": self.basic.header()}
        return {"Authorization": f"Bearer {self.bearer}"} if self.bearer is not None else {}
