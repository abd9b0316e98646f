"""Obligations of information security: what is assessed, audited, reviewed and taught again and again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.domain.permissions import role_key
from portal.forms.kinds import Ref
from portal.forms.quality.asset_registration import facts
from portal.forms.quality.service_level_agreement import ServiceLevelAgreement
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import access_rights, owed_security, people, security, security_books

OFFICER = (role_key("security_officer"),)
REPRESENTATIVE = (role_key("management_representative"),)
DAYS = _l("天")
LONG = timedelta(days=180)  # after its day a case that nobody took up is history
TERMS = ("agreement_kind", "agreement_no", "partner", "services")  # of an agreement that is reviewed


def yearly_assessment(look: Look) -> Iterator[Case]:
    """Risks are assessed anew a year after the last assessment."""
    yield from _yearly(look, "IS-08")


def yearly_audit(look: Look) -> Iterator[Case]:
    """Information security is audited anew a year after the last audit."""
    yield from _yearly(look, "IS-13")


def _yearly(look: Look, code: str) -> Iterator[Case]:
    """A case a year after each of the records, kept by the next one; the first a year after the company begins."""
    done = owed_security.finished(code)
    chain = [("first", look.since), *((str(one.record_id), one.on) for one in done)]
    for place, (occurrence, on) in enumerate(chain):
        due = months_later(on, 12)
        if _is_asked(look, due):
            yield Case(occurrence, OFFICER, look.at(due), str(due), kept=place + 1 < len(chain))


def asset_reviews(look: Look) -> Iterator[Case]:
    """An asset is looked at again on the day that its last registration has set."""
    last = look.today + timedelta(days=look.numbers["before"])
    registered = owed_security.registrations()
    for asset in owed_security.assets_to_review(last):
        assert asset.next_review_on is not None
        done = registered.get(asset.id, [])
        if _is_asked(look, asset.next_review_on):
            yield Case(
                f"{asset.id}:{done[-1] if done else 0}",
                OFFICER,
                look.at(asset.next_review_on),
                f"{asset.label} {asset.next_review_on}",
                {"request_kind": "change", "asset": Ref(asset.id, asset.label), **facts(asset)},
            )
    known = owed_security.assets(set(registered))
    for id, records in registered.items():
        for before in (0, *records)[:-1]:  # what a later registration has kept
            yield Case(f"{id}:{before}", OFFICER, title=known[id].label, kept=True)


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
    return Case(name, OFFICER, look.at(due), title, answers, record=right.record_id, kept=right.closed)


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
                OFFICER,
                look.at(due),
                f"{title} {due}",
                answers,
                record=done.record_id,
                kept=kept,
            )


def yearly_training(look: Look) -> Iterator[Case]:
    """Everybody passes a training in information security each year; asked for department by department."""
    for year in (look.today.year - 1, look.today.year):
        due = date(year, 12, 31)
        if not (_is_asked(look, due) and due >= look.since):
            continue
        passed = security.trained(date(year, 1, 1), look.today)
        staff = security_books.headcount()
        for department in people.departments():
            there = staff.get(department.id, [])
            missing = [id for id in there if id not in passed]
            already = len(there) - len(missing)
            for before in range(already):  # what a training has kept; whoever it left out is asked for anew
                yield Case(f"{year}:{department.key}:{before}", OFFICER, kept=True)
            if missing:
                yield Case(
                    f"{year}:{department.key}:{already}",
                    OFFICER,
                    look.at(due),
                    f"{department.name} {already}/{len(there)}",
                    {
                        "topic": f"{year} 年信息安全培训",
                        "training_kind": security.SECURITY,
                        "trainees": [{"person": _ref(id)} for id in missing],
                    },
                )


def _ref(id: int) -> Ref:
    return Ref(id, people.person(id).label)


def _is_asked(look: Look, due: date) -> bool:
    """Whether something due on this day is asked for by now, and not so late that it is history."""
    return due - timedelta(days=look.numbers["before"]) <= look.today <= due + LONG


YEARLY = (Number("before", _l("提前提醒"), 30, DAYS),)

OBLIGATIONS = (
    Obligation(
        "OS-22",
        "",
        "quality",
        _l("每年风险评估"),
        _l("上次风险评估满一年"),
        _l("信息安全管理员"),
        _l("上次总经理批准后一年"),
        _l("新的风险评估报告已批准"),
        "IS-08",
        _l("告知管理者代表"),
        REPRESENTATIVE,
        YEARLY,
        cases=yearly_assessment,
    ),
    Obligation(
        "OS-22-audit",
        "",
        "quality",
        _l("每年信息安全审核"),
        _l("上次信息安全审核满一年"),
        _l("信息安全管理员"),
        _l("上次审核报告批准后一年"),
        _l("新的审核报告已批准"),
        "IS-13",
        _l("告知管理者代表"),
        REPRESENTATIVE,
        YEARLY,
        cases=yearly_audit,
    ),
    Obligation(
        "OS-22-assets",
        "",
        "quality",
        _l("信息资产定期评审"),
        _l("信息资产的下次评审日期将到"),
        _l("信息安全管理员"),
        _l("下次评审日期"),
        _l("信息资产登记表已审核"),
        "IS-07",
        _l("告知管理者代表"),
        REPRESENTATIVE,
        YEARLY,
        cases=asset_reviews,
    ),
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
    ),
    Obligation(
        "OS-25",
        "",
        "quality",
        _l("每年信息安全培训"),
        _l("部门内有员工当年还没有合格的信息安全培训"),
        _l("信息安全管理员"),
        _l("12 月 31 日"),
        _l("部门全体员工在培训台帐中有合格记录"),
        "IS-14",
        _l("告知管理者代表"),
        REPRESENTATIVE,
        (Number("before", _l("提前提醒"), 60, DAYS),),
        cases=yearly_training,
    ),
)
