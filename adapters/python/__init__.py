"""Systems that speak nothing of the usual: ``kind: python``, an adapter of a team's own.

Whoever writes one needs ``adapters.spi`` (the contract) and, for rows that the file maps, ``mappings``.
"""

from adapters.mapping.unmapped import Unmapped
from adapters.python.build import build
from adapters.python.mappings import mappings
from adapters.python.registration import PythonSource
from adapters.registration import Kind

KIND = Kind("python", PythonSource, build)

__all__ = ["KIND", "PythonSource", "Unmapped", "mappings"]
