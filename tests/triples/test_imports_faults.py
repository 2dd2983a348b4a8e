"""Whatever is wrong with a row costs that row, which is listed with its line; a file that is cut off is no import."""

from __future__ import annotations

import gzip
import itertools
import json
from pathlib import Path

import pytest

from kg.errors import InvalidParameter
from triples.imports.archive import EDGES, MAX_NAME, NODES, QUADS, TOO_LONG, read_edges, read_nodes
from triples.imports.catalog import files_of, list_imports
from triples.imports.files import MAX_LINE_BYTES
from triples.imports.job import Imported, ImportQuestion, run_import
from triples.imports.json_values import NOT_UNICODE, json_records
from triples.imports.obo import read_obo
from triples.imports.rows import Edge, Reject, Source, UnreadableFile
from triples.imports.runs import read_lines

NODES_TSV = "id\tcategory\tname\nX:1\tbiolink:Drug\tone\nX:2\tbiolink:Gene\ttwo\n"
EDGES_TSV = "subject\tpredicate\tobject\nX:1\tbiolink:affects\tX:2\n"
EDGE_LINE = '{"subject": "X:1", "predicate": "biolink:affects", "object": "X:1"}\n'
OWN = "https://w3id.org/sarcoma-kg/import/test/"


def imported(folder: Path, kind: str | None = None, **files: str | bytes) -> Imported:
    """Import files of these names (with an underscore for the dot) and contents."""
    paths = []
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        paths.append(path)
    return run_import(folder / "data", ImportQuestion("test", tuple(paths), "CC0-1.0", "1", "x", kind))


def rejects(done: Imported) -> list[tuple[int, str]]:
    lines = done.rejects.read_text(encoding="utf-8").split("\n")[1:-1]
    return [(int(line), reason) for _, line, reason, _ in (text.split("\t") for text in lines)]


def names(folder: Path, done: Imported) -> dict[str, str]:
    """The name of each node by what its IRI ends in."""
    return {
        iri.removeprefix(OWN): label
        for _, iri, label, *_ in read_nodes(files_of(folder / "data", done.manifest) / NODES)
    }


def edge_count(folder: Path, done: Imported) -> int:
    return sum(map(len, read_edges(files_of(folder / "data", done.manifest) / EDGES)))


@pytest.mark.parametrize(
    "files",
    [
        {"n_tsv": NODES_TSV, "e_tsv": EDGES_TSV},
        {"n_tsv": NODES_TSV.replace("\n", "\r\n"), "e_tsv": EDGES_TSV.replace("\n", "\r\n")},
        {"n_jsonl": '{"id": "X:1", "category": [], "name": "one"}\n', "e_jsonl": EDGE_LINE},
        {"a_nt": "<http://x/1> <http://x/p> <http://x/2> .\n"},
        {"a_ttl": "@prefix x: <http://x/> .\nx:1 x:p x:2 .\n"},
        {"o_obo": "[Term]\nid: X:1\nis_a: X:2\n"},
        {"o_json": '[{"id": "X:1", "relations": {"is_a": ["X:2"]}}]'},
    ],
    ids=["tables", "lines of Windows", "lines of JSON", "N-Triples", "Turtle", "OBO", "JSON"],
)
def test_a_byte_order_mark_belongs_to_no_row(tmp_path: Path, files: dict[str, str]) -> None:
    done = imported(tmp_path, **{name: "\ufeff" + text for name, text in files.items()})
    assert rejects(done) == []
    assert edge_count(tmp_path, done) == 1


