"""Statements and terms survive being spelled as quads and read back."""

from __future__ import annotations

import random
from collections.abc import Iterable
from decimal import Decimal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg import codec
from kg.codec import Statement, dataset_checksum, nquads_lines, statement_quads
from kg.identifiers import expand
from kg.model import CERTAINTIES
from ontology.terms import PREDICATES, SKG, UnknownTermError

EDGES = sorted(name for name, term in PREDICATES.items() if not term.takes_text)
TEXTS = sorted(name for name, term in PREDICATES.items() if term.takes_text)

locals_ = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,8}[A-Za-z0-9])?", fullmatch=True)
texts = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\x00"), min_size=1, max_size=30)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-10000, max_value=10000)


def iris(kind: str) -> st.SearchStrategy[str]:
    return locals_.map(lambda name: expand(f"{kind}:{name}"))


qualifiers = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["model", "genotype", "doseText", "valueText"]), texts),
        st.tuples(st.sampled_from(["value", "ciLow"]), decimals),
        st.tuples(st.just("numerator"), st.integers(0, 1000)),
    ),
    max_size=4,
    unique_by=lambda pair: pair[0],
).map(tuple)


@st.composite
def statements(draw: st.DrawFn) -> Statement:
    takes_text = draw(st.booleans())
    return Statement(
        document=draw(iris("document")),
        subject=draw(iris("drug")),
        predicate=draw(st.sampled_from(TEXTS if takes_text else EDGES)),
        object=None if takes_text else draw(iris("target")),
        text=draw(texts) if takes_text else None,
        polarity=draw(st.sampled_from(["affirmed", "negated"])),
        certainty=draw(st.sampled_from(["stated", "hedged", "hypothesised"])),
        citing=draw(st.lists(iris("document"), max_size=2).map(tuple)),
        qualifiers=draw(qualifiers),
        about=draw(st.lists(iris("histotype"), max_size=2).map(tuple)),
        passages=draw(st.lists(iris("passage"), max_size=2).map(tuple)),
        flags=draw(st.lists(st.sampled_from(["misspelt", "contradicted"]), max_size=2).map(tuple)),
        note=draw(st.none() | texts),
        year=draw(st.none() | st.integers(1900, 2030)),
        label=draw(st.none() | texts),
        graph=draw(st.sampled_from(["", codec.INFERRED_GRAPH])),
    )


PARTS = ("subject", "predicate", "object", "polarity", "certainty", "assertedBy", "flagReason", "note", "year", "label")
LISTS = {
    "citing": "citing", "about": "about", "passage": "passages", "contextPassage": "context_passages",
    "premise": "premises", "flag": "flags",
}  # fmt: skip


def value_of(term: ox.Literal) -> codec.Value:
    """The Python value of a literal."""
    datatype = term.datatype.value.rpartition("#")[2]
    if datatype == "boolean":
        return term.value == "true"
    return {"integer": int, "decimal": Decimal}.get(datatype, str)(term.value)


def read_back(quads: Iterable[ox.Quad]) -> Statement:
    """A statement from the quads of its node; its direct triple is passed over."""
    found = list(quads)
    (head,) = (quad for quad in found if quad.object == codec.skg("Statement"))
    own: dict[str, list[codec.Term]] = {}
    for quad in found:
        if quad.subject == head.subject and quad.predicate != codec.type_:
            name = quad.predicate.value.removeprefix(SKG.namespace).rpartition("#")[2]
            own.setdefault(name, []).append(quad.object)
    one = {name: own[name][0] for name in PARTS if name in own}
    document, target, graph = one["assertedBy"].value, one["object"], head.graph_name.value
    assert one["certainty"].value in CERTAINTIES
    return Statement(
        document=document,
        subject=one["subject"].value,
        predicate=one["predicate"].value.removeprefix(SKG.namespace),
        object=target.value if isinstance(target, ox.NamedNode) else None,
        text=target.value if isinstance(target, ox.Literal) else None,
        polarity=one["polarity"].value,
        certainty=one["certainty"].value,
        qualifiers=tuple((name, value_of(term)) for name in own.keys() - {*PARTS, *LISTS} for term in own[name]),
        flag_reason=value_of(one["flagReason"]) if "flagReason" in one else None,
        note=value_of(one["note"]) if "note" in one else None,
        year=value_of(one["year"]) if "year" in one else None,
        label=value_of(one["label"]) if "label" in one else None,
        graph="" if graph == codec.document_graph(document.rpartition("/")[2]) else graph,
        **{field: tuple(term.value for term in own.get(name, ())) for name, field in LISTS.items()},
    )


