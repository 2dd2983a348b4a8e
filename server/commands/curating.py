"""The commands of those who curate: check the facts, read them as sentences, take in other graphs, build."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from kg.difference import difference
from kg.errors import InvalidParameter
from server.commands import Commands, tell
from server.questions.present import dumps, listing
from server.terminal.forms import render
from triples.imports.biolink_terms import MODEL
from triples.imports.catalog import ImportManifest, list_imports, remove_import
from triples.imports.identifiers import local_name
from triples.imports.job import READERS, ImportQuestion, run_import
from triples.read import CURATED


def add_build(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``build``."""
    command = commands.add_parser(
        "build", parents=[common], help="compile the curated facts into a new version of the graph"
    )
    _add_curated(command)
    command.add_argument("--force", action="store_true", help="build even if nothing has changed")
    command.set_defaults(run=_build)


def _add_curated(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--curated",
        type=Path,
        default=CURATED,
        metavar="DIR",
        help="other curated files than the packaged ones: a folder with entities/ and documents/",
    )


def _build(given: argparse.Namespace) -> int:
    from triples.build import build  # noqa: PLC0415 - reasoner and shapes: half a second that no question needs

    built = build(given.data, given.curated, tell(given), force=given.force)
    if given.json:
        sys.stdout.write(dumps({"generation": built.path.name, "skipped": built.skipped, "manifest": built.manifest}))
        return 0
    done = "already built: " if built.skipped else ""
    print(f"{done}{built.path.name} is current in {given.data}")
    print(f"{built.manifest.quads} quads, dataset SHA-256 {built.manifest.checksum}")
    return 0


