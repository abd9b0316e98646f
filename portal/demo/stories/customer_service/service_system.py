"""Stories of the service system."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

from portal.demo.stories.customer_service.words import human, mobile, moment
from portal.demo.story import Story, World
from portal.lib.clock import ZONE

AGENCIES = ("湖州安居房产代理有限公司", "嘉兴众联营销策划有限公司", "苏州筑家置业顾问有限公司")


def _system(world: World) -> dict[str, Any]:
    rng = world.rng
    known = world.record("CS-02") is not None
    staff: list[dict[str, Any]] = [
        {"name": human(world), "employer": "own_company", "agency": None, "phone": mobile(world)},
        {
            "name": human(world) + "（代理）",
            "employer": "sales_agency",
            "agency": rng.choice(AGENCIES),
            "phone": mobile(world),
        },
    ]
    return {
        "kind": rng.choice(("annual_revision", "interim_revision")) if known else "first_issue",
        "service_standard": "接到投诉 1 小时内回访，24 小时内给出处理方案；回访、上门均按约定时间，不让客户再问第二遍。",
        "main_workflows": "受理—回访安抚—调查—分派—处理—确认满意—跟踪；每个环节有负责人和期限。",
        "customer_information_use": "客户资料由专人管理，仅用于服务和改进；案例进入案例库，新项目设计前逐条核对。",
        "system_documents": [world.file("客户服务体系.pdf")],
        "planned_effective_date": world.today + timedelta(days=rng.randint(10, 40)),
        "project_sales_staff": staff,
    }


def _revision(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    change = {
        "clause": "4.2 回访",
        "old_text": "客服专员在 2 小时内回访。",
        "new_text": "客服专员在 1 小时内回访，未接通的每次拨打都要登记。",
        "reason": "与投诉管理办法一致",
    }
    return {"changes": [change]}


def _receipt(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"received_on": so_far.get("received_on") or world.today}


def _training(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    received = datetime.combine(so_far.get("received_on") or world.today, time(), ZONE)
    return {
        "training_date": max(moment(world, rng.randint(60, 600)), received.astimezone(UTC)),
        "trainer": world.person("customer_service_supervisor"),
        "training_topics": "服务标准、投诉受理流程、客户资料的使用和保密。",
        "trainees": [
            {
                "name": one["name"],
                "employer": one["employer"],
                "signed": world.signature(f"{one['name']}.png"),
                "score": rng.randint(75, 100),
                "repeat_needed": False,
            }
            for one in so_far["project_sales_staff"]
        ],
    }


STORIES: dict[str, Story] = {
    "CS-02": Story(
        _system,
        {
            "annual_revision_statement": _revision,
            "issue_receipt": _receipt,
            "training": _training,
        },
    ),
}
