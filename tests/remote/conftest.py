"""Real engines, started on loopback, loaded by ``push``."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.errors import KgError
from kg.remote.graph import open_remote
from kg.remote.push import push
from kg.remote.store import RemoteStore
from tests.waiting import free_port

START_TIMEOUT_S = 60.0
_INI = """\
[Database]
DatabaseFile = virtuoso.db
TransactionFile = virtuoso.trx
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = virtuoso-temp.db
TransactionFile = virtuoso-temp.trx
[Parameters]
ServerPort = 127.0.0.1:{sql_port}
NumberOfBuffers = 20000
MaxDirtyBuffers = 12000
DirsAllowed = .
CheckpointInterval = 0
MaxOptimizeLayouts = {plans}
[HTTPServer]
ServerPort = 127.0.0.1:{port}
ServerRoot = .
MaxClientConnections = 20
ServerThreads = 20
[SPARQL]
ResultSetMaxRows = {max_rows}
"""


@contextmanager
def running(command: list[str], url: str, folder: Path) -> Iterator[None]:
    """A server of our own, ended by its process id."""
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            _wait(url, process)
            yield
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            RemoteStore(url).close()
        except KgError:
            time.sleep(0.2)
        else:
            return
    pytest.fail(f"{Path(str(process.args[0])).name} did not start")  # type: ignore[index]


def _oxigraph(folder: Path) -> tuple[list[str], str]:
    beside = Path(sys.executable).parent / "oxigraph"
    program = str(beside) if beside.is_file() else shutil.which("oxigraph")
    if program is None:
        pytest.skip("the oxigraph server (PyPI) is not installed")
    port = free_port()
    return [program, "serve", "--bind", f"127.0.0.1:{port}"], f"http://127.0.0.1:{port}/query"


def virtuoso(folder: Path, max_rows: int = 10_000, plans: int = 1000) -> tuple[list[str], str]:
    """A Virtuoso that gives at most so many rows and weighs so many plans of a query (1000 is its default).

    Returns: its command, and the address of its endpoint.
    """
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("Virtuoso (Debian: virtuoso-opensource-7-bin) is not installed")
    port, ini = free_port(), folder / "virtuoso.ini"
    ini.write_text(_INI.format(port=port, sql_port=free_port(), max_rows=max_rows, plans=plans), encoding="utf-8")
    # dba/dba is what a new database has.
    return [program, "+configfile", str(ini), "+foreground"], f"http://dba:dba@127.0.0.1:{port}/sparql"


ENGINES: dict[str, Callable[[Path], tuple[list[str], str]]] = {"oxigraph": _oxigraph, "virtuoso": virtuoso}


@pytest.fixture(scope="session", params=["oxigraph", pytest.param("virtuoso", marks=pytest.mark.slow)])
def engine_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A running engine that holds nothing of ours."""
    folder = tmp_path_factory.mktemp(request.param)
    command, url = ENGINES[request.param](folder)
    with running(command, url, folder):
        yield url


@pytest.fixture(scope="session")
def pushed_url(engine_url: str, curated_data: Path) -> str:
    """An engine that holds the curated graph."""
    push(curated_data, engine_url)
    return engine_url


@pytest.fixture(scope="session")
def remote_graph(pushed_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeGraph]:
    """The curated graph behind an address."""
    with open_remote(pushed_url, tmp_path_factory.mktemp("cache")) as graph:
        yield graph
