"""The proof that the engine answers right.

Operations are generated over the served graph (``operations``) and answered twice: by the engine, and by graphql-core's
own executor with the plainest resolvers there can be (``truth``). Both read the same sources in memory (``data``), into
which holes were torn (``holes``). ``python -m tests.proof --operations 3000 --seed 1`` runs it at length.
"""
