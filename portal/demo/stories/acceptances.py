"""Stories of acceptances on site, of what goes wrong in them, and of what a site costs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.engineering.completion_acceptance import CompletionAcceptance
from portal.forms.engineering.material_acceptance import MaterialAcceptance
from portal.forms.engineering.midterm_acceptance import MidtermAcceptance
from portal.forms.engineering.waterproofing_acceptance import WaterproofingAcceptance
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE, day
from portal.queries import custody, projects, service, settlement

Answers = dict[str, Any]
MATERIALS = (
    ("薄壁不锈钢水管", "正大", "DN20", "米"),
    ("阻燃电线", "起帆", "BV 2.5mm²", "卷"),
    ("聚氨酯防水涂料", "德高", "K11 通用型", "桶"),
    ("瓷质抛釉砖", "诺贝尔", "800×800", "箱"),
    ("轻钢龙骨", "龙牌", "CB50×20", "根"),
    ("石膏板", "圣戈班", "9.5mm", "张"),
    ("内墙乳胶漆", "立邦", "净味全效", "桶"),
)
SUPPLIERS = ("湖州建材市场三号库", "城北装饰材料配送中心", "公司中心仓", "客户自购，商家送货")
PLACES = ("一层大厅临时库房", "地下室材料区", "次卧", "院内雨棚下")
ALTERATIONS = (
    ("water", "冷热水管改位", "主卫", "米", "65"),
    ("water", "增设洗衣机给排水", "生活阳台", "处", "380"),
    ("power", "增加五孔插座", "厨房操作台", "位", "120"),
    ("power", "空调专用回路", "客厅", "路", "460"),
    ("low_voltage", "网络点位", "书房", "位", "150"),
    ("low_voltage", "弱电箱移位", "玄关", "处", "260"),
)
ITEMS = (
    ("add", "厨房地柜加长", "延米", "1680"),
    ("add", "新砌轻质隔墙", "平方米", "195"),
    ("add", "阳台铺贴防滑砖", "平方米", "168"),
    ("deduct", "取消客厅石膏线", "米", "38"),
    ("deduct", "取消次卧吊顶", "平方米", "145"),
)
FAULTS = (
    ("到货乳胶漆批号不一致，有两桶过期", "过期两桶退场，三日内补齐同批号产品"),
    ("卫生间门槛止水未做", "补做门槛石下止水坎，重新闭水"),
    ("主卧墙砖空鼓三块", "拆除空鼓砖重新铺贴"),
    ("入户门套安装不垂直，偏差 6 毫米", "拆下重新校正固定，缝隙打胶"),
)


def _at(world: World, days: int, hour: int) -> datetime:
    return datetime.combine(world.today + timedelta(days=days), time(hour), ZONE).astimezone(UTC)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _checks(world: World, form: Any, name: str, *leave_out: str) -> list[Answers]:
    """Every preset item, passed; now and then one that the site does not have."""
    items = [str(item) for item in form()[name].items]
    return [
        {
            "item": item,
            "result": "not_applicable" if item in leave_out and world.rng.random() < 0.3 else "pass",
            "remark": None,
        }
        for item in items
    ]


def _accepted(world: World, stage: str) -> Answers:
    """What every acceptance begins with."""
    return {
        "project": world.project("works", stage),
        "acceptance_at": _at(world, world.rng.randint(1, 2), world.rng.choice((9, 10, 14, 15))),
        "self_check": "pass",
        "site_photos": [world.photo("验收现场.jpg")],
    }


def _verdict(world: World, answers: Mapping[str, Any]) -> Answers:
    """Mostly good; else what is to be put right, by whom and until when."""
    if world.rng.random() < 0.8:
        return {"verdict": "pass"}
    problem, opinion = world.rng.choice(FAULTS)
    late = max(_minute(world.now), answers["acceptance_at"])
    return {
        "verdict": "pass_after_rectification",
        "problem_found": problem,
        "on_spot_opinion": opinion,
        "responsible_person": world.person("foreman"),
        "rectify_by": late + timedelta(days=world.rng.randint(1, 4)),
    }


def _customer(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer's signature."""
    said = (None, "已现场查看，无意见", "同意进入下一工序", "请注意成品保护")
    return {
        "customer_opinion": world.rng.choice(said),
        "customer_signature": world.signature("客户签字.png"),
    }


