"""The site: which address shows which page, and what every page has; each is complete without scripts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps

from flask import Blueprint, render_template
from flask.sansio.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from kg.duration import duration_words
from kg.errors import CapabilityMissing
from kg.evidence.rows import Corpus
from kg.graph import KnowledgeGraph
from kg.identifiers import display
from ontology.english import spelt_out
from ontology.terms import CLASSES
from server import wording
from server.addresses import again, carried, here, is_unfolded, page_of
from server.assets import Assets
from server.pages import case, compare, entity, evidence, explain, gaps, mechanism, search
from server.pages.accepted import accepting
from server.pages.explore import page
from server.pages.mentions import Mentions
from server.pages.records import Records
from server.pages.schema import schema
from server.pages.sharing import citation
from server.pages.sources import Sources
from server.questions.table import BY_NAME, QUESTIONS

# What templates say things with, each under its own name.
_WORDING: tuple[Callable[..., object], ...] = (
    spelt_out, duration_words, wording.count_of, wording.when_given, wording.dose_range, wording.beside,
    wording.result, wording.unfigured, wording.remark, wording.of_n, wording.counted, wording.told_qualifiers,
    wording.value_words, evidence.direction,
)  # fmt: skip

Page = str | Response


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
EXAMPLES_BY_SUBJECT = (
    (
        "How drugs act",
        (
            Destination(
                "How does rapamycin act on leiomyosarcoma, step by step?",
                "/mechanism?drug=rapamycin&target=leiomyosarcoma",
            ),
            Destination(
                "How does gemcitabine end the DNA chain?", "/mechanism?drug=gemcitabine&target=DNA+chain+termination"
            ),
            Destination(
                "Which drugs hit KIT?", "/explore?node=target:KIT&expand=target:KIT&predicate=inhibits&direction=in"
            ),
            Destination("What surrounds mTOR?", "/explore?node=target:MTOR"),
        ),
    ),
    (
        "What came of giving them",
        (
            Destination(
                "Which regimens worked in leiomyosarcoma, and which did not?", "/evidence?histotype=leiomyosarcoma"
            ),
            Destination(
                "What is known of gemcitabine + docetaxel in leiomyosarcoma?",
                "/evidence?regimen=gemcitabine+%2B+docetaxel&histotype=leiomyosarcoma",
            ),
            Destination(
                "Is gemcitabine + docetaxel better than gemcitabine alone?",
                "/compare?a=gemcitabine&b=gemcitabine+%2B+docetaxel",
            ),
            Destination("What was achieved in GIST after imatinib?", "/evidence?histotype=GIST&after=imatinib"),
            Destination("What did temsirolimus achieve, counted how?", "/evidence?drug=temsirolimus"),
        ),
    ),
    (
        "Patients, gaps and doubts",
        (
            Destination("What happened to patient 2 of the maintenance series, line by line?", "/cases/patient:003-2"),
            Destination("Which drugs were tried in which sarcoma, and which never?", "/gaps"),
            Destination(
                "Did imatinib do in GIST what its mechanism promises?", "/explain?drug=imatinib&histotype=GIST"
            ),
            Destination("Which studies differ on the same treatment?", "/questions/trials-that-disagree"),
        ),
    ),
)
EXAMPLES = tuple(example for _, examples in EXAMPLES_BY_SUBJECT for example in examples)


def pages_blueprint(graph: KnowledgeGraph, sources: Sources, assets: Assets | None = None) -> Blueprint:
    """Make the pages."""
    pages = Blueprint("pages", __name__)
    bundled = assets or Assets()
    try:
        corpus = graph.corpus()
    except CapabilityMissing:  # of an endpoint that is not ours; there every page but that of SPARQL refuses for itself
        corpus = Corpus((), (), "")
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
        "again": again,
        "carried": carried,
        "is_unfolded": is_unfolded,
        "curie": display,
        **{function.__name__: function for function in _WORDING},
        "named": mentions.named,
        "linked": mentions.linked,
        "written": partial(evidence.written, graph),
        "document_label": {ref.id: ref.label for ref in corpus.documents}.get,
    }

    def furnish(state: BlueprintSetupState) -> None:
        state.app.jinja_env.globals.update(everywhere)

    pages.record_once(furnish)

    for path, view, names, forms in _views(graph, sources):
        pages.add_url_rule(path, view.__name__, accepting(view, names, forms))
    return pages


_View = tuple[str, Callable[..., Page], tuple[str, ...] | None, tuple[str, ...]]
_TRIPLES = ("turtle", "sparql")


def _views(graph: KnowledgeGraph, sources: Sources) -> tuple[_View, ...]:
    """Which address shows what, asked with which parameters (None: the view has a table of them), in which forms."""
    records = Records(graph, sources)
    compared, explained = (  # a page shows all that there is
        tuple(parameter.name for parameter in BY_NAME[name].parameters if parameter.name != "limit")
        for name in ("compare", "explain")
    )
    return (
        ("/", _on(home, graph), (), ()),
        ("/search", _on(search.search, graph), None, ("csv",)),
        ("/entity/<path:name>", _on(entity.entity, graph), (), ("svg", "csv", *_TRIPLES)),
        ("/mechanism", _on(mechanism.mechanism, graph, sources), None, ("csv", "svg", *_TRIPLES)),
        ("/evidence", _on(evidence.evidence, graph), None, ("csv", "svg", *_TRIPLES)),
        ("/explore", _on(page.explore, graph), page.PARAMETERS, ("json", "csv", *_TRIPLES)),
        ("/statement/<path:name>", records.statement, (), _TRIPLES),
        ("/passage/<path:name>", records.passage, (), ()),
        ("/study/<path:name>", records.study, (), ("csv", *_TRIPLES)),
        ("/cases", _on(case.cases, graph), (), ()),
        ("/cases/<path:name>", _on(case.case, graph), (), ("svg", *_TRIPLES)),
        ("/documents", records.documents, (), ()),
        ("/documents/<path:name>", records.document, (), _TRIPLES),
        ("/compare", _on(compare.compare, graph), (*compare.SIDES, *compared), ("csv", *_TRIPLES)),
        ("/gaps", _on(gaps.gaps, graph), None, ("csv", *_TRIPLES)),
        ("/explain", _on(explain.explain, graph, sources), explained, _TRIPLES),
        ("/schema", _on(schema, graph), None, ()),
        ("/about", about, (), ()),
        ("/docs", docs, (), ()),
    )


def _on(view: Callable[..., Page], *served: object) -> Callable[..., Page]:
    """A view of what is served, under its own name."""
    return wraps(view)(partial(view, *served))


def home(graph: KnowledgeGraph) -> Page:
    """Where to begin, and how much of everything there is."""
    shown = ("Drug", "Target", "Histotype", "Study", "Arm", "Outcome", "Statement", "Patient")
    counts = {count.type: count.count for count in graph.class_counts()}
    listed = [
        {
            "label": CLASSES[name].label if name in CLASSES else name,
            "count": counts[name],
            "name": name,
            "href": "/cases" if name == "Patient" else search.all_of(name),
        }
        for name in shown
        if name in counts
    ]
    return render_template("home.html", examples=EXAMPLES_BY_SUBJECT, counts=listed)


def about() -> Page:
    """What this is, for whom, and under which licence."""
    return render_template("about.html")


def docs() -> Page:
    """How programs ask."""
    return render_template("docs.html", questions=QUESTIONS)
