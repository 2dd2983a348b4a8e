"""Pages of single records: statements, passages, studies, documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.cards import StudyCard
from kg.description import describe, passage, reference
from kg.errors import EntityNotFound
from kg.evidence.question import EvidenceQuestion
from kg.graph import KnowledgeGraph
from kg.identifiers import display, expand
from kg.model import EntityRef
from kg.resolution import successor
from kg.tables import table
from server import wording
from server.addresses import csv_response, export, here
from server.pages.evidence import evidence_page
from server.pages.provenance import places
from server.pages.sharing import fact_exports, facts_wanted
from server.pages.sources import Sources

Page = str | Response


class Records:
    """The views; each is a function of the request and the graph."""

    def __init__(self, graph: KnowledgeGraph, sources: Sources) -> None:
        self.graph = graph
        self.sources = sources

    def statement(self, name: str) -> Page:
        """A statement, outcome or event with its provenance."""
        card = self.graph.fact(name)
        if (other := facts_wanted(self.graph, [card.id], card.curie.replace(":", "-"))) is not None:
            return other
        known = describe(self.graph.store, {spot.document for spot in (*card.passages, *card.context_passages)})
        return render_template(
            "fact.html",
            card=card,
            stated=places(card.passages, known, self.sources),
            context=places(card.context_passages, known, self.sources),
            exported=[
                export("JSON", f"/api/v1/statements/{card.curie}"),
                export("JSON-LD", f"/id/{card.curie.replace(':', '/', 1)}?format=jsonld"),
                *fact_exports(),
            ],
        )

    def passage(self, name: str) -> str:
        """A passage, what it states and, where they may be shown, its words."""
        iri = expand(name) if ":" in name and "//" not in name else name
        iri = successor(self.graph.store, iri) or iri
        known = describe(self.graph.store, [iri])
        if iri not in known:
            raise EntityNotFound(name, "passage")
        place = passage(known[iri])
        facts = [row[0].value for row in self.graph.sparql(_FACTS_AT, {"passage": iri}) if row[0]]
        known.update(describe(self.graph.store, [*facts, place.document]))
        named = sorted((reference(fact, known) for fact in facts), key=lambda ref: ref.label)
        return render_template(
            "passage.html",
            passage=place,
            document=reference(place.document, known),
            sha256=known[iri].text("sha256"),
            facts=named,
            quoted=self.sources.words(known.get(place.document), place),
            exported=[export("Turtle", f"/id/{display(iri).replace(':', '/', 1)}?format=turtle")],
        )

    def study(self, name: str) -> Page:
        """A study with its arms."""
        card = self.graph.study(name)
        results = (row[0].value for row in self.graph.sparql(_RESULTS_OF, {"study": card.id}) if row[0])
        facts = [card.id, *(arm.arm.id for arm in card.arms), *results]
        name_in_files = card.curie.replace(":", "-")
        if request.args.get("format") == "csv":
            return csv_response(table(_arm_lines(card), _ArmLine).texts(), name_in_files)
        if (other := facts_wanted(self.graph, facts, name_in_files)) is not None:
            return other
        return render_template(
            "study.html",
            card=card,
            found=evidence_page(self.graph.evidence(EvidenceQuestion(study=card.id))).studies,
            exported=[
                export("CSV of the arms", here([("format", "csv")]), download=True),
                export("CSV of the results", f"/evidence?study={card.curie}&format=csv", download=True),
                export("JSON", f"/api/v1/studies/{card.curie}"),
                *fact_exports(),
            ],
        )

    def documents(self) -> str:
        """The source documents."""
        return render_template(
            "documents.html",
            cards=[self.graph.document(ref.curie) for ref in self.graph.corpus().documents],
            exported=[export("JSON", "/api/v1/documents")],
        )

    def document(self, name: str) -> Page:
        """A document and everything taken from it."""
        card = self.graph.document(name)
        rows = [
            tuple(cell.value if cell else "" for cell in row)
            for row in self.graph.sparql(_FACTS_OF, {"document": card.id})
        ]
        facts: dict[str, tuple[int, str, EntityRef]] = {}
        for fact, type_, label, section, start in rows:
            entry = (int(start or 0), section, EntityRef(fact, display(fact), type_.rpartition("/")[2], label))
            facts[fact] = min(facts.get(fact, entry), entry)
        sections: dict[str, list[EntityRef]] = {}
        for _, section, ref in sorted(facts.values(), key=lambda entry: (entry[0], entry[2].label)):
            sections.setdefault(section or "Text", []).append(ref)
        if (other := facts_wanted(self.graph, facts, card.curie.replace(":", "-"))) is not None:
            return other
        return render_template(
            "document.html",
            card=card,
            sections=sections,
            exported=[export("JSON", f"/api/v1/documents/{card.curie}"), *fact_exports()],
        )


@dataclass(frozen=True)
class _ArmLine:
    """A drug of an arm as a line of a file, or an arm of which no drug is told."""

    arm: str
    arm_id: str
    patients: str
    drug: str = ""
    dose: str | None = None
    when: str = ""
    route: str | None = None
    infusion_time: str | None = None
    timing: str | None = None
    passages: str = ""
    dose_low: float | None = None
    dose_high: float | None = None
    dose_unit: str | None = None
    pools: str = ""
    within: str = ""


def _arm_lines(card: StudyCard) -> Iterator[_ArmLine]:
    for arm in card.arms:
        people = (
            f"{label}: {each.entity.label if each.entity else wording.value_words(each.value)}"
            for label, each in wording.told_qualifiers(arm.population)
        )
        bare = _ArmLine(
            arm=arm.arm.label,
            arm_id=arm.arm.curie,
            patients="; ".join(people),
            passages="; ".join(display(place.id) for place in arm.passages),
            pools="; ".join(ref.label for ref in arm.pools),
            within=arm.within.label if arm.within else "",
        )
        if not arm.components:
            yield bare
        for each in arm.components:
            low, high = each.range or (each.value, each.value)
            yield replace(
                bare,
                drug=each.drug.label,
                dose=each.dose_text,
                when=wording.when_given(each),
                route=each.route,
                infusion_time=each.infusion_time,
                timing=each.timing,
                dose_low=low,
                dose_high=high,
                dose_unit=each.unit,
            )


_FACTS_AT = "SELECT DISTINCT ?fact WHERE { ?fact skg:passage ?passage }"
_RESULTS_OF = "SELECT DISTINCT ?outcome WHERE { ?study skg:hasArm ?arm . ?arm skg:hasOutcome ?outcome }"
_FACTS_OF = """
SELECT DISTINCT ?fact ?type ?label ?section ?start WHERE { ?fact skg:assertedBy ?document ; rdfs:label ?label ;
  skg:passage ?place ; a ?type . FILTER(?type != skg:Entity)
  ?place skg:document ?document ; skg:start ?start . OPTIONAL { ?place skg:section ?section } }"""
