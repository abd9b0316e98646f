"""Stories of following customers up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

from portal.demo.stories.customer_service.words import human, moment
from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.lib.clock import midnight, months_later
from portal.queries import follow_ups

PROBLEMS = (
    "上月交付的升降机护栏有一处松动，希望尽快派人紧固。",
    "送货时间比约定晚了半天，影响现场卸车安排。",
    "对账单上有一笔运费与合同不符，要求核对。",
    "配件到货与订单型号不一致，现场无法安装。",
    "保养后控制柜仍偶发报警，要求说明原因。",
)
NEEDS = ("希望提供操作人员的复训。", "计划下季度增购两台同型号设备。", "希望每月固定时间对账。", None)
MARKET = (
    "同区域有同行以低于市场价一成的价格报价。",
    "当地下半年有两个市政项目招标，设备需求较大。",
    None,
    None,
    None,
)
SHORTCOMINGS = ("配件供应周期偏长。", "售后电话高峰期不易接通。", None, None)
HAPPY = ("very_satisfied", "satisfied", "neutral", "dissatisfied")


def _return_visit(world: World) -> dict[str, Any]:
    rng = world.rng
    problem = rng.random() < 0.5
    reason = rng.choice(("routine", "routine", "after_complaint", "after_repair", "after_service"))
    targets = {"after_complaint": "CS-51", "after_repair": "CS-76", "after_service": "CS-01"}
    return {
        "customer": world.one("customer"),
        "visit_way": rng.choices(("telephone", "visit", "wechat", "sms", "other"), (6, 3, 3, 1, 1))[0],
        "visited_at": moment(world, rng.randint(5, 50)),
        "person": human(world),
        "reason": reason,
        "related_record": world.record(targets[reason]) if reason in targets else None,
        "customer_needs": rng.choice(NEEDS),
        "market_information": rng.choice(MARKET),
        "own_shortcomings": rng.choice(SHORTCOMINGS),
        "satisfaction": rng.choices(HAPPY, (1, 3, 4, 3) if problem else (4, 5, 2, 0))[0],
        "problem_raised": problem,
        "problem_description": rng.choice(PROBLEMS) if problem else None,
    }


def _issue(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    decides = rng.random() < 0.5
    decision = rng.choice(("安排技术人员当天上门处理。", "核对属实，当场更正并发送新对账单。"))
    return {
        "can_decide": decides,
        "decision": decision if decides else None,
        "solved_at": max(moment(world), so_far["visited_at"]) if decides else None,
        "department_asked": None if decides else world.one("department"),
    }


def _help(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    solved = world.rng.random() < 0.6
    return {
        "agreed_measure": "两部门商定由责任部门当天派人到现场，客服全程跟进。",
        "department_solved": solved,
        "department_solved_at": max(moment(world), so_far["visited_at"]) if solved else None,
    }


def _measure(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "feasible_measure": "从库存调拨备件，由售后服务部牵头，责任部门配合，限期解决并向客户书面说明。",
        "measure_owner": world.person(
            world.rng.choice(("after_sales_manager", "customer_service_supervisor", "warehouse_supervisor"))
        ),
        "measure_due": moment(world) + timedelta(days=world.rng.randint(1, 4)),
    }


def _result(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "told_customer_at": max(moment(world), so_far["visited_at"]),
        "customer_answer": world.rng.choice(
            ("对处理速度表示认可。", "同意处理办法，等待完成。", "表示满意，愿意继续合作。")
        ),
    }


def _customer(world: World, fits: Callable[[int], bool]) -> Ref:
    """A customer who fits, if one is found."""
    found = world.one("customer")
    for _again in range(200):
        if found.id is None or fits(found.id):
            break
        found = world.one("customer")
    return found


def _quiet_since(customer: int) -> date | None:
    found = follow_ups.contact(customer)
    return found.last_order_on if found else None


def _no_order(world: World) -> dict[str, Any]:
    def fits(customer: int) -> bool:
        ordered = _quiet_since(customer)
        late = ordered is not None and (world.today - ordered).days > 7
        return late and not follow_ups.open_no_order_entries(customer)

    return {
        "customer": _customer(world, fits),
        "officer": world.person("customer_service_officer"),
        "planned_call_on": world.today + timedelta(days=world.rng.randint(1, 6)),
    }


def _phone_visit(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    problem = rng.random() < 0.25
    return {
        "called_at": moment(world, rng.randint(0, 3)),
        "reached": True,
        "person_spoken": human(world),
        "no_order_reason": rng.choices(
            ("has_stock", "price", "quality_or_service", "went_to_a_competitor", "out_of_business", "other"),
            (6, 3, 2, 2, 1, 2),
        )[0],
        "customer_needs": rng.choice(NEEDS),
        "next_step": rng.choice(
            ("下周再次联系，确认补货计划。", "请业务人员上门拜访并报价。", "发送新品资料，月底前跟进。")
        ),
        "problem_raised": problem,
        "problem_description": rng.choice(PROBLEMS) if problem else None,
    }


def _contact(world: World) -> dict[str, Any]:
    rng = world.rng

    def fits(customer: int) -> bool:
        ordered = _quiet_since(customer)
        return ordered is not None and (world.today - ordered).days > 31

    result = rng.choices(("cooperates_again", "interested", "not_now", "ended"), (2, 4, 5, 1))[0]
    return {
        "customer": _customer(world, fits),
        "contact_way": rng.choice(("sms", "telephone", "meeting", "wechat", "other")),
        "contacted_at": moment(world, rng.randint(5, 90)),
        "contact_person": human(world),
        "content": rng.choice(
            (
                "了解近期没有订货的原因，介绍了新的付款方式。",
                "回访上次提出的交货问题，客户表示愿意再考虑。",
                "发送节日问候和新品样本，约定下次见面时间。",
            )
        ),
        "reason_not_cooperating": rng.choice(
            ("price", "quality", "service", "credit_term", "competitor", "other", None)
        ),
        "result": result,
        "next_contact_on": world.today + timedelta(days=rng.randint(7, 20)) if result != "ended" else None,
    }


def _independent(world: World) -> dict[str, Any]:
    rng = world.rng

    def fits(customer: int) -> bool:
        found = follow_ups.contact(customer)
        spoken = found.last_sales_follow_up if found else None
        return bool(spoken and months_later(spoken, 2) < world.today and found and not found.arrears)

    return {
        "customer": _customer(world, fits),
        "handed_to_sales": False,
        "officer": world.person("customer_service_officer"),
        "reason": rng.choice(
            (
                "业务部门两个多月没有联系，客户来电询问产品，希望有人对接。",
                "原负责业务人员调岗，客户长期无人跟进。",
            )
        ),
        "plan": rng.choice(
            ("两周内上门拜访一次，之后每月电话联系两次。", "先电话了解需求，再约技术人员同行拜访。")
        ),
    }


def _no_arrears(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"no_arrears": True}


def _sales_word(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"sales_continues": False}


def _visit(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "visited_on": max(moment(world, rng.randint(10, 90)), midnight(world.today)),
        "visit_way": rng.choice(("visit", "visit", "telephone", "wechat")),
        "person_met": human(world),
        "topics": "了解设备使用情况、下半年采购计划和对服务的意见。",
        "visit_result": rng.choice(("客户愿意恢复合作，索取最新报价。", "客户暂无采购计划，同意保持联系。")),
        "next_visit_on": world.today + timedelta(days=rng.randint(10, 30)) if rng.random() < 0.7 else None,
    }


def _talk(world: World) -> dict[str, Any]:
    rng = world.rng
    return {
        "called_at": moment(world),
        "reached": True,
        "problem_recurred": rng.random() < 0.15,
        "satisfaction": rng.choices(HAPPY, (4, 5, 2, 1))[0],
        "opinion": rng.choice(
            (
                "设备运行正常，对处理结果满意。",
                "问题没有再出现，希望定期检查。",
                "总体满意，建议加快配件供应。",
            )
        ),
        "new_needs": "希望报价增购一台。" if rng.random() < 0.15 else None,
    }


def _call(world: World) -> dict[str, Any]:
    rng = world.rng
    talk = _talk(world) if rng.random() < 0.75 else {"called_at": moment(world), "reached": False}
    return {
        "case_record": world.record("CS-51", "CS-76") or world.number("CS-51"),
        "planned_on": world.today,
        "round": rng.randint(1, 3),
        **talk,
    }


def _call_again(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {**_talk(world), "called_at": max(moment(world), so_far["called_at"])}


STORIES: dict[str, Story] = {
    "CS-39": Story(
        _return_visit,
        {
            "issue_handling": _issue,
            "cross_department": _help,
            "escalation": _measure,
            "result_to_customer": _result,
        },
    ),
    "CS-25": Story(_no_order, {"phone_visit": _phone_visit}),
    "CS-27": Story(_contact),
    "CS-28": Story(
        _independent,
        {"finance_confirm": _no_arrears, "sales_informed": _sales_word, "visit_record": _visit},
    ),
    "CS-100": Story(_call, {"call_again": _call_again}),
}
