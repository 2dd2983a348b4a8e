"""The command line, and the only place that wires everything together.

Question commands come from ``server.questions``: the same parameters, and with ``--json`` the same bytes, as over HTTP.
Exit codes: 0 done, 2 wrong use, 3 faults in curated files, 4 not found, 5 a limit was hit.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from platformdirs import user_data_path

from kg.budget import DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S, Budget
from kg.errors import (
    AmbiguousEntity,
    BudgetExceeded,
    CurationError,
    EntityNotFound,
    InvalidParameter,
    KgError,
    Overloaded,
    RemoteUnavailable,
    StoreUnavailable,
)
from kg.graph import KnowledgeGraph
from kg.remote.graph import open_remote
from kg.sparql.query import SparqlOperation
from server.addresses import csv_text
from server.handing_over import STORE_VARIABLE, Commands, add_export, add_push
from server.http.negotiation import format_named
from server.pages import figures
from server.pages.sharing import source_line
from server.questions.parameters import Arguments, Parameter, read
from server.questions.present import dumps, listing
from server.questions.table import QUESTIONS, Question
from server.serving.granian_server import serve_with_granian
from server.serving.process import serve
from server.settings import Settings, add_arguments, from_arguments
from server.terminal import render
from triples.imports.catalog import ImportManifest, list_imports, remove_import
from triples.imports.job import READERS, ImportQuestion, run_import
from triples.read import CURATED

EXIT_CODES: tuple[tuple[tuple[type[KgError], ...], int], ...] = (
    ((CurationError,), 3),
    ((EntityNotFound, AmbiguousEntity, StoreUnavailable, RemoteUnavailable), 4),
    ((BudgetExceeded, Overloaded), 5),
    ((KgError,), 2),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        return int(given.run(given))
    except KgError as error:
        if getattr(given, "json", False):
            sys.stderr.write(dumps({"code": error.code, "detail": str(error)}))
        else:
            sys.stderr.write(f"sarcoma-kg: {error}\n")
        return next(code for kinds, code in EXIT_CODES if isinstance(error, kinds))
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        sys.stderr.close()
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="sarcoma-kg", description="A knowledge graph of sarcoma treatment.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--data",
        type=Path,
        default=user_data_path("sarcoma-kg"),
        metavar="DIR",
        help="where built graphs lie (%(default)s)",
    )
    common.add_argument("--json", action="store_true", help="print JSON")
    reading = argparse.ArgumentParser(add_help=False, parents=[common])
    reading.add_argument(
        "--store",
        default=os.environ.get(STORE_VARIABLE, ""),
        metavar="URL",
        help=f"a SPARQL endpoint that `push` has loaded, instead of the graph in --data ({STORE_VARIABLE})",
    )
    _add_build(commands, common)
    add_push(commands, common)
    add_export(commands, common)
    _add_serve(commands, reading)
    _add_check(commands, common)
    _add_facts(commands, common)
    _add_query(commands, reading)
    _add_import(commands, common)
    for question in QUESTIONS:
        _add_question(commands, reading, question)
    return parser


def _add_build(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "build", parents=[common], help="compile the curated facts into a new version of the graph"
    )
    command.add_argument(
        "--curated", type=Path, default=CURATED, metavar="DIR", help="other curated files than the packaged ones"
    )
    command.add_argument("--force", action="store_true", help="build even if nothing has changed")
    command.set_defaults(run=_build)


def _build(given: argparse.Namespace) -> int:
    def progress(message: str) -> None:
        if not given.json:
            print(message, file=sys.stderr)

    from triples.build import build  # noqa: PLC0415 - reasoner and shapes: half a second that no question needs

    built = build(given.data, given.curated, progress, force=given.force)
    if given.json:
        sys.stdout.write(dumps({"generation": built.path.name, "skipped": built.skipped, "manifest": built.manifest}))
        return 0
    done = "already built: " if built.skipped else ""
    print(f"{done}{built.path.name} is current in {given.data}")
    print(f"{built.manifest.quads} quads, dataset SHA-256 {built.manifest.checksum}")
    return 0


def _opened(given: argparse.Namespace, settings: Settings | None = None) -> KnowledgeGraph:
    """The graph that a command reads: behind the address of --store, or in the data folder."""
    settings = settings or Settings(workers=1, slow_workers=0)
    if given.store:
        return open_remote(
            given.store,
            given.data / "remote",
            connections=settings.workers,
            max_waiting=settings.max_waiting,
            limits=settings.limits,
        )
    return KnowledgeGraph.open(
        given.data,
        lanes=settings.lanes,
        union_default_graph=settings.default_graph == "union",
        limits=settings.limits,
    )


def _add_serve(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("serve", parents=[common], help="serve the graph over HTTP")
    add_arguments(command)
    command.set_defaults(run=_serve)


def _serve(given: argparse.Namespace) -> int:
    settings = from_arguments(given)
    reopen = partial(_opened, given, settings)
    if settings.server == "granian":
        serve_with_granian(reopen, settings)
        return 0
    with reopen() as graph:
        serve(graph, settings, reopen)
    return 0


def _add_check(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("check", parents=[common], help="find every fault in the curated files")
    command.add_argument(
        "--curated", type=Path, default=CURATED, metavar="DIR", help="the folder with entities/ and documents/"
    )
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
    command.set_defaults(run=_check)


def _check(given: argparse.Namespace) -> int:
    if given.sources is None and (given.locate or given.coverage):
        raise InvalidParameter("--sources", "", "the folder with the source documents, for --locate and --coverage")
    from triples.check import CheckQuestion, check  # noqa: PLC0415 - as in _build
    from triples.report import check_summary, render_check  # noqa: PLC0415

    question = CheckQuestion(
        given.curated,
        given.document,
        given.file,
        given.sources,
        given.locate,
        shapes=True,
        retractions=given.retractions,
    )
    report = check(question)
    text = render_check(report, coverage=given.coverage, identifiers=given.identifiers)
    sys.stdout.write(dumps(check_summary(report)) if given.json else text)
    return 0 if report.is_sound else 3


def _add_facts(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser(
        "facts", parents=[common], help="every fact of a document as a plain sentence, in the order of its text"
    )
    command.add_argument(
        "--curated", type=Path, default=CURATED, metavar="DIR", help="the folder with entities/ and documents/"
    )
    command.add_argument("--document", required=True, help="for example 000")
    command.set_defaults(run=_facts)


def _facts(given: argparse.Namespace) -> int:
    from triples.build import read_sound_corpus  # noqa: PLC0415 - as in _build
    from triples.facts import facts  # noqa: PLC0415

    listed = facts(read_sound_corpus(given.curated), given.document)
    if given.json:
        sys.stdout.write(dumps(listing(tuple(listed))))
    else:
        for fact in listed:
            print(f"{', '.join(map(str, fact.passages)):24} {fact.sentence}")
    return 0


def _add_query(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("query", parents=[common], help="run a SPARQL query")
    command.add_argument("query", help="SPARQL text, @FILE, or - for standard input")
    command.add_argument(
        "--format", help="json, xml, csv, tsv, turtle, ntriples, jsonld ... (default: csv, or turtle for graphs)"
    )
    command.add_argument(
        "--timeout", type=float, default=DEFAULT_TIMEOUT_S, metavar="SECONDS", help=f"at most {MAX_TIMEOUT_S:g}"
    )
    command.set_defaults(run=_query)


def _query(given: argparse.Namespace) -> int:
    text = given.query
    if text == "-":
        text = sys.stdin.read()
    elif text.startswith("@"):
        text = _query_in(text[1:])
    budget = Budget(timeout_s=given.timeout)
    with _opened(given) as graph:
        media_type = format_named(text, "json" if given.json else given.format)
        body = graph.store.evaluate(SparqlOperation(text), media_type, budget)
    sys.stdout.buffer.write(body)
    return 0


def _query_in(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise InvalidParameter("query", f"@{file}", f"a file of SPARQL in UTF-8 ({fault})") from fault


def _add_import(commands: Commands, common: argparse.ArgumentParser) -> None:
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
    def progress(message: str) -> None:
        if not given.json:
            print(message, file=sys.stderr)

    if given.remove is not None:
        remove_import(given.data, given.remove)
        progress(f"removed {given.remove}; the next `sarcoma-kg build` is without it")
        return 0
    if not given.files:
        imports = list_imports(given.data)
        sys.stdout.write(dumps(listing(imports)) if given.json else "".join(map(_import_line, imports)))
        return 0
    if given.name is None:
        raise InvalidParameter("--name", "", "a name for the import")
    question = ImportQuestion(given.name, tuple(given.files), given.licence, given.version, given.source, given.format)
    done = run_import(given.data, question, progress)
    if given.json:
        sys.stdout.write(dumps({"import": done.manifest, "rejects": str(done.rejects), "skipped": done.skipped}))
        return 0
    sys.stdout.write(_import_line(done.manifest))
    if done.manifest.counts["rejected"]:
        print(f"rejected rows, with line and reason: {done.rejects}")
    print("run `sarcoma-kg build` to take it in")
    return 0


def _import_line(manifest: ImportManifest) -> str:
    counts = manifest.counts
    held = f"{counts['nodes']:,} nodes, {counts['edges']:,} edges, {counts['rejected']:,} rows rejected"
    return f"{manifest.name}: {manifest.kind}, version {manifest.version}, {manifest.licence}; {held}\n"


def _add_question(commands: Commands, common: argparse.ArgumentParser, question: Question) -> None:
    command = commands.add_parser(question.name, parents=[common], help=question.summary)
    for parameter in question.parameters:
        _add_parameter(command, parameter)
    if question.others:
        command.add_argument("others", nargs="*", metavar="NAME=VALUE", help="parameters of the question asked")
    command.set_defaults(run=_ask, question=question)


def _add_parameter(command: argparse.ArgumentParser, parameter: Parameter) -> None:
    dest = f"given_{parameter.name}"
    if parameter.required:
        count = "+" if parameter.repeated else 1
        command.add_argument(dest, nargs=count, metavar=parameter.name.upper(), help=parameter.help)
        return
    flag = "--" + parameter.name.replace("_", "-")
    default = "" if parameter.default is None else f" (default {json.dumps(parameter.default)})"
    command.add_argument(flag, dest=dest, action="append", default=[], metavar="VALUE", help=parameter.help + default)


def _ask(given: argparse.Namespace) -> int:
    question: Question = given.question
    values = {parameter.name: getattr(given, f"given_{parameter.name}") for parameter in question.parameters}
    for text in getattr(given, "others", ()):
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidParameter("parameter", text, "NAME=VALUE, for example histotype=leiomyosarcoma")
        values.setdefault(name, []).append(value)
    arguments = read(question.parameters, values, others=question.others)
    with _opened(given) as graph:
        answer = question.answer(graph, arguments)
        source = source_line(graph)
    sys.stdout.write(_in_form(answer, arguments, source, is_json=given.json))
    return 0


def _in_form(answer: Any, given: Arguments, source: str, *, is_json: bool) -> str:
    form = given.text("format") if "format" in given.table else None
    if form == "svg":
        return figures.svg(answer, source, given.text("figure") or "" if "figure" in given.table else "")
    if form == "csv":
        return csv_text(figures.table_of(answer))
    return dumps(answer) if is_json or form == "json" else render(answer)


if __name__ == "__main__":
    sys.exit(main())
