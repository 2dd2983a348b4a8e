"""Two hundred hostile queries, up to sixteen at once: the server stays up, and a normal client gets its answers."""

from __future__ import annotations

import http.client
import itertools
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest

HOSTILE = 200
AT_ONCE = 16

_PRODUCT = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(6))
_DOUBLED = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
ATTACKS = {
    "product": f"SELECT (COUNT(*) AS ?n) {{ {_PRODUCT} }}",
    "sorted product": f"SELECT * {{ {_PRODUCT} }} ORDER BY ?c5 ?a1 ?b3",
    "doubling": f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('0123456789abcdef' AS ?x0) {_DOUBLED} }}",
    "nesting": "ASK {" + "{" * 2200 + "}" * 2200 + "}",
    "many rows": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o . ?a ?b ?c } LIMIT 1000000",
    "distinct product": f"SELECT DISTINCT ?c1 ?c3 {{ {_PRODUCT} }}",
    "call": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
}
# What a normal client asks: below 50 ms on an idle server.
NORMAL = (
    "SELECT ?label {{ ?d a skg:Drug ; skos:prefLabel ?label }} ORDER BY ?label LIMIT {n}",
    "SELECT ?o {{ drug:sirolimus ?p ?o }} LIMIT {n}",
    "SELECT ?s ?m {{ ?s skg:measure ?m ; skg:valueText ?v }} LIMIT {n}",
)


@pytest.fixture
def port(curated_data: Path, tmp_path: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        number: int = probe.getsockname()[1]
    command = [sys.executable, "-m", "server.cli", "serve", "--data", str(curated_data), "--port", str(number)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    flags = ["--query-timeout-s", "5", "--query-memory-bytes", "1000000000", "--log", "none"]
    with (tmp_path / "log").open("wb") as log, subprocess.Popen([*command, *flags], stderr=log, env=environment) as run:
        deadline_s = time.monotonic() + 30
        while _status(number, "ASK { }") != 200:
            assert time.monotonic() < deadline_s
            time.sleep(0.1)
        yield number
        assert run.poll() is None, "the server has died"
        run.terminate()


def _status(port: int, query: str, *, timeout_s: float = 60) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_s)
    try:
        connection.request("GET", f"/sparql?query={quote(query)}")
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        return 0
    else:
        return response.status
    finally:
        connection.close()


def _attack(port: int, number: int) -> str:
    name, query = list(ATTACKS.items())[number % len(ATTACKS)]
    match number % 5:
        case 3:  # goes away in the middle
            return f"{name}, gone {_status(port, query, timeout_s=0.5)}"
        case 4:  # reads a little now and then
            with socket.create_connection(("127.0.0.1", port), timeout=30) as slow:
                slow.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                for _ in range(5):
                    try:
                        slow.recv(64)
                    except OSError:
                        break
                    time.sleep(0.2)
            return f"{name}, slow"
    return f"{name} {_status(port, query)}"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hostile_queries_never_keep_a_normal_client_from_its_answers(port: int) -> None:
    statuses: Counter[int] = Counter()
    is_over = threading.Event()
    chance = random.Random(1)

    def ask_normally() -> None:
        for number in itertools.cycle(range(1, 400)):
            if is_over.is_set():
                return
            statuses[_status(port, chance.choice(NORMAL).format(n=number))] += 1
            time.sleep(0.02)

    normal = threading.Thread(target=ask_normally)
    normal.start()
    with ThreadPoolExecutor(AT_ONCE) as attackers:
        outcomes = Counter(attackers.map(lambda number: _attack(port, number), range(HOSTILE)))
    is_over.set()
    normal.join()
    assert set(statuses) == {200}, statuses
    assert not [name for name in outcomes if name.endswith(" 200")]