def add_check(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``check``."""
    command = commands.add_parser("check", parents=[common], help="find every fault in the curated files")
    _add_curated(command)
    command.add_argument("--document", help="only this document's folder, for example 000")
    command.add_argument("--file", help="only this file of the folder")
    command.add_argument(
        "--sources", type=Path, metavar="DIR", help="the source documents: also compare facts with their passages"
    )
    command.add_argument("--locate", action="store_true", help="replace quoted words by offsets; needs --sources")
    command.add_argument(
        "--coverage", action="store_true", help="list sentences and numbers in no fact; needs --sources"
    )
    command.add_argument(
        "--identifiers",
        action="store_true",
        help="list how many entities have identifiers elsewhere, and why others not",
    )
    command.add_argument(
        "--retractions", type=Path, metavar="FILE", help="retracted articles (PubMed identifiers) that must be marked"
    )
    command.add_argument(
        "--publish",
        action="store_true",
        help="at a release, if nothing is wrong: add every identifier to the lists in published/, which keep them",
    )
    command.set_defaults(run=_check)


def _check(given: argparse.Namespace) -> int:
    if given.sources is None and (given.locate or given.coverage):
        raise InvalidParameter("--sources", "", "the folder with the source documents, for --locate and --coverage")
    if given.sources is not None and not given.sources.is_dir():
        raise InvalidParameter("--sources", str(given.sources), "a folder that exists")
    from triples.check import CheckQuestion, check  # noqa: PLC0415 - as in _build
    from triples.report import check_summary, render_check  # noqa: PLC0415

    question = CheckQuestion(
        given.curated,
        document=given.document,
        file=given.file,
        sources_dir=given.sources,
        locate=given.locate,
        shapes=True,
        publish=given.publish,
        retractions=given.retractions,
    )
    report = check(question)
    text = render_check(report, coverage=given.coverage, identifiers=given.identifiers)
    sys.stdout.write(dumps(check_summary(report)) if given.json else text)
    return 0 if report.is_sound else 3


def add_diff(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``diff``."""
    command = commands.add_parser(
        "diff", parents=[common], help="what changed between two versions of the graph, and what became of what is gone"
    )
    version = "a data folder, a generation in it, a folder of `export --format rdf`, or sorted N-Quads"
    command.add_argument("old", type=Path, metavar="OLD", help=version)
    command.add_argument("new", type=Path, nargs="?", metavar="NEW", help="likewise; by default the graph in --data")
    command.add_argument("--limit", default="50", metavar="N", help="changes of each sort that are listed (50)")
    command.set_defaults(run=_diff)


def _diff(given: argparse.Namespace) -> int:
    if not given.limit.isascii() or not given.limit.isdecimal():
        raise InvalidParameter("--limit", given.limit, "a whole number")
    found = difference(given.old, given.new or given.data, int(given.limit))
    sys.stdout.write(dumps(found) if given.json else render(found))
    return 3 if found.unexplained else 0


def add_facts(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``facts``."""
    command = commands.add_parser(
        "facts", parents=[common], help="every fact of a document as a plain sentence, in the order of its text"
    )
    _add_curated(command)
    command.add_argument("unnamed", nargs="?", default="", metavar="DOCUMENT", help="for example 000")
    command.add_argument("--document", help="the same")
    command.set_defaults(run=_facts)


def _facts(given: argparse.Namespace) -> int:
    from triples.build import read_sound_corpus  # noqa: PLC0415 - as in _build
    from triples.facts import facts  # noqa: PLC0415

    document = given.document or given.unnamed
    if not document:
        raise InvalidParameter("DOCUMENT", "", "a document, for example 000")
    listed = facts(read_sound_corpus(given.curated), document)
    if given.json:
        sys.stdout.write(dumps(listing(tuple(listed))))
    else:
        for fact in listed:
            print(f"{', '.join(map(str, fact.passages)):24} {fact.sentence}")
    return 0


def add_import(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``import``."""
    command = commands.add_parser(
        "import", parents=[common], help="read another graph, which the next build takes in; list or remove imports"
    )
    command.add_argument("files", nargs="*", type=Path, metavar="FILE", help="its nodes and edges; none: list imports")
    command.add_argument("--name", help="what to call it: its graph is graph:import-NAME")
    command.add_argument("--licence", "--license", default="", help="of the data: an SPDX name or an address")
    command.add_argument("--version", default="", help="of the data, as its publisher calls it")
    command.add_argument("--source", default="", help="where it comes from: an address or a citation")
    command.add_argument("--format", choices=tuple(READERS), help="default: told from the files")
    command.add_argument("--remove", metavar="NAME", help="take this import out")
    command.set_defaults(run=_import)


def _import(given: argparse.Namespace) -> int:
    if given.remove is not None:
        remove_import(given.data, given.remove)
        tell(given)(f"removed {given.remove}; the next `sarcoma-kg build` is without it")
        return 0
    if not given.files:
        imports = list_imports(given.data)
        sys.stdout.write(dumps(listing(imports)) if given.json else "".join(map(_import_line, imports)))
        return 0
    if given.name is None:
        raise InvalidParameter("--name", "", "a name for the import, for example --name drugmechdb")
    question = ImportQuestion(
        name=given.name,
        files=tuple(given.files),
        licence=given.licence,
        version=given.version,
        source=given.source,
        kind=given.format,
    )
    done = run_import(given.data, question, tell(given))
    if given.json:
        sys.stdout.write(dumps({"import": done.manifest, "rejects": str(done.rejects), "skipped": done.skipped}))
        return 0
    sys.stdout.write(_import_line(done.manifest))
    if done.manifest.unknown_terms:
        told = ", ".join(
            f"{kind} biolink:{local_name(iri)} ({uses:,})" for kind, iri, uses in done.manifest.unknown_terms
        )
        print(f"kept, though the Biolink Model {MODEL} has no such term: {told}")
    if done.manifest.counts["rejected"]:
        print(f"rejected rows, with place and reason: {done.rejects}")
    print("run `sarcoma-kg build` to take it in")
    return 0


def _import_line(manifest: ImportManifest) -> str:
    counts = manifest.counts
    negated = f"{counts['negated']:,} negated claims that are no edges, " if counts["negated"] else ""
    held = f"{counts['nodes']:,} nodes, {counts['edges']:,} edges, {negated}{counts['rejected']:,} rows rejected"
    return f"{manifest.name}: {manifest.kind}, version {manifest.version}, {manifest.licence}; {held}\n"
