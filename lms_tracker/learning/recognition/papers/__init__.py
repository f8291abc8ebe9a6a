"""The papers of a round of recognition, as files that an office program opens. Pure: data in, bytes out.

The same data gives the same bytes. The papers are Vietnamese alone, as the administration writes them.
"""