def test_cells_in_quotation_marks_are_what_stands_between_them(tmp_path: Path) -> None:
    rows = (
        '"X:3"\t"biolink:Drug"\t"a ""quoted"" name"',
        '"X:4"\tbiolink:Drug\t"with a\ttab"',
        'X:5\tbiolink:Drug\t"Bone" marrow',  # as KGX writes it: nothing is quoted
        'X:6\tbiolink:Drug\t5" long',
        'X:7\t"biolink:Drug\tno end',
        'X:8\tbiolink:Drug\t"a break',
        'in the cell"',
    )
    done = imported(tmp_path, n_tsv=NODES_TSV + "\n".join(rows) + "\n", e_tsv='"subject"\t"predicate"\t"object"\n')
    assert names(tmp_path, done) == {
        "X:1": "one",
        "X:2": "two",
        "X:3": 'a "quoted" name',
        "X:4": "with a\ttab",
        "X:5": '"Bone" marrow',
        "X:6": '5" long',
        "X:7": "no end",
        "X:8": '"a break',
    }
    assert rejects(done) == [(10, "1 columns where the header has 3")]


def test_a_vertical_bar_parts_only_what_may_have_several_values(tmp_path: Path) -> None:
    nodes = "id\tcategory\tname\tsynonym\nX:a|b\tbiolink:Drug\talpha|beta\tone|two\n"
    done = imported(tmp_path, n_tsv=nodes, e_tsv="subject\tpredicate\tobject\nX:a|b\tbiolink:affects\tX:a|b\n")
    ((_, iri, label, _, synonyms, _),) = read_nodes(files_of(tmp_path / "data", done.manifest) / NODES)
    assert (iri, label, synonyms) == (f"{OWN}X:a%7Cb", "alpha|beta", ["one", "two"])
    assert edge_count(tmp_path, done) == 1


def test_a_column_named_twice_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InvalidParameter, match="several columns are called name"):
        imported(tmp_path, n_tsv="id\tcategory\tname\tname\nX:1\tbiolink:Drug\tone\tother\n")


def test_rows_about_one_thing_add_to_each_other(tmp_path: Path) -> None:
    done = imported(tmp_path, n_tsv=NODES_TSV + "X:1\tbiolink:Protein\tother\n", e_tsv=EDGES_TSV + EDGES_TSV[-24:])
    text = [*read_lines(files_of(tmp_path / "data", done.manifest) / QUADS)]
    assert sum(f'<{OWN}X:1> <http://www.w3.org/2000/01/rdf-schema#label> "' in line for line in text) == 2
    assert rejects(done) == []
    assert done.manifest.counts["nodes"] == 2


def test_a_name_as_long_as_a_book_costs_that_name_and_such_an_identifier_its_row(tmp_path: Path) -> None:
    header, book = "id\tcategory\tname\tsynonym\n", "b" * (MAX_NAME + 1)
    rows = (f"X:1\t\t{book}\tone|{book}", f"X:2\t\t{book[1:]}\t", f"X:{book}\t\tthree\t")
    done = imported(tmp_path, n_tsv=header + "\n".join(rows) + "\n", e_tsv=EDGES_TSV)
    assert rejects(done) == [(2, "a name of more than 4,000 characters")] * 2 + [(4, TOO_LONG)]
    assert names(tmp_path, done) == {"X:1": "", "X:2": book[1:]}
    ((*_, synonyms, _), _) = read_nodes(files_of(tmp_path / "data", done.manifest) / NODES)
    assert synonyms == ["one"]
    triples = (
        f"<http://x/1> <http://x/{book}> <http://x/2> .",
        f'<http://x/{book}> <http://x/p> "a" .',
        "<x:1> <x:p> <x:2> .",
    )
    assert rejects(imported(tmp_path, a_nt="\n".join(triples))) == [(1, TOO_LONG), (2, TOO_LONG)]


LINES = (
    ('{"id": "X:3", "category": [], "name": "\\ud800"}', f"not JSON: {NOT_UNICODE}"),
    ("[" * 100_000, "not JSON: nested too deeply"),
    ('{"id": ["X:3", "X:4"], "category": []}', "2 values of id"),
    ('{"id": null, "category": []}', "no id"),
    ("[1]", "not a JSON object"),
    ('{"other": 1}', "no id"),
)


