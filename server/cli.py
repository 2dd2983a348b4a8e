"""The command line, and the only place that wires everything together.

Question commands come from ``server.questions``: the same parameters, and with ``--json`` the same bytes, as over HTTP.
What a command ends with is said by ``sarcoma-kg --help``.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, TextIO

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
    PartialAnswer,
    QueryFailed,
    RemoteUnavailable,
    StoreUnavailable,
)
from kg.graph import KnowledgeGraph
from kg.remote.graph import open_remote
from kg.sparql.own_names import unknown_names
from kg.sparql.query import SparqlOperation, inspect
from server.addresses import csv_text
from server.commands import Commands
from server.commands.curating import add_build, add_check, add_diff, add_facts, add_import
from server.commands.handing_over import STORE_VARIABLE, add_export, add_push
from server.http.negotiation import format_named
from server.pages import figures
from server.pages.sharing import source_line
from server.questions.parameters import Arguments, Parameter, read
from server.questions.present import dumps
from server.questions.table import QUESTIONS, Question
from server.serving.granian_server import serve_with_granian
from server.serving.process import serve
from server.settings import Settings, add_arguments, from_arguments
from server.sparql.service import says_nothing
from server.terminal.forms import render

MACHINE_REFUSED = 6
READER_GONE = 141  # as shells have it of programs that SIGPIPE ends
INTERRUPTED = 130  # likewise, SIGINT
EXIT_CODES = {
    0: "done",
    2: "wrong use",
    3: "faults in curated files",
    4: "not found",
    5: "a limit was hit",
    MACHINE_REFUSED: "the machine refused, as where a file cannot be written, or a remote engine is of no use",
}
# The first row that fits; every other error of the family is one of use.
_CODES_OF_ERRORS: tuple[tuple[tuple[type[KgError], ...], int], ...] = (
    ((CurationError,), 3),
    ((EntityNotFound, AmbiguousEntity, StoreUnavailable), 4),
    ((BudgetExceeded, Overloaded, PartialAnswer), 5),
    ((RemoteUnavailable, QueryFailed), MACHINE_REFUSED),
    ((KgError,), 2),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns the exit code."""
    # Python has None for what is closed (`>&-`).
    sys.stdout, sys.stderr = sys.stdout or _nowhere(), sys.stderr or _nowhere()
    try:
        parser = _parser()
        given, unknown = parser.parse_known_args(arguments)
        # What stands behind an option ends up there, even of a command that takes words without a name.
        if unknown and hasattr(given, "others") and not any(text.startswith("-") for text in unknown):
            given.others += unknown
        elif unknown:
            given.command.error(_unknown(unknown))  # the command's own usage, not that of all commands
        return _run(given)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        _drop_unwritten()


def _unknown(texts: Sequence[str]) -> str:
    is_name = not any(text.startswith("-") for text in texts)
    return f"unknown: {' '.join(texts)}" + ("; a name of several words needs quotation marks" if is_name else "")


def _nowhere() -> TextIO:
    return Path(os.devnull).open("w")


def _drop_unwritten() -> None:
    """Forget what cannot be written: the interpreter would try again at its end, and complain in its own words."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            with _nowhere() as nowhere:
                os.dup2(nowhere.fileno(), stream.fileno())


def _run(given: argparse.Namespace) -> int:
    try:
        code = int(given.run(given))
        sys.stdout.flush()
    except KgError as error:
        _report(given, error.code, str(error))
        return next(code for kinds, code in _CODES_OF_ERRORS if isinstance(error, kinds))
    except BrokenPipeError:  # the reader of our output has gone, as with `| head`
        return READER_GONE
    except OSError as fault:
        place = f"{fault.filename}: " if fault.filename else ""
        _report(given, "machine_refused", f"{place}{fault.strerror or fault}")
        return MACHINE_REFUSED
    return code


def _report(given: argparse.Namespace, code: str, detail: str) -> None:
    sys.stderr.write(dumps({"code": code, "detail": detail}) if given.json else f"sarcoma-kg: {detail}\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sarcoma-kg",
        description="A knowledge graph of sarcoma treatment.",
        epilog=f"Exit codes: {', '.join(f'{code} {meaning}' for code, meaning in EXIT_CODES.items())}.",
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {version('sarcoma-kg')}")
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
    add_build(commands, common)
    add_push(commands, common)
    add_export(commands, common)
    _add_serve(commands, reading)
    add_check(commands, common)
    add_diff(commands, common)
    add_facts(commands, common)
    _add_query(commands, reading)
    add_import(commands, common)
    for question in QUESTIONS:
        _add_question(commands, reading, question)
    for command in commands.choices.values():
        command.set_defaults(command=command)
    return parser


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
    if settings.sources and not Path(settings.sources).is_dir():
        raise InvalidParameter("sources", settings.sources, "a folder that exists")
    _check_address(settings.host, settings.port)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # until there is something to end with care
    reopen = partial(_opened, given, settings)
    if settings.server == "granian":
        reopen().close()  # the process that serves could only break down over what is not there
        serve_with_granian(reopen, settings)
        return 0
    serve(reopen, settings)
    return 0


def _check_address(host: str, port: int) -> None:
    """Try to listen there before the work of opening a graph. Raises: InvalidParameter."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as fault:
        raise InvalidParameter("host", host, f"a name or an address of this machine ({fault.strerror})") from fault
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: what has just ended may come again
        try:
            tried.bind(address)
        except OSError as fault:
            name, value = ("host", host) if fault.errno == errno.EADDRNOTAVAIL else ("port", str(port))
            raise InvalidParameter(name, value, f"one that is free here ({fault.strerror})") from fault


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
        text = sys.stdin.read().removeprefix("\ufeff")  # as below
    elif text.startswith("@"):
        text = _query_in(text[1:])
    budget = Budget(timeout_s=given.timeout)
    with _opened(given) as graph:
        media_type = format_named(text, "json" if given.json else given.format)
        body = graph.store.evaluate(SparqlOperation(text), media_type, budget)
        form = inspect(text, graph.store.limits).form
        unknown = unknown_names(text, graph.store) if says_nothing(text, form, body, media_type) else ()
    sys.stdout.buffer.write(body)
    if unknown:
        _report(given, "unknown_names", f"nothing is called {', '.join(unknown)}")
    return 0


