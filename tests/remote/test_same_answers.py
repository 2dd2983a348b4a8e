"""One suite of questions: a pushed graph answers as the embedded one does, on every engine."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kg import KnowledgeGraph
from kg.catalogue import CatalogueQuestion
from kg.errors import EntityNotFound, KgError, QueryRefused, QuerySyntaxError
from kg.evidence.question import EvidenceQuestion
from kg.paths.neighborhood import NeighborsQuestion
from kg.paths.traversal import PathQuestion
from kg.remote.push import push
from kg.sparql.query import SparqlOperation
from kg.sparql.results import literal
from ontology.terms import CLASSES
from server.app import create_app


@pytest.mark.parametrize(
    "text",
    ["rapamycin", "leiomyosarcoma", "gemcitabin", "CHEBI:9168", "docetaxel + gemcitabine", "mtor", "T2N0M0 stage"],
)
def test_search_finds_the_same(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, text: str) -> None:
    assert remote_graph.search(text) == curated_graph.search(text)


@pytest.mark.parametrize("name", ["sirolimus", "target:MTOR", "uterine leiomyosarcoma", "imatinib"])
def test_cards_and_neighbours_are_the_same(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, name: str
) -> None:
    node = curated_graph.resolve(name).id
    assert remote_graph.entity(name) == curated_graph.entity(name)
    assert remote_graph.counts(node) == curated_graph.counts(node)
    question = NeighborsQuestion(node)
    assert remote_graph.neighbors(question) == curated_graph.neighbors(question)


@pytest.mark.parametrize("kind", ["study", "patient", "document"])
def test_records_are_the_same(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, kind: str) -> None:
    members = curated_graph.members(kind)
    assert remote_graph.members(kind) == members
    ask = {"study": "study", "patient": "timeline", "document": "document"}[kind]
    for member in members[:12]:
        assert getattr(remote_graph, ask)(member.id) == getattr(curated_graph, ask)(member.id)


@pytest.mark.parametrize("max_length", [1, 2, 3, 4, 6])
@pytest.mark.parametrize("target", ["leiomyosarcoma", "target:CDK4", "docetaxel"])
def test_paths_are_the_same(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, target: str, max_length: int
) -> None:
    question = PathQuestion(
        curated_graph.resolve("sirolimus").id,
        curated_graph.resolve(target).id,
        max_length=max_length,
        k=20,
        directed=False,
    )
    assert remote_graph.paths(question, 30.0) == curated_graph.paths(question, 30.0)


@pytest.mark.parametrize(
    ("drug", "target"),
    [
        ("rapamycin", "leiomyosarcoma"),
        ("imatinib", "target:KIT"),
        ("gemcitabine", None),
        ("doxorubicin", "myelosuppression"),
        ("mTOR inhibitor", "leiomyosarcoma"),
        ("docetaxel + gemcitabine", "leiomyosarcoma"),
        ("olaratumab", "survival of patients"),
    ],
)
def test_mechanisms_are_the_same(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, drug: str, target: str | None
) -> None:
    assert remote_graph.mechanism([drug], target, timeout_s=30.0) == curated_graph.mechanism(
        [drug], target, timeout_s=30.0
    )


@pytest.mark.parametrize(
    "question",
    [
        EvidenceQuestion(histotype="leiomyosarcoma"),
        EvidenceQuestion(drugs=("gemcitabine", "docetaxel"), histotype="uterine leiomyosarcoma"),
        EvidenceQuestion(drugs=("imatinib",)),
        EvidenceQuestion(target="ribonucleotide reductase"),
        EvidenceQuestion(genotype="c-KIT exon 11"),
        EvidenceQuestion(comparator="anthracycline + ifosfamide"),
        EvidenceQuestion(histotype="undifferentiated pleomorphic sarcoma"),
    ],
    ids=["histotype", "combination", "drug", "target", "genotype", "class in comparator", "doubtful diagnosis"],
)
def test_evidence_is_the_same(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, question: EvidenceQuestion
) -> None:
    assert remote_graph.evidence(question) == curated_graph.evidence(question)


def test_the_record_of_a_study_is_the_same(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph) -> None:
    for study in ("sarc002", "gemcitabine-maintenance-regensburg"):
        assert remote_graph.study(study) == curated_graph.study(study)


def test_every_result_of_the_graph_is_the_same(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph) -> None:
    assert remote_graph.all_evidence() == curated_graph.all_evidence()
    assert remote_graph.class_counts() == curated_graph.class_counts()
    assert remote_graph.corpus() == curated_graph.corpus()


@pytest.mark.parametrize(
    ("rows", "columns"),
    [((), ()), (("drug_class",), ()), (("target",), ()), (("tyrosine kinase inhibitor",), ("leiomyosarcoma", "gist"))],
    ids=["drugs", "classes", "targets", "some"],
)
def test_the_gap_map_is_the_same(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, rows: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    assert remote_graph.gaps(rows, columns) == curated_graph.gaps(rows, columns)


@pytest.mark.parametrize("address", ["/sparql", "/.well-known/void", "/.well-known/sparql-examples"])
def test_a_server_says_the_same_of_itself(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, address: str
) -> None:
    said = [
        sorted(create_app(graph).test_client().get(f"{address}?format=nt").text.splitlines())
        for graph in (remote_graph, curated_graph)
    ]
    assert said[0] == said[1]


_COUNTS = (
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }",  # the union, each triple once, and nothing of the engine's own
    "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }",
    "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s a skg:Statement } } GROUP BY ?g",
    "SELECT ?label WHERE { drug:sirolimus skos:prefLabel|skos:altLabel ?label }",
    "SELECT (COUNT(*) AS ?n) FROM graph:document-000 WHERE { ?s ?p ?o }",
    "SELECT ?sub WHERE { ?sub rdfs:subClassOf histotype:leiomyosarcoma }",
)


@pytest.mark.parametrize("query", _COUNTS)
def test_sparql_sees_the_same_dataset(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, query: str) -> None:
    assert Counter(map(_values, remote_graph.sparql(query))) == Counter(map(_values, curated_graph.sparql(query)))


_SEARCHES = (
    'SELECT ?drug ?label { ?drug skg:matches "Rapamune" ; a skg:Drug ; skos:prefLabel ?label }',
    'SELECT ?thing ?score { (?thing ?score) skg:matches "leiomyosarcoma" } ORDER BY DESC(?score)',
    'SELECT ?drug ?of { ?drug skg:matches "imatinib" OPTIONAL { ?drug skg:inhibits ?of } }',
    'SELECT ?x ?l { { ?x skg:matches "imatinib" } UNION { ?x skg:matches "sirolimus" } ?x skos:prefLabel ?l }',
    'SELECT DISTINCT ?h ?s { ?h skg:matches "leiomyosarcoma" . ?s rdfs:subClassOf* ?h }',
    'SELECT ?x { ?x skos:prefLabel ?l FILTER EXISTS { ?x skg:matches "rapamycin" } }',
    'SELECT ?x { ?x a skg:Drug MINUS { ?x skg:matches "rapamycin" } }',
    'SELECT ?x ?g { GRAPH ?g { ?x skg:matches "rapamycin" . ?x a skg:Drug } }',
)


@pytest.mark.parametrize("query", _SEARCHES)
def test_names_within_a_query_find_the_same(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, query: str
) -> None:
    here = Counter(map(_values, curated_graph.sparql(query)))
    assert here
    assert Counter(map(_values, remote_graph.sparql(query))) == here


def test_a_name_that_finds_nothing_leaves_no_rows(remote_graph: KnowledgeGraph) -> None:
    query = 'SELECT ?x ?l { ?x skg:matches "zzqqxnothing" ; skos:prefLabel ?l }'
    assert not remote_graph.sparql(query).rows
    with pytest.raises(QueryRefused):
        remote_graph.sparql('SELECT ?x { ?x skg:matches/skos:broader "rapamycin" }')


def _values(row: object) -> tuple[str, ...]:
    return tuple(term.value if term else "" for term in row)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "media_type", ["text/csv", "application/sparql-results+json", "application/sparql-results+xml"]
)
def test_tables_come_in_our_own_spelling(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, media_type: str
) -> None:
    operation = SparqlOperation("SELECT ?label WHERE { drug:sirolimus skos:prefLabel ?label }")
    assert remote_graph.store.evaluate(operation, media_type) == curated_graph.store.evaluate(operation, media_type)


def test_triples_and_yes_or_no_are_the_same(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph) -> None:
    construct = "CONSTRUCT { ?s skos:prefLabel ?o } WHERE { ?s a skg:Drug ; skos:prefLabel ?o }"
    assert set(remote_graph.store.construct(construct)) == set(curated_graph.store.construct(construct))
    assert remote_graph.store.ask("ASK { ?s skos:prefLabel ?name }", {"name": literal("sirolimus")})
    assert remote_graph.store.ask("ASK { }")
    assert not remote_graph.store.ask("ASK { ?s a <https://example.org/nothing> }")


def test_a_bound_beginning_of_a_path_is_heeded(remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph) -> None:
    above = "SELECT DISTINCT ?above WHERE { ?below rdfs:subClassOf+ ?above . ?above a skg:Histotype }"
    bound = {"below": curated_graph.resolve("leiomyosarcoma").id}
    assert set(remote_graph.sparql(above, bound)) == set(curated_graph.sparql(above, bound))


def test_failures_are_of_the_same_family(remote_graph: KnowledgeGraph) -> None:
    with pytest.raises(QuerySyntaxError):
        remote_graph.sparql("SELECT * WHERE { ?s ?p }")
    with pytest.raises(EntityNotFound):
        remote_graph.entity("nosuchthing")


def test_a_second_push_replaces_the_first(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph, pushed_url: str, curated_data: Path
) -> None:
    done = push(curated_data, pushed_url)
    assert done.data_version == curated_graph.data_version == remote_graph.data_version
    assert "dba" not in done.address
    assert urlsplit(done.address).port == urlsplit(pushed_url).port
    count = _COUNTS[0]
    assert _values(remote_graph.sparql(count).rows[0]) == _values(curated_graph.sparql(count).rows[0])


def test_the_catalogue_of_questions_is_answered_alike(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph
) -> None:
    assert remote_graph.questions() == curated_graph.questions()
    for question in curated_graph.questions():
        for given in ({}, *_other_parameters(curated_graph, question, 1, 1, 1)):
            there, here = (_unordered(graph, question.id, given) for graph in (remote_graph, curated_graph))
            assert there == here, (question.id, given)


def test_several_entities_at_once_are_answered_alike(
    remote_graph: KnowledgeGraph, curated_graph: KnowledgeGraph
) -> None:
    seen = 0
    for question in curated_graph.questions():
        for given in _other_parameters(curated_graph, question, 2, 2, 3):
            there, here = (_unordered(graph, question.id, given) for graph in (remote_graph, curated_graph))
            assert there == here, (question.id, given)
            seen += isinstance(here, Counter) and bool(here)
    assert seen > 30  # answers with something in them


def test_a_path_that_a_parameter_begins_has_its_class_named(curated_graph: KnowledgeGraph) -> None:
    """Virtuoso needs a triple to begin from, and several values are none."""
    seen = 0
    for question in curated_graph.questions():
        for name in (parameter.name for parameter in question.parameters):
            if re.search(rf"\*\s+\?{name}\b|\?{name}\s+[\w:]+\*\s", question.query):
                blocks = question.query.count(f"VALUES ?{name} {{")
                assert question.query.count(f"?{name} a skg:") >= blocks > 0, question.id
                seen += 1
    assert seen > 8


def _other_parameters(
    graph: KnowledgeGraph, question: CatalogueQuestion, *sizes: int
) -> Iterator[dict[str, list[str]]]:
    """Each entity parameter with sets of so many other entities of its class, the same in every run.

    A set of several begins with the default, so that there is something to answer.
    """
    chosen = random.Random(question.id)
    for parameter in question.parameters:
        cls = CLASSES.get(parameter.type)
        if cls is not None and cls.kind:
            members = [entity.curie for entity in graph.members(cls.kind)]
            for size in sizes:
                own = [parameter.default] if size > 1 else []
                yield {parameter.name: own + chosen.sample(members, size - len(own))}


def _unordered(graph: KnowledgeGraph, question: str, given: dict[str, list[str]]) -> object:
    """An answer without the order within a concatenated cell, which SPARQL leaves open."""
    try:
        items = graph.ask(question, given).items
    except KgError as error:
        return type(error)
    return Counter(
        tuple(sorted((name, "".join(sorted(cell.text)) if cell else "") for name, cell in item.items()))
        for item in items
    )
