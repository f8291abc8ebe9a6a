"""The Experience API as a protocol: statements, actors, queries and versions, and a client.

Implements xAPI 1.0.3 (xAPI-Data, xAPI-Communication) and 2.0 (IEEE 9274.1.1). Nothing here knows Flask,
a database or the clock; only `xapi.transport`, which carries the client's requests, does I/O.
"""
