"""Labels for items and places, to be stuck on and scanned."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from portal.blueprints.warehouse.room import bp
from portal.domain.refusal import NotFound
from portal.forms.warehouse import shop_parts
from portal.lib.i18n import _, _l, language
from portal.pdf.label_sheet import LAYOUTS, MARKS
from portal.queries import labels as books
from portal.queries.keyset import LARGEST
from portal.services import label_prints, print_turns
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.headers import name_file

LAYOUT_WORDS = {"sheet": _l("A4 不干胶纸，每页 3×8 张"), "single": _l("单张标签 60×40 毫米")}
MARK_WORDS = {"qr": _l("二维码"), "code128": _l("条形码（Code 128）"), "both": _l("二维码和条形码")}


@bp.get("/labels")
@open_to("signed_in")
def labels(department: str) -> str:
    """What labels can be printed for, to be chosen."""
    _refuse_others()
    return render_template(
        "warehouse/labels.html",
        typed=posted.asked("q"),
        items=books.items(posted.asked("q")),
        places=books.places(),
        layouts=LAYOUT_WORDS,
        marks=MARK_WORDS,
        most=label_prints.COPIES,
    )


@bp.get("/labels/print")
@open_to("signed_in")
def labels_pdf(department: str) -> Answer:
    """The labels chosen, as a file to print; without a choice the page says what to do."""
    _refuse_others()
    ids = {
        int(one) for one in request.args.getlist("item") if one.isascii() and one.isdigit() and len(one) < 10
    }
    with print_turns.turn(actor().id):
        made = label_prints.make(
            {one for one in ids if one <= LARGEST},
            set(request.args.getlist("place")),
            layout=_one_of(LAYOUTS, "layout"),
            mark=_one_of(MARKS, "mark"),
            copies=_copies(),
            language=language(),
        )
    if made is None:
        flash(_("请先勾选要打印标签的库存品或库位。"), "error")
        return redirect(url_for("warehouse.labels"), 303)
    answer = Response(made, mimetype="application/pdf")
    name_file(answer, "labels.pdf", shown=True)
    return answer


def _refuse_others() -> None:
    if not shop_parts.may_print_labels(actor()):
        raise NotFound


def _one_of(known: tuple[str, ...] | dict[str, int], name: str) -> str:
    wanted = posted.asked(name)
    return wanted if wanted in known else next(iter(known))


def _copies() -> int:
    wanted = posted.asked("copies")
    return (
        min(int(wanted), label_prints.COPIES)
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 4
        else 1
    )
