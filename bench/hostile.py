"""Queries that mean harm, and clients that do: what a server must stand while it answers others."""

from __future__ import annotations

import http.client
import itertools
import random
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote

HERE = "127.0.0.1"
HOSTILE = 200
AT_ONCE = 16

_PRODUCT = " ".join(f"?a{i} ?b{i} ?c{i} ." for i in range(6))
_DOUBLED = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(40))
ATTACKS = {
    "product": f"SELECT (COUNT(*) AS ?n) {{ {_PRODUCT} }}",
    "sorted product": f"SELECT * {{ {_PRODUCT} }} ORDER BY ?c5 ?a1 ?b3",
    "doubling": f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('0123456789abcdef' AS ?x0) {_DOUBLED} }}",
    "nesting": "ASK {" + "{" * 2200 + "}" * 2200 + "}",
    # A blank node of its own for each row: a million statements of which no two are one.
    "many rows": "CONSTRUCT { [] ?p ?o } { ?s ?p ?o . ?a ?b ?c } LIMIT 1000000",
    "distinct product": f"SELECT DISTINCT ?c1 ?c3 {{ {_PRODUCT} }}",
    "call": "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
}
# What a normal client asks: below 50 ms on an idle server.
NORMAL = (
    "SELECT ?label {{ ?d a skg:Drug ; skos:prefLabel ?label }} ORDER BY ?label LIMIT {n}",
    "SELECT ?o {{ drug:sirolimus ?p ?o }} LIMIT {n}",
    "SELECT ?s ?m {{ ?s skg:measure ?m ; skg:valueText ?v }} LIMIT {n}",
)


@dataclass
class Siege:
    """What came of it.

    Attributes:
        statuses: of the normal client.
        seconds: that the normal client waited for each answer.
        outcomes: of the attacks, by name and status.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


def ask(port: int, query: str, *, timeout_s: float = 60, address: str = HERE) -> int:
    """Ask a server on loopback, from a loopback address; the status of its answer, 0 if there was none."""
    connection = http.client.HTTPConnection(HERE, port, timeout=timeout_s, source_address=(address, 0))
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


def besiege(port: int, *, attacks: int = HOSTILE, pause_s: float = 0.02, addresses: int = 0) -> Siege:
    """Attack a server from many sides while a normal client goes on asking.

    Args:
        port: of the server on loopback.
        attacks: how many hostile queries.
        pause_s: of the normal client, between two of its queries.
        addresses: how many the attackers have, other than that of the normal client; 0: they share its own.
    """
    siege = Siege()
    is_over = threading.Event()
    chance = random.Random(1)

    def ask_normally() -> None:
        for number in itertools.cycle(range(1, 400)):
            if is_over.is_set():
                return
            start_s = time.perf_counter()
            siege.statuses[ask(port, chance.choice(NORMAL).format(n=number))] += 1
            siege.seconds.append(time.perf_counter() - start_s)
            time.sleep(pause_s)

    normal = threading.Thread(target=ask_normally)
    normal.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as attackers:
            from_there = [f"127.0.0.{2 + number}" for number in range(addresses)] or [HERE]
            siege.outcomes.update(
                attackers.map(
                    lambda number: _attack(port, number, from_there[number % len(from_there)]), range(attacks)
                )
            )
    finally:
        is_over.set()
        normal.join()
    return siege


def _attack(port: int, number: int, address: str) -> str:
    name, query = list(ATTACKS.items())[number % len(ATTACKS)]
    match number % 5:
        case 3:  # goes away in the middle
            return f"{name}, gone {ask(port, query, timeout_s=0.5, address=address)}"
        case 4:  # reads a little now and then
            with socket.create_connection((HERE, port), timeout=30, source_address=(address, 0)) as slow:
                slow.sendall(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                for _ in range(5):
                    try:
                        slow.recv(64)
                    except OSError:
                        break
                    time.sleep(0.2)
            return f"{name}, slow"
    return f"{name} {ask(port, query, address=address)}"