# EN-20 材料进场验收表


def materials(world: World) -> Answers:
    """A delivery."""
    rng = world.rng
    chosen = rng.sample(MATERIALS, rng.randint(1, 3))
    return {
        **_accepted(world, "material"),
        "materials": [
            {
                "material": name,
                "brand": brand,
                "model": model,
                "quantity": Decimal(rng.randint(4, 120)),
                "unit": unit,
                "certificate": True,
                "agrees": True,
            }
            for name, brand, model, unit in chosen
        ],
        "material_checks": _checks(world, MaterialAcceptance, "material_checks", "环保等级符合要求"),
        "supplier_name": rng.choice(SUPPLIERS),
        "storage_place": rng.choice(PLACES),
    }


def material_check(world: World, answers: Mapping[str, Any]) -> Answers:
    """A delivery is refused now and then, wholly or in part."""
    found = _verdict(world, answers)
    if found["verdict"] != "pass" and world.rng.random() < 0.5:
        row = answers["materials"][0]
        found |= {"verdict": "fail", "refused_materials": f"{row['material']} {row['model']} 全部"}
    return found


def removal(world: World, answers: Mapping[str, Any]) -> Answers:
    """The refused material has left."""
    return {"taken_away_on": world.today, "taken_away_how": "已由供货单位车辆拉回，现场清点签字。"}


# EN-22 防水验收表


def waterproofing(world: World) -> Answers:
    """The rooms and their water test."""
    rng = world.rng
    rooms = rng.sample(("主卧卫生间", "公共卫生间", "厨房", "生活阳台"), rng.randint(1, 3))
    end = _minute(world.now) - timedelta(hours=rng.randint(1, 6))
    return {
        **_accepted(world, "waterproofing"),
        "rooms": [
            {
                "room": room,
                "material": rng.choice(("聚氨酯防水涂料", "K11 柔性防水浆料")),
                "layers": rng.choice((2, 3)),
                "height": 300 if room in ("厨房", "生活阳台") else 1800,
                "area": Decimal(rng.randint(40, 120)) / 10,
            }
            for room in rooms
        ],
        "test_start": end - timedelta(hours=rng.choice((24, 36, 48))),
        "test_end": end,
        "water_depth": rng.choice((20, 30, 50)),
        "leak_found": False,
        "neighbour_checked": True,
        "waterproof_checks": _checks(world, WaterproofingAcceptance, "waterproof_checks", "门槛止水"),
    }


# EN-23 工程中期验收表


def midterm(world: World) -> Answers:
    """Half of the works."""
    rest = ("木作油漆、洁具灯具安装及保洁", "墙面涂饰、五金安装，预计四周完成", "橱柜及木门安装，随后清洁")
    return {
        **_accepted(world, "midterm"),
        "progress_percent": Decimal(world.rng.choice((50, 55, 60, 65))),
        "mid_checks": _checks(world, MidtermAcceptance, "mid_checks", "木作结构", "吊顶封板"),
        "remaining_works": world.rng.choice(rest),
    }


# EN-24 竣工验收表


def completion(world: World) -> Answers:
    """The whole."""
    opening = _accepted(world, "completion")
    received = custody.keys_received(opening["project"].id)
    handed = ("水电走向图", "保修卡", "材料说明")
    begun = world.project_facts(opening["project"]).get("actual_start", "")
    done = f"{world.today - timedelta(days=world.rng.randint(0, 3))}"
    return {
        **opening,
        "completed_on": date.fromisoformat(max(done, begun)),
        "completion_checks": _checks(world, CompletionAcceptance, "completion_checks", "空气质量"),
        "property_returned": True,
        "keys_returned": world.rng.randint(0, 4) if received is None else received,
        "free_months": world.rng.choice((12, 24, 24, 36)),
        "documents_handed": [
            {"item": item, "done": True, "done_on": world.today, "remark": None} for item in handed
        ],
    }


