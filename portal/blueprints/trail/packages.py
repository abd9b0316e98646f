"""Packages of records for an audit: asked for, watched, taken away; and the program that verifies them."""

from __future__ import annotations

from heapq import nsmallest
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.blueprints.trail.room import bp
from portal.database import transaction
from portal.domain.roles import DEPARTMENTS
from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title
from portal.forms.words import STATES
from portal.lib.clock import now
from portal.lib.i18n import _, language
from portal.lib.sampling import draw
from portal.queries import audit_packages as found
from portal.queries import samples
from portal.queries.actors import Actor
from portal.services import audit_packages as acts
from portal.storage import package_store
from portal.web import package_words, record_filter
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.transaction import writes


@bp.get("/packages")
@open_to("auditors")
def packages() -> str:
    """One's own packages, and the sheet to ask for another."""
    return render_template(
        "trail/packages.html",
        forms=[(code, form_title(code, language())) for code in sorted(FORMS)],
        departments=DEPARTMENTS,
        states=STATES,
        most=acts.MOST,
        days=acts.KEPT.days,
        **_shown(actor()),
    )


@bp.get("/packages/progress")
@open_to("auditors")
def package_progress() -> str:
    """The list alone, which looks again by itself while a package is being built."""
    return render_template("trail/package_list.html", **_shown(actor()))


@bp.post("/packages")
@open_to("auditors")
@writes
def ask_package() -> Answer:
    """Asks for a package: of the sample where a seed is given, else of all records that fit."""
    by = actor()
    asked = record_filter.asked(request.form)
    numbers = samples.numbers(record_filter.population(asked), by)
    if asked["seed"]:
        asked["many"], drawn = draw(numbers, asked["seed"], asked["size"])
    else:
        del asked["seed"], asked["size"]
        drawn = nsmallest(acts.MOST + 1, numbers)
    acts.ask(asked, drawn, by=by, address=request.remote_addr or "", now=now())
    flash(_("已开始制作资料包，可以离开此页，稍后回来下载。"), "success")
    return redirect(url_for("trail.packages"), 303)


@bp.post("/packages/<int:id>/cancellations")
@open_to("auditors")
@writes
def cancel_package(id: int) -> Answer:
    """Ends a package that is being built."""
    acts.cancel(found.find(id, actor()), now=now())
    flash(_("已取消。"), "success")
    return redirect(url_for("trail.packages"), 303)


@bp.post("/packages/<int:id>/downloads")
@open_to("auditors")
def take_package(id: int) -> Response:
    """The file of a package; that it was taken stands in the trail.

    Raises:
        PackageGone: there is none.
    """
    by = actor()
    with transaction():
        package = found.find(id, by)
        try:
            size, data = package_store.read(package.file or "none")
        except FileNotFoundError:
            raise acts.PackageGone from None
        acts.take(package, by=by, address=request.remote_addr or "", now=now())
    answer = Response(data, mimetype="application/zip")
    answer.content_length = size
    name_file(answer, f"audit-package-{id}.zip")
    return answer


def _shown(by: Actor) -> dict[str, Any]:
    packages = found.of(by)
    return {
        "packages": [(one, package_words.asked(one), package_words.why(one)) for one in packages],
        "running": any(one.state == "running" for one in packages),
        "words": package_words.STATES,
        "kept": acts.KEPT,
    }
