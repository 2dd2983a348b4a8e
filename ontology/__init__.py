"""The words of the graph: which exist, what they mean, and what a well-formed graph looks like.

The room's promise:

* ``sarcoma.ttl`` (OWL 2 EL plus disjointness), ``prefixes.ttl`` and ``shapes/*.ttl`` (SHACL) are the sources;
  ``terms.py`` and ``docs/predicates.md`` are derived from them by ``python -m ontology`` and never edited.
* ``ontology.terms`` and ``ontology.vocabulary`` import the standard library only: every room may use them.
* rdflib and pyshacl are used here and nowhere else; owlready2 and the reasoner only in ``ontology.reason``.
* Nothing here knows a document, a store or a request; only the deadline of an explanation reads the clock.
"""
