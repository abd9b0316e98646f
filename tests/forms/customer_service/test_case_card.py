"""CS-07: a problem with its photographs becomes a case of the library."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.domain.effects import PostsEntry, Shares
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.customer_service.case_card import CaseCard, DepartmentAnswer, LessonsAnalysis
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import Department, LedgerEntry, Record
from portal.queries import cases, ledgers
from tests.walk import Walker, problems

ROUTE = CaseCard.signoff
PHOTO = {"id": 1, "name": "窗台.jpg", "type": "image/jpeg", "size": 1, "sha256": "0" * 64}
GIVEN = {
    "customer": Ref(1, "宁波恒远重工机械有限公司"),
    "project": Ref(2, "临江花园 P002"),
    "found_at": datetime(2026, 5, 12, 1, 0, tzinfo=UTC),
    "place": "3 号楼窗台",
    "problem_statement": "雨后渗水",
    "evidence_photos": [PHOTO],
    "category": "main_building_and_inside_the_flat",
    "taken_by": Ref(3, "赵敏 ZHAO"),
}
LEARNT = {
    "cause": "没有滴水线",
    "lesson_learned": "窗台要有节点详图",
    "responsible_department": Ref(4, "设计部"),
    "how_to_avoid": "补充详图",
    "avoid_at_stage": "construction_drawing",
}


def card(**changed):
    form = CaseCard(answers={**GIVEN, **changed})
    form.validate()
    return form


def test_emptiness_is_refused_beside_the_fields(app_context):
    form = CaseCard(answers={})
    assert not form.validate()
    assert set(form.errors) == {
        *("customer", "project", "found_at", "place", "problem_statement", "evidence_photos", "category"),
        "taken_by",
    }


def test_no_card_without_a_photo(app_context):
    assert not card().errors
    assert card(evidence_photos=[]).errors["evidence_photos"] == ["请拍摄或上传“照片”"]
    scan = {**PHOTO, "type": "application/pdf"}
    assert set(card(evidence_photos=[scan]).errors) == {"evidence_photos"}


def test_nothing_is_found_tomorrow(app_context):
    assert set(card(found_at=datetime.now(UTC) + timedelta(days=1)).errors) == {"found_at"}
    assert not card(found_at=datetime.now(UTC) - timedelta(minutes=1)).errors


def test_the_card_is_called_by_project_and_place(app_context):
    assert card().heading() == "临江花园 P002 3 号楼窗台"


def test_the_lesson_is_whole(app_context):
    assert LessonsAnalysis(answers=LEARNT).validate()
    for name in LEARNT:
        stage = LessonsAnalysis(answers={**LEARNT, name: None})
        assert not stage.validate()
        assert set(stage.errors) == {name}


def test_who_refuses_the_responsibility_says_why(app_context):
    assert DepartmentAnswer(answers={"accepts_responsibility": True}).validate()
    stage = DepartmentAnswer(answers={"accepts_responsibility": False})
    assert not stage.validate()
    assert set(stage.errors) == {"department_opinion"}
    said = {"accepts_responsibility": False, "department_opinion": "现场没有按图施工"}
    assert DepartmentAnswer(answers=said).validate()


def test_the_general_manager_rules_only_on_a_refusal():
    refused, accepted = {"accepts_responsibility": False}, {"accepts_responsibility": True}
    assert ROUTE.following("department_answer", refused).key == "gm_ruling"
    assert ROUTE.following("department_answer", accepted).key == "library_entry"
    assert [party.key for party in ROUTE.step("department_answer").by.parties] == ["responsible_department"]


@pytest.mark.parametrize(
    ("step", "to"),
    [
        ("department_answer", "lessons_analysis"),
        ("gm_ruling", "lessons_analysis"),
        ("library_entry", APPLICANT),
    ],
)
def test_the_ways_back(step, to):
    assert ROUTE.step(step).on_refusal == Back(to)


@pytest.fixture
def entered(app_context, filed):
    """What a card enters, some answers put otherwise."""

    def enter(**answers):
        given = {
            **GIVEN,
            **LEARNT,
            "accepts_responsibility": True,
            "case_title": "窗台渗水",
            "keywords": "窗台、渗水",
        }
        return list(CaseCard.effects("library_entry", filed("CS-07", **{**given, **answers})))

    return enter


def test_the_last_signature_enters_the_library(entered):
    posted, shared = entered()
    assert isinstance(posted, PostsEntry)
    assert posted.ledger == "case_library"
    assert posted.customer_id == 1
    assert posted.facts == {
        "case_no": "CS-07-2026-0007",
        "title": "窗台渗水",
        "keywords": "窗台、渗水",
        "category": "main_building_and_inside_the_flat",
        "project": "临江花园 P002",
        "project_named": {"id": 2, "text": "临江花园 P002"},
        "problem": "雨后渗水",
        "photos": "窗台.jpg",
        "lesson": "窗台要有节点详图",
        "responsible_department": "设计部",
        "how_to_avoid": "补充详图",
        "stage": "construction_drawing",
    }
    assert isinstance(shared, Shares)


def test_the_ruling_decides_the_department(entered):
    ruled = entered(accepts_responsibility=False, ruled_department=Ref(5, "工程部"))
    assert ruled[0].facts["responsible_department"] == "工程部"


def test_a_ruling_of_a_round_before_no_longer_counts(entered):
    later = entered(accepts_responsibility=True, ruled_department=Ref(5, "工程部"))
    assert later[0].facts["responsible_department"] == "设计部"


# The library


def line(record, **facts):
    """Enters a line by hand."""
    given = {
        "ledger": "case_library",
        "record_id": record.id,
        "posted_by_id": record.applicant_id,
        "posted_at": record.submitted_at,
    }
    db.session.add(LedgerEntry(**{**given, **facts}))
    db.session.flush()


def shown(key="case_library"):
    return ledgers.page(LEDGERS[key].source, ledgers.Wanted(), "", 20).rows


@pytest.fixture
def library(make_record):
    """A card in the library, and another that is not yet."""
    entered_, waiting = make_record("CS-07-2026-0001"), make_record("CS-07-2026-0002")
    facts = {"title": "窗台渗水", "lesson": "节点详图", "project_named": {"id": 2, "text": "临江花园 P002"}}
    line(entered_, facts=facts)
    return entered_, waiting


def test_times_used_are_counted_over_later_uses(library, make_record):
    known, _waiting = library
    assert [(row["times_used"], row["last_used_in"]) for row in shown()] == [(0, None)]
    for number in ("CS-11-2026-0001", "CS-12-2026-0001"):
        line(make_record(number), ledger="case_uses", facts={}, about_id=known.id)
    assert [(row["times_used"], row["last_used_in"]) for row in shown()] == [(2, "CS-12-2026-0001")]


def test_a_use_that_was_corrected_no_longer_counts(library, make_record):
    known, _waiting = library
    use = make_record("CS-11-2026-0001")
    line(use, ledger="case_uses", facts={}, about_id=known.id)
    correction = make_record("CS-11-2026-0002")
    correction.corrects_id, correction.state = use.id, "finished"
    db.session.flush()
    assert [(row["times_used"], row["last_used_in"]) for row in shown()] == [(0, None)]


def test_only_what_was_entered_is_a_case(library, make_record):
    known, waiting = library
    assert cases.case(known.id).lesson == "节点详图"
    assert cases.case(waiting.id) is None
    assert cases.case(None) is None
    refs = [Ref(known.id, "一"), Ref(waiting.id, "二"), Ref(None, "纸质"), None]
    assert cases.unknown(refs) == ["二"]
    correction = make_record("CS-07-2026-0003")
    correction.corrects_id, correction.state = known.id, "finished"
    db.session.flush()
    assert cases.case(known.id) is None


# Over the portal's door


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


def test_a_refused_responsibility_is_ruled_and_the_case_is_open_to_every_department(walker: Walker) -> None:
    number = walker.open("CS-07")
    walker.sign(number, responsible_department="设计部")
    walker.sign(number, accepts_responsibility="no", department_opinion="现场没有按图施工")
    walker.sign(number, ruled_department="工程部")
    walker.sign(number, case_title="窗台渗水的教训")
    assert walker.state(number) == "finished"
    with walker.app.app_context():
        facts = db.session.scalars(
            sa.select(LedgerEntry.facts).where(LedgerEntry.ledger == "case_library")
        ).one()
        assert facts["responsible_department"] == "工程部"
        assert facts["case_no"] == number
    for login in ("buyer", "warehouse_keeper", "foreman", "quality_inspector", "design_manager"):
        page = walker.browser(login).get("/registers/case_library")
        assert page.status_code == 200, login
        assert "窗台渗水的教训" in page.text
    card_of = f"/records/{number}"
    assert walker.browser("customer_service_supervisor").get(card_of).status_code == 302
    with walker.app.app_context():
        head = db.session.scalars(sa.select(Department).where(Department.key == "quality")).one().head.login
    assert walker.browser(head).get(card_of).status_code == 302
    assert walker.browser("buyer").get(card_of).status_code == 404


def test_a_department_without_the_word_does_not_sign_for_another(walker: Walker) -> None:
    number = walker.open("CS-07")
    walker.sign(number, responsible_department="设计部")
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        assert record.step == "department_answer"
    answer = walker.browser("engineering_manager").get(f"/records/{number}")
    assert answer.status_code == 404, problems(answer)


def test_what_it_comes_from_is_the_customers_own(make_record, make_customer, stored):
    one, other = make_customer("宁波恒远重工机械有限公司"), make_customer("苏州金桥建材贸易有限公司")
    complaint = make_record("CS-51-2026-0001", customer=stored(one))
    link = Ref(complaint.id, complaint.number)
    assert not card(customer=one, source_record=link).errors
    assert set(card(customer=other, source_record=link).errors) == {"source_record"}
    nobodys = make_record("CS-90-2026-0001", caller="路人")
    assert not card(customer=other, source_record=Ref(nobodys.id, nobodys.number)).errors
