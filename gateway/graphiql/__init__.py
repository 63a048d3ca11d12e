"""GraphiQL with our own panel: the front end's source, its build, and the page made of it.

``src/`` is TypeScript, built by ``python -m gateway.graphiql.build`` into ``dist/``; only that is read at run time.
"""
