"""Stories of following customers up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.demo.stories.customer_service.words import human, moment
from portal.demo.story import Story, World

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
}
