"""CS-02: one version of the service system after the other, issued to two departments, known to everybody who sells."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories import STORIES
from portal.domain.effects import PostsEntry, Updates
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.customer_service.service_system import ServiceSystem
from portal.forms.customer_service.service_system_stages import IssueReceipt, RevisionStatement, Training
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import LedgerEntry, Person, RoleGrant
from portal.queries import days, documents, ledgers, service_system
from tests.walk import Walker, multi, pairs, problems

ROUTE = ServiceSystem.signoff
NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
FILE = {"id": 1, "name": "体系.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
DRAWN = {**FILE, "name": "签名.png", "type": "image/png"}
OWN = {"name": "李想", "employer": "own_company"}
AGENCY = {"name": "周明", "employer": "sales_agency", "agency": "安居代理"}
GIVEN = {
    "kind": "first_issue",
    "service_standard": "一小时内回访",
    "main_workflows": "受理、处理、回访",
    "customer_information_use": "专人管理",
    "system_documents": [FILE],
    "planned_effective_date": date(2026, 6, 1),
    "project_sales_staff": [OWN, AGENCY],
}


def sheet(context=None, **changed):
    form = ServiceSystem(answers={**GIVEN, **changed}, context={"@now": NOW, **(context or {})})
    form.validate()
    return form


@pytest.fixture
def release(make_record):
    """Enters a version into the list of controlled documents."""

    def enter(number, version, approved_on="2025-05-12"):
        record = make_record(number)
        facts = {
            "number": "KF-TX",
            "title": "客户服务体系",
            "version": version,
            "approved_on": approved_on,
        }
        db.session.add(
            LedgerEntry(
                ledger="documents",
                facts=facts,
                record_id=record.id,
                posted_by_id=record.applicant_id,
                posted_at=NOW,
            )
        )
        record.state = "finished"
        db.session.flush()
        return record

    return enter


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = ServiceSystem(answers={})
    assert not form.validate()
    assert set(form.errors) == set(GIVEN)


# Versions


def test_the_first_version_and_the_next(app_context, release):
    first = sheet()
    assert not first.errors
    assert first.system_version.data == "V1"
    record = release("CS-02-2026-0001", "V1")
    second = sheet(kind="annual_revision", system_version="V9")
    assert not second.errors
    assert second.system_version.data == "V2"
    assert second.heading() == "客户服务体系 V2"
    itself = sheet(context={"@record_id": None, "@corrects": record.id})
    assert itself.system_version.data == "V1"  # it corrects the first one
    assert not itself.errors


def test_first_issue_only_while_there_is_none(app_context, release):
    assert set(sheet(kind="annual_revision").errors) == {"kind"}
    assert set(sheet(kind="interim_revision").errors) == {"kind"}
    release("CS-02-2026-0001", "V1")
    assert set(sheet().errors) == {"kind"}
    assert not sheet(kind="interim_revision").errors


def test_one_version_is_prepared_at_a_time(make_record):
    other = make_record("CS-02-2026-0001")
    assert "CS-02-2026-0001" in sheet().errors["kind"][0]
    assert not sheet(context={"@record_id": other.id}).errors
    other.state = "voided"
    db.session.flush()
    assert not sheet().errors


# The people who have to know it


def test_the_companys_own_salespeople_are_proposed(people, departments):
    form = ServiceSystem()
    form.compute()
    assert form.project_sales_staff.data == []
    for key in people:
        person = db.session.get(Person, people[key].id)
        db.session.add(
            RoleGrant(
                person_id=person.id,
                role="salesperson",
                starts_on=date(2026, 1, 1),
                ends_on=date(2026, 2, 1) if key == "sun" else None,
            )
        )
    db.session.flush()
    form = ServiceSystem()
    form.compute()
    assert [(row["name"], row["employer"]) for row in form.project_sales_staff.data] == [
        ("赵敏", "own_company")
    ]
    written = sheet()
    assert [row["name"] for row in written.project_sales_staff.data] == ["李想", "周明"]


def test_an_agencys_people_name_it(app_context):
    form = sheet(project_sales_staff=[{"name": "周明", "employer": "sales_agency"}])
    assert set(form.project_sales_staff.rows[0].errors) == {"agency"}


# The route


def test_a_first_issue_has_nothing_to_compare():
    assert ROUTE.following(None, {"kind": "first_issue"}).key == "department_review"
    for kind in ("annual_revision", "interim_revision"):
        assert ROUTE.following(None, {"kind": kind}).key == "annual_revision_statement"


def test_r02_issued_only_after_the_general_manager_and_to_both_departments():
    keys = [step.key for step in ROUTE.steps]
    assert keys.index("gm_approval") < keys.index("issue_receipt")
    step = ROUTE.step("issue_receipt")
    assert step.by.mode == "all"
    assert {one.key for one in step.by.parties} == {"sales_manager", "project_department_head"}
    assert ROUTE.step("gm_approval").on_refusal == Back(APPLICANT)
    assert ROUTE.step("department_review").on_refusal == Back(APPLICANT)


def test_a_revision_names_what_was_in_force(app_context, release):
    release("CS-02-2026-0001", "V3", "2025-04-01")
    change = {"clause": "4.2", "old_text": "两小时", "new_text": "一小时", "reason": "统一"}
    stage = RevisionStatement(answers={"changes": [change]})
    assert stage.validate()
    assert (stage.previous_version.data, stage.previous_approved_on.data) == ("V3", date(2025, 4, 1))
    assert not RevisionStatement(answers={}).validate()


def test_what_is_received_is_what_was_approved(app_context):
    stage = IssueReceipt(
        answers={"received_on": date(2026, 5, 12), "received_version": "V9"}, context={"system_version": "V2"}
    )
    assert stage.validate()
    assert stage.received_version.data == "V2"
    assert IssueReceipt(context={"@now": NOW}).received_on.data == date(2026, 5, 12)


def test_r02_nobody_receives_before_the_approval_or_tomorrow(release):
    release("CS-02-2026-0001", "V2", "2026-05-11")
    for day, good in ((10, False), (11, True), (12, True), (13, False)):
        stage = IssueReceipt(answers={"received_on": date(2026, 5, day)}, context={"@now": NOW})
        assert stage.validate() is good, day


def test_a_version_counts_from_its_submission_on(app_context):
    assert set(sheet(planned_effective_date=date(2026, 5, 11)).errors) == {"planned_effective_date"}
    assert not sheet(planned_effective_date=date(2026, 5, 12)).errors


def test_two_of_one_name_are_told_apart(app_context):
    form = sheet(project_sales_staff=[OWN, {**OWN, "phone": "0574-87654321"}])
    assert "李想" in form.errors["project_sales_staff"][0]
    assert not sheet(project_sales_staff=[OWN, {**AGENCY, "name": "李想"}]).errors
    assert not sheet(project_sales_staff=[OWN, {**OWN, "name": "李想（二部）"}]).errors


# R03


def training(*rows, held=NOW - timedelta(hours=2), staff=(OWN, AGENCY)):
    answers = {
        "training_date": held,
        "trainer": Ref(1, "赵敏"),
        "training_topics": "服务标准",
        "trainees": list(rows),
    }
    stage = Training(answers=answers, context={"project_sales_staff": list(staff), "@now": NOW})
    stage.validate()
    return stage


def trained(person, **changed):
    given = {"name": person["name"], "employer": person["employer"], "signed": DRAWN, "score": 90}
    return {**given, "repeat_needed": False, **changed}


def test_r03_signed_when_everybody_has_signed_in(app_context):
    assert not training(trained(OWN), trained(AGENCY)).errors
    guest = trained({"name": "旁听", "employer": "own_company"}, repeat_needed=True)
    assert not training(trained(OWN), trained(AGENCY), guest).errors


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([trained(OWN)], "周明"),
        ([trained(AGENCY)], "李想"),
        ([trained(OWN), trained(AGENCY, repeat_needed=True)], "周明"),
        ([trained(OWN), trained(AGENCY, employer="own_company")], "周明"),
    ],
)
def test_r03_not_while_somebody_is_missing_or_has_to_repeat(app_context, rows, missing):
    stage = training(*rows)
    assert missing in stage.errors["trainees"][0]


def test_r03_a_row_without_a_signature_is_none(app_context):
    stage = training(trained(OWN), trained(AGENCY, signed=None))
    assert set(stage.trainees.rows[1].errors) == {"signed"}
    assert not training(trained(OWN), trained(AGENCY)).errors


def test_nobody_stands_there_twice_and_nothing_is_held_tomorrow(app_context):
    assert set(training(trained(OWN), trained(OWN), trained(AGENCY)).errors) == {"trainees"}
    late = training(trained(OWN), trained(AGENCY), held=NOW + timedelta(days=1))
    assert set(late.errors) == {"training_date"}


def test_r02_nobody_is_trained_in_what_they_have_not_received(app_context):
    answers = {"training_date": NOW, "trainer": Ref(1, "赵敏"), "training_topics": "服务标准"}
    for received_on, wrong in ((date(2026, 5, 13), {"training_date"}), (date(2026, 5, 12), set())):
        context = {"project_sales_staff": [OWN], "received_on": received_on, "@now": NOW}
        stage = Training(answers={**answers, "trainees": [trained(OWN)]}, context=context)
        stage.validate()
        assert set(stage.errors) == wrong


def test_the_page_of_the_training_lists_everybody(app_context):
    stage = Training(context={"project_sales_staff": [OWN, AGENCY]})
    assert [(row["name"], row["employer"]) for row in stage.trainees.data] == [
        ("李想", "own_company"),
        ("周明", "sales_agency"),
    ]


# What is posted


def released(filed, record, **changed):
    answers = {**GIVEN, "system_version": "V2", **changed}
    return list(ServiceSystem.effects("gm_approval", filed("CS-02", id=record.id, **answers)))


def test_r01_the_approval_puts_the_version_into_force_once(filed, make_record):
    record = make_record("CS-02-2026-0007")
    updated, posted = released(filed, record)
    assert isinstance(posted, PostsEntry)
    assert posted.key == "KF-TX V2"
    assert isinstance(updated, Updates)
    assert (updated.kind, updated.id) == ("document", None)
    assert {"code": "KF-TX", "version": "V2", "state": "effective"}.items() <= updated.values.items()
    assert updated.values["release_id"] == record.id
    assert posted.ledger == "documents"
    expected = {
        "version": "V2",
        "approved_on": "2026-05-12",
        "effective_on": "2026-06-01",
        "next_review": "2027-05-12",
    }
    assert expected.items() <= posted.facts.items()
    db.session.add(
        LedgerEntry(
            ledger="documents",
            facts=dict(posted.facts),
            record_id=record.id,
            posted_by_id=record.applicant_id,
            posted_at=NOW,
        )
    )
    db.session.flush()
    assert released(filed, record) == []
    assert len(released(filed, record, planned_effective_date=date(2026, 7, 1))) == 2


def test_r01_it_counts_from_the_approval_on_and_a_second_approval_says_nothing_new(filed, make_record):
    record = make_record("CS-02-2026-0007")
    _updated, posted = released(filed, record, planned_effective_date=date(2026, 5, 10))
    assert posted.facts["effective_on"] == "2026-05-12"
    who = {"record_id": record.id, "posted_by_id": record.applicant_id, "posted_at": NOW}
    db.session.add(LedgerEntry(ledger="documents", facts=dict(posted.facts), **who))
    db.session.flush()
    answers = {**GIVEN, "system_version": "V2", "planned_effective_date": date(2026, 5, 10)}
    later = replace(filed("CS-02", id=record.id, **answers), now=NOW + timedelta(days=3))
    assert list(ServiceSystem.effects("gm_approval", later)) == []


def test_the_newest_version_is_in_force_and_the_others_are_not(release):
    release("CS-02-2026-0001", "V1")
    newest = release("CS-02-2026-0002", "V2")

    def states():
        rows = ledgers.page(LEDGERS["documents"].source, ledgers.Wanted(), "", 9).rows
        return [(row["version"], row["state"]) for row in rows]

    assert states() == [("V2", "effective"), ("V1", "obsolete")]
    correction = release("CS-02-2026-0003", "V2")
    correction.corrects_id = newest.id
    db.session.flush()
    assert states() == [("V2", "effective"), ("V2", "obsolete"), ("V1", "obsolete")]
    assert service_system.in_force("KF-TX").version == "V2"
    assert service_system.in_force("XX") is None


def test_r03_one_line_a_trainee(filed):
    answers = {
        "training_date": NOW,
        "system_version": "V2",
        "trainees": [trained(OWN), trained(AGENCY, score=70)],
    }
    found = list(ServiceSystem.effects("training", filed("CS-02", **answers)))
    assert [entry.ledger for entry in found] == ["training"] * 2
    assert found[1].facts == {
        "date": "2026-05-12",
        "topic": "客户服务体系",
        "version": "V2",
        "trainee": "周明",
        "employer": "sales_agency",
        "signed": True,
        "score": 70,
        "passed": True,
        "repeat_needed": False,
    }


# Over the portal's door


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


def begin(walker: Walker, kind: str):
    """Submits a version of this kind."""
    login = "customer_service_officer"
    with walker.app.app_context():
        told = {**STORIES["CS-02"].opening(walker._world(login)), "kind": kind}
        data = pairs(ServiceSystem(answers=told))
        db.session.commit()
    address = walker.address(ServiceSystem) + "new"
    return walker.browser(login).post(address, data=multi([("_op", "submit"), *data]))


def test_two_versions_one_after_the_other(walker: Walker, monkeypatch: pytest.MonkeyPatch) -> None:
    first = walker.open("CS-02")
    assert begin(walker, "first_issue").status_code == 422  # the other is not approved yet
    while walker.sign(first):
        pass
    assert walker.state(first) == "finished"
    answer = begin(walker, "annual_revision")
    assert answer.status_code == 303, problems(answer)
    second = answer.headers["Location"].rsplit("/", 1)[-1]
    while walker.sign(second):
        pass
    assert walker.state(second) == "finished"
    with walker.app.app_context():
        document = documents.by_number("KF-TX")
        assert document is not None
        assert (document.version, document.state, document.kind) == ("V2", "effective", "system")
        monkeypatch.setattr(days, "today", lambda: date(2100, 1, 1))  # both are in force by then
        rows = ledgers.page(LEDGERS["documents"].source, ledgers.Wanted(("KF-TX",)), "", 2).rows
        assert [(row["version"], row["state"], row["record"]) for row in rows] == [
            ("V2", "effective", second),
            ("V1", "obsolete", first),
        ]
        receipts = ledgers.page(LEDGERS["system_issue"].source, ledgers.Wanted(), "", 9).rows
        assert [row["version"] for row in receipts] == ["V2", "V2", "V1", "V1"]
        assert len({row["signed_by"] for row in receipts}) == 2
        lines = sa.select(sa.func.count()).where(LedgerEntry.ledger == "training")
        assert db.session.scalar(lines) == 4


def test_refused_by_the_general_manager_the_old_version_stays(walker: Walker) -> None:
    number = walker.open("CS-02")
    walker.sign(number)
    page = walker.browser("general_manager").get(f"/records/{number}", follow_redirects=True).text
    task, seen = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("_task", "_seen"))
    said = {"_task": task, "_seen": seen, "_op": "refuse", "_opinion": "标准还要细化"}
    address = f"{walker.address(ServiceSystem)}{number}/signatures"
    assert walker.browser("general_manager").post(address, data=said).status_code == 303
    assert walker.state(number) == "returned"
    with walker.app.app_context():
        assert service_system.in_force("KF-TX") is None
