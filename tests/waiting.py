"""What tests of processes need: a port that is free, and patience with a condition on a busy machine."""

from __future__ import annotations

import itertools
import os
import socket
import time
from collections.abc import Callable

# Below the ports that kernels give away by themselves, so that nobody gets one between the look and its use; processes
# that share the tests begin far from each other.
_PORTS = range(12_000, 32_000)
_begun = itertools.count(os.getpid() * 211)


def free_port() -> int:
    """A port of loopback that nobody listens on, another one at every call."""
    while True:
        port = _PORTS[next(_begun) % len(_PORTS)]
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a port at rest is free; servers ask so too
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def wait_until(condition: Callable[[], bool], timeout_s: float = 60) -> None:
    """Look again and again. Raises: AssertionError when the time is over."""
    deadline_s = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline_s, "it did not happen in time"
        time.sleep(0.02)
