"""Systems that answer JSON over HTTP: ``kind: rest``."""

from adapters.registration import Kind
from adapters.rest.build import build
from adapters.rest.registration import RestSource

KIND = Kind("rest", RestSource, build)

__all__ = ["KIND"]
