"""CS-11: lessons of earlier projects go into a new one, and come back until its work avoids their problems."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import PostsEntry
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.customer_service.case_input import CaseInput, ReceivingReply, ResultReview
from portal.forms.kinds import Ref
from portal.models import Department, LedgerEntry, Record, Signature
from tests.walk import Walker

ROUTE = CaseInput.signoff
NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ONE, TWO = Ref(None, "CS-07-2026-0001"), Ref(None, "CS-07-2026-0002")
KNOWN = {"cases": [{"case": ONE}, {"case": TWO}]}
GIVEN = {
    "new_project": Ref(1, "临江花园二期 P003"),
    "receiving_department": Ref(2, "设计部"),
    "work_stage": "scheme_design",
    "question_groups": ["construction_quality"],
    "cases": [{"case": ONE, "question": "采用什么做法？"}],
    "answer_by": date(2026, 6, 1),
}


@pytest.fixture
def library(make_record):
    """A card in the library, and one that is not yet."""
    entered, waiting = make_record("CS-07-2026-0001"), make_record("CS-07-2026-0002")
    facts = {
        "title": "窗台渗水",
        "lesson": "窗台要有详图",
        "project_named": {"id": 7, "text": "临江花园 P002"},
    }
    db.session.add(
        LedgerEntry(
            ledger="case_library",
            facts=facts,
            record_id=entered.id,
            posted_by_id=entered.applicant_id,
            posted_at=entered.submitted_at,
        )
    )
    db.session.flush()
    return Ref(entered.id, entered.number), Ref(waiting.id, waiting.number)


def sheet(**changed):
    form = CaseInput(answers={**GIVEN, **changed}, context={"@now": NOW})
    form.validate()
    return form


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = CaseInput(answers={})
    assert not form.validate()
    assert set(form.errors) == set(GIVEN)


def test_the_library_tells_project_and_lesson(library):
    known, _waiting = library
    form = sheet(cases=[{"case": known, "question": "采用什么做法？", "lesson": "自己写的"}])
    assert not form.errors
    row = form.cases.data[0]
    assert (row["old_project"], row["lesson"]) == (Ref(7, "临江花园 P002"), "窗台要有详图")


def test_a_card_that_is_not_in_the_library_is_no_case(library):
    _known, waiting = library
    form = sheet(cases=[{"case": waiting, "question": "采用什么做法？"}])
    assert set(form.cases.rows[0].errors) == {"case"}


def test_an_answer_is_due_from_today_on(app_context):
    assert set(sheet(answer_by=date(2026, 5, 11)).errors) == {"answer_by"}
    assert not sheet(answer_by=date(2026, 5, 12)).errors


def test_the_design_department_is_proposed(app_context):
    assert CaseInput(context={"@now": NOW}, person=object()).receiving_department.data is None
    db.session.add(Department(key="design", name="设计部"))
    db.session.flush()
    page = CaseInput(context={"@now": NOW}, person=object())
    assert page.receiving_department.data.text == "设计部"


def test_a_case_stands_there_once(app_context):
    twice = [{"case": ONE, "question": "一"}, {"case": ONE, "question": "二"}]
    assert set(sheet(cases=twice).errors) == {"cases"}
    assert not sheet(cases=[twice[0], {"case": TWO, "question": "二"}]).errors


# Every case gets a reply


def reply(*rows):
    stage = ReceivingReply(answers={"replies": list(rows)}, context=KNOWN)
    return stage.validate(), stage


YES = {"adopted": True, "how": "已补充详图"}
NO = {"adopted": False, "reason": "没有同类部位"}


def test_every_case_gets_a_reply(app_context):
    good, stage = reply({"case": ONE, **YES}, {"case": TWO, **NO})
    assert good, stage.errors
    assert [row["case"] for row in stage.replies.data] == [ONE, TWO]
    good, stage = reply({"case": ONE, **YES})
    assert not good
    assert set(stage.replies.rows[1].errors) == {"adopted"}
    assert stage.replies.rows[1].case.data == TWO


def test_adopted_says_how_and_not_adopted_why(app_context):
    good, stage = reply({"case": ONE, "adopted": True}, {"case": TWO, "adopted": False})
    assert not good
    assert [set(row.errors) for row in stage.replies.rows] == [{"how"}, {"reason"}]


def test_an_empty_page_has_a_row_for_each_case(app_context):
    stage = ReceivingReply(context=KNOWN)
    stage.compute()
    assert [row.case.data for row in stage.replies.rows] == [ONE, TWO]


# The review


def review(verdict, *avoided):
    rows = [
        {"case": case, "avoided": one, "evidence": "图 12"}
        for case, one in zip((ONE, TWO), avoided, strict=True)
    ]
    answers = {"reviewed_result": "施工图", "result_version": "第 2 版", "avoided_list": rows}
    stage = ResultReview(answers={**answers, "review_verdict": verdict}, context=KNOWN)
    stage.validate()
    return stage


def test_the_conclusion_is_what_the_rows_say(app_context):
    assert not review("problems_avoided", True, True).errors
    assert not review("problems_remain", True, False).errors
    assert set(review("problems_avoided", True, False).errors) == {"review_verdict"}
    assert set(review("problems_remain", True, True).errors) == {"review_verdict"}


def test_officer_and_department_sign_both_and_what_remains_leads_back():
    step = ROUTE.step("result_review")
    assert step.by.mode == "all"
    assert [(one.kind, one.key) for one in step.by.parties] == [
        ("role", "customer_service_officer"),
        ("head", "receiving_department"),
    ]
    assert step.outcome({"review_verdict": "problems_remain"}) == Back(
        "receiving_reply", when=step.outcomes[0].when
    )
    assert step.outcome({"review_verdict": "problems_avoided"}) is None
    assert step.on_refusal == Back("receiving_reply")
    assert ROUTE.step("receiving_reply").on_refusal == Back(APPLICANT)


def used(filed, verdict):
    rows = [{"case": Ref(7, "CS-07-2026-0001"), "avoided": True, "evidence": "图 12"}]
    answers = {
        "new_project": GIVEN["new_project"],
        "review_verdict": verdict,
        "reviewed_result": "施工图",
        "result_version": "第 2 版",
        "avoided_list": rows,
        "replies": [{"case": Ref(7, "CS-07-2026-0001"), **YES}],
    }
    return list(CaseInput.effects("result_review", filed("CS-11", **answers)))


def test_cases_are_used_when_their_problems_are_avoided(filed):
    assert used(filed, "problems_remain") == []
    (use,) = used(filed, "problems_avoided")
    assert isinstance(use, PostsEntry)
    assert (use.ledger, use.about) == ("case_uses", 7)
    assert use.facts == {
        "case": "CS-07-2026-0001",
        "project": "临江花园二期 P003",
        "result": "施工图",
        "version": "第 2 版",
        "adopted": True,
        "used_on": "2026-05-12",
    }


# Over the portal's door


def test_what_remains_goes_round_until_it_is_avoided(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-11")
    walker.sign(number)
    remains = {"avoided_list-0-avoided": "no", "review_verdict": "problems_remain"}
    walker.sign(number, **remains)
    walker.sign(number)  # the other signer
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        assert (record.state, record.step, record.round) == ("running", "receiving_reply", 2)
        assert not db.session.scalars(
            sa.select(LedgerEntry.id).where(LedgerEntry.ledger == "case_uses")
        ).all()
    walker.sign(number)
    avoided = {"avoided_list-0-avoided": "yes", "review_verdict": "problems_avoided"}
    walker.sign(number, **avoided)
    walker.sign(number)
    assert walker.state(number) == "finished"
    with app.app_context():
        signed = db.session.scalars(sa.select(Signature).where(Signature.step == "result_review")).all()
        assert len({one.person_id for one in signed}) == 2
        assert len(signed) == 4
    library = walker.browser("foreman").get("/registers/case_library").text
    assert number in library
    assert number in walker.browser("foreman").get("/registers/case_uses").text
