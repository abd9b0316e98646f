"""A year's survey: planned, approved by two, answered on a phone, rolled up below its standard, and put right by an 8D report."""

from __future__ import annotations

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Customer
from portal.queries import people
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import TURN, fill, follow, link, on, press, sign, submit, take_up

TAIHE, SCHOOL = "湖州泰和物业", "长兴县第二中学"
FORM = "顾客满意度得分汇总折算表"
SURVEYS = "/quality/yearly-satisfaction-surveys/new"
LOW = {"response_score": "20", "occurrence_score": "18", "effectiveness_score": "22"}  # 60 of 100


def ordered(served: Served) -> None:
    """Both customers have ordered something this year."""
    with served.app.app_context():
        with transaction():
            known = Customer.code.in_(("C0001", "C0002"))
            db.session.execute(sa.update(Customer).values(last_order_on=None))
            db.session.execute(sa.update(Customer).where(known).values(last_order_on=today()))
        db.session.remove()


def plan(visitor: Visitor) -> str:
    """Plans the year by what the page proposes; gives its number."""
    visitor.go(SURVEYS)
    page = visitor.page
    assert TAIHE in visitor.at("customers-0-customer").input_value()
    assert SCHOOL in visitor.at("customers-1-customer").input_value()
    assert [visitor.at(f"weights-{row}-weight").input_value() for row in range(3)] == ["40", "30", "30"]
    fill(visitor, {"method": "发送一次性链接，没有答复的打电话", "weights-0-weight": "41"})
    press(visitor, 'button[form="sheet"][value="submit"]')
    assert "合计须为 100，现在是 101" in page.locator("#errors").inner_text()
    fill(visitor, {"weights-0-weight": "40"})
    return submit(visitor)


def ask(visitor: Visitor, number: str, customer: str) -> str:
    """Takes up the questionnaire that the plan has prepared for a customer; gives its number."""
    visitor.go("/")
    rows = visitor.page.locator("table.tasks tbody tr", has_text="顾客服务满意度调查表").filter(
        has_text=number
    )
    for place in range(rows.count()):
        follow(visitor, rows.nth(place).locator(".task-what a"))
        if customer in visitor.at("customer").input_value():
            break
        visitor.go("/")
    assert customer in visitor.at("customer").input_value()
    assert number in visitor.at("survey").input_value()
    fill(visitor, {"contact_person": "钱卫红", "contact_phone": "13812345678", "answer_way": "link"})
    return submit(visitor)


def answer_by_phone(served: Served, visit: Visit, address: str) -> None:
    """The customer opens the link on a phone and marks the service."""
    customer = visit(served, phone=True)
    customer.go(address)
    text = customer.page.locator("main").inner_text()
    assert "信息反馈响应时间" in text
    assert "/ 35" in text, "the full marks stand beside each question"
    assert customer.at("answered_by").input_value() == "钱卫红"
    fill(customer, {**LOW, "response_score": "36", "suggestions": "电话等太久"})
    customer.page.fill("#outside-name", "钱卫红")
    customer.draw()
    customer.press("签字确认")
    assert "应在 0 至 35 之间" in customer.page.locator("#errors").inner_text()
    assert customer.at("suggestions").input_value() == "电话等太久"
    fill(customer, {"response_score": "20"})
    customer.draw()
    customer.press("签字确认")
    assert "已签字，谢谢" in customer.page.locator("main").inner_text()


def test_a_year_below_its_standard_is_put_right(served: Served, visit: Visit) -> None:
    ordered(served)
    inspector = visit(served, "quality_inspector")
    number = plan(inspector)
    for login in ("quality_manager", "general_manager"):
        approver = visit(served, login)
        take_up(approver, FORM, number)
        sign(approver)
    assert served.walker.step(number) == "score_roll_up"

    officer = visit(served, "customer_service_officer")
    asked = ask(officer, number, TAIHE)
    answer_by_phone(served, visit, link(officer, "钱卫红 13812345678"))
    supervisor = visit(served, "customer_service_supervisor")
    take_up(supervisor, asked)
    assert "电话等太久" in supervisor.page.locator("main").inner_text()
    sign(supervisor)
    assert served.walker.state(asked) == "finished"

    # the other customer is called up; the officer puts down what they say
    told = ask(officer, number, SCHOOL)
    fill(officer, {**LOW, "answered_by": "李老师"})
    officer.page.fill("#outside-name", "李老师")
    press(officer, f'{TURN} button.btn-primary[value="sign"]')
    assert "请外部签字人在屏幕上签名" in officer.page.get_by_role("alert").first.inner_text()
    assert served.walker.step(told) == "customer_answer", "by link: the customer signs"

    take_up(inspector, FORM, number)
    scores = inspector.page.locator(f"{TURN} table").first
    assert inspector.page.locator('[data-name="module_scores-1-mean"]').input_value() == "60"
    assert inspector.page.locator('[data-name="module_scores-1-outstanding"]').input_value() == "1"
    assert scores.is_visible()
    fill(inspector, {"missing_reason": "其余问卷顾客未答复"})
    sign(inspector)

    manager = visit(served, "quality_manager")
    take_up(manager, FORM, number)
    assert manager.page.locator('[data-name="standard_reached"]').input_value() == "否"
    texts = {"assessment_text": "服务未达标", "analysis": "电话排队", "improvement_chances": "增加坐席"}
    fill(manager, texts)
    sign(manager)

    manager.go("/")
    drafts = manager.page.locator("table.tasks tbody tr", has_text="8D报告")
    expect(drafts).to_have_count(3)  # the two modules that nobody answered fall short as well
    follow(manager, drafts.nth(1).locator(".task-what a"))
    assert "顾客服务满意度 60 < 80" in manager.at("subject").input_value()
    assert number in manager.at("source_record").input_value()
    manager.pick("team_leader", leader(served))
    manager.pick("team-0-person", leader(served))
    fill(manager, {"team-0-task": "组织"})
    report = submit(manager)

    head = visit(served, "after_sales_manager")
    take_up(head, report)
    head.pick("interim_actions-0-owner", leader(served))
    fill(head, {"interim_actions-0-action": "加派一名接线员", "interim_actions-0-done_on": on()})
    sign(head)
    assert served.walker.step(report) == "root_cause"

    reader = visit(served, "general_manager")
    take_up(reader, FORM, number)
    sign(reader)
    assert served.walker.state(number) == "finished"
    reader.go("/registers/satisfaction")
    row = reader.page.locator("tbody tr", has_text="顾客服务满意度")
    assert "60" in row.inner_text()
    reader.go("/quality/charts/satisfaction_trend")
    assert f"{today().year}" in reader.page.locator("table.chart-table").inner_text()


def leader(served: Served) -> str:
    """The name of the manager of after-sales service."""
    with served.app.app_context():
        found = people.by_login("after_sales_manager")
        assert found is not None
        name = found.name
        db.session.remove()
    return name
