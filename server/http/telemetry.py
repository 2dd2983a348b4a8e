"""What the server did: counters for ``/metrics``, and a log with a JSON object a line.

A query is logged by its hash: the text may hold what its author would not publish.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

from flask import Blueprint, Flask, Response, g, request
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from kg.errors import KgError
from kg.store import EmbeddedStore
from server.http.cache import ResultCache

QUERY_LOG = logging.getLogger("sarcoma_kg.queries")
REQUEST_LOG = logging.getLogger("sarcoma_kg.requests")
_SECONDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_HASH_DIGITS = 16
_JSON = "application/sparql-results+json"
_JSON_BETWEEN_ROWS = b'}},{"'
_JSON_TEXT_ENDS = (b'}},{"}', b'}},{",')  # the same at the end of a text, whose last quote it holds
_YES_OR_NO = re.compile(rb'"boolean":(?:true|false)|<boolean>|\A(?:true|false)\s*\Z')
_LONGEST_YES_OR_NO = 256  # bytes
_ROWS_BYTES = 256 * 1024  # of counts of rows, which are kept: about a thousand
_ROW_SIGNS: Mapping[str, tuple[bytes, int]] = {
    "application/sparql-results+xml": (b"<result>", 0),
    "text/csv": (b"\n", -1),
    "text/tab-separated-values": (b"\n", -1),
    "application/n-triples": (b"\n", 0),
}


@dataclass
class QueryRecord:
    """One query while it is answered; whoever answers fills it in. ``name`` is that of the answer, if it has one."""

    media_type: str
    name: str | None = None
    body: bytes | None = None
    is_cached: bool = False


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What the log says of a request."""

    method: str
    path: str
    status: int
    bytes: int | None
    client: str | None


