"""Stories of this department's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.queries import goods, promised

PLACES = ("东区一号原材料库", "集团总库收货区", "西郊项目部工地料场", "二车间旁辅料库", "总部仓库三号卸货口")
PAYMENT = (
    "货到验收合格后 30 天内付款",
    "预付 30%，余款验收合格后一次付清",
    "月结 60 天，开具 13% 增值税专用发票",
    "验收合格付 95%，留 5% 质保金一年后付清",
    "款到发货，合同签订后三个工作日内付款",
)
QUALITY = (
    "按国家标准和双方确认的样件验收，每批附出厂检验报告和合格证。",
    "到货抽样比例不低于 10%，外观、尺寸、材质有一项不合格整批退回。",
    "须提供材质单和第三方检测报告，包装防潮，标签注明批号和生产日期。",
    "执行采购技术协议第三版，关键尺寸全检，其余按 AQL 1.0 抽检。",
)
SUPPLIER_NOTES = (
    None,
    "分两车发出，末车随附全部质保资料。",
    "原材料已备齐，可按期交货。",
    "节日前物流紧张，已预订专车。",
)
CARRIERS = ("德邦物流", "顺丰快运", "安能物流", "供方自有车辆", "中铁快运", None)
NOTE_PREFIX = ("SH", "XSCK", "FH", "CK")
PACKING_REMARKS = (
    None,
    None,
    "外箱有轻微压痕，内包装完好。",
    "随货附合格证和材质单各一份。",
    "雨天卸货，已覆盖防雨布。",
)
RETURN_REASONS = (
    "型号与订单不符",
    "多发货物，订单没有此项",
    "发错规格，且包装标签混乱",
    "供方误发其他客户的货物",
)
ANSWERS = (
    "同意退货，货物由我方车辆运回，五个工作日内补发合格品。",
    "经确认属我方出厂检验疏漏，同意按贵方要求处理，并提交整改措施。",
    "接受退货，货款从下期对账单中扣减。",
    "已安排业务员上门取货，质量部正在分析原因。",
)
SETTLED = (
    "供方已补发合格货物并重新检验入库，退货手续办结。",
    "退款已冲减应付账款，财务已核对供方红字发票。",
    "换货已到并检验合格，供方提交了整改报告。",
)
PURPOSES = (
    "三号车间液压站大修，原件磨损超差，备件已用完。",
    "泰和写字楼装修工程二层开工，按材料计划备料。",
    "新到岗人员办公配置，与行政部门核对过数量。",
    "客户追加订单，现有库存只够首批交付。",
    "年度安全检查整改项，须在月底前更换到位。",
    "售后服务部常用易损件补充，近三个月领用量上升。",
)
SOURCES = ("CR-17", "CS-77", "WH-18", "EN-01")
USES = (None, None, "设备大修", "首批施工", "日常领用", "客户订单")
BUY_REASONS = (
    "现有库存已留给在建项目，本次须另行采购。",
    "供方下月涨价，按月用量提前备货。",
    "库存批次将满保质期，不能用于本次工程。",
)


def requisition_opening(world: World) -> dict[str, Any]:
    """A department asks for a few items: the first time for more than there is, later now and then."""
    rng = world.rng
    lines: list[dict[str, Any]] = []
    for item in _items(world, rng.randint(1, 4)):
        there = sum(goods.supply([item.id or 0]).get(item.id or 0, ()), Decimal(0))
        quantity = there * rng.randint(5, 40) / 100
        if not lines and (world.record("PU-03") is None or rng.random() < 0.6):
            quantity = there + rng.randint(5, 80)
        lines.append(
            {
                "item": item,
                "name": _name(item),
                "quantity": max(Decimal(1), quantity.quantize(Decimal(1))),
                "unit": world.item_facts(item)["unit"],
                "needed_by": world.today + timedelta(days=rng.randint(7, 45)),
                "purpose": rng.choice(USES),
            }
        )
    worth = [line["quantity"] * world.item_facts(line["item"])["unit_cost"] for line in lines]
    return {
        "department": world.one("department"),
        "category": rng.choice(("goods", "parts", "office_and_tools", "works_material")),
        "lines": lines,
        "source_record": world.record(*SOURCES) if rng.random() < 0.3 else None,
        "suggested_supplier": listed_supplier(world) if rng.random() < 0.4 else None,
        "urgency": "urgent" if rng.random() < 0.2 else "normal",
        "purpose": rng.choice(PURPOSES),
        "budget": sum(worth, Decimal(0)).quantize(Decimal("0.01")) if rng.random() < 0.7 else None,
        "attachments": [world.file("需求清单.pdf")] if rng.random() < 0.3 else None,
    }


def requisition_stock(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """What is there is issued from stock, unless there is a reason to buy all the same."""
    demand = goods.totals(so_far["lines"], "quantity")
    supply = goods.supply(demand)
    others = promised.reserved(demand, but={so_far.get("@record_id", 0)})
    wanted = {item: quantity + others[item] for item, quantity in demand.items()}
    enough = all(quantity <= sum(supply.get(item, ())) for item, quantity in wanted.items())
    there = all(quantity <= supply.get(item, (0,))[0] for item, quantity in wanted.items())
    meets = there and world.rng.random() < 0.8
    reason = world.rng.choice(BUY_REASONS) if enough and not meets else None
    return {"stock_meets_demand": meets, "buy_reason": reason}


def requisition_issue(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The warehouse hands out what was asked for."""
    named = {line["item"].id: line["item"] for line in so_far["lines"]}
    lines = [
        {"item": named[item], "place": place or "A-01", "quantity": quantity}
        for item, needed in goods.totals(so_far["lines"], "quantity").items()
        for place, quantity in goods.spread(item, needed)
    ]
    return {
        "issued_lines": lines,
        "issued_at": _minute(world.now),
        "receiver": world.person("assigned_person"),
    }


