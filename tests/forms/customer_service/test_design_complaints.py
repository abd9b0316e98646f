"""CS-12: complaints that a design caused are classed before the next drawings, whose review is closed opinion by opinion."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from projects import begun

from portal.demo.stories import STORIES
from portal.domain.effects import Opens, PostsEntry, Tells
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.customer_service.design_complaints import DesignComplaints
from portal.forms.customer_service.design_complaints_stages import DesignClose, DesignReply, InternalReview
from portal.forms.kinds import Ref
from portal.models import Department, Record
from portal.queries import cases, history
from tests.walk import Walker, multi, pairs

ROUTE = DesignComplaints.signoff
CLASS = {
    "class": "外窗渗漏",
    "count": 3,
    "drawing_cause": "缺少节点详图",
    "cause_analysis": "做法由现场自定",
    "proposal": "补充详图",
}
GIVEN = {
    "new_project": Ref(1, "临江花园二期 P003"),
    "period_from": date(2026, 1, 1),
    "period_to": date(2026, 4, 30),
    "complaint_classes": [CLASS],
    "summary": "逐条落实",
    "planned_drawing_start": date(2026, 6, 1),
}


def sheet(**changed):
    form = DesignComplaints(answers={**GIVEN, **changed})
    form.validate()
    return form


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = DesignComplaints(answers={})
    assert not form.validate()
    assert set(form.errors) == set(GIVEN)


def test_a_period_has_passed(app_context):
    now = {"@now": datetime(2026, 4, 30, 6, 0, tzinfo=UTC)}
    for until, wrong in ((date(2026, 5, 1), {"period_to"}), (date(2026, 4, 30), set())):
        form = DesignComplaints(answers={**GIVEN, "period_to": until}, context=now)
        form.validate()
        assert set(form.errors) == wrong


def test_a_case_is_used_once(app_context):
    case = {"case": Ref(None, "CS-07-2026-0001")}
    form = sheet(cases_used=[case, {**case, "note": "又一次"}])
    assert [set(row.errors) for row in form.cases_used.rows] == [set(), {"case"}]
    assert not sheet(cases_used=[case, {"case": Ref(None, "CS-07-2026-0002")}]).errors


def test_a_period_ends_after_it_begins(app_context):
    assert not sheet().errors
    assert not sheet(period_to=date(2026, 1, 1)).errors
    assert set(sheet(period_to=date(2025, 12, 31)).errors) == {"period_to"}


def test_a_class_stands_there_once_and_counts_something(app_context):
    assert set(sheet(complaint_classes=[CLASS, CLASS]).errors) == {"complaint_classes"}
    none = sheet(complaint_classes=[{**CLASS, "count": 0}])
    assert set(none.complaint_classes.rows[0].errors) == {"count"}


def test_only_cases_of_the_library_are_named(app_context, make_record):
    record = make_record("CS-07-2026-0001")
    form = sheet(cases_used=[{"case": Ref(record.id, record.number)}])
    assert set(form.cases_used.rows[0].errors) == {"case"}


# The complaints of the period


@pytest.fixture
def complaint(make_record, sign, departments):
    """Enters a complaint that was found to be a department's."""
    design = Department(key="design", name="设计部")
    db.session.add(design)
    db.session.flush()
    known = {"design": design, **departments}

    def make(number, department, day=date(2026, 2, 1), state="finished"):
        record = make_record(number)
        record.title, record.state = "外墙渗水", state
        record.submitted_at = datetime(day.year, day.month, day.day, 8, tzinfo=UTC)
        sign(record, "investigation", responsible_department={"id": known[department].id, "text": ""})
        return record

    return make


def test_the_complaints_that_a_design_caused_are_listed(complaint, sign):
    complaint("CS-51-2026-0001", "design")
    complaint("CS-51-2026-0002", "engineering")
    complaint("CS-51-2026-0003", "design", date(2025, 12, 31))
    complaint("CS-51-2026-0004", "design", date(2026, 4, 30))
    complaint("CS-51-2026-0005", "design", state="voided")
    assert sheet().period_complaints.data == "CS-51-2026-0001 外墙渗水\nCS-51-2026-0004 外墙渗水"


def test_the_last_finding_counts(complaint, sign, departments):
    record = complaint("CS-51-2026-0001", "design")
    engineering = {"id": departments["engineering"].id, "text": ""}
    sign(record, "investigation", responsible_department=engineering)
    assert cases.caused_by_design(date(2026, 1, 1), date(2026, 4, 30)) == []


# In time, or not


@pytest.mark.parametrize(("start", "late"), [(date(2026, 5, 11), True), (date(2026, 5, 12), False)])
def test_what_comes_after_the_drawings_begin_is_told(filed, start, late):
    answers = {"new_project": GIVEN["new_project"], "planned_drawing_start": start}
    found = list(DesignComplaints.effects("submitted", filed("CS-12", **answers)))
    assert all(isinstance(one, Tells) for one in found)
    expected = {"role:customer_service_supervisor", "role:design_manager", "role:customer_service_director"}
    assert {one.to for one in found} == (expected | {"person:12"} if late else set())


def test_the_design_manager_reads_whether_it_came_in_time(make_record):
    record = make_record("CS-12-2026-0001")
    for start, text in (
        (date(2026, 5, 11), "迟于施工图设计计划开始日期"),
        (date(2026, 5, 12), "在施工图设计开始之前"),
    ):
        known = {"@record_id": record.id, "planned_drawing_start": start, "complaint_classes": [CLASS]}
        stage = DesignReply(context=known)
        stage.compute()
        assert text in stage.timeliness.data


# The stages


