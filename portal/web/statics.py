"""Static files: served compressed and kept for a year under names that carry their hash."""

from __future__ import annotations

import gzip
import hashlib
import logging
import tempfile
import zlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from markupsafe import Markup
from whitenoise import WhiteNoise

from portal.web.headers import SAFE

FOLDER = Path(__file__).resolve().parent.parent / "static"
WORKER = "js/worker.js"
TEXTS = frozenset({".css", ".js", ".svg"})


@cache
def fingerprint(path: str) -> str:
    """The first characters of a static file's SHA-256."""
    return hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:12]


def static(path: str) -> str:
    """The address of a static file; a changed file has a new one."""
    return f"/static/{path}?v={fingerprint(path)}"


@cache
def worker() -> str:
    """The address of the script that opens forms without a connection; any changed file gives it a new one."""
    texts = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*") if path.suffix in TEXTS)
    return f"/static/{WORKER}?v={hashlib.sha256(''.join(map(fingerprint, texts)).encode()).hexdigest()[:12]}"


@cache
def icon(name: str, label: str = "") -> Markup:
    """One symbol of the icons as SVG."""
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup(
        '<svg class="icon" width="20" height="20" {} focusable="false"><use href="{}#{}"></use></svg>'
    ).format(said, static("vendor/icons.svg"), name)


def compress(folder: Path) -> None:
    """Puts a packed copy beside each text, for WhiteNoise to serve; anew where the copy holds another text.

    Times do not tell: an update may bring an older file than the copy that was made here.
    """
    for path in folder.rglob("*"):
        packed = path.with_name(f"{path.name}.gz")
        if path.suffix not in TEXTS or _holds(packed, path.read_bytes()):
            continue
        # Complete before it has its name: other processes may start at the same time.
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(gzip.compress(path.read_bytes(), 9, mtime=0))
        made = Path(file.name)
        made.chmod(0o644)
        made.replace(packed)


def _holds(packed: Path, text: bytes) -> bool:
    """Whether a packed copy is there, whole, and of this text."""
    try:
        return gzip.decompress(packed.read_bytes()) == text
    except (OSError, EOFError, zlib.error):
        return False


def _safe(headers: Any, _path: str, url: str) -> None:
    for name, value in SAFE.items():
        headers[name] = value
    if url == f"/static/{WORKER}":
        headers["Service-Worker-Allowed"] = "/"  # it opens pages, which lie above it


def init_app(app: Flask) -> None:
    """Serves the folder, before the guard and without a session."""
    app.jinja_env.globals.update(static=static, icon=icon, worker=worker)
    try:
        compress(FOLDER)
    except OSError as error:  # installed where it may not write: bigger, but right
        logging.getLogger(__name__).warning("static files are served unpacked: %s", error)
    noise = WhiteNoise(
        app.wsgi_app,
        max_age=31536000,
        immutable_file_test=lambda path, url: True,
        allow_all_origins=False,
        add_headers_function=_safe,
    )
    noise.add_files(str(FOLDER), prefix="static/")
    app.wsgi_app = noise  # type: ignore[method-assign]
