"""Systems that speak SOAP: ``kind: soap``.

A WSDL is read once, when the source is built: ``bundle`` and ``documents`` (its files), ``components`` (what a
reference in them means), ``reduction`` and ``definitions`` (what the registered operations need of them), ``wsdl`` and
``shape`` (what it says of an element). ``checks``, ``fitting`` and ``reads`` hold the registration against it;
``build``, with ``requests`` and ``replies``, makes the adapter.

Out: ``message`` (written by zeep with the marks of ``marking``, or from a ``template``, in the SOAP ``encoding`` where
that is used; then filled as ``segments``), ``security``.
To and fro: ``endpoint`` and ``login``; ``lookups``, ``searches``, ``paging`` and ``keyset`` know what to ask.
In: ``reply`` and ``multipart`` (bytes to XML), ``faults``, ``decoding`` (what stands in texts), ``errors``; ``rows``,
``reader`` (a row by what is ``wanted`` of it: ``paths`` and ``expressions``), ``elements``.
"""

from adapters.registration import Kind
from adapters.soap.build import build
from adapters.soap.registration import SoapSource

KIND = Kind("soap", SoapSource, build)

__all__ = ["KIND"]
