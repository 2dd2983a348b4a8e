"""Two regimens set against each other: within one study, with its statistics, and apart from that across studies.

What they do and how they are borne stand apart, and so does what sources say of both in words.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from kg.errors import AmbiguousEntity, EntityNotFound, InvalidParameter
from kg.evidence.claims import Claim, claims_naming
from kg.evidence.direct import ArmResult, DirectComparison, Reported, arm_results, direct_comparisons
from kg.evidence.direction import is_good
from kg.evidence.indirect import IndirectComparison, indirect_comparisons
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import ConflictRow, Corpus, EvidenceRow
from kg.evidence.search import Gathered, Gathering, gather
from kg.evidence.summary import is_burden
from kg.evidence.treatments import arms_giving, named_treatment
from kg.evidence.uncompared import Uncompared, uncompared
from kg.model import EntityRef, cut_at
from kg.paths.adjacency import check_range
from kg.tables import Listed

MAX_PAIRS = 100
WARNING = (
    "These results come from different studies. Their patients, lines, doses, years and ways of counting differ, "
    "so that a difference between them says little of the treatments."
)


@dataclass(frozen=True)
class HarmComparison:
    """How both are borne in one respect.

    Attributes:
        event: an adverse event, its kinds apart, or a measure such as dose reduction.
        direct: within one study.
        a, b: every result on it, those of ``direct`` too; across studies they are under the answer's ``warning``.
    """

    event: EntityRef
    direct: tuple[DirectComparison, ...]
    a: tuple[EvidenceRow, ...]
    b: tuple[EvidenceRow, ...]


@dataclass(frozen=True)
class ComparisonAnswer(Listed):
    """Everything the graph holds to compare two regimens by.

    Attributes:
        a, b: the two sides, as they were asked for.
        conflicts: facts on any of the results that disagree.
        corpus: which documents the answer rests on.
        direct, indirect: what they do; with a measure asked for, that measure.
        harms: how they are borne; empty if a measure is asked for.
        claims: statements that name both, whatever the histotype and measure; those that compare first.
        warning: what to think of ``indirect``.
        uncompared: results of either that stand in no pair, direct or indirect, each with the reason.
        summary: what the direct comparisons say, in a sentence; of two figures that of ``a`` first.
    """

    tabled = "direct"

    a: str
    b: str
    histotype: EntityRef | None
    measure: EntityRef | None
    summary: str
    direct: tuple[DirectComparison, ...]
    indirect: tuple[IndirectComparison, ...]
    harms: tuple[HarmComparison, ...]
    claims: tuple[Claim, ...]
    warning: str
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None
    uncompared: tuple[Uncompared, ...]
    conflicts: tuple[ConflictRow, ...]
    corpus: Corpus


def compare(
    graph: Gathering,
    a: str,
    b: str,
    histotype: str | None = None,
    measure: str | None = None,
    *,
    limit: int = MAX_PAIRS,
) -> ComparisonAnswer:
    """Compare two regimens, each given exactly; a bare drug means the drug alone, a procedure it or its kinds.

    Args:
        graph: the graph.
        a: a drug or a procedure alone, a name, an acronym, or "A + B" in any order.
        b: likewise; nothing that ``a`` holds.
        histotype: with its subtypes.
        measure: without one, every measure of effect, and apart from them how the two are borne.
        limit: most pairs across studies, 1 to 100; those that compare come first.

    Raises: EntityNotFound, AmbiguousEntity; InvalidParameter if one treatment may be both.
    """
    check_range("limit", limit, 1, MAX_PAIRS)
    sides = _sides(graph, a, b, histotype, measure)
    wanted = graph.resolve(measure, ("measure",), "measure") if measure else None
    told = [_effects(side, all_measures=wanted is not None) for side in sides]
    of_a, of_b = map(arm_results, told)
    giving = _giving(graph, sides)
    direct = direct_comparisons(of_a, of_b, giving)
    indirect = indirect_comparisons([result.row for result in of_a], [result.row for result in of_b])
    both = [*((pair.a, pair.b) for pair in direct), *((pair.a, pair.b) for pair in indirect)]
    paired = {row.id for pair in both for row in pair if row is not None}
    conflicts = {conflict.id: conflict for side in sides for conflict in side.conflicts}
    claims = claims_naming(graph.store, [part for name in (a, b) for part in _parts(graph, name)])
    narrowed = [f"{word} {ref.label}" for word, ref in (("in", sides[0].histotype), ("by", wanted)) if ref]
    summary = _summary(direct, a, b, _with_arms_of_both(of_a, of_b)) + ("" if narrowed else _in_words(claims))
    return ComparisonAnswer(
        a=a,
        b=b,
        histotype=sides[0].histotype,
        measure=wanted,
        summary=_elsewhere(graph, a, b, narrowed) if narrowed and not direct else summary,
        direct=direct,
        indirect=tuple(indirect[:limit]),
        harms=_harms(sides, giving) if wanted is None else (),
        claims=claims,
        warning=WARNING,
        **cut_at(limit, len(indirect)),
        uncompared=uncompared(told, (a, b), paired),
        conflicts=tuple(conflicts[key] for key in sorted(conflicts)),
        corpus=graph.corpus(),
    )


def _giving(graph: Gathering, sides: tuple[Gathered, Gathered]) -> tuple[frozenset[str], frozenset[str]]:
    """Of all arms that either side's results are of, or are compared with, those that give each treatment."""
    arms = {ref.id for side in sides for row in side.rows for ref in (row.arm, row.comparator) if ref is not None}
    first, second = sides
    return arms_giving(graph, arms, first.treatment), arms_giving(graph, arms, second.treatment)


