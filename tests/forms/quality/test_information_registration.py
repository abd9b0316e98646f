"""IC-01: collected by a plan, identified, verified, classified and archived in this order."""

from datetime import timedelta

import pytest

from portal.forms.customer_service.return_visit import _told_of_market
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.information_registration import InformationRegistration
from portal.lib.clock import now, today
from portal.queries import information
from tests.forms.quality.centre import Centre
from tests.walk import problems

NOTHING = {"errors": "无", "repetitions": "无", "omissions": "无"}


@pytest.mark.requirement("R80")
def test_only_by_an_approved_plan(centre: Centre) -> None:
    first = today()
    plan = centre.named(centre.filed("IC-13", "information_officer", time_from=first))
    told = centre.refused("IC-01", "information_officer", plan=plan)
    assert "还没有批准" in told


def test_whoever_finds_no_plan_is_told_who_makes_one(centre: Centre) -> None:
    answer = centre.browser("employee").post("/quality/information/new", data={"_op": "submit"})
    assert "请信息管理人员先编制 IC-13" in problems(answer)
    centre.to_end(centre.filed("IC-13"))
    answer = centre.browser("employee").post("/quality/information/new", data={"_op": "submit"})
    assert "请信息管理人员先编制" not in problems(answer)


@pytest.mark.requirement("R80")
def test_only_in_the_time_of_the_plan(centre: Centre) -> None:
    first = today() + timedelta(days=3)
    owner = centre.person("information_officer")
    step = [{"step": "登记", "owner": owner, "due": first}]
    number = centre.filed("IC-13", time_from=first, time_limit=first + timedelta(days=9), steps=step)
    plan = centre.named(centre.to_end(number))
    assert "收集时间不在其中" in centre.refused("IC-01", plan=plan, collected_at=now())


def test_where_it_comes_from_is_told_without_contradiction(centre: Centre) -> None:
    told = centre.refused("IC-01", origin="external", source_kind="department")
    assert "来源不能是本公司部门" in told
    told = centre.refused("IC-01", origin="internal", source_kind="customer")
    assert "来源不能是顾客" in told
    assert "不能晚于现在" in centre.refused("IC-01", collected_at=now() + timedelta(days=1))


@pytest.mark.requirement("R80")
def test_the_four_steps_stand_in_their_order() -> None:
    steps = [step.key for step in InformationRegistration.signoff.steps]
    assert steps == ["identification", "verification", "classification", "archive"]


def test_what_is_not_selected_ends_with_a_reason(centre: Centre) -> None:
    number = centre.filed("IC-01")
    with pytest.raises(AssertionError, match="不真实或没有用"):
        centre.sign(number, is_true="no")
    with pytest.raises(AssertionError, match="不选取的理由"):
        centre.sign(number, is_true="no", selected="no")
    centre.sign(number, is_true="no", selected="no", not_selected_reason="来源无法核实")
    assert centre.state(number) == "refused"


def test_what_is_wrong_goes_back_to_the_collector(centre: Centre) -> None:
    number = centre.filed("IC-01")
    centre.sign(number)
    with pytest.raises(AssertionError, match="检验不能为正确"):
        centre.sign(number, errors="单价写错", checked_correct="yes")
    with pytest.raises(AssertionError, match="请写明差错"):
        centre.sign(number, checked_correct="no", **NOTHING)
    centre.sign(number, errors="单价写错", checked_correct="no")
    assert centre.state(number) == "returned"


def test_the_same_title_is_found(centre: Centre) -> None:
    first = centre.filed("IC-01", title="热轧板上调")
    second = centre.filed("IC-01", title="热轧板上调")
    with centre.app.app_context():
        mine = {centre.record(second).id}
        assert information.same_title("热轧板上调", mine) == [first]
        assert information.same_title("热轧板下调", mine) == []


def test_class_a_opens_a_quality_report_and_tells_who_is_concerned(centre: Centre) -> None:
    number = centre.filed("IC-01", "employee", department=centre.department("customer_service"))
    for _step in range(2):
        centre.sign(number)
    own = {"departments_concerned-0-department": "客户服务部"}
    with pytest.raises(AssertionError, match="收集部门自己"):
        centre.sign(number, quality_class="class_a", **own)
    centre.sign(number, quality_class="class_a", **{"departments_concerned-0-department": "采购部"})
    assert centre.step(number) == "archive"
    (transfer,) = centre.drafts(number, "IC-06")
    assert transfer["to_departments"][0]["department"] == centre.department("purchasing")
    assert transfer["urgency"] == "same_day"
    assert transfer["source_information"].id == centre.named(number).id
    (report,) = centre.drafts(number, "QA-01")
    assert report["source_record"].id == centre.named(number).id
    assert report.get("class_item") is None
    submitted = centre.filed(
        "QA-01", "quality_inspector", **{**report, "class_item": "important_customer_opinion_or_complaint"}
    )
    assert centre.step(submitted) == "department_sign"


def test_no_quality_information_opens_nothing(centre: Centre) -> None:
    number = centre.filed("IC-01")
    for _step in range(2):
        centre.sign(number)
    rows = {"departments_concerned-0-department": ""}
    centre.sign(number, quality_class="not_quality", **rows)
    assert centre.drafts(number, "QA-01") == centre.asked(number) == []


@pytest.mark.requirement("R81")
def test_a_code_fits_its_class_and_stands_once(centre: Centre) -> None:
    year = today().year
    numbers = [centre.filed("IC-01") for _one in range(2)]
    for number in numbers:
        for _step in range(3):
            centre.sign(
                number, **({"information_class": "market"} if centre.step(number) == "classification" else {})
            )
    wanted = {"archive_class": "market"}
    with pytest.raises(AssertionError, match=f"形如 SC-{year}-0001"):
        centre.sign(numbers[0], archive_code="GY-2026-0001", **wanted)
    centre.sign(numbers[0], archive_code=f"SC-{year}-0001", **wanted)
    (line,) = centre.lines("archive", numbers[0])
    assert (line["code"], line["class"]) == (f"SC-{year}-0001", "market")
    assert line["keep_until"] > today().isoformat()
    with pytest.raises(AssertionError, match=f"下一个空号是 SC-{year}-0002"):
        centre.sign(numbers[1], archive_code=f"SC-{year}-0001", **wanted)
    centre.sign(numbers[1], archive_code=f"SC-{year}-0002", **wanted)
    assert centre.state(numbers[1]) == "finished"


def test_what_others_fill_in_for_it_fits(app_context: object) -> None:
    given = {
        "market_information": "同行降价",
        "visited_at": now(),
        "customer": Ref(3, "长青机械 C002"),
    }
    record = Filed(1, "CS-52-2026-0001", "CS-52", given, 7, 1, 7, {}, now())
    (draft,) = _told_of_market(record)
    form = InformationRegistration(answers=draft.answers)
    assert set(draft.answers) <= set(form.answers())
    form.validate()
    assert set(form.errors) == {"plan", "subject_area", "title", "value"}