def test_a_bad_line_of_json_costs_that_line_wherever_it_stands(tmp_path: Path) -> None:
    lines = [text for text, _ in LINES]
    good = '{"id": "X:1", "category": [], "name": "one \\ud83d\\ude00"}'
    done = imported(tmp_path, n_jsonl="\n".join([*lines, good, *lines]) + "\n", e_jsonl=EDGE_LINE)
    reasons = [reason for _, reason in LINES]
    assert rejects(done) == [*enumerate(reasons, 1), *enumerate(reasons, len(LINES) + 2)]
    assert names(tmp_path, done) == {"X:1": "one \N{GRINNING FACE}"}


def test_a_publication_that_is_no_identifier_is_kept_as_a_text(tmp_path: Path) -> None:
    edges = EDGES_TSV.replace("object\n", "object\tpublications\n").replace("X:2\n", "X:2\thttp://a b|PMID:1\n")
    done = imported(tmp_path, n_tsv=NODES_TSV, e_tsv=edges)
    text = "\n".join(read_lines(files_of(tmp_path / "data", done.manifest) / QUADS))
    assert rejects(done) == []
    assert '/publications> "http://a b"' in text
    assert "/publications> <" in text


def members(path: Path, text: str | bytes) -> list[object]:
    """What an array holds; of what it rejects, place and reason."""
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return [(row.line, row.reason) if isinstance(row, Reject) else row[1] for row in json_records(path)]


def test_a_json_array_is_read_across_the_pieces_it_comes_in(tmp_path: Path) -> None:
    texts = [f"{'é' * 1000}{number}" for number in range(1500)]
    found = members(tmp_path / "a.json", json.dumps(texts, ensure_ascii=False, indent=1))
    assert found == texts
    assert members(tmp_path / "b.json", "[1, 2.5, 12345, [], {}]") == [1, 2.5, 12345, [], {}]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("oops", "not JSON: Expecting value at character 1"),
        ('{"id": oops}', "not JSON: Expecting value at character 8"),
        ('{"id": "]}", "a": [1, {"b": 2}}', None),
        ('{"a": [1, 2}', None),
        ('{"a": "\\"]\\\\"; }', None),
        ('{"no end of a text: 1\n}', None),
        ("}", "not JSON: Expecting value at character 1"),
        ('{"a": ' + "9" * 5000 + "}", None),
        ("[" * 100_000 + "]" * 100_000, "nested too deeply"),
        ('"\\udc00"', NOT_UNICODE),
        (f'{{"a": "{"x" * MAX_LINE_BYTES}", "b": [1]}}', "longer than 16 MiB"),
        (f'{{"a": oops "{"x" * MAX_LINE_BYTES}", "b": [1]}}', "longer than 16 MiB"),
    ],
    ids=range(12),
)
def test_a_faulty_member_of_an_array_costs_that_member(tmp_path: Path, text: str, reason: str | None) -> None:
    first, second, last = members(tmp_path / "a.json", '[{"a": 1},' + text + ', {"c": [3]}]')
    assert (first, last) == ({"a": 1}, {"c": [3]})
    assert isinstance(second, tuple)
    assert second[0] == 2
    assert second[1] == (reason or second[1])


def test_a_member_as_long_as_one_may_be_is_read_wherever_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triples.imports.json_values.MAX_LINE_BYTES", 160)
    monkeypatch.setattr("triples.imports.json_values.CHUNK", 10)
    for before, length in itertools.product(range(12), (70, 90, 120, 150)):
        texts = ["a" * before, "b" * length, "c", "d" * 100, "e" * 100]
        assert members(tmp_path / "a.json", json.dumps(texts)) == texts


def test_a_byte_of_an_array_that_is_no_utf8_costs_its_member(tmp_path: Path) -> None:
    assert members(tmp_path / "a.json", b'[1, "caf\xe9", "caf\xc3\xa9"]') == [1, (2, NOT_UNICODE), "café"]


def test_what_a_member_that_does_not_close_takes_with_it_is_said(tmp_path: Path) -> None:
    found = members(tmp_path / "a.json", '[{"a": 1}, {"b": {"c": 2}, {"d": 3}, 4]')
    assert found[0] == {"a": 1}
    assert str(found[1]).endswith("nothing after it was read')")
    assert len(found) == 2
    assert members(tmp_path / "b.json", "[1] [2]") == [1, (2, "after the end of the array; nothing of it was read")]


