"""Systems that speak SOAP: ``kind: soap``."""

from adapters.registration import Kind
from adapters.soap.build import build
from adapters.soap.registration import SoapSource

KIND = Kind("soap", SoapSource, build)

__all__ = ["KIND"]