def designer_sign(world: World, answers: Mapping[str, Any]) -> Answers:
    """It is as it was designed."""
    return {"matches_design": True}


# EN-14 水电改造项目确认单, EN-15 工程增减项目确认单


def _site(world: World) -> Answers:
    """A site under way and its customer."""
    project = world.project("works", "concealed")
    known = projects.project(project.id)
    owner = service.customer_of(known.id) if known else None
    customer = Ref(owner, service.customer_label(owner)) if owner else world.one("customer")
    return {"project": project, "customer": customer}


def water_and_electricity(world: World) -> Answers:
    """What is laid otherwise."""
    rng = world.rng
    return {
        **_site(world),
        "items": [
            {
                "kind": kind,
                "item": item,
                "position": position,
                "quantity": Decimal(rng.randint(1, 8)),
                "unit": unit,
                "unit_price": Decimal(price),
            }
            for kind, item, position, unit, price in rng.sample(ALTERATIONS, rng.randint(1, 3))
        ],
        "layout_photos": [world.photo("水电改造走向.jpg")],
        "material_standard": rng.choice((None, "给水 PP-R S2.5，电线国标 BV", "按合同主材标准")),
        "days_effect": rng.choice((0, 0, 0, 1, 2)),
        "measured_on": world.today - timedelta(days=rng.randint(0, 2)),
        "remark": rng.choice((None, "点位已与客户现场放线确认")),
    }


def items(world: World) -> Answers:
    """What is added and left out."""
    rng = world.rng
    change = world.record("EN-17")
    opening = _site(world)
    of = world.answers_of(change).get("project") if change else None
    fits = of is not None and of.id == opening["project"].id
    return {
        **opening,
        "items": [
            {
                "sign": sign,
                "item": item,
                "quantity": Decimal(rng.randint(2, 20)),
                "unit": unit,
                "unit_price": Decimal(price),
            }
            for sign, item, unit, price in rng.sample(ITEMS, rng.randint(1, 3))
        ],
        "reason": "design_change" if fits else rng.choice(("customer_request", "site_condition")),
        "design_change": change if fits else None,
        "days_effect": rng.choice((0, 0, 1, 3)),
        "asked_on": world.today - timedelta(days=rng.randint(0, 3)),
        "remark": rng.choice((None, "客户现场提出，已说明对工期的影响")),
    }


