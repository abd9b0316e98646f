"""Bills of materials: the products with theirs, one as a tree, where a part is used, what two versions differ in."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from portal.blueprints.engineering.room import bp
from portal.domain import bom
from portal.domain.refusal import NotFound, Refusal
from portal.forms import bom_parts
from portal.forms.catalogue import FORMS
from portal.forms.titles import record_path
from portal.lib.clock import now, today
from portal.lib.i18n import _l
from portal.queries import boms as books
from portal.queries import ledgers
from portal.queries.actors import Actor
from portal.services import bom_demand
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.reading import reads
from portal.web.transaction import writes

MOST = 100_000  # products that are asked for at once


@bp.get("/bom")
@open_to("signed_in")
@reads
def boms(department: str) -> str:
    """The products with their lists in force, and the parts that fit what is typed."""
    by, typed = _reader(), posted.asked("q")
    return render_template(
        "engineering/boms.html",
        typed=typed,
        boms=books.in_force(),
        parts=books.parts(typed) if typed else [],
        counts=lambda one: sum(1 for _node in bom.every(one.nodes)),
        may_import=bom_parts.may_import(by),
    )


@bp.get("/bom/where-used")
@open_to("signed_in")
@reads
def where_used(department: str) -> str:
    """Every place at which a part is used, in all lists in force."""
    _reader()
    part = posted.asked("part")
    return render_template("engineering/where_used.html", part=part, uses=books.uses(part) if part else [])


@bp.get("/bom/<product>")
@open_to("signed_in")
def show_bom(department: str, product: str) -> str:
    """One product's list as a tree, the version in force unless another one is asked for."""
    by = _reader()
    project = books.named(product)
    one = books.of_product(project, posted.asked("version"))
    return render_template("engineering/bom.html", **_shown(one, by))


def _shown(one: books.Bom, by: Actor) -> dict[str, object]:
    number = one.paper.number
    readable = ledgers.readable({number}, by)
    versions = books.versions(one.project)
    return {
        "bom": one,
        "nodes": list(bom.every(one.nodes)),
        "on_hand": books.on_hand(one.nodes),
        "codes": books.item_codes(one.nodes),
        "versions": versions,
        "newest": versions[0].version,
        "to_come": one.paper.effective_on > today().isoformat(),
        "path": record_path(books.FORM, number) if number in readable else "",
        "may_ask": bom_parts.may_ask(by) and bool(bom.needs(one.nodes)) and not books.is_obsolete(one),
        "may_import": bom_parts.may_import(by),
        "most": MOST,
    }


@bp.get("/bom/<product>/compare")
@open_to("signed_in")
def compare_boms(department: str, product: str) -> str:
    """What two versions of a list differ in; without any, the two newest."""
    _reader()
    project = books.named(product)
    versions = [one.version for one in books.versions(project)]
    if not versions:
        raise NotFound
    new = posted.asked("to") or versions[0]
    former = versions[versions.index(new) + 1 :] if new in versions else []
    old = posted.asked("from") or (former[0] if former else new)
    before, after = books.of_product(project, old), books.of_product(project, new)
    return render_template(
        "engineering/compare.html",
        project=project,
        versions=versions,
        old=old,
        new=new,
        changes=bom.compare(before.nodes, after.nodes),
        kinds=bom_parts.CHANGES,
        columns=bom_parts.COLUMNS,
    )


@bp.post("/bom/<product>/requisitions")
@open_to("writers")
@writes
def ask_for_goods(department: str, product: str) -> Response:
    """Begins a requisition of the stock items that so many products take."""
    by = _reader()
    one = books.of_product(books.named(product), posted.control("version", 40))
    many = posted.control("products", 10)
    if not (many.isascii() and many.isdigit() and 0 < int(many) <= MOST):
        raise Refusal(_l("请填写 1 至 %(most)d 之间的件数。"), most=MOST)
    draft = bom_demand.begin(one, int(many), by=by, now=now())
    form = FORMS[bom_demand.REQUISITION]
    return redirect(url_for("purchasing.new", slug=form.slug, draft=draft.key), 303)


def _reader() -> Actor:
    """The person, if the lists are for them.

    Raises:
        NotFound: they are not.
    """
    by = actor()
    if not bom_parts.may_see(by):
        raise NotFound
    return by
