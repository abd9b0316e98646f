"""IS-12: a system is changed as planned and agreed; what fails is taken back and looked into."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.models import Record
from portal.queries import security_books
from tests.forms.customer_service.shop import wrong
from tests.forms.quality.security_desk import HEAD, OFFICER, REPRESENTATIVE, Office


def change(office: Office, **changed: Any) -> dict[str, Any]:
    """A patch of the finance system, planned for tomorrow."""
    return {
        "asset": office.named(),
        "title": "升级数据库补丁",
        "change_kind": "normal",
        "description": "安装补丁并重启",
        "reason": "修复漏洞",
        "risk_level": "low",
        "risk_and_impact": "停机半小时",
        "test_plan": "测试环境验证",
        "back_out_plan": "恢复快照",
        "planned_at": office.now + timedelta(days=1),
        **changed,
    }


def agreed(office: Office, **changed: Any) -> Record:
    """A change that may be made."""
    record = office.submit("IS-12", "employee", **change(office, **changed))
    while record.step != "implementation":
        office.sign(record)
    return record


def made(office: Office, **changed: Any) -> dict[str, Any]:
    """That it was made."""
    return {
        "implemented_at": office.now,
        "succeeded": True,
        "verified_by": office.person("information_officer"),
        **changed,
    }


@pytest.mark.parametrize(
    ("kind", "risk", "higher"),
    [
        ("normal", "low", False),
        ("standard", "medium", False),
        ("emergency", "low", True),
        ("normal", "high", True),
    ],
)
def test_an_emergency_or_a_high_risk_goes_to_the_representative(
    office: Office, kind: str, risk: str, higher: bool
) -> None:
    record = office.submit("IS-12", "employee", **change(office, change_kind=kind, risk_level=risk))
    turns = []
    while record.step != "implementation":
        turns.append(office.signers(record))
        office.sign(record)
    expected = [{"finance_supervisor"}, {OFFICER, HEAD}]
    assert turns == ([*expected, {REPRESENTATIVE}] if higher else expected)
    assert office.signers(record) == {"employee"}


def test_a_change_is_approved_before_it_is_made(office: Office) -> None:
    late = change(office, planned_at=office.now - timedelta(days=1))
    assert wrong(office.sheet("IS-12", "employee", **late)) == {"planned_at"}
    office.asset().state = "retired"
    assert wrong(office.sheet("IS-12", "employee", **change(office))) == {"asset"}


@pytest.mark.parametrize("before", [0, 1, 2])
def test_whoever_declines_closes_it(office: Office, before: int) -> None:
    record = office.submit("IS-12", "employee", **change(office, risk_level="high"))
    for _turn in range(before):
        office.sign(record)
    assert office.refuse(record).state == "refused"


def test_it_is_due_a_day_after_it_was_planned(office: Office) -> None:
    record = agreed(office)
    assert record.due_at == office.now + timedelta(days=2)


def test_a_change_is_noted_in_the_list_of_assets(office: Office) -> None:
    record = office.sign(agreed(office), **made(office))
    (facts,) = office.facts("asset_changes", record)
    assert (facts["title"], facts["succeeded"]) == ("升级数据库补丁", True)
    first = office.lines(security_books.assets())[0]
    assert (first["last_change"], first["record"]) == ("升级数据库补丁", record.number)
    assert office.drafts(record, "IS-06") == []


def test_a_change_that_fails_is_taken_back_and_becomes_a_problem(office: Office) -> None:
    record = agreed(office)
    assert wrong(office.stage(record, **made(office, succeeded=False))) == {"back_out_result"}
    office.sign(record, **made(office, succeeded=False, back_out_result="已恢复快照"))
    (facts,) = office.facts("asset_changes", record)
    assert (facts["succeeded"], facts["back_out"]) == (False, "已恢复快照")
    begun = office.drafted(record, "IS-06")
    assert (begun["asset"], begun["affected"]) == (office.named(), ["availability"])
    assert "已恢复快照" in begun["problem"]


def test_it_was_made_by_now(office: Office) -> None:
    record = agreed(office)
    late = made(office, implemented_at=office.now + timedelta(hours=1))
    assert wrong(office.stage(record, **late)) == {"implemented_at"}


def test_it_is_not_made_before_it_is_asked_for(office: Office) -> None:
    record = agreed(office)
    office.move(1)
    early = made(office, implemented_at=office.now - timedelta(days=2))
    assert wrong(office.stage(record, **early)) == {"implemented_at"}
    assert not wrong(office.stage(record, **made(office)))
