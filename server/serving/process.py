"""Serving over HTTP: a new generation is taken up, and the end awaited, without dropping a request."""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import resource
import signal
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any

from flask import Flask
from werkzeug.wsgi import ClosingIterator

from kg.errors import KgError
from kg.generations import CURRENT
from kg.paths import kernels
from kg.remote.store import RemoteStore
from kg.store import EmbeddedStore
from server.app import create_app
from server.http.errors import ShuttingDown, problem_reply
from server.http.telemetry import QUERY_LOG, REQUEST_LOG, Telemetry
from server.pages.site import EXAMPLES, NAVIGATION
from server.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from kg.graph import KnowledgeGraph

# Above this waitress stops reading; below it the application refuses, in its own words.
_MIN_BODY_BYTES_READ = 16 * 1024**2
BODY_TIMEOUT_S = 30.0  # so long a request may take to come
_MAX_FILES = 4096
_MMAP_THRESHOLD, _LARGE_BYTES = -3, 4 << 20  # what glibc calls M_MMAP_THRESHOLD
_POLL_S = 0.05
_LOOKS_FOR_LEFTOVERS = 30
DRAINING = problem_reply(ShuttingDown())

logger = logging.getLogger("sarcoma_kg.server")


@dataclass
class Served:
    """A graph that is or was served, and how many requests still read it."""

    graph: KnowledgeGraph
    app: Flask
    requests: int = 0
    is_retired: bool = False


@dataclass
class LiveApplication:
    """A WSGI application whose graph can be exchanged while it serves.

    Every request is answered by the generation that was current when it came; a generation that has been replaced is
    closed when its last request has ended.

    Attributes:
        make_app: makes the application of a graph.
        reopen: opens what is current now.
    """

    make_app: Callable[[KnowledgeGraph], Flask]
    reopen: Callable[[], KnowledgeGraph]
    is_draining: bool = False
    _current: Served | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _reloading: threading.Lock = field(default_factory=threading.Lock)
    _in_flight: int = 0

    def begin(self, graph: KnowledgeGraph) -> None:
        """Serve a graph from now on, and close it once another one is served."""
        served = Served(graph, self.make_app(graph))
        with self._lock:
            before, self._current = self._current, served
            is_unused = before is not None and before.requests == 0
            if before is not None:
                before.is_retired = True
        if before is not None and is_unused:
            _let_go_of(before)

    def warm_up(self) -> None:
        """Make the graph that is served ready for its first visits, beside answering them."""
        if self._current is not None and isinstance(self._current.graph.store, EmbeddedStore):
            threading.Thread(target=_warm_up, args=(self._current,), daemon=True, name="warm-up").start()

    def reload(self) -> bool:
        """Take up what is current now; keep serving the old graph if that cannot be opened.

        Returns: whether it is another generation than before.
        """
        with self._reloading:
            try:
                graph = self.reopen()
            except KgError as error:
                logger.warning("the new generation cannot be served, the old one stays: %s", error)
                return False
            if self._current is not None and graph.store.revision == self._current.graph.store.revision:
                graph.close()
                return False
            if isinstance(graph.store, EmbeddedStore):
                graph.store.start()
            self.begin(graph)
            self.warm_up()
            logger.warning("serving generation %s", graph.store.revision)
            return True

    def is_outdated(self) -> bool:
        """Whether another generation than the one served has been published beside it, or pushed to its engine."""
        store = self._current.graph.store if self._current else None
        if isinstance(store, RemoteStore):
            return not store.is_current()
        if not isinstance(store, EmbeddedStore):
            return False
        try:
            link = (store.generation.path.parents[1] / CURRENT).readlink()
        except OSError:
            return False
        return link.name != store.revision

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return self._in_flight

    def close(self) -> None:
        """Close the graph that is served."""
        if self._current is not None:
            self._current.graph.close()

    def enter(self) -> Served | None:
        """A request has come. Returns: what answers it, until :meth:`leave`; None if no more are taken."""
        with self._lock:
            served = None if self.is_draining else self._current
            if served is not None:
                served.requests += 1
                self._in_flight += 1
            return served

    def leave(self, served: Served) -> None:
        """A request is over."""
        with self._lock:
            self._in_flight -= 1
            served.requests -= 1
            is_last = served.is_retired and served.requests == 0
        if is_last:
            _let_go_of(served)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request (WSGI)."""
        served = self.enter()
        if served is None:
            start_response(DRAINING.status_line, list(DRAINING.headers))
            return [DRAINING.body]
        is_answered = False
        try:
            body = served.app(environ, start_response)
            is_answered = True
        finally:
            if not is_answered:
                self.leave(served)
        return ClosingIterator(body, lambda: self.leave(served))


def _let_go_of(served: Served) -> None:
    """Close a graph that is served no more; in a thread, as that takes a moment, and an event loop may be waiting."""
    threading.Thread(target=_close, args=([served.graph],), daemon=True, name="close").start()


def _close(graphs: list[KnowledgeGraph]) -> None:
    """Close a graph and wait until nothing refers to it: so long its files are mapped, and take space on the disk.

    Args:
        graphs: the one, taken out so that the caller does not keep it.
    """
    graphs[0].close()
    alive = weakref.ref(graphs.pop())
    for _ in range(_LOOKS_FOR_LEFTOVERS):
        gc.collect()  # an application and its routes refer to each other
        if alive() is None:
            break
        time.sleep(1)  # it may still be warming up


def serve(open_graph: Callable[[], KnowledgeGraph], settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM. The workers are started first, so that no first query waits.

    Args:
        open_graph: opens what is current; also later, to take up new generations.
        settings: see docs/settings.md.
    """
    import waitress  # type: ignore[import-untyped]  # noqa: PLC0415 - only serving needs it

    from server.serving.waitress_channel import Channel, stop_listening  # noqa: PLC0415 - as waitress

    Channel.most = _places_for_connections()
    live, telemetry = made_ready(open_graph(), settings, open_graph)
    channels: dict[int, Any] = {}
    server = waitress.create_server(
        live,
        map=channels,
        host=settings.host,
        port=settings.port,
        threads=settings.threads,
        connection_limit=2 * Channel.most,  # at which waitress would take no more; Channel makes room before
        asyncore_use_poll=True,  # select() fails where there are many
        channel_request_lookahead=1,  # without it waitress does not notice that a client has gone
        max_request_body_size=max(_MIN_BODY_BYTES_READ, settings.max_body_bytes),
        # Otherwise waitress takes X-Forwarded-For away; of all such headers only client_header is ever read.
        clear_untrusted_proxy_headers=False,
        server_name=settings.host,  # what HTTP/1.0 without a Host means
        ident="sarcoma-kg",
    )
    for listener in channels.values():  # several, where a name has several addresses
        listener.channel_class = Channel
    _install_signals(live, channels, partial(stop_listening, channels), settings)
    reload_now = watch(live, telemetry, settings)
    signal.signal(signal.SIGHUP, lambda _number, _frame: reload_now())
    port = getattr(server, "effective_port", settings.port)  # a name with several addresses has several ports
    sys.stderr.write(f"serving on http://{settings.host}:{port}/ (Ctrl-C stops)\n")
    try:
        # Not closed afterwards: a request that is still under way would then fail to find its own connection.
        server.run()
    finally:
        live.close()


