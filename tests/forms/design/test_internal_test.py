"""DS-11: defects counted, a failed test back to the program, a passed one on to the host."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from portal.demo.stories.websites import STORIES
from portal.extensions import db
from portal.forms.design.internal_test import InternalTest
from portal.forms.kinds import Ref
from portal.models import Record
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.design.studio import SITE, Studio


def case(result: str, fixed: bool | None = None, defect: str | None = "按钮无效") -> dict[str, Any]:
    return {
        "item": "支付",
        "browser": "Chrome",
        "result": result,
        "defect": defect if result == "fail" else None,
        "fixed": fixed,
    }


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website whose program is backed up."""
    found = studio.opened()
    studio.programmed(found)
    return found


def refused(studio: Studio, project: Ref, **changed: Any) -> set[str]:
    return wrong(studio.sheet("DS-11", "programmer", **studio.tested(project, **changed)))


@pytest.mark.requirement("R49")
def test_it_waits_for_the_backup(studio: Studio) -> None:
    project = studio.opened()
    draft = studio.designed(project)
    studio.submit("DS-08", "programmer", **studio.program(project, draft))
    assert refused(studio, project) == {"project"}


def test_open_defects_are_counted(studio: Studio, project: Ref) -> None:
    cases = [case("pass"), case("fail", True), case("fail", False), case("fail", False)]
    sheet = studio.sheet("DS-11", "programmer", **studio.tested(project, test_cases=cases, open_defects=0))
    assert sheet.open_defects.data == 2


def test_nobody_types_the_number_of_defects(app_context: Any) -> None:
    form = InternalTest(MultiDict({"open_defects": "7"}))
    form.validate()
    assert form.open_defects.data == 0


def test_a_test_with_open_defects_has_not_passed(studio: Studio, project: Ref) -> None:
    assert refused(studio, project, test_cases=[case("fail", False)]) == {"test_conclusion"}
    assert refused(studio, project, test_cases=[case("fail", True)]) == set()
    assert refused(studio, project, test_conclusion="fail") == {"test_conclusion"}


def test_a_failed_item_tells_its_defect_and_whether_it_is_fixed(studio: Studio, project: Ref) -> None:
    sheet = studio.sheet(
        "DS-11", "programmer", **studio.tested(project, test_cases=[case("fail", None, None)])
    )
    assert wrong_in(sheet, "test_cases") == {"defect", "fixed"}


def test_it_tests_the_version_that_is_backed_up_in_days_gone_by(studio: Studio, project: Ref) -> None:
    assert refused(studio, project, program_version="V9") == {"program_version"}
    assert refused(studio, project, test_from=TODAY, test_to=days(-1)) == {"test_to"}
    assert refused(studio, project, test_to=days(1)) == {"test_to"}


def submitted(studio: Studio, project: Ref) -> Record:
    return studio.submit("DS-11", "programmer", **studio.tested(project))


def test_content_is_complete_before_it_goes_to_the_host(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    assert studio.signers(record) == {"designer"}
    lines = [{**studio.content()[0], "done": False}]
    assert wrong(studio.stage(record, content_lines=lines)) == {"content_lines"}
    fills: Any = InternalTest.signoff.step("content_entry").fills
    begun = fills(context={"project": project}).content_lines.data
    assert [row["column"] for row in begun] == ["产品中心", "产品详情"]


def test_what_was_tested_goes_to_the_host(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    studio.sign(record, content_lines=studio.content())
    assert studio.signers(record) == {"programmer"}
    for name, value in (
        ("deployed_version", "V2"),
        ("deployed_at", studio.now + timedelta(hours=1)),
        ("deployed_at", studio.now - timedelta(days=1)),
    ):
        assert wrong(studio.stage(record, **studio.deployment(**{name: value}))) == {name}


def test_a_site_that_does_not_work_online_leads_back(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    studio.sign(record, content_lines=studio.content())
    studio.sign(record, **studio.deployment(online_checked=False))
    assert record.state == "returned"
    assert studio.state_of(project, "test") == "open"


def test_a_passed_test_leaves_the_checklist_to_be_filled_in(studio: Studio, project: Ref) -> None:
    record = submitted(studio, project)
    studio.sign(record, content_lines=studio.content())
    studio.sign(record, **studio.deployment())
    assert studio.signers(record) == {"designer"}
    studio.sign(record)
    assert studio.state_of(project, "test") == "passed"
    assert studio.project(project).facts["site_address"] == SITE
    begun = studio.drafted(record, "DS-19")
    assert (begun["project"], begun["checked_version"]) == (project, "V1.0.0")
    assert studio.drafts(record, "DS-14") == []


def test_with_the_checklist_passed_it_leaves_the_acceptance(studio: Studio, project: Ref) -> None:
    checklist = studio.checked(project)
    assert studio.drafts(checklist, "DS-14") == [], "the tests have not passed"
    record = submitted(studio, project)
    studio.sign(record, content_lines=studio.content())
    studio.sign(record, **studio.deployment())
    studio.sign(record)
    begun = studio.drafted(record, "DS-14")
    assert begun["acceptance_checklist"].id == checklist.id
    assert (begun["site_address"], begun["accepted_version"]) == (SITE, "V1.0.0")


def test_a_failed_test_opens_the_program_once_more(studio: Studio, project: Ref) -> None:
    failed = {"test_cases": [case("fail", False)], "test_conclusion": "fail"}
    record = studio.submit("DS-11", "programmer", **studio.tested(project, **failed))
    assert record.step == "first_responsible_sign", "nothing is deployed"
    studio.sign(record)
    assert record.state == "finished"
    assert studio.state_of(project, "program") == "to_be_corrected"
    assert studio.state_of(project, "test") == "to_be_corrected"
    begun = studio.drafted(record, "DS-08")
    assert begun["project"] == project
    assert begun["design_draft"].id
    assert refused(studio, project) == {"project"}, "the tests wait for the next version"
    draft = db.session.get_one(Record, begun["design_draft"].id)
    studio.programmed(project, draft, program_version="V1.1.0")
    assert refused(studio, project, program_version="V1.1.0") == set()


def test_a_site_that_fails_later_is_not_accepted_before_it_is_tested_again(studio: Studio) -> None:
    project = studio.opened()
    studio.deployed(project)
    checklist = studio.checked(project)
    failed = {"test_cases": [case("fail", False)], "test_conclusion": "fail"}
    studio.sign(studio.submit("DS-11", "programmer", **studio.tested(project, **failed)))
    sheet = studio.sheet("DS-14", "designer", **studio.acceptance(project, checklist))
    assert wrong(sheet) == {"project"}
    assert "内部测试" in sheet.project.errors[0]


def test_it_leaves_no_second_checklist(studio: Studio, project: Ref) -> None:
    studio.submit("DS-19", "designer", **studio.checklist(project))
    record = submitted(studio, project)
    studio.sign(record, content_lines=studio.content())
    studio.sign(record, **studio.deployment())
    studio.sign(record)
    assert studio.drafts(record, "DS-19") == []


def test_it_is_not_older_than_the_project(studio: Studio, project: Ref) -> None:
    assert refused(studio, project, test_from=days(-1)) == {"test_from"}


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(InternalTest, STORIES["DS-11"], seed)["open_defects"] == 0
