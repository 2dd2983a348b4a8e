"""A failure as its page tells it: what happened, whose fault it is, what to try. The JSON document keeps the names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

_SHOWN_CHARACTERS = 200
NO_PARAMETER = "a parameter of this question"  # what was expected where a name is unknown

# Fields of forms and addresses in the words of those who fill them; any other is told as it is written.
_FIELDS = {
    "a": "the first treatment",
    "b": "the second treatment",
    "c": "the third treatment",
    "d": "the fourth treatment",
    "after": "what had been given before",
    "at": "a thing of the picture",
    "between": "an end of the paths",
    "columns": "the columns of the map",
    "design": "the kind of study",
    "drug_class": "the drug class",
    "genotype": "the mutation",
    "id": "the address",
    "include_flagged": "the tick for values that look odd",
    "include_subtypes": "the tick for subtypes",
    "k": "the number of chains",
    "limit": "the number of rows",
    "line": "the line of treatment",
    "max_length": "the number of steps",
    "min_n": "the least number of patients",
    "node": "a thing of the picture",
    "open": "the thing to open",
    "q": "the search",
    "rows": "the rows of the map",
    "target": "what it acts on",
}
_OURS = "This is a fault of the server, not of what you asked."
_LIMIT = "What you asked is in order. It needs more than this server gives to one question."
_IN_ORDER = "What you asked is in order."
_REMOTE = "What you asked is in order. The database behind this server did not do its part."
# By code: heading, whose fault it is, what to try.
_TOLD: dict[str, tuple[str, str, str]] = {
    "unknown_entity": ("No such name here", "", "Check the spelling, or search for it under another name."),
    "ambiguous_entity": ("Which one do you mean?", "", ""),
    "malformed_identifier": ("No such address here", "", "Search for the name instead."),
    "invalid_parameter": (
        "That cannot be asked so",
        "",
        "Nothing was shown, rather than something else than you asked.",
    ),
    "wrong_kind": ("That is something else", "", ""),
    "not_found": ("No page here", "", "The address may be mistyped or old. Start from the home page, or search."),
    "query_timeout": ("It took too long", _LIMIT, "Ask for less: name a drug or a histotype, or fewer of them."),
    "query_memory": ("It needs too much memory", _LIMIT, "Ask for less: name a drug or a histotype."),
    "budget_exceeded": ("A limit was reached", _LIMIT, "Ask for less: name a drug or a histotype."),
    "result_too_large": ("The answer is too large", _LIMIT, "Ask for less: name a drug or a histotype."),
    "body_too_large": ("The request is too long", "", "Ask for less at once."),
    "overloaded": ("The server is busy", _IN_ORDER, ""),
    "rate_limited": ("Too many questions in a minute", "", ""),
    "shutting_down": ("The server is being restarted", _IN_ORDER, "Try again in a minute."),
    "store_unavailable": ("There is no graph to show", _OURS, "Tell whoever runs this server."),
    "remote_unavailable": ("The database cannot be reached", _REMOTE, "Try again in a minute."),
    "partial_answer": ("Only part of the answer came", _REMOTE, "Ask for less. Nothing partial is shown as if whole."),
    "internal_error": (
        "Something broke",
        _OURS,
        "Try again; if it stays so, tell whoever runs this server the number.",
    ),
}
# Failures that may not come again.
_PASSING = frozenset(
    {"query_timeout", "overloaded", "rate_limited", "shutting_down", "remote_unavailable", "internal_error"}
)


@dataclass(frozen=True)
class ProblemPage:
    """What the page of a failure shows.

    Attributes:
        title: what happened, in a few words.
        detail: what happened.
        whose: whose fault it is, where that is not plain.
        advice: what to try.
        suggestions: what may have been meant, each with where it leads.
        request_id: under which number the log has it.
        again: the address to ask again, where that may help.
    """

    title: str
    detail: str
    whose: str
    advice: str
    suggestions: tuple[tuple[str, str], ...]
    request_id: str
    again: str


def problem_page(body: Mapping[str, Any], path: str, given: Sequence[tuple[str, str]]) -> ProblemPage:
    """Word a problem document for readers.

    Args:
        body: as :func:`server.http.errors.body_of` makes it.
        path: of the page that was asked for.
        given: its parameters.
    """
    title, whose, advice = _TOLD.get(body["code"], (body["title"], _OURS if body["status"] >= 500 else "", ""))
    suggestions = tuple(_suggestions(body, path, given))
    asked = f"{path}?{urlencode(given)}" if given else path
    again = asked if body["code"] in _PASSING else ""
    return ProblemPage(title, _detail(body, path), whose, advice, suggestions, body.get("request_id", ""), again)


def field_words(name: str) -> str:
    """A parameter as readers know it.

    >>> field_words("min_n"), field_words("drug")
    ('the least number of patients', 'the drug')
    """
    return _FIELDS.get(name, "the " + name.replace("_", " "))


def _detail(body: Mapping[str, Any], path: str) -> str:
    code, name = body["code"], body.get("parameter", "")
    if code == "unknown_entity":
        place = "" if name in {"", "id", "q"} else f" (given for {field_words(name)})"
        missing = "That says nothing of the thing itself: no document here uses the name."
        return f"Nothing in this graph is called “{body['text']}”{place}. {missing}"
    if code == "not_found":
        return f"There is nothing at the address {path}."
    if code == "ambiguous_entity":
        return f"“{body['text']}” names several things equally well."
    if code == "invalid_parameter" and body["expected"].startswith(NO_PARAMETER):
        return f"This page has no field “{name.replace('_', ' ')}”, so “{_short(body['value'])}” means nothing to it."
    if code == "invalid_parameter" and not body["value"]:
        return f"Nothing was given for {field_words(name)}, which this page needs."
    if code in {"invalid_parameter", "wrong_kind"}:
        expected = body["expected"].replace("_", " ")
        return f"“{_short(body['value'])}” does not fit {field_words(name)}: expected {expected}."
    return _limit(body) or str(body["detail"])


def _short(value: str) -> str:
    """A wrong value as far as it helps to see it."""
    return value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}…"


def _limit(body: Mapping[str, Any]) -> str:
    """Which limit was reached, without the name of its setting; "" for none."""
    if body["code"] == "overloaded":
        return f"It has too much to do just now. Try again in {math.ceil(body['retry_after_s'])} s."
    if body["code"] == "query_timeout":
        return f"The answer was not ready after {body['value']:g} s, and work on it was stopped."
    if body["code"] in {"query_memory", "result_too_large", "budget_exceeded"}:
        amount, unit = body["value"], body["unit"]
        limit = f"{amount / 1e6:,.0f} MB" if unit == "bytes" else f"{amount:,.0f} {unit}"
        return f"The answer was not whole at {limit}, the most there may be, and work on it was stopped."
    return ""


def _suggestions(body: Mapping[str, Any], path: str, given: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """What to ask instead: the same with the part that is wrong exchanged or left out."""
    name, wrong = body.get("parameter", ""), body.get("text", body.get("value", ""))
    first: dict[str, Any] = {}
    for each in (*body.get("suggestions", ()), *body.get("candidates", ())):
        first.setdefault(each["label"], each)  # several of one name would look like a mistake
    is_field = any(key == name for key, _ in given)
    found = []
    for each in first.values():
        asked = [(key, each["label"] if (key, text.strip()) == (name, wrong) else text) for key, text in given]
        is_named = is_field and asked != list(given)
        found.append((each["label"], f"{path}?{urlencode(asked)}" if is_named else f"/entity/{quote(each['curie'])}"))
    left = [(key, text) for key, text in given if key != name and text]
    if is_field and left and body["code"] in {"invalid_parameter", "wrong_kind"}:
        found.append(("the same without it", f"{path}?{urlencode(left)}"))
    if body["code"] in {"unknown_entity", "malformed_identifier"} and isinstance(wrong, str) and wrong:
        found.append((f"search for “{wrong}”", f"/search?{urlencode([('q', wrong)])}"))
    return found
