"""Services that speak GraphQL: ``kind: graphql``."""

from adapters.graphql.build import build
from adapters.graphql.registration import GraphQLSource
from adapters.registration import Kind

KIND = Kind("graphql", GraphQLSource, build)

__all__ = ["KIND"]
