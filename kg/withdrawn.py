"""Identifiers that corrections gave up: they go on working, or say why they do not.

Whoever wrote one down may come back with it years later, and never meets a bare "unknown".
"""

from __future__ import annotations

from kg.description import describe, reference
from kg.errors import Withdrawn
from kg.identifiers import display, is_project, parse_identifier
from kg.store import Store
from ontology.terms import SKG


def successor(store: Store, text: str, parameter: str = "") -> str | None:
    """What stands now for an identifier that was given up.

    Returns: an IRI; None if nothing of that identifier was withdrawn.
    Raises: Withdrawn with the reason where nothing stands for it, or several things do.
    """
    iri = parse_identifier(text)
    if iri is None or not is_project(iri):
        return None
    given_up = describe(store, [iri]).get(iri)
    if given_up is None or SKG.Withdrawn not in given_up.iris("rdf_type"):
        return None
    successors = given_up.iris("dcterms_isReplacedBy")
    if len(successors) == 1:
        return successors[0]
    known = describe(store, successors)
    named = tuple((display(each), reference(each, known).label) for each in successors)
    raise Withdrawn(text, parameter, named, given_up.text("changeNote") or "")
