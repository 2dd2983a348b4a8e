"""Where things have their pages, and how the same answer is had in other forms."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote, urlencode

from flask import Response, request

from kg.model import EntityRef
from server.drawings.picture_file import style_hash

_PAGES = {
    "Study": "/study/",
    "Patient": "/cases/",
    "Document": "/documents/",
    "Statement": "/statement/",
    "Outcome": "/statement/",
    "TimelineEvent": "/statement/",
    "Passage": "/passage/",
}
_FORMS = frozenset({"format", "unfold"})
_UNFOLDED = (("unfold", "true"),)
_TRACKING = re.compile(r"utm_\w+|fbclid|gclid|msclkid|mc_[ce]id")
Parameters = Iterable[tuple[str, str]]


def page_of(ref: EntityRef) -> str:
    """The address of a thing's page."""
    return _PAGES.get(ref.type, "/entity/") + quote(ref.curie, safe=":")


def asked() -> dict[str, list[str]]:
    """The request's parameters, but for what mail programs and social sites add to a link that is passed on."""
    return {name: texts for name, texts in request.args.lists() if not _TRACKING.fullmatch(name)}


def given() -> dict[str, list[str]]:
    """The request's parameters, but for the form that the page is wanted in."""
    return {name: texts for name, texts in asked().items() if name not in _FORMS}


def query(but: Sequence[str] = (), extra: Parameters = ()) -> str:
    """The request's filled parameters as a query string."""
    pairs = [(name, value) for name, values in given().items() for value in values if value and name not in but]
    return urlencode([*pairs, *extra])


def here(extra: Parameters = (), but: Sequence[str] = ()) -> str:
    """The address of this page as it is before anything is unfolded, with other parameters."""
    text = query(but, extra)
    return f"{request.path}?{text}" if text else request.path


def is_unfolded() -> bool:
    """Whether the page is wanted with everything open that is folded else."""
    return request.args.get("unfold") == "true"


def again(extra: Parameters = (), but: Sequence[str] = ()) -> str:
    """The address of this page asked otherwise, unfolded if it is so now."""
    return here([*extra, *(_UNFOLDED if is_unfolded() else ())], but)


def carried(fields: Sequence[str]) -> list[tuple[str, str]]:
    """What a form passes on unseen: parameters of this page that it has no field for, and whether it is unfolded."""
    pairs = [(name, text) for name, texts in given().items() if name not in fields for text in texts]
    return [*pairs, *_UNFOLDED] if is_unfolded() else pairs


def export(label: str, href: str, *, download: bool = False) -> dict[str, str | bool]:
    """A link to the same answer in another form."""
    return {"label": label, "href": href, "download": download}


def csv_response(rows: Iterable[Sequence[str]], name: str) -> Response:
    """Rows as a CSV file."""
    return file_response(csv_text(rows), "text/csv; charset=utf-8", f"{name}.csv")


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV; cells that a spreadsheet would run as a formula get an apostrophe (OWASP, CSV Injection)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([f"'{cell}" if cell[:1] in {"=", "+", "@"} else cell for cell in row])
    return out.getvalue()


def svg_response(text: str, name: str) -> Response:
    """A picture as a file; its own style sheet is allowed by its hash, nothing else is."""
    response = file_response(text, "image/svg+xml; charset=utf-8", f"{name}.svg")
    response.headers["Content-Security-Policy"] = f"default-src 'none'; style-src '{style_hash()}'"
    return response


def file_response(text: str, content_type: str, name: str) -> Response:
    """A text to keep."""
    response = Response(text, content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
