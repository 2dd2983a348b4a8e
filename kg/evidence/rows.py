"""What was tried, in whom, and what came of it: one row per arm (or patient episode), measure, definition and subgroup.

Rows hold what sources state, exactly. What is computed from it stands in fields of its own (``derived_ci``,
``derived_rate``, ``direction``, ``level``), each with its method or its reasons, so that none can be taken for a
printed figure. Absence is
said: an empty answer carries the sentence that this graph holds nothing, which is not the same as "no effect".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from kg.evidence.measures import DefinitionRef, DerivedRate, MeasureRef
from kg.evidence.regimens import RegimenRow
from kg.model import (
    Allocation,
    Blinding,
    Certainty,
    Design,
    Difference,
    Direction,
    EntityRef,
    Flag,
    HistotypeMatch,
    Interval,
    LineMatch,
    PassageRef,
    Range,
    Response,
    RestsOn,
    Significance,
    StatedAbsence,
)
from kg.tables import Listed

Civic = Literal["A", "B", "C", "D", "E"]
Consistency = Literal["conflicting", "not applicable", "inconsistent", "consistent", "the only study"]
AbsenceKind = Literal[
    "none_observed", "no_apparent_benefit", "no_significant_difference", "not_reached", "not_reported_yet",
    "not_described", "no_data",
]  # fmt: skip


@dataclass(frozen=True)
class EvidenceLevel:
    """How much one result can carry, in two scales of the field, with the sentences that led there.

    Attributes:
        civic: A to E as CIViC names them (A validated, B clinical, C case study, D preclinical, E inferential).
        ocebm: 1 to 5 as in the Oxford 2011 table for treatment benefits; 1 is best.
        directness: how the people of the result relate to those asked for.
        consistency: how it relates to the other results of the answer.
        reasons: a sentence for each step to the two scales.
    """

    civic: Civic
    ocebm: int
    directness: str
    consistency: Consistency
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class PopulationRow:
    """Who was in an arm.

    Attributes:
        histotype_match: how they relate to the histotype asked for. ``exact``: all of them have it; ``subtype``: all
            have a subtype of it; ``subgroup``: the figure is of those in the arm who have it; ``mixed``: they are among
            others; ``broader``: a wider diagnosis, nobody says how many; null: none was asked for.
        line, genotype: of the subgroup where the figure is of one.
        line_match: likewise for the line of treatment: ``exact``, ``mixed``, or null.
    """

    n: int | None = None
    enrolled: int | None = None
    evaluable: int | None = None
    histotypes: tuple[EntityRef, ...] = ()
    histotype_match: HistotypeMatch | None = None
    mixed: bool | None = None
    line: str | None = None
    setting: str | None = None
    prior: str | None = None
    genotype: str | None = None
    text: str | None = None
    line_match: LineMatch | None = None


@dataclass(frozen=True, kw_only=True)
class EvidenceRow:
    """One result. Field names are those of the HTTP contract (docs/api.md).

    Attributes:
        id: IRI of the result, which is a statement.
        design: of the study.
        arm: who was treated alike; null where the result is of one patient.
        patient: whose result it is; null where it is an arm's.
        regimen: what the arm or the patient was given.
        range: lowest and highest as printed; with a value, its spread.
        ci: as printed, of the hazard ratio where there is one, else of the value.
        derived_ci, derived_wilson: computed from the counts (Clopper-Pearson, Wilson), in percent.
        derived_rate: the share of patients behind the figure, and how it was found.
        pools: the arms that its arm only takes together; their patients are its own.
        within: the arm that counts all patients of its arm too: crossed over, another dose, a later time.
        year: of the document that tells of it, where its text prints one; not of the study.
        published: the years of the references that are cited for it, or, where none is printed, of those that another
            text cites for its study, if they are no later; of what a document reports itself, the document's. Empty
            where no text prints them.
        difference: what the source says against the comparator: higher, lower, better, worse, no difference.
        direction: what that means for the treatment: supports, does_not_support, mixed, harmful; null where it says
            nothing.
        earlier_response: what the same treatment had brought the same patient before (CR, PR, MR or SD).
        direction_reason: why ``direction`` is what it is.
        level: how much the result can carry.
        sentence: the result in words.
        statements: IRIs of what states it: of the result itself.
        documents: those that tell of it.
        text: what the source tells beside the figure, in this graph's words; ``note`` is the curator's.
        note: a remark of the curator.
        comparator_drugs: the drugs of the comparator, so that a difference is credited to what was added.
        comparator_text: what is printed of the comparator, or of the arms that it pools, for the same thing.
    """

    id: str
    study: EntityRef | None = None
    design: Design | None = None
    phase: str | None = None
    randomised: Allocation | None = None
    blinding: Blinding | None = None
    year: int | None = None
    arm: EntityRef | None = None
    pools: tuple[EntityRef, ...] = ()
    within: EntityRef | None = None
    patient: EntityRef | None = None
    regimen: RegimenRow | None = None
    population: PopulationRow | None = None
    measure: MeasureRef | None = None
    definition: DefinitionRef | None = None
    value: float | int | None = None
    unit: str | None = None
    value_text: str | None = None
    numerator: int | None = None
    denominator: int | None = None
    range: Range | None = None
    ci: Range | None = None
    derived_ci: Interval | None = None
    derived_wilson: Interval | None = None
    derived_rate: DerivedRate | None = None
    p_value: str | None = None
    hazard_ratio: float | int | None = None
    comparator: EntityRef | None = None
    comparator_drugs: tuple[EntityRef, ...] = ()
    difference: Difference | None = None
    direction: Direction | None = None
    direction_reason: str | None = None
    significance: Significance | None = None
    time_point: str | None = None
    follow_up: str | None = None
    subgroup: str | None = None
    subgroup_histotypes: tuple[EntityRef, ...] = ()
    subgroup_n: int | None = None
    adverse_event: EntityRef | None = None
    grade: str | None = None
    frequency: str | None = None
    response: Response | None = None
    earlier_response: Response | None = None
    absence: StatedAbsence | None = None
    certainty: Certainty | None = None
    level: EvidenceLevel | None = None
    citing: tuple[EntityRef, ...] = ()
    flags: tuple[Flag, ...] = ()
    flag_reason: str | None = None
    note: str | None = None
    sentence: str | None = None
    statements: tuple[str, ...] = ()
    passages: tuple[PassageRef, ...] = ()
    documents: tuple[EntityRef, ...] = ()
    text: str | None = None
    published: tuple[int, ...] = ()
    comparator_text: str | None = None

    also_tabled: ClassVar[tuple[str, ...]] = ("doses",)

    @property
    def doses(self) -> str:
        """What was given and how much, as a cell of a table; empty where nothing is told."""
        return " | ".join(each.label for each in self.regimen.components) if self.regimen else ""


@dataclass(frozen=True)
class DerivedOutcome:
    """An objective response (CR+PR) added up from its parts, which the source prints apart.

    Attributes:
        inputs: identifiers of the two results.
        printed: identifiers of objective responses that the source prints for the same people.
        agrees: whether those give the same count; None if there are none that can be compared.
        flags: of either input; such a sum stays out of pooling.
    """

    id: str
    kind: str
    study: EntityRef | None
    arm: EntityRef | None
    rate: DerivedRate
    derived_ci: Interval
    derived_wilson: Interval
    method: str
    inputs: tuple[str, ...]
    printed: tuple[str, ...]
    agrees: bool | None
    flags: tuple[Flag, ...]


@dataclass(frozen=True)
class LeftOut:
    """A result that an answer leaves out although it may belong there, and why.

    Attributes:
        row: IRI of the result; ``sentence`` tells it in words.
    """

    row: str
    study: EntityRef | None
    sentence: str | None
    reason: str


@dataclass(frozen=True)
class Beside:
    """A histotype that sources place under the one asked for, and that this graph keeps beside it: not counted.

    Attributes:
        histotype: what ``histotype`` has to be to ask for its results.
        results: how many the same question has in it that the answer does not hold.
        statements: identifiers of the statements that place it so.
    """

    histotype: EntityRef
    results: int
    reason: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class ConflictRow:
    """Facts that disagree, both sides named.

    Attributes:
        between: the sides.
        about: on what they disagree, in words.
        note: a remark of the curator.
    """

    id: str
    between: tuple[EntityRef, ...]
    about: str | None
    differs: str | None
    note: str | None
    passages: tuple[PassageRef, ...]

    @property
    def is_of_one_patient(self) -> bool:
        """Whether every side is an event of a patient's history, so that it says nothing of what studies found."""
        return bool(self.between) and all(side.type == "TimelineEvent" for side in self.between)


