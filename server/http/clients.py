"""Who asks, and how often they may.

A client is known by its address, or by what a trusted proxy says its address is. Clients on this machine are people
at its keyboard or a proxy whose clients cannot be told apart, so they are not limited.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache

from flask import Flask, request

from server.http.errors import RateLimited
from server.settings import Settings

_MAX_CLIENTS = 10_000
_IPV6_NETWORK_BITS = 64  # what one customer of a provider is given
_FREE_ROUTES = ("/static/", "/healthz", "/readyz", "/metrics")


class RateLimiter:
    """A bucket of tokens per client, filled evenly; a full one lasts for a minute's requests at once.

    Args:
        per_minute: requests of one client.
        clock: seconds that never go back.
    """

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # tokens left, and when

    def take(self, client: str) -> None:
        """Count a request. Raises: RateLimited with the seconds to wait."""
        per_second = self._per_minute / 60
        with self._lock:
            now_s = self._clock()
            tokens, before_s = self._buckets.pop(client, (float(self._per_minute), now_s))
            tokens = min(float(self._per_minute), tokens + (now_s - before_s) * per_second)
            self._buckets[client] = (max(0.0, tokens - 1) if tokens >= 1 else tokens, now_s)
            if len(self._buckets) > _MAX_CLIENTS:
                self._buckets.popitem(last=False)
        if tokens < 1:
            raise RateLimited((1 - tokens) / per_second)


@lru_cache(maxsize=1024)
def client_of(peer: str, forwarded: str | None) -> str | None:
    """Who a request counts for, or None for nobody.

    Args:
        peer: address of the other end of the connection.
        forwarded: value of the trusted header, where there is one.
    """
    # Earlier entries come from the client and may say anything; the last is the proxy's own.
    name = forwarded.rpartition(",")[2].strip() if forwarded else peer
    address = _address_in(name)
    if address is None:
        return name or None
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        else:
            network = ipaddress.ip_network((address, _IPV6_NETWORK_BITS), strict=False)
            return None if address.is_loopback else str(network)
    return None if address.is_loopback and not forwarded else str(address)


def _address_in(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address in what a proxy says: bare, in brackets or with a port, which would be another one each time."""
    for spelled in (name, name.strip("[]"), name.rpartition(":")[0].strip("[]")):
        try:
            return ipaddress.ip_address(spelled)
        except ValueError:
            continue
    return None


def account_of(peer: str, forwarded: str | None) -> str:
    """Whose share of the workers a request uses; the arguments are those of :func:`client_of`."""
    return client_of(peer, forwarded) or peer


class ClientLimits:
    """How often each client may ask, by the settings."""

    def __init__(self, settings: Settings) -> None:
        per_minute = settings.client_requests_per_minute
        self._limiter = RateLimiter(per_minute) if per_minute else None

    def take(self, peer: str, forwarded: str | None) -> None:
        """Count a request; the arguments are those of :func:`client_of`. Raises: RateLimited."""
        if self._limiter is None:
            return
        client = client_of(peer, forwarded)
        if client is not None:
            self._limiter.take(client)


def install_limits(app: Flask, limits: ClientLimits, settings: Settings) -> None:
    """Make an application count the requests of each client."""

    @app.before_request
    def count() -> None:
        if not request.path.startswith(_FREE_ROUTES):
            forwarded = request.headers.get(settings.client_header) if settings.client_header else None
            limits.take(request.remote_addr or "", forwarded)
