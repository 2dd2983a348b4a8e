"""Where the questions that a search offers are asked: each with the address of its page on this server."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from kg.search.names import SearchAnswer
from kg.search.offers import OfferedQuestion


@dataclass(frozen=True)
class LinkedQuestion(OfferedQuestion):
    """A question with its parameters filled in; ``page``: the address that asks it."""

    page: str


@dataclass(frozen=True)
class LinkedSearchAnswer(SearchAnswer):
    """What a search found; of its questions the pages are told."""

    questions: tuple[LinkedQuestion, ...] = ()


def linked(answer: SearchAnswer) -> LinkedSearchAnswer:
    """An answer of the graph with the pages of the questions that it offers."""
    questions = tuple(LinkedQuestion(**vars(each), page=_asked_at(each)) for each in answer.questions)
    return LinkedSearchAnswer(**vars(answer) | {"questions": questions})


def _asked_at(offer: OfferedQuestion) -> str:
    """The address of the page that asks a question."""
    if offer.question == "timeline":
        ((patient,),) = offer.parameters.values()
        return f"/cases/{quote(patient, safe=':')}"
    page = f"/questions/{offer.question}" if offer.kind == "catalogue" else f"/{offer.question}"
    query = urlencode(offer.parameters, doseq=True, safe=":")
    return f"{page}?{query}" if query else page
