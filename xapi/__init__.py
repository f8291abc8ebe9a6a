"""The Experience API as a protocol: statements, actors, queries and versions, without any I/O.

Implements xAPI 1.0.3 (xAPI-Data, xAPI-Communication) and 2.0 (IEEE 9274.1.1). Nothing here knows Flask,
a database or the clock.
"""
