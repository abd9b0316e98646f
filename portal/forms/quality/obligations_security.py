"""Obligations of information security: what is assessed, audited, reviewed and taught again and again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal.domain.obligations import Case, Look, Number, Obligation
from portal.forms.kinds import Ref
from portal.forms.quality import obligations_rights
from portal.forms.quality.asset_registration import facts
from portal.forms.quality.security_duties import DAYS, LONG, OFFICERS, REPRESENTATIVE, YEARLY
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import owed_security, people, security, security_books


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
            yield Case(occurrence, OFFICERS, look.at(due), str(due), kept=place + 1 < len(chain))


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
                OFFICERS,
                look.at(asset.next_review_on),
                f"{asset.label} {asset.next_review_on}",
                {"request_kind": "change", "asset": Ref(asset.id, asset.label), **facts(asset)},
            )
    known = owed_security.assets(set(registered))
    for id, records in registered.items():
        for before in (0, *records)[:-1]:  # what a later registration has kept
            yield Case(f"{id}:{before}", OFFICERS, title=known[id].label, kept=True)


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
                yield Case(f"{year}:{department.key}:{before}", OFFICERS, kept=True)
            if missing:
                yield Case(
                    f"{year}:{department.key}:{already}",
                    OFFICERS,
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


OBLIGATIONS = (
    *obligations_rights.OBLIGATIONS,
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
        clause="IS-P-01#risk-assessment",
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
        clause="IS-S-03#audits",
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
        clause="IS-P-01#assets-review",
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
        clause="IS-S-03#training",
    ),
)
