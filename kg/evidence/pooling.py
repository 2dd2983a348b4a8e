"""Pooling one share of patients over studies, or saying why it is not done.

Only studies that count the same thing in the people asked for are pooled; never flagged values, never two tellings of
one study, never populations that may overlap, never prospective with retrospective designs. The single studies and
everything left out come back with the estimate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from kg.errors import InvalidParameter
from kg.evidence.comparability import Counting, alike, counting, kind_of_design
from kg.evidence.derivation import OBJECTIVE, counted, objective_responses
from kg.evidence.intervals import clopper_pearson
from kg.evidence.random_effects import Estimate, pool_inverse_variance, pool_logistic
from kg.evidence.rows import Corpus, DerivedOutcome, EvidenceQuestion, EvidenceRow
from kg.evidence.search import Naming, gather
from kg.evidence.summary import DIRECT
from kg.model import EntityRef, Interval
from kg.tables import rows_table

if TYPE_CHECKING:
    import pandas as pd

OBJECTIVE_RESPONSE = EntityRef(  # known without looking it up: a graph of imports alone has no measures
    "https://w3id.org/sarcoma-kg/measure/objective-response-rate",
    "measure:objective-response-rate",
    "Measure",
    "objective response rate",
)
STUDIES_FOR_PREDICTION = 3
STUDIES_FOR_VARIANCE = 5
LEAST_PATIENTS = 2
_SAME_STUDY = "SELECT ?one ?other WHERE { ?one skg:sameStudyAs ?other }"
_DISTINCT_ARMS = "SELECT ?one ?other WHERE { ?one skg:distinctFrom ?other }"


@dataclass(frozen=True)
class PooledStudy:
    """One study as it enters a pooled estimate.

    Attributes:
        arm: null where arms of the study that share no patients were added up.
        rows: the results it comes from; several where it was added up, from complete and partial responses or arms.
        derived: whether the count was computed (from a percentage, or added up), not printed.
    """

    study: EntityRef
    arm: EntityRef | None
    design: str | None
    year: int | None
    numerator: int
    denominator: int
    percent: float
    derived_ci: Interval
    derived: bool
    method: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A result that fits the question and is not pooled, and why."""

    row: str
    study: EntityRef | None
    sentence: str | None
    reason: str


@dataclass(frozen=True)
class LeaveOneOut:
    """The estimate without one of the studies."""

    without: EntityRef
    estimate: Estimate


@dataclass(frozen=True)
class PoolAnswer:
    """A pooled share, or the reason for refusing one.

    Attributes:
        counts: what counted in every study pooled.
        estimate: by the random-intercept logistic model; ``check``: by inverse variance, null where a study has no
            events.
        leave_one_out: null below three studies.
        cautions: what is assumed; ``left_out``: results not pooled, each with the reason.
    """

    measure: EntityRef
    histotype: EntityRef | None
    asked: str
    counts: str | None
    estimate: Estimate | None
    check: Estimate | None
    refused: str | None
    studies: tuple[PooledStudy, ...]
    leave_one_out: tuple[LeaveOneOut, ...] | None
    cautions: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    corpus: Corpus

    def to_pandas(self) -> pd.DataFrame:
        """The single studies as a table."""
        return rows_table(self.studies, PooledStudy)


@dataclass(frozen=True)
class _Candidate:
    study: EntityRef
    row: EvidenceRow
    numerator: int
    denominator: int
    is_printed: bool
    is_summed: bool
    rows: tuple[str, ...]
    method: str
    how: Counting
    is_added: bool = False  # over arms

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """Printed counts before computed ones, stated definitions before conventions, many patients before few."""
        return (not self.is_printed, self.is_summed, self.how.by_convention, -self.denominator, self.row.id)


