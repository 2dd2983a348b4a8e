"""The one outgoing client: SPARQL and Graph Store requests to an engine that somebody else runs.

What comes back is trusted in nothing: every answer has a deadline and a size, an answer that an engine has cut short is
an error although its status says 200, and no word of a remote body, and no credential, gets into an error or a log.
Sources: SPARQL 1.1 Protocol section 2.1.2 (queries go as a form: long addresses are cut off, and one engine never
answers a direct POST); SPARQL 1.1 Graph Store HTTP Protocol.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit, urlunsplit

import httpx

from kg.budget import Budget, Cancelled, cancelled_now
from kg.errors import (
    InvalidParameter,
    KgError,
    Overloaded,
    PartialAnswer,
    QueryCancelled,
    QueryFailed,
    QuerySyntaxError,
    RemoteUnavailable,
)

CONNECT_TIMEOUT_S = 5.0
LOAD_TIMEOUT_S = 600.0
TURTLE = "text/turtle"
_POLL_S = 0.1
_ERROR_BYTES = 4096
_TIME_IS_OVER = (b"S1T00", b"S1TAT", b"estimated execution time", b"timeout", b"timed out")


@dataclass(frozen=True)
class Address:
    """Where an engine listens. ``url`` holds no credentials and may be shown; they never are.

    >>> Address.of("http://reader:secret@engine.example/sparql")
    Address(url='http://engine.example/sparql')
    """

    url: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @classmethod
    def of(cls, url: str) -> Address:
        """Take the credentials out of an address. Raises: InvalidParameter if it is no http(s) address."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in {"http", "https"} or not host:
            # The address is not repeated: it may hold a password.
            raise InvalidParameter("store", "...", "an address such as http://localhost:8890/sparql")
        shown = f"[{host}]" if ":" in host else host
        location = f"{shown}:{port}" if port else shown
        plain = urlunsplit((parts.scheme, location, parts.path or "/", parts.query, ""))
        return cls(plain, unquote(parts.username or ""), unquote(parts.password or ""))


@dataclass(frozen=True)
class _Asked:
    """A request on its way.

    Attributes:
        stop_at_s: on the monotonic clock, waiting for a connection included.
        given_up: set once nobody waits for the answer any more.
    """

    request: httpx.Request
    budget: Budget
    stop_at_s: float
    given_up: threading.Event = field(default_factory=threading.Event)

    def left_s(self) -> float:
        """Seconds until it is late; negative afterwards."""
        return self.stop_at_s - time.monotonic()


@dataclass(frozen=True)
class Answer:
    """A complete answer: its body, and the headers in lower case."""

    body: bytes
    headers: Mapping[str, str]


