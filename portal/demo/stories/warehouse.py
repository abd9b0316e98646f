"""Stories of this department's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.queries import goods

ENTRY_REMARKS = (None, None, "货物已按库位标识码放。", "外包装更换后上架。", "请优先登记，生产车间急用。")
BAD_REASONS = ("入库清点发现包装破损受潮", "复核尺寸与标牌不符", "密封圈缺失", "搬运时发现裂纹")
SUPERVISOR = (
    "现场复核，情况属实，同意退回供应商。",
    "不合格品已隔离存放，请采购部尽快办理退货。",
    "同意库管员意见，合格部分先行入库。",
)
DIFFERENCES = ("领料尾数未及时开单", "小件散装计数误差", "上月退库漏记", "分装损耗")
COUNT_REMARKS = (None, None, "盘点前已通知车间停止领料两小时。", "贵重件逐件称重复核。")
REVIEWS = (
    "现场查看，货品确已损坏且无法修复，同意报损。",
    "已与质量部共同确认，失去使用价值，必须报损。",
    "超过保存期且性能不合格，同意按报损处理。",
)
BLAMES = (
    None,
    "梅雨季节库房漏水所致，已报后勤维修屋面。",
    "叉车搬运碰撞，责任人已做安全教育。",
    "自然老化，无个人责任。",
)


def entry_opening(world: World) -> dict[str, Any]:
    """Goods that passed the inspection are brought to the warehouse."""
    rng = world.rng
    receipt, inspection, supplier, passed = _passed(world)
    lines = []
    for item, quantity, batch in passed:
        unit = world.item_facts(item)["unit"]
        lines.append({"item": item, "quantity": quantity, "unit": unit, "batch": batch})
    return {
        "receipt": receipt,
        "inspection": inspection,
        "supplier": supplier,
        "lines": lines,
        "arrived_at": _minute(world.now) - timedelta(minutes=rng.randint(5, 90)),
        "handed_by": world.person("buyer"),
        "storage_place": world.item_facts(lines[0]["item"])["place"],
        "remark": rng.choice(ENTRY_REMARKS),
    }


def entry_check(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The keeper finds nearly everything good."""
    named = {line["item"].id: line["item"] for line in so_far["lines"]}
    lines = []
    for item, quantity in goods.totals(so_far["lines"], "quantity").items():
        bad = Decimal(world.rng.randint(1, 2)) if quantity > 10 and world.rng.random() < 0.1 else Decimal(0)
        reason = world.rng.choice(BAD_REASONS) if bad else None
        lines.append({"item": named[item], "good": quantity - bad, "bad": bad, "reason": reason})
    return {"checked_lines": lines, "keeper_verdict": goods.verdict(lines)}