@given(statements())
@settings(max_examples=200, deadline=None)
def test_a_statement_survives_the_round_trip(statement: Statement) -> None:
    assert read_back(statement_quads(statement)) == statement


@given(statements())
@settings(max_examples=50, deadline=None)
def test_a_statement_survives_the_store(statement: Statement) -> None:
    store = ox.Store()
    store.extend(statement_quads(statement))
    assert read_back(store) == statement


@given(statements())
@settings(max_examples=100, deadline=None)
def test_only_affirmed_and_stated_facts_are_plain_triples(statement: Statement) -> None:
    plain = [quad for quad in statement_quads(statement) if quad.subject == codec.named(statement.subject)]
    assert bool(plain) == (statement.polarity == "affirmed" and statement.certainty == "stated")


@given(statements(), st.randoms())
@settings(max_examples=50, deadline=None)
def test_the_identifier_ignores_order_passages_and_remarks(statement: Statement, rng: random.Random) -> None:
    shuffled = list(statement.qualifiers)
    rng.shuffle(shuffled)
    fields = {
        **statement.__dict__,
        "qualifiers": tuple(shuffled),
        "passages": (),
        "note": None,
        "label": "other",
    }
    assert Statement(**fields).iri == statement.iri


def test_the_identifier_tells_polarity_certainty_and_authority_apart() -> None:
    base = Statement(
        document=expand("document:1"), subject=expand("drug:a"), predicate="binds", object=expand("target:b")
    )
    others = (
        Statement(**{**base.__dict__, "polarity": "negated"}),
        Statement(**{**base.__dict__, "certainty": "hedged"}),
        Statement(**{**base.__dict__, "citing": (expand("document:1-ref-1"),)}),
        Statement(**{**base.__dict__, "document": expand("document:2")}),
        Statement(**{**base.__dict__, "qualifiers": (("model", "mice"),)}),
    )
    assert len({base.iri, *(other.iri for other in others)}) == 6


@given(st.one_of(texts, st.integers(), decimals, st.booleans()))
def test_a_value_survives_being_a_literal(value: codec.Value) -> None:
    back = value_of(codec.literal(value))
    assert back == value
    assert type(back) is type(value)


@given(decimals)
def test_a_decimal_is_spelled_as_the_store_would(value: Decimal) -> None:
    store = ox.Store()
    quad = ox.Quad(ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), codec.literal(value))
    store.add(quad)
    assert next(iter(store)).object == quad.object


def test_quads_are_read_back_from_their_lines() -> None:
    statement = Statement(
        document=expand("document:1"),
        subject=expand("drug:a"),
        predicate="states",
        text='a "b"\n\\ ü \t \x0b',
    )
    lines = nquads_lines(statement_quads(statement))
    parsed = ox.parse("\n".join(lines), format=ox.RdfFormat.N_QUADS)
    assert nquads_lines(parsed) == lines


def test_a_blank_node_is_refused() -> None:
    with pytest.raises(ValueError, match="blank node"):
        nquads_lines([ox.Quad(ox.BlankNode(), codec.type_, codec.type_)])


def test_a_misspelt_term_of_the_vocabulary_is_refused() -> None:
    with pytest.raises(UnknownTermError, match="did you mean inhibits"):
        codec.skg("inhibit")


def test_the_provenance_graph_is_not_in_the_checksum() -> None:
    quad = ox.Quad(codec.type_, codec.type_, codec.type_, codec.named(codec.PROVENANCE_GRAPH))
    assert dataset_checksum(nquads_lines([quad])) == dataset_checksum([])
