"""How queries are put to engines that differ from the standard or from ours, and their answers read.

Everything here works on the text of a query or on single terms; what each engine does is in docs/scaling.md.
"""

from __future__ import annotations

import json
import re
from typing import Any

from kg.errors import PartialAnswer
from kg.identifiers import BASE
from kg.sparql.prologue import prologue_end
from kg.sparql.query import Bindings, term_of
from kg.sparql.results import XSD, Term, solutions_from_json
from kg.sparql.tokens import behind, tokens_of
from ontology.terms import PREFIXES

_DECLARED = re.compile(r"PREFIX\s+([A-Za-z][\w.-]*)?:", re.IGNORECASE)
_USED = re.compile(r"(?<![\w.-])([A-Za-z][\w-]*):")
_HAS_BASE = re.compile(r"\bBASE\b", re.IGNORECASE)
_RELATIVE = re.compile(r"<(?![A-Za-z][A-Za-z0-9+.-]*:)[^<>\"{}|^`\\\s]*>")
_BOOLEAN = f"{XSD}boolean"
_BOOLEANS = {"0": "false", "1": "true"}
_VIRTUOSO_ASK = "__ASK_RETVAL"


def is_virtuoso(engine: str) -> bool:
    """Whether an engine that names itself so needs what is said of Virtuoso here."""
    return "virtuoso" in engine.lower()


def row_query(query: str) -> str | None:
    """A SELECT with one row for each solution that a CONSTRUCT or DESCRIBE query builds on; None if it has no pattern.

    Virtuoso 7.2.5 cuts the solutions at its limit of rows in both forms, and only of a SELECT does it say so.

    >>> row_query("CONSTRUCT { ?s a ?o } WHERE { ?s ?p ?o } LIMIT 5")
    'SELECT (1 AS ?row) WHERE { ?s ?p ?o } LIMIT 5'
    """
    place = prologue_end(query)
    tokens = list(tokens_of(query, place))
    if not tokens:
        return None
    if tokens[0].keyword == "CONSTRUCT":
        end = behind(tokens, 1, "{}") if tokens[1:2] and tokens[1].text == "{" else 1
    else:
        starts = (n for n, token in enumerate(tokens) if token.keyword in {"FROM", "WHERE"} or token.text == "{")
        end = next(starts, len(tokens))
    if not any(token.text == "{" for token in tokens[end:]):
        return None
    name = "row"
    while f"?{name}" in query or f"${name}" in query:
        name += "_"
    return f"{query[:place]}SELECT (1 AS ?{name}) {query[tokens[end].start :]}"


def with_prologue(query: str) -> str:
    """Declare the prefixes that the embedded engine knows by itself and the query uses without declaring them.

    They come behind the query's own prologue, because some engines want BASE before every PREFIX.
    """
    place = prologue_end(query)
    head, rest = query[:place], query[place:]
    declared = {found[1] for found in _DECLARED.finditer(head)}
    missing = sorted({found[1] for found in _USED.finditer(rest)} & PREFIXES.keys() - declared)
    lines = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in missing)
    base = f"BASE <{BASE}> " if _RELATIVE.search(rest) and not _HAS_BASE.search(head) else ""
    return f"{base}{head}{lines}{rest}"


def with_constants(query: str, bindings: Bindings) -> tuple[str, dict[str, Any]]:
    """Put single IRIs where their variables stand, as far as that changes no answer; returns what is left to bind.

    Virtuoso 7.2.5 takes no notice of a VALUES block where the bound variable begins a path such as
    ``rdfs:subClassOf+``, and answers for every beginning; with the IRI itself it answers rightly.

    >>> with_constants("ASK { ?below rdfs:subClassOf+ ?above }", {"below": "https://w3id.org/sarcoma-kg/histotype/x"})
    ('ASK { <https://w3id.org/sarcoma-kg/histotype/x> rdfs:subClassOf+ ?above }', {})
    """
    left = dict(bindings)
    for name, value in bindings.items():
        values = value if isinstance(value, list | tuple) and not isinstance(value, Term) else (value,)
        if len(values) == 1 and (term := term_of(values[0])).kind == "iri":
            inlined = _inlined(query, name, term.sparql())
            if inlined is not None:
                query = inlined
                del left[name]
    return query, left