@dataclass(frozen=True)
class Absence:
    """A kind of nothing.

    ``none_observed``, ``no_apparent_benefit``, ``no_significant_difference``, ``not_reached``, ``not_reported_yet``,
    ``not_described``, or ``no_data`` when this graph holds nothing at all.
    """

    kind: AbsenceKind
    text: str
    row: str | None = None


@dataclass(frozen=True)
class Nearby:
    """Results that there are if a question that nothing fits is loosened by one turn.

    Attributes:
        results: how many.
        words: what they are of; ``details``: what is told of them, for the end of a sentence.
        changes: with what to ask instead, by parameter; null for a parameter to leave out.
    """

    results: int
    words: str
    details: str
    changes: Mapping[str, str | None]

    @property
    def head(self) -> str:
        """How many there are of what."""
        return f"{self.results} {self.words}"

    @property
    def text(self) -> str:
        """The same, with what is told of them."""
        return self.head + self.details


@dataclass(frozen=True)
class Corpus:
    """Which documents an answer rests on.

    Attributes:
        years: of the documents, in their order; null where the text prints none.
        text: the same as a sentence.
    """

    documents: tuple[EntityRef, ...]
    years: tuple[int | None, ...]
    text: str


@dataclass(frozen=True)
class RegimenVerdict:
    """What the results say of one regimen in the people asked for, counted in studies, never in mentions.

    Attributes:
        direction: supports, does_not_support, mixed, harmful; null where no result says anything.
        rests_on: "direct" results (of groups of those people), or, where there are none, "indirect" ones (of groups
            that hold them), or "single patients" where no group was studied.
        supporting, not_supporting, mixed, harmful: the studies on each side.
        burdened: studies that found it harder to bear than what it was compared with; they do not change the direction.
    """

    regimen: EntityRef
    histotype: EntityRef | None
    direction: Direction | None
    rests_on: RestsOn | None
    supporting: tuple[EntityRef, ...]
    not_supporting: tuple[EntityRef, ...]
    mixed: tuple[EntityRef, ...]
    harmful: tuple[EntityRef, ...]
    burdened: tuple[EntityRef, ...]
    reason: str


