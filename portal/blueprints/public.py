"""The page on which people without an account send a complaint, a repair or a request, and ask how it stands."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain.public_requests import GROUPS, KINDS, LARGEST, LONGEST, STATES, LeftEmpty
from portal.domain.refusal import AnswersWrong, NotFound, Refusal
from portal.forms.base import Sheet
from portal.forms.fields import Choice, LongText, Phone, Text
from portal.lib import spoken_codes
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.queries import public_requests as known
from portal.services import public_requests
from portal.web import posted
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

bp = Blueprint("public", __name__)

TRAP = "website"  # a field that people do not see


class PublicSheet(Sheet):
    """What somebody from outside sends."""

    kind = Choice(_l("您要反映的是"), KINDS)
    name_ = Text(_l("您的姓名"), max=60)
    phone = Phone(_l("联系电话"), max=30, help=_l("我们会用这个号码与您联系"))
    place = Text(
        _l("地点或机编号"), required=False, max=120, help=_l("例如：3 号楼 2 单元 501，或机器铭牌上的编号")
    )
    content = LongText(_l("情况说明"), max=LONGEST, help=_l("什么时候、什么地方、发生了什么，您希望怎样解决"))


@bp.url_value_preprocessor
def limit_size(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Nobody without an account sends more than a page of text; known before anything of it is read."""
    if endpoint in ("public.send", "public.write", "public.receipt"):
        request.max_content_length = LARGEST


@bp.get("/public/")
@open_to("everyone")
def write() -> str:
    """The page to write on."""
    _only_while_open()
    return _page(PublicSheet())


@bp.post("/public/")
@open_to("everyone")
def send() -> tuple[str, int] | Response:
    """Sends it; the receipt is all that comes back."""
    _only_while_open()
    form = PublicSheet(request.form)
    try:
        sent = _send(form)
    except Refusal as refusal:
        return _page(form, str(refusal)), refusal.status
    return redirect(url_for("public.receipt", number=sent), 303)


@writes
def _send(form: PublicSheet) -> str:
    """The receipt of what was sent.

    Raises:
        LeftEmpty: a machine has filled it in.
        AnswersWrong: the answers are not good.
    """
    if request.form.get(TRAP):
        raise LeftEmpty
    if not form.validate():
        raise AnswersWrong
    return public_requests.send(form.answers(), address=request.remote_addr or "", now=now()).receipt


@bp.get("/public/receipt")
@open_to("everyone")
def receipt() -> Response:
    """How what was sent with this receipt stands, and nothing else."""
    _only_while_open()
    asked = posted.asked("number")
    if not asked:
        return redirect(url_for("public.write"))
    number = spoken_codes.plain(asked, GROUPS)
    state = known.state(number)
    page = render_template("public/receipt.html", number=number, state=STATES.get(state or ""), stage=state)
    answer = make_response(page, 200 if state else 404)
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


@bp.post("/public-requests/<int:id>/closings")
@open_to("writers")
@writes
def close(id: int) -> Response:
    """Puts aside what is no matter for the company."""
    public_requests.close(id, actor(), posted.said("reason", 300), now=now())
    return redirect(url_for("home.index"), 303)


def _only_while_open() -> None:
    if not known.is_open():
        raise NotFound


def _page(form: PublicSheet, problem: str = "") -> str:
    wrong = errors(form) if form.errors or form.form_errors else []
    return render_template("public/write.html", form=form, trap=TRAP, problem=problem, errors=wrong)
