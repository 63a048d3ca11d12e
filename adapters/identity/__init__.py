"""One record out of several systems' records of the same thing, such as a person.

``rules`` say when two records are of one thing, ``crosswalk`` reads the table of links that overrules them,
``survivorship`` makes one record of several, ``unified`` is the adapter that asks the systems for them.
"""
