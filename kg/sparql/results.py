"""What a query answers, as Python values: terms, solutions, triples.

Answers arrive as SPARQL 1.1 Query Results JSON, from the embedded engine and from a remote one alike, so
there is one decoder.
Source: SPARQL 1.1 Query Results JSON Format (W3C REC 2013-03-21); RDF 1.2 adds the ``triple`` type.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from kg.errors import IdentifierError, QueryFailed, ResultTooLarge
from kg.identifiers import ABSOLUTE_IRI

if TYPE_CHECKING:
    import pandas as pd

XSD = "http://www.w3.org/2001/XMLSchema#"

TermKind = Literal["iri", "literal", "bnode", "triple"]
PythonValue = str | int | float | bool | Decimal | None

_INTEGER_NAMES = (
    "integer", "int", "long", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
    "negativeInteger", "unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte",
)  # fmt: skip
_CONVERSIONS: dict[str, Callable[[str], PythonValue]] = {
    **{XSD + name: int for name in _INTEGER_NAMES},
    XSD + "decimal": Decimal,
    XSD + "double": float,
    XSD + "float": float,
    XSD + "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
}
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


class Term(NamedTuple):
    """An RDF term. ``value`` is the IRI, lexical form, blank node label, or N-Triples text of a triple."""

    kind: TermKind
    value: str
    datatype: str = ""  # literals only; empty means xsd:string (or rdf:langString with a language)
    language: str = ""

    def python(self) -> PythonValue:
        """The nearest Python value: IRIs and texts are str, numbers int, Decimal or float."""
        convert = _CONVERSIONS.get(self.datatype)
        if convert is None:
            return self.value
        try:
            return convert(self.value)
        except (KeyError, ValueError, InvalidOperation):
            return self.value  # an ill-typed literal stays the text that it is

    def sparql(self) -> str:
        r"""The term as SPARQL and Turtle spell it, escaped.

        >>> literal('a "b"', language="en").sparql()
        '"a \\"b\\""@en'
        """
        if self.kind == "iri":
            return f"<{self.value}>"
        if self.kind == "bnode":
            return f"_:{self.value}"
        if self.kind == "triple":
            return self.value
        text = f'"{self.value.translate(_ESCAPES)}"'
        if self.language:
            return f"{text}@{self.language}"
        return f"{text}^^<{self.datatype}>" if self.datatype else text


def iri(text: str) -> Term:
    """An IRI as a term.

    Raises: IdentifierError if the text is not an absolute IRI.
    """
    if not ABSOLUTE_IRI.fullmatch(text):
        raise IdentifierError(text, "expected an absolute IRI")
    return Term("iri", text)


def literal(value: str | bool | int | float | Decimal | date, datatype: str = "", language: str = "") -> Term:
    """A literal as a term; numbers, booleans and dates get their XSD datatype.

    Raises: IdentifierError if the language tag is malformed.

    >>> literal(18).sparql()
    '"18"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if language and not _LANGUAGE.fullmatch(language):
        raise IdentifierError(language, "expected a language tag such as en or en-GB")
    if datatype:
        iri(datatype)
    if isinstance(value, str):
        return Term("literal", value, datatype, language)
    if isinstance(value, bool):
        return Term("literal", str(value).lower(), XSD + "boolean")
    if isinstance(value, int):
        return Term("literal", str(value), XSD + "integer")
    if isinstance(value, Decimal):
        return Term("literal", f"{value:f}", XSD + "decimal")
    if isinstance(value, float):
        return Term("literal", repr(value), XSD + "double")
    return Term("literal", value.isoformat(), XSD + ("dateTime" if isinstance(value, datetime) else "date"))


Row = tuple[Term | None, ...]


@dataclass(frozen=True)
class Solutions:
    """The answer of a SELECT query: one term, or None where unbound, per row and column.

    Attributes:
        unknown_names: names of ours in the query that nothing has, with what may have been meant; only of an answer
            of :meth:`kg.graph.KnowledgeGraph.sparql` that is empty or a count of 0.
    """

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    unknown_names: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    @cached_property
    def _position_by_column(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.columns)}

    def column(self, name: str) -> tuple[PythonValue, ...]:
        """The Python values of one column, in row order. Raises: KeyError if there is no such column."""
        position = self._position_by_column[name]
        return tuple(term.python() if (term := row[position]) else None for row in self.rows)

    def texts(self) -> list[tuple[str, ...]]:
        """The rows in which everything is bound, as IRIs and lexical forms, in row order."""
        return [tuple(term.value for term in row if term) for row in self.rows if all(row)]

    def nodes(self) -> tuple[str, ...]:
        """What is bound in the first column, as IRIs or lexical forms, each once, sorted."""
        return tuple(sorted({row[0].value for row in self.rows if row[0]}))

    def to_pandas(self) -> pd.DataFrame:
        """A data frame of the Python values."""
        import pandas as pd  # noqa: PLC0415  # takes a second to import

        return pd.DataFrame.from_records(list(self.records()), columns=list(self.columns))

    def records(self) -> Iterator[dict[str, PythonValue]]:
        """Yield each row as a dict of Python values; unbound is None, IRIs are str."""
        for row in self.rows:
            yield {name: term.python() if term else None for name, term in zip(self.columns, row, strict=True)}


def _term(binding: Mapping[str, Any]) -> Term:
    kind, value = binding["type"], binding["value"]
    if kind == "uri":
        return Term("iri", value)
    if kind == "bnode":
        return Term("bnode", value)
    if kind == "triple":
        parts = (_term(value[name]).sparql() for name in ("subject", "predicate", "object"))
        return Term("triple", f"<<( {' '.join(parts)} )>>")
    return Term("literal", value, binding.get("datatype", ""), binding.get("xml:lang", ""))


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise QueryFailed("the engine's answer is not SPARQL results JSON") from error
    if not isinstance(document, dict):
        raise QueryFailed("the engine's answer is not SPARQL results JSON")
    return document


def solutions_from_json(body: bytes, max_rows: int) -> Solutions:
    """Decode a SELECT answer.

    Raises: ResultTooLarge above max_rows; QueryFailed if the body is something else.
    """
    document = _document(body)
    try:
        columns: Sequence[str] = document["head"]["vars"]
        bindings: Sequence[Mapping[str, Any]] = document["results"]["bindings"]
        if len(bindings) > max_rows:
            raise ResultTooLarge("max_rows", max_rows, "rows")
        rows = tuple(
            tuple(_term(binding[name]) if name in binding else None for name in columns) for binding in bindings
        )
    except (KeyError, TypeError) as error:
        raise QueryFailed("the engine's answer holds no solutions; is the query a SELECT?") from error
    return Solutions(tuple(columns), rows)


def boolean_from_json(body: bytes) -> bool:
    """Decode an ASK answer. Raises: QueryFailed if the body is something else."""
    answer = _document(body).get("boolean")
    if not isinstance(answer, bool):
        raise QueryFailed("the engine's answer holds no boolean; is the query an ASK?")
    return answer


class TermTriple(NamedTuple):
    """One triple of a CONSTRUCT or DESCRIBE answer."""

    subject: Term
    predicate: Term
    object: Term
