"""Every question the API answers: path, parameters and the call that answers it, in one table.

The HTTP routes, the OpenAPI description and the command line are all made from it, so they cannot disagree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from kg.cards import DocumentCard, EntityCard, FactCard, StudyCard
from kg.catalogue import MAX_ITEMS, CatalogueQuestion, QuestionAnswer
from kg.evidence.cases import Timeline
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.explanation import Explanation
from kg.evidence.gap_map import GapMap
from kg.evidence.pooling import PoolAnswer
from kg.evidence.rows import DESIGNS, MAX_ROWS, Corpus, EvidenceAnswer, EvidenceQuestion
from kg.evidence.safety import SafetyAnswer
from kg.graph import KnowledgeGraph
from kg.mechanism.search import MAX_LENGTH as MECHANISM_LENGTH
from kg.mechanism.search import MechanismAnswer
from kg.model import CERTAINTIES, DEFAULT_CERTAINTIES, Certainty, EntityRef
from kg.paths.neighborhood import (
    CommonAnswer,
    CommonQuestion,
    NeighborCount,
    NeighborsAnswer,
    NeighborsQuestion,
    ReachableAnswer,
    ReachableQuestion,
    Subgraph,
    SubgraphQuestion,
)
from kg.paths.traversal import MAX_LENGTH, MAX_PATHS, PathAnswer, PathQuestion
from kg.schema import Schema, schema
from kg.search import SearchAnswer
from ontology.terms import CLASS_BY_KIND
from server.parameters import Arguments, Parameter
from server.present import listing

Answer = Callable[[KnowledgeGraph, Arguments], Any]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: the command, and the operation in the API description.
        path: below ``/api/v1``; ``<path:id>`` stands for an identifier.
        answers: the dataclass that comes back.
        others: parameters outside the table are passed on: what they may be depends on the id.
    """

    name: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    answers: type
    answer: Answer
    others: bool = False


_TYPES = tuple(sorted(set(CLASS_BY_KIND.values())))
_ID = Parameter("id", "CURIE, IRI, label or synonym", in_path=True, required=True, example="drug:sirolimus")
_NODE = Parameter("node", "CURIE, IRI, label or synonym", repeated=True, required=True, example="target:KIT")
_PREDICATE = Parameter("predicate", "only these predicates (local names)", repeated=True, example="inhibits")
_NODE_TYPE = Parameter("type", "only neighbours of these classes", repeated=True, choices=_TYPES)
_CERTAINTY = Parameter(
    "certainty", "certainties that count; by default stated and inferred", repeated=True, choices=tuple(CERTAINTIES)
)
_IMPORTS = Parameter("include_imports", "also use imported graphs", "flag", default=False)
_DIRECTION = Parameter(
    "direction", "from subject to object (out), against it (in), or both", default="both", choices=("out", "in", "both")
)


def _limit(default: int, most: int) -> Parameter:
    return Parameter("limit", f"most items, at most {most}", "integer", default=default, low=1, high=most)


def _certainties(arguments: Arguments) -> frozenset[Certainty]:
    given = arguments.texts("certainty")
    if not given:
        return DEFAULT_CERTAINTIES
    # Asking for the weaker ones widens the search; what is stated always counts.
    return frozenset(cast("tuple[Certainty, ...]", given)) | DEFAULT_CERTAINTIES


def _search(graph: KnowledgeGraph, given: Arguments) -> SearchAnswer:
    return graph.search(given.required("q"), given.texts("type"), given.whole("limit"))


def _neighbors(graph: KnowledgeGraph, given: Arguments) -> NeighborsAnswer:
    return graph.neighbors(
        NeighborsQuestion(
            node=graph.resolve(given.required("id"), parameter="id").id,
            direction=given.text("direction"),  # type: ignore[arg-type]  # the table allows no other
            predicates=given.texts("predicate"),
            types=given.texts("type"),
            certainties=frozenset(cast("tuple[Certainty, ...]", given.texts("certainty"))) or frozenset(CERTAINTIES),
            include_imports=given.flag("include_imports"),
            limit=given.whole("limit"),
            cursor=given.text("cursor"),
        )
    )


def _paths(graph: KnowledgeGraph, given: Arguments) -> PathAnswer:
    return graph.paths(
        PathQuestion(
            source=graph.resolve(given.required("source"), parameter="source").id,
            target=graph.resolve(given.required("target"), parameter="target").id,
            max_length=given.whole("max_length"),
            k=given.whole("k"),
            predicates=given.texts("predicate"),
            node_types=given.texts("node_type"),
            certainties=_certainties(given),
            avoid=tuple(graph.resolve(name, parameter="avoid").id for name in given.texts("avoid")),
            directed=given.flag("directed"),
            include_imports=given.flag("include_imports"),
        )
    )


