"""A new product by the customer's route: its plan, a review with the verdicts of five departments, and a first sample
that is refused, made anew and signed."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.demo import carried_over
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Project
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

PRODUCT, CUSTOMER = "静音滤筒除尘器", "沈明远"
DEPARTMENTS = ("rd_engineer", "quality_manager", "production_manager", "purchasing_manager", "salesperson")
SIGN = '#turn button.btn-primary[value="sign"]'


class People(dict[str, Visitor]):
    """Who takes part, each at a desk of their own from when they are first needed."""

    def __init__(self, served: Served, visit: Visit) -> None:
        super().__init__()
        self.served, self.visit = served, visit

    def __missing__(self, login: str) -> Visitor:
        self[login] = self.visit(self.served, login)
        return self[login]


def planned(people: People) -> str:
    """The salesperson asks for what the customer wants, the engineer draws up the plan; gives its number."""
    chen = people["salesperson"]
    chen.go("/engineering/development-plans/new")
    fill(
        chen,
        {
            "route": "customer_route",
            "product_name": PRODUCT,
            "customer": "泰和",
            "customer_requirement": "噪声不高于 68 dB(A)，滤筒可反吹清灰",
            "target_cost": "860",
            "wanted_on": on(200),
            "legal_and_safety": "GB 4706.1，外壳阻燃 V-0",
        },
    )
    number = submit(chen)
    engineer = people["rd_engineer"]
    take_up(engineer, number)
    fill(
        engineer,
        {
            "functions": "风量 2400 m³/h，噪声 66 dB(A)",
            "structure": "三段式模块，底架用标准型材",
            "main_risks": "噪声超标：预留消声腔",
            "cost_estimate": "845.50",
        },
    )
    attach(engineer, "plan_files")
    sign(engineer)
    return number


def agreed(people: People, number: str) -> None:
    """One department cannot do it at first; then all can, the customer agrees, and the general manager approves."""
    served = people.served
    quality = people["quality_manager"]
    take_up(quality, number)
    fill(quality, {"feasible": "no", "infeasible_reason": "没有消声室，噪声无法验证"})
    sign(quality)
    with served.aside() as walker:
        while walker.step(number) == "feasibility":
            walker.sign(number)
    assert served.walker.step(number) == "plan_drafting"
    chen = people["salesperson"]
    chen.go("/")
    assert "告知客户" in chen.page.locator("main").inner_text()
    engineer = people["rd_engineer"]
    take_up(engineer, number)
    assert "没有消声室" in engineer.page.locator("main").inner_text()
    fill(engineer, {"main_risks": "噪声委托检测所验证；预留消声腔"})
    sign(engineer)
    with served.aside() as walker:
        while walker.step(number) != "customer_agreement":
            walker.sign(number)
    chen.go(f"/records/{number}")
    sign_outside(people.visit(served, phone=True), link(chen, CUSTOMER), CUSTOMER, {})
    manager = people["general_manager"]
    take_up(manager, number)
    sign(manager)
    assert served.walker.state(number) == "finished"


def may_be_at(served: Served, stage: str) -> None:
    """What a stage waits for has been done meanwhile."""
    with served.app.app_context():
        row = db.session.scalars(sa.select(Project).where(Project.name == PRODUCT)).one()
        carried_over.pass_until(row, stage, today())
        db.session.commit()
        db.session.remove()


def review(engineer: Visitor, answers: Mapping[str, str]) -> str:
    """The engineer writes down what a review has found."""
    fill(
        engineer,
        {
            "review_at": ago(minutes=20),
            "meets_requirements": "逐项核对设计输入，均能满足",
            "mass_production_fit": "现有设备可以加工，工位 9 个",
            **answers,
        },
    )
    return submit(engineer)


def say(people: People, number: str, *against: str) -> None:
    """Each of the five departments says its word."""
    for login in DEPARTMENTS:
        take_up(people[login], number)
        disagrees = login in against
        opinion = "节拍达不到，须先改工装" if disagrees else "满足本部门要求"
        fill(people[login], {"opinion": opinion, "agrees": "no" if disagrees else "yes"})
        sign(people[login])


def test_a_product_from_its_plan_to_a_sample_that_is_signed(served: Served, visit: Visit) -> None:
    people = People(served, visit)
    plan = planned(people)
    agreed(people, plan)
    engineer, head = people["rd_engineer"], people["rd_manager"]

    # nothing is reviewed before it is designed
    engineer.go("/engineering/design-reviews/new")
    fill(engineer, {"review_stage": "initial_review", "plan": PRODUCT, "review_subject": "方案图 A0 版"})
    press(engineer, 'button[form="sheet"][value="submit"]')
    assert "须先通过：设计" in problems(engineer.page)
    may_be_at(served, "initial_review")

    # one department does not agree: there is no plain pass, and each word stands on the record
    number = review(engineer, {})
    say(people, number, "production_manager")
    take_up(head, number)
    expect(head.page.locator("main")).to_contain_text("节拍达不到")
    fill(head, {"verdict": "pass"})
    press(head, SIGN)
    assert "有部门不同意，只能有条件通过或不通过" in problems(head.page)
    fill(head, {"verdict": "fail", "verdict_note": "改工装方案后再审"})
    sign(head)
    assert served.walker.state(number) == "refused"

    # the stage is repeated, in its second round
    take_up(engineer, "产品设计评审表")
    assert engineer.at("review_stage").input_value() == "initial_review"
    again = review(engineer, {"review_subject": "方案图 A1 版"})
    expect(engineer.page.locator("h1")).to_contain_text("初审 2")
    say(people, again)
    take_up(head, again)
    fill(head, {"verdict": "pass"})
    sign(head)
    manager = people["general_manager"]
    take_up(manager, again)
    sign(manager)
    assert served.walker.state(again) == "finished"

    # the first sample is refused; the next one the customer has to sign
    may_be_at(served, "first_sample_review")
    engineer.go("/engineering/design-reviews/new")
    first = review(
        engineer, {"review_stage": "first_sample_review", "plan": PRODUCT, "review_subject": "首件样板 S1"}
    )
    say(people, first)
    quality = people["quality_manager"]
    take_up(quality, first)
    quality.page.locator("#return summary").click()
    quality.page.fill("#back-reason", "样板壳体有缩水痕，重做")
    press(quality, '#return button[value="refuse"]')
    assert served.walker.state(first) == "refused"
    take_up(engineer, "产品设计评审表")
    second = review(engineer, {"review_subject": "首件样板 S2"})
    say(people, second)
    take_up(quality, second)
    fill(quality, {"sample_no": "YB-02", "sample_place": "品质部样板柜", "customer_signed": "no"})
    press(quality, SIGN)
    assert "须客户签样" in problems(quality.page)
    fill(quality, {"customer_signed": "yes"})
    sign(quality)
    with served.aside() as walker:
        while walker.sign(second):
            pass
    assert served.walker.state(second) == "finished"

    # the book tells of every round
    engineer.go("/registers/design_reviews")
    rows = engineer.page.locator("tbody tr", has_text=PRODUCT)
    expect(rows).to_have_count(4)
    expect(rows.filter(has_text=second)).to_contain_text("首样审")
    expect(rows.filter(has_text=number)).to_contain_text("不通过")
    assert press_through(engineer, second), "the record leads on from the book"


def press_through(visitor: Visitor, number: str) -> bool:
    """Follows the record's number; whether its page tells of the sample."""
    with visitor.page.expect_event("load"):
        visitor.page.get_by_role("link", name=number).first.click()
    return "YB-02" in visitor.look().locator("main").inner_text()
