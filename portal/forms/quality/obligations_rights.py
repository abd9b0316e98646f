"""Obligations about what was granted or agreed for a time: rights of access, agreements and their requirements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.forms.kinds import Ref
from portal.forms.quality.security_duties import DAYS, LONG, OFFICERS, REPRESENTATIVE, YEARLY
from portal.forms.quality.service_level_agreement import ServiceLevelAgreement
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import access_rights, owed_security

TERMS = ("agreement_kind", "agreement_no", "partner", "services")  # of an agreement that is reviewed


def right_reviews(look: Look) -> Iterator[Case]:
    """A right is looked at again three months after the last look, and decided a week before it ends."""
    first = max(look.since, look.today - LONG)
    for right in access_rights.ended_since(first):
        ends = right.ends - timedelta(days=look.numbers["before_end"])
        if ends <= look.today:
            answers = _right(right, look, "withdraw")
            yield _case(right, f"{right.id}:end", look, right.ends, answers)
        begins = right.review - timedelta(days=look.numbers["before_review"])
        if begins <= look.today and right.review < ends and right.review >= first:
            answers = _right(right, look, "extend")
            yield _case(right, f"{right.id}:review", look, right.review, answers)


def _case(right: access_rights.Right, name: str, look: Look, due: date, answers: dict[str, Any]) -> Case:
    title = f"{right.facts['person']} · {right.facts['asset']} {due}"
    return Case(name, OFFICERS, look.at(due), title, answers, record=right.record_id, kept=right.closed)


def _right(right: access_rights.Right, look: Look, kind: str) -> dict[str, Any]:
    known = right.facts
    days = {"valid_from": look.today, "valid_to": right.ends} if kind == "extend" else {}
    return {
        "person": Ref(known["person_id"], known["person"]),
        "request_kind": kind,
        "asset": Ref(known["asset_id"], known["asset"]),
        "rights": known["rights"],
        **days,
    }


def agreement_reviews(look: Look) -> Iterator[Case]:
    """An agreement is reviewed a year after it was entered, and 60 days before it ends."""
    newest: dict[str, owed_security.Done] = {}
    for done in owed_security.finished(ServiceLevelAgreement.code):
        number = str(done.answers["agreement_no"])
        if number in newest:
            yield from _agreement(look, newest[number], kept=True)
        newest[number] = done
    for done in newest.values():
        yield from _agreement(look, done, kept=False)


def _agreement(look: Look, done: owed_security.Done, *, kept: bool) -> Iterator[Case]:
    text = done.answers.get("valid_to")
    ends = date.fromisoformat(text) if text else None
    again = months_later(done.on, 12)
    title = f"{done.answers['agreement_no']} {done.answers['partner']}"
    answers = {name: done.answers[name] for name in TERMS}
    if customer := done.answers.get("customer"):
        answers["customer"] = Ref(customer["id"], customer["text"])
    dates = {"year": (again, look.numbers["before"]), "end": (ends, look.numbers["before_end"])}
    for name, (due, before) in dates.items():
        if due is None or (name == "year" and ends is not None and due > ends):
            continue
        if kept or (due - timedelta(days=before) <= look.today <= due + LONG and due >= look.since):
            yield Case(
                f"{done.record_id}:{name}",
                OFFICERS,
                look.at(due),
                f"{title} {due}",
                answers,
                record=done.record_id,
                kept=kept,
            )


OBLIGATIONS = (
    Obligation(
        "OS-23",
        "",
        "quality",
        _l("授权访问复核及到期处理"),
        _l("有效权限每三个月复核；截止日期前一周决定延期或撤销"),
        _l("信息安全管理员"),
        _l("复核日期或截止日期"),
        _l("权限已延期、变更或撤销"),
        "IS-03",
        _l("告知管理者代表"),
        REPRESENTATIVE,
        (
            Number("before_review", _l("复核提前提醒"), 7, DAYS),
            Number("before_end", _l("到期提前提醒"), 7, DAYS),
        ),
        cases=right_reviews,
        clause="IS-S-03#access-review",
    ),
    Obligation(
        "OS-24",
        "",
        "quality",
        _l("协议及安全需求评审"),
        _l("协议登记满一年或将终止"),
        _l("信息安全管理员"),
        _l("满一年之日或终止日期"),
        _l("同一编号的协议已重新登记"),
        "IS-17",
        _l("告知管理者代表"),
        REPRESENTATIVE,
        (*YEARLY, Number("before_end", _l("终止前提前提醒"), 60, DAYS)),
        cases=agreement_reviews,
        clause="IS-P-01#requirements-review",
    ),
)
