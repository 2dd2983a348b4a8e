"""What the endpoint says of itself. Source: SPARQL 1.1 Service Description (W3C REC 2013-03-21)."""

from __future__ import annotations

from kg.budget import Budget
from kg.sparql.formats import graph_as
from kg.sparql.results import Term, iri, literal
from kg.sparql.text_search import MATCHES
from kg.store import Store
from ontology.terms import PREFIXES
from server.http.negotiation import GRAPH_FORMATS, RESULT_FORMATS

# The W3C's list of unique IRIs for file formats; JSON-LD and TriG/N-Quads are on it too.
_FORMATS = "http://www.w3.org/ns/formats/"
_FORMAT_NAMES = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/ld+json": "JSON-LD",
    "application/rdf+xml": "RDF_XML",
    "application/trig": "TriG",
    "application/n-quads": "N-Quads",
}
_FURTHER = ("/.well-known/void", "/.well-known/sparql-examples", "/openapi.json", "/api/v1/schema")
# Clients send what other servers know to whatever they ask, so that a parameter of no meaning here is no mistake.
_PARAMETERS = (
    "Takes query, default-graph-uri and named-graph-uri; format or output (by name or media type) goes before Accept, "
    "timeout is in seconds. Other parameters are ignored."
)
_GRAPHS = "SELECT DISTINCT ?g WHERE { GRAPH ?g { } } ORDER BY ?g"
# The same, found by reading everything. Virtuoso knows no graphs of an empty pattern.
_GRAPHS_BY_TRIPLE = "SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } } ORDER BY ?g"


def service_description(store: Store, address: str, media_type: str, *, is_calling: bool) -> bytes:
    """Describe the endpoint at an address: language, formats, features and the graphs it holds.

    Args:
        store: what it asks.
        address: where clients find it.
        media_type: of the description.
        is_calling: whether queries may ask any other endpoint.
    """
    endpoint = iri(address)
    service, dataset = iri(f"{address}#service"), iri(f"{address}#dataset")
    root = address.removesuffix("/sparql")
    further = ", ".join(iri(root + path).sparql() for path in _FURTHER)
    graphs = named_graphs(store)
    formats = [iri(_FORMATS + _FORMAT_NAMES[each.media_type]) for each in (*RESULT_FORMATS, *GRAPH_FORMATS)]
    possible = {"UnionDefaultGraph": store.union_default_graph, "BasicFederatedQuery": is_calling}
    features = "".join(f"sd:feature sd:{name} ; " for name, has in possible.items() if has)
    turtle = f"""
        @prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
        {service.sparql()} a sd:Service ;
            sd:endpoint {endpoint.sparql()} ;
            sd:supportedLanguage sd:SPARQL11Query ;
            sd:resultFormat {", ".join(each.sparql() for each in formats)} ;
            {features}
            {f"sd:propertyFeature {iri(MATCHES).sparql()} ;" if store.find else ""}
            sd:defaultDataset {dataset.sparql()} .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        {service.sparql()} rdfs:seeAlso {further} ; rdfs:comment {literal(_PARAMETERS).sparql()} .
        {dataset.sparql()} a sd:Dataset ; sd:defaultGraph {iri(f"{address}#default-graph").sparql()} .
        {iri(f"{address}#default-graph").sparql()} a sd:Graph .
        {"".join(_named_graph(dataset, address, number, graph) for number, graph in enumerate(graphs, 1))}
    """
    return graph_as(turtle, media_type, PREFIXES)


def named_graphs(store: Store, budget: Budget | None = None) -> list[Term]:
    """The graphs that a store names. Of a foreign endpoint, which may hold anything, nothing is read: maybe none."""
    rows = store.select(_GRAPHS, budget=budget).rows
    if not rows and store.data_version:
        rows = store.select(_GRAPHS_BY_TRIPLE, budget=budget).rows
    return [graph for (graph,) in rows if graph is not None]


def _named_graph(dataset: Term, address: str, number: int, graph: Term) -> str:
    node = iri(f"{address}#graph-{number}").sparql()
    return f"{dataset.sparql()} sd:namedGraph {node} . {node} a sd:NamedGraph ; sd:name {graph.sparql()} ."
