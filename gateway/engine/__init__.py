"""The engine: an operation is planned, its steps are run, and what they bring is projected into the answer.

In the order in which a request meets them:

- ``request`` (what comes in and goes out), ``engine`` (the way through), ``prepared``, ``refused``, ``messages``;
- ``answers``: whole ones, given again;
- ``document``: texts, parsed and validated once, with each ``operation`` and its ``variables``; ``limits`` on them,
  ``recent`` ones kept; ``context``;
- ``planner``: from what is ``selected`` to a ``plan``, with ``roots`` and ``entities`` for the fields of ``Query`` and
  ``steps`` for the requests, and ``outlines`` of what the answer takes of records; ``planned`` is what is kept of it;
- ``cost``: the ``worst_case`` of a plan, its ``costs`` under different arguments, ``cost_limits``; ``sample_queries``
  and ``one_by_one`` find what costs a call for each item;
- ``run``: steps asked of sources, with ``tables`` of keys and records, ``asked_page`` (which page of which list) and
  ``pages``;
- ``projection``: a plan's generated code, which calls ``completion``, ``joining`` and ``computing`` for what is rare,
  and makes ``ids`` and ``errors``;
- ``explain`` and ``accounts``: what is told of it all.
"""
