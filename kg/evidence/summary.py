"""Summing an answer up: what is missing, how much there is, and what it says of each regimen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from kg.evidence.regimens import RegimenRow
from kg.evidence.rows import Absence, AbsenceKind, Corpus, EvidenceRow, EvidenceSummary, Nearby, RegimenVerdict
from kg.model import DIRECTIONS, Direction, EntityRef, HistotypeMatch, RestsOn, StatedAbsence

CASE_STUDY_PATIENTS = 5
DIRECT: frozenset[HistotypeMatch | None] = frozenset({None, "exact", "subtype", "subgroup"})
_OF_A_SUBTYPE: frozenset[HistotypeMatch | None] = frozenset({"subtype"})
_ABSENCES: Mapping[StatedAbsence, tuple[AbsenceKind, str]] = {
    "none-observed": ("none_observed", "Looked for and not observed in any patient"),
    "no-apparent-benefit": ("no_apparent_benefit", "The source saw no apparent benefit"),
    "no-significant-difference": ("no_significant_difference", "The source found no significant difference"),
    "not-reached": ("not_reached", "A median not reached: more than half were still free of the event"),
    "not-reported-yet": ("not_reported_yet", "Not reported yet when the source was written"),
    "not-described": ("not_described", "The source says that this was not described"),
}


def absences_of(rows: Iterable[EvidenceRow], asked_for: str, nearby: Sequence[Nearby] = ()) -> tuple[Absence, ...]:
    """Say what is missing: each row that states an absence, or one ``no_data`` when there are no rows at all.

    Args:
        rows: the rows of the answer.
        asked_for: the question in words, for the sentence.
        nearby: what the graph holds instead.
    """
    listed = tuple(rows)
    if not listed:
        near = f" It holds {'; '.join(each.text for each in nearby)}." if nearby else ""
        text = f"This graph holds no result for {asked_for}.{near} That is not evidence of no effect."
        return (Absence("no_data", text),)
    return tuple(
        Absence(kind, f"{text}: {row.sentence or row.id}", row.id)
        for row in listed
        if row.absence is not None
        for kind, text in (_ABSENCES[row.absence],)
    )


def summarize(
    rows: Iterable[EvidenceRow],
    corpus: Corpus,
    *,
    include_flagged: bool,
    histotype: EntityRef | None = None,
    broader: int = 0,
) -> EvidenceSummary:
    """Count studies, measures and directions; flagged rows count only when asked for."""
    listed = tuple(rows)
    counted = [row for row in listed if include_flagged or not row.flags]
    measures: dict[str, int] = {}
    for row in counted:
        label = row.measure.label if row.measure else "other"
        measures[label] = measures.get(label, 0) + 1
    return EvidenceSummary(
        rows=len(listed),
        flagged=sum(1 for row in listed if row.flags),
        studies=len({row.study.id for row in counted if row.study}),
        patients_described=len({row.patient.id for row in counted if row.patient}),
        broader=broader,
        measures=dict(sorted(measures.items())),
        directions=_directions(row for row in counted if not is_burden(row) and credited(row)),
        burden_directions=_directions(row for row in counted if is_burden(row)),
        verdicts=verdicts(counted, histotype),
        corpus=corpus,
    )


def _directions(rows: Iterable[EvidenceRow]) -> Mapping[Direction, int]:
    found = Counter(row.direction for row in rows)
    return {name: found[name] for name in DIRECTIONS}


def verdicts(rows: Iterable[EvidenceRow], histotype: EntityRef | None) -> tuple[RegimenVerdict, ...]:
    """What the results say of each regimen, by its label; a drug with radiotherapy is not the drug alone.

    A comparison of two doses or schedules of the same drugs says nothing of the drugs, and is left out.
    """
    by_treatment: dict[frozenset[EntityRef], list[EvidenceRow]] = {}
    for row in rows:
        treatment = frozenset(row.regimen.against_tumour if row.regimen else ())
        if any(ref.type == "Drug" for ref in treatment) and credited(row):
            by_treatment.setdefault(treatment, []).append(row)
    found = (_verdict(own, histotype) for own in by_treatment.values())
    return tuple(sorted(found, key=lambda verdict: (verdict.regimen.label, verdict.regimen.id)))


def credited(row: EvidenceRow) -> tuple[EntityRef, ...]:
    """The treatments that a result speaks of: those that its comparator did not get, or all without a comparator."""
    given = row.regimen.against_tumour if row.regimen else ()
    if row.comparator is None:
        return given
    added = tuple(ref for ref in given if ref not in row.comparator_drugs)
    if added or {ref for ref in given if ref.type == "Drug"} == set(row.comparator_drugs):
        return added
    return given  # it got less than the comparator: what is said is said of all it got


def weigh(rows: Iterable[EvidenceRow]) -> Mapping[Direction, tuple[EntityRef, ...]]:
    """The studies behind each direction; a study counts once for each, however often it is told."""
    found: dict[Direction, set[EntityRef]] = {name: set() for name in DIRECTIONS}
    for row in rows:
        if row.direction is not None and row.study is not None and not is_of_other_subgroup(row):
            found[row.direction].add(row.study)
    return {name: tuple(sorted(studies, key=lambda ref: (ref.label, ref.id))) for name, studies in found.items()}


def is_single(row: EvidenceRow) -> bool:
    """Whether a result is of one patient or a handful."""
    if row.patient is not None or row.design == "case report":
        return True
    people = row.population.n if row.population else None
    return row.design == "case series" and people is not None and people < CASE_STUDY_PATIENTS


def deciding(rows: Iterable[EvidenceRow]) -> tuple[EvidenceRow, ...]:
    """The results that decide: of groups; of single patients only where no group was studied."""
    listed = tuple(rows)
    return tuple(row for row in listed if not is_single(row)) or listed


def of_these_patients(effects: Sequence[EvidenceRow]) -> tuple[EvidenceRow, ...]:
    """The results of patients with the histotype itself; none where only a subtype speaks, and others besides it.

    A subtype alone does not speak for the whole histotype while groups in which others with it are tell something too.
    """
    by_match: dict[HistotypeMatch | None, list[EvidenceRow]] = {}
    for row in effects:
        by_match.setdefault(row.population.histotype_match if row.population else None, []).append(row)
    telling = {match for match, rows in by_match.items() if any(weigh(rows).values())}
    if telling & DIRECT == _OF_A_SUBTYPE and telling - DIRECT:
        return ()
    return tuple(row for match, rows in by_match.items() if match in DIRECT for row in rows)


def is_of_other_subgroup(row: EvidenceRow) -> bool:
    """Whether a result is of a part of its arm that something else than the histotype sets apart: genotype, line ..."""
    if row.subgroup is None or row.patient is not None:
        return False
    whole = set(row.population.histotypes) if row.population else set()
    # Where the subgroup has the histotypes of the whole arm, something else sets it apart.
    return whole <= set(row.subgroup_histotypes) or not row.subgroup_histotypes


def overall(weighed: Mapping[Direction, Sequence[EntityRef]]) -> tuple[Direction | None, str]:
    """One word for several results, and why: nothing is averaged, every contrary result makes it mixed."""
    supports, against = len(weighed["supports"]), len(weighed["does_not_support"])
    harmful, unclear = len(weighed["harmful"]), len(weighed["mixed"])
    told = supports + against + unclear + harmful
    studies = len({study for side in weighed.values() for study in side})
    counts = f"{supports} for, {against} against, {unclear} undecided, {harmful} harmful (studies"
    counts += ")" if told == studies else f"; {studies} in all, some with results on both sides)"
    if supports and (against or harmful):
        return "mixed", f"results point both ways: {counts}"
    if harmful:
        return "harmful", counts
    if supports:
        return "supports", counts
    if against:
        return ("mixed" if unclear else "does_not_support"), counts
    return ("mixed" if unclear else None), counts if unclear else "no result says anything for or against"


def is_burden(row: EvidenceRow) -> bool:
    """Whether a result tells how a treatment is borne, not what it does to the disease."""
    return row.adverse_event is not None or (row.measure is not None and "treatment-burden" in row.measure.groups)


def _verdict(rows: list[EvidenceRow], histotype: EntityRef | None) -> RegimenVerdict:
    effects = deciding(row for row in rows if not is_burden(row) and row.design != "preclinical")
    weighed = weigh(of_these_patients(effects))
    rests_on: RestsOn = "direct"
    if not any(weighed.values()):
        weighed, rests_on = weigh(effects), "indirect"
    if all(map(is_single, effects)):
        rests_on = "single patients"
    direction, reason = overall(weighed)
    return RegimenVerdict(
        regimen=common_name(rows),
        histotype=histotype,
        direction=direction,
        rests_on=rests_on if any(weighed.values()) else None,
        supporting=weighed["supports"],
        not_supporting=weighed["does_not_support"],
        mixed=weighed["mixed"],
        harmful=weighed["harmful"],
        burdened=weigh(row for row in rows if is_burden(row))["harmful"],
        reason=reason,
    )


def common_name(rows: Iterable[EvidenceRow]) -> EntityRef:
    """The one name that all results have for the regimen; of several, that which is made of its drugs, no acronym."""
    listed = [row.regimen for row in rows if row.regimen]
    named = Counter(map(name_of, listed))
    drugs = {ref.curie.partition(":")[2] for regimen in listed for ref in regimen.against_tumour}
    plain = f"regimen:{'-'.join(sorted(drugs))}"
    return min(named, key=lambda ref: (ref.curie != plain, -named[ref], ref.label, ref.id))


def name_of(regimen: RegimenRow) -> EntityRef:
    """The combination that a regimen is an instance of; where it is more than drugs, itself, called by what it is."""
    if regimen.combination is not None and all(ref.type == "Drug" for ref in regimen.against_tumour):
        return regimen.combination
    parts = dict.fromkeys(part.drug.label for part in regimen.components if part.drug in regimen.against_tumour)
    return EntityRef(regimen.id, regimen.curie, "Regimen", " + ".join(parts) or regimen.label)