def test_every_class_gets_an_answer(app_context):
    known = {"complaint_classes": [CLASS, {**CLASS, "class": "噪音"}]}
    answer = {"adopted": False, "how": "规范没有要求"}
    stage = DesignReply(answers={"design_replies": [{"class": "外窗渗漏", **answer}]}, context=known)
    assert not stage.validate()
    assert [row["class_"].data for row in stage.design_replies.rows] == ["外窗渗漏", "噪音"]
    assert set(stage.design_replies.rows[1].errors) == {"adopted", "how"}


def opinion(speciality, clause="窗台", must=True):
    return {"speciality": speciality, "clause": clause, "opinion": "补充详图", "must_fix": must}


def test_all_three_specialities_have_their_say(app_context):
    said = {"drawing_no": "建施-12", "drawing_version": "V1"}
    two = [opinion("customer_service"), opinion("engineering")]
    stage = InternalReview(answers={**said, "review_opinions": two})
    assert not stage.validate()
    assert "规划" in stage.review_opinions.errors[0]
    three = [*two, opinion("planning", must=False)]
    assert InternalReview(answers={**said, "review_opinions": three}).validate()
    assert {one.key for one in ROUTE.step("internal_review").by.parties} == {
        *("customer_service_supervisor", "engineering_manager", "planning_manager"),
    }
    assert ROUTE.step("internal_review").by.every


def close(all_closed, *closed):
    opinions = [opinion("engineering", f"部位{place}") for place, _one in enumerate(closed)]
    rows = [{**one, "answer": "已改", "closed": done} for one, done in zip(opinions, closed, strict=True)]
    rows = [{name: row[name] for name in ("clause", "opinion", "answer", "closed")} for row in rows]
    stage = DesignClose(
        answers={"opinion_answers": rows, "all_opinions_closed": all_closed},
        context={"review_opinions": opinions},
    )
    stage.validate()
    return stage


def test_all_is_closed_when_each_opinion_is(app_context):
    assert not close(True, True, True).errors
    assert not close(False, True, False).errors
    wrong = close(True, True, False)
    assert "部位1" in wrong.errors["all_opinions_closed"][0]
    assert set(close(False, True, True).errors) == {"all_opinions_closed"}


def test_open_opinions_lead_back_to_the_review_of_the_next_version(app_context):
    step = ROUTE.step("design_close")
    assert step.outcome({"all_opinions_closed": False}).to == "internal_review"
    assert step.outcome({"all_opinions_closed": True}) is None
    assert step.on_refusal == Back("internal_review")
    assert ROUTE.step("design_reply").on_refusal == Back(APPLICANT)
    before = {"drawing_no": "建施-12", "drawing_version": "V1"}
    again = InternalReview(answers=before, context={**before, "all_opinions_closed": False})
    assert again.drawing_version.data == "V2"
    assert InternalReview(answers=before, context=before).drawing_version.data == "V1"


def test_the_close_releases_the_drawings_and_counts_the_cases(app_context, filed):
    answers = {
        "new_project": GIVEN["new_project"],
        "drawing_no": "建施-12",
        "drawing_version": "V2",
        "cases_used": [{"case": Ref(7, "CS-07-2026-0001"), "note": None}],
    }
    effects = DesignComplaints.effects
    assert list(effects("design_close", filed("CS-12", **answers, all_opinions_closed=False))) == []
    told, use = effects("design_close", filed("CS-12", **answers, all_opinions_closed=True))
    assert isinstance(told, Tells)
    assert told.to == "role:design_manager"
    assert isinstance(use, PostsEntry)
    assert (use.ledger, use.about, use.facts["version"]) == ("case_uses", 7, "V2")


def test_the_close_prepares_the_submission_of_a_permit_project(app_context, filed):
    project = begun("permit", "drawing_review")
    answers = {"new_project": project, "all_opinions_closed": True}
    _told, draft = DesignComplaints.effects("design_close", filed("CS-12", **answers))
    assert isinstance(draft, Opens)
    assert (draft.code, draft.answers, draft.names_as) == ("PL-37", {"project": project}, "internal_review")


def test_over_the_portals_door_it_goes_round_with_the_next_version(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-12")
    for _turn in range(4):  # the reply, and three reviewers
        walker.sign(number)
    walker.sign(number, **{"opinion_answers-0-closed": "no", "all_opinions_closed": "no"})
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        assert (record.step, record.round) == ("internal_review", 2)
    page = walker.browser("customer_service_supervisor").get(f"/records/{number}", follow_redirects=True)
    assert 'name="drawing_version" value="V2"' in " ".join(page.text.split()).replace(
        ' aria-required="true"', ""
    ), "the next version is proposed"
    with app.app_context():
        project = history.content(db.session.get_one(Record, record.id)).answers["new_project"]["id"]
        assert not cases.drawings_reviewed(project)
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
    with app.app_context():
        assert cases.drawings_reviewed(project)
        assert not cases.drawings_reviewed(project + 1000)


def test_a_late_sheet_is_taken_and_told(app: Flask) -> None:
    walker = Walker(app)
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date().isoformat()
    number = _open_late(walker, yesterday)
    assert walker.state(number) == "running"
    notices = walker.browser("design_manager").get("/notices").text
    assert "迟于施工图设计计划开始日期" in notices


def _open_late(walker: Walker, day: str) -> str:
    """Submits a sheet whose drawings have begun already."""
    form = DesignComplaints
    with walker.app.app_context():
        world = walker._world("customer_service_officer")
        data = pairs(form(answers=STORIES["CS-12"].opening(world)))
        db.session.commit()
    data = [pair for pair in data if pair[0] != "planned_drawing_start"]
    data += [("planned_drawing_start", day), ("_op", "submit")]
    browser = walker.browser("customer_service_officer")
    answer = browser.post(walker.address(form) + "new", data=multi(data))
    assert answer.status_code == 303
    return answer.headers["Location"].rsplit("/", 1)[-1]
