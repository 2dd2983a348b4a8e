"""Reads studies, arms, outcomes and patients out of the store and lays them out as evidence rows.

Finding is ``kg.evidence.selection``, reading is :func:`kg.description.describe`; their cost grows with
the answer, not with the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from kg.description import Description, describe, passages, reference
from kg.evidence.derivation import complete
from kg.evidence.rows import (
    ComponentRow,
    DefinitionRef,
    EvidenceRow,
    MeasureRef,
    PopulationRow,
    RegimenRow,
)
from kg.evidence.selection import Found, Selection, arms_holding, histotype_match
from kg.model import EntityRef
from kg.store import Store

_MEASURE = "https://w3id.org/sarcoma-kg/measure/"
_EVENT_MEASURES = {"response": "response", "adverse event": "adverse-event", "status": "clinical-status"}
_NOT_AGAINST_TUMOUR = "https://w3id.org/sarcoma-kg/drugclass/not-against-tumour"
_AGAINST_TUMOUR = frozenset({  # of procedures; drugs count unless they are in the class above
    "https://w3id.org/sarcoma-kg/procedure/local-tumour-treatment",
    "https://w3id.org/sarcoma-kg/procedure/systemic-therapy",
})  # fmt: skip


def read_rows(
    store: Store, outcomes: Sequence[Found], events: Sequence[Found], selection: Selection
) -> tuple[EvidenceRow, ...]:
    """Lay results out as rows, in the order of study, arm, and place in the text.

    Returns: rows with their derived figures and direction; ``level`` is null, because it depends on the other rows.
    """
    known = _Records(store, arms_holding(store, selection))
    known.load(iri for triple in (*outcomes, *events) for iri in triple)
    known.load(_MEASURE + name for name in _EVENT_MEASURES.values())
    known.follow("regimen", "population", "episode", "measure", "definition", "comparator", "adverseEvent", "event")
    known.follow("regimen", "component", "broader", "histotype", "subgroupHistotype", "citing")
    known.follow("passage", "contextPassage", "assertedBy", "component", "broader", "hasDiagnosis")
    known.follow("drug", "procedure", "site")
    known.follow("inClass", "broader")
    known.follow("broader")
    rows = [known.outcome_row(*triple, selection) for triple in outcomes]
    rows += [known.event_row(*triple, selection) for triple in events]
    rows = [row for row in rows if row.population is None or row.population.histotype_match != "other"]
    return tuple(sorted((complete(row) for row in rows), key=_row_order))


def _row_order(row: EvidenceRow) -> tuple[str, str, int, str]:
    start = row.passages[0].start if row.passages else 0
    subject = row.arm or row.patient
    return (row.study.label if row.study else "", subject.label if subject else "", start, row.id)


class _Records:
    """The nodes an answer needs, fetched in a few rounds."""

    def __init__(self, store: Store, holding: frozenset[str]) -> None:
        self._store = store
        self._holding = holding
        self._nodes: dict[str, Description] = {}

    def load(self, iris: Iterable[str]) -> None:
        self._nodes.update(describe(self._store, set(iris) - self._nodes.keys()))

    def follow(self, *names: str) -> None:
        self.load({iri for node in list(self._nodes.values()) for name in names for iri in node.iris(name)})

    def get(self, iri: str | None) -> Description:
        return self._nodes.get(iri or "", Description(iri or ""))

    def ref(self, iri: str | None) -> EntityRef | None:
        return reference(iri, self._nodes) if iri else None

    def refs(self, iris: Iterable[str]) -> tuple[EntityRef, ...]:
        return tuple(sorted((reference(iri, self._nodes) for iri in iris), key=lambda ref: ref.label))

    def components(self, owner: Description) -> tuple[ComponentRow, ...]:
        return read_components(self._nodes, owner)

    def regimen(self, iri: str | None) -> RegimenRow | None:
        if iri is None:
            return None
        node = self.get(iri)
        named = self.refs(node.iris("broader"))
        ref = reference(iri, self._nodes)
        return RegimenRow(
            id=iri,
            curie=ref.curie,
            label=ref.label,
            combination=named[0] if named else None,
            text=node.text("text"),
            components=self.components(node),
            against_tumour=self.against_tumour(self.components(node)),
        )

    def episode(self, event: Description) -> RegimenRow | None:
        treated = event.iri_of("episode")
        if treated is None:
            return None
        node = self.get(treated)
        ref = reference(treated, self._nodes)
        return RegimenRow(
            id=treated,
            curie=ref.curie,
            label=ref.label,
            combination=self.ref(node.iri_of("regimen")),
            text=node.text("timeText"),
            components=self.components(node),
            against_tumour=self.against_tumour(self.components(node)),
        )

    def against_tumour(self, components: Iterable[ComponentRow]) -> tuple[EntityRef, ...]:
        """What is given against the tumour: drugs unless they only accompany, procedures only if they treat it."""
        given = {part.drug for part in components}
        return tuple(sorted(ref for ref in given if self._is_against_tumour(ref)))

    def _is_against_tumour(self, ref: EntityRef) -> bool:
        groups = self._groups(ref.id)
        return _NOT_AGAINST_TUMOUR not in groups if ref.type == "Drug" else not groups.isdisjoint(_AGAINST_TUMOUR)

    def _groups(self, iri: str) -> frozenset[str]:
        """What a node is a kind of, however far up."""
        found: set[str] = set()
        todo = [iri]
        while todo:
            node = self.get(todo.pop())
            above = {parent for name in ("inClass", "broader") for parent in node.iris(name)} - found
            found |= above
            todo += above
        return frozenset(found)

    def measure(self, iri: str | None) -> MeasureRef | None:
        if iri is None:
            return None
        ref, groups = reference(iri, self._nodes), sorted(group.rpartition("/")[2] for group in self._groups(iri))
        return MeasureRef(ref.id, ref.curie, ref.type, ref.label, tuple(groups), self.get(iri).texts("counts"))

    def definition(self, iri: str | None) -> DefinitionRef | None:
        if iri is None:
            return None
        ref, node = reference(iri, self._nodes), self.get(iri)
        return DefinitionRef(
            ref.id, ref.curie, ref.type, ref.label,
            node.texts("counts"), node.text("minimumDuration"), node.text("criteria"),
        )  # fmt: skip

    def drugs_of_arm(self, arm: str | None) -> tuple[EntityRef, ...]:
        regimen = self.get(arm).iri_of("regimen")
        return tuple(ref for ref in self.against_tumour(self.components(self.get(regimen))) if ref.type == "Drug")

    def population(self, iri: str | None, arm: str, outcome: Description, selection: Selection) -> PopulationRow | None:
        if iri is None:
            return None
        node = self.get(iri)
        return PopulationRow(
            n=node.integer("n"),
            enrolled=node.integer("enrolled"),
            evaluable=node.integer("evaluable"),
            histotypes=self.refs(node.iris("histotype")),
            histotype_match=histotype_match(
                frozenset(node.iris("histotype")),
                frozenset(outcome.iris("subgroupHistotype")),
                selection,
                counted=_is_out_of_subgroup(outcome, node.integer("n")),
                holding=arm in self._holding and not _is_unplaced_subgroup(outcome),
            ),
            mixed=node.yes("mixed"),
            line=outcome.text("subgroupLine") or node.text("line"),
            setting=node.text("setting"),
            prior=node.text("prior"),
            genotype=outcome.text("subgroupGenotype") or node.text("genotype"),
            text=node.text("text"),
        )

    def outcome_row(self, iri: str, arm: str, study: str, selection: Selection) -> EvidenceRow:
        node, of_arm, of_study = self.get(iri), self.get(arm), self.get(study)
        return replace(
            _of_study(self, _figures(self, node), node, of_study),
            arm=self.ref(arm),
            regimen=self.regimen(of_arm.iri_of("regimen")),
            population=self.population(of_arm.iri_of("population"), arm, node, selection),
            measure=self.measure(node.iri_of("measure")),
            value_text=node.text("valueText"),
            adverse_event=self.ref(node.iri_of("adverseEvent")),
        )

    def event_row(self, iri: str, patient: str, study: str, selection: Selection) -> EvidenceRow:
        node, of_study, of_patient = self.get(iri), self.get(study), self.get(patient)
        diagnoses = of_patient.iris("hasDiagnosis")
        kind = node.text("eventKind") or "status"
        measure = node.iri_of("measure") or _MEASURE + _EVENT_MEASURES[kind]
        population = PopulationRow(
            n=1,
            enrolled=None,
            evaluable=None,
            histotypes=self.refs(diagnoses),
            # One person is of every histotype that he was diagnosed with; only those asked for decide.
            histotype_match=histotype_match(
                frozenset(diagnoses) & frozenset(selection.histotypes),
                frozenset(),
                selection,
                counted=True,
                holding=False,
            ),
            mixed=None,
            line=self.get(node.iri_of("episode")).text("line"),
            setting=self.get(node.iri_of("episode")).text("setting"),
            prior=None,
            genotype=None,
            text=node.text("timeText"),
        )
        return replace(
            _of_study(self, _figures(self, node), node, of_study),
            patient=self.ref(patient),
            regimen=self.episode(node),
            population=population,
            measure=self.measure(measure),
            value_text=node.text("valueText") or node.text("response") or node.text("prefLabel"),
            adverse_event=self.ref(node.iri_of("event") or node.iri_of("adverseEvent")),
        )


def read_components(known: Mapping[str, Description], owner: Description) -> tuple[ComponentRow, ...]:
    """The drugs and procedures of a regimen or a treatment, in the order they are given."""
    parts = (known[node] for node in owner.iris("component") if node in known)
    rows = []
    for part in sorted(parts, key=lambda part: (part.integer("order") or 0, part.iri)):
        given = part.iri_of("drug") or part.iri_of("procedure")
        if given is None:
            continue
        rows.append(
            ComponentRow(
                drug=reference(given, known),
                dose_text=part.text("dose"),
                value=part.number("value"),
                unit=part.text("unit"),
                route=part.text("route"),
                infusion_time=part.text("infusionTime"),
                days=part.text("days"),
                cycle=part.text("cycle"),
                timing=part.text("timing"),
            )
        )
    return tuple(rows)


def _is_out_of_subgroup(outcome: Description, whole: int | None) -> bool:
    """Whether a subgroup's figure is out of that subgroup.

    "3 of the 39 responded and had a uterine leiomyosarcoma" is not: its denominator is the whole arm's or is missing.
    """
    of = outcome.integer("denominator")
    if outcome.integer("subgroupN") is not None:
        return True
    if of is not None:
        return of != whole
    return outcome.text("unit") == "%" and outcome.integer("numerator") is None


def _is_unplaced_subgroup(outcome: Description) -> bool:
    """Whether a figure is of a subgroup that only words describe: nobody knows which histotypes it holds."""
    placed = ("subgroupHistotype", "subgroupSite", "subgroupLine", "subgroupGenotype", "subgroupN", "denominator")
    return outcome.text("subgroup") is not None and not any(outcome.all(name) for name in placed)


def _pair(node: Description, low: str, high: str) -> tuple[float | int | None, float | int | None] | None:
    pair = (node.number(low), node.number(high))
    return None if pair == (None, None) else pair


def _figures(known: _Records, node: Description) -> EvidenceRow:
    """What an outcome or an event says itself, as printed."""
    documents = known.refs(node.iris("assertedBy"))
    return EvidenceRow(
        id=node.iri,
        year=known.get(documents[0].id).integer("year") if documents else None,
        definition=known.definition(node.iri_of("definition")),
        value=node.number("value"),
        unit=node.text("unit"),
        numerator=node.integer("numerator"),
        denominator=node.integer("denominator"),
        range=_pair(node, "rangeLow", "rangeHigh"),
        ci=_pair(node, "ciLow", "ciHigh"),
        p_value=node.text("pValue"),
        hazard_ratio=node.number("hazardRatio"),
        comparator=known.ref(node.iri_of("comparator")),
        comparator_drugs=known.drugs_of_arm(node.iri_of("comparator")),
        difference=node.text("direction"),
        significance=node.text("significance"),
        time_point=node.text("timePoint"),
        follow_up=node.text("followUp"),
        subgroup=node.text("subgroup"),
        subgroup_histotypes=known.refs(node.iris("subgroupHistotype")),
        subgroup_n=node.integer("subgroupN"),
        grade=node.text("grade"),
        frequency=node.text("frequency"),
        response=node.text("response"),
        absence=node.text("absence"),
        certainty=node.text("certainty"),
        flags=node.texts("flag"),
        flag_reason=node.text("flagReason"),
        note=node.text("note"),
        sentence=node.text("rdfs_label"),
        statements=(node.iri,),
        passages=passages((*node.iris("passage"), *node.iris("contextPassage")), known._nodes),
        documents=documents,
    )


def _of_study(known: _Records, row: EvidenceRow, node: Description, study: Description) -> EvidenceRow:
    """A row with what its study says: design, phase, allocation, references."""
    return replace(
        row,
        study=known.ref(study.iri),
        design=study.text("studyType"),
        phase=study.text("phase"),
        randomised=study.text("randomised"),
        citing=known.refs({*node.iris("citing"), *study.iris("citing")}),
    )
