"""Answers spelled in their formats: written by the engine, or turned from what another engine sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from itertools import chain, islice
from typing import IO

import pyoxigraph as ox

from kg.errors import InvalidParameter, PartialAnswer
from kg.sparql.json_ld import write_json_ld
from kg.sparql.results import Term, TermTriple

RESULTS_JSON = "application/sparql-results+json"
N_TRIPLES = "application/n-triples"

# The formats that have prefixes and are read by people.
_WITH_PREFIXES = frozenset({ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML, ox.RdfFormat.JSON_LD})
# Up to so many triples only the prefixes that occur are declared; beyond, all are, and nothing is held back.
_LOOKED_AT = 1000


def write_answer(
    answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples,
    media_type: str,
    prefixes: Mapping[str, str],
    output: IO[bytes],
) -> None:
    """Have the engine write its answer.

    Raises: InvalidParameter if the media type does not fit the kind of answer; whatever ``output.write`` raises.
    """
    if not isinstance(answer, ox.QueryTriples):
        answer.serialize(output, format=_results_format(media_type))
    elif (wanted := _graph_format(media_type)) in _WITH_PREFIXES:
        write_triples(answer, media_type, prefixes, output)
    else:
        answer.serialize(output, format=wanted)  # quicker than triple by triple


def write_triples(
    triples: Iterator[ox.Triple], media_type: str, prefixes: Mapping[str, str], output: IO[bytes]
) -> None:
    """Have the engine write a graph. Raises: as :func:`write_answer`."""
    wanted = _graph_format(media_type)
    if wanted in _WITH_PREFIXES:
        first = list(islice(triples, _LOOKED_AT))
        declared = _named_once(prefixes) if len(first) == _LOOKED_AT else _used(first, prefixes)
        _serialize(chain(first, triples), output, wanted, declared)
    else:
        ox.serialize(triples, output, format=wanted)


def _serialize(
    triples: Iterable[ox.Triple], output: IO[bytes], wanted: ox.RdfFormat, declared: Mapping[str, str]
) -> None:
    if wanted == ox.RdfFormat.JSON_LD:
        write_json_ld(triples, declared, output)
    else:
        ox.serialize(triples, output, format=wanted, prefixes=dict(declared))


def _used(triples: list[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return {name: iri for name, iri in _named_once(prefixes).items() if f"<{iri}".encode() in text}


def _named_once(prefixes: Mapping[str, str]) -> dict[str, str]:
    """Of several prefixes for one namespace the last, which is the query's own."""
    last = {iri: name for name, iri in prefixes.items()}
    return {name: iri for iri, name in last.items()}


def graph_as(turtle: str, media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Spell a small graph, given in Turtle, in another RDF format. Raises: InvalidParameter if it is none."""
    return _spelled([quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)], media_type, prefixes)


def graph_in(body: bytes, media_type: str, prefixes: Mapping[str, str]) -> bytes:
    """Spell N-Triples of another engine in another RDF format; see :func:`results_in`."""
    _graph_format(media_type)
    try:
        triples = [quad.triple for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)]
    except (SyntaxError, ValueError, OSError) as error:
        raise PartialAnswer("its triples break off or cannot be read") from error
    return _spelled(triples, media_type, prefixes)


def _spelled(triples: list[ox.Triple], media_type: str, prefixes: Mapping[str, str]) -> bytes:
    wanted = _graph_format(media_type)
    written = BytesIO()
    _serialize(triples, written, wanted, _used(triples, prefixes) if wanted in _WITH_PREFIXES else {})
    return written.getvalue()


def results_in(body: bytes, media_type: str) -> bytes:
    """Spell SPARQL results JSON of another engine in another format of tables, or in standard JSON.

    Raises: InvalidParameter if the media type is not one for tables; PartialAnswer if the body breaks off.
    """
    wanted = _results_format(media_type)
    try:
        return ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON).serialize(format=wanted) or b""
    except (SyntaxError, ValueError, OSError) as error:
        raise PartialAnswer("its results break off or cannot be read") from error


def triples_from_n_triples(body: bytes) -> tuple[TermTriple, ...]:
    """Decode the answer of a CONSTRUCT or DESCRIBE query."""
    return tuple(
        TermTriple(term(quad.subject), term(quad.predicate), term(quad.object))
        for quad in ox.parse(body, format=ox.RdfFormat.N_TRIPLES)
    )


def term(node: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    """A term of the engine as one of ours."""
    if isinstance(node, ox.NamedNode):
        return Term("iri", node.value)
    if isinstance(node, ox.Literal):
        datatype = node.datatype.value
        is_text = datatype == "http://www.w3.org/2001/XMLSchema#string" or node.language
        return Term("literal", node.value, "" if is_text else datatype, node.language or "")
    return Term("bnode", node.value) if isinstance(node, ox.BlankNode) else Term("triple", f"<<( {node} )>>")


def _graph_format(media_type: str) -> ox.RdfFormat:
    found = ox.RdfFormat.from_media_type(media_type)
    if found is None:
        raise InvalidParameter("format", media_type, "a format for graphs, such as text/turtle")
    return found


def _results_format(media_type: str) -> ox.QueryResultsFormat:
    found = ox.QueryResultsFormat.from_media_type(media_type)
    if found is None:
        raise InvalidParameter("format", media_type, f"a format for tables, such as {RESULTS_JSON}")
    return found
