"""`python -m triples`: what curators run while they write. The full command line is `sarcoma-kg`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kg.errors import CurationError
from triples.build import CURATED, build, read_sound_corpus
from triples.check import CheckQuestion, CheckReport, check
from triples.facts import facts
from triples.reference import reference_page


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit code (0 fine, 3 faults)."""
    given = _parser().parse_args(arguments)
    if given.command == "reference":
        print(reference_page(), end="")
        return 0
    if given.command == "check":
        return _check(given)
    try:
        if given.command == "build":
            built = build(given.data, given.curated, print, force=given.force, shapes=not given.no_shapes)
            print(f"{built.manifest.quads} quads, checksum {built.manifest.checksum}")
        else:
            for fact in facts(read_sound_corpus(given.curated), given.document):
                print(f"{fact.id}\t{' '.join(map(str, fact.passages))}\t{fact.sentence}")
    except CurationError as error:
        print(error)
        return 3
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m triples", description=__doc__)
    parser.add_argument("--curated", type=Path, default=CURATED, help="the folder with entities/ and documents/")
    commands = parser.add_subparsers(dest="command", required=True)
    checking = commands.add_parser("check", help="find every fault in the curated files")
    checking.add_argument("--document", help="only this document's folder, e.g. 000")
    checking.add_argument("--file", help="only this file of the folder, e.g. statements-targeted.yaml")
    checking.add_argument("--sources", type=Path, help="the folder with the source documents")
    checking.add_argument("--locate", action="store_true", help="replace quotes by offsets; needs --sources")
    checking.add_argument("--shapes", action="store_true", help="also check against the SHACL shapes (slow)")
    checking.add_argument("--coverage", action="store_true", help="list sentences and numbers in no fact")
    checking.add_argument("--curated", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    building = commands.add_parser("build", help="build the graph into a data folder")
    building.add_argument("--data", type=Path, required=True)
    building.add_argument("--force", action="store_true", help="even if nothing has changed")
    building.add_argument("--no-shapes", action="store_true", help="leave out the SHACL shapes")
    listing = commands.add_parser("facts", help="the facts of a document as sentences")
    listing.add_argument("--document", required=True)
    commands.add_parser("reference", help="print docs/curating-reference.md")
    return parser


def _check(given: argparse.Namespace) -> int:
    if given.locate and given.sources is None:
        print("--locate needs --sources DIR")
        return 2
    question = CheckQuestion(given.curated, given.document, given.file, given.sources, given.locate, given.shapes)
    report = check(question)
    _print_faults(report, given.curated)
    if given.coverage:
        _print_coverage(report)
    for each in report.folders:
        counts = f"{len(each.statements)} statements, {len(each.studies)} studies"
        rest = f"{len(each.patients)} patients, {len(each.conflicts)} conflicts, {len(each.digests)} passages"
        print(f"{each.name}: {counts}, {rest}")
    if report.support.facts:
        lacking, share = len(report.support.unsupported), report.support.context_share
        print(f"{report.support.facts} facts compared: {lacking} not supported, {share:.0%} need a context")
    others = f" ({report.elsewhere} more in other files)" if report.elsewhere else ""
    print(f"{len(report.faults)} fault{'' if len(report.faults) == 1 else 's'}{others}")
    return 0 if report.is_sound else 3


def _print_faults(report: CheckReport, curated: Path) -> None:
    folder = curated.relative_to(Path.cwd()) if curated.is_relative_to(Path.cwd()) else curated
    unlocated: dict[str, int] = {}
    for fault in report.faults:
        if fault.reason.startswith("the source's words stand here"):
            unlocated[fault.file] = unlocated.get(fault.file, 0) + 1
        else:
            print(f"{folder}/{fault}")
    for file, count in unlocated.items():
        print(f"{folder}/{file}: {count} quotes still to be located (--sources DIR --locate)")
    for each in report.support.unsupported:
        print(f"{folder}/{each}")
    for name, count in report.located.items():
        print(f"{name}: {count} quote{'' if count == 1 else 's'} replaced by offsets")


def _print_coverage(report: CheckReport) -> None:
    for each in report.coverage():
        print(f"{each.document}: {each.covered} of {each.sentences} sentences, {each.excluded} set aside")
        for sentence in each.uncovered:
            print(f"  {sentence.span} [{sentence.section}] {sentence.text}")
        for number in each.numbers:
            print(f"  {number.span} [{number.section}] number {number.text} in no fact")


if __name__ == "__main__":
    sys.exit(main())