@dataclass(frozen=True)
class EvidenceSummary:
    """Counts over all rows found, flagged ones apart.

    Attributes:
        rows, flagged: results in all, and those of them with a figure that looks odd.
        patients_described: single patients, with a history of their own.
        measures: results per measure, by its label.
        broader: results in a wider diagnosis, in whom nobody says how many had the histotype; listed only if asked for.
        directions: results of the disease per direction; ``verdicts``: per regimen.
        burden_directions: how treatments were borne, per direction: in a comparison the worse borne does not support.
    """

    rows: int
    flagged: int
    studies: int
    patients_described: int
    broader: int
    measures: Mapping[str, int] = field(default_factory=dict)
    directions: Mapping[Direction, int] = field(default_factory=dict)
    burden_directions: Mapping[Direction, int] = field(default_factory=dict)
    verdicts: tuple[RegimenVerdict, ...] = ()
    corpus: Corpus | None = None


@dataclass(frozen=True)
class EvidenceAnswer(Listed):
    """Rows, what follows from them, the conflicts among them, what is missing, and what the answer rests on.

    Attributes:
        derived: objective responses added up from complete and partial ones.
        conflicts: facts on these results that disagree.
        absences: each kind of nothing among the results, or that there is none at all.
        left_out: results that a filter shuts out only because their source does not say what it asks for, the first
            ``limit`` of them; ``left_out_total`` counts them all.
        beside: histotypes that sources count among the one asked for, and this answer does not.
        nearby: where nothing fits, what a question loosened by one turn would find.
    """

    items: tuple[EvidenceRow, ...]
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    derived: tuple[DerivedOutcome, ...]
    conflicts: tuple[ConflictRow, ...]
    absences: tuple[Absence, ...]
    nearby: tuple[Nearby, ...]
    left_out: tuple[LeftOut, ...]
    left_out_total: int
    beside: tuple[Beside, ...]
    summary: EvidenceSummary
