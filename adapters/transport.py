"""How a source is reached: what its network and its age ask for."""

from __future__ import annotations

import ssl
from typing import Literal, Self
from warnings import catch_warnings, simplefilter

from pydantic import Field, model_validator

from adapters.registration import LocalFile, Words

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}


class Transport(Words):
    """Certificates, proxies and connections of one source."""

    keep_alive: bool = Field(True, description="Use a connection for more than one call.")
    certificate: LocalFile | None = Field(None, description="Our own certificate (PEM), for systems that ask for one.")
    key: LocalFile | None = Field(None, description="Its private key (PEM), where `certificate` does not hold it.")
    authorities: LocalFile | None = Field(
        None, description="Certificates (PEM) that the system's own is checked against, in the place of the usual ones."
    )
    oldest_tls: Literal["1.0", "1.1", "1.2", "1.3"] = Field(
        "1.2", description="The oldest version that is spoken; before 1.2 with the ciphers of its time."
    )
    proxy: str | None = Field(
        None, pattern="^https?://", repr=False, description="Calls go through it: `http://proxy.internal:3128`."
    )

    @model_validator(mode="after")
    def _with_certificate(self) -> Self:
        if self.key is not None and self.certificate is None:
            raise ValueError("expected `certificate` beside `key`")
        try:
            self.tls()
        except OSError as error:  # what OpenSSL says of a file has no content of it
            raise ValueError(f"expected certificates and a key that fits, in PEM: {error}") from None
        return self

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=None if self.authorities is None else str(self.authorities))
        with catch_warnings():
            simplefilter("ignore", DeprecationWarning)  # who writes 1.0 knows that it is old
            context.minimum_version = VERSIONS[self.oldest_tls]
        if self.oldest_tls in {"1.0", "1.1"}:
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context


USUAL = Transport()
