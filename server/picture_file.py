"""A drawing as a file of its own: the pages' light colours inside, and where it comes from."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from flask import render_template

from server.drawing import Picture

_COLOURS = """svg { background: #ffffff; --ink: #1d2329; --muted: #566069; --surface: #ffffff;
--node-line: #5b6670; --edge: #5b6670; --edge-up: #1c6b45; --edge-down: #a03024; --node-drug: #cfe3f3;
--node-target: #f6dccb; --node-process: #dcebd7;
--node-complex: #eadcf0; --node-histotype: #f5d9e0; --node-other: #e6e8ea; }
"""


@cache
def _style() -> str:
    path = Path(__file__).parent / "templates" / "drawing.css"
    return "\n" + _COLOURS + path.read_text(encoding="utf-8")


def picture_file(picture: Picture, title: str, source: str) -> tuple[str, str]:
    """The SVG text, and the hash by which a content security policy admits its style sheet."""
    text = render_template("drawing.svg", picture=picture, title=title, source=source, style=_style())
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return text, f"sha256-{digest}"
