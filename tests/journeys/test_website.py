"""A website from its owners to its delivery: who is named accepts, each phase waits for the one before, the customer signs by link."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.demo.stories import website_lists as lists
from portal.extensions import db
from portal.models import Person
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import (
    ago,
    attach,
    fill,
    link,
    on,
    press,
    problems,
    sign,
    sign_outside,
    submit,
    take_up,
)

SITE = "湖州白茶商城"
SIGN = '#turn button.btn-primary[value="sign"]'
CUSTOMER = "王经理"


def label(served: Served, login: str) -> str:
    """The number by which a picker finds a person."""
    with served.app.app_context():
        found = db.session.scalars(sa.select(Person.number).where(Person.login == login)).one()
        db.session.remove()
    return found


def appoint(served: Served, manager: Visitor) -> str:
    """The design manager names the three owners."""
    manager.go("/design/project-owner-appointments/new")
    fill(
        manager,
        {
            "project_name": SITE,
            "customer": "泰和",
            "site_kind": "shop",
            "design_owner": label(served, "designer"),
            "program_owner": label(served, "programmer"),
            "project_manager": label(served, "project_manager"),
            "customer_contact": f"{CUSTOMER} 0572-5550301",
            "planned_finish": on(60),
            "requirement_summary": "在线销售白茶，接入支付",
        },
    )
    return submit(manager)


def draw_topology(designer: Visitor) -> str:
    """Two columns and a function; the second column hangs first in the air."""
    take_up(designer, "拓扑图")
    fill(
        designer,
        {
            "columns-0-no": "1",
            "columns-0-column": "产品中心",
            "columns-0-level": "1",
            "columns-0-content": "频道首页",
            "functions-0-no": "F01",
            "functions-0-function": "在线支付",
            "functions-0-description": "微信、支付宝",
            "functions-0-priority": "must",
            "front_and_back": "前台访客，后台两级",
            "languages": "中文",
        },
    )
    attach(designer, "topology_file")
    fill(designer, {"columns-0-parent": "首页"})
    press(designer, 'button[form="sheet"][value="submit"]')
    assert "一级栏目没有上级栏目" in problems(designer.page)
    fill(designer, {"columns-0-parent": ""})
    return submit(designer)


def write_scheme(designer: Visitor, topology: str) -> str:
    """The scheme, for which the customer has still to bring the hosting."""
    take_up(designer, "项目方案确认单")
    fill(
        designer,
        {
            "site_map": topology,
            "overall_style": "简洁，留白充分",
            "colour_tendency": "墨绿",
            "site_name": "湖州白茶",
            **{f"materials-{row}-done": "yes" for row in range(6)},
            "materials-6-done": "no",
        },
    )
    attach(designer, "scheme_file")
    return submit(designer)


def plan_phases(designer: Visitor, number: str) -> None:
    """The four phases stand there already; they only want their days."""
    take_up(designer, number)
    for phase in range(4):
        start = 10 * phase if phase != 2 else 15
        fill(designer, {f"phases-{phase}-start": on(start), f"phases-{phase}-finish": on(10 * phase + 10)})
    press(designer, SIGN)
    assert "不能早于上一阶段的完成日期" in problems(designer.page)
    fill(designer, {"phases-2-start": on(20)})
    sign(designer)


def check_off(visitor: Visitor, table: str, many: int, answer: str = "pass") -> None:
    """Every point of a checklist is good."""
    column = "result" if answer == "pass" else "done"
    fill(visitor, {f"{table}-{row}-{column}": answer for row in range(many)})


def draw_draft(designer: Visitor) -> str:
    """A draft of one page, checked by its author."""
    take_up(designer, "设计稿确认单")
    fill(designer, {"pages-0-page": "首页", "design_notes": "墨绿色系", "finished_on": on()})
    attach(designer, "pages-0-file")
    return submit(designer)


def sign_on(served: Served, *numbers: str) -> None:
    """The others sign to the end, told without a browser."""
    with served.aside() as walker:
        for number in numbers:
            while walker.sign(number):
                pass
            assert served.walker.state(number) == "finished"


def program(served: Served, programmer: Visitor) -> str:
    """The program of the confirmed draft, to its backup."""
    take_up(programmer, "程序实施确认单")
    assert programmer.at("design_draft").input_value().startswith("DS-07")
    fill(
        programmer,
        {
            "program_version": "V1.0.0",
            "environment": "Linux、Nginx",
            "functions_done": "在线支付",
            "test_address": "https://test.example.com",
            "finished_on": on(),
        },
    )
    number = submit(programmer)
    sign_on(served, number)
    return number


def try_out(served: Served, programmer: Visitor) -> None:
    """A test with an open defect has not passed; once it is fixed, the site goes online."""
    take_up(programmer, "内部测试")
    fill(
        programmer,
        {
            "tester": label(served, "programmer"),
            "test_from": on(),
            "test_to": on(),
            "test_cases-0-item": "支付",
            "test_cases-0-browser": "Chrome",
            "test_cases-0-result": "fail",
            "test_cases-0-defect": "重复扣款",
            "test_cases-0-fixed": "no",
            "test_conclusion": "pass",
        },
    )
    press(programmer, 'button[form="sheet"][value="submit"]')
    assert "还有未修复的缺陷" in problems(programmer.page)
    fill(programmer, {"test_cases-0-fixed": "yes"})
    sign_on(served, submit(programmer))


def hold_against_standard(designer: Visitor) -> str:
    """Every point of the department's own standard."""
    take_up(designer, "网站验收标准")
    for table, items in lists.STANDARD.items():
        check_off(designer, table, len(items))
    fill(designer, {"checked_at": ago(minutes=5)})
    return submit(designer)


