"""Serving with granian instead of waitress: less work for each request.

granian handles HTTP in Rust, in a process of its own below this one, and calls the application in an event loop.
"""

from __future__ import annotations

import atexit
import math
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from kg.errors import InvalidParameter
from server.serving.asgi import AsgiApplication
from server.serving.process import made_ready, watch
from server.settings import Settings

if TYPE_CHECKING:
    from kg.graph import KnowledgeGraph


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
    Granian(
        "sarcoma-kg",
        address=settings.host,
        port=settings.port,
        interface=Interfaces.ASGINL,
        workers=1,  # the limits, the cache and the metrics are those of one process; queries have their own
        websockets=False,
        workers_kill_timeout=max(1, math.ceil(settings.drain_s)),
    ).serve(target_loader=partial(_application, open_graph, settings), wrap_loader=False)


def _application(open_graph: Callable[[], KnowledgeGraph], settings: Settings) -> Any:
    """The application, made in granian's own process."""
    live, telemetry = made_ready(open_graph(), settings, open_graph)
    atexit.register(live.close)
    watch(live, telemetry, settings)
    return AsgiApplication(live, settings)