def entry_review(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The supervisor agrees with the keeper."""
    return {"reject_confirmed": True, "supervisor_opinion": world.rng.choice(SUPERVISOR)}


def entry_posting(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """What passed enters the books near its usual cost."""
    costs = []
    for line in so_far["checked_lines"]:
        if line["good"]:
            cost = world.item_facts(line["item"])["unit_cost"] * Decimal(world.rng.randint(96, 105)) / 100
            price = max(Decimal("0.01"), cost.quantize(Decimal("0.01")))
            costs.append({"item": line["item"], "quantity": line["good"], "cost": price})
    return {"posted_on": world.today, "unit_costs": costs}


def count_opening(world: World) -> dict[str, Any]:
    """A count that mostly agrees with the books; of large stocks a few pieces are off."""
    rng = world.rng
    lines: dict[int | None, dict[str, Any]] = {}
    for _attempt in range(24):
        item = world.one("stock_item")
        facts = world.item_facts(item)
        if item.id in lines or (item.id and (item.id, facts["place"]) in goods.frozen_by({item.id})):
            continue
        off = Decimal(rng.choice((-1, 1))) if facts["quantity"] >= 400 and rng.random() < 0.4 else Decimal(0)
        lines[item.id] = {
            "item": item,
            "place": facts["place"],
            "book": facts["quantity"],
            "counted": facts["quantity"] + off,
            "reason": rng.choice(DIFFERENCES) if off else None,
        }
        if len(lines) == 5:
            break
    team = [
        world.applicant.text,
        world.person("warehouse_keeper").text,
        world.person("finance_supervisor").text,
    ]
    return {
        "count_kind": rng.choice(("monthly_spot", "monthly_spot", "quarterly", "yearly_full")),
        "count_date": world.today,
        "frozen_at": _minute(world.now),
        "places": "、".join(dict.fromkeys(line["place"] for line in lines.values())),
        "team": "、".join(dict.fromkeys(team)),
        "lines": list(lines.values()),
        "stock_plan": world.record("WH-18") if rng.random() < 0.6 else None,
        "remark": rng.choice(COUNT_REMARKS),
    }


def count_review(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The supervisor looks at both books and approves."""
    return {"stock_list_checked": True, "journal_checked": True, "verdict": "approved"}


def count_update(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The keeper puts the books right the same day."""
    return {"updated_on": world.today}


def write_off_opening(world: World) -> dict[str, Any]:
    """A few damaged pieces, now and then worth more than the supervisor may decide."""
    rng = world.rng
    lines: dict[int | None, dict[str, Any]] = {}
    wanted = rng.randint(1, 3)
    for _attempt in range(24):
        item = world.one("stock_item")
        facts = world.item_facts(item)
        there = facts["quantity"]
        if (
            item.id in lines
            or there <= 0
            or (item.id and (item.id, facts["place"]) in goods.frozen_by({item.id}))
        ):
            continue
        lines[item.id] = {
            "item": item,
            "place": facts["place"],
            "quantity": min(there, Decimal(rng.randint(1, 6))),
            "unit_cost": facts["unit_cost"].quantize(Decimal("0.01")),
            "cause": rng.choice(("natural_cause", "handling", "storage", "other_cause")),
            "usable": False,
        }
        if len(lines) == wanted:
            break
    return {
        "stock_plan": world.record("WH-18") or world.number("WH-18"),
        "list_date": world.today,
        "damage_found": True,
        "lines": list(lines.values()),
        "photos": [world.photo("报损货品.jpg")],
        "source_record": None,
        "responsible": rng.choice(BLAMES),
        "remark": None,
    }


def write_off_review(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The supervisor confirms."""
    return {"must_scrap": True, "supervisor_opinion": world.rng.choice(REVIEWS)}


def write_off_removal(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    """The goods leave the warehouse before a witness."""
    way = world.rng.choice(("destroyed", "sold", "destroyed", "other"))
    income = Decimal(world.rng.randint(20, 900)).quantize(Decimal("0.01")) if way == "sold" else None
    witness = world.person(world.rng.choice(("finance_supervisor", "administration_officer")))
    return {"removed_on": world.today, "removal_way": way, "removal_income": income, "witness": witness}


def _passed(world: World) -> tuple[Ref, Ref, Ref, list[tuple[Ref, Decimal, str | None]]]:
    """An inspected delivery that is not in the warehouse yet; else one noted on paper."""
    for _attempt in range(12):
        inspection = world.record("PU-06")
        if inspection is None or inspection.id is None:
            break
        found = goods.inspection(inspection.id)
        if found.receipt is not None and goods.handed_over(found.receipt) != inspection.id:
            continue
        answers = world.answers_of(inspection)
        if found.accepted and not goods.entered(inspection.id) and world.applicant.id not in found.people:
            named = {line["item"].id: line["item"] for line in answers["lines"]}
            batches = _batches(world, answers["receipt"])
            rows = [(named[item], quantity, batches.get(item)) for item, quantity in found.accepted.items()]
            return answers["receipt"], inspection, answers["supplier"], rows
    number = f"{world.today:%Y%m%d}-{world.rng.randint(1, 30):02d}"
    items = {item.id: item for item in (world.one("stock_item") for _ in range(world.rng.randint(1, 4)))}
    amounts = [Decimal(n) for n in (8, 20, 50, 100)]
    rows = [(item, world.rng.choice(amounts), None) for item in items.values()]
    return (
        Ref(None, f"纸质收货单 SH{number}"),
        Ref(None, f"纸质检验单 JY{number}"),
        world.one("supplier"),
        rows,
    )


def _batches(world: World, receipt: Ref) -> dict[int, str]:
    if not receipt.id:
        return {}
    return {line["item"].id: line["batch"] for line in world.answers_of(receipt)["lines"] if line["batch"]}


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


STORIES: dict[str, Story] = {
    "WH-02": Story(
        entry_opening,
        {"keeper_check": entry_check, "supervisor_review": entry_review, "posting": entry_posting},
    ),
    "WH-06": Story(count_opening, {"supervisor_review": count_review, "update": count_update}),
    "WH-17": Story(write_off_opening, {"supervisor_review": write_off_review, "removal": write_off_removal}),
}
