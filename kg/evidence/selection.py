"""Finding the clinical results that fit a question, by SPARQL; reading them is ``kg.evidence.results``.

Cost follows the size of the answer, not of the graph.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from kg.evidence.treatments import Treatment
from kg.model import HistotypeMatch, Response
from kg.store import Store


@dataclass(frozen=True)
class ResultSelection:
    """Which results to read, every name already resolved to IRIs. Empty means "any".

    Attributes:
        drugs: one tuple per drug asked for (a class or a target gives several alternatives); all must occur.
        exactly: what the regimen is made of and nothing else, what only accompanies left out; None for any.
        histotypes: the histotype and, if wanted, its subtypes.
        broader: wider diagnoses that are admitted too.
        arms: only results of these.
    """

    drugs: tuple[tuple[str, ...], ...] = ()
    regimens: tuple[str, ...] = ()
    exactly: Treatment | None = None
    histotypes: tuple[str, ...] = ()
    histotype: str | None = None
    broader: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()


ResultKey = tuple[str, str, str]  # IRIs of the result, of its arm or patient, and of the study

_ARM_OUTCOMES = """
SELECT DISTINCT ?node ?arm ?study WHERE {
  %s
  ?arm skg:hasOutcome ?node .
  ?study skg:hasArm ?arm .
}"""

# What is optional stands last: a pattern after it is joined with all that fits that pattern alone.
_PATIENT_EVENTS = """
SELECT DISTINCT ?node ?patient ?study WHERE {
  VALUES ?kind { "response" "adverse event" "status" }
  %s
  ?patient skg:hasEvent ?node .
  ?node skg:eventKind ?kind .
  ?study skg:hasPatient ?patient .
  OPTIONAL { ?node skg:measure ?measured } FILTER(?kind != "status" || BOUND(?measured))
}"""

# The last pattern finds every result of an arm of which some result says that it holds people with the histotype.
# Each has the histotypes beside it: bound once, ahead of all, they would be paired with everything found before.
_WITH_HISTOTYPE = """
  { VALUES ?histotype { } ?arm skg:population/skg:histotype ?histotype }
  UNION { VALUES ?histotype { } ?node skg:subgroupHistotype ?histotype }
  UNION { VALUES ?histotype { } ?arm skg:hasOutcome/skg:subgroupHistotype ?histotype }"""

# What narrows a question, each by its variable; ``treated`` holds of whoever was given anything that is known.
_OF_ARMS = {
    "drug": "?arm skg:regimen/skg:component/(skg:drug|skg:procedure) ?drug .",
    "treated": "",
    "combination": "?arm skg:regimen/skos:broader ?combination .",
    "histotype": _WITH_HISTOTYPE,
    "site": "{ ?arm skg:population/skg:site ?site } UNION { ?node skg:subgroupSite ?site }",
    "document": "?node skg:assertedBy ?document .",
    "arm": "",
}
_OF_PATIENTS = {
    "drug": "?node skg:episode/skg:component/(skg:drug|skg:procedure) ?drug .",
    "treated": "?node skg:episode ?treated .",
    "combination": "?node skg:episode/skg:regimen ?combination .",
    "histotype": "?patient skg:hasDiagnosis ?histotype .",
    "site": "?patient skg:hasEvent/skg:site ?site .",
    "document": _OF_ARMS["document"],
}

_HOLDING = "SELECT DISTINCT ?arm WHERE { ?arm skg:hasOutcome/skg:subgroupHistotype ?histotype }"


WITH_A_SITE = """
SELECT DISTINCT ?node WHERE {
  { ?arm skg:hasOutcome ?node ; skg:population/skg:site ?site } UNION { ?node skg:subgroupSite ?site }
  UNION { ?patient skg:hasEvent/skg:site ?site ; skg:hasEvent ?node } }"""

_LASTING: tuple[Response, ...] = ("CR", "PR", "MR", "SD")
_EARLIER = """
SELECT DISTINCT ?node ?response WHERE {
  ?node skg:episode ?treatment ; skg:order ?place .
  ?before skg:episode ?treatment ; skg:order ?sooner ; skg:response ?response ; skg:certainty "stated" .
  FILTER(?sooner < ?place) FILTER NOT EXISTS { ?before skg:flag ?flag } }"""


def find_outcomes(store: Store, selection: ResultSelection) -> tuple[ResultKey, ...]:
    """The (outcome, arm, study) IRIs that fit, sorted."""
    histotypes = (*selection.histotypes, *selection.broader) if selection.histotypes else ()
    return _find(store, _ARM_OUTCOMES, _OF_ARMS, selection, histotypes)


def find_events(store: Store, selection: ResultSelection) -> tuple[ResultKey, ...]:
    """The (event, patient, study) IRIs of results in single patients that fit, sorted."""
    return _find(store, _PATIENT_EVENTS, _OF_PATIENTS, selection, selection.histotypes)


def _find(
    store: Store, template: str, patterns: Mapping[str, str], selection: ResultSelection, histotypes: Sequence[str]
) -> tuple[ResultKey, ...]:
    drugs = {f"drug{place}": alternatives for place, alternatives in enumerate(selection.drugs)}
    asked = {
        "combination": selection.regimens,
        "histotype": histotypes,
        "site": selection.sites,
        "document": selection.documents,
        "arm": selection.arms,
    }
    narrowed = {name: iris for name, iris in asked.items() if iris}
    chosen = [patterns["drug"].replace("?drug", f"?{name}") for name in drugs]
    chosen += [patterns["treated"]] if selection.exactly is not None else []
    chosen += [patterns[name] for name in narrowed]
    bindings = {name: sorted(set(iris)) for name, iris in (drugs | narrowed).items()}
    found = store.select(template % "\n  ".join(chosen), bindings).texts()
    return tuple(sorted({(result, whose, study) for result, whose, study in found}))


def arms_holding(store: Store, selection: ResultSelection) -> frozenset[str]:
    """Arms of which some result says that they hold people with the histotype asked for."""
    if not selection.histotypes:
        return frozenset()
    return frozenset(store.select(_HOLDING, {"histotype": selection.histotypes}).nodes())


def earlier_responses(store: Store, events: Sequence[str]) -> Mapping[str, Response]:
    """The response that a treatment had brought before an event of it; the best where several are told."""
    if not events:
        return {}
    best: dict[str, Response] = {}
    for node, told in store.select(_EARLIER, {"node": events}).texts():
        if (response := next((word for word in _LASTING if told == word), None)) is not None:
            best[node] = min(best.get(node, response), response, key=_LASTING.index)
    return best


def histotype_match(
    people: frozenset[str], subgroup: frozenset[str], selection: ResultSelection, *, counted: bool, holding: bool
) -> HistotypeMatch | Literal["other"] | None:
    """How the people of a result relate to the histotype asked for.

    Args:
        people: histotypes of the arm.
        subgroup: those of the part of it that the figure is of.
        selection: what was asked for.
        counted: whether the figure is out of that subgroup, not a number of its members out of the whole arm.
        holding: whether the arm is known to hold people with the histotype.

    Returns: ``exact``, ``subtype``, ``subgroup``, ``mixed``, ``broader``; ``other`` for a subgroup of another
        histotype; None when no histotype was asked for.
    """
    if selection.histotype is None:
        return None
    inside, wider = frozenset(selection.histotypes), frozenset(selection.broader)
    whole = bool(people) and people <= inside
    if subgroup and not subgroup & inside:
        return "broader" if subgroup & wider else "other"
    if subgroup and not whole:
        return ("subgroup" if subgroup <= inside else "mixed") if counted else "mixed"
    if whole:
        named = subgroup or people
        return "exact" if selection.histotype in named else "subtype"
    if people & inside or holding:
        return "mixed"
    return "broader"
