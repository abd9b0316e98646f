"""RD-16: the four reviews in their order, a say for each of five departments, samples, rounds and the release."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.extensions import db
from portal.forms.engineering import product_release
from portal.forms.engineering.product_words import FIRST_SAMPLE, OUTPUT_PAPERS, REVIEWS
from portal.forms.ledgers import LEDGERS
from portal.models import Record
from portal.queries import history, ledgers, projects
from portal.queries.ledgers import Wanted
from portal.services import route, signing
from tests.forms.customer_service.shop import NOW, TODAY, days, wrong, wrong_in
from tests.forms.engineering.product_room import DEPARTMENTS, ENGINEER, Room

FINALISATION, BATCH = "product_finalisation_review", "batch_review"


def close(room: Room, record: Record, number: int = 1) -> None:
    """The measure of a review is done and found effective."""
    answers = {
        "source_record": room.ref(record),
        "action_no": f"{record.number}/{number}",
        "action": "筋厚减薄",
        "owner": room.person(ENGINEER),
        "department": None,
        "due_on": days(10),
        "expected_result": "无缩水",
        "priority": "high",
    }
    tracker = room.submit("QA-19", "quality_inspector", **answers)
    room.sign(tracker, done_on=TODAY, result="已改模")
    room.sign(tracker, verified_effective=True)
    assert tracker.state == "finished"


def book(**picked: str) -> list[dict[str, Any]]:
    """The lines of the book of reviews."""
    wanted = Wanted(picked=tuple(picked.items()))
    return ledgers.page(LEDGERS["design_reviews"].source, wanted, "", 20).rows


@pytest.mark.requirement("R79")
@pytest.mark.parametrize("stage", list(REVIEWS)[1:])
def test_a_review_waits_for_the_one_before(room: Room, stage: str) -> None:
    product = room.new("initial_review")
    assert wrong(room.sheet("RD-16", ENGINEER, **room.review(product, stage))) == {"plan"}
    ready = room.new(stage)
    assert wrong(room.sheet("RD-16", ENGINEER, **room.review(ready, stage))) == set()


@pytest.mark.requirement("R79")
def test_the_first_sample_rests_on_a_function_test_and_the_batch_on_a_trial(room: Room) -> None:
    product = room.new("first_sample_review")
    room.at(product, "function_test").state = "open"
    db.session.flush()
    sheet = room.sheet("RD-16", ENGINEER, **room.review(product, FIRST_SAMPLE))
    assert sheet.plan.errors == ["须先通过：功能测试"]
    test = room.sign(room.sign(room.submit("RD-20", ENGINEER, **room.tested(product))))
    named = room.sheet("RD-16", ENGINEER, **room.review(product, FIRST_SAMPLE))
    assert not named.errors
    assert named.function_test.data == room.ref(test)
    assert named.trial_report.data is None
    tried = room.ready_for_batch()
    sheet = room.sheet("RD-16", ENGINEER, **room.review(tried, BATCH))
    assert sheet.trial_report.data.text.startswith("RD-25-")


def test_what_cannot_be_is_refused(room: Room) -> None:
    product = room.new("initial_review")
    late = room.review(product, review_at=NOW + timedelta(minutes=5))
    assert wrong(room.sheet("RD-16", ENGINEER, **late)) == {"review_at"}
    past = room.review(product, problems_found=[room.problem(due=days(-1))])
    assert wrong_in(room.sheet("RD-16", ENGINEER, **past), "problems_found") == {"due"}
    room.begun(product)
    assert wrong(room.sheet("RD-16", ENGINEER, **room.review(product))) == {"plan"}, "one at a time"


def test_each_of_five_departments_says_its_own(room: Room) -> None:
    record, spoke = room.begun(room.new("initial_review")), set()
    assert wrong(room.stage(record)) == {"opinion", "agrees"}
    while record.step == "participants":
        login = min(room.signers(record))
        spoke.add(login)
        room.sign(record, opinion=f"{login}的意见", agrees=login != "production_manager")
    assert spoke == DEPARTMENTS
    said = {one.answers["opinion"]: one.answers["agrees"] for one in history.signatures(record)}
    assert len(said) == 5
    assert said["production_manager的意见"] is False
    assert record.step == "rd_verdict"


def test_nobody_passes_what_a_department_does_not_agree_to(room: Room) -> None:
    product = room.new("initial_review")
    record = room.spoken(room.begun(product, problems_found=[room.problem()]), "purchasing_manager")
    stage = room.stage(record, verdict="pass")
    assert wrong(stage) == {"verdict"}
    assert stage.against.data.startswith("采购部 ")
    assert wrong(room.stage(record, verdict="conditional_pass")) == {"verdict_note"}
    room.sign(record, verdict="conditional_pass", verdict_note="改模后再议")
    assert record.step == "gm_approval"


def test_a_condition_needs_something_to_be_done(room: Room) -> None:
    record = room.spoken(room.begun(room.new("initial_review")))
    assert wrong(room.stage(record, verdict="conditional_pass", verdict_note="无")) == {"verdict"}
    assert not room.stage(record, verdict="pass").errors


@pytest.mark.requirement("R79")
def test_a_pass_opens_the_next_and_enters_the_file(room: Room) -> None:
    product = room.new("initial_review")
    record = room.begun(product, problems_found=[room.problem()])
    assert room.at(product, "initial_review").state == "preparing"
    room.sign(room.sign(room.spoken(record), verdict="pass"))
    assert record.state == "finished"
    assert projects.passed(product.id, "initial_review")
    (line,) = room.lines("improvement_actions", record)
    assert line["action"] == "壳体缩水：筋厚减薄"
    (paper,) = room.file(record)
    assert paper["title"] == "产品设计评审表(初审)"
    assert not room.sheet("RD-16", ENGINEER, **room.review(product, FINALISATION)).errors
    assert wrong(room.sheet("RD-16", ENGINEER, **room.review(product))) == {"review_stage"}, (
        "each passes once"
    )


@pytest.mark.requirement("R79")
def test_after_a_condition_the_next_review_waits_until_its_measures_work(room: Room) -> None:
    product = room.new("initial_review")
    record = room.passed(product, problems_found=[room.problem()], conditional=True)
    assert projects.passed(product.id, "initial_review")
    sheet = room.sheet("RD-16", ENGINEER, **room.review(product, FINALISATION))
    assert sheet.review_stage.errors == [f"{record.number} 有条件通过，须先关闭其措施：{record.number}/1"]
    assert book()[0]["open_problems"] == 1
    close(room, record)
    assert not room.sheet("RD-16", ENGINEER, **room.review(product, FINALISATION)).errors
    assert book()[0]["open_problems"] == 0


def test_a_fail_repeats_the_stage_with_the_next_round(room: Room) -> None:
    product = room.new("initial_review")
    record = room.spoken(room.begun(product))
    room.sign(record, verdict="fail", verdict_note="结构须重做")
    assert record.state == "refused"
    assert room.at(product, "initial_review").state == "open"
    draft = room.drafted(record, "RD-16")
    assert (draft["review_stage"], draft["plan"], draft["review_subject"]) == (
        "initial_review", product, "图纸 A0 版",
    )  # fmt: skip
    again = room.begun(product)
    assert history.content(again).answers["round"] == 2
    assert again.title == "滨江花园 初审 2"


def test_the_general_managers_no_repeats_it_too(room: Room) -> None:
    product = room.new("initial_review")
    record = room.sign(room.spoken(room.begun(product)), verdict="pass")
    room.refuse(record)
    assert record.state == "refused"
    assert not projects.passed(product.id, "initial_review")
    assert len(room.drafts(record, "RD-16")) == 1
    assert room.file(record) == []


def test_the_first_sample_is_signed_and_kept(room: Room) -> None:
    product = room.new(FIRST_SAMPLE, route="customer_route")
    record = room.spoken(room.begun(product, FIRST_SAMPLE))
    assert record.step == "sample_signature"
    assert "quality_manager" in room.signers(record)
    kept = {"sample_no": "YB-01", "sample_place": "样板柜"}
    assert wrong(room.stage(record, **kept)) == {"customer_signed"}
    assert wrong(room.stage(record, **kept, customer_signed=False)) == {"customer_signed"}
    room.sign(record, **kept, customer_signed=True)
    room.sign(room.sign(record, verdict="pass"))
    assert projects.passed(product.id, "samples")
    (paper,) = room.file(record)
    assert (paper["sample_no"], paper["place"]) == ("YB-01", "样板柜")
    assert room.begun(room.new("initial_review")).step == "participants"


def test_no_customer_signs_the_sample_of_the_companys_own_product(room: Room) -> None:
    record = room.spoken(room.begun(room.new(FIRST_SAMPLE), FIRST_SAMPLE))
    assert not room.stage(record, sample_no="YB-02", sample_place="样板柜").errors


def test_a_refused_sample_is_made_anew(room: Room) -> None:
    product = room.new(FIRST_SAMPLE)
    record = room.refuse(room.spoken(room.begun(product, FIRST_SAMPLE)))
    assert record.state == "refused"
    assert room.at(product, FIRST_SAMPLE).state == "open"
    assert room.drafted(record, "RD-16")["review_stage"] == FIRST_SAMPLE
    assert room.passed(product, FIRST_SAMPLE).state == "finished"
    rounds = {line["round"]: line["verdict"] for line in book(stage=FIRST_SAMPLE)}
    assert rounds == {1: None, 2: "pass"}


def test_the_batch_review_releases_a_product_whose_papers_are_there(room: Room) -> None:
    product = room.ready_for_batch()
    room.put_out(product, *OUTPUT_PAPERS)
    record = room.passed(product, BATCH)
    assert projects.passed(product.id, "output_documents")
    assert projects.passed(product.id, "mass_production")
    assert (room.project(product).state, room.project(product).finished_on) == ("completed", TODAY)
    assert room.heard(record, "rd_manager") == []


def test_the_manager_hears_which_papers_are_missing(room: Room) -> None:
    product = room.ready_for_batch()
    room.put_out(product, *(code for code in OUTPUT_PAPERS if code not in ("RD-11", "RD-23")))
    record = room.passed(product, BATCH)
    assert projects.passed(product.id, BATCH)
    assert not projects.passed(product.id, "mass_production")
    (said,) = room.heard(record, "rd_manager")
    assert said == "批量审已通过，产品档案尚缺：注塑工艺卡、产品特性及产品验收准则，补齐后转入量产"
    left = list(product_release.complete(room.project(product).id, TODAY))
    assert left == [], "papers are still missing"
    room.put_out(product, "RD-11", "RD-23")
    keys = [
        getattr(one, "key", "project") for one in product_release.complete(room.project(product).id, TODAY)
    ]
    assert keys == ["output_documents", "mass_production", "project"]


def test_a_condition_of_the_batch_review_holds_the_release_until_its_measures_work(room: Room) -> None:
    product = room.ready_for_batch()
    room.put_out(product, *OUTPUT_PAPERS)
    problems = [room.problem(), room.problem(problem="卡扣松")]
    record = room.passed(product, BATCH, problems_found=problems, conditional=True)
    assert projects.passed(product.id, BATCH)
    assert projects.passed(product.id, "output_documents")
    assert room.heard(record, "rd_manager") == ["批量审有条件通过，其措施全部验证有效后转入量产"]
    close(room, record)
    assert not projects.passed(product.id, "mass_production"), "one measure is left"
    close(room, record, 2)
    assert projects.passed(product.id, "mass_production")
    assert (room.project(product).state, room.project(product).finished_on) == ("completed", TODAY)


def test_after_a_condition_the_last_paper_does_not_release(room: Room) -> None:
    product = room.ready_for_batch()
    room.put_out(product, *(code for code in OUTPUT_PAPERS if code != "RD-23"))
    record = room.passed(product, BATCH, problems_found=[room.problem()], conditional=True)
    room.put_out(product, "RD-23")
    keys = [one.key for one in product_release.complete(room.project(product).id, TODAY, filed=True)]
    assert keys == ["output_documents"]
    close(room, record)
    assert projects.passed(product.id, "mass_production")


def test_a_verdict_sent_back_still_tells_who_does_not_agree(room: Room) -> None:
    record = room.spoken(
        room.begun(room.new("initial_review"), problems_found=[room.problem()]), "quality_manager"
    )
    room.sign(record, verdict="conditional_pass", verdict_note="改模后再议")
    task, by, hand = room._turn(record)
    signing.send_back(task.id, by, hand, "rd_verdict", now=room.now)
    db.session.flush()
    stage = room.stage(record, verdict="pass")
    assert wrong(stage) == {"verdict"}
    assert stage.against.data.startswith("质量部 ")


def test_what_the_technical_manager_reviews_the_general_manager_judges(room: Room) -> None:
    record = room.spoken(room.submit("RD-16", "rd_engineer", **room.review(room.new("initial_review"))))
    record.applicant_id = room.actor("rd_manager").id
    room.send_back(record)
    room.correct(record, "rd_manager", review_subject="图纸 A1 版")
    room.spoken(record)
    assert record.step == "rd_verdict"
    assert record.state == "running", "somebody may judge it"


def test_papers_that_the_product_does_not_need_are_not_missing(room: Room) -> None:
    product = room.ready_for_batch()
    project = room.project(product)
    project.facts = {**project.facts, "papers_not_needed": list(OUTPUT_PAPERS)}
    db.session.flush()
    room.passed(product, BATCH)
    assert projects.passed(product.id, "mass_production")


def test_a_review_that_was_passed_can_be_corrected(room: Room) -> None:
    product = room.new("initial_review")
    record = room.passed(product)
    sheet = room.sheet("RD-16", ENGINEER, corrects=record, **room.review(product))
    assert not sheet.errors
    again = room.submit("RD-16", ENGINEER, corrects=record, **room.review(product))
    room.sign(room.sign(room.spoken(again), verdict="pass"))
    assert room.at(product, "initial_review").record_id == again.id


def test_a_review_given_up_gives_its_stage_back(room: Room) -> None:
    product = room.new("initial_review")
    record = room.begun(product)
    route.finish(record, "voided", by=record.applicant_id, now=room.now)
    assert room.at(product, "initial_review").state == "open"
    assert not room.sheet("RD-16", ENGINEER, **room.review(product)).errors
    assert history.content(room.begun(product)).answers["round"] == 1
