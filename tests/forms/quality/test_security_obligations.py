"""The obligations of information security: each is owed, kept, called off and missed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.lib.clock import months_later
from portal.models import Record
from portal.queries import people
from tests.forms.quality.security_desk import CUSTOMERS, OFFICER, REPRESENTATIVE, Office
from tests.forms.quality.test_risk_assessment import approved
from tests.forms.quality.test_security_audit import answer, audit
from tests.forms.quality.test_service_level_agreement import entered
from tests.forms.quality.test_staff_training import filed, trainee

CASES = ("OS-22", "OS-22-audit", "OS-22-assets", "OS-23", "OS-24", "OS-25")
OWED = {"role:security_officer"}


def test_every_one_is_tried_here() -> None:
    mine = {one.key for one in OBLIGATIONS.values() if one.form.startswith("IS-")}
    assert mine == set(CASES)


def audited(office: Office) -> Record:
    """An audit that was approved."""
    record = office.submit("IS-13", OFFICER, **audit(office))
    while record.step == "departments_answer":
        office.sign(record, **answer(office))
    return office.sign(record)


@pytest.mark.parametrize(("key", "file"), [("OS-22", approved), ("OS-22-audit", audited)])
def test_os22_risks_and_rules_are_looked_at_each_year(office: Office, key: str, file: Any) -> None:
    office.run(key)
    office.move(334)
    assert office.run(key).made == 0
    office.move(1)
    office.run(key)
    first = office.only(key)
    assert office.holders(first) == OWED, "a year after the company began"
    done = file(office)
    office.run(key)
    assert office.state(first) == "done"
    due = months_later(office.today, 12)
    office.now += due - office.today - timedelta(days=30)
    office.run(key)
    again = office.only(key)
    assert again.due_at is not None
    office.move(31)
    assert office.run(key).missed == 1
    assert office.missed() == {REPRESENTATIVE}
    office.take_back(done, file(office))
    office.run(key)
    assert office.state(again) == "cancelled", "what was corrected owes nothing"


def test_os22_an_asset_is_reviewed_on_its_day(office: Office) -> None:
    office.run("OS-22-assets")
    assert office.waiting("OS-22-assets") == []
    asset = office.asset()
    asset.next_review_on = office.today + timedelta(days=30)
    db.session.flush()
    office.run("OS-22-assets")
    task = office.only("OS-22-assets")
    assert office.holders(task) == OWED
    begun = office.prefilled(task)
    assert (begun["request_kind"], begun["asset"], begun["location"]) == (
        "change",
        office.named(),
        "总部机房",
    )
    office.move(31)
    assert office.run("OS-22-assets").missed == 1
    assert office.missed() == {REPRESENTATIVE}
    office.register(**begun)
    office.run("OS-22-assets")
    assert office.state(task) == "done"
    assert office.waiting("OS-22-assets") == []


def test_os22_a_retired_asset_is_reviewed_no_more(office: Office) -> None:
    office.asset(CUSTOMERS).next_review_on = office.today
    db.session.flush()
    office.run("OS-22-assets")
    task = office.only("OS-22-assets")
    office.asset(CUSTOMERS).state = "retired"
    db.session.flush()
    office.run("OS-22-assets")
    assert office.state(task) == "cancelled"


def test_os23_a_right_is_reviewed_every_three_months(office: Office) -> None:
    office.run("OS-23")
    office.granted()
    review = months_later(office.today, 3)
    office.now += review - office.today - timedelta(days=8)
    assert office.run("OS-23").made == 0
    office.move(1)
    office.run("OS-23")
    task = office.only("OS-23")
    assert office.holders(task) == OWED
    begun = office.prefilled(task)
    assert (begun["request_kind"], begun["rights"], begun["asset"]) == ("extend", "read", office.named())
    office.move(8)
    assert office.run("OS-23").missed == 1
    assert office.missed() == {REPRESENTATIVE}
    office.granted(**{name: begun[name] for name in ("request_kind", "valid_from", "valid_to")})
    office.run("OS-23")
    assert office.state(task) == "done"
    assert office.waiting("OS-23") == []
    office.now += months_later(office.today, 3) - office.today - timedelta(days=11)
    office.run("OS-23")
    assert office.prefilled(office.only("OS-23"))["request_kind"] == "withdraw", (
        "it ends before the next review"
    )


def test_os23_a_right_is_decided_a_week_before_it_ends(office: Office) -> None:
    office.run("OS-23")
    record = office.granted(valid_to=office.today + timedelta(days=20))
    office.move(12)
    assert office.run("OS-23").made == 0
    office.move(1)
    office.run("OS-23")
    task = office.only("OS-23")
    assert task.record_id == record.id
    assert office.prefilled(task)["request_kind"] == "withdraw"
    office.granted(request_kind="withdraw", valid_from=None, valid_to=None)
    office.run("OS-23")
    assert office.state(task) == "done"


def test_os23_what_was_corrected_is_asked_for_no_more(office: Office) -> None:
    office.run("OS-23")
    old = office.granted(valid_to=office.today + timedelta(days=5))
    office.run("OS-23")
    task = office.only("OS-23")
    office.take_back(old, office.granted(rights="write"))
    office.run("OS-23")
    assert office.state(task) == "cancelled"


def test_os24_an_agreement_is_reviewed_after_a_year(office: Office) -> None:
    office.run("OS-24")
    record = entered(office)
    office.move(334)
    assert office.run("OS-24").made == 0
    office.move(1)
    office.run("OS-24")
    task = office.only("OS-24")
    assert (office.holders(task), task.record_id) == (OWED, record.id)
    begun = office.prefilled(task)
    assert (begun["agreement_no"], begun["customer"]) == ("SLA-2026-001", office.ref(office.customer()))
    office.move(31)
    assert office.run("OS-24").missed == 1
    assert office.missed() == {REPRESENTATIVE}
    entered(office, agreement_no="OTHER")
    office.run("OS-24")
    assert office.state(task) == "open", "another agreement"
    entered(office)
    office.run("OS-24")
    assert office.state(task) == "done"


def test_os24_and_sixty_days_before_it_ends(office: Office) -> None:
    office.run("OS-24")
    old = entered(office, valid_to=office.today + timedelta(days=100))
    office.move(39)
    assert office.run("OS-24").made == 0
    office.move(1)
    office.run("OS-24")
    task = office.only("OS-24")
    office.take_back(old, entered(office, "law", agreement_no="LAW-1"))
    office.run("OS-24")
    assert office.state(task) == "cancelled"


def everybody(office: Office, key: str, but: tuple[str, ...] = ()) -> list[str]:
    """The logins of the people of a department."""
    return [
        person.login
        for department, there in people.at_work()
        for person in there
        if department.key == key and person.login not in but
    ]


def owed(office: Office) -> set[str]:
    """The departments that are asked, with how many of them have passed."""
    return {(task.case_name or "").partition(":")[2] for task in office.waiting("OS-25")}


def test_os25_everybody_is_trained_each_year(office: Office) -> None:
    office.run("OS-25")
    assert owed(office) == set(), "not before the last weeks of the year"
    office.move(172)
    office.run("OS-25")
    assert owed(office) == set()
    office.move(1)
    office.run("OS-25")
    assert {one.partition(":")[0] for one in owed(office)} == {one.key for one in people.departments()}
    (task,) = [one for one in office.waiting("OS-25") if "warehouse" in (one.case_name or "")]
    assert office.holders(task) == OWED
    begun = office.prefilled(task)
    assert begun["training_kind"] == "information_security"
    logins = everybody(office, "warehouse")
    assert {row["person"] for row in begun["trainees"]} == {office.person(one) for one in logins}
    missing = trainee(office, logins[0], signed=None, score=None, passed=False)
    filed(office, missing, *(trainee(office, one) for one in logins[1:]))
    office.run("OS-25")
    assert office.state(task) == "done"
    (rest,) = [one for one in office.waiting("OS-25") if "warehouse" in (one.case_name or "")]
    assert [row["person"] for row in office.prefilled(rest)["trainees"]] == [office.person(logins[0])]
    filed(office, trainee(office, logins[0]))
    office.run("OS-25")
    assert office.state(rest) == "done"
    assert not any(one.startswith("warehouse") for one in owed(office))


def test_os25_is_missed_at_the_end_of_the_year(office: Office) -> None:
    office.run("OS-25")
    office.now += timedelta(days=233)
    office.run("OS-25")
    assert office.missed() == set()
    office.move(1)
    assert office.run("OS-25").missed == len(people.departments())
    assert office.missed() == {REPRESENTATIVE}


def test_os25_a_department_without_people_owes_nothing(office: Office) -> None:
    office.run("OS-25")
    office.move(180)
    office.run("OS-25")
    (task,) = [one for one in office.waiting("OS-25") if "warehouse" in (one.case_name or "")]
    for login in everybody(office, "warehouse"):
        office.actor(login).person.active = False
    db.session.flush()
    office.run("OS-25")
    assert office.state(task) == "cancelled"