@pytest.mark.parametrize("text", ['[{"id": "X:1"}, {"id', '[{"id": "X:1"}', '[{"id": "X:1"},', '[{"id": "X:1"}, 12'])
def test_an_array_that_is_cut_off_is_no_import(tmp_path: Path, text: str) -> None:
    with pytest.raises(InvalidParameter, match="it ends "):
        imported(tmp_path, o_json=text)
    assert list_imports(tmp_path / "data") == ()


@pytest.mark.parametrize(
    "faulty",
    [5, None, {}, {"id": None}, {"id": ["a"]}, {"id": 5}, {"id": "X:3", "relations": ["a"]}, {"id": "X:3", "name": 5},
     {"id": "X:3", "synonyms": [None]}, {"id": "X:3", "xrefs": [5]}, {"id": "X:3", "namespace": {}, "definition": 7}],
)  # fmt: skip
def test_a_term_of_another_shape_is_rejected(tmp_path: Path, faulty: object) -> None:
    terms = [{"id": "X:1", "synonyms": None, "relations": None}, faulty, {"id": "X:9", "relations": {"is_a": ["X:1"]}}]
    done = imported(tmp_path, o_json=json.dumps(terms))
    ((line, reason),) = rejects(done)
    assert (line, reason[:12]) == (2, "not a term: ")
    assert {*names(tmp_path, done)} == {"X:1", "X:9"}


def test_a_relation_of_another_shape_costs_that_relation(tmp_path: Path) -> None:
    done = imported(tmp_path, o_json='[{"id": "X:1", "relations": {"is_a": [null, "X:2"], "part_of": "X:3"}}]')
    assert rejects(done) == [(1, "None where a text is expected")]
    assert edge_count(tmp_path, done) == 2


NODE = {"id": "http://x/1", "lbl": "one"}
EDGE = {"sub": "http://x/1", "pred": "is_a", "obj": "http://x/2"}


@pytest.mark.parametrize(
    ("nodes", "edges"),
    [
        *(([NODE, faulty], [EDGE]) for faulty in (5, None, {}, {"id": 5}, {"id": "http://x/3", "lbl": 7})),
        *(
            ([NODE, {"id": "http://x/3", "meta": meta}], [EDGE])
            for meta in (5, {"synonyms": [{}]}, {"xrefs": [{"val": 5}]}, {"definition": "a"}, {"synonyms": ["a"]})
        ),
        *(([NODE], [EDGE, faulty]) for faulty in (None, [1], {"sub": 1}, EDGE | {"pred": None})),
    ],
)
def test_a_node_or_an_edge_of_an_obo_graph_of_another_shape_is_rejected(
    tmp_path: Path, nodes: list[object], edges: list[object]
) -> None:
    done = imported(tmp_path, o_json=json.dumps({"graphs": [{"nodes": nodes, "edges": edges}, {"nodes": None}]}))
    ((line, reason),) = rejects(done)
    assert (line, reason[:6]) == (2, "not a ")
    assert names(tmp_path, done) == {"http://x/1": "one", "http://x/2": ""}
    assert edge_count(tmp_path, done) == 1


@pytest.mark.parametrize("graphs", [None, 5, [None], [{"nodes": 5}]])
def test_json_that_is_no_obo_graph_is_refused(tmp_path: Path, graphs: object) -> None:
    with pytest.raises(InvalidParameter, match="neither a list of terms nor an OBO graph"):
        imported(tmp_path, o_json=json.dumps({"graphs": graphs}))


GRAPH = '{"meta": {"a": [1]}, "graphs": [{"id": "x", "nodes": [%s], "edges": [%s], "axioms": [%s]}, {}], "z": 1}'
ONE, TWO, LINK = json.dumps(NODE), '{"id": "http://x/2", "lbl": "two"}', json.dumps(EDGE)


