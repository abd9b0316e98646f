"""IS-06: a problem becomes an incident or not, is answered in its time, told, closed, learned from."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.models import Record
from tests.forms.customer_service.shop import NOW, wrong, wrong_in
from tests.forms.quality.security_desk import OFFICER, REPRESENTATIVE, Office


def problem(office: Office, **changed: Any) -> dict[str, Any]:
    """A phishing mail that reached the finance system."""
    return {
        "found_at": office.now - timedelta(minutes=30),
        "reporter": office.person("employee"),
        "asset": office.named(),
        "problem": "收到钓鱼邮件\n附件已打开",
        "affected": ["confidentiality"],
        "still_going_on": True,
        **changed,
    }


def triaged(office: Office, severity: str = "serious", **changed: Any) -> Record:
    """An incident of this severity."""
    record = office.submit("IS-06", "employee", **problem(office, **changed))
    return office.sign(record, is_incident=True, severity=severity)


def response(office: Office, **changed: Any) -> dict[str, Any]:
    """What was done."""
    row = {"time": office.now, "measure": "断网", "person": office.person(OFFICER)}
    return {
        "timeline": [row],
        "recovered_at": office.now,
        "cause": "邮件网关规则陈旧",
        "change_needed": False,
        **changed,
    }


def test_the_reporter_is_who_opens_the_page(office: Office) -> None:
    assert office.page("IS-06", "employee")["reporter"] == office.person("employee")


def test_nothing_is_found_in_the_future(office: Office) -> None:
    late = problem(office, found_at=office.now + timedelta(hours=1))
    assert wrong(office.sheet("IS-06", "employee", **late)) == {"found_at"}


@pytest.mark.parametrize(("severity", "hours"), [("major", 4), ("serious", 8), ("minor", 24)])
def test_the_graver_the_sooner_it_is_answered(office: Office, severity: str, hours: int) -> None:
    record = office.submit("IS-06", "employee", **problem(office))
    assert record.due_at == NOW + timedelta(hours=1), "it is graded within the hour"
    office.sign(record, is_incident=True, severity=severity)
    assert record.step == "response"
    assert record.due_at == NOW + timedelta(hours=hours)


def test_the_leaders_hear_of_the_worst_at_once(office: Office) -> None:
    assert office.told(triaged(office, "major")) == {"deputy_general_manager", REPRESENTATIVE}
    assert office.told(triaged(office, "serious")) == set()


def test_an_incident_puts_its_asset_into_the_next_assessment(office: Office) -> None:
    office.asset().assess = False
    record = office.submit("IS-06", "employee", **problem(office))
    office.sign(record, is_incident=False)
    assert not office.asset().assess
    assert record.state == "finished", "no incident, nobody to tell"
    triaged(office)
    assert office.asset().assess


def test_what_is_no_matter_of_security_is_closed_with_a_reason(office: Office) -> None:
    record = office.refuse(office.submit("IS-06", "employee", **problem(office)))
    assert record.state == "refused"


def test_an_incident_has_a_severity(office: Office) -> None:
    record = office.submit("IS-06", "employee", **problem(office))
    assert wrong(office.stage(record, is_incident=True)) == {"severity"}
    assert not office.stage(record, is_incident=False).errors


def test_one_thing_comes_after_the_other(office: Office) -> None:
    record = triaged(office)
    early = office.now - timedelta(minutes=31)
    assert wrong(office.stage(record, **response(office, recovered_at=early))) == {"recovered_at"}
    late = office.now + timedelta(minutes=1)
    assert wrong(office.stage(record, **response(office, recovered_at=late))) == {"recovered_at"}
    ahead = [{"time": late, "measure": "断网", "person": office.person(OFFICER)}]
    stage = office.stage(record, **response(office, timeline=ahead))
    assert wrong_in(stage, "timeline") == {"time"}
    assert set(office.stage(record, **response(office, timeline=[])).errors) == {"timeline"}


def test_a_customer_who_is_affected_is_told(office: Office) -> None:
    customer = office.ref(office.customer())
    record = office.sign(triaged(office, customer_affected=customer), **response(office))
    assert record.step == "customer_notice"
    assert office.signers(record) == {"customer_service_director"}
    early = office.now - timedelta(hours=1)
    assert wrong(office.stage(record, told_customer_at=early)) == {"told_customer_at"}
    assert wrong(office.stage(record, told_customer_at=office.now + timedelta(hours=1))) == {
        "told_customer_at"
    }
    assert office.sign(record, told_customer_at=office.now).step == "management_close"
    other = office.sign(triaged(office), **response(office))
    assert other.step == "management_close"


def test_the_representative_opens_it_again(office: Office) -> None:
    record = office.sign(triaged(office), **response(office))
    assert office.refuse(record).step == "response"
    office.sign(record, **response(office, cause="弱口令"))
    assert office.sign(record, lessons="加强口令", report_8d=False).state == "finished"
    assert office.drafts(record, "QA-15") == []
    assert office.drafts(record, "IS-12") == []


def test_a_change_and_a_report_follow_where_they_are_needed(office: Office) -> None:
    record = office.sign(triaged(office), **response(office, change_needed=True))
    begun = office.drafted(record, "IS-12")
    assert (begun["asset"], begun["title"]) == (office.named(), "收到钓鱼邮件")
    assert record.number in begun["reason"]
    office.sign(record, lessons="加强口令", report_8d=True)
    report = office.drafted(record, "QA-15")
    assert report["source_record"].id == record.id
    assert (report["subject"], report["found_on"]) == ("收到钓鱼邮件", office.today)


def test_nothing_is_done_about_it_before_it_is_found(office: Office) -> None:
    record = triaged(office)
    given = response(office)
    given["timeline"][0]["time"] = office.now - timedelta(hours=1)
    assert wrong_in(office.stage(record, **given), "timeline") == {"time"}
    assert not wrong(office.stage(record, **response(office)))
