"""PostgreSQL by psycopg: statements on the event loop, without a thread between it and the server."""