@pytest.mark.parametrize(
    ("faulty", "reason"),
    [
        ('{"id": oops}', "not JSON: Expecting value at character 8"),
        ('{"id": "http://x/3", "lbl": "\\ud800"}', NOT_UNICODE),
        (b'{"id": "http://x/3", "lbl": "caf\xe9"}', NOT_UNICODE),
        ('{"id": "http://x/3" "lbl": "]}"}', "not JSON: Expecting ',' delimiter at character 21"),
        (f'{{"id": "{"x" * MAX_LINE_BYTES}"}}', "longer than 16 MiB"),
    ],
    ids=range(5),
)
@pytest.mark.parametrize("place", range(3))
def test_what_is_no_json_in_an_obo_graph_costs_what_it_stands_in(
    tmp_path: Path, faulty: str | bytes, reason: str, place: int
) -> None:
    members: list[list[str | bytes]] = [[ONE, TWO], [LINK], []]
    members[place].insert(1, faulty)
    parts = (b",".join(text if isinstance(text, bytes) else text.encode() for text in part) for part in members)
    done = imported(tmp_path, o_json=GRAPH.encode() % tuple(parts))
    assert rejects(done) == [((2, 2, 1)[place], f"{('nodes', 'edges', 'axioms')[place]}: {reason}")]
    assert names(tmp_path, done) == {"http://x/1": "one", "http://x/2": "two"}
    assert edge_count(tmp_path, done) == 1


def test_a_node_of_an_obo_graph_that_does_not_close_leaves_the_links_to_be_read(tmp_path: Path) -> None:
    done = imported(tmp_path, o_json=GRAPH % (f'{ONE}, {{"id": {{"a": 2}}, {TWO}', LINK, ""))
    ((place, reason),) = rejects(done)
    assert (place, reason[-27:]) == (2, "; nothing after it was read")
    assert names(tmp_path, done) == {"http://x/1": "one", "http://x/2": ""}
    assert edge_count(tmp_path, done) == 1


def test_an_obo_graph_that_is_cut_off_anywhere_is_no_import(tmp_path: Path) -> None:
    text = GRAPH % (ONE, LINK, "")
    for end in range(1, len(text)):
        with pytest.raises(InvalidParameter, match="neither a list of terms nor an OBO graph"):
            imported(tmp_path, o_json=text[:end])
    assert list_imports(tmp_path / "data") == ()


def test_the_terms_of_an_obo_graph_are_there_before_the_rest_of_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("triples.imports.json_values.CHUNK", 64)
    path = tmp_path / "graph.json"
    path.write_text(GRAPH.partition("%s")[0] + f"{ONE}, {TWO}", encoding="utf-8")
    rows = read_obo(Source("test", (path,)))
    assert [getattr(next(rows), "label", None) for _ in range(3)] == [None, "one", "two"]
    with pytest.raises(UnreadableFile, match="ends before its array does, after 2 members"):
        next(rows)


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_an_obo_graph_says_the_same_in_pieces_of_whatever_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indent: int | None
) -> None:
    nodes = [{"id": f"http://x/{number}", "lbl": f"é, ]}} {number}", "meta": {"xrefs": []}} for number in range(9)]
    edges = [{"sub": f"http://x/{number}", "pred": "is_a", "obj": "http://x/0"} for number in range(1, 9)]
    graphs = [{"edges": edges[:3], "lbl": None, "nodes": nodes[:5]}, {"nodes": None}, {"nodes": nodes, "edges": edges}]
    (tmp_path / "o.json").write_text(json.dumps({"n": 1.25e-06, "graphs": graphs}, indent=indent, ensure_ascii=False))
    expected = [edge["sub"] for edge in edges[:3]] + [node["id"] for node in nodes[:5] + nodes]
    expected += [edge["sub"] for edge in edges]
    for size in (1, 2, 3, 7, 50, 1 << 20):
        monkeypatch.setattr("triples.imports.json_values.CHUNK", size)
        rows = [*read_obo(Source("test", (tmp_path / "o.json",)))][1:]
        assert [row.subject if isinstance(row, Edge) else row.iri for row in rows] == expected


