"""Systems that speak SOAP: ``kind: soap``.

A WSDL is read once, when the source is built: ``bundle`` and ``documents`` (its files), ``components`` (what a
reference in them means), ``reduction`` and ``definitions`` (what the registered operations need of them), ``wsdl``,
``shape`` (what it says of an element); ``checks``, ``fitting`` and ``reads`` hold the registration against it,
``build`` makes the adapter.

Out: ``message`` (written by zeep with the marks of ``marking``, then filled as ``segments``), ``security``.
To and fro: ``endpoint``, ``session`` and ``login``; ``lookups``, ``searches`` and ``paging`` know what to ask.
In: ``reply`` (bytes to XML), ``faults``; ``rows``, ``reader`` (a row by ``paths`` and ``expressions``), ``elements``.
"""

from adapters.registration import Kind
from adapters.soap.build import build
from adapters.soap.registration import SoapSource

KIND = Kind("soap", SoapSource, build)

__all__ = ["KIND"]