def confirmation(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer's signature to what it costs."""
    return {"customer_signature": world.signature("客户确认签字.png")}


# EN-26 重大质量事故书面处理意见及说明

ACCIDENTS = (
    (
        "leak_to_neighbours",
        "卫生间给水管接头脱落，水渗入楼下住户客厅吊顶。",
        "关闭总阀，更换接头并整段打压；楼下吊顶由我方修复。",
        "接头热熔深度不足，打压后未做二次检查。",
    ),
    (
        "structural",
        "拆改时误伤承重墙转角，出现约 0.3 毫米裂缝。",
        "立即停工支护，请原设计单位出具加固方案。",
        "拆除前没有核对结构图，班组擅自扩大拆除范围。",
    ),
    (
        "injury",
        "工人从人字梯跌落，脚踝骨折，已送医。",
        "现场停用全部梯具并检查，重新进行安全交底。",
        "梯脚防滑垫缺失，未按规定两人作业。",
    ),
)


def accident(world: World) -> Answers:
    """A major accident, most of them of a notice."""
    rng = world.rng
    kind, facts, opinion, cause = rng.choice(ACCIDENTS)
    notice = world.record("EN-25")
    of = world.answers_of(notice).get("project") if notice else None
    return {
        "project": of or world.project("works"),
        "rectification_notice": notice if of else None,
        "found_at": _minute(world.now) - timedelta(hours=rng.randint(2, 20)),
        "accident_kind": kind,
        "facts": facts,
        "written_opinion": opinion,
        "explanation": "已告知客户和物业，现场保护完好，未造成进一步损失。",
        "cause": cause,
        "estimated_loss": Decimal(rng.randint(2, 40) * 1000),
        "responsible_person": world.person("foreman"),
        "measures": [
            {
                "measure": "全工地同类部位逐一复查并留照片",
                "owner": world.person("foreman"),
                "due": world.today + timedelta(days=rng.randint(2, 6)),
            },
            {
                "measure": "对班组重新交底，监理旁站下一次同类工序",
                "owner": world.person("site_supervisor"),
                "due": world.today + timedelta(days=rng.randint(3, 10)),
            },
        ],
        "photos": [world.photo("事故现场.jpg")],
    }


def manager_decision(world: World, answers: Mapping[str, Any]) -> Answers:
    """Injuries and damage to the structure stop the works."""
    stop = answers["accident_kind"] in ("structural", "injury")
    said = (
        "同意处理意见，停工整改，复查合格后复工。" if stop else "同意处理意见，限期完成，其他部位照常施工。"
    )
    return {"manager_opinion": said, "stop_work": stop}


def quality_read(world: World, answers: Mapping[str, Any]) -> Answers:
    """A damaged structure is looked into."""
    return {"report_8d": answers["accident_kind"] == "structural"}


def closing(world: World, answers: Mapping[str, Any]) -> Answers:
    """It is over."""
    return {"closed_on": world.today, "closing_note": "处理措施已完成，监理复查合格，恢复正常施工。"}


# EN-27 工程款催缴通知及结算单


def reminder(world: World) -> Answers:
    """The payment that an acceptance has made due."""
    source = world.record("EN-23", "EN-24") or world.number("EN-23")
    told = world.answers_of(source)
    kind = "final_payment" if "completed_on" in told else "mid_term_payment"
    project = told.get("project") or world.project("works", "completion")
    known = projects.project(project.id)
    owner = service.customer_of(known.id) if known else None
    books = settlement.of(known) if known else None
    price = (books.contract_price if books else None) or Decimal(286_000)
    left = price + (books.besides - books.paid - settlement.asked_for(known.id) if known and books else 0)
    due = left if kind == "final_payment" else (left * Decimal("0.4")).quantize(Decimal(1))
    return {
        "project": project,
        "customer": Ref(owner, service.customer_label(owner)) if owner else world.one("customer"),
        "payment_kind": kind,
        "source_acceptance": source,
        "contract_price": price,
        "amount_due": max(due, Decimal(0)),
        "pay_by": world.today + timedelta(days=world.rng.randint(3, 7)),
        "note": world.rng.choice((None, "款项到账后安排后续工序")),
    }


def customer_receipt(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer has got it."""
    return {"received_on": world.today}


def finance_confirm(world: World, answers: Mapping[str, Any]) -> Answers:
    """Mostly it is paid; once the day has passed, some still have not."""
    last = answers.get("new_pay_by") or answers["pay_by"]
    if day(world.now) > last and world.rng.random() < 0.4:
        return {"paid": False, "new_pay_by": world.today + timedelta(days=5)}
    return {"paid": True, "paid_on": world.today, "paid_amount": answers["amount_due"]}


ACCEPTANCE: dict[str, Callable[[World, Mapping[str, Any]], Answers]] = {
    "supervisor_check": _verdict,
    "customer_sign": _customer,
}
STORIES: dict[str, Story] = {
    "EN-14": Story(water_and_electricity, {"customer_sign": confirmation}),
    "EN-15": Story(items, {"customer_sign": confirmation}),
    "EN-20": Story(materials, {**ACCEPTANCE, "supervisor_check": material_check, "removal": removal}),
    "EN-22": Story(waterproofing, ACCEPTANCE),
    "EN-23": Story(midterm, ACCEPTANCE),
    "EN-24": Story(completion, {**ACCEPTANCE, "designer_sign": designer_sign}),
    "EN-26": Story(
        accident,
        {"manager_decision": manager_decision, "quality_read": quality_read, "closing": closing},
    ),
    "EN-27": Story(reminder, {"customer_receipt": customer_receipt, "finance_confirm": finance_confirm}),
}
