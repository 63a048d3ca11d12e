"""Systems that take requests of our own making over HTTP: what the kinds ``rest`` and ``graphql`` are built on.

An endpoint sends one request and reads its reply, with the ways to log in, the formats and the page styles around it.
What is asked, and what becomes of the rows, is each kind's own.
"""