def pool(graph: Naming, question: EvidenceQuestion) -> PoolAnswer:
    """Pool the share of patients with an outcome over the studies that fit.

    Args:
        graph: the graph.
        question: as for the rows; without a measure the objective response rate is pooled.

    Returns: with ``estimate`` null and ``refused`` set where pooling would not be honest.
    Raises: EntityNotFound, AmbiguousEntity, InvalidParameter.
    """
    if not question.drugs and question.regimen is None and question.drug_class is None and question.target is None:
        raise InvalidParameter("regimen", "", "a regimen, a drug, a class or a target to pool over")
    measure = graph.resolve(question.measure, ("measure",), "measure") if question.measure else OBJECTIVE_RESPONSE
    found = gather(graph, replace(question, measure=None, include_broader=False))
    selection = _Choice(question, measure)
    selection.sift(found.rows)
    selection.add_sums(objective_responses(found.rows), {row.id: row for row in found.rows})
    target, kept = selection.comparable()
    kept = selection.one_per_study(_distinct_arms_added(graph, kept), _links(graph, kept))
    selection.tell_of_parts(found.rows)
    refused = selection.refusal(kept)
    counts = [(candidate.numerator, candidate.denominator) for candidate in kept]
    enough = refused is None and len(kept) >= STUDIES_FOR_PREDICTION
    return PoolAnswer(
        measure=measure,
        histotype=found.histotype,
        asked=found.words,
        counts=target.words if target else None,
        estimate=pool_logistic(counts) if refused is None else None,
        check=pool_inverse_variance(counts) if refused is None else None,
        refused=refused,
        studies=tuple(_pooled(candidate) for candidate in kept),
        leave_one_out=_leave_one_out(kept) if enough else None,
        cautions=_cautions(kept, frozenset(selection.several_arms), refused=refused),
        left_out=tuple(sorted(selection.left_out, key=lambda out: (out.study.label if out.study else "", out.row))),
        corpus=graph.corpus(),
    )


