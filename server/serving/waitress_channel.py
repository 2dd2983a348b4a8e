"""A connection as waitress handles it, but for what it does wrong or not at all. Imported only to serve."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.buffers import ReadOnlyFileBasedBuffer  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.parser import HTTPRequestParser, ParsingError  # type: ignore[import-untyped]
from waitress.task import ErrorTask  # type: ignore[import-untyped]

from server.http.errors import BodyTooLarge, BodyTooSlow, http_failure, problem_reply
from server.http.exchange import NO_HOST, Reply, names_host
from server.http.headers import HEADERS
from server.serving.process import BODY_TIMEOUT_S

# What is kept for those who read slowly, all together; looked at whenever so much of an answer is left.
_MAX_UNSENT_BYTES = 512 * 1024**2
_MUCH_BYTES = 1024**2
_READING_TIMEOUT_S = 60.0  # so long an answer may wait for a reader who takes nothing of it
# So long who can send no more and cannot be asked whether he still listens is taken to do so.
_LISTENING_S = 2.0
_PROBE = b"HTTP/1.1 100 Continue\r\n\r\n"
_MAKING_ROOM = threading.Lock()  # two that made room at once would close one another


class TooSlow:
    """What waitress is to answer to a request that does not come to an end."""

    code = 408


class Refusal(ErrorTask):  # type: ignore[misc]
    """The answer to a request that waitress cannot read, in the shape of all our failures."""

    def execute(self) -> None:
        """Write it."""
        reply = self._reply()
        self.status = reply.status_line
        self.response_headers.extend((*reply.headers, *HEADERS.items()))
        self.set_close_on_finish()
        self.content_length = len(reply.body)
        self.write(reply.body)

    def _reply(self) -> Reply:
        fault, limits = self.request.error, self.channel.adj
        if fault.code == 408:
            return problem_reply(BodyTooSlow(f"The request took more than {BODY_TIMEOUT_S:g} s to come."))
        if fault.code == 413:
            return problem_reply(BodyTooLarge(f"The body is longer than {limits.max_request_body_size} bytes."))
        if fault.code == 431:
            what = f"Address and header fields are longer than {limits.max_request_header_size} bytes"
            return http_failure(fault.code, f"{what}; POST a long query.")
        if fault.body == "Bad URI":
            return http_failure(fault.code, "The address holds what is not ASCII; escape it, as in %C3%A9.")
        return http_failure(fault.code, f"{fault.body.rstrip('.')}.")


class LargePart(ReadOnlyFileBasedBuffer):  # type: ignore[misc]
    """A large part of an answer; all of it, ``size`` bytes, is kept until the last is sent."""

    def __init__(self, data: bytes) -> None:
        super().__init__(BytesIO(data))
        self.size = int(self.prepare())


class Parser(HTTPRequestParser):  # type: ignore[misc]
    """Reads requests as waitress does, and refuses those that name no host or several."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the first line and the header fields. Raises: ParsingError."""
        super().parse_header(header_plus)
        if self.version == "1.1" and not names_host(self.headers.get("HOST")):
            raise ParsingError(NO_HOST)


