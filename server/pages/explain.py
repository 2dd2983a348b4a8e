"""The page of an explanation: how a drug should act on a disease, beside what came of giving it."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import render_template, request
from werkzeug.wrappers import Response

from kg.evidence.explanation import Agreement, Explanation
from kg.graph import KnowledgeGraph
from server.addresses import export, given, query
from server.drawings.layered import layered_picture
from server.pages.evidence import evidence_page
from server.pages.mechanism_chains import mechanism_page
from server.pages.provenance import origins
from server.pages.sharing import disputed, fact_exports, facts_wanted
from server.pages.sources import Sources
from server.questions.parameters import read
from server.questions.table import BY_NAME

_AGREEMENTS: Mapping[Agreement, tuple[str, str]] = {
    "agree": ("Mechanism and results agree", "good"),
    "disagree": ("Mechanism and results disagree", "bad"),
    "undecided": ("Whether they agree cannot be said", "none"),
    "mechanism_without_evidence": ("A mechanism without results", "none"),
    "evidence_without_mechanism": ("Results without a mechanism", "none"),
    "neither": ("Neither mechanism nor results", "none"),
}


def _given_as(answer: Explanation) -> str:
    """How the evidence page is asked for the same treatment."""
    asked = {"drug": answer.drug.curie} if answer.drug else {"regimen": answer.treatment}
    return urlencode(asked, safe=":")


def explain(graph: KnowledgeGraph, sources: Sources) -> str | Response:
    """Mechanism and results of one drug, or one regimen, in one histotype."""
    question = BY_NAME["explain"]
    texts = {name: request.args.get(name, "") for name in ("drug", "regimen", "histotype")}
    is_asked = bool((texts["drug"].strip() or texts["regimen"].strip()) and texts["histotype"].strip())
    answer = question.answer(graph, read(question.parameters, given())) if is_asked else None
    page, chains = None, None
    if answer is not None:
        page = evidence_page(answer.evidence)
        # In the order of the chains: what is exported is the same whenever it is asked for.
        steps = dict.fromkeys(s for path in answer.mechanism.paths for step in path.steps for s in step.statements)
        chains = mechanism_page(answer.mechanism, origins(graph.store, sources, steps))
        beside = (s for group in chains.groups[:1] for part in group.beside for s in part.step.statements)
        facts = [*steps, *beside, *(row.id for row in answer.evidence.items), *disputed(answer.conflicts)]
        if (other := facts_wanted(graph, facts, "explanation")) is not None:
            return other
    return render_template(
        "explain.html",
        given=texts,
        answer=answer,
        page=page,
        chains=chains,
        agreements=_AGREEMENTS,
        nothing=layered_picture((), ()),
        of_drugs=urlencode({"drug": [each.curie for each in answer.drugs]}, doseq=True, safe=":") if answer else "",
        given_as=_given_as(answer) if answer else "",
        exported=[export("JSON", f"/api/v1/explain?{query()}"), *fact_exports()] if answer else [],
    )
