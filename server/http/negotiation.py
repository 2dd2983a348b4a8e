"""Which format an answer takes: by the ``Accept`` header, or by ``format=`` where that is given.

Source: RFC 9110, section 12.5.1.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from werkzeug.datastructures import Accept, MIMEAccept
from werkzeug.http import parse_accept_header, parse_options_header

from kg.errors import InvalidParameter, KgError
from kg.sparql.query import QueryForm, inspect


@dataclass(eq=False)
class NotAcceptable(KgError):
    """The client accepts none of the formats, or of the codings, that this answer comes in."""

    code = "not_acceptable"
    accept: str
    available: tuple[str, ...]
    header: str = "Accept"

    def message(self) -> str:
        """See :class:`kg.errors.KgError`."""
        return f"{self.header}: {self.accept} matches no format of this answer; there are {', '.join(self.available)}."


@dataclass(frozen=True)
class Format:
    """A format: the names that ``format=`` takes, its media type, and others that clients ask for it by."""

    names: tuple[str, ...]
    media_type: str
    aliases: tuple[str, ...] = ()
    is_text: bool = False  # of type text/*, so that the charset must be said

    @property
    def content_type(self) -> str:
        """The Content-Type of an answer."""
        return f"{self.media_type}; charset=utf-8" if self.is_text else self.media_type


_XML = ("application/xml", "text/xml")
_N3 = ("text/n3", "text/rdf+n3")  # of which Turtle is a part
_BARE_POINT = re.compile(r";[ \t]*q=(?=\.)", re.IGNORECASE)

RESULT_FORMATS = (
    Format(("json", "srj"), "application/sparql-results+json", ("application/json", "text/json")),
    Format(("xml", "srx"), "application/sparql-results+xml", _XML),
    Format(("csv",), "text/csv", is_text=True),
    Format(("tsv",), "text/tab-separated-values", is_text=True),
)
GRAPH_FORMATS = (
    Format(("turtle", "ttl", "n3"), "text/turtle", ("application/x-turtle", *_N3), is_text=True),
    Format(("ntriples", "nt"), "application/n-triples", ("text/plain",)),
    Format(("jsonld", "json-ld", "json"), "application/ld+json", ("application/json",)),
    Format(("rdfxml", "rdf+xml", "rdf", "xml"), "application/rdf+xml", _XML),
    Format(("trig",), "application/trig", ("application/x-trig",)),
    Format(("nquads", "nq"), "application/n-quads", ("text/x-nquads",)),
)
HTML = Format(("html",), "text/html", ("application/xhtml+xml",), is_text=True)


def formats_for(form: QueryForm) -> tuple[Format, ...]:
    """The formats that an answer of this form comes in, our preference first."""
    return RESULT_FORMATS if form in {"select", "ask"} else GRAPH_FORMATS


@lru_cache(maxsize=1024)  # the same clients say the same again and again
def choose(accept: str | None, available: tuple[Format, ...]) -> Format:
    """The format that the client prefers; where it has no preference, the first available.

    Of equal quality, a type that the client names goes before one that only its wildcard admits.

    Raises: NotAcceptable.
    """
    if accept is None or not accept.strip(" \t,"):
        return available[0]
    ranges = _ranges(accept)
    by_name = frozenset(ranges.values())
    best = (0.0, False)
    chosen: Format | None = None
    for each in available:
        # A wildcard admits what we really send; an alias counts only where the client says it.
        for media_type in (each.media_type, *(alias for alias in each.aliases if alias in by_name)):
            rank = (ranges.quality(media_type), media_type in by_name)
            if rank[0] > 0 and rank > best:
                best, chosen = rank, each
    if chosen is None:
        raise NotAcceptable(accept, tuple(each.media_type for each in available))
    return chosen


def _ranges(accept: str) -> MIMEAccept:
    """Parse an Accept header; parameters are dropped (all we send is UTF-8, in one profile)."""
    ranges: list[tuple[str, float]] = []
    for value, quality in qualities(accept):
        media_type, parameters = parse_options_header(value)
        if parameters.get("charset", "utf-8").lower() in {"utf-8", "utf8", "us-ascii"}:
            ranges.append(("*/*" if media_type == "*" else media_type.lower(), quality))  # both are Java's: * and */*
    return MIMEAccept(ranges)


def qualities(accept: str) -> list[tuple[str, float]]:
    """What a header of the Accept family lists, each with how much it is wanted, from 0 to 1."""
    # Java's own client leaves out the digit before the point, which the RFC does not allow.
    return list(parse_accept_header(_BARE_POINT.sub(r"\g<0>0", accept), Accept))


def names_html(accept: str | None) -> bool:
    """Whether a client asks for HTML by name, as browsers do, rather than by a wildcard.

    It must also prefer it: a client that wants JSON first and HTML second gets JSON.
    """
    if not accept or "html" not in accept.lower():
        return False
    others = (*RESULT_FORMATS, *GRAPH_FORMATS)
    try:
        return choose(accept, (HTML, *others)) is HTML
    except NotAcceptable:
        return False


def named(name: str, available: Sequence[Format]) -> Format:
    """The format that ``format=`` names, by short name or media type. Raises: InvalidParameter."""
    wanted = name.strip().lower().replace(" ", "+")  # a plus that was not escaped
    for each in available:
        if wanted in each.names or wanted == each.media_type:
            return each
    expected = ", ".join(each.names[0] for each in available)
    raise InvalidParameter("format", name, f"one of {expected} for this kind of query")


def format_named(query: str, name: str | None) -> str:
    """The media type for a query on the command line: by name, else CSV for tables and Turtle for graphs.

    Raises: InvalidParameter; QuerySyntaxError; QueryRefused.
    """
    available = formats_for(inspect(query).form)
    default = "csv" if available is RESULT_FORMATS else "turtle"
    return named(name or default, available).media_type
