"""A project that is not municipal, from its planning conditions to the permit to build."""

from __future__ import annotations

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.domain import projects as kinds
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.models import Project
from portal.queries import projects
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import attach, fill, on, press, problems, sign, submit, take_up

NAME = "滨湖人才公寓三期"
SUBMIT = 'button[form="sheet"][value="submit"]'
CONDITIONS = "/design/planning-conditions/"


def tracked(officer: Visitor) -> str:
    """The officer opens the tracker; gives its number."""
    officer.go("/design/permit-trackers/new")
    fill(
        officer,
        {
            "project_name": NAME,
            "project_kind": "not_municipal",
            "construction_unit": "恒远置业有限公司",
            "plot": "滨湖-07 地块",
            "location": "滨湖路以东、学士路以北",
            "land_area": "32600.5",
            "air_defence_kind": "on_site",
            "officer": "袁佳宁",
        },
    )
    return submit(officer)


def project(served: Served) -> Ref:
    """The project that the tracker has opened."""
    with served.app.app_context():
        row = db.session.scalars(sa.select(Project).where(Project.name == NAME)).one()
        found = Ref(row.id, row.label)
        db.session.remove()
    return found


def has_passed(served: Served, key: str) -> bool:
    """Whether the project has gone through a stage."""
    with served.app.app_context():
        found = projects.passed(project(served).id, key)
        db.session.remove()
    return found


def conditions(officer: Visitor) -> str:
    """The officer applies for the planning conditions; a material of the text is missing at first."""
    officer.go(f"{CONDITIONS}new")
    fill(
        officer,
        {
            "project": NAME,
            "construction_unit": "恒远置业有限公司",
            "plot": "滨湖-07 地块",
            "land_area": "32600.5",
            "intended_use": "二类居住用地",
            "requested_density": "28",
            "requested_green": "35",
            "application_text": "申请核发滨湖-07 地块规划设计条件",
            "consent_letter_no": "湖管函〔2026〕18号",
            "consent_letter_issue_date": on(-20),
        },
    )
    attach(officer, "consent_letter_scan")
    for row, ready in enumerate(("yes", "no", "yes")):
        fill(officer, {f"materials-{row}-ready": ready})
    press(officer, SUBMIT)
    assert "“管委会关于同意办理某地块规划设计条件的函”须备齐后才能报批" in problems(officer.page)
    fill(officer, {"materials-1-ready": "yes"})
    return submit(officer)


def test_a_project_from_its_conditions_to_the_permit(served: Served, visit: Visit) -> None:
    officer, manager = visit(served, "planning_officer"), visit(served, "planning_manager")
    tracker = tracked(officer)
    take_up(manager, tracker)
    sign(manager)
    page = f"/projects/{project(served).text.rsplit(' ', 1)[-1]}"
    manager.go(f"{page}/stages/environment")
    assert "前置阶段" in manager.page.locator("main").inner_text()

    # the page says what may be started, what waits for what, and that a site opinion is for roads only
    officer.go(page)
    now = officer.page.locator(".now-card")
    expect(now).to_contain_text("规划设计条件")
    expect(now).to_contain_text("建设工程规划许可证 须先通过：")
    row = officer.page.locator("tr", has=officer.page.get_by_role("rowheader", name="建设工程选址意见书"))
    expect(row).to_contain_text("不办理")
    officer.go("/design/project-permit-applications/new")
    fill(officer, {"project": NAME})
    press(officer, SUBMIT)
    assert "须先通过：" in problems(officer.page)

    # the conditions: counted by a second officer, sealed, handed in, granted
    number = conditions(officer)
    second = visit(served, "planning_officer_2")
    take_up(second, number)
    fill(second, {"materials_complete": "yes"})
    sign(second)
    take_up(manager, number)
    sign(manager)
    with served.aside() as walker:
        walker.hints = {"project": project(served)}
        while walker.sign(number):
            pass
    assert has_passed(served, "conditions")
    officer.go("/registers/external_papers")
    expect(officer.page.locator("main")).to_contain_text("湖管函〔2026〕18号")

    # all others, in the order in which they wait for each other
    with served.aside() as walker:
        for stage in kinds.PERMIT.stages:
            if stage.key in ("site_opinion", "drawing_review"):
                continue
            for _round in range(4):
                if has_passed(served, stage.key):
                    break
                walker.walk(stage.forms[0])
            assert has_passed(served, stage.key), stage.key
    officer.go(page)
    shown = officer.page.locator("main").inner_text()
    assert "11/12" in shown
    assert "建设工程规划许可证" in shown
    expect(officer.page.locator(".now-card")).to_contain_text("施工图审查合格证书")