class RemoteClient:
    """Requests to one engine, at most ``connections`` at once and ``max_waiting`` more queued. Thread-safe."""

    def __init__(
        self, address: Address, *, connections: int = 4, max_waiting: int = 32, load_timeout_s: float = LOAD_TIMEOUT_S
    ) -> None:
        self.address = address
        self._load_timeout_s = load_timeout_s
        limits = httpx.Limits(max_connections=connections)
        # The environment (proxies, netrc) is the caller's affair, and an engine does not send us elsewhere.
        self._http = httpx.Client(
            limits=limits, trust_env=False, follow_redirects=False, headers={"User-Agent": "sarcoma-kg"}
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="remote-engine")
        self._places = threading.BoundedSemaphore(connections + max_waiting)
        self._auth: httpx.Auth | None = None
        if address.user:
            self._auth = httpx.BasicAuth(address.user, address.password)

    def close(self) -> None:
        """End the connections; closing twice is fine."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def query(
        self, fields: Iterable[tuple[str, str]], accept: str, budget: Budget, cancelled: Cancelled | None = None
    ) -> Answer:
        """Send a query as a form.

        Args:
            fields: of the form: ``query``, ``default-graph-uri`` ...
            accept: media type of the answer.
            budget: seconds count from the call, waiting included; bytes of the answer.
            cancelled: asked now and then; True gives the request up. By default what ``cancellable`` says.

        Raises: QueryTimeout, ResultTooLarge, PartialAnswer, Overloaded, QuerySyntaxError, QueryFailed,
            RemoteUnavailable.
        """
        form: dict[str, list[str]] = {}
        for name, value in fields:
            form.setdefault(name, []).append(value)
        request = self._http.build_request(
            "POST", self.address.url, data=form, headers={"Accept": accept, "Accept-Encoding": "gzip"}
        )
        return self._run(request, budget, cancelled)

    def describe(self, budget: Budget) -> Answer:
        """The service description: what the address says when it is asked nothing."""
        return self._run(self._http.build_request("GET", self.address.url, headers={"Accept": TURTLE}), budget, None)

    def graph(self, method: str, store_url: str, graph: str, body: bytes | None = None) -> int:
        """One Graph Store request: PUT replaces a named graph, POST adds to it, DELETE removes it; returns the status.

        Raises: RemoteUnavailable if the engine does not do it.
        """
        request = self._http.build_request(
            method,
            httpx.URL(store_url, params={"graph": graph}),
            content=body,
            headers={} if body is None else {"Content-Type": TURTLE},
            timeout=httpx.Timeout(self._load_timeout_s, connect=CONNECT_TIMEOUT_S),
        )
        stop_at_s = time.monotonic() + self._load_timeout_s
        future: Future[int] = Future()
        # Of a thread of the pool an interrupted program would wait for the end.
        threading.Thread(target=self._load, args=(future, request, stop_at_s), daemon=True).start()
        try:
            status = future.result(self._load_timeout_s)
        except NotYet:
            raise self._unavailable(f"no answer to {method} within {self._load_timeout_s:g} s") from None
        except httpx.HTTPError as error:
            raise self._unavailable(_no_answer(error)) from None
        missing_is_fine = method == "DELETE" and status == 404
        if status >= 300 and not missing_is_fine:
            raise self._unavailable(f"its graph store answered {method} with status {status}")
        return status

    def _load(self, future: Future[int], request: httpx.Request, stop_at_s: float) -> None:
        try:
            future.set_result(self._stored(request, stop_at_s))
        except httpx.HTTPError as error:
            future.set_exception(error)
        finally:
            future.cancel()  # whatever else went wrong, nobody waits for it

    def _stored(self, request: httpx.Request, stop_at_s: float) -> int:
        """Send a Graph Store request; returns the status, whatever the body goes on to say."""
        response = self._http.send(request, auth=self._auth, stream=True)
        try:
            if response.status_code == 401 and self._learn(response):
                return self._stored(request, stop_at_s)
            size = 0
            for chunk in response.iter_raw():  # read to its end, a connection can be used again
                size += len(chunk)
                if size > _ERROR_BYTES or time.monotonic() > stop_at_s:
                    break
            return response.status_code
        finally:
            response.close()

    def _run(self, request: httpx.Request, budget: Budget, cancelled: Cancelled | None) -> Answer:
        """Wait for an answer in another thread: the library's own timeouts begin anew with every byte."""
        if not self._places.acquire(blocking=False):
            raise Overloaded
        asked = _Asked(request, budget, time.monotonic() + budget.timeout_s)
        try:
            future = self._threads.submit(self._fetch, asked)
        except RuntimeError:
            self._places.release()
            raise self._unavailable("the connection to it was closed") from None
        future.add_done_callback(lambda _: self._places.release())
        return self._awaited(future, asked, cancelled or cancelled_now())

    def _awaited(self, future: Future[Answer], asked: _Asked, cancelled: Cancelled | None) -> Answer:
        try:
            while True:
                left_s = asked.left_s()
                if left_s <= 0:
                    raise asked.budget.out_of_time()
                if cancelled is not None and cancelled():
                    raise QueryCancelled
                try:
                    return future.result(min(left_s, _POLL_S))
                except NotYet:
                    if future.done():  # the thread itself ended so
                        return future.result()
        finally:
            asked.given_up.set()
            future.cancel()

    def _fetch(self, asked: _Asked) -> Answer:
        try:
            return self._sent(asked, may_learn=True)
        except httpx.TimeoutException:
            raise asked.budget.out_of_time() from None
        except httpx.HTTPError as error:
            raise self._unavailable(_no_answer(error)) from None

    def _sent(self, asked: _Asked, *, may_learn: bool) -> Answer:
        left_s, budget = max(asked.left_s(), 0.01), asked.budget
        asked.request.extensions["timeout"] = httpx.Timeout(left_s, connect=min(left_s, CONNECT_TIMEOUT_S)).as_dict()
        response = self._http.send(asked.request, auth=self._auth, stream=True)
        try:
            if response.status_code == 401 and may_learn and self._learn(response):
                return self._sent(asked, may_learn=False)
            limit = budget.max_bytes if response.status_code == 200 else _ERROR_BYTES
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                if len(body) > limit:
                    break
                if asked.given_up.is_set() or asked.left_s() <= 0:
                    raise asked.budget.out_of_time()
        finally:
            response.close()
        if response.status_code != 200:
            raise self._failure(response, bytes(body), budget)
        if len(body) > limit:
            raise budget.too_large()
        _refuse_parts(response.headers)
        return Answer(bytes(body), dict(response.headers.items()))

    def _learn(self, response: httpx.Response) -> bool:
        """Whether another try makes sense: with the credentials as a digest.

        Virtuoso wants that and, given them in the plain way, refuses without saying so.
        """
        ways = response.headers.get_list("www-authenticate") or ["digest"]
        is_wanted = any(way.lower().startswith("digest") for way in ways)
        if not self.address.user or not is_wanted or isinstance(self._auth, httpx.DigestAuth):
            return False
        self._auth = httpx.DigestAuth(self.address.user, self.address.password)
        response.request.headers.pop("Authorization", None)
        return True

    def _failure(self, response: httpx.Response, body: bytes, budget: Budget) -> KgError:
        status = response.status_code
        if status in {408, 504} or (status >= 400 and any(words in body for words in _TIME_IS_OVER)):
            return budget.out_of_time()
        if status in {429, 503}:
            return Overloaded(_seconds(response.headers.get("retry-after", "")))
        if status == 413:
            return budget.too_large()
        if status == 400:
            return QuerySyntaxError("the remote engine refuses it as malformed")
        if status in {401, 403}:
            return self._unavailable("it asks for credentials, or refuses those given")
        if status < 500:
            return self._unavailable(f"it answers with status {status}, as what is no SPARQL endpoint does")
        return QueryFailed(f"the remote engine failed with status {status}")

    def _unavailable(self, reason: str) -> RemoteUnavailable:
        return RemoteUnavailable(self.address.url, reason)


def _refuse_parts(headers: httpx.Headers) -> None:
    """Virtuoso cuts answers at its limits of time and rows and still says 200; two headers give it away."""
    if (state := headers.get("x-sql-state")) is not None:
        known = {"S1TAT": "its own time limit was reached"}
        raise PartialAnswer(known.get(state, "it reports an incomplete result"))
    if headers.get("x-sparql-maxrows") is not None:
        raise PartialAnswer("its own limit of rows was reached")


def _no_answer(error: httpx.HTTPError) -> str:
    """What went wrong on the way; what is no HTTP stands in the library's message, and may be anybody's words."""
    is_foreign = isinstance(error, httpx.RemoteProtocolError | httpx.DecodingError)
    told = "it broke off or is no HTTP" if is_foreign else str(error) or type(error).__name__
    return f"no answer from it ({told})"


def _seconds(text: str) -> float:
    return float(text) if text.isdecimal() else 1.0
