"""Which answer is printed how: one mapping, which a test holds against the table of questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from kg.cards import DocumentCard, EntityCard, FactCard, StudyCard
from kg.catalogue import CatalogueQuestion, QuestionAnswer
from kg.contents import SourceDocument
from kg.difference import DifferenceAnswer
from kg.evidence.cases import Timeline
from kg.evidence.comparison import ComparisonAnswer
from kg.evidence.explanation import Explanation
from kg.evidence.gap_map import GapMap
from kg.evidence.pooling import PoolAnswer
from kg.evidence.rows import EvidenceAnswer
from kg.evidence.safety import SafetyAnswer
from kg.mechanism.search import MechanismAnswer
from kg.model import EntityRef
from kg.paths.neighborhood import NeighborCount, NeighborsAnswer
from kg.paths.surroundings import CommonAnswer, ReachableAnswer, Subgraph
from kg.paths.traversal import PathAnswer
from kg.schema import Schema
from server.questions.offered import LinkedSearchAnswer
from server.questions.present import Listing
from server.terminal import connections, records, results

# Answers, and what complete lists are of.
FORMS: Mapping[type, Callable[[Any], Iterator[str]]] = {
    LinkedSearchAnswer: records.search,
    EntityCard: records.entity,
    FactCard: records.fact,
    DocumentCard: records.document,
    QuestionAnswer: records.question,
    DifferenceAnswer: records.difference,
    Schema: records.schema,
    EntityRef: records.member,
    SourceDocument: records.member,
    CatalogueQuestion: records.catalogued,
    NeighborCount: connections.count,
    NeighborsAnswer: connections.neighbors,
    PathAnswer: connections.paths,
    MechanismAnswer: connections.mechanism,
    Subgraph: connections.subgraph,
    ReachableAnswer: connections.reachable,
    CommonAnswer: connections.common,
    EvidenceAnswer: results.evidence,
    ComparisonAnswer: results.compare,
    PoolAnswer: results.pool,
    SafetyAnswer: results.safety,
    GapMap: results.gaps,
    Explanation: results.explain,
    StudyCard: results.study,
    Timeline: results.timeline,
}


def render(answer: Any) -> str:
    """An answer as text; a list that holds nothing says so."""
    items = answer.items if isinstance(answer, Listing) else (answer,)
    lines = [line for item in items for line in FORMS[type(item)](item)] or ["None."]
    return "\n".join(lines) + "\n"
