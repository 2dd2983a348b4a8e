"""Pooling one share of patients over studies, or saying why it is not done.

Only studies that count the same thing in the people asked for are pooled; never flagged values, never two tellings of
one study, never populations that may overlap, never prospective with retrospective designs. The single studies and
everything left out come back with the estimate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.errors import InvalidParameter
from kg.evidence.candidates import OBJECTIVE_RESPONSE, Candidate, choose
from kg.evidence.comparability import kind_of_design
from kg.evidence.intervals import clopper_pearson
from kg.evidence.question import EvidenceQuestion
from kg.evidence.random_effects import Estimate, pool_inverse_variance, pool_logistic
from kg.evidence.rows import Corpus, LeftOut
from kg.evidence.search import Gathering, gather
from kg.model import EntityRef, Interval, like
from kg.tables import Listed

STUDIES_FOR_PREDICTION = 3
STUDIES_FOR_VARIANCE = 5


@dataclass(frozen=True)
class PooledStudy:
    """One study as it enters a pooled estimate.

    Attributes:
        arm: null where arms of the study that share no patients were added up.
        percent: numerator of denominator; ``derived_ci`` is exact (Clopper-Pearson).
        method: how the count was found.
        rows: the results it comes from; several where it was added up, from complete and partial responses or arms.
        derived: whether the count was computed (from a percentage, or added up), not printed.
        year: of the document that tells of it, not of the study.
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
class LeaveOneOut:
    """The estimate without one of the studies."""

    without: EntityRef
    estimate: Estimate


@dataclass(frozen=True)
class PoolAnswer(Listed):
    """A pooled share, or the reason for refusing one. Shares are in percent.

    Attributes:
        counts: what counted in every study pooled.
        asked: what was asked for, in words.
        estimate: by the random-intercept logistic model.
        check: the same by inverse variance; null where a study has no events.
        refused: why there is no estimate; null where there is one.
        leave_one_out: null below three studies.
        cautions: what is assumed.
        left_out: results not pooled, each with the reason.
    """

    tabled = "studies"

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


def pool(graph: Gathering, question: EvidenceQuestion) -> PoolAnswer:
    """Pool the share of patients with an outcome over the studies that fit.

    Args:
        graph: the graph.
        question: as for the rows; without a measure the objective response rate is pooled.

    Returns: with ``estimate`` null and ``refused`` set where pooling would not be honest.
    Raises: EntityNotFound, AmbiguousEntity, InvalidParameter.
    """
    if not question.drugs and question.regimen is None and question.drug_class is None and question.target is None:
        raise InvalidParameter("regimen", "", "a regimen, a drug, a class or a target to pool over")
    for name in ("adverse_event", "min_grade"):
        if (value := getattr(question, name)) is not None:
            raise InvalidParameter(
                name, str(value), "none: adverse events are listed by regimen (safety), never pooled"
            )
    measure = graph.resolve(question.measure, ("measure",), "measure") if question.measure else OBJECTIVE_RESPONSE
    gathered = gather(graph, replace(question, measure=None, include_broader=False))
    chosen = choose(graph, question, measure, gathered)
    kept = chosen.candidates
    refused = _refusal(kept)
    counts = [(candidate.numerator, candidate.denominator) for candidate in kept]
    enough = refused is None and len(kept) >= STUDIES_FOR_PREDICTION
    return PoolAnswer(
        measure=measure,
        histotype=gathered.histotype,
        asked=gathered.words,
        counts=chosen.counts.words if chosen.counts else None,
        estimate=pool_logistic(counts) if refused is None else None,
        check=pool_inverse_variance(counts) if refused is None else None,
        refused=refused,
        studies=tuple(_pooled(candidate) for candidate in kept),
        leave_one_out=_leave_one_out(kept) if enough else None,
        cautions=_cautions(kept, chosen.several_arms, refused=refused),
        left_out=chosen.left_out,
        corpus=graph.corpus(),
    )


def _refusal(kept: Sequence[Candidate]) -> str | None:
    """The first reason not to pool; None if there is none."""
    if len(kept) < 2:
        number = {0: "no study is", 1: "only one study is"}[len(kept)]
        return f"{number} left that counts the same thing in the people asked for; pooling needs two"
    regimens = [candidate.row.regimen for candidate in kept]
    treatments = {tuple(ref.label for ref in regimen.against_tumour) for regimen in regimens if regimen}
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


def _pooled(candidate: Candidate) -> PooledStudy:
    return like(
        PooledStudy,
        candidate,
        arm=None if candidate.is_added else candidate.row.arm,
        design=candidate.row.design,
        year=candidate.row.year,
        percent=100 * candidate.numerator / candidate.denominator,
        derived_ci=clopper_pearson(candidate.numerator, candidate.denominator),
        derived=candidate.is_added or not candidate.is_printed,
    )


def _leave_one_out(kept: Sequence[Candidate]) -> tuple[LeaveOneOut, ...]:
    """The estimate without each study in turn; not where the others leave the model nothing to estimate."""
    estimates = []
    for number, candidate in enumerate(kept):
        rest = [(study.numerator, study.denominator) for study in (*kept[:number], *kept[number + 1 :])]
        if any(events for events, _ in rest) and any(events < patients for events, patients in rest):
            estimates.append(LeaveOneOut(candidate.study, pool_logistic(rest)))
    return tuple(estimates)


def _cautions(kept: Sequence[Candidate], several_arms: frozenset[str], *, refused: str | None) -> tuple[str, ...]:
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