def _elsewhere(graph: Gathering, a: str, b: str, narrowed: Sequence[str]) -> str:
    """That nothing compares two regimens so narrowly, and the studies that compare them in others or by others."""
    studies = sorted({pair.study.label for pair in compare(graph, a, b).direct})
    told = f" Studies that compare them in other people or by other measures: {'; '.join(studies)}." if studies else ""
    return f"No study of this graph compares {a} with {b} directly {' '.join(narrowed)}.{told}"


def _sides(graph: Gathering, a: str, b: str, histotype: str | None, measure: str | None) -> tuple[Gathered, Gathered]:
    """The results of either. Raises: InvalidParameter if one treatment may be both."""
    first, second = (_side(graph, name, side, histotype, measure) for name, side in (("a", a), ("b", b)))
    if first.treatment is not None and second.treatment is not None and first.treatment.overlaps(second.treatment):
        right = f"another treatment than {a} (doses of the same drugs: the catalogue's dose-comparisons)"
        raise InvalidParameter("b", b, right)
    return first, second


def _side(graph: Gathering, name: str, regimen: str, histotype: str | None, measure: str | None) -> Gathered:
    try:
        return gather(graph, EvidenceQuestion(regimen=regimen, histotype=histotype, measure=measure))
    except (EntityNotFound, AmbiguousEntity, InvalidParameter) as error:
        if error.parameter == "regimen":  # there are two here
            error.parameter = name
        raise


def _parts(graph: Gathering, regimen: str) -> Sequence[Collection[str]]:
    """What a statement on a treatment names: each of its parts; or it itself, where nobody says of what it consists."""
    named = named_treatment(graph, regimen)
    return named.treatment.parts if named.treatment else (named.regimens,)


def _in_words(claims: Iterable[Claim]) -> str:
    """How often one is compared with the other in words."""
    count = sum(claim.compares for claim in claims)
    return f" Compared in words by {count} statement{'' if count == 1 else 's'}." if count else ""


