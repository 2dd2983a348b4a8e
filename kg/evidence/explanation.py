"""From molecule to patient: how a treatment should act on a disease, what came of it, and whether the two agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from kg.errors import InvalidParameter
from kg.evidence.claims import Claim, claims_naming, read_claims
from kg.evidence.question import EvidenceQuestion
from kg.evidence.rows import Absence, ConflictRow, EvidenceAnswer, EvidenceRow
from kg.evidence.search import Gathering
from kg.evidence.summary import (
    credited,
    deciding,
    is_burden,
    is_of_other_subgroup,
    is_single,
    name_of,
    of_these_patients,
    overall,
    weigh,
)
from kg.evidence.treatments import drugs_named
from kg.mechanism.gap import Gap, denials, nearby, not_as_a_cause
from kg.mechanism.search import MechanismAnswer, MechanismPath
from kg.model import Direction, EntityRef
from ontology.english import listed

Expected = Literal["benefit", "harm", "both"]
Agreement = Literal[
    "agree", "disagree", "undecided", "mechanism_without_evidence", "evidence_without_mechanism", "neither"
]
_SAID = """
SELECT DISTINCT ?statement WHERE {
  ?statement skg:object ?histotype ; skg:subject ?drug ; a skg:Statement ; skg:predicate ?predicate }"""


class Explaining(Gathering, Protocol):
    """A graph that answers both kinds of question."""

    def mechanism(self, drugs: tuple[str, ...] = (), target: str | None = None) -> MechanismAnswer:
        """Causal paths."""

    def evidence(self, question: EvidenceQuestion) -> EvidenceAnswer:
        """Clinical results."""


@dataclass(frozen=True)
class Explanation:
    """Both halves, and how they fit.

    Attributes:
        drug: that was asked for; null of a regimen.
        drugs: all that are asked for together.
        treatment: the drug, or the regimen as it was asked for.
        expected: what complete paths predict for the patient: "benefit", "harm", "both", or null.
        observed: what the results say: supports, does_not_support, mixed, harmful, or null.
        text: the same in sentences.
        missing: what either half lacks.
        claims: statements that name both, and of a regimen every drug.
    """

    drug: EntityRef | None
    drugs: tuple[EntityRef, ...]
    treatment: str
    histotype: EntityRef
    expected: Expected | None
    observed: Direction | None
    agreement: Agreement
    text: str
    missing: tuple[str, ...]
    mechanism: MechanismAnswer
    evidence: EvidenceAnswer
    claims: tuple[Claim, ...]
    conflicts: tuple[ConflictRow, ...]
    absences: tuple[Absence, ...]


def explain(graph: Explaining, drug: str | None, histotype: str, regimen: str | None = None) -> Explanation:
    """Join mechanism and evidence for a treatment in one histotype with its subtypes.

    A negative net effect on the tumour counts as benefit expected, a positive one as harm. Only results that speak of
    the treatment count as observed: what a comparator got too is not credited to it. A drug counts in whatever it was
    given with, a regimen by itself.

    Args:
        graph: the graph.
        drug: a drug; None where a regimen is given.
        histotype: the disease.
        regimen: a name, an acronym, or "A + B" in any order.

    Raises: EntityNotFound, AmbiguousEntity, WrongKind; InvalidParameter for both or neither of drug and regimen.
    """
    of_drug, drugs, treatment = _treatment(graph, drug, regimen)
    of_histotype = graph.resolve(histotype, ("histotype",), "histotype")
    given = (of_drug.id,) if of_drug else ()
    evidence = graph.evidence(EvidenceQuestion(drugs=given, regimen=regimen, histotype=of_histotype.id))
    mechanism = graph.mechanism(tuple(each.id for each in drugs), of_histotype.id)
    complete = [path for path in mechanism.paths if path.complete]
    clinical = [row for row in evidence.items if _is_clinical(row) and not {*drugs}.isdisjoint(credited(row))]
    effects = [row for row in clinical if not row.flags]
    observed, why = _observed(deciding(effects), of_drug)
    expected = _expected(complete)
    result = "unflagged result in patients" if clinical else "result in patients"
    pair = f"{treatment} in {of_histotype.label}"
    lacking = None if effects else _lacking(f"{result} that speaks of {pair}", evidence)
    agreement = _agreement(expected, observed, has_paths=bool(complete), has_rows=bool(effects))
    return Explanation(
        drug=of_drug,
        drugs=drugs,
        treatment=treatment,
        histotype=of_histotype,
        expected=expected,
        observed=observed,
        agreement=agreement,
        text=_text(pair, agreement, expected, _seen(observed, why), result),
        missing=_missing(mechanism, complete, lacking),
        mechanism=mechanism,
        evidence=evidence,
        claims=_claims(graph, [each.id for each in drugs], graph.histotypes_below(of_histotype.id)),
        conflicts=evidence.conflicts,
        absences=evidence.absences,
    )


def _treatment(
    graph: Explaining, drug: str | None, regimen: str | None
) -> tuple[EntityRef | None, tuple[EntityRef, ...], str]:
    """The drug that is asked for, all drugs that are, and what they are called together."""
    if drug is not None and regimen is None:
        of_drug = graph.resolve(drug, ("drug",), "drug")
        return of_drug, (of_drug,), of_drug.label
    if drug is not None or regimen is None:
        raise InvalidParameter("drug", drug or "", "a drug or a regimen, one of them, for example imatinib")
    drugs = drugs_named(graph, regimen, "regimen")
    return None, drugs, " + ".join(each.label for each in drugs)


def _is_clinical(row: EvidenceRow) -> bool:
    return not is_burden(row) and row.design != "preclinical"


def _lacking(result: str, evidence: EvidenceAnswer) -> str:
    """What no source tells, and how many results of a wider diagnosis there are instead."""
    if not (wider := evidence.summary.broader):
        return result
    return f"{result}; {wider} are of people with a wider diagnosis, of whom nobody says how many had it"


def _observed(effects: Sequence[EvidenceRow], drug: EntityRef | None) -> tuple[Direction | None, str]:
    """What results of these very patients say; where they say nothing, what groups that hold such patients say."""
    telling = of_these_patients(effects)
    direction, why = overall(weigh(telling))
    if direction is None and len(telling) < len(effects):
        telling = tuple(effects)
        direction, why = overall(weigh(telling))
        why += "; only of groups that hold such patients"
    decisive = [row for row in telling if row.direction and not is_of_other_subgroup(row)]
    why += _outcomes(decisive, telling)
    if drug and decisive and not any(credited(row) == (drug,) for row in decisive):
        combined = sorted({name_of(row.regimen).label for row in decisive if row.regimen})
        why += f"; only of {drug.label} with other treatment: {', '.join(combined)}"
    if effects and all(map(is_single, effects)):
        why += "; only of single patients"
    return direction, why


def _outcomes(decisive: Sequence[EvidenceRow], telling: Sequence[EvidenceRow]) -> str:
    """On which outcomes a verdict rests, in words; of one against a drug also what else these studies reported."""
    said = [
        f"{words} by {listed(_measures(row for row in decisive if row.direction == direction))}"
        for direction, words in _SIDES.items()
        if any(row.direction == direction for row in decisive)
    ]
    if any(row.direction in _IN_FAVOUR for row in decisive):
        return "".join(f"; {text}" for text in said)
    studies, known = {row.study for row in decisive}, set(_measures(decisive))
    silent = [row for row in telling if row.direction is None and row.study in studies and row.subgroup is None]
    if others := [measure for measure in _measures(silent) if measure not in known]:
        said.append(f"{listed(others)} also reported, deciding nothing")
    return "".join(f"; {text}" for text in said)


def _measures(rows: Iterable[EvidenceRow]) -> list[str]:
    return list(dict.fromkeys(row.measure.label for row in rows if row.measure))


def _expected(complete: list[MechanismPath]) -> Expected | None:
    signs = {path.net_sign for path in complete} - {None}
    if signs == {-1}:
        return "benefit"
    if signs == {1}:
        return "harm"
    return "both" if signs else None


def _agreement(expected: Expected | None, observed: Direction | None, *, has_paths: bool, has_rows: bool) -> Agreement:
    if not has_paths:
        return "evidence_without_mechanism" if has_rows else "neither"
    if not has_rows:
        return "mechanism_without_evidence"
    if expected is None or expected == "both" or observed is None or observed == "mixed":
        return "undecided"
    return "agree" if (expected == "benefit") == (observed == "supports") else "disagree"


_IN_FAVOUR: frozenset[Direction | None] = frozenset({"supports", "mixed"})
_SIDES: Mapping[Direction, str] = {
    "supports": "for", "does_not_support": "against", "mixed": "undecided", "harmful": "harmful",
}  # fmt: skip
_SEEN: Mapping[Direction, str] = {
    "supports": "support its use",
    "does_not_support": "do not support its use",
    "mixed": "are mixed",
    "harmful": "show harm",
}


def _seen(observed: Direction | None, why: str) -> str:
    said = f"the results, taken together, {_SEEN[observed]}" if observed else "the results decide nothing"
    return f"{said} ({why})"


def _text(pair: str, agreement: Agreement, expected: Expected | None, seen: str, result: str) -> str:
    """The answer in words; ``result`` is what is missing where none counts."""
    foreseen = f"The sourced paths foresee {expected}" if expected else "No sourced path foresees an effect with a sign"
    return {
        "agree": f"{pair}: mechanism and evidence agree. {foreseen}; {seen}.",
        "disagree": f"{pair}: mechanism and evidence disagree. {foreseen}; {seen}.",
        "undecided": f"{pair}: both exist, but whether they agree cannot be said. {foreseen}; {seen}.",
        "mechanism_without_evidence": f"{pair}: a mechanism without evidence. {foreseen}; no {result}.",
        "evidence_without_mechanism": f"{pair}: there are results, but no source gives a complete causal path; {seen}.",
        "neither": f"{pair}: this graph holds neither a complete causal path nor any {result}.",
    }[agreement]


def _missing(mechanism: MechanismAnswer, complete: list[MechanismPath], result: str | None) -> tuple[str, ...]:
    missing = _stops(mechanism.gaps) if not complete else []
    if complete and all(path.net_sign is None for path in complete):
        missing.append("every complete path has a step without a sign")
    if result is not None:
        missing.append(f"no {result}")
    return tuple(dict.fromkeys(missing))


def _stops(gaps: Sequence[Gap]) -> list[str]:
    """Where the mechanism stops: all ends of its paths in one sentence; then what leads on weakly, and what lacks."""
    ends = [gap for gap in gaps if gap.kind == "stop"]
    if len(ends) < 2:
        return [gap.reason for gap in gaps]
    names = ", ".join(dict.fromkeys(gap.from_.spoken for gap in ends if gap.from_))
    target = ends[0].to.spoken if ends[0].to else ""
    told = f"No source states a causal step towards {target} from any end of the sourced paths: {names}."
    said = (
        told,
        not_as_a_cause(step for gap in ends for step in gap.stated),
        nearby(step for gap in ends for step in gap.around),
        denials(one for gap in ends for one in gap.denied),
    )
    return [" ".join(part for part in said if part), *(gap.reason for gap in gaps if gap.kind != "stop")]


def _claims(graph: Explaining, drugs: Sequence[str], histotypes: tuple[str, ...]) -> tuple[Claim, ...]:
    """Statements that name the disease and the drug, or every drug of a regimen."""
    if len(drugs) > 1:
        return claims_naming(graph.store, [*([drug] for drug in drugs), histotypes])
    found = graph.store.select(_SAID, {"drug": drugs[0], "histotype": histotypes})
    return read_claims(graph.store, found.nodes())
