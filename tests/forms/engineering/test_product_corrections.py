"""Records of product development put right after they have moved a stage, posted a paper or opened a project."""

from __future__ import annotations

from typing import Any

import pytest

from portal.extensions import db
from portal.forms.engineering.product_words import BATCH, FINALISATION, INITIAL, OUTPUT_PAPERS
from portal.forms.kinds import Ref
from portal.models import Record
from portal.queries import design_reviews, projects
from portal.services import route
from tests.forms.customer_service.shop import NOW, TODAY, days, wrong, wrong_in
from tests.forms.engineering.development import Development, row
from tests.forms.engineering.product_room import ENGINEER, Room
from tests.forms.engineering.test_modification_notice import acknowledged, at_result, change, modification
from tests.forms.projects import begun

RD = "rd_engineer"
TEST = {"item": "噪声", "limit": "≤68 dB(A)", "result": "66", "pass": True}


def reviewed(room: Room, product: Ref, stage: str, corrects: Record) -> Record:
    """A review that puts another right, and passes."""
    answers = room.review(product, stage)
    record = room.spoken(room.submit("RD-16", ENGINEER, corrects=corrects, **answers))
    return room.sign(room.sign(record, verdict="pass"))


def tried(room: Room, product: Ref, corrects: Record, verdict: str) -> Record:
    """A trial that puts another right."""
    record = room.submit("RD-25", ENGINEER, corrects=corrects, **room.trial(product))
    room.sign(record, made_quantity=50, good_quantity=48, trial_problems=[])
    room.sign(record, test_items=[TEST], test_verdict="pass")
    return room.sign(room.sign(record), trial_verdict=verdict)


# reviews and tests


def test_a_review_of_the_wrong_product_gives_its_stage_back(room: Room) -> None:
    meant, wrong_one = room.new(INITIAL), room.new(INITIAL)
    record = reviewed(room, meant, INITIAL, room.passed(wrong_one))
    assert room.at(wrong_one, INITIAL).state == "open"
    assert (room.at(meant, INITIAL).state, room.at(meant, INITIAL).record_id) == ("passed", record.id)


def test_a_review_of_the_wrong_stage_gives_it_back(room: Room) -> None:
    product = room.new(INITIAL)
    reviewed(room, product, FINALISATION, room.passed(product))
    assert room.at(product, FINALISATION).state == "passed"
    assert room.at(product, INITIAL).state == "open"


def test_a_stage_that_had_passed_keeps_its_day(room: Room) -> None:
    product = room.new(INITIAL)
    first = room.passed(product)
    room.at(product, INITIAL).passed_on = days(-9)
    db.session.flush()
    reviewed(room, product, INITIAL, first)
    assert room.at(product, INITIAL).passed_on == days(-9)


def test_a_correction_does_not_fail_what_has_passed(room: Room) -> None:
    product = room.new(INITIAL)
    first = room.passed(product)
    again = room.spoken(room.submit("RD-16", ENGINEER, corrects=first, **room.review(product)))
    assert wrong(room.stage(again, verdict="fail", verdict_note="不通过")) == {"verdict"}
    room.refuse(again)
    assert again.state == "refused"
    assert room.drafts(again, "RD-16") == [], "the first one stands, there is no next round"
    assert room.at(product, INITIAL).record_id == first.id


def test_a_batch_review_put_right_leaves_the_product_released(room: Room) -> None:
    product = room.ready_for_batch()
    room.put_out(product, *OUTPUT_PAPERS)
    reviewed(room, product, BATCH, room.passed(product, BATCH))
    assert projects.passed(product.id, "mass_production")
    assert room.project(product).state == "completed"


def test_a_batch_review_of_the_wrong_product_takes_its_release_back(room: Room) -> None:
    wrong_one, meant = room.ready_for_batch(), room.ready_for_batch()
    room.put_out(wrong_one, *OUTPUT_PAPERS)
    reviewed(room, meant, BATCH, room.passed(wrong_one, BATCH))
    assert room.at(wrong_one, "mass_production").state == "open"
    assert (room.project(wrong_one).state, room.project(wrong_one).finished_on) == ("running", None)


def test_a_returned_trial_of_the_wrong_product_gives_its_stage_back(room: Room) -> None:
    wrong_one, meant = room.new("trial_production"), room.new("trial_production")
    record = room.refuse(room.submit("RD-25", ENGINEER, **room.trial(wrong_one)))
    room.correct(record, ENGINEER, plan=meant)
    room.sign(record, made_quantity=50, good_quantity=48, trial_problems=[])
    room.sign(record, test_items=[TEST], test_verdict="pass")
    room.sign(room.sign(record), trial_verdict="pass")
    assert room.at(wrong_one, "trial_production").state == "open"
    assert room.at(meant, "trial_production").state == "passed"


@pytest.mark.parametrize("verdict", ["repeat", "stop"])
def test_a_trial_put_right_late_leaves_the_batch_review_its_ground(room: Room, verdict: str) -> None:
    product = room.new("trial_production")
    first = room.tried(product)
    tried(room, product, first, verdict)
    assert room.at(product, "trial_production").state == "refused", "the batch review was not held yet"
    second = room.tried(product)
    room.passed(product, BATCH)
    tried(room, product, second, verdict)
    assert room.at(product, "trial_production").state == "passed"


