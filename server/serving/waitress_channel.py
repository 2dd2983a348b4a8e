"""A connection as waitress handles it, but for what it does wrong or not at all. Imported only to serve."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from waitress import wasyncore  # type: ignore[import-untyped]
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]
from waitress.task import ErrorTask  # type: ignore[import-untyped]

from server.http.errors import BodyTooLarge, BodyTooSlow, http_failure, problem_reply
from server.http.exchange import Reply
from server.http.headers import HEADERS
from server.serving.process import BODY_TIMEOUT_S

# What is kept for those who read slowly, all together; looked at whenever so much of an answer is left.
_MAX_UNSENT_BYTES = 1024**3
_MUCH_BYTES = 1024**2
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


class Channel(HTTPChannel):  # type: ignore[misc]
    """Keeps no place for who sends nothing, and tells who asks while the server shuts down to come no more.

    Attributes:
        most: so many connections stay open; beyond, the one that has been idle for longest makes room.
    """

    most = 1000
    request: Any  # that is being received; None between two
    error_task_class = Refusal
    _begun_s = 0.0  # when the request that is being received began to come

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

    def readable(self) -> bool:
        """Whether more may come; asked at least once a second."""
        if self.will_close:  # waitress would first wait until a reader reads that may never read again
            self.handle_close()
        elif self.request is not None and time.monotonic() - self._begun_s > BODY_TIMEOUT_S:
            self._give_up()
        return bool(super().readable())

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

    def service(self) -> None:
        """Answer a request."""
        if self.server.application.is_draining:
            self.requests[0].headers["CONNECTION"] = "close"
        super().service()
        if self.total_outbufs_len > _MUCH_BYTES:
            self._make_room(lambda each: each.total_outbufs_len, _MAX_UNSENT_BYTES)

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
                if size(each) and not each.requests and each is not self:
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
