"""What comes in and what goes out, as values: for what is answered without the web framework."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

CLIENT_GONE = 499  # not of RFC 9110, but what proxies log for it; nobody receives it


class Asked(NamedTuple):
    """A request, as far as an answer of the endpoint depends on it.

    Attributes:
        method: in capitals.
        query_string: what follows the question mark, still escaped.
        body: of a POST; None if it is longer than is allowed.
        peer: address of the other end of the connection.
        forwarded: value of the header in which a trusted proxy names the client, where there is one.
    """

    method: str
    query_string: bytes
    body: bytes | None
    content_type: str
    content_encoding: str
    accept: str | None
    accept_encoding: str | None
    if_match: str | None
    if_none_match: str | None
    peer: str
    forwarded: str | None


NO_HOST = "A request names one host."


def names_host(host: str | None) -> bool:
    """Whether the values of the header Host, joined by commas, are one. Source: RFC 9112, section 3.2."""
    return bool(host and "," not in host)


class Reply(NamedTuple):
    """A response, complete."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    @property
    def status_line(self) -> str:
        """The status with its words."""
        phrase = "Client Closed Request" if self.status == CLIENT_GONE else HTTPStatus(self.status).phrase
        return f"{self.status} {phrase}"
