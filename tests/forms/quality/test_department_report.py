"""IC-04 and IC-05: reported to the deputy general manager, received by the centre, put together for the representative."""

from datetime import timedelta

import pytest

from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.quality.consolidated_report import ConsolidatedReport
from portal.forms.quality.department_report import DepartmentReport
from portal.lib.clock import months_later, today
from portal.queries import information
from tests.forms.quality.centre import Centre

THIS = f"{today():%Y-%m}"
LAST = information.month_before(today())


def classified(centre: Centre, key: str, quality: str = "not_quality") -> Ref:
    """A piece of information of a department, classified as supply."""
    number = centre.filed("IC-01", department=centre.department(key))
    for _step in range(2):
        centre.sign(number)
    empty = {"departments_concerned-0-department": ""}
    centre.sign(number, information_class="supply", quality_class=quality, **empty)
    return centre.named(number)


def test_a_period_is_a_month_that_has_begun(centre: Centre) -> None:
    assert "年-月" in centre.refused("IC-04", period="五月")
    assert "年-月" in centre.refused("IC-04", period="2026-13")
    following = f"{months_later(today().replace(day=1), 1):%Y-%m}"
    assert "不能晚于本月" in centre.refused("IC-04", period=following)
    assert "不能晚于本月" in centre.refused("IC-05", period=following)


def test_one_report_a_month(centre: Centre) -> None:
    given = {"department": centre.department("purchasing"), "period": LAST}
    number = centre.filed("IC-04", **given)
    assert number in centre.refused("IC-04", **given)
    centre.filed("IC-04", **{**given, "department": centre.department("warehouse")})


def test_what_others_collected_is_theirs_to_report(centre: Centre) -> None:
    piece = classified(centre, "purchasing")
    rows = [{"record": piece}]
    own = centre.department("purchasing")
    told = centre.refused("IC-04", items=rows, department=centre.department("warehouse"))
    assert "其他部门收集的信息" in told
    assert "填写了两行" in centre.refused("IC-04", items=[*rows, *rows], department=own)
    number = centre.filed("IC-04", items=rows, department=own)
    page = centre.browser("customer_service_director").get(f"/quality/department-reports/{number}")
    assert "供应信息" in page.text


def test_class_a_is_found_and_an_immediate_report_has_some(centre: Centre) -> None:
    own = centre.department("purchasing")
    told = centre.refused("IC-04", kind="class_a", items=[], department=own)
    assert "至少一条A类质量信息" in told
    rows = [{"record": classified(centre, "purchasing", "class_a")}]
    number = centre.filed("IC-04", kind="class_a", items=rows, department=own, period=THIS)
    with centre.app.app_context():
        assert centre.record(number).cells["class_a_included"]["zh"] == "是"
        assert information.named_in_reports({rows[0]["record"].id}) == {rows[0]["record"].id}
        db.session.remove()


@pytest.mark.requirement("R74")
def test_the_centre_receives_after_the_deputy_has_signed(centre: Centre) -> None:
    assert [step.key for step in DepartmentReport.signoff.steps] == ["deputy_read", "centre_receipt"]
    number = centre.filed("IC-04")
    assert centre.waiting(number) == ["role:deputy_general_manager"]
    centre.sign(number)
    assert centre.waiting(number) == ["role:information_officer"]
    centre.sign(number, received_complete="no")
    assert centre.state(number) == "returned"


def test_the_deputy_may_refuse(centre: Centre) -> None:
    number = centre.filed("IC-04")
    centre.refuse(number)
    assert centre.state(number) == "returned"


def test_the_consolidated_report_lists_reports_missing_departments_and_counts(centre: Centre) -> None:
    classified(centre, "purchasing")
    done = centre.to_end(centre.filed("IC-04", department=centre.department("purchasing"), period=THIS))
    centre.filed("IC-04", department=centre.department("warehouse"), period=THIS)  # under way
    with centre.app.app_context():
        sheet = ConsolidatedReport(answers={"period": THIS})
        sheet.compute()
        assert [row["report"].text.split(" ")[0] for row in sheet.department_reports.data] == [done]
        assert "采购部" not in sheet.missing_departments.data
        assert "库房" in sheet.missing_departments.data
        assert "公司管理层" not in sheet.missing_departments.data
        (count,) = sheet.counts.data
        assert (count["class"], count["count"], count["last_period"]) == ("supply", 1, 0)
        following = ConsolidatedReport(answers={"period": "五月"})
        following.compute()
        assert following.counts.data == following.department_reports.data == []
        db.session.remove()


@pytest.mark.requirement("R74")
def test_the_representative_reads_what_the_centre_has_put_together(centre: Centre) -> None:
    number = centre.filed("IC-05", period=LAST)
    assert number in centre.refused("IC-05", period=LAST)
    assert centre.waiting(number) == ["role:information_centre_head"]
    centre.sign(number)
    assert centre.waiting(number) == ["role:management_representative"]
    assert centre.lines("archive", number) == []
    centre.sign(number, representative_instruction="列入管理评审")
    assert centre.state(number) == "finished"
    (line,) = centre.lines("archive", number)
    assert line["code"] == number
    assert centre.told("information_officer") == ["管理者代表指示：列入管理评审"]


def test_the_centre_head_may_refuse(centre: Centre) -> None:
    number = centre.filed("IC-05", period=LAST)
    centre.refuse(number)
    assert centre.state(number) == "returned"


def test_the_own_department_the_last_month_and_its_information_are_proposed(centre: Centre) -> None:
    number = classified(centre, "purchasing").text.split(" ")[0]
    with centre.app.app_context():
        record = centre.record(number)
        record.submitted_at = record.submitted_at.replace(day=1) - timedelta(days=2)
        db.session.commit()
        db.session.remove()
    page = centre.browser("purchasing_manager").get("/quality/department-reports/new").text
    assert "采购部" in page
    assert LAST in page
    assert number in page
    assert number not in centre.browser("warehouse_supervisor").get("/quality/department-reports/new").text