def _mechanism(graph: KnowledgeGraph, given: Arguments) -> MechanismAnswer:
    return graph.mechanism(
        given.texts("drug"),
        given.text("target"),
        certainties=_certainties(given),
        max_length=given.whole("max_length"),
        k=given.whole("k"),
        include_imports=given.flag("include_imports"),
    )


def _ask(graph: KnowledgeGraph, given: Arguments) -> QuestionAnswer:
    own = {name: texts for name, texts in given.values.items() if name not in given.table}
    return graph.ask(given.required("id"), own, limit=given.whole("limit"))


def _nodes(graph: KnowledgeGraph, given: Arguments) -> tuple[str, ...]:
    return tuple(graph.resolve(name, parameter="node").id for name in given.texts("node"))


def _subgraph(graph: KnowledgeGraph, given: Arguments) -> Subgraph:
    return graph.subgraph(
        SubgraphQuestion(
            nodes=_nodes(graph, given),
            hops=given.whole("hops"),
            predicates=given.texts("predicate"),
            types=given.texts("type"),
            certainties=_certainties(given),
            limit=given.whole("limit"),
        )
    )


def _reachable(graph: KnowledgeGraph, given: Arguments) -> ReachableAnswer:
    return graph.reachable(
        ReachableQuestion(
            node=graph.resolve(given.required("node"), parameter="node").id,
            direction=given.text("direction"),  # type: ignore[arg-type]  # the table allows no other
            predicates=given.texts("predicate"),
            types=given.texts("type"),
            certainties=_certainties(given),
            max_length=given.whole("max_length"),
            limit=given.whole("limit"),
        )
    )


def _common(graph: KnowledgeGraph, given: Arguments) -> CommonAnswer:
    return graph.common(
        CommonQuestion(
            nodes=_nodes(graph, given),
            predicates=given.texts("predicate"),
            types=given.texts("type"),
            certainties=_certainties(given),
            limit=given.whole("limit"),
        )
    )


def evidence_question(given: Arguments) -> EvidenceQuestion:
    """The evidence question that some arguments ask."""
    return EvidenceQuestion(
        drugs=given.texts("drug"),
        include_subtypes=given.flag("include_subtypes"),
        include_broader=given.flag("include_broader"),
        include_flagged=given.flag("include_flagged"),
        regimen_match=given.text("regimen_match") or "exact",
        min_n=given.integer("min_n"),
        limit=given.whole("limit"),
        **{name: given.text(name) for name in _EVIDENCE_TEXTS},
    )


_EVIDENCE_TEXTS = (
    "drug_class", "regimen", "histotype", "site", "target", "genotype", "line", "setting", "design", "phase", "measure",
    "document", "study",
)  # fmt: skip

EVIDENCE_PARAMETERS = (
    Parameter("drug", "the regimen holds this drug; several: all of them", repeated=True, example="temsirolimus"),
    Parameter("drug_class", "the regimen holds a drug of this class", example="mTOR inhibitor"),
    Parameter("regimen", 'a name, an acronym, or "A + B" in any order', example="gemcitabine + docetaxel"),
    Parameter(
        "regimen_match", "whether other drugs may be there too", default="exact", choices=("exact", "containing")
    ),
    Parameter("histotype", "people with this histotype", example="leiomyosarcoma"),
    Parameter("include_subtypes", "also its subtypes", "flag", default=True),
    Parameter(
        "include_broader",
        "also people with a wider diagnosis, of whom nobody says how many had this one",
        "flag",
        default=False,
    ),
    Parameter("site", "tumours at this site", example="uterus"),
    Parameter("target", "drugs that act on this target", example="KIT"),
    Parameter("genotype", "words of the genotype", example="exon 9"),
    Parameter("line", "words of the line of treatment", example="first"),
    Parameter("setting", "words of the setting", example="maintenance"),
    Parameter("design", "kind of study", choices=DESIGNS),
    Parameter("phase", "trial phase as printed", example="II"),
    Parameter("measure", "what was measured", example="objective response rate"),
    Parameter("min_n", "at least this many people", "integer", low=0, high=1_000_000),
    Parameter("document", "told by this document", example="document:000"),
    Parameter("study", "results of this study", example="study:NCT00949325"),
    Parameter("include_flagged", "let values that look odd count in the summary", "flag", default=False),
    _limit(MAX_ROWS, MAX_ROWS),
)

