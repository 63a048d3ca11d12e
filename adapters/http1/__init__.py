"""HTTP/1.1 on sockets, for calls to systems: one request out, one whole reply in.

``origin`` reads an address, ``message`` writes a request, ``opening`` makes connections (names, certificates, proxies),
``connection`` is one of them, ``pool`` has those of a source. The parser is llhttp, the errors are httpx's.
"""

from adapters.http1.message import Prepared, Raw, TooLarge
from adapters.http1.pool import Pool

__all__ = ["Pool", "Prepared", "Raw", "TooLarge"]
