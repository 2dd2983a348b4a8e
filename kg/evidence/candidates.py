"""Which results may be pooled: one of each study, that counts what the others count; every other with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from kg.evidence.comparability import Counting, alike, counting
from kg.evidence.derivation import objective_responses
from kg.evidence.direction import OBJECTIVE, counted
from kg.evidence.filters import Unstated
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import DerivedOutcome, EvidenceRow, LeftOut
from kg.evidence.search import Gathered, Gathering
from kg.evidence.summary import DIRECT
from kg.model import EntityRef

OBJECTIVE_RESPONSE = EntityRef(  # known without looking it up: a graph of imports alone has no measures
    "https://w3id.org/sarcoma-kg/measure/objective-response-rate",
    "measure:objective-response-rate",
    "Measure",
    "objective response rate",
)
LEAST_PATIENTS = 2
_PARTS = ("complete-response", "partial-response")  # of objective responses: nobody responded is none of either
_SAME_STUDY = "SELECT ?one ?other WHERE { ?one skg:sameStudyAs ?other }"
_DISTINCT_ARMS = "SELECT ?one ?other WHERE { ?one skg:distinctFrom ?other }"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A share of patients that may enter an estimate.

    Attributes:
        rows: the results it comes from, ``row`` first.
        is_printed: whether the source prints the count.
        is_summed: from complete and partial responses; ``is_added``: over arms that share no patients.
        how: what it counts.
    """

    study: EntityRef
    row: EvidenceRow
    numerator: int
    denominator: int
    rows: tuple[str, ...]
    method: str
    how: Counting
    is_printed: bool = False
    is_summed: bool = False
    is_added: bool = False

    @property
    def rank(self) -> tuple[bool, bool, bool, int, str]:
        """Printed counts before computed ones, stated definitions before conventions, many patients before few."""
        return (not self.is_printed, self.is_summed, self.how.by_convention, -self.denominator, self.row.id)


@dataclass(frozen=True)
class Chosen:
    """What may be pooled.

    Attributes:
        candidates: one of each study, by its label.
        counts: what each of them counts; None if there was no candidate at all.
        left_out: every other result of the measure, with the reason.
        several_arms: studies of which another arm is left out, because the two may share patients.
    """

    candidates: tuple[Candidate, ...]
    counts: Counting | None
    left_out: tuple[LeftOut, ...]
    several_arms: frozenset[str]


def choose(graph: Gathering, question: EvidenceQuestion, measure: EntityRef, gathered: Gathered) -> Chosen:
    """Choose among the results that fit a question those of a measure that may be pooled."""
    choice = _Choice(question, measure)
    choice.sift(gathered.rows)
    choice.tell_of_unstated(gathered.unstated)
    choice.add_sums(objective_responses(gathered.rows), {row.id: row for row in gathered.rows})
    counts, kept = choice.comparable()
    kept = choice.one_per_study(_distinct_arms_added(graph, kept), _links(graph, kept))
    choice.tell_of_parts(gathered.rows)
    left_out = sorted(choice.left_out, key=lambda out: (out.study.label if out.study else "", out.row))
    return Chosen(tuple(kept), counts, tuple(left_out), frozenset(choice.several_arms))


