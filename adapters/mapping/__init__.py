"""From what a source answers to records: one compiled mapping per entity, the same for JSON, rows and XML.

``compiler`` reads a registration into ``shapes`` (what is read where, and how it becomes a value); ``generated`` makes
one Python function of them for the fields that an operation asks for, in which ``usual`` values need no call; a row
that this function cannot take is read by the shapes themselves, value by value, so that one bad value costs one value.
There are three ``ways`` into a row: rows of SQL are tuples, rows of JSON may be objects of types made for what is read
of them (``members``), all others are dictionaries.
"""

from adapters.mapping.entity import EntityMapping, WrittenInstant
from adapters.mapping.inverse import Inverse
from adapters.mapping.members import Typed, TypedRows
from adapters.mapping.node import Node
from adapters.mapping.unmapped import Unmapped
from adapters.problems import MappingProblem, MappingProblems

__all__ = [
    "EntityMapping",
    "Inverse",
    "MappingProblem",
    "MappingProblems",
    "Node",
    "Typed",
    "TypedRows",
    "Unmapped",
    "WrittenInstant",
]
