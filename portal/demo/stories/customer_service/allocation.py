"""Stories of who looks after which customers: daily extracts, allocations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.queries import allocation, calendar, customers, extracts, rights

NEWS = (
    "下周将发出第二批货，客户已确认收货时间。",
    "客户询问年度框架价格，准备与同行比价。",
    "客户项目进入收尾，预计下月结清尾款。",
    "客户更换了采购负责人，已重新建立联系。",
)


def _day(world: World) -> date:
    """The last working day for which the officer has not handed in an extract."""
    day, known = world.today, calendar.current()
    officer = world.applicant.id or 0
    while not known.is_working_day(day) or extracts.of_day(officer, day):
        day -= timedelta(days=1)
    return day


def _extract(world: World) -> dict[str, Any]:
    rng, day = world.rng, _day(world)
    rows = [
        {
            "customer": one,
            "change": rng.choice(NEWS),
            "contact": rng.choice(("电话联系", "微信联系", "上门拜访", None)),
            "action": rng.choice(("三日内回访", "跟进回款", "寄送新产品目录", None)),
        }
        for one in _with_news(world, day)
    ]
    return {
        "extract_date": day,
        "officer": world.applicant,
        "customers": rows,
        "remarks": None if rows else "当日所负责客户没有订货、回款和资料变化。",
    }


def _with_news(world: World, day: date) -> list[Ref]:
    """The customers that the books say have changed; without any, one of whom the officer has heard."""
    changed = extracts.changes(world.applicant.id or 0, day)
    if changed:
        return [Ref(one.customer.id, one.customer.label) for one in changed]
    drawn = (world.one("customer") for _try in range(10))
    return [one for one in drawn if one.id and _owner(one) == world.applicant.id][:1]


def _classified(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for row in so_far.get("customers") or ():
        known = customers.find(row["customer"].id)
        usual = known.klass if known else ""
        rows.append(
            {
                "customer": row["customer"],
                "class": usual or world.rng.choice(("key", "ordinary", "to_follow_up")),
                "region": (known.region if known else "") or None,
                "credit_note": world.rng.choice(("回款正常", "额度内", "有少量欠款未到期")),
            }
        )
    return {
        "classes": rows,
        "analysis": world.rng.choice(
            (
                "重点客户订货稳定，普通客户以配件为主，待跟进客户须安排电话回访。",
                "本日变化集中在回款和交货，没有客户流失迹象。",
                "区域客户增长较快，建议加强交货后的回访。",
            )
        ),
        "data_kinds": world.rng.sample(("basic_data", "licences", "orders", "payments", "visits"), 3),
        "custodian": world.person("customer_service_officer"),
    }


def _updated(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "updated_items": world.rng.choice(("联系人和订货记录已更新。", "已补录回款和分类，归入电子档案。")),
        "nothing_left_out": True,
    }


def _allocation(world: World) -> dict[str, Any]:
    rng, to = world.rng, world.person("customer_service_officer")
    reason, owner, rows = _customers(world, to)
    return {
        "reason": reason,
        "from_person": owner,
        "to_officer": to,
        "customers": [
            {"customer": one, "promises": rng.choice(("承诺月底前送货", "承诺年度返点 1%", None))}
            for one in rows
        ],
        "ability_consideration": rng.choice(
            (
                "熟悉工程机械产品，负责区域内有多年老客户，能独立处理交货和回款问题。",
                "沟通能力强，目前客户数低于平均，适合承接重点客户。",
                "有两年大客户服务经验，所接客户与现有客户同属一个区域。",
            )
        ),
        "effective_date": world.today,
    }


def _customers(world: World, to: Ref) -> tuple[str, Ref | None, list[Ref]]:
    """A new customer with a fresh file, or some of another officer."""
    filed = world.record("CS-36")
    new = world.answers_of(filed).get("customer") if filed else None
    if new is not None and _owner(new) != to.id:
        return "new_customers", None, [new]
    first = world.one("customer")
    for _again in range(100):
        if first.id is None or _owner(first) != to.id:
            break
        first = world.one("customer")
    found, owner = {first.id: first}, _owner(first)
    for _again in range(4):
        other = world.one("customer")
        if _owner(other) == owner:
            found[other.id] = other
    person = next((one for one in rights.holders(allocation.OFFICER, world.today) if one.id == owner), None)
    return "balancing", Ref(person.id, person.label) if person else None, list(found.values())


def _owner(customer: Ref) -> int | None:
    known = customers.find(customer.id) if customer.id else None
    return known.owner_id if known else None


def _accepted(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {}


def _cleared(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"all_items_handed_over": True}


def _briefed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "briefings": [
            {
                "customer": row["customer"],
                "sales_person": world.person("salesperson"),
                "talked_on": world.today,
                "details": rng.choice(
                    (
                        "决策人为总经理，采购由设备科经办，习惯季度末集中订货。",
                        "以招标方式采购，付款须走财政流程。",
                    )
                ),
                "needs": rng.choice(("要求送货到工地并代卸，重视售后响应。", "常备易损件，希望月结。")),
                "risk": rng.choice(("付款周期较长", "与同行有长期合作", None)),
            }
            for row in so_far["customers"]
        ]
    }


def _closed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"closing_note": world.rng.choice(("备案内容完整。", None))}


STORIES: dict[str, Story] = {
    "CS-20": Story(_extract, {"summary_classification": _classified, "custodian_update": _updated}),
    "CS-23": Story(
        _allocation,
        {
            "officer_accept": _accepted,
            "leaver_clearance": _cleared,
            "briefing_record": _briefed,
            "supervisor_close": _closed,
        },
    ),
}
