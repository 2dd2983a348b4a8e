"""Graphs that others published: read row by row, kept with their licence and version, joined to ours at every build.

An import is evidence of nothing here: its edges take part in a search only when asked for, and never in an
evidence level. docs/importing.md says how to use it, docs/decisions/0005-imports.md why it is so.
"""
