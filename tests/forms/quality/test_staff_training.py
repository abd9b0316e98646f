"""IS-14: who was trained, who signed in, who passed; the others come again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from portal.forms.customer_service.administration_record import _trained
from portal.forms.filed import Filed
from portal.models import Record
from portal.queries import security
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.quality.security_desk import FILE, OFFICER, Office

SIGNED = {**FILE, "type": "image/png"}


def trainee(office: Office, login: str, **changed: Any) -> dict[str, Any]:
    """Somebody who was there and passed."""
    return {"person": office.person(login), "signed": SIGNED, "score": 90, "passed": True, **changed}


def training(office: Office, *trainees: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """A training in information security."""
    return {
        "topic": "钓鱼邮件识别",
        "training_kind": "information_security",
        "trained_at": office.now - timedelta(hours=3),
        "hours": 2,
        "trainer": "钟毅",
        "place": "培训教室",
        "content": "口令、邮件、移动介质",
        "trainees": list(trainees or (trainee(office, "buyer"),)),
        **changed,
    }


def filed(office: Office, *trainees: dict[str, Any], **changed: Any) -> Record:
    """A training that human resources have filed."""
    record = office.submit("IS-14", OFFICER, **training(office, *trainees, **changed))
    office.sign(record)
    return office.sign(record, absentees_repeat="下月补训")


def test_departments_are_known(office: Office) -> None:
    sheet = office.sheet("IS-14", OFFICER, **training(office))
    assert [row["department"].text for row in sheet.trainees.data] == ["采购部"]


def test_it_has_taken_place_and_everybody_is_listed_once(office: Office) -> None:
    ahead = training(office, trained_at=office.now + timedelta(hours=1))
    assert wrong(office.sheet("IS-14", OFFICER, **ahead)) == {"trained_at"}
    twice = office.sheet(
        "IS-14", OFFICER, **training(office, trainee(office, "buyer"), trainee(office, "buyer"))
    )
    assert wrong_in(twice, "trainees") == {"person"}


def test_whoever_was_not_there_has_not_passed(office: Office) -> None:
    absent = office.sheet("IS-14", OFFICER, **training(office, trainee(office, "buyer", signed=None)))
    assert wrong_in(absent, "trainees") == {"passed"}
    missing = trainee(office, "buyer", signed=None, score=None, passed=False)
    assert not office.sheet("IS-14", OFFICER, **training(office, missing)).errors


def test_a_repeat_is_planned_only_where_somebody_needs_it(office: Office) -> None:
    record = office.sign(office.submit("IS-14", OFFICER, **training(office)))
    assert office.signers(record) == {"hr_manager"}
    assert not office.stage(record).errors
    failed = training(office, trainee(office, "buyer", passed=False))
    record = office.sign(office.submit("IS-14", OFFICER, **failed))
    assert wrong(office.stage(record)) == {"absentees_repeat"}


def test_everybody_has_a_line_and_who_failed_a_task(office: Office) -> None:
    absent = trainee(office, "foreman", signed=None, score=None, passed=False)
    low = trainee(office, "designer", score=40, passed=False)
    record = filed(office, trainee(office, "buyer"), absent, low)
    lines = office.facts("training", record)
    assert [(one["signed"], one["score"], one["passed"], one["repeat_needed"]) for one in lines] == [
        (True, 90, True, False),
        (False, None, False, True),
        (True, 40, False, True),
    ]
    asked = office.asked_of(record)
    assert set(asked) == {f"person:{office.person(one).id}" for one in ("foreman", "designer")}
    first = security.trained(office.today, office.today)
    assert first == {office.person("buyer").id}
    assert security.trained(office.today + timedelta(days=1), office.today + timedelta(days=9)) == set()


def test_other_trainings_do_not_count_as_security(office: Office) -> None:
    filed(office, training_kind="quality")
    assert security.trained(office.today, office.today) == set()


def test_a_training_that_was_corrected_counts_no_longer(office: Office) -> None:
    old = filed(office)
    office.take_back(old, filed(office, trainee(office, "foreman")))
    assert security.trained(office.today, office.today) == {office.person("foreman").id}


def test_its_lines_tell_what_those_of_other_forms_tell(office: Office) -> None:
    (line,) = office.facts("training", filed(office))
    answers = {"work_date": office.today, "content": "x"}
    other = Filed(1, "CS-85-2026-0001", "CS-85", answers, 1, 1, 1, {}, office.now)
    assert set(_trained(other, trainee(office, "buyer"))) <= set(line)


def test_a_sheet_without_its_signatures_goes_back(office: Office) -> None:
    record = office.sign(office.submit("IS-14", OFFICER, **training(office)))
    assert office.refuse(record).state == "returned"
