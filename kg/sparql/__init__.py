"""Parsing, running and serialising SPARQL: worker processes that hold the engine and may be killed at any moment.

Stays empty: worker processes import modules of this package and must start fast.
"""
