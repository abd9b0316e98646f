"""One line of the log and one count for each request: who asked for what kind of page, how it ended, how long it took.

Neither the address nor anything that was sent is in it: addresses carry names, words that were searched for, and the
secrets of one-time links.
"""

from __future__ import annotations

import logging
import re
import secrets
from time import perf_counter

from flask import Flask, current_app, g, request
from flask.logging import default_handler
from werkzeug.wrappers import Response

from portal.config import Settings
from portal.lib import metrics
from portal.lib.log_lines import WORK, JsonLines, TextLines, facts

HEADER = "X-Request-ID"
_GOOD = re.compile(r"[A-Za-z0-9._-]{8,64}")
log = logging.getLogger("portal.requests")


def init_app(app: Flask) -> None:
    """Sets the log up and watches every request, from before the guard until after everything else."""
    _configure(app.config["SETTINGS"])
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(_end)


def _configure(settings: Settings) -> None:
    """The portal's own words go out as text; as JSON those of the libraries too, so that every line can be read."""
    portal, root = logging.getLogger("portal"), logging.getLogger()
    as_json = settings.log_format == "json"
    for logger in (portal, root):
        logger.removeHandler(default_handler)
    default_handler.setFormatter(JsonLines() if as_json else TextLines())
    (root if as_json else portal).addHandler(default_handler)
    if as_json:
        for name in ("alembic", "sqlalchemy"):  # to which Flask-Alembic gives a handler that writes text
            logging.getLogger(name).handlers.clear()
    portal.setLevel(settings.log_level)


def _begin() -> None:
    g.request_id, g.began = _id(), perf_counter()
    g.work_token = WORK.set(g.request_id)


def _id() -> str:
    """What the proxy calls this request, where the settings say that there is one; else a name of our own."""
    given = request.headers.get(HEADER, "") if current_app.config["SETTINGS"].proxies else ""
    return given if _GOOD.fullmatch(given) else secrets.token_hex(8)


def _tell(response: Response) -> Response:
    if "began" not in g:  # refused before anything began, as a host that nobody trusts
        _begin()
    seconds = perf_counter() - g.began
    metrics.count_request(request.endpoint, request.method, response.status_code, seconds)
    response.headers.setdefault(HEADER, g.request_id)
    actor = g.get("actor")
    log.log(
        logging.INFO if current_app.config["SETTINGS"].log_format == "json" else logging.DEBUG,
        "request",
        extra=facts(
            person=actor.id if actor is not None else None,
            endpoint=request.endpoint,
            method=request.method if request.method in metrics.METHODS else "other",
            status=response.status_code,
            ms=round(seconds * 1000, 1),
        ),
    )
    return response


def _end(_error: BaseException | None) -> None:
    if (token := g.pop("work_token", None)) is not None:
        WORK.reset(token)
