"""Who stands behind the lines of the graph browser's picture: the document or import that states it, and the year."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from kg.errors import CapabilityMissing
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from kg.paths.index import IMPORT_PREFIX
from kg.paths.steps import Step
from kg.sparql.results import iri

_BATCH = 500  # statements a query
_STATED = """SELECT DISTINCT ?statement ?by ?name ?year ?cited ?cited_year WHERE {
  ?statement skg:assertedBy ?by .
  OPTIONAL { ?by skos:prefLabel ?name }
  OPTIONAL { ?by skg:year ?year }
  OPTIONAL { ?statement skg:citing ?cited . OPTIONAL { ?cited skg:year ?cited_year } } }"""


@dataclass(frozen=True, order=True)
class Said:
    """One source behind a line.

    Attributes:
        by: CURIE of the document, or of the graph of the import, that states it.
        year: in which what it cites came out; where it cites nothing that prints a year, it itself; "" if unknown.
        source: CURIE of what is cited, or else ``by``: the same source twice is not two sources.
    """

    by: str
    year: str
    source: str


@dataclass(frozen=True)
class Agents:
    """Who states what is drawn.

    Attributes:
        said: by IRI of a statement; a statement that cites several has one entry for each.
        names: of documents and imports, by CURIE.
    """

    said: Mapping[str, tuple[Said, ...]]
    names: Mapping[str, str]

    def behind(self, statements: Iterable[str]) -> tuple[Said, ...]:
        """The sources of some statements, each once."""
        return tuple(sorted({said for statement in statements for said in self.said.get(statement, ())}))


def agents_of(graph: KnowledgeGraph, steps: Collection[Step]) -> Agents:
    """Look up who states some steps: for all curated statements in one query per 500."""
    wanted = sorted({statement for step in steps if not step.imported for statement in step.statements})
    said: dict[str, set[Said]] = {}
    names: dict[str, str] = {}
    for start in range(0, len(wanted), _BATCH):
        given = {"statement": [iri(name) for name in wanted[start : start + _BATCH]]}
        for row in graph.store.select(_STATED, given).rows:
            statement, by, name, year, cited, cited_year = (term.value if term else "" for term in row)
            agent = display(by)
            names[agent] = name or agent
            said.setdefault(statement, set()).add(Said(agent, cited_year or year, display(cited) if cited else agent))
    for statement in (name for step in steps for name in step.statements if name not in said):
        origin = _import_of(graph, statement)
        names[display(origin)] = import_name(origin)
        said[statement] = {Said(display(origin), "", display(origin))}
    return Agents({statement: tuple(sorted(found)) for statement, found in said.items()}, names)


def _import_of(graph: KnowledgeGraph, statement: str) -> str:
    """The graph of an imported statement, or, where edges are not here to be looked up, of some import."""
    try:
        edge = graph.index.edge_of_statement(statement)
    except CapabilityMissing:
        edge = None
    return edge.graph if edge is not None else f"{IMPORT_PREFIX}some"


def import_name(graph: str) -> str:
    """What readers call an import, by the IRI of its graph.

    >>> import_name("https://w3id.org/sarcoma-kg/graph/import-hetionet")
    'hetionet (import)'
    """
    return f"{graph.rpartition('/')[2].removeprefix('import-')} (import)"
