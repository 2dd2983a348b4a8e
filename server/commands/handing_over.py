"""The commands that hand a built graph to others: to another SPARQL engine, as RDF files, or as tables."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from kg.errors import InvalidParameter
from kg.exports.kgx import export_kgx
from kg.exports.parquet import export_parquet
from kg.exports.rdf import export_rdf
from kg.remote.push import push, write_load_files
from server.commands import Commands, tell
from server.questions.present import dumps

_EXPORTS = {"kgx": export_kgx, "parquet": export_parquet, "rdf": export_rdf}
STORE_VARIABLE = "SARCOMA_KG_STORE"  # an address may hold a password, which the list of processes would show


def add_push(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``push``."""
    command = commands.add_parser("push", parents=[common], help="load the built graph into another SPARQL engine")
    command.add_argument(
        "url",
        metavar="URL",
        nargs="?",
        default=os.environ.get(STORE_VARIABLE, ""),
        help=f"its query endpoint, such as http://localhost:7878/query ({STORE_VARIABLE})",
    )
    command.add_argument("--graph-store", default="", metavar="URL", help="where it takes graphs, if that is unusual")
    command.add_argument("--files", type=Path, metavar="DIR", help="write files for Virtuoso's bulk loader instead")
    command.set_defaults(run=_push)


def _push(given: argparse.Namespace) -> int:
    if given.files is not None:
        data, script = write_load_files(given.data, given.files)
        print(f"wrote {data} and {script}\nload them on the engine's machine: isql < {script}")
        return 0
    if not given.url:
        raise InvalidParameter("URL", "", "the address of the engine, or --files DIR")
    done = push(given.data, given.url, graph_store=given.graph_store, progress=tell(given))
    if given.json:
        sys.stdout.write(dumps(done))
    else:
        sent = f"{done.graphs} graphs, {done.triples} triples sent; {len(done.kept)} graphs were the same already"
        print(f"{done.address} holds data version {done.data_version}: {sent}")
    return 0


def add_export(commands: Commands, common: argparse.ArgumentParser) -> None:
    """The command ``export``."""
    command = commands.add_parser(
        "export",
        parents=[common],
        help="write the built graph as RDF files, or as tables: Parquet (Spark, DuckDB, pandas) or KGX (Biolink)",
    )
    command.add_argument("folder", type=Path, metavar="DIR", help="a folder to be made")
    command.add_argument(
        "--format",
        choices=sorted(_EXPORTS),
        default="parquet",
        help="parquet: all of it as tables; rdf: all of it as N-Quads and N-Triples, with vocabulary and shapes; "
        "kgx: the statements between two things, as TSV (default: parquet)",
    )
    command.set_defaults(run=_export)


def _export(given: argparse.Namespace) -> int:
    done = _EXPORTS[given.format](given.data, given.folder)
    if given.json:
        sys.stdout.write(dumps(done))
    else:
        held = ", ".join(f"{count:,} {name}" for name, count in done.rows.items())
        print(f"{done.folder} holds data version {done.data_version}: {held}")
    return 0
