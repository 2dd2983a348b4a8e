"""Clinical results as a table for spreadsheets; computed figures have columns of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from kg.evidence.regimens import ComponentRow
from kg.evidence.rows import EvidenceAnswer, EvidenceRow
from kg.identifiers import display
from kg.model import EntityRef
from server.wording import dose_range

# In their order, each with what it says of a row. New ones go to the end: people read such files by place, too.
_COLUMNS: Mapping[str, Callable[[EvidenceRow], object]] = {
    "study": lambda row: _label(row.study),
    "design": lambda row: row.design,
    "phase": lambda row: row.phase,
    "year": lambda row: row.year,
    "arm": lambda row: _label(row.arm),
    "patient": lambda row: _label(row.patient),
    "regimen": lambda row: row.regimen.label if row.regimen else None,
    "doses": lambda row: row.doses,
    "histotypes": lambda row: _labels(row.population.histotypes) if row.population else None,
    "n": lambda row: row.population.n if row.population else None,
    "line": lambda row: row.population.line if row.population else None,
    "measure": lambda row: _label(row.measure),
    "definition": lambda row: _label(row.definition),
    "value": lambda row: row.value,
    "unit": lambda row: row.unit,
    "value_text": lambda row: row.value_text,
    "numerator": lambda row: row.numerator,
    "denominator": lambda row: row.denominator,
    "ci_low": lambda row: row.ci[0] if row.ci else None,
    "ci_high": lambda row: row.ci[1] if row.ci else None,
    "derived_ci_low": lambda row: row.derived_ci.low if row.derived_ci else None,
    "derived_ci_high": lambda row: row.derived_ci.high if row.derived_ci else None,
    "p_value": lambda row: row.p_value,
    "hazard_ratio": lambda row: row.hazard_ratio,
    "comparator": lambda row: _label(row.comparator),
    "difference": lambda row: row.difference,
    "direction": lambda row: row.direction,
    "adverse_event": lambda row: _label(row.adverse_event),
    "grade": lambda row: row.grade,
    "frequency": lambda row: row.frequency,
    "absence": lambda row: row.absence,
    "subgroup": lambda row: row.subgroup,
    "time_point": lambda row: row.time_point,
    "certainty": lambda row: row.certainty,
    "flags": lambda row: "; ".join(row.flags),
    "statement": lambda row: display(row.id),
    "documents": lambda row: _labels(row.documents),
    "passages": lambda row: "; ".join(display(place.id) for place in row.passages),
    "range_low": lambda row: row.range[0] if row.range else None,
    "range_high": lambda row: row.range[1] if row.range else None,
    "dose_ranges": lambda row: " | ".join(
        f"{each.drug.label} {dose_range(each)}" for each in _components(row) if each.range
    ),
    "arm_pools": lambda row: _labels(row.pools),
    "arm_within": lambda row: _label(row.within),
    "randomised": lambda row: row.randomised,
    "blinding": lambda row: row.blinding,
    "text": lambda row: row.text,
    "comparator_text": lambda row: row.comparator_text,
    "published": lambda row: "; ".join(map(str, row.published)),
}


def csv_rows(answer: EvidenceAnswer) -> list[list[str]]:
    """The results as rows, with a header."""
    return [list(_COLUMNS), *([_text(read(row)) for read in _COLUMNS.values()] for row in answer.items)]


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _label(ref: EntityRef | None) -> str | None:
    return ref.label if ref else None


def _labels(refs: Iterable[EntityRef]) -> str:
    return "; ".join(ref.label for ref in refs)


def _components(row: EvidenceRow) -> tuple[ComponentRow, ...]:
    return row.regimen.components if row.regimen else ()
