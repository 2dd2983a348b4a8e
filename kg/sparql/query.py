"""What a SPARQL request means: its form, what is refused unseen, its bindings, its evaluation.

Knows no HTTP and no process: :func:`evaluate` runs in a worker (kg.sparql.worker), everything else in the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import IO, Literal

import pyoxigraph as ox

from kg.errors import InvalidParameter, KgError, QueryFailed, QueryRefused, QuerySyntaxError
from kg.identifiers import parse_identifier
from kg.sparql.dataset import Dataset, GraphArguments, from_clauses, view
from kg.sparql.formats import write_answer, write_triples
from kg.sparql.prologue import missing_prefixes, prefixes_of, prologue_end, undeclared_prefixes
from kg.sparql.results import Term, iri, literal
from kg.sparql.tokens import Token, is_surely_within, mentions_service, shape_of, tokens_of, without_service

QueryForm = Literal["select", "ask", "construct", "describe"]
Binding = Term | str | int | float | bool | Decimal
Bindings = Mapping[str, Binding | Sequence[Binding]]

_FORM = re.compile("SELECT|ASK|CONSTRUCT|DESCRIBE", re.IGNORECASE)
_UPDATE = re.compile("INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH", re.IGNORECASE)
_CHANGING_FUNCTIONS = frozenset({"NOW", "RAND", "UUID", "STRUUID"})
_PLACE = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_CHARACTERS = re.compile(r",?\s*\[(?:[^\]']|'(?:\\.|[^'\\])*')*\]")
_SENTENCE = re.compile(r"(?:one of |, |expected )((?:The|Duplicated|IRI|SELECT \*) [^,]+)")
_MISPLACED = "something before this place is missing, or too much"
_MAX_REASON = 240
# All of the default graph. The engine reads it a quarter quicker triple by triple than by evaluating this.
WHOLE_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
SHORT = 4096  # characters of a query that is read in no time, and of which the facts of many are kept
_LONG = 64 * 1024  # characters of a query of which the facts of some are kept


@dataclass(frozen=True)
class SparqlOperation:
    """A query with the dataset that the protocol gives it; no graphs mean the store's own dataset.

    Raises: IdentifierError if a graph is not an absolute IRI.
    Source: SPARQL 1.1 Protocol, section 2.1.4.
    """

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for graph in self.default_graphs + self.named_graphs:
            iri(graph)


@dataclass(frozen=True)
class QueryLimits:
    """How long and how deep a query may be; the engine crashes at about ten times the default depth.

    Attributes:
        services: the endpoints that SERVICE may ask, each a full IRI; none by default.
    """

    max_bytes: int = 64 * 1024
    max_depth: int = 200
    max_parts: int = 1500
    services: frozenset[str] = frozenset()


@dataclass(frozen=True)
class QueryFacts:
    """What must be known about a query before it is evaluated.

    Attributes:
        form: which of the four kinds of answer it asks for.
        has_dataset: whether it names its graphs itself (FROM, FROM NAMED).
        is_repeatable: whether the same data give the same answer (no NOW, RAND or UUID, no other endpoint).
        is_calling: whether it asks other endpoints.
    """

    form: QueryForm
    has_dataset: bool
    is_repeatable: bool
    is_calling: bool = False


def inspect(query: str, limits: QueryLimits | None = None) -> QueryFacts:
    """Classify a query without the engine, and refuse what must not reach it.

    Raises: QueryRefused for updates, SERVICE to endpoints that are not allowed, and queries too long, too deep or of
        too many parts; QuerySyntaxError if the text begins like no query.
    """
    limits = limits or QueryLimits()
    # The same queries come again and again, and reading one costs more than answering some.
    if len(query) <= SHORT:
        return _inspected_short(query, limits)
    return _inspected_long(query, limits) if len(query) <= _LONG else _inspected(query, limits)


def _inspected(query: str, limits: QueryLimits) -> QueryFacts:
    # A character is at least a byte, so that a huge text is refused before it is encoded.
    if len(query) > limits.max_bytes or len(query.encode("utf-8", "surrogatepass")) > limits.max_bytes:
        raise QueryRefused(f"it is longer than {limits.max_bytes} bytes")
    form = _form_of(query)
    _check_shape(query, limits)
    is_calling = mentions_service(query)
    if is_calling and not limits.services:
        raise QueryRefused("SERVICE would ask another endpoint, and this service calls none")
    if is_calling and mentions_service(without_service(query, limits.services)):
        allowed = ", ".join(f"<{address}>" for address in sorted(limits.services))
        raise QueryRefused(f"SERVICE may ask only these endpoints, spelled in full: {allowed}")
    is_repeatable = not is_calling and not _changes_by_itself(query)
    return QueryFacts(form, bool(from_clauses(query, {})), is_repeatable, is_calling)


def _check_shape(query: str, limits: QueryLimits) -> None:
    if is_surely_within(query, limits.max_depth, limits.max_parts):
        return
    shape = shape_of(query)
    if shape.depth > limits.max_depth:
        raise QueryRefused(f"its brackets nest {shape.depth} deep; at most {limits.max_depth} are allowed")
    if shape.parts > limits.max_parts:
        raise QueryRefused(f"it has {shape.parts} parts (dots, operators ...) of at most {limits.max_parts}")


_inspected_short = lru_cache(maxsize=2048)(_inspected)
_inspected_long = lru_cache(maxsize=64)(_inspected)


def _changes_by_itself(query: str) -> bool:
    text = query.upper()
    if not any(name in text for name in _CHANGING_FUNCTIONS):
        return False
    return not _CHANGING_FUNCTIONS.isdisjoint(token.keyword for token in tokens_of(query))


def _form_of(query: str) -> QueryForm:
    position = prologue_end(query)
    if (form := _FORM.match(query, position)) is not None:
        return form.group().lower()  # type: ignore[return-value]
    if _UPDATE.match(query, position):
        raise QueryRefused("it is a SPARQL Update, and this service only reads")
    raise _fault_at(query, position, "expected SELECT, ASK, CONSTRUCT or DESCRIBE")


def _fault_at(query: str, position: int, reason: str) -> QuerySyntaxError:
    before = query[:position]
    return QuerySyntaxError(reason, before.count("\n") + 1, position - (before.rfind("\n") + 1) + 1)


def bind(query: str, bindings: Bindings) -> str:
    """Give variables their values, as terms and never as text.

    A value is a term, an absolute IRI (str), a number or a boolean; text comes as
    ``kg.sparql.results.literal(...)``. A list means "any of these". An empty block ``VALUES ?x { }`` in the query
    is filled where it stands; a variable without one is bound at the start of the WHERE clause, which is
    where the engine (it joins in the order of the text) makes most of it.

    Raises: IdentifierError for a str that is no IRI; QueryRefused if there is no WHERE clause to bind in.

    >>> bind("ASK { ?s ?p ?o }", {"s": "https://w3id.org/sarcoma-kg/drug/sirolimus"})
    'ASK { VALUES ?s { <https://w3id.org/sarcoma-kg/drug/sirolimus> } ?s ?p ?o }'
    """
    if not bindings:
        return query
    tokens = list(tokens_of(query))
    inserts: list[tuple[int, str]] = []
    leading: list[str] = []
    for name, values in bindings.items():
        if not _VARIABLE_NAME.fullmatch(name):
            raise InvalidParameter("bindings", name, "the name of a variable, without its question mark")
        block = " ".join(term_of(value).sparql() for value in _listed(values))
        places = _empty_blocks(tokens, name)
        inserts.extend((place, f" {block} ") for place in places)
        if not places:
            leading.append(f" VALUES ?{name} {{ {block} }}")
    if leading:
        inserts.append((_where_start(tokens), "".join(leading)))
    for place, text in sorted(inserts, reverse=True):
        query = query[:place] + text + query[place:]
    return query


def _listed(values: Binding | Sequence[Binding]) -> Sequence[Binding]:
    # A Term is a tuple and a str is a sequence, yet each is one value.
    if isinstance(values, Term | str) or not isinstance(values, Sequence):
        return (values,)
    return values


def term_of(value: Binding) -> Term:
    """A binding as a term: a str is an IRI or a CURIE whose prefix is known, never a text."""
    if isinstance(value, Term):
        return iri(value.value) if value.kind == "iri" else value
    if isinstance(value, str):
        return iri(value if "://" in value else parse_identifier(value) or value)
    return literal(value)


def _empty_blocks(tokens: Sequence[Token], name: str) -> list[int]:
    """Where ``VALUES ?name { }`` waits for its terms: the position after each opening brace."""
    return [
        opening.start + 1
        for word, variable, opening, closing in zip(tokens, tokens[1:], tokens[2:], tokens[3:], strict=False)
        if (word.keyword, variable.text[1:], opening.text, closing.text) == ("VALUES", name, "{", "}")
    ]


def _where_start(tokens: Sequence[Token]) -> int:
    """The position after the brace that opens the WHERE clause."""
    depth = 0
    is_template = False
    for position, token in enumerate(tokens):
        if token.text == "{" and depth == 0:
            is_template = tokens[position - 1].keyword == "CONSTRUCT"
            if not is_template:
                return token.start + 1
        if token.kind == "mark":
            depth += (token.text in {"{", "("}) - (token.text in {"}", ")"})
    raise QueryRefused("it has no WHERE clause to bind a variable in")


def evaluate(store: ox.Store, operation: SparqlOperation, media_type: str, dataset: Dataset, output: IO[bytes]) -> None:
    """Evaluate a query and let the engine write the answer.

    Raises: QuerySyntaxError; InvalidParameter if the media type does not fit the kind of answer;
        QueryRefused for functions the engine lacks; QueryFailed; whatever ``output.write`` raises.
    """
    try:
        seen, graphs = view(store, operation.query, operation.default_graphs, operation.named_graphs, dataset)
        if operation.query == WHOLE_GRAPH and (graph := _only_graph(graphs)) is not None:
            triples = (quad.triple for quad in seen.quads_for_pattern(None, None, None, graph))
            write_triples(triples, media_type, dataset.prefixes, output)
            return
        # No prefixes at all are read quicker than an empty table of them.
        declared = missing_prefixes(operation.query, dataset.prefixes) or None
        answer = seen.query(operation.query, base_iri=dataset.base_iri, prefixes=declared, **graphs)
        spelled = prefixes_of(operation.query, dataset.prefixes) if isinstance(answer, ox.QueryTriples) else {}
        write_answer(answer, media_type, spelled, output)
    except (SyntaxError, OSError, RuntimeError, ValueError) as error:
        raise _translated(error, operation.query, dataset.prefixes) from error


def _only_graph(graphs: GraphArguments) -> ox.NamedNode | ox.BlankNode | ox.DefaultGraph | None:
    """The one graph of the store that is the default graph of a query; None if there is no such one."""
    if not graphs:
        return ox.DefaultGraph()
    chosen = graphs.get("default_graph", [])
    return chosen[0] if len(chosen) == 1 else None


def _translated(error: Exception, query: str, prefixes: Mapping[str, str]) -> KgError:
    text = str(error)
    if isinstance(error, SyntaxError):
        return _wrongly_selected(query) or syntax_error(text, undeclared_prefixes(query, prefixes))
    if "is not supported" in text and isinstance(error, RuntimeError):
        return QueryRefused(_trimmed(text[:1].lower() + text[1:]))
    if isinstance(error, PermissionError):
        return QueryRefused("it asks for the network or a file, and queries get neither")
    return QueryFailed(_trimmed(text))


def _wrongly_selected(query: str) -> QuerySyntaxError | None:
    """A fault between SELECT and the pattern, of which the engine only says that it expected DISTINCT."""
    tokens = [token for token in tokens_of(query, prologue_end(query)) if token.kind != "space"]
    depth = 0
    for number, token in enumerate(tokens):
        if number == 0 and token.keyword != "SELECT":
            return None
        depth += (token.text == "(") - (token.text == ")")
        if token.text == "{" or (depth == 0 and (token.text == "*" or token.keyword in {"WHERE", "FROM"})):
            return None
        if depth == 0 and token.text == ")" and not _is_named(tokens[:number]):
            return _fault_at(query, token.start, "what is computed needs a name: (... AS ?name)")
        if depth == 0 and token.keyword not in {"", "SELECT", "DISTINCT", "REDUCED"}:
            name = token.keyword
            reason = f"{name} outside brackets; what is computed is selected as ({name}(...) AS ?name)"
            return _fault_at(query, token.start, reason)
    return None


def _is_named(tokens: Sequence[Token]) -> bool:
    """Whether an expression, up to its closing bracket, ends in a name."""
    return len(tokens) > 1 and tokens[-2].keyword == "AS" and tokens[-1].kind == "variable"


def syntax_error(text: str, undeclared: Sequence[str] = ()) -> QuerySyntaxError:
    """Read the engine's message: its place, and its reason without the lists of characters.

    Args:
        text: the message.
        undeclared: prefixes that the query uses and does not declare.

    >>> str(syntax_error("error at 1:11: expected one of '}', ['a' ..= 'z' | 'A' ..= 'Z']"))
    "The query cannot be parsed at line 1, column 11: expected one of '}'"
    """
    found = _PLACE.match(text)
    reason = _CHARACTERS.sub("", found[3] if found else text)
    if "Prefix not found" in reason:
        names = ", ".join(f"{name}:" for name in undeclared)
        reason = f"no PREFIX declares {names}" if names else "a prefix is used that is not declared"
    elif (sentence := _SENTENCE.search(reason)) is not None:
        reason = sentence[1]  # among what was expected stands what is wrong
    elif "[_]" in text and '"' not in reason:
        reason = _MISPLACED  # what else could have stood there would mislead
    line, column = (int(found[1]), int(found[2])) if found else (None, None)
    return QuerySyntaxError(_trimmed(reason), line, column)


def _trimmed(reason: str) -> str:
    reason = " ".join(reason.split())
    return reason if len(reason) <= _MAX_REASON else reason[:_MAX_REASON].rsplit(" ", 1)[0] + " ..."
