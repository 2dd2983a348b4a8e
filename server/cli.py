"""The command line, and the only place that wires everything together.

Question commands come from ``server.questions``: the same parameters, and with ``--json`` the same bytes, as over HTTP.
Exit codes: 0 done, 2 wrong use, 3 faults in curated files, 4 not found, 5 a limit was hit.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeAlias

from platformdirs import user_data_path

from kg.budget import DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S, Budget
from kg.errors import (
    AmbiguousEntity,
    BudgetExceeded,
    CurationError,
    EntityNotFound,
    InvalidParameter,
    InvalidParameter,
    KgError,
    Overloaded,
    StoreUnavailable,
)
from kg.graph import KnowledgeGraph
from kg.query import SparqlOperation
from server.app import serve
from server.negotiation import format_named
from server.parameters import Parameter, read
from server.present import dumps
from server.questions import QUESTIONS, Question, listing
from server.settings import add_arguments, from_arguments
from server.terminal import render
from triples.build import CURATED, build, read_sound_corpus
from triples.check import CheckQuestion, check
from triples.facts import facts
from triples.report import check_summary, render_check

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

EXIT_CODES: tuple[tuple[tuple[type[KgError], ...], int], ...] = (
    ((CurationError,), 3),
    ((EntityNotFound, AmbiguousEntity, StoreUnavailable), 4),
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
    _add_build(commands, common)
    _add_serve(commands, common)
    _add_check(commands, common)
    _add_facts(commands, common)
    _add_query(commands, common)
    for question in QUESTIONS:
        _add_question(commands, common, question)
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

    built = build(given.data, given.curated, progress, force=given.force)
    if given.json:
        sys.stdout.write(dumps({"generation": built.path.name, "skipped": built.skipped, "manifest": built.manifest}))
        return 0
    done = "already built: " if built.skipped else ""
    print(f"{done}{built.path.name} is current in {given.data}")
    print(f"{built.manifest.quads} quads, dataset SHA-256 {built.manifest.checksum}")
    return 0


def _add_serve(commands: Commands, common: argparse.ArgumentParser) -> None:
    command = commands.add_parser("serve", parents=[common], help="serve the graph over HTTP")
    add_arguments(command)
    command.set_defaults(run=_serve)


def _serve(given: argparse.Namespace) -> int:
    settings = from_arguments(given)
    with KnowledgeGraph.open(
        given.data,
        workers=settings.workers,
        max_waiting=settings.max_waiting,
        union_default_graph=settings.default_graph == "union",
        limits=settings.limits,
    ) as graph:
        serve(graph, settings)
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
    command.set_defaults(run=_check)


def _check(given: argparse.Namespace) -> int:
    if given.sources is None and (given.locate or given.coverage):
        raise InvalidParameter("--sources", "", "the folder with the source documents, for --locate and --coverage")
    question = CheckQuestion(given.curated, given.document, given.file, given.sources, given.locate, shapes=True)
    report = check(question)
    sys.stdout.write(dumps(check_summary(report)) if given.json else render_check(report, coverage=given.coverage))
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
        text = Path(text[1:]).read_text(encoding="utf-8")
    budget = Budget(timeout_s=given.timeout)
    with KnowledgeGraph.open(given.data) as graph:
        media_type = format_named(text, "json" if given.json else given.format)
        body = graph.store.evaluate(SparqlOperation(text), media_type, budget)
    sys.stdout.buffer.write(body)
    return 0


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
    with KnowledgeGraph.open(given.data) as graph:
        answer = question.answer(graph, arguments)
    sys.stdout.write(dumps(answer) if given.json else render(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
