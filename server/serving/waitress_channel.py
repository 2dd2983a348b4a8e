"""A connection as waitress handles it, but for one thing that it does wrong. Imported only to serve."""

from __future__ import annotations

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]


class Channel(HTTPChannel):  # type: ignore[misc]
    """Tells clients to send a body only where one is to come; of any other request waitress would then wait for one.

    Source: RFC 9110, section 10.1.1.
    """

    def send_continue(self) -> None:
        """Answer ``Expect: 100-continue``."""
        if not self.request.completed:
            super().send_continue()
