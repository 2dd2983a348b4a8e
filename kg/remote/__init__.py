"""The same graph on an engine behind an address: asked over SPARQL, walked from a local copy, loaded by ``push``."""
