"""A drawing as a file of its own: the pages' colours inside, light and dark, and where it comes from."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from flask import get_template_attribute, render_template

from server.drawings.pictures import Picture

_COLOURS = """svg { background: #ffffff; --ink: #1d2329; --muted: #566069; --surface: #ffffff;
--node-line: #5b6670; --edge: #5b6670; --edge-up: #0b6672; --edge-down: #96480a; --node-drug: #cfe3f3;
--node-target: #f6dccb; --node-process: #dcebd7;
--node-complex: #eadcf0; --node-histotype: #f5d9e0; --node-other: #e6e8ea; --line: #d8dcdf; --ground: #f6f7f5;
--accent: #1a5a86; --good: #1c6b45; --bad: #a03024; --warn: #745000; --warn-soft: #fbf2df;
--good-soft: #e3f1e9; --bad-soft: #f8e7e4; }
@media (prefers-color-scheme: dark) { svg { background: #1c2226; --ink: #e8ebed; --muted: #aab4bc; --surface: #1c2226;
--node-line: #9aa6af; --edge: #9aa6af; --edge-up: #7fd0dd; --edge-down: #f2b27c; --node-drug: #244a66;
--node-target: #5c3a26; --node-process: #2f4a2b;
--node-complex: #46325a; --node-histotype: #5a2f3d; --node-other: #3a4147; --line: #38424a; --ground: #14181b;
--accent: #8cc4e8; --good: #8ad3ac; --bad: #f2a79c; --warn: #ebc877; --warn-soft: #36301d;
--good-soft: #1d3328; --bad-soft: #40231f; } }
"""


@cache
def _style() -> str:
    path = Path(__file__).parent.parent / "templates" / "drawing.css"
    return "\n" + _COLOURS + path.read_text(encoding="utf-8")


def picture_file(picture: Picture, title: str, source: str) -> str:
    """A drawing as SVG text."""
    return render_template("drawing.svg", picture=picture, title=title, source=source, style=_style())


def plot_file(kind: str, source: str, **drawn: object) -> str:
    """A plot as SVG text: a macro of ``plots.svg`` with what it draws."""
    macro = get_template_attribute("plots.svg", f"{kind}_svg")
    return str(macro(linked=False, style=_style(), source=source, **drawn)).strip()


@cache
def style_hash() -> str:
    """By which a content security policy admits the style sheet of these files."""
    return f"sha256-{base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()}"
