"""The HTTP edge: GraphQL over HTTP, the served schema, and what an orchestrator asks."""
