"""The page on which whoever holds a print asks whether it is genuine and still counts; it tells nothing else."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.config import VERIFIER
from portal.domain.prints import GROUPS, LARGEST_FILE, FileMissing
from portal.domain.refusal import NotFound, Refusal
from portal.forms.titles import record_path
from portal.forms.words import STATES
from portal.lib import spoken_codes
from portal.queries import visible
from portal.services import checking
from portal.services.checking import Found
from portal.web import posted, rate_limit
from portal.web.guard import maybe_actor, open_to
from portal.web.headers import name_file

bp = Blueprint("check", __name__, url_prefix="/check")
PAPERS = "30 per minute"


@bp.get("/")
@open_to("everyone")
def ask() -> str | Answer:
    """The page to type a code or to drop a file."""
    typed = posted.asked("code", 60)
    if not typed:
        return render_template("check/ask.html")
    code = spoken_codes.plain(typed.rpartition("/check/")[2], GROUPS)
    if not code:
        return render_template("check/ask.html", typed=typed)
    return redirect(url_for("check.paper", paper=code))


@bp.get("/<paper>")
@open_to("everyone")
def paper(paper: str) -> tuple[str, int]:
    """What the paper with this code is worth."""
    rate_limit.count("paper", PAPERS)
    plain = spoken_codes.plain(paper, GROUPS)
    return _answer(checking.paper(plain) if plain else Found("unknown"))


@bp.post("/files")
@open_to("everyone")
def file() -> tuple[str, int]:
    """What a file is worth: read in memory, and gone with the answer."""
    given = request.files.get("file")
    try:
        data = given.read(LARGEST_FILE + 1) if given is not None else b""
        if not data or len(data) > LARGEST_FILE:
            raise FileMissing
        return _answer(checking.file(data))
    except Refusal as refusal:
        return render_template("check/ask.html", problem=str(refusal)), refusal.status


@bp.get("/verifier")
@open_to("everyone")
def verifier() -> Response:
    """The program that checks a file without the portal."""
    answer = Response(VERIFIER.read_bytes(), mimetype="text/x-python")
    name_file(answer, VERIFIER.name)
    return answer


@bp.url_value_preprocessor
def keep_in_memory(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """What strangers send is bounded before anything of it is read, and never written to a disk by us."""
    if endpoint == "check.file":
        request.max_content_length = LARGEST_FILE + 64 * 1024
        request._get_file_stream = lambda *_given, **_named: BytesIO()  # type: ignore[method-assign]


def _answer(found: Found) -> tuple[str, int]:
    """The page that tells; whoever is signed in and may see the record is led to it."""
    known, path = found.standing, ""
    if known is not None and (by := maybe_actor()) is not None:
        with suppress(NotFound):
            path = record_path(visible.record(known.number, by).form_code, known.number)
    page = render_template("check/answer.html", found=found, path=path, states=STATES)
    return page, 404 if found.verdict == "unknown" else 200