def _inlined(query: str, name: str, constant: str) -> str | None:
    """The query with a constant for a variable; None where the variable is shown, grouped by or asked about as such."""
    tokens = list(tokens_of(query))
    keywords = [token.keyword for token in tokens]
    if keywords.count("SELECT") > 1 or "BOUND" in keywords:
        return None
    places = [n for n, token in enumerate(tokens) if token.text in {f"?{name}", f"${name}"}]
    opening = next((n for n, token in enumerate(tokens) if token.text == "{"), 0)
    end = keywords.index("GROUP") if "GROUP" in keywords else len(tokens)
    if not places or any(not opening < n < end or keywords[n - 1] == "AS" for n in places):
        return None
    for n in reversed(places):
        start, stop = tokens[n].start, tokens[n].start + len(tokens[n].text)
        block = [token.text for token in tokens[n + 1 : n + 3]]
        if keywords[n - 1] != "VALUES":
            query = query[:start] + constant + query[stop:]
        elif block == ["{", "}"]:
            query = query[: tokens[n - 1].start] + query[tokens[n + 2].start + 1 :]
        else:
            return None
    return query


def with_bound_told(query: str) -> str:
    """Ask whether a variable has a value in another way than by BOUND, outside of filters.

    Virtuoso 7.2.5 says of a variable that an OPTIONAL left open that it is bound, where its plan joins something else
    behind that OPTIONAL; COALESCE passes over it all the same.

    >>> with_bound_told("SELECT ?a { OPTIONAL { ?a a ?b } BIND(IF(BOUND(?b), 1, 0) AS ?c) FILTER(BOUND(?c)) }")
    'SELECT ?a { OPTIONAL { ?a a ?b } BIND(IF((COALESCE(STRLEN(STR(?b)), -1) >= 0), 1, 0) AS ?c) FILTER(BOUND(?c)) }'
    """
    tokens = list(tokens_of(query, prologue_end(query)))
    edits: list[tuple[int, int, str]] = []
    place = 0
    while place < len(tokens) - 3:
        if tokens[place].keyword in {"FILTER", "HAVING"}:
            bracket = place + 1 if tokens[place + 1].text == "(" else place + 2  # behind a function, but no EXISTS
            place = behind(tokens, bracket, "()") if tokens[bracket].text == "(" else place + 1
            continue
        opening, variable, closing = tokens[place + 1 : place + 4]
        if tokens[place].keyword == "BOUND" and (opening.text, variable.kind, closing.text) == ("(", "variable", ")"):
            told = f"(COALESCE(STRLEN(STR({variable.text})), -1) >= 0)"
            edits.append((tokens[place].start, closing.start + 1, told))
        place += 1
    for start, end, text in reversed(edits):
        query = query[:start] + text + query[end:]
    return query


def without_repeats(query: str, body: bytes) -> bytes:
    """The answer to a SELECT DISTINCT, in SPARQL results JSON, with each row once; of another query as it is.

    Virtuoso 7.2.5 gives rows again that lack a value, where its plan joins something else behind the OPTIONAL.

    Raises: PartialAnswer if there are such rows and the query wants a section of the answer, which is then too short.
    """
    tokens = list(tokens_of(query, prologue_end(query)))
    if [token.keyword for token in tokens[:2]] != ["SELECT", "DISTINCT"]:
        return body
    try:
        answer = json.loads(body)
        rows = answer["results"]["bindings"]
    except (ValueError, KeyError, TypeError):
        return body  # the reader says what is wrong with it
    unlike = {json.dumps(row, sort_keys=True): row for row in rows}
    if len(unlike) == len(rows):
        return body
    place = 0
    while place < len(tokens):
        if tokens[place].keyword in {"LIMIT", "OFFSET"}:
            raise PartialAnswer("it gives equal rows in place of different ones")
        place = behind(tokens, place, "{}")
    answer["results"]["bindings"] = list(unlike.values())
    return json.dumps(answer).encode()


def canonical(term: Term | None) -> Term | None:
    """A term as our own engine spells it: Virtuoso gives back 1 and 0 for true and false."""
    if term is not None and term.datatype == _BOOLEAN and term.value in _BOOLEANS:
        return term._replace(value=_BOOLEANS[term.value])
    return term


def ask_as_standard(body: bytes) -> bytes:
    """Virtuoso answers some ASK queries with a table of one cell."""
    if _VIRTUOSO_ASK.encode() not in body:
        return body
    found = solutions_from_json(body, 1)
    value = found.rows[0][0].value if found.rows and found.rows[0][0] else "0"
    return json.dumps({"head": {}, "boolean": value == "1"}).encode()