class Telemetry:
    """Counters of one server, shared by the generations that it serves one after the other."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        # Looking up the counter of a label costs more than counting.
        self._requests_to = cache(self._counter("requests", "Requests answered", ("route", "status")).labels)
        self._request_seconds_of = cache(
            Histogram(
                "sarcoma_kg_request_seconds",
                "Time to answer a request",
                ("route",),
                buckets=_SECONDS,
                registry=self.registry,
            ).labels
        )
        self._queries_ending = cache(
            self._counter("queries", "SPARQL queries by outcome: ok or an error code", ("outcome",)).labels
        )
        self._query_seconds = Histogram(
            "sarcoma_kg_query_seconds", "Time to answer a SPARQL query", buckets=_SECONDS, registry=self.registry
        )
        self._query_bytes = self._counter("query_bytes", "Bytes of SPARQL answers")
        self._cached = self._counter("cached_queries", "SPARQL queries answered from the cache")
        self.reloads = self._counter("reloads", "New generations of the graph taken up")
        self._rows = ResultCache(_ROWS_BYTES)
        self._in_flight = Gauge("sarcoma_kg_requests_in_flight", "Requests under way", registry=self.registry)

    def _counter(self, name: str, text: str, labels: Iterable[str] = ()) -> Counter:
        return Counter(f"sarcoma_kg_{name}", text, tuple(labels), registry=self.registry)

    @contextmanager
    def query(self, text: str, media_type: str) -> Iterator[QueryRecord]:
        """Measure and log the query that is answered inside."""
        record = QueryRecord(media_type)
        start_s = time.perf_counter()
        outcome = "internal_error"
        try:
            yield record
            outcome = "ok"
        except KgError as error:
            outcome = error.code
            raise
        finally:
            self._finish(text, record, outcome, time.perf_counter() - start_s)

    def _finish(self, text: str, record: QueryRecord, outcome: str, seconds: float) -> None:
        size = len(record.body) if record.body is not None else 0
        self._queries_ending(outcome).inc()
        self._query_seconds.observe(seconds)
        self._query_bytes.inc(size)
        if record.is_cached:
            self._cached.inc()
        if QUERY_LOG.isEnabledFor(logging.INFO):
            fields = {
                "query": hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS],
                "ms": round(seconds * 1000, 1),
                "rows": self._rows_of(record),
                "bytes": size,
                "outcome": outcome,
                "cached": record.is_cached,
                "format": record.media_type,
            }
            QUERY_LOG.info("%s", json.dumps({"event": "query", **fields}))

    def _rows_of(self, record: QueryRecord) -> int | None:
        """The rows of an answer, counted once: of one of 12 MB that takes as long as all else that is done for it."""
        known = self._rows.find(record.name)
        if known is None:
            known = json.dumps(rows_in(record.body, record.media_type)).encode()
            self._rows.keep(record.name if record.body is not None else None, known)
        rows: int | None = json.loads(known)
        return rows

    def begin(self) -> float:
        """A request has come. Returns: when, for :meth:`count`."""
        self._in_flight.inc()
        return time.perf_counter()

    def count(self, start_s: float, route: str, request: RequestFacts) -> None:
        """A request has been answered; :meth:`end` follows in any case."""
        seconds = time.perf_counter() - start_s
        self._requests_to(route, str(request.status)).inc()
        self._request_seconds_of(route).observe(seconds)
        if REQUEST_LOG.isEnabledFor(logging.INFO):
            fields = asdict(request) | {"ms": round(seconds * 1000, 1)}
            REQUEST_LOG.info("%s", json.dumps({"event": "request", **fields}))

    def end(self) -> None:
        """A request is over."""
        self._in_flight.dec()

    def install(self, app: Flask) -> None:
        """Make an application count and log its requests."""

        @app.before_request
        def begin() -> None:
            g.start_s, g.is_under_way = self.begin(), True

        @app.after_request
        def count(response: Response) -> Response:
            route = request.url_rule.rule if request.url_rule else "unknown"
            size, client = response.content_length, request.remote_addr
            facts = RequestFacts(request.method, request.path, response.status_code, size, client)
            self.count(g.pop("start_s", time.perf_counter()), route, facts)
            return response

        @app.teardown_request
        def end(_: BaseException | None) -> None:
            if g.pop("is_under_way", False):
                self.end()


def rows_in(body: bytes | None, media_type: str) -> int | None:
    """About how many rows an answer has, from its bytes alone; None where that cannot be told, or for a yes or no.

    Rows without any binding are not seen in JSON, line breaks within a text count in CSV.
    """
    if body is None or (len(body) < _LONGEST_YES_OR_NO and _YES_OR_NO.search(body)):
        return None
    if media_type == _JSON:
        if b'"bindings":[{' not in body:
            return 0
        return body.count(_JSON_BETWEEN_ROWS) - sum(body.count(end) for end in _JSON_TEXT_ENDS) + 1
    sign, offset = _ROW_SIGNS.get(media_type, (b"", 0))
    return body.count(sign) + offset if sign else None


class _State(Collector):
    """What is read off the store and the cache whenever somebody looks."""

    def __init__(self, store: Any, cache: ResultCache) -> None:
        self._store = store
        self._cache = cache

    def collect(self) -> Iterable[Metric]:
        data = GaugeMetricFamily("sarcoma_kg_data", "What is served; always 1", labels=["data_version", "revision"])
        data.add_metric([self._store.data_version, self._store.revision], 1)
        yield data
        yield GaugeMetricFamily("sarcoma_kg_cache_bytes", "Answers kept", value=self._cache.size_bytes)
        if not isinstance(self._store, EmbeddedStore):
            return
        states = self._store.lanes.states()
        for name, text in (
            ("alive", "Worker processes that live"),
            ("busy", "Worker processes at work"),
            ("waiting", "Queries that wait for a worker"),
            ("started", "Worker processes ever started"),
        ):
            family = GaugeMetricFamily(f"sarcoma_kg_workers_{name}", text, labels=["lane"])
            for lane, state in states.items():
                family.add_metric([lane], getattr(state, name))
            yield family


def metrics_blueprint(telemetry: Telemetry, store: Any, cache: ResultCache) -> Blueprint:
    """Make ``/metrics``. Source: Prometheus text format 0.0.4."""
    metrics = Blueprint("metrics", __name__)
    state = CollectorRegistry()
    state.register(_State(store, cache))

    @metrics.get("/metrics")
    def show() -> Response:
        body = generate_latest(telemetry.registry) + generate_latest(state)
        return Response(body, content_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})

    return metrics