class Channel(HTTPChannel):  # type: ignore[misc]
    """Keeps no place for who sends nothing, and tells who asks while the server shuts down to come no more.

    Attributes:
        most: so many connections stay open; beyond, the one that has been idle for longest makes room.
    """

    most = 1000
    request: Any  # that is being received; None between two
    error_task_class = Refusal
    parser_class = Parser
    _begun_s = 0.0  # when the request that is being received began to come
    _is_held = False  # whether requests wait until the answers before them are read
    _last_heard_s: float | None = None  # when the client said that it sends no more
    _is_asked = False  # whether it has been asked since if it still listens
    _has_left = False

    def __init__(self, server: Any, *rest: Any, **named: Any) -> None:
        super().__init__(server, *rest, **named)
        if len(server.active_channels) > self.most:
            self._make_room(lambda _: 1, self.most)

    def send_continue(self) -> None:
        """Tell clients to send a body only where one is to come; of any other request waitress would wait for one.

        Source: RFC 9110, section 10.1.1.
        """
        if not self.request.completed:
            super().send_continue()

    def received(self, data: bytes) -> bool:
        """Take what comes."""
        before = self.request
        is_taken = bool(super().received(data))
        if self.request is not before:
            self._begun_s = time.monotonic()
        return is_taken

    def handle_read(self) -> None:
        """Take what has come; a client that sends no more may still wait for its answer."""
        # In this order: what a request came to is there before the request is done with.
        if (self.requests or self.total_outbufs_len) and self._sends_no_more():
            self._last_heard_s = time.monotonic()
        else:
            super().handle_read()

    def _sends_no_more(self) -> bool:
        try:
            return not self.socket.recv(1, socket.MSG_PEEK)
        except OSError:
            return False  # waitress will find out why

    def check_client_disconnected(self) -> bool:
        """Whether nobody waits for the answer any more; asked, in its thread, by who makes it."""
        if self.connected and self._last_heard_s is not None and self.requests:
            self._has_left = self._has_left or not self._listens(time.monotonic() - self._last_heard_s)
        return self._has_left or not self.connected

    def _listens(self, silent_s: float) -> bool:
        """Whether a client that sends no more waits for its answer, so far as can be told.

        It is sent what every client of HTTP/1.1 skips. To that, one that has closed its connection says so.
        Source: RFC 9110, section 15.2; RFC 9293, section 3.10.7.1.
        """
        if self.requests[0].version != "1.1":
            return silent_s < _LISTENING_S
        try:
            with self.outbuf_lock:
                if not self._is_asked and not self.total_outbufs_len:
                    self.socket.send(_PROBE)  # an error is told here or below, and only once
                    self._is_asked = True
            return bool(self.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0)
        except BlockingIOError:
            return True
        except OSError:
            return False

    def readable(self) -> bool:
        """Whether more may come; asked at least once a second."""
        # waitress would first wait until a reader reads that may never read again.
        if self.will_close or self._reads_nothing():
            self.handle_close()
        elif self.request is not None and time.monotonic() - self._begun_s > BODY_TIMEOUT_S:
            self._give_up()
        if self._is_held and self.total_outbufs_len <= self.adj.outbuf_high_watermark:
            self._is_held = False
            self.server.add_task(self)
        if self._last_heard_s is not None and self.requests:
            return False  # the end can be read again and again
        return bool(super().readable())

    def _reads_nothing(self) -> bool:
        is_waiting = self.total_outbufs_len and (self._is_held or not self.requests)
        return bool(is_waiting) and time.time() - self.last_activity > _READING_TIMEOUT_S

    def writable(self) -> bool:
        """Whether to wait until more can go; not once closed, or whoever gets its number next is closed for it."""
        return bool(self.connected and super().writable())

    def _give_up(self) -> None:
        """Answer a request that has not come to an end, unless another one is still being answered."""
        with self.requests_lock:
            if self.requests or self.will_close or self.close_when_flushed:
                return
            request, self.request = self.request, None
            request.error, request.completed = TooSlow(), True
            self.requests.append(request)
            self.server.add_task(self)

    def write_soon(self, data: Any) -> int:
        """Take a part of an answer. A large one is kept as it is: waitress would copy it into a file."""
        large = isinstance(data, bytes) and len(data) > _MUCH_BYTES
        return int(super().write_soon(LargePart(data) if large else data))

    def _flush_outbufs_below_high_watermark(self) -> None:
        """Never wait for a reader: that would take a thread from everybody else."""

    def service(self) -> None:
        """Answer a request, unless too much that was answered before is unread: then once it has been read."""
        if self.connected and self.total_outbufs_len > self.adj.outbuf_high_watermark:
            self._is_held = True
            return
        self._is_asked = False
        if self.server.application.is_draining:
            self.requests[0].headers["CONNECTION"] = "close"
        super().service()
        if self.total_outbufs_len > _MUCH_BYTES:
            self._make_room(Channel._kept_bytes, _MAX_UNSENT_BYTES)

    def _kept_bytes(self) -> int:
        """What is kept of answers that are not read."""
        large = sum(each.size for each in list(self.outbufs) if isinstance(each, LargePart))
        return max(large, self.total_outbufs_len) if self.total_outbufs_len else 0

    def _make_room(self, size: Callable[[Channel], int], limit: int) -> None:
        """Close others until the rest take no more than a limit: those that wait for no answer, by how long they idle.

        Idle is a connection on which nothing has come or gone.
        """
        with _MAKING_ROOM:
            every = [each for each in list(self.server.active_channels.values()) if not each.will_close]
            too_much = sum(map(size, every)) - limit
            for each in sorted(every, key=lambda each: each.last_activity):
                if too_much <= 0:
                    break
                if size(each) and (each._is_held or not each.requests) and each is not self:
                    each.will_close = True
                    too_much -= size(each)


def stop_listening(channels: dict[int, Any]) -> None:
    """Let nobody connect any more; in the thread that looks after connections, which may be waiting for somebody."""
    for each in list(channels.values()):
        if each.accepting:
            each.trigger.pull_trigger(partial(_close_door, each))


def _close_door(listener: Any) -> None:
    """Take those who have connected and not been looked at yet, and nobody after them."""
    taken = -1
    while taken < (taken := len(listener.active_channels)):
        listener.handle_accept()
    # Not its own method, which would take away what tells this thread of answers.
    wasyncore.dispatcher.close(listener)
