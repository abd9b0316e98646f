"""The one door for files: each that comes with a request is looked at before anything of the portal reads it."""

from __future__ import annotations

import io
from typing import Any, Never

from flask import Flask, current_app, request
from werkzeug.datastructures import FileStorage

from portal.database import transaction
from portal.domain.prints import LARGEST_FILE
from portal.domain.refusal import NotFound, Refusal
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.services import uploads, virus_scan
from portal.web import rate_limit
from portal.web.guard import CHANGING, EVERYONE, maybe_actor

STRANGERS = {"check.file": "10 per minute", "outside.sign": "10 per minute"}
"""Doors for files of people without an account, and how often an address may bring one."""


class Withheld(io.BytesIO):
    """What is left of a file that may not come in: whoever reads it is told why."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__()
        self.refusal = refusal

    def read(self, *_given: Any) -> Never:
        """Says why there is nothing to read.

        Raises:
            Refusal: each time.
        """
        raise self.refusal


def look() -> None:
    """Before a view runs: takes the content from those files that may not come in."""
    if request.method not in CHANGING or request.endpoint is None:
        return
    for _name, file in request.files.items(multi=True):
        if _size(file):
            try:
                _admit(file)
            except Refusal as refusal:
                file.close()
                file.stream = Withheld(refusal)


def _admit(file: FileStorage) -> None:
    """Lets a file in.

    Raises:
        Refusal: it is too large, not clean, or nobody asked for it.
    """
    _be_asked_for()
    name, limit = uploads.safe_name(file.filename or ""), _largest()
    if _size(file) > limit:
        raise Refusal(_l("“%(name)s”超过 %(limit)d MB。"), name=name, limit=limit // 1024**2)
    found = virus_scan.found_in(file.stream)
    if found:
        by, address = maybe_actor(), request.remote_addr or ""
        with transaction(aside=True):
            virus_scan.report(name, found, file.stream, by=by, address=address, now=now())
        raise virus_scan.Infected(name=name, found=found)


def _be_asked_for() -> None:
    """Strangers bring files to few doors, and not often."""
    endpoint = request.endpoint or ""
    if endpoint in STRANGERS:
        rate_limit.count("file", STRANGERS[endpoint])
    elif getattr(current_app.view_functions[endpoint], "open_to", EVERYONE) == EVERYONE:
        raise NotFound


def _largest() -> int:
    megabytes: int = current_app.config["SETTINGS"].upload_megabytes
    return max(megabytes * 1024**2, LARGEST_FILE)


def _size(file: FileStorage) -> int:
    size = file.stream.seek(0, io.SEEK_END)
    file.stream.seek(0)
    return size


def init_app(app: Flask) -> None:
    """Puts the look at files behind the guard: only those whom a view is open to bring anything to the scanner."""
    app.before_request(look)
