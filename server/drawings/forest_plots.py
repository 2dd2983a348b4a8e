"""Forest plots as plain figures for templates: rates with their intervals.

Everything here is arithmetic on answers; the same numbers stand in a table beside each plot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from kg.evidence.filters import people_of
from kg.evidence.measures import MeasureRef
from kg.evidence.pooling import PoolAnswer
from kg.evidence.rows import EvidenceRow
from kg.model import Interval
from server.drawings.wrapping import shortened

FOREST_LEFT, FOREST_WIDTH, FOREST_RIGHT = 330, 420, 190
FOREST_ROW, FOREST_HEAD = 38, 34
MAX_FOREST_ROWS = 40
# In which order a clinician asks for rates; others follow, those with most groups of patients first.
_FIRST_MEASURES = (
    "objective-response-rate", "response-rate", "complete-response", "partial-response", "clinical-benefit-rate",
    "disease-control", "stable-disease",
)  # fmt: skip


@dataclass(frozen=True)
class ForestRow:
    """One rate with its interval in percent, and its words. A page draws it as wide as its window, a file in pixels.

    Attributes:
        name: of whom, whole; ``lines``: as much of it as a file has room for.
        n: for how many people its square is drawn.
        kind: "rate", "pooled" or "prediction".
        y: where it stands in the drawing, in pixels.
    """

    href: str
    name: str
    figure: str
    rate: float
    low_rate: float
    high_rate: float
    is_derived: bool
    n: int
    kind: str = "rate"
    y: int = 0

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
    def size(self) -> float:
        """Half the side of its square, in pixels."""
        return round(3.5 + min(math.sqrt(self.n), 16) / 4, 1)

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

    Returns: at most ``MAX_FOREST_ROWS`` rates in all, responses before what else was counted, in each the best first.
    """
    groups: dict[tuple[str, str], list[_Rate]] = {}
    for row in rows:
        rate = _rate_of(row)
        if rate is not None and not row.flags and _is_effect(row, rate.measure):
            definition = row.definition.label if row.definition else ""
            groups.setdefault((rate.measure.label, definition), []).append(rate)
    room = MAX_FOREST_ROWS
    found = []
    for (measure, definition), listed in sorted(groups.items(), key=lambda item: _place_of(item[1])):
        shown = sorted(listed, key=lambda rate: rate.rank)[:room]
        if not shown:
            break
        room -= len(shown)
        # "partial response (partial response only)" says it twice.
        said = definition if definition.startswith(measure) else f"{measure} ({definition})" if definition else measure
        found.append(_forest(said, shown))
    return tuple(found)


def _place_of(rates: Sequence[_Rate]) -> tuple[int, int]:
    """Where a group of rates stands on the page: by its measure, then by how many rates it has."""
    name = rates[0].measure.curie.partition(":")[2]
    rank = _FIRST_MEASURES.index(name) if name in _FIRST_MEASURES else len(_FIRST_MEASURES)
    return rank, -len(rates)


@dataclass(frozen=True)
class _Rate:
    """A result that is a share of patients, in percent, with its interval."""

    row: EvidenceRow
    measure: MeasureRef
    percent: float
    low: float
    high: float
    is_derived: bool

    @property
    def rank(self) -> tuple[float, str]:
        """The best first: of progressions the fewest."""
        is_progression = tuple(self.measure.counts) == ("PD",)
        return self.percent if is_progression else -self.percent, self.row.id


def _is_effect(row: EvidenceRow, measure: MeasureRef) -> bool:
    """Whether a rate tells what the treatment did to the tumour, not who was treated or what it cost them."""
    counts = measure.counts or (row.definition is not None and row.definition.counts)
    return row.adverse_event is None and ("benefit" in measure.groups or bool(counts))


def _rate_of(row: EvidenceRow) -> _Rate | None:
    percent, interval = _percent(row), _interval(row)
    if row.measure is None or percent is None or interval is None:
        return None
    return _Rate(row, row.measure, percent, *interval)


def _percent(row: EvidenceRow) -> float | None:
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


def _forest(heading: str, rates: Sequence[_Rate]) -> Forest:
    return _laid_out(heading, [_row(rate) for rate in rates])


def _row(rate: _Rate) -> ForestRow:
    row, n = rate.row, people_of(rate.row)
    subject = row.arm or row.patient or row.study
    return ForestRow(
        href=f"#row-{row.id.rpartition('/')[2]}",
        name=(subject.label if subject else "") + (f", {row.subgroup}" if row.subgroup else ""),
        figure=f"{_short(rate.percent)}% ({_span(rate.low, rate.high)})" + (f", n = {n}" if n else ""),
        rate=rate.percent,
        low_rate=rate.low,
        high_rate=rate.high,
        is_derived=rate.is_derived,
        n=n or 1,
    )


def pool_forest(answer: PoolAnswer, heading: str) -> Forest:
    """The studies of a pooled share, and below them the estimate and where a further study is to be expected."""
    rows = [
        _pooled_row(s.study.label, s.percent, s.derived_ci, f"{s.numerator} of {s.denominator}", n=s.denominator)
        for s in answer.studies
    ]
    if (pooled := answer.estimate) is not None:
        studies = f"{len(answer.studies)} studies"
        rows.append(_pooled_row("Pooled, random effects", pooled.percent, pooled.ci, studies, kind="pooled"))
        if pooled.prediction is not None:
            further = "A further study, predicted"
            rows.append(_pooled_row(further, pooled.percent, pooled.prediction, kind="prediction"))
    return _laid_out(heading, rows)


def _pooled_row(
    name: str, percent: float, interval: Interval, note: str = "", *, kind: str = "rate", n: int = 0
) -> ForestRow:
    low, high = interval.low or 0.0, 100.0 if interval.high is None else interval.high
    figure = f"{_span(low, high)}%" if kind == "prediction" else f"{_short(percent)}% ({_span(low, high)}), {note}"
    return ForestRow("", name, figure, percent, low, high, is_derived=kind == "rate", n=n, kind=kind)


def _span(low: float, high: float) -> str:
    return f"{_short(low)} to {_short(high)}"


def _short(percent: float) -> str:
    """A percentage with one decimal where it has one.

    >>> _short(53.0), _short(2.439)
    ('53', '2.4')
    """
    return f"{percent:.1f}".removesuffix(".0")


def _place(percent: float) -> float:
    return round(FOREST_LEFT + FOREST_WIDTH * min(max(percent, 0.0), 100.0) / 100, 1)


def _laid_out(heading: str, rows: Sequence[ForestRow]) -> Forest:
    placed = tuple(replace(row, y=FOREST_HEAD + n * FOREST_ROW + FOREST_ROW // 2) for n, row in enumerate(rows))
    ticks = tuple((percent, _place(percent)) for percent in range(0, 101, 20))
    height = FOREST_HEAD + len(rows) * FOREST_ROW + 26
    return Forest(heading, placed, FOREST_LEFT + FOREST_WIDTH + FOREST_RIGHT, height, ticks)
