"""A view as others can have it: cited, repeated by a command, as a query in the editor, as triples in a file."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urlencode

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from kg.budget import Budget
from kg.evidence.rows import ConflictRow
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.sparql.query import SparqlOperation
from server.addresses import export, file_response, here, svg_response
from server.drawings.picture_file import picture_file
from server.drawings.pictures import Picture

_Drawn = TypeVar("_Drawn")
_PLAIN_CURIE = re.compile(r"[a-z]+:[A-Za-z0-9][A-Za-z0-9_-]*")
_BIBTEX_ESCAPES = str.maketrans(
    {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
    | {character: f"\\{character}" for character in "&%$#_{}"}
)
_SELECT = """SELECT ?fact ?sentence ?certainty ?document ?section ?start ?end WHERE {{
  VALUES ?fact {{ {facts} }}
  OPTIONAL {{ ?fact rdfs:label ?told }}
  OPTIONAL {{ ?fact skos:prefLabel ?name }}
  BIND(COALESCE(?told, ?name) AS ?sentence)
  OPTIONAL {{ ?fact skg:certainty ?certainty }}
  OPTIONAL {{
    ?fact skg:passage ?passage .
    ?passage skg:document ?document ; skg:start ?start ; skg:end ?end .
    OPTIONAL {{ ?passage skg:section ?section }}
  }}
}}
ORDER BY ?document ?start ?fact"""
_CONSTRUCT = """CONSTRUCT {{ ?fact ?property ?value }} WHERE {{
  VALUES ?fact {{ {facts} }}
  ?fact ?property ?value
}}"""


@dataclass(frozen=True)
class Citation:
    """A view to refer to: in words, for a reference manager, and as the command that fetches its data."""

    address: str
    text: str
    bibtex: str
    command: str


def citation(title: str, exported: Sequence[Mapping[str, str | bool]], data_version: str, corpus: str) -> Citation:
    """How to cite the view that is being shown.

    Args:
        title: its heading.
        exported: its other forms; the first of the API is what the command fetches.
        data_version: SHA-256 of the data.
        corpus: what the data were read from, in words.
    """
    root = request.host_url.rstrip("/")
    address = root + here()
    name = hashlib.sha256(f"{data_version}{here()}".encode()).hexdigest()[:8]
    hrefs = [str(item["href"]) for item in exported]
    fetched = next((href for href in hrefs if href.startswith("/api/")), hrefs[0] if hrefs else "")
    fields = {
        "title": title.translate(_BIBTEX_ESCAPES),
        "author": "{sarcoma-kg}",
        "howpublished": f"\\url{{{address}}}",
        "note": f"Data version {data_version}. {corpus}".translate(_BIBTEX_ESCAPES),
    }
    lines = ",\n".join(f"  {field} = {{{value}}}" for field, value in fields.items())
    return Citation(
        address=here(),
        text=f"sarcoma-kg: {title}. Data version {data_version[:12]}. {corpus} {address}",
        bibtex=f"@misc{{sarcoma-kg-{name},\n{lines}\n}}",
        command=f"curl --location '{root}{quote(fetched, safe='/?&=%:+,@~-._')}'" if fetched else "",
    )


def source_line(graph: KnowledgeGraph) -> str:
    """What stands under a picture in a file of its own."""
    return f"sarcoma-kg, data {graph.data_version[:12]}, {graph.corpus().text}"


def file_name(graph: KnowledgeGraph, name: str) -> str:
    """What a file with a view is called, without its ending: by the data that it shows."""
    return f"sarcoma-kg-{name}-{graph.data_version[:8]}"


def picture_response(graph: KnowledgeGraph, picture: Picture, title: str, name: str) -> Response:
    """The drawing of a view as a file."""
    return svg_response(picture_file(picture, title, source_line(graph)), file_name(graph, name))


def chosen(drawn: Sequence[_Drawn], parameter: str) -> _Drawn:
    """The drawing of a page that the request names by its place, counted from 1."""
    place: int = request.args.get(parameter, type=int, default=1)
    return drawn[min(max(place, 1), len(drawn)) - 1]


def fact_exports() -> list[dict[str, str | bool]]:
    """Links to the facts behind a view: as triples, and as a query to go on from."""
    return [
        export("Turtle", here([("format", "turtle")]), download=True),
        export("SPARQL", here([("format", "sparql")])),
    ]


def facts_wanted(graph: KnowledgeGraph, facts: Iterable[str], name: str) -> BaseResponse | None:
    """The facts behind a view in the form that the request names, if that is one of those of ``fact_exports``.

    Args:
        graph: where they are described.
        facts: IRIs of statements, outcomes and events.
        name: of the file.
    """
    wanted = request.args.get("format")
    if wanted not in {"turtle", "sparql"}:
        return None
    listed = "\n    ".join(dict.fromkeys(_spelled(fact) for fact in facts))
    if wanted == "sparql":
        query = _SELECT.format(facts=listed)
        return redirect("/sparql?" + urlencode({"format": "html", "query": query}, quote_via=quote), 303)
    operation = SparqlOperation(_CONSTRUCT.format(facts=listed))
    text = graph.store.evaluate(operation, "text/turtle", Budget()).decode()
    return file_response(text, "text/turtle; charset=utf-8", f"{file_name(graph, name)}.ttl")


def disputed(conflicts: Iterable[ConflictRow]) -> list[str]:
    """The facts that disagree: a view that shows them holds them."""
    return [side.id for conflict in conflicts for side in conflict.between]


def _spelled(iri: str) -> str:
    curie = display(iri)
    return curie if _PLAIN_CURIE.fullmatch(curie) else f"<{iri}>"
