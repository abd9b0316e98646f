"""Response headers that keep browsers on the safe side."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.wrappers import Response

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

SAFE = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "geolocation=(), microphone=()",
}


def init_app(app: Flask) -> None:
    """Adds the headers to every answer."""

    @app.after_request
    def add(response: Response) -> Response:
        headers = response.headers
        for name, value in SAFE.items():
            headers.setdefault(name, value)
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        if request.is_secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response
