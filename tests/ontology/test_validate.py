"""The validator takes any form of a graph and leaves it alone; every shape teaches, every class has one."""

from __future__ import annotations

from rdflib import SH, Dataset, Graph, URIRef
from rdflib.plugins.stores.memory import Memory

from ontology.resources import shape_turtles, shapes_graph
from ontology.terms import CLASSES, SKG
from ontology.validate import validate
from tests.ontology.records import BASE, OUTCOME, VOCAB


def test_report_is_sorted_and_says_where(graph):
    graph.remove((None, VOCAB.passage, None))
    report = validate(graph)
    assert list(report.violations) == sorted(report.violations)
    assert str(report.violations[0]).startswith(report.violations[0].focus_node + " passage: ")
    assert all(v.path == str(VOCAB.passage) and v.value == "" for v in report.violations)


def test_bytes_files_and_graphs_are_judged_alike(graph, tmp_path):
    graph.remove((OUTCOME, VOCAB.measure, None))
    expected = validate(graph).violations
    ntriples = graph.serialize(format="nt").encode()
    path = tmp_path / "graph.nt"
    path.write_bytes(ntriples)
    dataset = Dataset()
    for triple in graph:
        dataset.graph(URIRef(BASE + "graph/document-t")).add(triple)
    assert expected
    assert validate(ntriples).violations == expected
    assert validate(path).violations == expected
    assert validate(dataset).violations == expected
    nquads = b"".join(line[:-1] + f"<{BASE}graph/document-t> .\n".encode() for line in ntriples.splitlines() if line)
    assert validate(nquads).violations == expected


def test_validation_leaves_the_graph_as_it_was(graph):
    before = set(graph)
    validate(graph)
    assert set(graph) == before


def test_every_shape_has_a_message_that_teaches():
    graph = shapes_graph()
    leaves = (SH.minCount, SH.maxCount, SH.datatype, SH["class"], SH["in"], SH.pattern, SH.lessThan)
    inside_alternatives = {
        item
        for predicate in (SH["or"], SH.xone)
        for _, head in graph.subject_objects(predicate)
        for alternative in graph.items(head)
        for item in (alternative, *graph.objects(alternative, SH.property))
    } | {
        node
        for _, negated in graph.subject_objects(SH["not"])
        for node in (negated, *graph.objects(negated, SH.property))
    }
    for leaf in leaves:
        for shape in graph.subjects(leaf):
            if shape not in inside_alternatives:
                messages = list(graph.objects(shape, SH.message))
                assert len(messages) == 1, shape
                assert len(str(messages[0])) > 15


def test_every_class_that_a_curator_writes_has_a_shape():
    text = "".join(shape_turtles().values())
    unshaped = {name for name in CLASSES if f"skg:{name} " not in text and f"skg:{name}\n" not in text}
    assert unshaped == {"Entity", "JointCause"}, "JointCause is covered by Process, Entity by its kinds"


def test_shapes_use_terms_of_the_vocabulary_only():
    found = {
        str(term)[len(SKG.namespace) :]
        for triple in shapes_graph()
        for term in triple
        if str(term).startswith(SKG.namespace)
    }
    assert found - set(SKG) == set()


def test_validation_asks_no_more_of_a_record_in_a_larger_graph(graph, monkeypatch):
    """What is read grows with the number of records, as a build of many thousands needs, and not with its square."""
    renamed = (
        "statement",
        "study",
        "arm",
        "regimen",
        "population",
        "outcome",
        "patient",
        "event",
        "conflict",
    )
    moved = tuple(f"{BASE}{kind}/" for kind in renamed)

    def name(term, number):
        moves = isinstance(term, URIRef) and str(term).startswith(moved) and not term.endswith("neutropenia")
        return URIRef(f"{term}-{number}") if moves else term

    read = []
    triples = Memory.triples

    def counted(store, *asked, **named):
        for found in triples(store, *asked, **named):
            read.append(1)
            yield found

    monkeypatch.setattr(Memory, "triples", counted)

    def work(copies):
        several = Graph()
        for number in range(copies):
            for subject, predicate, obj in graph:
                several.add((name(subject, number), predicate, name(obj, number)))
        read.clear()
        report = validate(several)
        assert report.conforms, str(report)
        return len(read)

    one, three, nine = map(work, (1, 3, 9))
    assert nine - three <= 3.3 * (three - one)