def test_a_stanza_without_an_end_of_its_name_adds_nothing_to_the_one_before(tmp_path: Path) -> None:
    text = "[Term]\nid: X:1\n\n[Term\nid: X:2\nis_a: X:3\n\n[Term] ! a comment\nid: X:4\n"
    done = imported(tmp_path, o_obo=text)
    assert rejects(done) == [(4, "the name of a stanza does not end; nothing up to the next one was read")]
    assert {*names(tmp_path, done)} == {"X:1", "X:4"}


PATH = {
    "graph": {"_id": "p", "drug": "d", "disease": "s", "drug_mesh": "MESH:D1", "disease_mesh": "MESH:D2"},
    "nodes": [{"id": "MESH:D1", "label": "Drug", "name": "d"}, {"id": "MESH:D2", "label": "Disease", "name": "s"}],
    "links": [{"source": "MESH:D1", "key": "treats", "target": "MESH:D2"}],
    "references": ["https://example.org/"],
}


@pytest.mark.parametrize(
    "change",
    [{"graph": None}, {"nodes": None}, {"nodes": [{"id": "X:1", "label": None, "name": "x"}]}, {"links": [{}]},
     {"links": [{"source": 1, "key": "a", "target": "b"}]}, {"references": "https://example.org/"}],
)  # fmt: skip
def test_a_path_of_another_shape_is_rejected(tmp_path: Path, change: dict[str, object]) -> None:
    done = imported(tmp_path, "drugmechdb", p_json=json.dumps([PATH, PATH | change]))
    ((line, reason),) = rejects(done)
    assert (line, reason[:12]) == (2, "not a path: ")
    assert done.manifest.counts["nodes"] == 2


RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://x/"'


def test_a_fault_in_xml_is_near_the_line_that_is_given(tmp_path: Path) -> None:
    things = [
        f'<rdf:Description rdf:about="http://x/{n}">\n<x:p rdf:resource="http://x/0"/>\n</rdf:Description>'
        for n in range(500)
    ]
    things[250] = things[250].replace("http://x/250", "http://x/no iri")
    done = imported(tmp_path, a_rdf=f"<rdf:RDF {RDF}>\n" + "\n".join(things) + "\n</rdf:RDF>")
    ((line, reason),) = rejects(done)
    assert "no iri" in reason
    assert 752 <= line < 752 + 100


def test_entities_that_name_each_other_are_not_expanded(tmp_path: Path) -> None:
    body = f'<rdf:RDF {RDF}><rdf:Description rdf:about="&x;1"><x:p rdf:resource="&x;2"/></rdf:Description></rdf:RDF>'
    done = imported(tmp_path, a_owl=f'<!DOCTYPE rdf:RDF [<!ENTITY x "http://x/&#97;">]>{body}')
    assert {*names(tmp_path, done)} == {"http://x/a1", "http://x/a2"}
    levels = "".join(f'<!ENTITY x{n + 1} "{f"&x{n};" * 10}">' for n in range(9))
    with pytest.raises(InvalidParameter, match="entity by another"):
        imported(tmp_path, b_owl=f"<!DOCTYPE rdf:RDF [<!ENTITY x0 'http://x/'>{levels}<!ENTITY x '&x9;'>]>{body}")


@pytest.mark.parametrize(
    "content", [b"", gzip.compress(b"", mtime=0), b"id\tcategory\n"], ids=["empty", "gzipped", "head"]
)
def test_a_file_without_rows_is_refused_and_says_so(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(InvalidParameter, match=r"no header line|it has none"):
        imported(tmp_path, **{"n_tsv_gz" if content.startswith(b"\x1f") else "n_tsv": content})


def test_a_file_given_twice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "n.tsv"
    path.write_text(NODES_TSV, encoding="utf-8")
    with pytest.raises(InvalidParameter, match="each file once"):
        ImportQuestion("test", (path, path), "CC0-1.0", "1", "x")