class _Choice:
    """Decides, one rule after the other, which results enter; remembers why the others do not."""

    def __init__(self, question: EvidenceQuestion, measure: EntityRef) -> None:
        self.question, self.measure = question, measure
        self.candidates: list[_Candidate] = []
        self.left_out: list[LeftOut] = []
        self.several_arms: set[str] = set()

    def sift(self, rows: Iterable[EvidenceRow]) -> None:
        for row in sorted(rows, key=lambda row: row.id):
            how = counting(row)
            if how is None or not self._is_of_measure(row, how):
                continue
            reason = self._hindrance(row)
            rate = row.derived_rate
            if reason is not None or rate is None or rate.numerator_low is None or row.study is None:
                self._drop(row, reason or "it has no study")
                continue
            printed = row.numerator is not None
            self.candidates.append(
                _Candidate(
                    row.study, row, rate.numerator_low, rate.denominator, printed, False, (row.id,), rate.method, how
                )
            )

    def _is_of_measure(self, row: EvidenceRow, how: Counting) -> bool:
        """The measure itself, a kind of it, or a result of another name that counts what it counts."""
        if row.measure is None or row.adverse_event is not None:
            return False
        wanted = self.measure.curie.partition(":")[2]
        named = (row.measure.curie.partition(":")[2], *row.measure.groups)
        if wanted in named:
            return True
        return wanted == "objective-response-rate" and (how.is_rate or how.categories == OBJECTIVE)

    def _hindrance(self, row: EvidenceRow) -> str | None:
        """The first reason to leave a result out; None if there is none."""
        rate, groups = row.derived_rate, row.measure.groups if row.measure else ()
        match = row.population.histotype_match if row.population else None
        treated = row.regimen.against_tumour if row.regimen else ()
        is_single = row.patient is not None or (rate is not None and rate.denominator < LEAST_PATIENTS)
        is_other_part = row.subgroup is not None and not (row.subgroup_histotypes and self.question.histotype)
        has_other_lines = row.population is not None and row.population.line_match == "mixed"
        has_figure = row.value is not None or row.value_text is not None
        rules = (
            (bool(row.flags) and not self.question.include_flagged, f"flagged ({', '.join(row.flags)})"),
            (row.certainty not in (None, "stated"), f"{row.certainty}, not stated"),
            (match not in DIRECT, "its patients with the histotype are among others"),
            (has_other_lines, "its patients of that line are among others"),
            (is_other_part, f"of a subgroup of its arm ({row.subgroup})"),
            (is_single, "a single patient is not a share"),
            ("time-to-event" in groups, "an estimate over follow-up, not a count of patients"),
            (rate is None, "no number of patients to take the share of" if has_figure else "no figure"),
            (rate is not None and not rate.is_exact, f"the count is not known exactly: {rate.method if rate else ''}"),
            (any(ref.type == "Procedure" for ref in treated), "given together with local treatment"),
        )
        return next((reason for hinders, reason in rules if hinders), None)

    def add_sums(self, sums: Iterable[DerivedOutcome], rows: Mapping[str, EvidenceRow]) -> None:
        """Let objective responses added up from their parts stand in where nothing is printed."""
        if self.measure.id != OBJECTIVE_RESPONSE.id:
            return
        for one in sums:
            row = rows[one.inputs[0]]
            count = one.rate.numerator_low
            if one.study is None or count is None or self._hindrance(row) or self._hindrance(rows[one.inputs[1]]):
                continue
            how = Counting(self.measure, OBJECTIVE, False, None, None, "arm", True)
            self.candidates.append(
                _Candidate(one.study, row, count, one.rate.denominator, False, True, one.inputs, one.method, how)
            )

    def comparable(self) -> tuple[Counting | None, list[_Candidate]]:
        """The way of counting that is pooled, and the candidates that count so."""
        if not self.candidates:
            return None, []
        target = self._target()
        kept = []
        for candidate in map(_none_of_any_kind, self.candidates):
            verdict = alike(target, candidate.how)
            if verdict.comparable:
                kept.append(candidate)
            else:
                self._drop(candidate.row, "not comparable: " + "; ".join(verdict.reasons))
        return target, kept

    def _target(self) -> Counting:
        if self.measure.id == OBJECTIVE_RESPONSE.id:
            return Counting(self.measure, OBJECTIVE, False, None, None, "arm", True)
        studies: dict[tuple[str, str], set[str]] = {}
        for candidate in self.candidates:
            studies.setdefault((candidate.how.words, candidate.how.denominator), set()).add(candidate.study.id)
        most = min(studies, key=lambda key: (-len(studies[key]), key))
        return next(c.how for c in self.candidates if (c.how.words, c.how.denominator) == most)

    def one_per_study(self, candidates: Sequence[_Candidate], links: Mapping[str, str]) -> list[_Candidate]:
        """The best candidate of each study; studies that may share patients count as one."""
        taken: dict[str, _Candidate] = {}
        for candidate in sorted(candidates, key=lambda one: one.rank):
            group = links.get(candidate.study.id, candidate.study.id)
            first = taken.setdefault(group, candidate)
            if first is candidate:
                continue
            if first.study.id == candidate.study.id:
                if candidate.row.id not in first.rows and not candidate.is_summed:
                    self._drop(candidate.row, "its study is in already, with another figure or arm")
                    if candidate.row.arm != first.row.arm:
                        self.several_arms.add(first.study.id)
            else:
                self._drop(candidate.row, f"its patients may be those of {first.study.label}")
        return sorted(taken.values(), key=lambda one: (one.study.label, one.study.id))

    def tell_of_parts(self, rows: Iterable[EvidenceRow]) -> None:
        """Say of studies with partial (or complete) responses alone why they are not pooled as objective responses."""
        if self.measure.id != OBJECTIVE_RESPONSE.id:
            return
        known = {one.study.id for one in self.candidates} | {one.study.id for one in self.left_out if one.study}
        for row in rows:
            counts = counted(row)
            is_part = len(counts) == 1 and counts < OBJECTIVE and row.measure is not None and bool(row.measure.counts)
            if row.study is not None and row.study.id not in known and is_part and row.derived_rate is not None:
                other = "complete" if counts == {"PR"} else "partial"
                self._drop(
                    row, f"not comparable: it counts {'+'.join(counts)} alone, and {other} responses are not told"
                )

    def refusal(self, kept: Sequence[_Candidate]) -> str | None:
        if len(kept) < 2:
            number = {0: "no study is", 1: "only one study is"}[len(kept)]
            return f"{number} left that counts the same thing in the people asked for; pooling needs two"
        treatments = {tuple(ref.label for ref in c.row.regimen.against_tumour) for c in kept if c.row.regimen}
        if len(treatments) > 1:
            named = "; ".join(sorted(" + ".join(names) for names in treatments))
            return f"the studies gave different treatments ({named}); ask for one regimen"
        designs = sorted({kind_of_design(candidate.row.design) for candidate in kept})
        if len(designs) > 1:
            return f"the designs should not be mixed ({', '.join(designs)}); narrow the question by design"
        if not any(candidate.numerator for candidate in kept):
            return "no patient of any study had the outcome; see the exact upper limit of each study"
        if all(candidate.numerator == candidate.denominator for candidate in kept):
            return "every patient of every study had the outcome; see the exact lower limit of each study"
        return None

    def _drop(self, row: EvidenceRow, reason: str) -> None:
        self.left_out.append(LeftOut(row.id, row.study, row.sentence, reason))