def made_ready(
    graph: KnowledgeGraph, settings: Settings, reopen: Callable[[], KnowledgeGraph]
) -> tuple[LiveApplication, Telemetry]:
    """The application on a graph whose workers have been started, and its counters."""
    return_large_pieces()
    if isinstance(graph.store, EmbeddedStore):
        graph.store.start()
    # Meanwhile path questions are answered without; the first time on a machine it takes some seconds.
    threading.Thread(target=kernels.load, daemon=True, name="kernels").start()
    _set_up_logs(settings)
    telemetry = Telemetry()
    live = LiveApplication(lambda each: create_app(each, settings, telemetry=telemetry), reopen)
    live.begin(graph)
    live.warm_up()
    return live, telemetry


def return_large_pieces() -> None:
    """Have glibc return memory of this size when it is freed; it would soon keep pieces of up to 32 MiB.

    Arrays of neighbours are that large, and as many are freed as are made.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other C libraries have none
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


def _warm_up(served: Served) -> None:
    """Do beforehand, beside the first requests, what visits of the pages that the home page leads to would wait for."""
    try:
        for href in dict.fromkeys(each.href for each in (*EXAMPLES, *NAVIGATION)):  # both lead to some
            if not served.is_retired:
                with served.app.test_request_context(href):
                    served.app.dispatch_request()
        if not served.is_retired:
            served.graph.warm_up()
            for name in served.app.jinja_env.list_templates(["html"]):  # compiling one takes up to 50 ms
                served.app.jinja_env.get_template(name)
    except KgError as error:  # it was closed meanwhile, or a query failed: the first visit will tell
        logger.info("not warmed up: %s", error)


def _set_up_logs(settings: Settings) -> None:
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    # waitress tells of each request that waits, holding the lock that every other thread needs to find work.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    # One JSON object a line, nothing before it.
    plain = logging.StreamHandler(sys.stderr)
    plain.setFormatter(logging.Formatter("%(message)s"))
    for log, when in ((QUERY_LOG, {"queries", "requests"}), (REQUEST_LOG, {"requests"})):
        if settings.log in when:
            log.setLevel(logging.INFO)
            log.handlers = [plain]
            log.propagate = False


def _places_for_connections() -> int:
    """How many connections may stay open; as many more files may be as that needs, where the platform lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = _MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_FILES)
    if soft != resource.RLIM_INFINITY and soft < files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return files // 4  # workers, stores and those about to close need some too


def _install_signals(
    live: LiveApplication, channels: dict[int, Any], stop_listening: Callable[[], None], settings: Settings
) -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        if live.is_draining:  # the second time, or the end of the drain
            raise SystemExit(0)
        live.is_draining = True
        threading.Thread(target=drain, daemon=True).start()

    def drain() -> None:
        deadline_s = time.monotonic() + settings.drain_s
        stop_listening()
        is_quiet = False  # at two looks, so that what has come and is not read yet is answered too
        while time.monotonic() < deadline_s:
            was_quiet, is_quiet = is_quiet, not (live.in_flight or _is_busy(channels))
            if was_quiet and is_quiet:
                break
            time.sleep(_POLL_S)
        os.kill(os.getpid(), signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop)
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:  # as of what a script starts in the background
        signal.signal(signal.SIGINT, stop)


def _is_busy(channels: dict[int, Any]) -> bool:
    """Whether any connection has a request that waits for its turn, or an answer that is not sent."""
    every = list(channels.values())
    return any(getattr(each, "requests", None) or getattr(each, "total_outbufs_len", 0) for each in every)


def watch(live: LiveApplication, telemetry: Telemetry, settings: Settings) -> Callable[[], None]:
    """Reload whenever the link to the current generation leads elsewhere. Returns: what to call to reload now."""
    wake = threading.Event()
    asked = threading.Event()

    def reload_now() -> None:
        asked.set()
        wake.set()

    def keep_looking() -> None:
        while True:
            wake.wait(settings.reload_s or None)
            wake.clear()
            is_asked = asked.is_set()
            asked.clear()
            if (is_asked or live.is_outdated()) and live.reload():
                telemetry.reloads.inc()

    threading.Thread(target=keep_looking, daemon=True, name="reload").start()
    return reload_now
