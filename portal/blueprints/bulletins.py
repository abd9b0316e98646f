"""Bulletins, notices and issued documents: to be read, confirmed, and seen to by whoever issued them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.forms.titles import record_path
from portal.lib.clock import minute, now, today
from portal.lib.i18n import _
from portal.models import StoredFile
from portal.queries import postings as books
from portal.queries import visible
from portal.services import postings
from portal.web import bulletins, downloads
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

bp = Blueprint("bulletins", __name__, url_prefix="/bulletins")
SIZE, WIDE = 30, 1200


@bp.get("/")
@open_to("signed_in")
def index() -> str:
    """What the person may read, newest first; with `?show=all` what was taken down or is to come, too."""
    past = request.args.get("show") == "all"
    page = books.page(actor(), today(), request.args.get("after", ""), SIZE, past=past)
    return render_template(
        "bulletins/index.html",
        found=[bulletins.headline(row) for row in page.rows],
        past=past,
        previous=page.previous,
        following=page.following,
        today=today(),
    )


@bp.get("/<posting>")
@open_to("signed_in")
def show(posting: str) -> str:
    """One text, made for reading."""
    by = actor()
    one = books.one(posting, by, today())
    meant = books.is_meant(one, by, today()) and not by.is_auditor
    return render_template(
        "bulletins/article.html",
        one=one,
        number=posting,
        minute=minute,
        article=bulletins.article(one),
        read_at=books.read_at(one.record_id, by.id),
        asked=meant,
        keeps=books.keeps(one, by),
        record=_record(posting),
    )


@bp.post("/<posting>/receipt")
@open_to("writers")
@writes
def confirm(posting: str) -> Answer:
    """The person has read it."""
    postings.confirm(posting, actor(), now=now())
    flash(_("已记下您的阅读确认。"), "success")
    return redirect(url_for("bulletins.show", posting=posting), 303)


@bp.get("/<posting>/readers")
@open_to("signed_in")
def readers(posting: str) -> str:
    """Who has read it and who has not, for whoever sees to that."""
    by = actor()
    one = books.one(posting, by, today())
    if not books.keeps(one, by):
        raise NotFound
    found = books.audience(one, today())
    return render_template(
        "bulletins/readers.html",
        one=one,
        number=posting,
        minute=minute,
        waiting=[each for each in found if each.read_at is None],
        done=[each for each in found if each.read_at is not None],
        today=today(),
    )


@bp.post("/<posting>/reminders")
@open_to("writers")
@writes
def remind(posting: str) -> Answer:
    """Reminds those who have not read it, once a day."""
    many = postings.remind(posting, actor(), now=now())
    flash(_("已提醒 %(count)s 人。", count=many), "success")
    return redirect(url_for("bulletins.readers", posting=posting), 303)


@bp.get("/<posting>/files/<int:id>")
@open_to("signed_in")
def file(posting: str, id: int) -> Response:
    """A file that belongs to the text; a picture is made small enough for the page."""
    one = books.one(posting, actor(), today())
    found = db.session.get(StoredFile, id) if bulletins.holds(one, id) else None
    if found is None:
        raise NotFound
    if "small" in request.args:
        return downloads.small(found, WIDE)
    return downloads.whole(found, show="show" in request.args)


def _record(number: str) -> str:
    """The record's page, if the person may see it."""
    try:
        found = visible.record(number, actor())
    except NotFound:
        return ""
    return record_path(found.form_code, number)
