"""Stories of after-sales service: requests for repair, dispatch orders, vouchers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service import service_contracts, technical_support
from portal.demo.stories.customer_service.words import CITIES, STREETS, mobile, moment
from portal.demo.story import Story, World
from portal.forms.customer_service.service_words import CONTRACT, FEE, FREE
from portal.forms.kinds import Ref
from portal.queries import goods, service
from portal.queries.service_books import PARTS

CONDITIONS = (
    "升降机上升到二层后停住，操作台显示过载，平台上没有货物。",
    "新风机组运行时异响，三楼会议室出风口风量明显变小。",
    "搅拌车举升缓慢，油缸接头处有油迹，上周刚加过液压油。",
    "卫生间吊顶渗水，下雨天加重，物业已关闭上层供水阀。",
    "巡检车充满电只能行驶约八公里，仪表提示电池温度高。",
    "配电箱内一路断路器频繁跳闸，影响办公区照明。",
)
FINDINGS = (
    "检查液压系统，接头密封圈老化，更换密封圈后保压半小时无渗漏。",
    "清洗滤网并校正风机皮带，复测风量恢复到设计值的九成五。",
    "限位开关触点氧化，打磨后仍不稳定，更换同型号开关后试运行正常。",
    "查明漏点在立管接口，重新做接口防水，闭水二十四小时无渗漏。",
    "电池组单体压差偏大，均衡充电后续航恢复，建议半年后复测。",
)
RESULTS = (
    "已修复，现场试运行一小时正常，客户当面验收。",
    "更换零件后故障消除，已向客户说明日常保养要点。",
    "故障排除，清理了现场，旧件按客户要求带回。",
)
OPINIONS = (
    "服务及时，技术人员讲解清楚，满意。",
    "问题解决了，希望以后能提前半天通知上门时间。",
    "师傅干活利索，现场也收拾干净了。",
)


def _repair(world: World) -> dict[str, Any]:
    rng, customer = world.rng, world.one("customer")
    address, phone = service.contact(customer.id or 0)
    received_at = moment(world, rng.randint(5, 50))
    kinds = [FEE]
    if customer.id and service.contract_in_force(customer.id, world.today):
        kinds = [CONTRACT, CONTRACT, FEE]
    if customer.id and service.warranty_in_force(customer.id, world.today):
        kinds += [FREE, FREE]
    return {
        "customer": customer,
        "site_address": address
        or f"{rng.choice(list(CITIES))}{rng.choice(STREETS)} {rng.randint(1, 900)} 号",
        "contact_phone": phone or mobile(world),
        "site_condition": rng.choice(CONDITIONS),
        "machine": None,
        "intake_point": rng.choice(("after_sales_centre", "owner_service_desk")),
        "intake_way": rng.choice(("telephone", "telephone", "telephone", "document", "visit", "website")),
        "received_at": received_at,
        "receiver": world.applicant,
        "service_type": rng.choice(kinds),
        "wanted_time": received_at + timedelta(hours=rng.randint(3, 48)) if rng.random() < 0.6 else None,
        "photos": [world.photo("报修现场.jpg")] if rng.random() < 0.4 else None,
    }


def _feedback(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """What came of the dispatch order that was finished last."""
    orders = service.done_orders(so_far.get("@record_id") or 0)
    finished_at = service.work_times(orders[-1])[1] if orders else None
    return {
        "repaired": True,
        "repair_result": world.rng.choice(RESULTS),
        "finished_at": max(finished_at or moment(world), so_far["received_at"]),
    }


def _visited(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "visited_at": max(moment(world), so_far["received_at"]),
        "owner_satisfied": True,
        "owner_opinion": world.rng.choice(OPINIONS),
    }


def _order(world: World) -> dict[str, Any]:
    rng = world.rng
    request = world.record("CS-76") or world.number("CS-76")
    asked = world.answers_of(request)
    return {
        "repair_request": request,
        "customer": asked.get("customer") or world.one("customer"),
        "site_address": asked.get("site_address") or f"{rng.choice(list(CITIES))}{rng.choice(STREETS)} 18 号",
        "contact_phone": asked.get("contact_phone") or mobile(world),
        "site_condition": asked.get("site_condition") or rng.choice(CONDITIONS),
        "machine": asked.get("machine"),
        "service_type": asked.get("service_type") or FEE,
        "printed_on": moment(world) if rng.random() < 0.5 else None,
    }


def _dispatch(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    note = world.rng.choice(("请带全套液压工具和密封件。", "客户要求上午到场，进场须登记。", None))
    return {
        "technician": world.person("service_technician"),
        "visit_at": moment(world) + timedelta(hours=world.rng.randint(2, 20)),
        "manager_note": note,
    }


def _on_site(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    done = rng.random() < 0.7
    reasons = ("parts_missing", "parts_missing", "taken_back", "help_needed", "customer", "other")
    arrived_at = moment(world, rng.randint(20, 90))
    asked_at = world.answers_of(so_far["repair_request"]).get("received_at")
    return {
        "arrived_at": max(arrived_at, asked_at) if asked_at else arrived_at,
        "finding": rng.choice(FINDINGS if done else CONDITIONS),
        "finished_on_spot": done,
        "unfinished_reason": None if done else rng.choice(reasons),
    }


def _parts(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    part = _part(world) or world.one("stock_item")
    line = {
        "part": part,
        "model": None,
        "quantity": Decimal(world.rng.randint(1, 4)),
        "needed_by": world.today + timedelta(days=world.rng.randint(3, 10)),
    }
    return {"parts": [line]}


def _second(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    again = so_far["technician"] if world.rng.random() < 0.7 else world.person("service_technician")
    return {
        "second_visit_at": moment(world) + timedelta(hours=world.rng.randint(4, 60)),
        "second_technician": again,
        "told_customer": True,
    }


def _finished(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"finished_at": max(moment(world), so_far["arrived_at"])}


def _part(world: World) -> Ref | None:
    """A spare part of which some lie in the warehouse."""
    for _try in range(40):
        item = world.one("stock_item")
        found = goods.items([item.id or 0]).get(item.id or 0)
        if found is not None and found.category in PARTS and world.item_facts(item)["quantity"] >= 10:
            return item
    return None


def _unproven(world: World) -> Ref:
    """A dispatch order for which there is no voucher yet."""
    order = world.record("CS-77") or world.number("CS-77")
    for _try in range(60):
        if order.id is None or not service.voucher_of(order.id):
            break
        order = world.record("CS-77") or order
    return order


def _voucher(world: World) -> dict[str, Any]:
    rng = world.rng
    order = _unproven(world)
    ordered = world.answers_of(order)
    ended_at = moment(world, rng.randint(5, 40))
    kind = ordered.get("service_type") or FEE
    part = _part(world) if rng.random() < 0.5 else None
    parts = []
    if part is not None:
        facts = world.item_facts(part)
        price = (facts["unit_cost"] * Decimal("1.3")).quantize(Decimal("0.01"))
        row = {"part": part, "place": facts["place"], "quantity": Decimal(1), "unit_price": price}
        parts = [{**row, "old_part_returned": rng.random() < 0.7}]
    return {
        "dispatch_order": order,
        "customer": ordered.get("customer") or world.one("customer"),
        "service_type": kind,
        "machine": ordered.get("machine"),
        "work_done": rng.choice(FINDINGS),
        "started_at": ended_at - timedelta(minutes=rng.randint(30, 200)),
        "ended_at": ended_at,
        "parts_used": parts or None,
        "service_fee": Decimal(rng.randint(10, 80)) * 10 if kind == FEE else Decimal("0.00"),
        "site_photos": [world.photo("完工现场.jpg")] if rng.random() < 0.5 else None,
    }


def _signed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    bad = rng.random() < 0.08
    marks = [Decimal(rng.randint(3, 5) if bad else rng.randint(7, 10)) for _mark in range(3)]
    return {
        "attitude_rating": marks[0],
        "speed_rating": marks[1],
        "skill_rating": marks[2],
        "satisfied": not bad,
        "customer_opinion": "约好上午到，下午才来，也没有提前打电话。"
        if bad
        else rng.choice((*OPINIONS, None)),
        "customer_signature": world.signature("客户签字.png"),
    }


def _handed_in(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"received_on": max(moment(world), so_far["ended_at"]), "voucher_checked": True}


def _charged(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    by_contract = so_far["service_type"] == CONTRACT
    return {
        "payment_way": "by_contract" if by_contract else rng.choice(("cash", "transfer", "transfer")),
        "invoice_no": None if by_contract else f"{rng.randint(10**7, 10**8 - 1)}",
    }


STORIES: dict[str, Story] = {
    "CS-76": Story(_repair, {"repair_feedback": _feedback, "return_visit": _visited}),
    "CS-77": Story(
        _order,
        {
            "manager_dispatch": _dispatch,
            "on_site": _on_site,
            "parts_requisition": _parts,
            "second_dispatch": _second,
            "work_finished": _finished,
        },
    ),
    "CS-78": Story(_voucher, {"customer_sign": _signed, "hand_in": _handed_in, "charge": _charged}),
    **technical_support.STORIES,
    **service_contracts.STORIES,
}
