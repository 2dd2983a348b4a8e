"""Every question the API answers: path, parameters and the call that answers it, in one table.

The HTTP routes, the OpenAPI description and the command line are all made from it, so they cannot disagree.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from kg.cards import DocumentCard, EntityCard, FactCard, StudyCard
from kg.catalogue import MAX_ITEMS, CatalogueQuestion, QuestionAnswer
from kg.contents import SourceDocument, source_documents
from kg.errors import InvalidParameter
from kg.evidence.cases import Timeline
from kg.evidence.comparison import MAX_PAIRS, ComparisonAnswer
from kg.evidence.controls import ANY
from kg.evidence.explanation import Explanation
from kg.evidence.gap_map import GapMap
from kg.evidence.pooling import PoolAnswer
from kg.evidence.question import (
    FIRST_YEAR,
    HIGHEST_GRADE,
    LAST_YEAR,
    MAX_ROWS,
    MOST_PEOPLE,
    REGIMEN_MATCHES,
    TOLD_BLINDINGS,
    YES_NO,
    EvidenceQuestion,
)
from kg.evidence.rows import EvidenceAnswer
from kg.evidence.safety import SafetyAnswer
from kg.graph import KnowledgeGraph
from kg.model import DESIGNS, EntityRef
from kg.remote.store import refuse_foreign
from kg.schema import Schema, schema
from kg.search.facts import DEFAULT_FACTS, MAX_FACTS
from server.questions.offered import LinkedSearchAnswer, linked
from server.questions.parameters import Arguments, Parameter
from server.questions.present import listing
from server.questions.question import ID, TYPES, Question, limit_of
from server.questions.walks import WALKS

__all__ = ["BY_NAME", "EVIDENCE_PARAMETERS", "QUESTIONS", "Question", "evidence_question"]


def _search(graph: KnowledgeGraph, given: Arguments) -> LinkedSearchAnswer:
    asked = given.required("q"), given.texts("type"), given.whole("limit"), given.whole("facts")
    return linked(graph.search(*asked))


def _ask(graph: KnowledgeGraph, given: Arguments) -> QuestionAnswer:
    own = {name: texts for name, texts in given.values.items() if name not in given.table}
    return graph.ask(given.required("id"), own, limit=given.whole("limit"))


def _schema(graph: KnowledgeGraph, _: Arguments) -> Schema:
    refuse_foreign(graph.store, "schema")  # whose counts are not known to be 0
    return schema(graph.store)


def _format(*names: str) -> Parameter:
    return Parameter("format", "the answer as JSON (the default over HTTP), or as a file", choices=("json", *names))


def evidence_question(given: Arguments) -> EvidenceQuestion:
    """The evidence question that some arguments ask, as far as they have a parameter for each of its fields."""
    read = {"text": given.text, "flag": given.flag, "integer": given.integer}
    own = {field.name for field in fields(EvidenceQuestion)}
    asked: dict[str, Any] = {
        name: (given.texts if each.repeated else read[each.kind])(name)
        for name, each in given.table.items()
        if name in own
    }
    return EvidenceQuestion(drugs=given.texts("drug"), **asked)


EVIDENCE_PARAMETERS = (
    Parameter(
        "drug", "the regimen holds this drug or procedure; several: all of them", repeated=True, example="temsirolimus"
    ),
    Parameter("drug_class", "the regimen holds a drug of this class", example="mTOR inhibitor"),
    Parameter("regimen", 'a name, an acronym, or "A + B" in any order', example="gemcitabine + docetaxel"),
    Parameter("regimen_match", "whether other drugs may be there too", default="exact", choices=REGIMEN_MATCHES),
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
    Parameter(
        "after",
        "people of whom some or all had had this drug, one of this class, or every drug of this regimen (a name, an "
        'acronym, "A + B") before; several: each of them',
        repeated=True,
        example="imatinib",
    ),
    Parameter("setting", "words of the setting", example="maintenance"),
    Parameter("design", "kind of study", choices=DESIGNS),
    Parameter("phase", "trial phase as printed", example="II"),
    Parameter("randomised", "whether chance allotted people to the arms of the study", choices=YES_NO),
    Parameter(
        "comparator",
        f'what the arm is compared with (a name, "A + B", or a drug class), or the word {ANY}',
        example="placebo",
    ),
    Parameter("blinding", "who knew what was given", choices=TOLD_BLINDINGS),
    Parameter("measure", "what was measured", example="objective response rate"),
    Parameter("adverse_event", "results on this adverse event or a kind of it", example="neutropenia"),
    Parameter(
        "min_grade",
        "adverse events of at least this grade; those without a grade are named apart",
        "integer",
        low=1,
        high=HIGHEST_GRADE,
        example="3",
    ),
    Parameter(
        "min_n",
        "at least this many people; results of whom no source says how many are named apart",
        "integer",
        low=0,
        high=MOST_PEOPLE,
    ),
    Parameter(
        "from_year",
        "published in this year or later (the reference that reports the result); unprinted years are named apart",
        "integer",
        low=FIRST_YEAR,
        high=LAST_YEAR,
        example="2010",
    ),
    Parameter("to_year", "published in this year or earlier", "integer", low=FIRST_YEAR, high=LAST_YEAR),
    Parameter("document", "told by this document", example="document:000"),
    Parameter("study", "results of this study", example="study:NCT00949325"),
    Parameter("include_flagged", "let values that look odd count in the summary", "flag", default=False),
    limit_of(MAX_ROWS, MAX_ROWS),
)

_NARROWED = tuple(
    parameter for parameter in EVIDENCE_PARAMETERS if parameter.name not in ("include_broader", "limit", "measure")
)
_POOL_PARAMETERS = (
    *(parameter for parameter in _NARROWED if parameter.name not in ("adverse_event", "min_grade")),
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
    Parameter("a", 'a drug or a procedure alone, a name, an acronym, or "A + B"', required=True, example="gemcitabine"),
    Parameter("b", "what to compare it with", required=True, example="gemcitabine + docetaxel"),
    Parameter("histotype", "people with this histotype or a subtype", example="soft tissue sarcoma"),
    Parameter(
        "measure",
        "what was measured; by default every measure of effect, and side effects apart",
        example="objective response rate",
    ),
    limit_of(MAX_PAIRS, MAX_PAIRS),
)


def _compare(graph: KnowledgeGraph, given: Arguments) -> ComparisonAnswer:
    asked = given.required("a"), given.required("b"), given.text("histotype"), given.text("measure")
    return graph.compare(*asked, limit=given.whole("limit"))


def _explain(graph: KnowledgeGraph, given: Arguments) -> Explanation:
    if given.text("histotype") is None:
        raise InvalidParameter("histotype", "", "a value, which is required, for example GIST")
    return graph.explain(given.text("drug"), given.required("histotype"), given.text("regimen"))


QUESTIONS: tuple[Question, ...] = (
    Question(
        "search", "/search", "Things by label, synonym, identifier, prefix or with small typos; facts by their words; of a sentence, the questions that it may mean and the names in it",
        (
            Parameter("q", "what to look for", required=True, example="rapamycin"),
            Parameter("type", "only these classes", repeated=True, choices=TYPES),
            limit_of(20, 100),
            Parameter("facts", f"most facts, at most {MAX_FACTS}; none with type", "integer", default=DEFAULT_FACTS, low=0, high=MAX_FACTS),
        ),
        LinkedSearchAnswer, _search,
    ),
    Question("entity", "/entities/<path:id>", "The card of an entity", (ID,), EntityCard, lambda graph, given: graph.entity(given.required("id"))),
    *WALKS,
    Question(
        "evidence", "/evidence", "Clinical results, one row per arm or episode, measure, definition and subgroup",
        (
            *EVIDENCE_PARAMETERS, _format("csv", "svg"),
            Parameter("figure", "what format=svg draws", default="forest", choices=("forest", "table")),
        ),
        EvidenceAnswer, lambda graph, given: graph.evidence(evidence_question(given)), unnamed=("drug", "histotype"),
    ),
    Question("compare", "/evidence/compare", "Two regimens: within one study, across studies (warned of), side effects, and what sources say of both in words", (*_COMPARE_PARAMETERS, _format("csv")), ComparisonAnswer, _compare),
    Question(
        "pool", "/evidence/pool", "A share of patients pooled over comparable studies, or the reason why not", (*_POOL_PARAMETERS, _format("csv", "svg")),
        PoolAnswer, lambda graph, given: graph.pool(evidence_question(given)), unnamed=("drug", "histotype"),
    ),
    Question(
        "safety", "/evidence/safety", "Adverse events per regimen, and those that several drugs share", (*_SAFETY_PARAMETERS, _format("csv")),
        SafetyAnswer, lambda graph, given: graph.safety(evidence_question(given)), unnamed=("drug",),
    ),
    Question(
        "gaps", "/evidence/gaps", "Treatments against histotypes: studied, only predicted by mechanism, or neither",
        (
            Parameter("rows", "drugs, classes or targets; or the word drug, drug_class or target for all", repeated=True, example="drug_class"),
            Parameter("columns", "histotypes; or the word histotype for all", repeated=True, example="leiomyosarcoma"),
            _format("csv", "svg"),
        ),
        GapMap, lambda graph, given: graph.gaps(given.texts("rows"), given.texts("columns")),
    ),
    Question(
        "explain", "/explain", "Mechanism and evidence of a drug or a regimen in a histotype, and whether they agree",
        (
            Parameter("drug", "the drug, whatever it was given with; this or a regimen", example="imatinib"),
            Parameter("regimen", 'a name, an acronym, or "A + B" in any order, and nothing else', example="gemcitabine + docetaxel"),
            Parameter("histotype", "the disease, with its subtypes; required", example="GIST"),
        ),
        Explanation, _explain, unnamed=("drug", "histotype"),
    ),
    Question("study", "/studies/<path:id>", "A study with its arms, their results, its patients and what conflicts", (ID,), StudyCard, lambda graph, given: graph.study(given.required("id"))),
    Question("cases", "/cases", "Every patient history", (), EntityRef, lambda graph, _: listing(graph.members("patient")), is_list=True),
    Question("timeline", "/cases/<path:id>/timeline", "What happened to a patient, in order", (ID, _format("csv", "svg")), Timeline, lambda graph, given: graph.timeline(given.required("id"))),
    Question("statement", "/statements/<path:id>", "One fact with its provenance", (ID,), FactCard, lambda graph, given: graph.fact(given.required("id"))),
    Question("document", "/documents/<path:id>", "A source document", (ID,), DocumentCard, lambda graph, given: graph.document(given.required("id"))),
    Question("corpus", "/documents", "The source documents", (), SourceDocument, lambda graph, _: listing(source_documents(graph.corpus())), is_list=True),
    Question("schema", "/schema", "Classes, predicates and properties: what they mean and how many there are", (), Schema, _schema),
    Question("questions", "/questions", "The catalogue of questions that the graph answers, each a tested SPARQL query", (), CatalogueQuestion, lambda graph, _: listing(graph.questions()), is_list=True),
    Question(
        "ask", "/questions/<path:id>", "The answer of a catalogue question; its own parameters go into the query string",
        (Parameter("id", "the question's id", in_path=True, required=True, example="responses-in-histotype"), limit_of(MAX_ITEMS, MAX_ITEMS)),
        QuestionAnswer, _ask, others=True,
    ),
)  # fmt: skip
BY_NAME = {question.name: question for question in QUESTIONS}
