"""The pages: each shows the answer that the API gives to the same question, complete without scripts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Blueprint, Response, redirect, render_template, request
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as BaseResponse

from kg.description import Description, describe
from kg.evidence.regimens import read_components
from kg.evidence.rows import DESIGNS
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from ontology.terms import CLASSES, PREDICATES
from server import wording
from server.addresses import csv_response, export, given, here, page_of, query, svg_response
from server.assets import Assets
from server.drawings import forest_plots
from server.drawings.picture_file import picture_file, plot_file
from server.http.errors import spared
from server.pages import entity, evidence, mechanism, search
from server.pages.explore import page
from server.pages.mechanism_partners import steps_of
from server.pages.mentions import Mentions
from server.pages.provenance import origins
from server.pages.records import Records
from server.pages.sharing import citation, disputed, fact_exports, facts_wanted, source_line
from server.pages.sources import Sources
from server.pages.synthesis import Synthesis
from server.questions.parameters import Arguments, read
from server.questions.table import EVIDENCE_PARAMETERS, QUESTIONS, evidence_question

_BY_NAME = {question.name: question for question in QUESTIONS}
PATHS_SHOWN = 40
_Drawn = TypeVar("_Drawn")
# What templates say things with, each under its own name.
_WORDING: tuple[Callable[..., str], ...] = (
    wording.words, wording.duration, wording.count_of, wording.when_given, wording.dose_range,
    wording.result, wording.of_n, wording.counted, evidence.direction,
)  # fmt: skip

Page = str | BaseResponse


@dataclass(frozen=True)
class Destination:
    """A link of the navigation or a question of the home page."""

    label: str
    href: str


NAVIGATION = (
    Destination("Mechanism", "/mechanism"),
    Destination("Evidence", "/evidence"),
    Destination("Compare", "/compare"),
    Destination("Gaps", "/gaps"),
    Destination("Cases", "/cases"),
    Destination("Explore", "/explore"),
    Destination("Questions", "/questions"),
    Destination("SPARQL", "/sparql"),
)
EXAMPLES = (
    Destination(
        "How does rapamycin act on leiomyosarcoma, step by step?", "/mechanism?drug=rapamycin&target=leiomyosarcoma"
    ),
    Destination("How does gemcitabine end the DNA chain?", "/mechanism?drug=gemcitabine&target=DNA+chain+termination"),
    Destination("Which regimens worked in leiomyosarcoma, and which did not?", "/evidence?histotype=leiomyosarcoma"),
    Destination("What did temsirolimus achieve, counted how?", "/evidence?drug=temsirolimus"),
    Destination(
        "What is known of gemcitabine + docetaxel in leiomyosarcoma?",
        "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma",
    ),
    Destination("What happened to patient 2 of the maintenance series, line by line?", "/cases/patient:003-2"),
    Destination("Which drugs hit KIT?", "/explore?node=target:KIT&expand=target:KIT&predicate=inhibits&direction=in"),
    Destination("What surrounds mTOR?", "/explore?node=target:MTOR"),
)


def pages_blueprint(graph: KnowledgeGraph, sources: Sources, assets: Assets | None = None) -> Blueprint:
    """Make the pages."""
    pages = Blueprint("pages", __name__)
    site, joined, records = _Site(graph, sources), Synthesis(graph, sources), Records(graph, sources)
    bundled = assets or Assets()
    corpus = graph.corpus()
    mentions = Mentions(corpus)

    # Globals instead of a context processor: macros imported by templates see them too.
    everywhere = {
        "asset_scripts": bundled.scripts,
        "asset_styles": bundled.styles,
        "navigation": NAVIGATION,
        "corpus": corpus,
        "data_version": graph.data_version,
        "citation": lambda title, exported: citation(title, exported, graph.data_version, corpus.text),
        "page_of": page_of,
        "here": here,
        "is_unfolded": lambda: request.args.get("unfold") == "true",
        "curie": display,
        **{function.__name__: function for function in _WORDING},
        "named": mentions.named,
        "linked": mentions.linked,
        "document_label": {ref.id: ref.label for ref in corpus.documents}.get,
    }

    def furnish(state: BlueprintSetupState) -> None:
        state.app.jinja_env.globals.update(everywhere)

    pages.record_once(furnish)

    for path, view in _views(site, joined, records):
        pages.add_url_rule(path, view.__name__, view)
    return pages


def _views(site: _Site, joined: Synthesis, records: Records) -> tuple[tuple[str, Callable[..., Page]], ...]:
    """Which address shows what."""
    return (
        ("/", site.home),
        ("/search", site.search),
        ("/entity/<path:name>", site.entity),
        ("/mechanism", site.mechanism),
        ("/evidence", site.evidence),
        ("/explore", site.explore),
        ("/statement/<path:name>", records.statement),
        ("/passage/<path:name>", records.passage),
        ("/study/<path:name>", records.study),
        ("/cases", records.cases),
        ("/cases/<path:name>", records.case),
        ("/documents", records.documents),
        ("/documents/<path:name>", records.document),
        ("/compare", joined.compare),
        ("/gaps", joined.gaps),
        ("/explain", joined.explain),
        ("/schema", site.schema),
        ("/about", site.about),
        ("/docs", site.docs),
    )


class _Site:
    """The views; each is a function of the request and the graph."""

    def __init__(self, graph: KnowledgeGraph, sources: Sources) -> None:
        self.graph = graph
        self.sources = sources

    def home(self) -> Page:
        shown = ("Drug", "Target", "Histotype", "Study", "Arm", "Outcome", "Statement", "Patient")
        counts = {count.type: count.count for count in self.graph.class_counts()}
        listed = [
            {
                "label": CLASSES[name].label if name in CLASSES else name,
                "count": counts[name],
                "href": "/cases" if name == "Patient" else search.all_of(name),
            }
            for name in shown
            if name in counts
        ]
        return render_template("home.html", examples=EXAMPLES, counts=listed)

    def search(self) -> Page:
        return search.search(self.graph)

    def entity(self, name: str) -> Page:
        ref = self.graph.resolve(name)
        if not page_of(ref).startswith("/entity/"):
            return redirect(page_of(ref))
        card = self.graph.entity(ref.id)
        around = entity.surroundings(self.graph, card)
        if request.args.get("format") == "svg":
            return self._drawn(around.picture, f"What is stated of {card.label}", card.curie.replace(":", "-"))
        found, no_remarks = spared(lambda: self._remarks(card.id))
        remarks = found or []
        if request.args.get("format") == "csv":
            return csv_response(entity.csv_rows(around, remarks), card.curie.replace(":", "-"))
        facts = [card.id, *(item.statement for item in around.items), *(remark["id"] for remark in remarks)]
        if (other := facts_wanted(self.graph, facts, card.curie.replace(":", "-"))) is not None:
            return other
        return render_template(
            "entity.html",
            card=card,
            actions=entity.actions(card),
            around=around,
            components=self._components(card.id) if card.type == "Regimen" else (),
            remarks=remarks,
            no_remarks=no_remarks,
            exported=[
                export("CSV", here([("format", "csv")]), download=True),
                export("JSON", f"/api/v1/entities/{card.curie}"),
                export("JSON of its links", f"/api/v1/entities/{card.curie}/neighbors?{entity.EVERY_LINK}"),
                export("JSON-LD", f"/id/{card.curie.replace(':', '/', 1)}?format=jsonld"),
                *fact_exports(),
                *([export("SVG", here([("format", "svg")]), download=True)] if around.picture.nodes else []),
            ],
        )

    def _components(self, regimen: str) -> tuple[Any, ...]:
        known = describe(self.graph.store, [regimen])
        own = known.get(regimen, Description(regimen))
        known.update(describe(self.graph.store, own.iris("component")))
        known.update(
            describe(
                self.graph.store,
                {
                    d
                    for c in own.iris("component")
                    for n in ("drug", "procedure")
                    for d in known[c].iris(n)
                    if c in known
                },
            )
        )
        return tuple(read_components(known, own))

    def _remarks(self, node: str) -> list[dict[str, str]]:
        rows = self.graph.sparql(_REMARKS, {"node": node})
        return [{"id": a.value, "text": b.value, "certainty": c.value} for a, b, c in rows if a and b and c]

    def mechanism(self) -> Page:
        asked = {name: values for name, values in given().items() if name not in {"shortcuts", "group"}}
        filled = read(_BY_NAME["mechanism"].parameters, {"k": [str(PATHS_SHOWN)]} | asked)
        drugs, target = filled.texts("drug"), filled.text("target")
        names = [evidence.called(self.graph, text) for text in (*drugs, *([target] if target else []))]
        heading = _mechanism_heading(tuple(names[: len(drugs)]), names[-1] if target else None)
        draw_short_cuts = request.args.get("shortcuts") == "true"
        answer = _BY_NAME["mechanism"].answer(self.graph, filled) if drugs or target else None
        page = None
        if answer is not None:
            stated = origins(
                self.graph.store,
                self.sources,
                {s for step in steps_of(answer) for s in step.statements},
            )
            page = mechanism.mechanism_page(answer, stated, draw_short_cuts=draw_short_cuts)
            if (other := facts_wanted(self.graph, stated, "mechanism")) is not None:
                return other
            if request.args.get("format") == "csv":
                return csv_response(mechanism.csv_rows(page), "mechanism")
            if request.args.get("format") == "svg" and page.groups:
                group = _chosen(page.groups, "group")
                return self._drawn(group.picture, f"{heading}: {group.title}", "mechanism")
        return render_template(
            "mechanism.html",
            heading=heading,
            drug=" + ".join(drugs),
            target=target or "",
            hedged=bool(filled.texts("certainty")),
            draw_short_cuts=draw_short_cuts,
            answer=answer,
            page=page,
            summary=_mechanism_summary(answer, page) if page else "",
            exported=[
                export(
                    "JSON", f"/api/v1/mechanism?{query(['shortcuts', 'group', 'k'], [('k', str(filled.whole('k')))])}"
                ),
                export("CSV of the steps", here([("format", "csv")]), download=True),
                *fact_exports(),
                *(
                    export(
                        f"SVG: {group.title}",
                        here([("format", "svg"), ("group", str(number))], ["group"]),
                        download=True,
                    )
                    for number, group in enumerate(page.groups, 1)
                ),
            ]
            if page
            else [],
        )

    def evidence(self) -> Page:
        filled = read(EVIDENCE_PARAMETERS, {name: values for name, values in given().items() if name != "plot"})
        answer = self.graph.evidence(evidence_question(filled)) if filled.values else None
        if answer is not None and request.args.get("format") == "csv":
            return csv_response(evidence.csv_rows(answer), "evidence")
        if answer is not None:
            facts = [*(row.id for row in answer.items), *disputed(answer.conflicts)]
            if (other := facts_wanted(self.graph, facts, "evidence")) is not None:
                return other
        page = evidence.evidence_page(answer) if answer else None
        if page is not None and page.forests and request.args.get("format") == "svg":
            forest = _chosen(page.forests, "plot")
            return svg_response(plot_file("forest", source_line(self.graph), plot=forest), self._file_name("rates"))
        texts = {name: filled.text(name) for name in filled.table if name != "drug"} | {
            "drug": " + ".join(filled.texts("drug"))
        }
        texts["include_flagged"] = "true" if filled.flag("include_flagged") else None
        is_treatment = any(filled.texts(name) for name in ("drug", "regimen", "drug_class", "target"))
        pooled, not_pooled = None, ""
        if answer and answer.items and is_treatment:
            pooled, not_pooled = spared(lambda: self.graph.pool(evidence_question(filled)))
        return render_template(
            "evidence.html",
            pooled=pooled,
            not_pooled=not_pooled,
            pooled_plot=forest_plots.pool_forest(pooled, pooled.measure.label) if pooled and pooled.estimate else None,
            heading=evidence.heading(self.graph, filled.texts("drug"), texts),
            given=texts,
            designs=DESIGNS,
            answer=answer,
            page=page,
            filters=_chips(filled),
            more_given=any(
                filled.texts(name)
                for name in ("drug_class", "target", "genotype", "site", "line", "setting", "design", "min_n")
            ),
            exported=[
                export("CSV", here([("format", "csv")]), download=True),
                export("JSON", f"/api/v1/evidence?{query()}"),
                *fact_exports(),
                *map(_forest_export, range(1, len(page.forests) + 1), page.forests),
                *([_pooled_export()] if pooled and pooled.estimate else []),
            ]
            if answer and page
            else [],
        )

    def explore(self) -> Page:
        return page.explore(self.graph)

    def schema(self) -> Page:
        counts = {count.type: count.count for count in self.graph.class_counts()}
        used = {a.value.rpartition("/")[2]: int(b.value) for a, b in self.graph.sparql(_PREDICATE_COUNTS) if a and b}
        return render_template(
            "schema.html", classes=CLASSES.values(), predicates=PREDICATES.values(), counts=counts, used=used
        )

    def about(self) -> Page:
        return render_template("about.html")

    def docs(self) -> Page:
        return render_template("docs.html", questions=QUESTIONS)

    def _drawn(self, picture: Any, title: str, name: str) -> Response:
        return svg_response(picture_file(picture, title, source_line(self.graph)), self._file_name(name))

    def _file_name(self, name: str) -> str:
        return f"sarcoma-kg-{name}-{self.graph.data_version[:8]}"


_REMARKS = """
SELECT DISTINCT ?statement ?text ?certainty WHERE {
  { ?statement skg:subject ?node } UNION { ?statement skg:about ?node }
  ?statement skg:object ?object ; rdfs:label ?text ; skg:certainty ?certainty . FILTER(isLiteral(?object)) }
