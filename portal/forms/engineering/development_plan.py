"""RD-03 设计和开发方案."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain import projects as kinds
from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Asks, Effect, Made, Opens, OpensProject, SetsStage, after
from portal.domain.signoff import Back, Close, Route, Step, each, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.engineering.development_plan_stages import (
    FEASIBILITY,
    INFEASIBLE,
    Feasibility,
    MarketSurvey,
    PlanDrafting,
)
from portal.forms.engineering.product_words import COMPANY_ROUTE, CUSTOMER_ROUTE, REVIEWS, ROUTES, STAGES
from portal.forms.fields import Choice, Day, LongText, Money, Number, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, rights

FOR_CUSTOMER, BY_COMPANY = equals("route", CUSTOMER_ROUTE), equals("route", COMPANY_ROUTE)
DRAFTING = "plan_drafting"
SALES = "salesperson"


class DevelopmentPlan(CompanyForm):
    """Takes what a customer wants, or what the market does, to an approved plan of a new product (R78)."""

    code = "RD-03"
    name = _l("设计和开发方案")
    slug = "development-plans"
    section = "product_development"
    procedure = "RD-P-01#plan"
    opened_by = (SALES, "rd_engineer")
    covers = ("新产品开发需求单(设计和开发输入)", "市场调查及产品定位报告", "设计和开发方案(审批表)")
    columns = (
        *("number", "route", "product_name", "wanted_on", "customer", "target_quantity", "target_cost"),
        *("feasible", "current_step", "due_at", "status"),
    )

    route = Choice(_l("开发类别"), ROUTES)
    product_name = Text(_l("产品名称"), max=60)
    customer = Customer(_l("客户"), when=FOR_CUSTOMER)
    customer_requirement = LongText(_l("客户要求"), when=FOR_CUSTOMER)
    other_information = LongText(_l("其他设计开发信息"), required=False)
    target_quantity = Number(_l("预计数量"), low=Decimal("0.001"), required=False)
    target_cost = Money(_l("目标成本"), low=Decimal("0.01"), required=False, help=_l("单件成本"))
    wanted_on = Day(_l("要求完成日期"))
    legal_and_safety = LongText(_l("适用法规及安全要求"))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "market_survey",
            _l("市场调查及产品定位"),
            role("rd_engineer"),
            meaning="filled",
            within=weeks(2),
            when=BY_COMPANY,
            fills=MarketSurvey,
            clause="RD-P-01#market-survey",
        ),
        Step(
            DRAFTING,
            _l("方案编制"),
            role("rd_engineer"),
            meaning="filled",
            within=weeks(2),
            fills=PlanDrafting,
        ),
        Step(
            FEASIBILITY,
            _l("可行性会签"),
            each(role("quality_manager"), role("production_manager"), role("purchasing_manager")),
            meaning="confirmed",
            within=working_days(3),
            fills=Feasibility,
            on_refusal=Back(DRAFTING),
            outcomes=(Back(DRAFTING, when=INFEASIBLE),),
        ),
        Step(
            "rd_approval",
            _l("技术部经理审核"),
            role("rd_manager"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Back(DRAFTING),
        ),
        Step(
            "customer_agreement",
            _l("客户确认"),
            outside("customer"),
            meaning="confirmed",
            within=weeks(1),
            when=FOR_CUSTOMER,
            on_refusal=Back(DRAFTING),
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=working_days(3),
            on_refusal=Close(),  # dropped; to have it revised, it is sent back
        ),
    )

    def heading(self) -> str:
        """The product."""
        return self.product_name.data or ""

    def check(self) -> None:
        """Nothing is wanted by a day that has passed."""
        moments.refuse_past(self, "wanted_on", _l("要求完成日期不能早于提出日期"))

    @staticmethod
    @after(FEASIBILITY, _l("不可行时：退回方案编制，由业务员告知客户"))
    def tell_customer(record: Filed) -> Iterator[Effect]:
        """The customer hears from sales that the plan has to be drawn up anew."""
        if record["any_infeasible"] and record["route"] == CUSTOMER_ROUTE:
            title = _l("告知客户：%(product)s 方案暂不可行，正在修改", product=record["product_name"])
            yield Asks(title, _sales(record))

    @staticmethod
    @after("gm_approval", _l("建立新产品项目，生成新产品开发进度表和设计计划草稿"))
    def open_project(record: Filed) -> Iterator[Effect]:
        """The approved plan becomes a project, with its schedule and its design plan to be drawn up; a plan put right
        changes its project, which has them already."""
        plan, engineer, known = Made("project"), record.signers[DRAFTING], projects.opened_by(record.itself)
        people = {"rd_engineer": engineer, "rd_manager": record.signers["rd_approval"]}
        if record["route"] == CUSTOMER_ROUTE and _is_sales(record):
            people[SALES] = record.applicant_id
        customer = record["customer"]
        values = {
            "name": record["product_name"],
            "customer_id": customer.id if customer else None,
            "people": {**people, **(known.people if known else {})},
            "starts_on": known.starts_on if known else day(record.now),
            "finishes_on": record["wanted_on"],
        }
        facts = _facts(record)
        if known:
            facts["product_no"] = known.facts.get("product_no", facts["product_no"])
        yield OpensProject("product", values, facts)
        if known:
            stage = projects.stage(known.id, "plan")
            yield SetsStage(plan, "plan", {"state": kinds.PASSED, "passed_on": stage and stage.row.passed_on})
            return
        yield SetsStage(plan, "plan", {"state": kinds.PASSED, "passed_on": day(record.now)})
        to = f"person:{engineer}"
        rows = [{"stage": key} for key in STAGES if key != "plan"]
        wanted = record["wanted_on"]
        yield Opens("RD-04", {"plan": plan, "stages": rows, "mass_production_on": wanted}, to=to)
        reviews = [{"review": key} for key in REVIEWS]
        design_input = record["customer_requirement"] or record["functions"]
        yield Opens("RD-05", {"plan": plan, "reviews": reviews, "design_input": design_input}, to=to)


def _facts(record: Filed) -> dict[str, Any]:
    """What is known of the product, as its project keeps it."""
    quantity, cost = record["target_quantity"], record["target_cost"]
    return {
        "route": record["route"],
        "product_no": f"NP{record.number.removeprefix(record.code)}",
        "target_quantity": str(quantity) if quantity is not None else "",
        "target_cost": str(cost) if cost is not None else "",
        "cost_estimate": str(record["cost_estimate"]),
        "wanted_on": record["wanted_on"].isoformat(),
    }


def _is_sales(record: Filed) -> bool:
    return rights.holds(record.applicant_id, (SALES,), day(record.now))


def _sales(record: Filed) -> str:
    """The salesperson whose window the customer came to."""
    return f"person:{record.applicant_id}" if _is_sales(record) else f"role:{SALES}"