def order_opening(world: World) -> dict[str, Any]:
    """An order for what a requisition found missing, or wants although nothing is."""
    rng = world.rng
    requisition, missing = _requisition(world)
    lines = []
    for item, quantity in missing:
        facts = world.item_facts(item)
        price = facts["unit_cost"] * Decimal(rng.randint(94, 108)) / 100
        lines.append(
            {
                "item": item,
                "name": _name(item),
                "quantity": quantity,
                "unit": facts["unit"],
                "unit_price": max(Decimal("0.01"), price.quantize(Decimal("0.01"))),
            }
        )
    return {
        "supplier": listed_supplier(world),
        "requisition": requisition,
        "lines": lines,
        "delivery_date": world.today + timedelta(days=rng.randint(7, 30)),
        "delivery_place": rng.choice(PLACES),
        "payment_terms": rng.choice(PAYMENT),
        "quality_terms": rng.choice(QUALITY),
        "quotation_file": [world.file(rng.choice(("报价单.pdf", "三家比价表.pdf")))]
        if rng.random() < 0.6
        else None,
        "price_compared": rng.random() < 0.85,
    }


def order_answer(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The supplier accepts, now and then for a later day."""
    later = world.rng.choice((0, 0, 0, -1, 2, 5))
    return {
        "supplier_accepts": True,
        "promised_date": so_far["delivery_date"] + timedelta(days=later),
        "supplier_note": world.rng.choice(SUPPLIER_NOTES),
    }


def receipt_opening(world: World) -> dict[str, Any]:
    """A delivery of what is still to come of an order, sometimes not in full."""
    rng = world.rng
    order, supplier, expected = _order(world)
    lines, differs = [], "agrees"
    for item, quantity in expected:
        delivered = quantity
        if differs != "over" and quantity > 10 and rng.random() < 0.12:
            delivered, differs = (quantity * Decimal("0.9")).quantize(Decimal(1)), "short"
        lines.append(
            {
                "item": item,
                "ordered": quantity,
                "delivered": delivered,
                "batch": f"{world.today:%y%m%d}-{rng.randint(1, 18):02d}" if rng.random() < 0.8 else None,
                "packing": rng.random() < 0.92,
            }
        )
    return {
        "supplier": supplier,
        "order": order,
        "delivery_note_no": f"{rng.choice(NOTE_PREFIX)}{world.today:%Y%m%d}{rng.randint(1, 400):03d}",
        "received_at": _minute(world.now) - timedelta(minutes=rng.randint(10, 180)),
        "lines": lines,
        "carrier": rng.choice(CARRIERS),
        "note_scan": [world.file("供方送货单扫描件.pdf")],
        "short_or_over": differs,
        "remark": rng.choice(PACKING_REMARKS),
    }


def receipt_inspection(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The inspection sheet that names this note; while there is none, one on paper that passed everything."""
    record = so_far.get("@record_id")
    found = goods.inspection_of(record) if record else None
    if found:
        return {"inspection": Ref(found, goods.label(found))}
    paper = Ref(None, f"纸质检验单 JY{world.today:%Y%m%d}-{world.rng.randint(1, 40):02d}")
    return {"inspection": paper, "inspection_verdict": "pass"}


def receipt_transfer(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that passed is brought to the warehouse."""
    passed = goods.totals(so_far["lines"], "delivered")
    if so_far["inspection"].id:
        passed = goods.inspection(so_far["inspection"].id).accepted
    named = {line["item"].id: line["item"] for line in so_far["lines"]}
    return {
        "transferred_at": max(
            _minute(world.now) - timedelta(minutes=world.rng.randint(5, 90)), so_far["received_at"]
        ),
        "transferred_lines": [
            {"item": named[item], "quantity": quantity} for item, quantity in passed.items()
        ],
    }


def return_opening(world: World) -> dict[str, Any]:
    """Goods that the warehouse or the inspectors found bad go back; else goods that were never ordered."""
    rng = world.rng
    found = _bad_in_warehouse(world) or _bad_at_inspection(world) or _not_ordered(world)
    return {
        **found,
        "claim": rng.choice(("refund", "replacement", "replacement", "supply_again")),
        "photos": [world.photo("不合格货物.jpg")] if rng.random() < 0.7 else None,
        "wanted_by": world.today + timedelta(days=rng.randint(5, 20)),
    }


def return_taken_back(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The supplier fetches the goods."""
    return {"taken_back_on": world.today, "supplier_answer": world.rng.choice(ANSWERS)}


def return_settled(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The buyer closes the return."""
    return {"settled_how": world.rng.choice(SETTLED)}


def _requisition(world: World) -> tuple[Ref, list[tuple[Ref, Decimal]]]:
    """A requisition that is to be bought for, and what; one on paper while there is none."""
    for _attempt in range(12):
        record = world.record("PU-03")
        if record is None:
            break
        answers = world.answers_of(record)
        rows = answers.get("stock_lines") or []
        short = [(row["item"], row["shortage"]) for row in rows if row["shortage"]]
        if short or answers.get("buy_reason"):
            return record, short or [(row["item"], row["demand"]) for row in rows]
    paper = Ref(None, f"纸质请购单 QG{world.today:%Y}-{world.rng.randint(1, 300):03d}")
    amounts = [Decimal(n) for n in (10, 20, 30, 50, 80, 100, 200)]
    return paper, [(item, world.rng.choice(amounts)) for item in _items(world, world.rng.randint(1, 4))]


def _order(world: World) -> tuple[Ref, Ref, list[tuple[Ref, Decimal]]]:
    """An order with something still to come, its supplier and that something."""
    for _attempt in range(12):
        order = world.record("PU-04")
        if order is None or order.id is None:
            break
        expected = goods.outstanding(order.id)
        answers = world.answers_of(order)
        named = {line["item"].id: line["item"] for line in answers["lines"]}
        rows = [(named[item], quantity) for item, quantity in expected.items() if quantity and item in named]
        if rows:
            return order, answers["supplier"], rows
    paper = Ref(None, f"纸质订货单 DH{world.today:%Y}-{world.rng.randint(1, 300):03d}")
    amounts = [Decimal(n) for n in (10, 25, 40, 60, 120)]
    rows = [(item, world.rng.choice(amounts)) for item in _items(world, world.rng.randint(1, 4))]
    return paper, listed_supplier(world), rows


def _bad_in_warehouse(world: World) -> dict[str, Any] | None:
    for _attempt in range(8):
        review = world.record("WH-02")
        if review is None or review.id is None:
            return None
        bad = goods.refused_in_warehouse(review.id) or {}
        if any(bad.values()) and not goods.returned("warehouse", "warehouse_review", review.id):
            answers = world.answers_of(review)
            lines = [
                {"item": row["item"], "quantity": row["bad"], "reason": row["reason"]}
                for row in answers["checked_lines"]
                if row["bad"]
            ]
            return {
                "supplier": answers["supplier"],
                "order": _order_of(world, answers["receipt"]),
                "return_stage": "warehouse",
                "warehouse_review": review,
                "lines": lines,
            }
    return None


def _bad_at_inspection(world: World) -> dict[str, Any] | None:
    for _attempt in range(8):
        sheet = world.record("PU-06")
        if sheet is None:
            return None
        answers = world.answers_of(sheet)
        taken = goods.returned("inspection", "inspection", sheet.id) if sheet.id else {}
        if answers["verdict"] != "pass" and answers.get("disposal") == "return" and not taken:
            lines = [
                {"item": row["item"], "quantity": row["bad"], "reason": row["reason"]}
                for row in answers["lines"]
                if row["bad"]
            ]
            return {
                "supplier": answers["supplier"],
                "order": _order_of(world, answers["receipt"]),
                "return_stage": "inspection",
                "inspection": sheet,
                "lines": lines,
            }
    return None


def _not_ordered(world: World) -> dict[str, Any]:
    order, supplier, rows = _order(world)
    item, quantity = rows[0]
    line = {
        "item": item,
        "quantity": min(quantity, Decimal(world.rng.randint(2, 12))),
        "batch": f"{world.today:%y%m%d}-{world.rng.randint(1, 9):02d}",
        "reason": world.rng.choice(RETURN_REASONS),
    }
    return {"supplier": supplier, "order": order, "return_stage": "receipt", "lines": [line]}


def _order_of(world: World, receipt: Ref) -> Ref:
    if receipt.id:
        order = world.answers_of(receipt)["order"]
        assert isinstance(order, Ref)
        return order
    return Ref(None, f"纸质订货单 DH{world.today:%Y}-{world.rng.randint(1, 300):03d}")


def listed_supplier(world: World) -> Ref:
    """A supplier that may be ordered from."""
    for _attempt in range(20):
        supplier = world.one("supplier")
        if supplier.id is not None and goods.may_order_from(supplier.id):
            break
    return supplier


def _items(world: World, count: int) -> list[Ref]:
    """Different stock items, up to that many."""
    found = {item.id: item for item in (world.one("stock_item") for _ in range(count * 4))}
    return list(found.values())[:count]


def _name(item: Ref) -> str:
    """A stock item without its code."""
    return item.text.rpartition(" ")[0] or item.text


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


STORIES: dict[str, Story] = {
    "PU-03": Story(requisition_opening, {"stock_check": requisition_stock, "issue": requisition_issue}),
    "PU-04": Story(order_opening, {"supplier_answer": order_answer}),
    "PU-05": Story(
        receipt_opening, {"inspection_result": receipt_inspection, "transfer_to_warehouse": receipt_transfer}
    ),
    "PU-07": Story(return_opening, {"supplier_sign": return_taken_back, "settled": return_settled}),
}
