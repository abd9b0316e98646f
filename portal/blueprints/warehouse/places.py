"""The storage places: the list, and what the warehouse supervisor does with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.blueprints.warehouse.room import bp
from portal.domain.refusal import NotFound, Refusal
from portal.forms import pages
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import places as books
from portal.queries.actors import Actor
from portal.services import places
from portal.web import meanwhile, posted
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import PlaceSheet
from portal.web.transaction import writes

Answer = str | Response | tuple[str, int]


@bp.get("/places")
@open_to("signed_in")
def list_places(department: str) -> str:
    """The places with what lies there."""
    _reader()
    return _page(PlaceSheet(person=actor()))


@bp.post("/places")
@open_to("writers")
@writes
def add_place(department: str) -> Answer:
    """Enters a place."""
    by = _reader()
    form = PlaceSheet(request.form, person=by)
    good, _none = attempt(
        form, lambda: places.add(form.place_code.data, form.place_name.data, by=by, now=now())
    )
    if not good:
        return _page(form), 422
    flash(_("库位已登记。"), "success")
    return redirect(url_for("warehouse.list_places"), 303)


@bp.post("/places/<int:id>/name")
@open_to("writers")
@writes
def rename_place(department: str, id: int) -> Answer:
    """Gives a place another name."""
    by = _reader()

    def act() -> None:
        row = books.one(id)
        meanwhile.refuse(places.STREAM, "place_renamed", place=row.code)
        places.rename(id, posted.said("name", 80), by=by, now=now())

    return _done(act, _("库位名称已更改。"), {id: posted.control("name", 80)})


@bp.post("/places/<int:id>/close")
@open_to("writers")
@writes
def close_place(department: str, id: int) -> Answer:
    """Takes a place out of use."""
    return _done(lambda: places.close(id, by=_reader(), now=now()), _("库位已停用。"))


@bp.post("/places/<int:id>/reopen")
@open_to("writers")
@writes
def reopen_place(department: str, id: int) -> Answer:
    """Takes a place into use again."""
    return _done(lambda: places.reopen(id, by=_reader(), now=now()), _("库位已重新启用。"))


def _done(act: Any, said: str, typed: Mapping[int, str] = MappingProxyType({})) -> Answer:
    """Does it and goes back to the list, which says how it went and keeps the names that were typed."""
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        form = PlaceSheet(person=actor())
        form.form_errors.append(str(refusal))
        return _page(form, typed), refusal.status
    flash(said, "success")
    return redirect(url_for("warehouse.list_places"), 303)


def _reader() -> Actor:
    """The person, if the places are for them.

    Raises:
        NotFound: they are not.
    """
    by = actor()
    if not pages.reads_places(by):
        raise NotFound
    return by


def _page(form: PlaceSheet, typed: Mapping[int, str] = MappingProxyType({})) -> str:
    seen, wrong = meanwhile.seen(places.STREAM), errors(form) if form.errors or form.form_errors else []
    return render_template(
        "warehouse/places.html",
        places=books.every(),
        mine=places.may_change(actor()),
        form=form,
        errors=wrong,
        typed=typed,
        seen=seen,
    )
