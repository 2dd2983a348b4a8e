"""Two hundred hostile queries, up to sixteen at once: the server stays up, and a normal client gets its answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.hostile import besiege
from tests.server.running import Server


@pytest.fixture
def port(curated_data: Path) -> Iterator[int]:
    server = Server(curated_data, "--query-timeout-s", "5", "--query-memory-bytes", "1000000000", "--log", "none")
    yield server.port
    died = server.process.poll() is not None
    server.stop()
    assert not died


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(600)
def test_hostile_queries_never_keep_a_normal_client_from_its_answers(port: int) -> None:
    siege = besiege(port)
    # On a machine that other work slows down, a quick query may count as slow and find that lane full.
    assert set(siege.statuses) <= {200, 503}, siege.statuses
    assert siege.statuses[503] <= max(1, siege.statuses.total() // 100), siege.statuses
    assert siege.statuses[200] > 20  # where the machine itself is waited for; thousands where it is not
    assert not [name for name in siege.outcomes if name.endswith(" 200")]