def _harms(sides: Sequence[Gathered], giving: tuple[frozenset[str], frozenset[str]]) -> tuple[HarmComparison, ...]:
    """How either is borne: first what is compared within a study, then what is told of both, then the rest."""
    rows: dict[EntityRef, tuple[list[EvidenceRow], list[EvidenceRow]]] = {}
    for place, side in enumerate(sides):
        for row in filter(is_burden, side.rows):
            told = row.adverse_event or row.measure
            if told is not None:
                event = EntityRef(told.id, told.curie, told.type, told.label)
                rows.setdefault(event, ([], []))[place].append(row)
    harms = (
        HarmComparison(event, direct_comparisons(arm_results(a), arm_results(b), giving), tuple(a), tuple(b))
        for event, (a, b) in rows.items()
    )
    return tuple(sorted(harms, key=lambda harm: (not harm.direct, not (harm.a and harm.b), harm.event.label)))


def _effects(side: Gathered, *, all_measures: bool) -> list[EvidenceRow]:
    return [
        row
        for row in side.rows
        if row.measure is not None and (all_measures or (is_good(row) is not None and not is_burden(row)))
    ]


def _with_arms_of_both(of_a: Iterable[ArmResult], of_b: Iterable[ArmResult]) -> list[str]:
    """The studies with an arm of either treatment, whether or not their results can be set against each other."""
    return sorted({result.study.label for result in of_a} & {result.study.label for result in of_b})


def _summary(direct: Sequence[DirectComparison], a: str, b: str, of_both: Sequence[str]) -> str:
    if not direct and of_both:
        return f"No result of this graph compares {a} with {b}; studies with arms of both: {'; '.join(of_both)}."
    if not direct:
        return f"No study of this graph compares {a} with {b} directly."
    reports = [(pair, pair.reported) for pair in direct if pair.reported is not None]
    stated = [(pair, reported) for pair, reported in reports if not reported.flags]
    if reports and not stated:
        flags = ", ".join(sorted({flag for _, reported in reports for flag in reported.flags}))
        return f"What is stated of {a} against {b} in a study is flagged as printed ({flags}), and counts for neither."
    if not stated:
        return f"A study of this graph has arms of {a} and {b}, but no source states how they compare."
    verdict = {"a": f"favours {a}", "b": f"favours {b}", "neither": "no difference"}
    verdicts = [
        f"{_compared(pair)} {said}{_figures(pair)}{_statistics(reported)}"
        for pair, reported in stated
        if (said := verdict[reported.favours] if reported.favours else _without_benefit(pair, reported, a, b))
    ]
    if verdicts:
        return "; ".join(dict.fromkeys(verdicts)) + "."
    figures = []
    for pair, _ in stated:
        row = pair.a or pair.b
        told = row.value_text or (row.absence or "in words").replace("-", " ") if row is not None else "in words"
        figures.append(f"{_compared(pair)} {told}")
    return f"{'; '.join(dict.fromkeys(figures))}; no source states which of {a} and {b} that favours."


def _without_benefit(pair: DirectComparison, reported: Reported, a: str, b: str) -> str:
    """That a source saw no benefit of one side: a verdict, though it names nothing that it favours."""
    for row, name in ((pair.a, a), (pair.b, b)):
        if row is not None and row.id == reported.row and row.absence == "no-apparent-benefit":
            return f"no apparent benefit of {name}"
    return ""


def _compared(pair: DirectComparison) -> str:
    """What was compared in whom: study, measure, subgroup, and whether others than those asked for were among them."""
    people = (row.population for row in (pair.a, pair.b) if row is not None)
    others = any(each is not None and each.histotype_match == "mixed" for each in people)
    who = [part for part in (pair.subgroup, "other tumours among them" if others else None) if part]
    told = f" ({', '.join(who)})" if who else ""
    return f"{pair.study.label}: {pair.measure.label}{told}"


def _figures(pair: DirectComparison) -> str:
    """What is printed of both, that of ``a`` first; empty where one is not."""
    a, b = (row.value_text if row is not None else None for row in (pair.a, pair.b))
    return f" ({a} against {b})" if a and b and a != b else ""


def _statistics(reported: Reported) -> str:
    untested = "significance " if reported.significance == "not reported" else ""
    significance = f", {untested}{reported.significance}" if reported.significance else ""
    p_value = f", {reported.p_value}" if reported.p_value else ""
    note = f" (note: {reported.note.rstrip('.')})" if reported.note else ""
    return f"{significance}{p_value}{note}"