def test_a_trial_put_right_counts_once(room: Room) -> None:
    product = room.new("trial_production")
    record = tried(room, product, room.tried(product, "repeat"), "pass")
    found = db.session.execute(design_reviews.trials(NOW)).all()
    assert [(one.record_id, one.part) for one in found] == [(record.id, "pass")]


# the plan


def test_a_plan_put_right_has_its_project_already(room: Room) -> None:
    first = room.approved()
    project = room.project_of(first)
    project.people = {**project.people, "quality_inspector": room.actor("quality_inspector").id}
    project.starts_on = days(-30)
    number = project.facts["product_no"]
    db.session.flush()
    again = room.submit("RD-03", "salesperson", corrects=first, **room.wanted(product_name="低噪除尘器"))
    room.sign(again, **room.planned())
    while again.step == "feasibility":
        room.sign(again, feasible=True)
    while again.state == "running":
        room.sign(again)
    assert (project.name, project.record_id) == ("低噪除尘器", again.id)
    assert (project.facts["product_no"], project.starts_on) == (number, days(-30))
    assert "quality_inspector" in project.people
    assert room.drafts(again, "RD-04") == room.drafts(again, "RD-05") == []
    assert len(room.drafts(first, "RD-04")) == 1


# technical papers


def test_a_version_that_was_replaced_is_not_put_right(work: Development) -> None:
    old = work.archived("RD-10", work.bill(row(1, "OLD")))
    new = work.archived("RD-10", work.bill(row(1, "NEW"), change_note="换件"))
    late = work.sheet("RD-10", RD, corrects=old, **work.bill(row(1, "OLD"), change_note="更正"))
    assert late.product.errors == ["版本 1.0 之后已有版本 1.1，旧版不再更正；要改内容请另行填写新版本"]
    found = work.sheet("RD-10", RD, corrects=new, **work.bill(row(1, "NEW"), change_note="更正"))
    assert (wrong(found), found.version.data) == (set(), "1.1")


@pytest.mark.parametrize(("recalled", "state"), [(True, "returned"), (False, "to_return")])
def test_wrong_copies_are_called_back(work: Development, recalled: bool, state: str) -> None:
    first = work.archived("RD-11", work.card())
    assert not work.asked(first)
    record = work.submit("RD-11", "production_engineer", **work.card(mould_no="M-03"), corrects=first)
    assert (work.given(record, "version"), work.given(record, "old_version")) == ("1.0", "1.0")
    work.file(record, recalled=recalled)
    states = [line["state"] for line in work.lines("technical_issue")]
    assert states == ["in_use"] * 3 + [state] * 3
    assert len(work.asked(record)) == (0 if recalled else 3)


def test_a_late_paper_is_called_back_from_its_archive_on(work: Development) -> None:
    work.archived("RD-11", work.card(effective_on=TODAY))
    record = work.submit("RD-11", "production_engineer", **work.card(effective_on=TODAY))
    work.now = work.now.replace(day=20)
    work.file(record, recalled=False)
    assert {task.due_at.date().isoformat() for task in work.asked(record) if task.due_at} == {"2026-05-20"}


def test_the_last_paper_of_the_wrong_product_gives_its_stage_back(work: Development) -> None:
    work.archived("RD-13", work.moulds())
    flow = work.archived("RD-14", work.flow())
    work.archived("RD-15", work.instruction(flow))
    work.archived("RD-10", work.bill(papers_not_needed=["RD-11", "RD-12"]))
    last = work.archived("RD-23", work.criteria())
    assert work.stage_state() == "passed"
    meant = begun("product", "output_documents")
    work.file(work.submit("RD-23", RD, **work.criteria(product=meant), corrects=last))
    assert work.stage_state() == "preparing"
    stage = projects.stage(meant.id, "output_documents")
    assert stage is not None
    assert stage.row.state == "preparing"


# changes


def test_a_notice_put_right_drafts_only_what_is_new(work: Development) -> None:
    card, moulds = work.archived("RD-11", work.card()), work.archived("RD-13", work.moulds())
    first = acknowledged(work, work.submit("RD-22", RD, **change(work, card, stock_disposal="scrap")))
    assert len(work.drafts(first, "WH-17")) == 1
    work.archived("RD-11", work.card(mould_no="M-09"))
    late = change(work, card, moulds, stock_disposal="scrap", reason="卡扣断裂")
    fresh = work.sheet("RD-22", RD, **late)
    assert wrong_in(fresh, "documents") == {"document"}, "a new notice names the version in force"
    again = acknowledged(work, work.submit("RD-22", RD, corrects=first, **late))
    assert [len(work.drafts(again, code)) for code in ("RD-11", "RD-13", "WH-17")] == [0, 1, 0]


def test_a_mould_put_right_tells_of_its_sizes_once(work: Development) -> None:
    good = {"trial_result": "合格", "accepted": True, "sizes_changed": True}
    first = work.sign(at_result(work), **good)
    again = work.submit("RD-21", RD, corrects=first, **modification(work))
    while again.step != "result":
        work.sign(again)
    work.sign(again, **good)
    assert (len(work.drafts(first, "RD-22")), len(work.drafts(again, "RD-22"))) == (1, 0)


def test_a_correction_given_up_has_changed_nothing(room: Room) -> None:
    product = room.new(INITIAL)
    first = room.passed(product)
    again: Any = room.submit("RD-16", ENGINEER, corrects=first, **room.review(product))
    route.finish(again, "voided", by=again.applicant_id, now=room.now)
    assert (room.at(product, INITIAL).state, room.at(product, INITIAL).record_id) == ("passed", first.id)