def _query_in(file: str) -> str:
    try:
        return Path(file).read_text(encoding="utf-8-sig")  # editors of Windows begin a file with a byte order mark
    except (OSError, UnicodeDecodeError) as fault:
        raise InvalidParameter("query", f"@{file}", f"a file of SPARQL in UTF-8 ({fault})") from fault


def _add_question(commands: Commands, common: argparse.ArgumentParser, question: Question) -> None:
    command = commands.add_parser(question.name, parents=[common], help=question.summary)
    for parameter in question.parameters:
        _add_parameter(command, parameter)
    if question.others:
        help_ = "parameters of the question asked"
        command.add_argument("others", nargs="*", default=[], metavar="NAME=VALUE", help=help_)
    elif question.unnamed:
        names = " ".join(map(str.upper, question.unnamed))
        command.add_argument("others", nargs="*", metavar=names, help=f"the same as --{', --'.join(question.unnamed)}")
    command.set_defaults(run=_ask, question=question)


def _add_parameter(command: argparse.ArgumentParser, parameter: Parameter) -> None:
    dest = f"given_{parameter.name}"
    if parameter.required:
        count = "+" if parameter.repeated else 1
        command.add_argument(dest, nargs=count, metavar=parameter.name.upper(), help=parameter.help)
        return
    flag = "--" + parameter.name.replace("_", "-")
    default = "" if parameter.default is None else f" (default {json.dumps(parameter.default)})"
    bare: dict[str, Any] = {"nargs": "?", "const": "true"} if parameter.kind == "flag" else {}
    command.add_argument(
        flag, dest=dest, action="append", default=[], metavar="VALUE", help=parameter.help + default, **bare
    )


def _ask(given: argparse.Namespace) -> int:
    question: Question = given.question
    values = {parameter.name: getattr(given, f"given_{parameter.name}") for parameter in question.parameters}
    others: list[str] = getattr(given, "others", [])
    if question.unnamed:
        _take_unnamed(question, others, values)
        others = []
    for text in others:
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


def _take_unnamed(question: Question, texts: Sequence[str], values: dict[str, list[str]]) -> None:
    """Add values without names to those of the parameters that they stand for. Raises: InvalidParameter."""
    table = {parameter.name: parameter for parameter in question.parameters}
    last = question.unnamed[-1]
    for place, text in enumerate(texts):
        name = question.unnamed[min(place, len(question.unnamed) - 1)]
        if place >= len(question.unnamed) and not table[last].repeated:
            known = " and ".join(f"--{each}" for each in question.unnamed)
            raise InvalidParameter(
                "command", " ".join(texts), f"only {known} without their names; a name of several words is quoted"
            )
        values[name].append(text)


def _in_form(answer: Any, given: Arguments, source: str, *, is_json: bool) -> str:
    form = given.text_if_taken("format")
    if form == "svg":
        return figures.svg(answer, source, given.text_if_taken("figure") or "")
    if form == "csv":
        return csv_text(figures.table_of(answer))
    return dumps(answer) if is_json or form == "json" else render(answer)


if __name__ == "__main__":
    sys.exit(main())
