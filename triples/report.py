"""What a check found, as text for a terminal and as values for JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ontology.english import counted
from triples.check import CheckReport
from triples.coverage import Coverage


def render_check(report: CheckReport, *, coverage: bool = False, identifiers: bool = False) -> str:
    """Every fault with its place, then counts.

    With ``coverage`` what no fact points to; with ``identifiers`` the share of entities known elsewhere.
    """
    lines = [*_lines(report, coverage=coverage), *(_identifiers(report) if identifiers else ())]
    files = ", ".join(dict.fromkeys(report.elsewhere))
    others = f" ({len(report.elsewhere)} more in {files})" if report.elsewhere else ""
    if not report.compiled and (report.faults or report.elsewhere):
        lines.append("the graph that the files make is checked when they have no fault")
    return "\n".join([*lines, counted(len(report.faults), "fault") + others]) + "\n"


def _lines(report: CheckReport, *, coverage: bool) -> Iterator[str]:
    yield from (str(fault) for fault in report.faults)
    yield from (str(each) for each in report.support.unsupported)
    for name, count in report.located.items():
        yield f"{name}: {counted(count, 'quote')} replaced by offsets"
    if report.published is not None:
        yield f"published/: {counted(report.published, 'identifier')} added"
    for folder in report.folders:
        counts = (
            (folder.statements, "statement"),
            (folder.studies, "study"),
            (folder.patients, "patient"),
            (folder.conflicts, "conflict"),
        )
        yield f"{folder.name}: " + ", ".join(counted(len(group), noun) for group, noun in counts)
    if report.support.facts:
        lacking, share = len(report.support.unsupported), report.support.context_share
        compared = f"{counted(report.support.facts, 'fact')} compared with their passages"
        yield f"{compared}: {lacking} not supported, {share:.0%} need a context"
    if coverage:
        for each in report.coverage():
            yield from _coverage(each)


def _identifiers(report: CheckReport) -> Iterator[str]:
    for each in report.mappings():
        yield f"{each.kind}: {each.mapped} of {each.entities} with an identifier elsewhere ({each.share:.0%})"
        yield from (f"  {reason}: {' '.join(curies)}" for reason, curies in each.unmapped.items())


def _coverage(each: Coverage) -> Iterator[str]:
    covered = f"{each.document}: {each.covered} of {each.sentences} sentences covered"
    yield f"{covered}, {each.excluded} set aside with a reason"
    yield from (f"  {gap.span} [{gap.section}] {gap.text}" for gap in each.uncovered)
    yield from (f"  {gap.span} [{gap.section}] the number {gap.text} is in no fact" for gap in each.numbers)


def check_summary(report: CheckReport) -> dict[str, Any]:
    """The same for programs."""
    return {
        "sound": report.is_sound,
        "compiled": report.compiled,
        "faults": list(report.faults),
        "unsupported": [str(each) for each in report.support.unsupported],
        "facts_compared": report.support.facts,
        "context_share": report.support.context_share,
        "located": dict(report.located),
        "published": report.published,
        "identifiers": [
            {
                "kind": each.kind,
                "entities": each.entities,
                "mapped": each.mapped,
                "unmapped": {reason: list(curies) for reason, curies in each.unmapped.items()},
            }
            for each in report.mappings()
        ],
        "documents": [
            {
                "document": folder.id,
                "statements": len(folder.statements),
                "studies": len(folder.studies),
                "patients": len(folder.patients),
                "conflicts": len(folder.conflicts),
            }
            for folder in report.folders
        ],
    }
