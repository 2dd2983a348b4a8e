"""Swimmer plots as plain figures for templates: one patient's history, lane by lane.

Everything here is arithmetic on answers; the same numbers stand in a table beside each plot.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kg.evidence.cases import Timeline
from kg.evidence.history import TimelineEntry
from kg.evidence.lines import is_told
from kg.model import Response
from server.drawings.pictures import room_needed
from server.drawings.wrapping import shortened

SWIMMER_LEFT, SWIMMER_ROW, SWIMMER_HEAD = 240, 34, 30
SWIMMER_STEP, MARK = 30, 21

Place = Callable[[TimelineEntry], float]

_RESPONSES: Mapping[Response, str] = {"CR": "good", "PR": "good", "SD": "", "MR": "good", "PD": "bad", "none": "bad"}
_GLYPHS: Mapping[Response, str] = {"none": "no", "mixed": "±"}


@dataclass(frozen=True)
class Mark:
    """An event on a lane: a shape, a short word in it, and what it stands for."""

    href: str
    title: str
    glyph: str
    kind: str
    tone: str
    x: float

    @property
    def words(self) -> str:
        """What happened, without its kind."""
        return self.title.partition(": ")[2]


@dataclass(frozen=True)
class Lane:
    """A row of the swimmer plot: a treatment with its bar, or a lesion with its marks.

    ``label``: its name, whole; ``name``: as much of it as the plot has room for, in lines.
    """

    label: str
    name: tuple[str, ...]
    y: int
    start: float | None
    end: float | None
    is_planned: bool
    note: str
    href: str
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Swimmer:
    """One patient's treatments and lesions in the order told; the axis is a sequence, not a clock."""

    treatments: tuple[Lane, ...]
    lesions: tuple[Lane, ...]
    width: int
    height: int
    lesions_top: int
    steps: tuple[tuple[float, str], ...]

    @property
    def room(self) -> int:
        """How wide a window it needs; see :func:`server.drawings.pictures.room_needed`."""
        return room_needed(self.width)


def swimmer(timeline: Timeline) -> Swimmer:
    """Lay a history out: one column per place in the order of events, one lane per treatment and per site."""
    events = timeline.events
    centres, last = _columns(events)

    def place(event: TimelineEntry) -> float:
        return centres[event.order]

    episodes = [event for event in events if event.kind in {"treatment", "procedure"}]
    treatments = [
        _episode(event, episodes, events, place, last=last, y=SWIMMER_HEAD + number * SWIMMER_ROW + SWIMMER_ROW // 2)
        for number, event in enumerate(episodes)
    ]
    top = SWIMMER_HEAD + len(episodes) * SWIMMER_ROW + 30
    lesions = _lesions(events, place, top)
    height = top + len(lesions) * SWIMMER_ROW + 14
    steps = tuple((x, str(number)) for number, x in enumerate(centres.values(), 1))
    return Swimmer(tuple(treatments), tuple(lesions), round(last) + 20, height, top, steps)


def _columns(events: Sequence[TimelineEntry]) -> tuple[dict[int, float], float]:
    """Where each place in the order stands (first mark of a lane), and where the last ends; crowded ones are wider."""
    crowds: dict[int, dict[str, int]] = {}
    for event in events:
        lanes = crowds.setdefault(event.order, {})
        names = [event.episode.id] if event.episode is not None else []
        names += _sites(event) if event.kind in {"imaging", "response"} else []
        for name in names:
            lanes[name] = lanes.get(name, 0) + 1
    centres: dict[int, float] = {}
    x = float(SWIMMER_LEFT)
    for order in sorted(crowds):
        most = max(crowds[order].values(), default=1)
        centres[order] = round(x + SWIMMER_STEP / 2, 1)
        x += SWIMMER_STEP + (most - 1) * MARK
    return centres, x


def _sites(event: TimelineEntry) -> list[str]:
    """The lanes of an event: every site that it names, else the lesion in words."""
    return [ref.label for ref in event.sites] or ([event.lesion] if event.lesion else [])


def _episode(
    event: TimelineEntry,
    episodes: Sequence[TimelineEntry],
    events: Sequence[TimelineEntry],
    place: Place,
    *,
    last: float,
    y: int,
) -> Lane:
    of_it = [other for other in events if other.episode is not None and other.episode.id == event.id]
    start = place(event)
    following = [place(other) for other in episodes if other.order > event.order]
    crowd = {other.order: sum(1 for one in of_it if one.order == other.order) for other in of_it}
    end = max([start + 16, *(place(other) + 12 + (crowd[other.order] - 1) * MARK for other in of_it)])
    if event.kind == "treatment" and following and not of_it:
        end = max(end, min(following) - 6)
    return Lane(
        label=event.label,
        name=shortened(event.label, 34),
        y=y,
        start=start - 8,
        end=min(end, last),
        is_planned=bool(event.planned),
        note=_note(event),
        href=_anchor(event),
        marks=_marks(of_it, place),
    )


def _note(event: TimelineEntry) -> str:
    """Setting and line, once where both say the same."""
    line = f"line {event.line}" if event.line and event.line.isdigit() else event.line
    return ", ".join(dict.fromkeys(word for word in (event.setting, line) if word))


def _marks(events: Sequence[TimelineEntry], place: Place) -> tuple[Mark, ...]:
    used: dict[float, int] = {}
    made = []
    for event in events:
        if event.kind in {"treatment", "procedure", "diagnosis"}:
            continue
        if event.kind == "adverse event" and not is_told(event):  # looked for and not seen: no mark stands for it
            continue
        x = place(event)
        crowd = used.get(x, 0)
        used[x] = crowd + 1
        made.append(_mark(event, x + crowd * MARK))
    return tuple(made)


def _mark(event: TimelineEntry, x: float) -> Mark:
    glyph, tone = "", ""
    if event.response is not None:
        glyph, tone = _GLYPHS.get(event.response, event.response[:2]), _RESPONSES.get(event.response, "")
    elif event.kind == "adverse event":
        glyph, tone = "!", "harm"
    elif event.kind == "dose change":
        glyph = "↓"
    else:
        glyph = event.kind[:1].upper()
    return Mark(_anchor(event), f"{event.kind}: {event.label}", glyph, event.kind.replace(" ", "-"), tone, round(x, 1))


def _lesions(events: Sequence[TimelineEntry], place: Place, top: int) -> list[Lane]:
    by_lesion: dict[str, list[TimelineEntry]] = {}
    for event in events:
        for name in _sites(event) if event.kind in {"imaging", "response"} else ():
            by_lesion.setdefault(name, []).append(event)
    return [
        Lane(
            label=name,
            name=shortened(name, 34),
            y=top + number * SWIMMER_ROW + SWIMMER_ROW // 2,
            start=None,
            end=None,
            is_planned=False,
            note="",
            href=_anchor(listed[0]),
            marks=_marks(listed, place),
        )
        for number, (name, listed) in enumerate(by_lesion.items())
    ]


def _anchor(event: TimelineEntry) -> str:
    return "#" + event.curie.replace(":", "-")
