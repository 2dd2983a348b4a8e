"""What a request to ``/sparql`` asks: the SPARQL 1.1 Protocol, query operations only, read without any server.

Source: SPARQL 1.1 Protocol (W3C REC 2013-03-21), section 2.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote_to_bytes

from werkzeug.http import parse_options_header

from kg.errors import InvalidParameter
from kg.sparql.query import SparqlOperation
from server.http.errors import BadRequest, ReadOnly, UnsupportedMediaType
from server.http.negotiation import names_html

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"

_BYTE_ORDER_MARK = "\ufeff"  # with which editors of Windows begin a file
_MAX_FIELDS = 1000
_MOST_DIGITS = 9  # of the number of a page
_MAX_REMEMBERED_BYTES = 4096
_Fields = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class SparqlRequest:
    """A request as the protocol reads it. ``operation`` is None if it holds no query."""

    operation: SparqlOperation | None
    format: str = ""
    timeout_s: float | None = None
    page: int = 1  # of a table in HTML

    def wants_page(self, method: str, accept: str | None) -> bool:
        """Whether the answer is to be read by people, on a page."""
        return self.format == "html" or (not self.format and method != "POST" and names_html(accept))


@dataclass(frozen=True)
class SparqlQuery:
    """A query to be answered as data; ``format`` is empty where the client's ``Accept`` decides."""

    operation: SparqlOperation
    format: str
    timeout_s: float | None


def read_request(method: str, content_type: str, query_string: bytes, body: bytes) -> SparqlRequest:
    """The same as :func:`parse_request`, which has read the short ones of late before."""
    is_short = len(query_string) + len(body) <= _MAX_REMEMBERED_BYTES
    return (_parsed_short if is_short else parse_request)(method, content_type, query_string, body)


def parse_request(method: str, content_type: str, query_string: bytes, body: bytes) -> SparqlRequest:
    """Read a request, pure.

    Raises: BadRequest, UnsupportedMediaType, ReadOnly, IdentifierError, InvalidParameter.
    """
    fields = list(_fields(query_string, "address"))
    direct: str | None = None
    if method == "POST":
        media_type, parameters = parse_options_header(content_type.lower())  # charsets are without case, too
        _check_charset(parameters.get("charset", "utf-8"))
        if media_type == FORM:
            fields += _fields(body, "body")
        elif media_type == QUERY:
            direct = _query_of(body)
        elif media_type == UPDATE:
            raise ReadOnly("This server is read-only: it takes no SPARQL Update.")
        else:
            raise UnsupportedMediaType(
                f"POST a query as {QUERY} or {FORM}, not as {media_type or 'a body without a type'}."
            )
    queries = [value for name, value in fields if name == "query"] + ([direct] if direct is not None else [])
    updates = [value for name, value in fields if name == "update"]
    if queries and updates:
        raise BadRequest("A request holds a query or an update, not both.")
    if updates:
        raise ReadOnly("This server is read-only: it takes no SPARQL Update.")
    if len(queries) > 1:
        raise BadRequest(f"A request holds one query; this one holds {len(queries)}.")
    return SparqlRequest(
        SparqlOperation(
            queries[0].removeprefix(_BYTE_ORDER_MARK),
            _all(fields, "default-graph-uri"),
            _all(fields, "named-graph-uri"),
        )
        if queries
        else None,
        _format(fields),
        _timeout(_single(fields, "timeout")),
        _page_number(_single(fields, "page")),
    )


_parsed_short = lru_cache(maxsize=2048)(parse_request)


def _fields(data: bytes, where: str) -> _Fields:
    if data.count(b"&") >= _MAX_FIELDS:
        raise BadRequest(f"The {where} has more than {_MAX_FIELDS} fields.")
    try:
        parts = (field.partition(b"=") for field in data.split(b"&") if field)
        return [(_unescaped(name), _unescaped(value)) for name, _, value in parts]
    except UnicodeDecodeError:
        raise BadRequest(f"The {where} is not UTF-8.") from None


def _unescaped(data: bytes) -> str:
    """Undo percent signs and plus signs. Raises: UnicodeDecodeError if that gives no UTF-8."""
    data = data.replace(b"+", b" ")
    if b"%" in data:
        try:
            # A query has hundreds of escapes. Spelled as Python spells bytes, the interpreter reads them all at once.
            spelled = data.replace(b"\\", rb"\\").replace(b"%", rb"\x")
            data = spelled.decode("unicode_escape").encode("latin-1")
        except UnicodeDecodeError:
            data = unquote_to_bytes(data)  # some percent sign escapes nothing, and stays
    return data.decode("utf-8")


def _query_of(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise BadRequest("The body is not UTF-8.") from None


def check_coding(coding: str) -> None:
    """Refuse a compressed body, which could be a small one of a huge query. Raises: UnsupportedMediaType."""
    if coding.strip().lower() not in {"", "identity"}:
        raise UnsupportedMediaType(f"POST a query as it is, not with the content coding {coding}.")


def _check_charset(charset: str) -> None:
    if charset.lower() not in {"utf-8", "utf8"}:
        raise UnsupportedMediaType(f"A query comes in UTF-8, not in {charset}.")


def _all(fields: _Fields, name: str) -> tuple[str, ...]:
    return tuple(value for field, value in fields if field == name)


def _single(fields: _Fields, name: str) -> str:
    values = _all(fields, name)
    if len(values) > 1:
        raise BadRequest(f"The parameter {name} may be given once.")
    return values[0] if values else ""


def _format(fields: _Fields) -> str:
    """The format that is asked for; of one that comes as a name and as media types (SPARQLWrapper's), the name.

    ``output`` is what Fuseki and others call it; SPARQLWrapper says the same by both.
    """
    asked = [_one_format(fields, name) for name in ("format", "output")]
    told = dict.fromkeys(filter(None, asked))
    if len(told) > 1:
        raise BadRequest("The parameters format and output name two formats: " + " and ".join(told) + ".")
    return next(iter(told), "")


def _one_format(fields: _Fields, name: str) -> str:
    values = _all(fields, name)
    names = [value for value in values if "/" not in value]
    return _single([(name, value) for value in (names or values)], name)


def _timeout(text: str) -> float | None:
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidParameter("timeout", text, "a number of seconds") from None


def _page_number(text: str) -> int:
    if text and not (text.isdecimal() and len(text) <= _MOST_DIGITS and int(text) > 0):
        raise InvalidParameter("page", text, "a whole number from 1")
    return int(text or 1)