_NARROWED = tuple(
    parameter for parameter in EVIDENCE_PARAMETERS if parameter.name not in ("include_broader", "limit", "measure")
)
_POOL_PARAMETERS = (
    *_NARROWED,
    Parameter("measure", "which share to pool; by default the objective response rate", example="partial response"),
)
_SAFETY_PARAMETERS = (
    Parameter(
        "drug", "regimens that hold this drug; several: also which toxicities they share",
        repeated=True, example="gemcitabine",
    ),
    *(parameter for parameter in _NARROWED if parameter.name != "drug"),
)  # fmt: skip
_COMPARE_PARAMETERS = (
    Parameter("a", 'a drug alone, a name, an acronym, or "A + B"', required=True, example="gemcitabine"),
    Parameter("b", "what to compare it with", required=True, example="gemcitabine + docetaxel"),
    Parameter("histotype", "people with this histotype or a subtype", example="soft tissue sarcoma"),
    Parameter("measure", "what was measured; by default every measure of effect", example="objective response rate"),
)


def narrowed_question(given: Arguments) -> EvidenceQuestion:
    """The evidence question of pooling and safety, which have fewer parameters and no limit."""
    texts: dict[str, Any] = {name: given.text(name) for name in _EVIDENCE_TEXTS if name in given.table}
    return EvidenceQuestion(
        drugs=given.texts("drug"),
        include_subtypes=given.flag("include_subtypes"),
        include_flagged=given.flag("include_flagged"),
        regimen_match=given.text("regimen_match") or "exact",
        min_n=given.integer("min_n"),
        **texts,
    )


def _compare(graph: KnowledgeGraph, given: Arguments) -> ComparisonAnswer:
    return graph.compare(given.required("a"), given.required("b"), given.text("histotype"), given.text("measure"))


