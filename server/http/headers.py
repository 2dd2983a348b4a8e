"""The headers that every answer carries, whoever made it."""

from __future__ import annotations

from flask import Flask, Response, request

from server.settings import Settings

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_PERMIT_S = "86400"  # so long a browser need not ask again whether it may; none keeps it for more than a day
# Answers for programs, which pages of other origins may read. Pages are not among them.
_SHARED_ROUTES = ("/sparql", "/api/", "/id/", "/openapi.json", "/.well-known/")


def common_headers(path: str, settings: Settings) -> tuple[tuple[str, str], ...]:
    """What an answer at a path carries besides its own headers, which go first."""
    headers = HEADERS
    if settings.cors_origin and path.startswith(_SHARED_ROUTES):
        shared = {
            "Access-Control-Allow-Origin": settings.cors_origin,
            "Access-Control-Expose-Headers": "ETag, Retry-After, X-Request-Id, X-Unknown-Names",
        }
        headers = headers | shared | ({} if settings.cors_origin == "*" else {"Vary": "Origin"})
    return tuple(headers.items())


def joined(own: tuple[tuple[str, str], ...], common: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """An answer's own headers and those that every answer has, with one ``Vary``: some caches heed only the last."""
    every = own + common
    values = [value for name, value in every if name == "Vary"]
    if len(values) < 2:
        return every
    return (*(each for each in every if each[0] != "Vary"), ("Vary", ", ".join(values)))


def install_headers(app: Flask, settings: Settings) -> None:
    """Give them to every response of an application."""

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in common_headers(request.path, settings):
            if name == "Vary":
                response.vary.add(value)
            elif name not in response.headers:
                response.headers[name] = value
        if request.method == "OPTIONS" and "Access-Control-Allow-Origin" in response.headers:
            response.headers["Access-Control-Allow-Methods"] = response.headers.get("Allow", "GET, HEAD, OPTIONS")
            response.headers["Access-Control-Allow-Headers"] = "Accept, Content-Type, If-Match, If-None-Match"
            response.headers["Access-Control-Max-Age"] = _PERMIT_S
        return response
