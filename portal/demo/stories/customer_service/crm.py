"""Stories of sales: products, prospects, contacts with customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service import orders
from portal.demo.stories.customer_service.words import CITIES, TRADES, customer_name, human, mobile, moment
from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.lib.pinyin import needle
from portal.queries import customers, prices, products

NOVELTIES = (
    ("便携式液压泵站", "YB", "升降设备", "台", 12_600),
    ("轮式登高车", "DG", "升降设备", "台", 68_000),
    ("洁净新风一体机", "XF", "暖通设备", "台", 22_400),
    ("装配式钢楼梯", "LT", "钢结构", "套", 8_900),
    ("电动平板搬运车", "BY", "车辆", "辆", 31_500),
)
CAMPAIGNS = ("春季工程机械展", "老客户推荐月", "新品升降机试用活动", "绿色建筑设备线上推介", None)
RESPONSES = (
    "看到推广资料后来电，想了解升降设备的型号、价格和交货周期。",
    "在展会上看了样机，计划下半年更新两到三台设备，希望报价。",
    "新建厂房需要通风和空调末端设备，要求先做方案再谈价格。",
    "原供应商交货慢，想比较同类产品的价格和售后服务。",
)
TALKS = (
    "了解客户下月用货计划，客户希望分两批送货，第一批月初到工地。",
    "客户反映上批货包装有破损，使用不受影响，希望今后加固包装。",
    "介绍了新型号的性能和价格，客户表示讨论后答复。",
    "核对了对账单，客户确认本月底付清上期货款。",
    "回访设备运行情况，客户表示运行平稳，近期没有新增需求。",
)


def _catalogue(world: World) -> dict[str, Any]:
    rng = world.rng
    kind = rng.choices(("new_product", "price_change", "discontinue"), (12, 7, 1))[0]
    product = world.one("product")
    found = products.find(product.id or 0)
    if kind != "new_product" and (found is None or found.state != "on_sale"):
        kind = "new_product"
    valid_from = world.today + timedelta(days=rng.randint(10, 30))
    if kind == "discontinue":
        return {"request_kind": kind, "product": product, "description": "型号升级换代，库存售完为止。"}
    if kind == "price_change":
        now = prices.on(found.id if found else 0, valid_from) or Decimal(1000)
        wanted = (now * rng.choice((95, 97, 103, 105)) / 100).quantize(Decimal("0.01"))
        return {
            "request_kind": kind,
            "product": product,
            "uniform_price": wanted,
            "valid_from": valid_from,
            "description": rng.choice(("主要原材料价格变动，按成本核算调整。", "与同类产品比较后调整定价。")),
        }
    name, prefix, line, unit, price = rng.choice(NOVELTIES)
    number = rng.randint(100, 99_999)
    while products.with_code(f"{prefix}-{number}"):
        number += 1
    return {
        "request_kind": kind,
        "product_line": line,
        "product_name": f"{name}{prefix}-{number}",
        "product_code": f"{prefix}-{number}",
        "model": f"{prefix}-{number}",
        "unit": unit,
        "stocked": rng.random() < 0.6,
        "uniform_price": Decimal(price + rng.randint(-8, 8) * 100),
        "valid_from": valid_from,
        "warranty_months": rng.choice((12, 18, 24)),
        "description": "按市场需求新增的型号，随货提供合格证和使用说明书。",
    }


def _prospect(world: World) -> dict[str, Any]:
    rng = world.rng
    kind = rng.choice(list(TRADES))
    name, phone = customer_name(world, kind, rng.choice(list(CITIES))), mobile(world)
    namesake = next((one for one in customers.same(name, None) if needle(one.name) == needle(name)), None)
    wanted = {ref.id: ref for ref in (world.one("product") for _pick in range(rng.randint(1, 2)))}
    return {
        "prospect_name": name,
        "contact_person": human(world),
        "contact_phone": phone,
        "known_customer": Ref(namesake.id, namesake.label) if namesake else None,
        "marketing_channel": rng.choices(
            ("online_marketing", "traditional_marketing", "telephone_marketing", "other"), (4, 3, 3, 1)
        )[0],
        "campaign": rng.choice(CAMPAIGNS),
        "response_at": moment(world, rng.randint(10, 600)),
        "response_content": rng.choice(RESPONSES),
        "interested_products": [
            {"product": ref, "quantity": Decimal(rng.randint(1, 6))} for ref in wanted.values()
        ],
        "owner": world.person("salesperson"),
    }


def _value_check(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "need_clear": True,
        "budget_known": rng.choice(("enough", "enough", "short", "unknown")),
        "decision_maker": human(world) if rng.random() < 0.7 else None,
        "value_score": Decimal(rng.randint(600, 960)) / 10,
        "worth_following": True,
    }


def _allocation(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"allocated_to": world.person("salesperson")}


def _work_plan(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    talked_on = world.today - timedelta(days=rng.randint(0, 2))
    return {
        "actions": [
            {
                "action": "电话沟通需求，寄送产品资料",
                "planned_on": talked_on,
                "done_on": talked_on,
                "result": "客户已收到资料，约定上门交流",
            },
            {
                "action": rng.choice(("上门查看现场，确认型号和数量", "邀请客户到厂看样机")),
                "planned_on": world.today,
                "done_on": world.today,
                "result": "型号和数量已确认，客户要求报价",
            },
        ]
    }


def _opportunity(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    return {
        "expected_amount": Decimal(rng.randint(20, 600)) * 1000,
        "probability": Decimal(rng.choice((30, 50, 60, 80))),
        "expected_close_on": world.today + timedelta(days=rng.randint(15, 90)),
        "outcome": rng.choices(("quote", "won"), (5, 1))[0],
        "lost_reason": None,
    }


def _follow_up(world: World) -> dict[str, Any]:
    rng = world.rng
    at = moment(world, rng.randint(5, 90))
    return {
        "customer": world.one("customer"),
        "follow_up_way": rng.choices(("telephone", "visit", "wechat", "e_mail", "meeting"), (6, 3, 4, 1, 1))[
            0
        ],
        "followed_up_at": at,
        "person_followed_up": human(world),
        "details": rng.choice(TALKS),
        "result": rng.choice(("interested", "quoted", "ordered", "to_go_on", "to_go_on", "not_interested")),
        "kind": rng.choices(("ordinary", "important_enquiry", "complaint"), (16, 2, 1))[0],
        "next_follow_up_on": world.today + timedelta(days=rng.randint(3, 21)) if rng.random() < 0.5 else None,
        "lead": None,
        "attachments": [world.photo("沟通记录.jpg")] if rng.random() < 0.2 else None,
    }


STORIES: dict[str, Story] = {
    "CR-03": Story(_follow_up),
    "CR-05": Story(_catalogue),
    "CR-12": Story(
        _prospect,
        {
            "value_check": _value_check,
            "allocation": _allocation,
            "work_plan": _work_plan,
            "opportunity": _opportunity,
        },
    ),
    **orders.STORIES,
}
