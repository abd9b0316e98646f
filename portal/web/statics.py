"""Static files: served compressed and kept for a year under names that carry their hash."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from portal.web.headers import SAFE

FOLDER = Path(__file__).resolve().parent.parent / "static"


@cache
def fingerprint(path: str) -> str:
    """The first characters of a static file's SHA-256."""
    return hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file; a changed file has a new one."""
    return f"/static/{path}?v={fingerprint(path)}"


@cache
def icon(name: str, label: str = "") -> Markup:
    """One symbol of the icons as SVG."""
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="icon" width="20" height="20" {} focusable="false"><use href="{}#{}"></use></svg>'
    ).format(said, static("vendor/icons.svg"), name)


def _safe(headers: Any, _path: str, _url: str) -> None:
    for name, value in SAFE.items():
        headers[name] = value


def init_app(app: Flask) -> None:
    """Serves the folder, before the guard and without a session."""
    app.jinja_env.globals.update(static=static, svg_icon=icon)
    noise = WhiteNoise(
        app.wsgi_app,
        max_age=31536000,
        immutable_file_test=lambda path, url: True,
        allow_all_origins=False,
        add_headers_function=_safe,
    )
    noise.add_files(str(FOLDER), prefix="static/")
    app.wsgi_app = noise  # type: ignore[method-assign]