@pytest.mark.timeout(400)  # ten forms and five people
def test_a_website_from_its_owners_to_its_delivery(served: Served, visit: Visit) -> None:
    manager, designer = visit(served, "design_manager"), visit(served, "designer")
    programmer, leader = visit(served, "programmer"), visit(served, "project_manager")

    # all three owners accept, and the project gets its number of the year
    appointment = appoint(served, manager)
    for owner in (designer, programmer, leader):
        take_up(owner, appointment)
        sign(owner)
    year = on()[:4]
    page = designer.go(f"/projects/{year}-001")
    assert SITE in page.locator("main").inner_text()

    # topology, then the scheme, which the customer confirms by a link on the phone
    topology = draw_topology(designer)
    sign_on(served, topology)
    scheme = write_scheme(designer, topology)
    take_up(manager, scheme)
    fill(
        manager,
        {"fits_customer_need": "yes", "technically_feasible": "yes", "review_opinion": "可行，素材尽快催齐"},
    )
    sign(manager)
    plan_phases(designer, scheme)
    take_up(leader, scheme)
    sign(leader)
    designer.go(f"/records/{scheme}")
    address = link(designer, f"{CUSTOMER} 13900001111")
    customer = visit(served, phone=True)
    sign_outside(customer, address, CUSTOMER, {"confirmed_on": on()})
    assert served.walker.state(scheme) == "finished"
    leader.go("/")
    assert "空间服务器" in leader.page.locator("table.tasks").inner_text()

    # the manager refuses the first draft; the second version goes through
    draft = draw_draft(designer)
    take_up(designer, draft)
    check_off(designer, "self_check_points", 4)
    sign(designer)
    take_up(manager, draft)
    manager.page.locator("#return summary").click()
    manager.page.fill("#back-reason", "首屏没有突出产品")
    manager.press("拒绝", within="#return")
    assert served.walker.state(draft) == "returned"
    take_up(designer, draft)
    fill(designer, {"changes_since_last": "首屏改为产品横幅", "_reason": "按部门意见修改"})
    press(designer, 'button[form="sheet"][value="submit"]')
    sign_on(served, draft)
    designer.go("/design/design-draft-sign-offs/")
    row = designer.page.locator("tbody tr", has_text=draft)
    assert "2" in [cell.strip() for cell in row.locator("td").all_inner_texts()], "the second version"

    # program, test and checklist
    program(served, programmer)
    try_out(served, programmer)
    sign_on(served, hold_against_standard(designer))

    # acceptance; the customer cannot sign for three things of four
    take_up(designer, "项目验收确认单")
    fill(designer, {"functions_all_done": "yes"})
    acceptance = submit(designer)
    with served.aside() as walker:
        while walker.step(acceptance) != "delivery":
            assert walker.sign(acceptance)
    take_up(leader, acceptance)
    check_off(leader, "delivered_items", 4, "yes")
    fill(leader, {"delivered_items-3-done": "no"})
    press(leader, SIGN)
    assert "尚未交付：光盘" in problems(leader.page)
    fill(leader, {"delivered_items-3-done": "yes"})
    sign(leader)
    designer.go(f"/records/{acceptance}")
    receipt = visit(served, phone=True)
    sign_outside(receipt, link(designer, f"{CUSTOMER} 13900001111"), CUSTOMER, {"received_on": on()})

    # the site is the customer's
    assert served.walker.state(acceptance) == "finished"
    page = manager.go(f"/projects/{year}-001")
    assert "已交付" in page.locator("main").inner_text()
