"""Graphs as pictures, read from left to right: what the templates need to write them as SVG.

``kg.mechanism.layering`` says which column and row a node is in; this module gives columns the room that boxes and
labels need, and lets lines leave on the right and arrive on the left, each at a place of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from kg.mechanism.layering import COLUMN, ROW, Layout, layered
from kg.model import EntityRef
from server.drawings.heights import Pair, ahead, heights
from server.drawings.line_labels import EDGE_CHARACTER, Label, Line, Piece, Point, Rect, Side, placed_label
from server.drawings.pictures import LAPTOP_REM, Arrow, Box, Picture
from server.drawings.spacing import CLOSE, NARROW, WIDE, Spacing
from server.drawings.wrapping import wrapped

LINE_HEIGHT = 15
CHARACTER = 6.9  # pixels of the drawing font, on average
MARGIN = 14
FAN_FROM = 4  # lines: from so many on, their words stand where they have parted
LEAST_HALF_PX = 23  # of a box: capitals are wider than letters on average

_MARKS = {1: "arrow", -1: "bar"}
# What a box says beneath its name where the paths of two drugs meet.
_MET = {
    "meeting-same": ("(both, same way)",),
    "meeting-opposite": ("(both, opposite)",),
    "meeting-mixed": ("(both, mixed)",),
    "meeting-unknown": ("(both)",),
}


@dataclass(frozen=True)
class Link:
    """Something stated of two things: one line of a drawing, or part of one.

    Attributes:
        start, end: IRIs of two of the drawn things.
        sign: +1, -1, 0 or None, as in ``kg.paths.steps.Step``.
        label: the predicate as the line shows it.
        sentence: the whole in words.
        href: where it leads; links of one line share the first.
        step: a name that the drawing and the text beneath it share.
    """

    start: str
    end: str
    sign: int | None
    certainty: str
    label: str
    sentence: str
    href: str
    step: str


def layered_picture(
    nodes: Iterable[EntityRef],
    links: Iterable[Link],
    *,
    last: Collection[str] = (),
    ghosts: Collection[str] = (),
    centre: str | None = None,
    meetings: Mapping[str, str] | None = None,
) -> Picture:
    """Draw things and what is stated of them from left to right, closer where a laptop would have no room for them.

    Args:
        nodes: the things.
        links: what is stated; a link of a thing to itself or to one that is not drawn is left out.
        last: IRIs of things that belong at the right end.
        ghosts: IRIs of things that are drawn although nothing leads to them.
        centre: IRI of what the drawing is about, if it is about one thing.
        meetings: how two drugs push a thing at which their paths meet, by its IRI.
    """
    refs = {ref.id: ref for ref in nodes}
    drawn = [link for link in links if link.start in refs and link.end in refs and link.start != link.end]
    if not refs:
        return Picture((), ())
    layout = _with_ghosts(layered(refs.keys() - set(ghosts), _pairs(drawn), set(last) - set(ghosts)), ghosts, refs)
    roles = {name: f"meeting-{relation}" for name, relation in (meetings or {}).items()}
    roles |= dict.fromkeys(ghosts, "ghost") | ({centre: "centre"} if centre else {})
    bends = {(link.start, link.end): layout.bends.get((link.start, link.end), ()) for link in drawn}

    def spaced(spacing: Spacing) -> Picture:
        boxes = {
            name: _box(ref, roles.get(name, "step"), float(layout.points[name][1]), spacing)
            for name, ref in refs.items()
        }
        return _Drawing(boxes, layout.layers, bends, _lines(drawn, spacing), spacing).picture()

    tried: list[Picture] = []
    for spacing in (WIDE, CLOSE, NARROW):
        tried.append(spaced(spacing))
        if 0 < tried[-1].room <= LAPTOP_REM:
            return tried[-1]
    return next((picture for picture in tried if picture.room), tried[-1])


def _pairs(links: Sequence[Link]) -> list[tuple[str, str]]:
    return [(link.start, link.end) for link in links]


def _with_ghosts(layout: Layout, ghosts: Collection[str], refs: Collection[str]) -> Layout:
    """A layout with what nothing leads to below its last column, where it takes no width of its own."""
    absent = sorted(set(ghosts) & set(refs))
    layer = max(layout.layers.values(), default=0)
    lowest = max((layout.points[name][1] for name, of in layout.layers.items() if of == layer), default=-ROW)
    placed = {name: (layer * COLUMN, lowest + number * ROW) for number, name in enumerate(absent, 1)}
    return Layout({**layout.layers, **dict.fromkeys(absent, layer)}, {**layout.points, **placed}, layout.bends)


def _box(ref: EntityRef, role: str, y: float, spacing: Spacing) -> Box:
    lines = wrapped(ref.label, spacing.label)
    if len(lines) > spacing.lines:
        lines = (*lines[: spacing.lines - 1], lines[spacing.lines - 1] + "…")
    lines = (*lines, *_MET.get(role, ()))
    top = -(len(lines) - 1) * LINE_HEIGHT / 2 + 4
    return Box(
        id=ref.id,
        curie=ref.curie,
        type=ref.type,
        label=ref.label,
        role="joint" if ref.type == "JointCause" and role == "step" else role,
        x=0,
        y=y,
        half_width=round(max(LEAST_HALF_PX, max(map(len, lines)) * CHARACTER / 2 + spacing.padding_px), 1),
        half_height=round(len(lines) * LINE_HEIGHT / 2 + 7, 1),
        corner=14 if ref.type in {"Drug", "DrugClass", "Regimen"} else 4,
        lines=tuple(Line(text, round(top + place * LINE_HEIGHT)) for place, text in enumerate(lines)),
    )


@dataclass(frozen=True)
class _Stroke:
    """What becomes one line: links with the same ends and the same mark."""

    start: str
    end: str
    links: tuple[Link, ...]
    label_width: int

    @property
    def mark(self) -> str:
        return _MARKS.get(self.links[0].sign or 0, "dot")

    @property
    def label(self) -> tuple[str, ...]:
        words = dict.fromkeys(link.label for link in self.links)
        return tuple(line for word in words for line in wrapped(word, self.label_width))


def _lines(links: Sequence[Link], spacing: Spacing) -> list[_Stroke]:
    """Links with the same ends and mark share a line; others beside them get one of their own."""
    grouped: dict[tuple[str, str, str], list[Link]] = defaultdict(list)
    for link in links:
        grouped[link.start, link.end, _MARKS.get(link.sign or 0, "dot")].append(link)
    leaving, arriving = Counter(start for start, _, _ in grouped), Counter(end for _, end, _ in grouped)
    return [
        _Stroke(
            start,
            end,
            tuple(group),
            spacing.fan_label if max(leaving[start], arriving[end]) >= FAN_FROM else spacing.edge_label,
        )
        for (start, end, _), group in sorted(grouped.items())
    ]


class _Drawing:
    """One drawing at work: columns, rows, ports, lines, labels, frame."""

    def __init__(
        self,
        boxes: dict[str, Box],
        layers: Mapping[str, int],
        bends: Mapping[Pair, Sequence[tuple[int, int]]],
        strokes: list[_Stroke],
        spacing: Spacing,
    ) -> None:
        self.layers, self.strokes, self.spacing = layers, strokes, spacing
        self.columns = self._columns(boxes)
        rows = heights(
            {n: box.y for n, box in boxes.items()}, {n: box.half_height for n, box in boxes.items()}, layers, bends
        )
        self.boxes = {
            name: replace(box, x=round(self.columns[layers[name]][0], 1), y=round(rows[name, "", layers[name]], 1))
            for name, box in boxes.items()
        }
        self.bends = {
            pair: [(x // COLUMN, round(rows[(*ahead(pair, layers), x // COLUMN)], 1)) for x, _ in points]
            for pair, points in bends.items()
        }

    def _columns(self, boxes: Mapping[str, Box]) -> list[tuple[float, float]]:
        """Centre and half width of each column."""
        gaps = self._gaps(boxes)
        columns: list[tuple[float, float]] = []
        x = 0.0
        for layer, gap in enumerate(gaps):
            half = max((box.half_width for name, box in boxes.items() if self.layers[name] == layer), default=8.0)
            x += half
            columns.append((x, half))
            x += half + gap
        return columns

    def _gaps(self, boxes: Iterable[str]) -> list[float]:
        """Room behind each column: for the words of lines, and for fans of lines to part."""
        count = max(self.layers.values()) + 1
        gaps = [float(self.spacing.gap_px)] * count
        for stroke in self.strokes:
            first, end = sorted((self.layers[stroke.start], self.layers[stroke.end]))
            words = max(len(line) for line in stroke.label) * EDGE_CHARACTER + self.spacing.air_px
            for layer in {first, end - 1} & set(range(count)):
                gaps[layer] = max(gaps[layer], words)
        for name in boxes:  # a fan of lines needs length to part, and then room for its words
            for ends in ("start", "end"):
                fan = [stroke for stroke in self.strokes if getattr(stroke, ends) == name]
                layer = self.layers[name] - (ends == "end")
                if 0 <= layer < count:
                    gaps[layer] = max(gaps[layer], self.spacing.gap_px + self.spacing.line_px * len(fan))
                    if len(fan) >= FAN_FROM:
                        widest = max(len(line) for stroke in fan for line in stroke.label)
                        gaps[layer] = max(gaps[layer], self.spacing.fan_px + widest * EDGE_CHARACTER)
        return gaps

    def picture(self) -> Picture:
        ways = self._ways()
        taken = [_around(box) for box in self.boxes.values()]
        labels: dict[int, Label] = {}
        # Short lines have the least choice of where their words go, so they choose first.
        for number in sorted(range(len(ways)), key=lambda n: (len(ways[n]), n)):
            stroke = self.strokes[number]
            labels[number], rect = placed_label(stroke.label, ways[number], taken, self._parted(stroke))
            taken.append(rect)
        frame = taken + [Rect(x, y, x, y) for way in ways for segment in way for x, y in segment]
        left, right = min(r.left for r in frame) - MARGIN, max(r.right for r in frame) + MARGIN
        top, bottom = min(r.top for r in frame) - MARGIN, max(r.bottom for r in frame) + MARGIN
        return Picture(
            tuple(sorted(self.boxes.values(), key=lambda box: (box.x, box.y, box.id))),
            tuple(_arrow(stroke, ways[number], labels[number]) for number, stroke in enumerate(self.strokes)),
            *(round(number, 1) for number in (left, top, right - left, bottom - top)),
        )

    def _parted(self, stroke: _Stroke) -> Side | None:
        """The end of a stroke at which it has parted from the others of its fan, if it is of one."""
        leaving = sum(1 for other in self.strokes if other.start == stroke.start)
        arriving = sum(1 for other in self.strokes if other.end == stroke.end)
        if max(leaving, arriving) < FAN_FROM or leaving == arriving:
            return None
        return "end" if leaving > arriving else "start"

    def _ways(self) -> list[list[Piece]]:
        """Each stroke as pieces from left to right (or back): curves between columns, level lines through them."""
        inner = [self._inner(stroke) for stroke in self.strokes]
        leaving: dict[tuple[str, bool], list[tuple[float, int]]] = defaultdict(list)
        arriving: dict[tuple[str, bool], list[tuple[float, int]]] = defaultdict(list)
        for number, stroke in enumerate(self.strokes):
            goes_on = self._is_ahead(stroke)
            points = [(0.0, self.boxes[stroke.start].y), *inner[number], (0.0, self.boxes[stroke.end].y)]
            leaving[stroke.start, goes_on].append((points[1][1], number))
            arriving[stroke.end, goes_on].append((points[-2][1], number))
        # A line that goes back leaves on the side where others arrive, and shares its places with them.
        starts, ends = self._ports(leaving, out=True), self._ports(arriving, out=False)
        return [list(pairwise([starts[number], *between, ends[number]])) for number, between in enumerate(inner)]

    def _is_ahead(self, stroke: _Stroke) -> bool:
        return self.layers[stroke.start] <= self.layers[stroke.end]

    def _inner(self, stroke: _Stroke) -> list[Point]:
        goes_on = self._is_ahead(stroke)
        points: list[Point] = []
        for layer, y in self.bends.get((stroke.start, stroke.end), ()):
            x, half = self.columns[layer]
            sides = [(x - half, y), (x + half, y)]
            points += sides if goes_on else reversed(sides)
        return points

    def _ports(self, used: Mapping[tuple[str, bool], list[tuple[float, int]]], *, out: bool) -> dict[int, Point]:
        places: dict[int, Point] = {}
        for (name, goes_on), lines in used.items():
            box = self.boxes[name]
            apart = min(11.0, (2 * box.half_height - 10) / max(len(lines) - 1, 1))
            right = goes_on is out
            x = box.x + (box.half_width + (0 if out else 2)) * (1 if right else -1)
            for place, (_, number) in enumerate(sorted(lines)):
                places[number] = (round(x, 1), round(box.y + (place - (len(lines) - 1) / 2) * apart, 1))
        return places


def _around(box: Box) -> Rect:
    return Rect(box.x - box.half_width, box.y - box.half_height, box.x + box.half_width, box.y + box.half_height)


def _arrow(stroke: _Stroke, way: Sequence[Piece], label: Label) -> Arrow:
    first = stroke.links[0]
    return Arrow(
        start=stroke.start,
        end=stroke.end,
        step=first.step,
        href=first.href,
        path=_path(way),
        mark=stroke.mark,
        certainty=first.certainty,
        sentence="; ".join(dict.fromkeys(link.sentence for link in stroke.links)),
        words=", ".join(dict.fromkeys(link.label for link in stroke.links)),
        label=label,
    )


def _path(pieces: Sequence[Piece]) -> str:
    """A path that leaves and arrives level, as eyes follow columns."""
    (x, y), _ = pieces[0]
    parts = [f"M{x:.1f},{y:.1f}"]
    for (ax, ay), (bx, by) in pieces:
        if abs(ay - by) < 0.5:
            parts.append(f"L{bx:.1f},{by:.1f}")
        else:
            half = (bx - ax) / 2
            parts.append(f"C{ax + half:.1f},{ay:.1f} {bx - half:.1f},{by:.1f} {bx:.1f},{by:.1f}")
    return " ".join(parts)
