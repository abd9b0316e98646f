"""Small acts on a record: take it back, say something, pass a turn on."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, current_app, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.i18n import _, _l
from portal.models import Record
from portal.services import conversation, corrections, delegation, outside
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.views import named
from portal.web.views.record import page

Answer = Response | tuple[str, int]


def act(name: str) -> Callable[[Callable[[Record], str]], Callable[..., Answer]]:
    """A small act on a record: does it and goes back to the record's page, which also says why it was refused."""

    def wrap(do: Callable[[Record], str]) -> Callable[..., Answer]:
        @open_to("writers")
        def view(department: str, slug: str, number: str) -> Answer:
            record = named.record(department, slug, number)
            try:
                with transaction():
                    done = do(record)
            except Refusal as refusal:
                return page(record, problem=str(refusal)), refusal.status
            flash(done, "success")
            return redirect(named.address(record), 303)

        view.__name__, view.__doc__ = name, do.__doc__
        return view

    return wrap


@act("withdraw")
def withdraw(record: Record) -> str:
    """Takes the record back."""
    corrections.withdraw(record.id, actor(), reason=posted.said("_reason", 500), now=now())
    return _("已撤回，可以更正后重新提交。")


@act("void")
def void(record: Record) -> str:
    """Gives a returned record up."""
    corrections.void(record.id, actor(), reason=posted.said("_reason", 500), now=now())
    return _("已作废。")


@act("comment")
def comment(record: Record) -> str:
    """Says something about the record."""
    files = [file.reference() for file in named.uploads("_hand-upload")]
    conversation.comment(record, actor(), posted.said("_opinion"), files, now=now())
    return _("已发表。")


@act("urge")
def urge(record: Record) -> str:
    """Reminds those whose turn it is."""
    conversation.urge(record, actor(), now=now())
    return _("已催办。")


@act("copy_to")
def copy_to(record: Record) -> str:
    """Copies people in."""
    conversation.copy_to(record, actor(), [named.person()], now=now())
    return _("已抄送。")


@act("pass_on")
def pass_on(record: Record) -> str:
    """Adds a signer, asks for advice, or hands the task over."""
    task, by = named.task(record), actor()
    how, reason = posted.control("_act", 20), posted.said("_reason", 500)
    if how in ("before", "after"):
        delegation.add_signer(task.id, by, named.person(), how, reason=reason, now=now())
        return _("已加签。")
    if how == "advice":
        delegation.ask_advice(task.id, by, named.person(), reason=reason, now=now())
        return _("已征求意见，答复后回到您这里。")
    if how == "hand_over":
        delegation.hand_over(task.id, by, named.person(), reason=reason, now=now())
        return _("已转办。")
    raise Refusal(_l("请选择加签、征求意见或转办。"))


@act("make_link")
def make_link(record: Record) -> str:
    """Makes a one-time link for an outside signer."""
    token = outside.make_link(named.task(record).id, actor(), posted.said("_outside_name", 120), now=now())
    base = (current_app.config["SETTINGS"].public_url or request.host_url).rstrip("/")
    address = url_for("outside.show", token=token)
    return _("一次性链接（七天内有效，只显示这一次）：%(address)s", address=base + address)


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    at = "/<slug>/<number>"
    for path, view in (
        ("withdrawals", withdraw),
        ("voidings", void),
        ("comments", comment),
        ("reminders", urge),
        ("readers", copy_to),
        ("turns", pass_on),
        ("links", make_link),
    ):
        bp.add_url_rule(f"{at}/{path}", view.__name__, view, methods=["POST"])