ORDER BY ?text LIMIT 60"""
_PREDICATE_COUNTS = (
    "SELECT ?predicate (COUNT(?statement) AS ?count) WHERE { ?statement skg:predicate ?predicate } GROUP BY ?predicate"
)


def _mechanism_heading(drugs: tuple[str, ...], target: str | None) -> str:
    acts = "act" if len(drugs) > 1 or any("+" in drug for drug in drugs) else "acts"
    if drugs and target:
        return f"How {' and '.join(drugs)} {acts} on {target}"
    if drugs:
        return f"How {' and '.join(drugs)} {acts}"
    return f"What acts on {target}" if target else "Mechanism"


def _mechanism_summary(answer: Any, page: mechanism.MechanismPage) -> str:
    shown = sum(len(group.paths) for group in page.groups)
    reach = sum(1 for group in page.groups for view in group.paths if view.path.complete)
    cuts = f", and {wording.count_of('short cut', page.short_cuts)} folded under them" if page.short_cuts else ""
    asked = request.args.get("target", "").strip() or "what was asked for"
    whole = "" if reach == shown else f" {reach or 'None'} of them {'reach' if reach > 1 else 'reaches'} {asked}."
    if any(gap.to is not None for gap in answer.gaps) or reach:
        return f"{wording.count_of('chain', shown)} of sourced steps{cuts}.{whole}"
    return f"{wording.count_of('chain', shown)} of sourced steps{cuts}."


def _chosen(drawn: Sequence[_Drawn], parameter: str) -> _Drawn:
    """The picture of a page that the request names by its place, counted from 1."""
    place: int = request.args.get(parameter, type=int, default=1)
    return drawn[min(max(place, 1), len(drawn)) - 1]


def _forest_export(number: int, forest: forest_plots.Forest) -> dict[str, str | bool]:
    where = here([("format", "svg"), ("plot", str(number))], ["plot"])
    return export(f"SVG: {forest.heading}", where, download=True)


def _pooled_export() -> dict[str, str | bool]:
    asked = query(["limit", "include_broader", "plot"], [("format", "svg")])
    return export("SVG: pooled", f"/api/v1/evidence/pool?{asked}", download=True)


def _chips(filled: Arguments) -> list[dict[str, str]]:
    """The filters of a question, each with the address that drops it."""
    return [
        {"label": name.replace("_", " "), "value": ", ".join(values), "href": here(but=[name])}
        for name, values in filled.values.items()
        if name != "limit"
    ]