class _Choice:
    """Decides, one rule after the other, which results enter; remembers why the others do not."""

    def __init__(self, question: EvidenceQuestion, measure: EntityRef) -> None:
        self.question, self.measure = question, measure
        self.candidates: list[Candidate] = []
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
            self.candidates.append(
                Candidate(
                    study=row.study,
                    row=row,
                    numerator=rate.numerator_low,
                    denominator=rate.denominator,
                    rows=(row.id,),
                    method=rate.method,
                    how=how,
                    is_printed=row.numerator is not None,
                )
            )

    def tell_of_unstated(self, unstated: Iterable[Unstated]) -> None:
        """Name the results of the measure that a filter shuts out because what it asks for is not stated of them."""
        for result in unstated:
            how = counting(result.row)
            if how is not None and self._is_of_measure(result.row, how):
                self.left_out.append(result.left_out)

    def _is_of_measure(self, row: EvidenceRow, how: Counting) -> bool:
        """The measure itself, a kind of it, or a result of another name that counts what it counts."""
        if row.measure is None or row.adverse_event is not None:
            return False
        wanted = self.measure.curie.partition(":")[2]
        named = (row.measure.curie.partition(":")[2], *row.measure.groups)
        if wanted in named or (wanted in _PARTS and how.is_rate and row.numerator == 0):
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
        for summed in sums:
            row, other = (rows[part] for part in summed.inputs)
            responders = summed.rate.numerator_low
            if summed.study is None or responders is None or self._hindrance(row) or self._hindrance(other):
                continue
            self.candidates.append(
                Candidate(
                    study=summed.study,
                    row=row,
                    numerator=responders,
                    denominator=summed.rate.denominator,
                    rows=summed.inputs,
                    method=summed.method,
                    how=self._objective_responses(),
                    is_summed=True,
                )
            )

    def _objective_responses(self) -> Counting:
        return Counting(measure=self.measure, categories=OBJECTIVE, denominator="arm", is_rate=True)

    def comparable(self) -> tuple[Counting | None, list[Candidate]]:
        """The way of counting that is pooled, and the candidates that count so."""
        if not self.candidates:
            return None, []
        target = self._target()
        kept = []
        for candidate in (_none_of_any_kind(each, target) for each in self.candidates):
            verdict = alike(target, candidate.how)
            if verdict.comparable:
                kept.append(candidate)
            else:
                self._drop(candidate.row, "not comparable: " + "; ".join(verdict.reasons))
        return target, kept

    def _target(self) -> Counting:
        if self.measure.id == OBJECTIVE_RESPONSE.id:
            return self._objective_responses()
        studies: dict[tuple[str, str], set[str]] = {}
        for candidate in self.candidates:
            studies.setdefault((candidate.how.words, candidate.how.denominator), set()).add(candidate.study.id)
        most = min(studies, key=lambda key: (-len(studies[key]), key))
        return next(c.how for c in self.candidates if (c.how.words, c.how.denominator) == most)

    def one_per_study(self, candidates: Sequence[Candidate], links: Mapping[str, str]) -> list[Candidate]:
        """The best candidate of each study; studies that may share patients count as one."""
        taken: dict[str, Candidate] = {}
        for candidate in sorted(candidates, key=lambda candidate: candidate.rank):
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
        return sorted(taken.values(), key=lambda candidate: (candidate.study.label, candidate.study.id))

    def tell_of_parts(self, rows: Iterable[EvidenceRow]) -> None:
        """Say of studies with partial (or complete) responses alone why they are not pooled as objective responses."""
        if self.measure.id != OBJECTIVE_RESPONSE.id:
            return
        known = {candidate.study.id for candidate in self.candidates}
        known |= {left_out.study.id for left_out in self.left_out if left_out.study}
        parts = [row for row in rows if counted(row) in ({"CR"}, {"PR"})]
        for row in parts:
            counts = counted(row)
            is_part = len(counts) == 1 and counts < OBJECTIVE and row.measure is not None and bool(row.measure.counts)
            if row.study is not None and row.study.id not in known and is_part and row.derived_rate is not None:
                other = "complete" if counts == {"PR"} else "partial"
                is_told = any(part.arm == row.arm and counted(part) == OBJECTIVE - counts for part in parts)
                why = "cannot be added to it exactly" if is_told else "are not told"
                self._drop(row, f"not comparable: it counts {'+'.join(counts)} alone, and {other} responses {why}")

    def _drop(self, row: EvidenceRow, reason: str) -> None:
        self.left_out.append(LeftOut(row.id, row.study, row.sentence, reason))


def _none_of_any_kind(candidate: Candidate, target: Counting) -> Candidate:
    """Where nobody responded, nobody responded in the sense that is pooled; leaving such studies out would flatter."""
    how = candidate.how
    holds = target.categories <= OBJECTIVE and (not how.categories or how.categories > target.categories)
    if candidate.numerator or not how.is_rate or not holds:
        return candidate
    method = f"{candidate.method}; no response of any kind, whatever was counted"
    return replace(candidate, how=replace(target, denominator=how.denominator), method=method)


def _distinct_arms_added(graph: Gathering, candidates: Sequence[Candidate]) -> list[Candidate]:
    """With each study of which a source says that no patient is in two of its arms: their counts added up."""
    pairs = {frozenset(pair) for pair in graph.store.select(_DISTINCT_ARMS).texts()}
    added = []
    for first, second in combinations(candidates, 2):
        arms = [candidate.row.arm for candidate in (first, second)]
        if frozenset(arm.id for arm in arms if arm) in pairs:
            parts = " and ".join(f"{part.numerator} of {part.denominator}" for part in (first, second))
            added.append(
                replace(
                    first,
                    numerator=first.numerator + second.numerator,
                    denominator=first.denominator + second.denominator,
                    is_added=True,
                    rows=(*first.rows, *second.rows),
                    method=f"two arms without a patient in common, added up: {parts}",
                )
            )
    return [*candidates, *added]


def _links(graph: Gathering, candidates: Sequence[Candidate]) -> Mapping[str, str]:
    """For each study the name of its group: studies said to be the same, or told from the same reference."""
    parent: dict[str, str] = {}

    def root(study: str) -> str:
        while parent.setdefault(study, study) != study:
            study = parent[study]
        return study

    pairs = graph.store.select(_SAME_STUDY).texts()
    pairs += [(candidate.study.id, ref.id) for candidate in candidates for ref in candidate.row.citing]
    for pair in sorted(pairs):
        first, second = sorted(map(root, pair))
        parent[second] = first
    return {candidate.study.id: root(candidate.study.id) for candidate in candidates}
