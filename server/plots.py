"""Plots as plain figures for templates: rates with their intervals (forest) and one patient's history (swimmer).

Everything here is arithmetic on answers; the same numbers stand in a table beside each plot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.evidence.cases import Timeline
from kg.evidence.history import TimelineEntry
from kg.evidence.lines import is_told
from kg.evidence.pooling import PoolAnswer
from kg.evidence.rows import EvidenceRow
from server.drawing import wrapped

FOREST_LEFT, FOREST_WIDTH, FOREST_RIGHT = 330, 420, 190
FOREST_ROW, FOREST_HEAD = 38, 34
MAX_FOREST_ROWS = 40

SWIMMER_LEFT, SWIMMER_ROW, SWIMMER_HEAD = 240, 34, 30
SWIMMER_STEP, MARK = 30, 21

Place = Callable[[TimelineEntry], float]

_RESPONSES = {"CR": "good", "PR": "good", "SD": "", "MR": "good", "PD": "bad", "none": "bad"}
_GLYPHS = {"none": "–", "mixed": "±"}


@dataclass(frozen=True)
class ForestRow:
    """One rate with its interval in percent, and its words. A page draws it as wide as its window, a file in pixels.

    Attributes:
        name: of whom, whole; ``lines``: as much of it as a file has room for.
        size: half the side of its square, in pixels.
        kind: "rate", "pooled" or "prediction".
    """

    href: str
    name: str
    figure: str
    y: int
    rate: float
    low_rate: float
    high_rate: float
    is_derived: bool
    size: float
    kind: str = "rate"

    @property
    def title(self) -> str:
        """The whole row in words."""
        how = f", interval {'computed' if self.is_derived else 'as printed'}" if self.kind == "rate" else ""
        return f"{self.name}: {self.figure}{how}"

    @property
    def lines(self) -> tuple[str, ...]:
        """The name in two lines of the drawing."""
        return shortened(self.name, 46)

    @property
    def x(self) -> float:
        """Where the rate stands in the drawing, in pixels."""
        return _place(self.rate)

    @property
    def low(self) -> float:
        """Where its interval begins."""
        return _place(self.low_rate)

    @property
    def high(self) -> float:
        """Where its interval ends."""
        return _place(self.high_rate)


@dataclass(frozen=True)
class Forest:
    """Rates that count the same thing, one below the other."""

    heading: str
    rows: tuple[ForestRow, ...]
    width: int
    height: int
    ticks: tuple[tuple[int, float], ...]


def forests(rows: Sequence[EvidenceRow]) -> tuple[Forest, ...]:
    """Rates out of known numbers of patients, grouped by what was counted; flagged ones are left to the table.

    Returns: at most ``MAX_FOREST_ROWS`` rates in all, groups with most rates first, in each the best first.
    """
    groups: dict[tuple[str, str], list[EvidenceRow]] = {}
    for row in rows:
        if row.measure is None or row.flags or not _is_effect(row):
            continue
        if _rate(row) is None or _interval(row) is None:
            continue
        groups.setdefault((row.measure.label, row.definition.label if row.definition else ""), []).append(row)
    room = MAX_FOREST_ROWS
    found = []
    for (measure, definition), listed in sorted(groups.items(), key=lambda item: -len(item[1])):
        shown = sorted(listed, key=_best_first)[:room]
        if not shown:
            break
        room -= len(shown)
        # "partial response (partial response only)" says it twice.
        said = definition if definition.startswith(measure) else f"{measure} ({definition})" if definition else measure
        found.append(_forest(said, shown))
    return tuple(found)


def _is_effect(row: EvidenceRow) -> bool:
    """Whether a rate tells what the treatment did to the tumour, not who was treated or what it cost them."""
    assert row.measure is not None
    counts = row.measure.counts or (row.definition is not None and row.definition.counts)
    return row.adverse_event is None and ("benefit" in row.measure.groups or bool(counts))


def _best_first(row: EvidenceRow) -> tuple[float, str]:
    assert row.measure is not None
    rate = _rate(row) or 0.0
    is_progression = tuple(row.measure.counts) == ("PD",)
    return rate if is_progression else -rate, row.id


def _rate(row: EvidenceRow) -> float | None:
    if row.unit == "%" and row.value is not None:
        return float(row.value)
    return row.derived_rate.value if row.derived_rate is not None else None


def _interval(row: EvidenceRow) -> tuple[float, float, bool] | None:
    """Low, high, and whether it is computed rather than printed."""
    if row.unit == "%" and row.ci is not None and row.ci[0] is not None and row.ci[1] is not None:
        return float(row.ci[0]), float(row.ci[1]), False
    if row.derived_ci is not None and row.derived_ci.low is not None and row.derived_ci.high is not None:
        return row.derived_ci.low, row.derived_ci.high, True
    return None


def _forest(heading: str, rows: Sequence[EvidenceRow]) -> Forest:
    made = []
    for number, row in enumerate(rows):
        rate, interval = _rate(row), _interval(row)
        assert rate is not None
        low, high, is_derived = interval or (rate, rate, False)
        subject = row.arm or row.patient or row.study
        name = (subject.label if subject else "") + (f", {row.subgroup}" if row.subgroup else "")
        n = row.denominator or row.subgroup_n or (row.population.n if row.population else None)
        figure = f"{_short(rate)}% ({_short(low)} to {_short(high)})" + (f", n = {n}" if n else "")
        made.append(
            ForestRow(
                href=f"#row-{row.id.rpartition('/')[2]}",
                name=name,
                figure=figure,
                y=FOREST_HEAD + number * FOREST_ROW + FOREST_ROW // 2,
                rate=rate,
                low_rate=low,
                high_rate=high,
                is_derived=is_derived,
                size=round(3.5 + min((n or 1) ** 0.5, 16) / 4, 1),
            )
        )
    return _laid_out(heading, made)


def pool_forest(answer: PoolAnswer, heading: str) -> Forest:
    """The studies of a pooled share, and below them the estimate and where a further study is to be expected."""
    told = [
        (s.study.label, s.percent, s.derived_ci, f"{s.numerator} of {s.denominator}", "rate") for s in answer.studies
    ]
    if answer.estimate is not None:
        pooled = answer.estimate
        told.append(("Pooled, random effects", pooled.percent, pooled.ci, f"{len(answer.studies)} studies", "pooled"))
        if pooled.prediction is not None:
            told.append(("A further study, predicted", pooled.percent, pooled.prediction, "", "prediction"))
    sizes = [s.denominator for s in answer.studies] + [0] * (len(told) - len(answer.studies))
    made = []
    for number, ((name, rate, interval, note, kind), n) in enumerate(zip(told, sizes, strict=True)):
        low, high = interval.low or 0.0, 100.0 if interval.high is None else interval.high
        span = f"{_short(low)} to {_short(high)}"
        figure = f"{span}%" if kind == "prediction" else f"{_short(rate)}% ({span}), {note}"
        made.append(
            ForestRow(
                href="",
                name=name,
                figure=figure,
                y=FOREST_HEAD + number * FOREST_ROW + FOREST_ROW // 2,
                rate=rate,
                low_rate=low,
                high_rate=high,
                is_derived=kind == "rate",
                size=round(3.5 + min(n**0.5, 16) / 4, 1),
                kind=kind,
            )
        )
    return _laid_out(heading, made)


def _short(percent: float) -> str:
    """A percentage with one decimal where it has one.

    >>> _short(53.0), _short(2.439)
    ('53', '2.4')
    """
    return f"{percent:.1f}".removesuffix(".0")


def _place(percent: float) -> float:
    return round(FOREST_LEFT + FOREST_WIDTH * min(max(percent, 0.0), 100.0) / 100, 1)


def _laid_out(heading: str, rows: Sequence[ForestRow]) -> Forest:
    ticks = tuple((percent, _place(percent)) for percent in range(0, 101, 20))
    height = FOREST_HEAD + len(rows) * FOREST_ROW + 26
    return Forest(heading, tuple(rows), FOREST_LEFT + FOREST_WIDTH + FOREST_RIGHT, height, ticks)


def shortened(text: str, width: int, most: int = 2) -> tuple[str, ...]:
    """A text in at most so many lines of about ``width`` characters."""
    lines = wrapped(text, width)
    return lines if len(lines) <= most else (*lines[: most - 1], lines[most - 1][: width - 1] + "…")


@dataclass(frozen=True)
class Mark:
    """An event on a lane: a shape, a short word in it, and what it stands for."""

    href: str
    title: str
    glyph: str
    kind: str
    tone: str
    x: float


@dataclass(frozen=True)
class Lane:
    """A row of the swimmer plot: a treatment with its bar, or a lesion with its marks."""

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
        name=shortened(event.label, 34),
        y=y,
        start=start - 8,
        end=min(end, last),
        is_planned=bool(event.planned),
        note=", ".join(word for word in (event.setting, f"line {event.line}" if event.line else None) if word),
        href=_anchor(event),
        marks=_marks(of_it, place),
    )


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
            shortened(name, 34),
            top + number * SWIMMER_ROW + SWIMMER_ROW // 2,
            None,
            None,
            False,
            "",
            _anchor(listed[0]),
            _marks(listed, place),
        )
        for number, (name, listed) in enumerate(by_lesion.items())
    ]


def _anchor(event: TimelineEntry) -> str:
    return "#" + event.curie.replace(":", "-")