def _none_of_any_kind(candidate: _Candidate) -> _Candidate:
    """Where nobody responded, nobody responded in the sense that is pooled; leaving such studies out would flatter."""
    if candidate.numerator or candidate.how.categories or not candidate.how.is_rate:
        return candidate
    method = f"{candidate.method}; no response of any kind, whatever was counted"
    return replace(candidate, how=replace(candidate.how, categories=OBJECTIVE, definition=None), method=method)


def _distinct_arms_added(graph: Naming, candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """With each study of which a source says that no patient is in two of its arms: their counts added up."""
    pairs = {frozenset((a.value, b.value)) for a, b in graph.store.select(_DISTINCT_ARMS, {}).rows if a and b}
    added = []
    for one, other in combinations(candidates, 2):
        if frozenset(each.row.arm.id for each in (one, other) if each.row.arm) in pairs:
            n, of = one.numerator + other.numerator, one.denominator + other.denominator
            parts = " and ".join(f"{each.numerator} of {each.denominator}" for each in (one, other))
            method = f"two arms without a patient in common, added up: {parts}"
            rows = (*one.rows, *other.rows)
            added.append(replace(one, numerator=n, denominator=of, is_added=True, rows=rows, method=method))
    return [*candidates, *added]


def _links(graph: Naming, candidates: Sequence[_Candidate]) -> Mapping[str, str]:
    """For each study the name of its group: studies said to be the same, or told from the same reference."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            node = parent[node]
        return node

    pairs = [(a.value, b.value) for a, b in graph.store.select(_SAME_STUDY, {}).rows if a and b]
    pairs += [(candidate.study.id, ref.id) for candidate in candidates for ref in candidate.row.citing]
    for one, other in sorted(pairs):
        first, second = sorted((root(one), root(other)))
        parent[second] = first
    return {candidate.study.id: root(candidate.study.id) for candidate in candidates}


def _pooled(candidate: _Candidate) -> PooledStudy:
    return PooledStudy(
        study=candidate.study,
        arm=None if candidate.is_added else candidate.row.arm,
        design=candidate.row.design,
        year=candidate.row.year,
        numerator=candidate.numerator,
        denominator=candidate.denominator,
        percent=100 * candidate.numerator / candidate.denominator,
        derived_ci=clopper_pearson(candidate.numerator, candidate.denominator),
        derived=candidate.is_added or not candidate.is_printed,
        method=candidate.method,
        rows=candidate.rows,
    )


def _leave_one_out(kept: Sequence[_Candidate]) -> tuple[LeaveOneOut, ...]:
    found = []
    for number, candidate in enumerate(kept):
        rest = [(c.numerator, c.denominator) for c in (*kept[:number], *kept[number + 1 :])]
        if any(count for count, _ in rest) and any(count < of for count, of in rest):
            found.append(LeaveOneOut(candidate.study, pool_logistic(rest)))
    return tuple(found)


def _cautions(kept: Sequence[_Candidate], several_arms: frozenset[str], *, refused: str | None) -> tuple[str, ...]:
    cautions = []
    if refused is None and len(kept) < STUDIES_FOR_PREDICTION:
        cautions.append("two studies: no prediction interval and no leave-one-out table, which need three")
    if refused is None and len(kept) < STUDIES_FOR_VARIANCE:
        cautions.append(
            f"{len(kept)} studies: the variance between them is poorly known, the interval likely too narrow"
        )
    for candidate in kept:
        if candidate.study.id in several_arms:
            cautions.append(
                f"{candidate.study.label}: one of its arms is pooled, another is left out, because they may overlap"
            )
        if candidate.how.by_convention:
            cautions.append(
                f"{candidate.study.label}: what counted is taken from the name of the measure; it is not stated"
            )
    return tuple(dict.fromkeys(cautions))
