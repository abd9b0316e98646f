"""A site from its task order to its completion, with hidden works that fail at first, are put right and accepted."""

from __future__ import annotations

import re

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.extensions import db
from portal.forms.kinds import Ref
from portal.models import Project
from portal.queries import projects
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import (
    attach,
    fill,
    link,
    on,
    press,
    problems,
    sign,
    submit,
    take_up,
)
from tests.walk import Walker

SITE, CUSTOMER = "云溪雅苑3号楼会所装修工程", "钱卫红"
SIGN = '#turn button.btn-primary[value="sign"]'
SUBMIT = 'button[form="sheet"][value="submit"]'
ACCEPTANCE = "/engineering/concealed-works-acceptances/"


def ordered(manager: Visitor, contract: str) -> str:
    """The manager gives the works to a foreman; gives the order's number."""
    manager.go("/engineering/task-orders/new")
    fill(
        manager,
        {
            "project_name": SITE,
            "site_address": "湖州市吴兴区观音桥路 18 号",
            "contract": contract,
            "contract_price": "286000",
            "works_scope": "水电改造、防水、墙地砖、吊顶、涂饰",
            "planned_start": on(7),
            "planned_finish": on(97),
            "foreman": "刘铁柱",
            "site_supervisor": "马赟",
            "designer": "叶梓涵",
        },
    )
    for row, version in enumerate(("A", "1")):
        fill(manager, {f"drawings_and_budget-{row}-version": version})
    return submit(manager)


def project(served: Served) -> Ref:
    """The project that the order has opened."""
    with served.app.app_context():
        row = db.session.scalars(sa.select(Project).where(Project.name == SITE)).one()
        found = Ref(row.id, row.label)
        db.session.remove()
    return found


def address(served: Served) -> str:
    """The project's page."""
    return f"/projects/{project(served).text.rsplit(' ', 1)[-1]}"


def has_passed(served: Served, key: str) -> bool:
    """Whether the project has gone through a stage."""
    with served.app.app_context():
        found = projects.passed(project(served).id, key)
        db.session.remove()
    return found


def prepared(walker: Walker) -> None:
    """Schedule, briefing and start of work, each signed to its end."""
    for code in ("EN-05", "EN-18", "EN-12"):
        assert walker.state(walker.walk(code)) == "finished", code


def accept(foreman: Visitor) -> str:
    """The foreman asks for the acceptance of what will be covered."""
    fill(
        foreman,
        {
            "acceptance_at": f"{on(1)}T09:30",
            "areas": "主卧卫生间、厨房",
            "test_pressure": "0.8",
            "holding_minutes": "30",
            "pressure_drop": "0.02",
            "self_check": "pass",
        },
    )
    for row in range(8):
        foreman.page.locator(f'label:has([name="concealed_checks-{row}-result"][value="pass"])').click()
    attach(foreman, "layout_photos")
    attach(foreman, "site_photos")
    return submit(foreman)


def test_a_site_from_its_order_to_its_completion(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        contract = walker.walk("CS-34")
        walker.hints.clear()
    manager = visit(served, "engineering_manager")
    order = ordered(manager, contract)
    with served.aside() as walker:
        while walker.sign(order):
            pass
        walker.hints = {"project": project(served)}

    # nothing is accepted before the works have begun, and the page of the project says why
    foreman = visit(served, "foreman", phone=True)
    foreman.go(f"{ACCEPTANCE}new")
    fill(foreman, {"project": SITE})
    press(foreman, SUBMIT)
    assert "须先通过：材料进场验收" in problems(foreman.page)
    foreman.go(address(served))
    expect(foreman.page.locator(".now-card")).to_contain_text("开工 须先通过：施工进度计划、技术交底")
    with served.aside() as walker:
        prepared(walker)
        while not has_passed(served, "material"):
            walker.walk("EN-20")

    # the hidden works fail: that takes an opinion, a person and a limit on the spot
    take_up(foreman, "隐蔽工程验收表")
    assert SITE in foreman.at("project").input_value()
    number = accept(foreman)
    supervisor = visit(served, "site_supervisor", phone=True)
    take_up(supervisor, number)
    fill(supervisor, {"verdict": "fail"})
    press(supervisor, SIGN)
    said = problems(supervisor.page)
    for missing in ("发现的质量问题", "当场处理意见", "相关责任人", "整改期限"):
        assert missing in said
    fill(
        supervisor,
        {
            "problem_found": "卫生间强弱电线管间距不足 30 厘米",
            "on_spot_opinion": "重新布管，交叉处包锡箔纸",
            "responsible_person": "常宝山",
            "rectify_by": f"{on(3)}T18:00",
        },
    )
    sign(supervisor)

    # the notice takes over what the supervisor has said; what is put right is looked at again
    take_up(foreman, "质量问题处理意见及限期整改通知单", number)
    assert foreman.at("problem").input_value() == "卫生间强弱电线管间距不足 30 厘米"
    fill(foreman, {"major_accident": "no"})
    attach(foreman, "photos")
    notice = submit(foreman)
    with served.aside() as walker:
        while walker.step(notice) == "rectification":
            walker.sign(notice)
    take_up(supervisor, notice)
    fill(supervisor, {"recheck_result": "pass"})
    sign(supervisor)
    with served.aside() as walker:  # the customer has seen that the first one failed
        while walker.sign(number):
            pass

    # the acceptance is held again, passes, and the customer signs on the phone
    take_up(foreman, "隐蔽工程验收表", notice)
    again = accept(foreman)
    take_up(supervisor, again)
    fill(supervisor, {"verdict": "pass"})
    sign(supervisor)
    foreman.go(f"/records/{again}")
    customer = visit(served, phone=True)
    customer.go(link(foreman, CUSTOMER))
    customer.draw()
    customer.page.fill("#outside-name", CUSTOMER)
    customer.press("签字确认")
    assert "已签字，谢谢" in customer.page.locator("main").inner_text(), problems(customer.page)
    assert has_passed(served, "concealed")

    # one after the other until the end
    with served.aside() as walker:
        for key, code in (("waterproofing", "EN-22"), ("midterm", "EN-23"), ("completion", "EN-24")):
            while not has_passed(served, key):
                walker.walk(code)
    manager.go(address(served))
    page = manager.page.locator("main").inner_text()
    assert "已完成" in page
    assert "8/8" in page
    assert notice in page
    assert re.search(r"合同价\s*¥286,000\.00", page)
