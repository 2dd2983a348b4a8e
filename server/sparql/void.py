"""``/.well-known/void``: what the dataset holds; ``/.well-known/sparql-examples``: what to ask it. For programs.

Both are in the graph, where the build left them; here they get what only a server knows: the version that is served,
and where. ``/context.jsonld`` has the names that JSON-LD is short with.
Source: Describing Linked Datasets with the VoID Vocabulary (W3C Note 2011-03-03), section 7.2; DCAT 3 (W3C REC
2024-08-22), section 6; SHACL Advanced Features (W3C NOTE-shacl-af-20170608), section 5, as the SIB examples use it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeAlias

from flask import Blueprint, Response, request

from kg.catalogue import CATALOGUE_GRAPH
from kg.identifiers import BASE
from kg.remote.store import refuse_foreign
from kg.sparql.formats import N_TRIPLES, graph_as
from kg.sparql.json_ld import context
from kg.sparql.query import SparqlOperation
from kg.sparql.results import iri, literal
from kg.store import HasStore
from ontology.terms import PREFIXES
from server.http.answers import entity_tag, finished, is_known
from server.http.negotiation import GRAPH_FORMATS, choose, named
from server.settings import Settings
from server.sparql.routes import endpoint_address

PATH = "/.well-known/void"
EXAMPLES_PATH = "/.well-known/sparql-examples"
CONTEXT_PATH = "/context.jsonld"
_API, _OPENAPI = "/api/v1", "/openapi.json"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_FORMATS = tuple(each for each in GRAPH_FORMATS if each.names[0] not in {"trig", "nquads"})
# Of our dataset, and of each import. The parts first and once each: Virtuoso finds one by a path several times over.
_DESCRIPTION = f"""
CONSTRUCT {{ ?part ?property ?value }} WHERE {{
  {{ SELECT DISTINCT ?part {{ GRAPH <{BASE}graph/metadata> {{
    ?dataset a void:Dataset ;
      (dcterms:publisher|void:subset|void:classPartition|void:propertyPartition
        |<http://ldf.fi/void-ext#datatypePartition>)* ?part }} }} }}
  GRAPH <{BASE}graph/metadata> {{ ?part ?property ?value FILTER(?property NOT IN (skg:degree, skg:searchKey)) }} }}"""

_EXAMPLES = f"""
CONSTRUCT {{ ?part ?property ?value }} WHERE {{
  {{ GRAPH <{CATALOGUE_GRAPH}> {{ ?part ?property ?value }} }}
  UNION {{ GRAPH <{BASE}graph/ontology> {{
    ?part ?property ?value FILTER(?property IN (sh:declare, sh:prefix, sh:namespace)) }} }}
}}"""
_EACH_EXAMPLE = f"SELECT ?example WHERE {{ GRAPH <{CATALOGUE_GRAPH}> {{ ?example sh:select ?text }} }}"

Record: TypeAlias = Callable[[HasStore, str, Settings], str]


def void_blueprint(graph: HasStore, settings: Settings) -> Blueprint:
    """Make the routes."""
    void = Blueprint("void", __name__)
    void.add_url_rule(PATH, "void", lambda: _described(graph, settings, "void", _record))
    void.add_url_rule(CONTEXT_PATH, "context", _context)
    void.add_url_rule(EXAMPLES_PATH, "examples", lambda: _described(graph, settings, "examples", _examples))
    return void


def _context() -> Response:
    """What JSON-LD of other hands may begin with to write names as our answers do, which bring theirs with them."""
    body = json.dumps({"@context": context(PREFIXES)}, indent=2)
    etag = entity_tag("context", body)
    return finished(None if is_known(etag) else f"{body}\n".encode(), "application/ld+json", etag)


def _described(graph: HasStore, settings: Settings, name: str, record: Record) -> Response:
    refuse_foreign(graph.store, name)
    wanted = request.args.get("format")
    chosen = named(wanted, _FORMATS) if wanted else choose(request.headers.get("Accept"), _FORMATS)
    address = endpoint_address(settings)
    etag = entity_tag(graph.store.revision, chosen.media_type, name, address)
    if is_known(etag):
        return finished(None, chosen.content_type, etag)
    return finished(graph_as(record(graph, address, settings), chosen.media_type, PREFIXES), chosen.content_type, etag)


def _examples(graph: HasStore, address: str, settings: Settings) -> str:
    """The catalogue of questions, what their prefixes mean, and where they are to be asked."""
    known = graph.store.evaluate(SparqlOperation(_EXAMPLES), N_TRIPLES, settings.budget()).decode("utf-8")
    target = f"<{PREFIXES['schema']}target> {iri(address).sparql()}"
    rows = graph.store.select(_EACH_EXAMPLE, budget=settings.budget())
    return known + "".join(f"{example.sparql()} {target} .\n" for (example,) in rows if example is not None)


def _record(graph: HasStore, address: str, settings: Settings) -> str:
    known = graph.store.evaluate(SparqlOperation(_DESCRIPTION), N_TRIPLES, settings.budget()).decode("utf-8")
    dataset, endpoint, service = iri(BASE).sparql(), iri(address).sparql(), iri(f"{address}#service").sparql()
    home = address.removesuffix("/sparql")
    document = iri(f"{home}{PATH}").sparql()
    version = literal(graph.store.data_version).sparql()
    return f"""
        @prefix void: <http://rdfs.org/ns/void#> .
        @prefix dcat: <http://www.w3.org/ns/dcat#> .
        @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix foaf: <http://xmlns.com/foaf/0.1/> .
        {known}
        {document} a void:DatasetDescription ; foaf:primaryTopic {dataset} .
        {dataset} a void:Dataset, dcat:Dataset ; dcat:version {version} ; void:sparqlEndpoint {endpoint} .
        {service} a dcat:DataService ; dcterms:title "sarcoma-kg by SPARQL" ; dcat:servesDataset {dataset} ;
            dcat:endpointURL {endpoint} ; dcat:endpointDescription {endpoint} .
        {iri(f"{home}{_API}#service").sparql()} a dcat:DataService ; dcterms:title "sarcoma-kg by HTTP and JSON" ;
            dcat:servesDataset {dataset} ; dcat:endpointURL {iri(home + _API).sparql()} ;
            dcat:endpointDescription {iri(home + _OPENAPI).sparql()}, {iri(f"{home}{_API}/schema").sparql()} .
        {_files(home) if graph.store.union_default_graph else ""}
    """


def _files(home: str) -> str:
    """The whole of the default graph, in each format. With a strict default graph nothing is all of it."""
    dataset, told = iri(BASE).sparql(), ""
    for each in _FORMATS:
        name, address = each.names[0], iri(f"{home}/api/v1/graphs?default&format={each.names[0]}").sparql()
        file, media = iri(f"{home}{PATH}#{name}").sparql(), iri(f"{_MEDIA_TYPES}{each.media_type}").sparql()
        told += f"""
        {dataset} dcat:distribution {file} ; void:dataDump {address} .
        {file} a dcat:Distribution ; dcat:accessURL {address} ; dcat:downloadURL {address} ; dcat:mediaType {media} ."""
    return told