QUESTIONS: tuple[Question, ...] = (
    Question(
        "search", "/search", "Entities by label, synonym, identifier, prefix or with small typos",
        (
            Parameter("q", "what to look for", required=True, example="rapamycin"),
            Parameter("type", "only these classes", repeated=True, choices=_TYPES),
            _limit(20, 100),
        ),
        SearchAnswer, _search,
    ),
    Question("entity", "/entities/<path:id>", "The card of an entity", (_ID,), EntityCard, lambda graph, given: graph.entity(given.required("id"))),
    Question(
        "counts", "/entities/<path:id>/counts", "How many connections an entity has, per predicate and direction", (_ID,), NeighborCount,
        lambda graph, given: listing(graph.counts(given.required("id"))),
    ),
    Question(
        "neighbors", "/entities/<path:id>/neighbors", "What an entity is connected to, statement by statement",
        (
            _ID, _DIRECTION, _PREDICATE, _NODE_TYPE, _CERTAINTY, _IMPORTS, _limit(100, 1000),
            Parameter("cursor", "next_cursor of the page before"),
        ),
        NeighborsAnswer, _neighbors,
    ),
    Question(
        "paths", "/paths", "The k best simple paths between two entities",
        (
            Parameter("source", "where the paths begin", required=True, example="rapamycin"),
            Parameter("target", "where they end", required=True, example="G1 arrest"),
            Parameter("max_length", f"most steps, at most {MAX_LENGTH}", "integer", default=6, low=1, high=MAX_LENGTH),
            Parameter("k", f"most paths, at most {MAX_PATHS}", "integer", default=10, low=1, high=MAX_PATHS),
            _PREDICATE,
            Parameter("node_type", "classes allowed between the ends", repeated=True, choices=_TYPES),
            _CERTAINTY,
            Parameter("avoid", "no path through these", repeated=True),
            Parameter("directed", "only from subject to object", "flag", default=True),
            _IMPORTS,
        ),
        PathAnswer, _paths,
    ),
    Question(
        "mechanism", "/mechanism", "How a drug acts, step by step, each step signed and sourced",
        (
            Parameter("drug", "the drug; several are followed together", repeated=True, example="rapamycin"),
            Parameter("target", "histotype, process, target or effect; may be left out", example="leiomyosarcoma"),
            _CERTAINTY,
            Parameter("max_length", f"most steps, at most {MECHANISM_LENGTH}", "integer", default=10, low=1, high=MECHANISM_LENGTH),
            Parameter("k", f"most paths, at most {MAX_PATHS}", "integer", default=10, low=1, high=MAX_PATHS),
            _IMPORTS,
        ),
        MechanismAnswer, _mechanism,
    ),
    Question(
        "subgraph", "/subgraph", "The graph around some entities",
        (
            _NODE,
            Parameter("hops", "how far around; 0 gives only the links among them", "integer", default=1, low=0, high=3),
            _PREDICATE, _NODE_TYPE, _CERTAINTY, _limit(60, 300),
        ),
        Subgraph, _subgraph,
    ),
    Question(
        "reachable", "/reachable", "What lies within some steps of an entity",
        (
            Parameter("node", "where to start", required=True, example="rapamycin"),
            _DIRECTION, _PREDICATE, _NODE_TYPE, _CERTAINTY,
            Parameter("max_length", "most steps", "integer", default=3, low=1, high=8),
            _limit(100, 1000),
        ),
        ReachableAnswer, _reachable,
    ),
    Question("common", "/common", "What several entities are all connected to", (_NODE, _PREDICATE, _NODE_TYPE, _CERTAINTY, _limit(100, 1000)), CommonAnswer, _common),
    Question(
        "evidence", "/evidence", "Clinical results, one row per arm or episode, measure, definition and subgroup", EVIDENCE_PARAMETERS,
        EvidenceAnswer, lambda graph, given: graph.evidence(evidence_question(given)),
    ),
    Question("compare", "/evidence/compare", "Two regimens: within one study, and, warned of, across studies", _COMPARE_PARAMETERS, ComparisonAnswer, _compare),
    Question(
        "pool", "/evidence/pool", "A share of patients pooled over comparable studies, or the reason why not", _POOL_PARAMETERS,
        PoolAnswer, lambda graph, given: graph.pool(narrowed_question(given)),
    ),
    Question(
        "safety", "/evidence/safety", "Adverse events per regimen, and those that several drugs share", _SAFETY_PARAMETERS,
        SafetyAnswer, lambda graph, given: graph.safety(narrowed_question(given)),
    ),
    Question(
        "gaps", "/evidence/gaps", "Treatments against histotypes: studied, only predicted by mechanism, or neither",
        (
            Parameter("rows", "drugs, classes or targets; or the word drug, drug_class or target for all", repeated=True, example="drug_class"),
            Parameter("columns", "histotypes; or the word histotype for all", repeated=True, example="leiomyosarcoma"),
        ),
        GapMap, lambda graph, given: graph.gaps(given.texts("rows"), given.texts("columns")),
    ),
    Question(
        "explain", "/explain", "Mechanism and evidence of a drug in a histotype, and whether they agree",
        (
            Parameter("drug", "the drug", required=True, example="imatinib"),
            Parameter("histotype", "the disease, with its subtypes", required=True, example="GIST"),
        ),
        Explanation, lambda graph, given: graph.explain(given.required("drug"), given.required("histotype")),
    ),
    Question("study", "/studies/<path:id>", "A study with its arms", (_ID,), StudyCard, lambda graph, given: graph.study(given.required("id"))),
    Question("cases", "/cases", "Every patient history", (), EntityRef, lambda graph, _: listing(graph.members("patient"))),
    Question("timeline", "/cases/<path:id>/timeline", "What happened to a patient, in order", (_ID,), Timeline, lambda graph, given: graph.timeline(given.required("id"))),
    Question("statement", "/statements/<path:id>", "One fact with its provenance", (_ID,), FactCard, lambda graph, given: graph.fact(given.required("id"))),
    Question("document", "/documents/<path:id>", "A source document", (_ID,), DocumentCard, lambda graph, given: graph.document(given.required("id"))),
    Question("corpus", "/documents", "The source documents", (), Corpus, lambda graph, _: graph.corpus()),
    Question("schema", "/schema", "Classes, predicates and properties: what they mean and how many there are", (), Schema, lambda graph, _: schema(graph.store)),
    Question("questions", "/questions", "The catalogue of questions that the graph answers, each a tested SPARQL query", (), CatalogueQuestion, lambda graph, _: listing(graph.questions())),
    Question(
        "ask", "/questions/<path:id>", "The answer of a catalogue question; its own parameters go into the query string",
        (Parameter("id", "the question's id", in_path=True, required=True, example="responses-in-histotype"), _limit(MAX_ITEMS, MAX_ITEMS)),
        QuestionAnswer, _ask, others=True,
    ),
)  # fmt: skip
