"""Serving with granian instead of waitress: less work for each request.

granian handles HTTP in Rust, in a process of its own below this one, and calls the application in an event loop. What
signals mean is ours to say: granian would close connections on which a request is on its way, and start the process
anew to reload.
"""

from __future__ import annotations

import atexit
import ctypes
import math
import os
import signal
import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from kg.errors import InvalidParameter
from server.serving.asgi import AsgiApplication
from server.serving.process import made_ready, watch
from server.settings import Settings

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph


# After SIGTERM connections stay open for so long, and whoever asks on one is told to come no more. granian then closes
# those that are idle.
_LAST_REQUESTS_S = 0.5
_SAY_CLOSE = signal.SIGUSR1
_PARENT_DEATH_SIGNAL = 1  # what Linux calls PR_SET_PDEATHSIG


def serve_with_granian(open_graph: Callable[[], KnowledgeGraph], settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; requests under way then have ``drain_s`` to end.

    Args:
        open_graph: opens what is current; called in the process that serves, so it must survive pickling.
        settings: see docs/settings.md.

    Raises: InvalidParameter if granian is not installed.
    """
    try:
        from granian import Granian  # noqa: PLC0415 - an extra
        from granian.constants import Interfaces  # noqa: PLC0415
    except ModuleNotFoundError:
        raise InvalidParameter("server", "granian", 'waitress, or: pip install "sarcoma-kg[server]"') from None
    server = Granian(
        "sarcoma-kg",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        workers=1,  # the limits, the cache and the metrics are those of one process; queries have their own
        websockets=False,
        workers_kill_timeout=max(1, math.ceil(settings.drain_s)),
    )
    server.on_startup(lambda: _take_signals(server))
    server.serve(target_loader=partial(_application, open_graph, settings), wrap_loader=False)


def _take_signals(server: Any) -> None:
    """Say what signals mean to the process above, once granian has said so and before it starts the one that serves."""

    def hand_on(number: int) -> None:
        for worker in server.wrks:
            if worker.is_alive():
                os.kill(worker.inner.pid, number)

    def stop(*_: Any) -> None:
        if stopping:  # the second time
            server.signal_handler_interrupt()
            return
        hand_on(_SAY_CLOSE)
        stopping.append(threading.Timer(_LAST_REQUESTS_S, server.signal_handler_interrupt))
        stopping[0].daemon = True
        stopping[0].start()

    stopping: list[threading.Timer] = []
    os.register_at_fork(after_in_child=_await_parent)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, lambda *_: hand_on(signal.SIGHUP))


def _await_parent() -> None:
    """Until there is something to serve, end when the process above says so; and always when it has gone."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for number in (signal.SIGINT, signal.SIGHUP, _SAY_CLOSE):
        signal.signal(number, signal.SIG_IGN)
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    if prctl is not None:
        prctl(_PARENT_DEATH_SIGNAL, signal.SIGTERM)


def _application(open_graph: Callable[[], KnowledgeGraph], settings: Settings) -> Any:
    """The application, made in granian's own process."""
    _await_parent()
    live, telemetry = made_ready(open_graph(), settings, open_graph)
    atexit.register(live.close)
    reload_now = watch(live, telemetry, settings)
    application = AsgiApplication(live, settings)
    signal.signal(signal.SIGHUP, lambda *_: reload_now())
    signal.signal(_SAY_CLOSE, lambda *_: setattr(application, "is_ending", True))
    return application
