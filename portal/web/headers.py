"""Response headers that keep browsers on the safe side."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

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
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
}


def init_app(app: Flask) -> None:
    """Adds the headers to every answer, also to that of a request which nothing has caught."""
    app.wsgi_app = _answering(app, app.wsgi_app)  # type: ignore[method-assign]

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


def _answering(app: Flask, inner: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
    """Answers for a portal whose own error page has failed: in plain words, with the headers of all others."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        try:
            return inner(environ, start_response)
        except Exception as error:
            app.logger.exception("no page at %s", environ.get("PATH_INFO", ""), exc_info=error)
            last = Response("Internal Server Error", 500, {**SAFE, "Cache-Control": "no-store"})
            return last(environ, start_response)

    return answer


def name_file(answer: Response, name: str, *, shown: bool = False) -> None:
    """Says under which name the answer is saved; headers are Latin-1, so other letters stand in a second name."""
    stem, _dot, ending = "".join(c for c in name if c.isascii() and (c.isalnum() or c in "-_.")).rpartition(
        "."
    )
    names = {
        "filename": f"{stem.strip('-._') or 'file'}.{ending}",
        "filename*": f"UTF-8''{quote(name, safe='')}",
    }
    answer.headers.set("Content-Disposition", "inline" if shown else "attachment", **names)
