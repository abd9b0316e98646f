"""Stories of the technical papers of products, and of changes to what they say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref

STAGE = "output_documents"
PARTS = ("上壳", "下壳", "电池盖", "滤网架", "手柄左半", "手柄右半", "出风口罩", "尘盒", "按键板", "脚轮座")
MACHINES = ("海天 MA1600（160T）", "海天 MA2500（250T）", "震雄 JM128（128T）", "伊之密 UN200（200T）")
PLASTICS = ("ABS PA-757", "PP K8303", "PC/ABS C6200", "POM M90-44", "PA66+30%GF")
STEPS = (
    ("装电机及减振垫", "电机、减振垫", "电批 0.8N·m", 38),
    ("装主控板并接线", "主控板、线束", "静电手环、插线工装", 45),
    ("装尘盒及滤网", "尘盒、HEPA 滤网", "定位夹具", 26),
    ("合上下壳打螺丝", "上壳、下壳、自攻螺丝", "电批 1.2N·m", 41),
    ("装手柄及按键", "手柄、按键板", "压合治具", 33),
    ("整机通电测试", "", "综合测试台", 52),
    ("外观检查贴铭牌", "铭牌", "灯箱", 30),
    ("装箱", "彩盒、说明书", "封箱机", 28),
)


def _paper(world: World) -> dict[str, Any]:
    """The product, and the day from which the paper is used."""
    product = world.project("product", STAGE)
    return {"product": product, "effective_on": world.today + timedelta(days=world.rng.randint(10, 20))}


def issue(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A department signs for its copies; now and then an old one is still on a bench."""
    given: dict[str, Any] = {"issued_copies": world.rng.randint(1, 4)}
    if answers.get("old_version"):
        given["old_version_recalled"] = world.rng.random() < 0.8
    return given


def archive(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The original goes into the cabinet."""
    number = f"JS-{world.today:%y%m}-{world.rng.randint(0, 999_999):06d}"
    place = world.rng.choice(("技术档案室 A 柜", "技术档案室 B 柜", "技术档案室 C 柜"))
    return {"archive_no": number, "archive_place": f"{place} {world.rng.randint(1, 6)} 层"}


ISSUED: dict[str, Callable[[World, Mapping[str, Any]], dict[str, Any]]] = {"issue": issue, "archive": archive}

# RD-10 BOM(产品结构表)

STRUCTURE = (
    (1, "11", "机壳组件", "", 1, "套"),
    (2, "1101", "上壳", "ABS", 1, "个"),
    (2, "1102", "下壳", "ABS", 1, "个"),
    (2, "1103", "自攻螺丝 M3×10", "碳钢镀锌", 8, "个"),
    (1, "12", "动力组件", "", 1, "套"),
    (2, "1201", "无刷电机", "", 1, "台"),
    (2, "1202", "减振垫", "硅胶", 4, "个"),
    (2, "1203", "线束", "UL1007", 1, "条"),
    (3, "120301", "端子 XH-2P", "磷青铜", 2, "个"),
    (1, "13", "主控板", "FR-4", 1, "块"),
    (1, "14", "尘盒组件", "", 1, "套"),
    (2, "1401", "尘盒", "PC", 1, "个"),
    (2, "1402", "HEPA 滤网", "熔喷布", 2, "片"),
    (1, "15", "彩盒", "瓦楞纸", 1, "个"),
)


def bill(world: World) -> dict[str, Any]:
    """The structure of a small appliance; some of its parts lie in the warehouse."""
    rng = world.rng
    number = f"P{rng.randint(100, 999)}"
    rows: list[dict[str, Any]] = [
        {
            "level": level,
            "part_no": f"{number}-{part}",
            "name": name,
            "item": None,
            "material": material or None,
            "quantity": Decimal(quantity),
            "unit": unit,
            "supplier": None,
        }
        for level, part, name, material, quantity, unit in STRUCTURE
    ]
    for place in (3, 8):
        item = world.one("stock_item")
        facts = world.item_facts(item)
        rows[place] |= {"item": item, "name": item.text.rsplit(" ", 1)[0], "unit": facts["unit"]}
    rows[9]["supplier"] = world.one("supplier")
    return {
        **_paper(world),
        "components": rows,
        "packaging": "彩盒一台一盒，外箱六台，珍珠棉护角",
        "substitute_parts": rng.choice((None, "自攻螺丝可用同规格不锈钢件代替，须经品质部确认")),
        "change_note": rng.choice(("量产首版", "按批量审意见调整螺丝用量", "按修改通知单换版")),
        "drawing_files": [world.file("装配总图.pdf")],
        "papers_not_needed": ["RD-12"] if rng.random() < 0.3 else None,
    }


# RD-11 注塑工艺卡


def card(world: World) -> dict[str, Any]:
    """The settings of a machine for one part."""
    rng = world.rng
    base = rng.choice((200, 210, 220, 230))
    cycle = rng.randint(28, 55)
    return {
        **_paper(world),
        "part": rng.choice(PARTS),
        "mould_no": f"M{rng.randint(2024, 2026)}-{rng.randint(1, 99):02d}",
        "machine": rng.choice(MACHINES),
        "raw_material": rng.choice(PLASTICS),
        "drying": rng.choice((None, "80℃ 3 小时", "100℃ 4 小时")),
        "temperatures": [
            {"zone": zone, "celsius": Decimal(base - 8 * place)}
            for place, zone in enumerate(("射嘴", "一段", "二段", "三段"))
        ],
        "pressures": [
            {"stage": "injection", "pressure": Decimal(rng.randint(70, 110)), "speed": Decimal(55)},
            {"stage": "holding", "pressure": Decimal(rng.randint(40, 60)), "speed": Decimal(25)},
            {"stage": "back_pressure", "pressure": Decimal(8), "speed": Decimal(10)},
        ],
        "cycle_seconds": Decimal(cycle),
        "cooling_seconds": Decimal(cycle // 2),
        "part_weight": Decimal(rng.randint(180, 2200)) / 10,
        "key_points": "浇口处不得有拉丝、气纹；分型面毛边不大于 0.05mm；每两小时首末件对样板",
    }


# RD-12 喷漆及移印资料


def painting(world: World) -> dict[str, Any]:
    """A painted part with its print."""
    rng = world.rng
    colour = rng.choice(("哑光白", "石墨灰", "珠光银", "深海蓝"))
    return {
        **_paper(world),
        "part": rng.choice(PARTS),
        "paint_lines": [
            {
                "colour": colour,
                "paint": "PU 弹性漆 8801",
                "ratio": "主漆:固化剂:稀释剂 10:1:8",
                "layers": rng.randint(1, 3),
                "thickness": Decimal(rng.randint(12, 30)),
                "baking": "60℃ 30 分钟",
            }
        ],
        "printing_lines": [
            {"position": "正面中央", "plate": f"GB-{rng.randint(10, 99)}A", "ink": "PAD-900", "colour": "黑", "order": 1},
            {"position": "底部铭牌", "plate": f"GB-{rng.randint(10, 99)}B", "ink": "PAD-900", "colour": "灰", "order": 2},
        ],
        "colour_sample": f"SB-{rng.randint(1, 60):03d}",
        "appearance_standard": "A 面 30cm 目视无颗粒、流挂、露底，色差 ΔE 不大于 1.0",
        "adhesion_test": rng.choice((None, "百格测试不低于 4B，酒精擦拭 50 次不褪色")),
        "artwork": [world.file("移印图案.pdf")],
    }  # fmt: skip


# RD-13 模具产能表


def capacity(world: World) -> dict[str, Any]:
    """The moulds of a product; now and then they do not make enough."""
    rng = world.rng
    short = rng.random() < 0.25
    moulds = [
        {
            "mould_no": f"M{rng.randint(2024, 2026)}-{place:02d}",
            "part": part,
            "cavities": rng.choice((1, 2)),
            "cycle": Decimal(rng.randint(28, 50)),
            "machine": rng.choice(MACHINES),
            "sets": 1,
            "usage": 1,
        }
        for place, part in enumerate(rng.sample(PARTS, 4), 1)
    ]
    return {
        **_paper(world),
        "shift_hours": Decimal(10),
        "shifts": 2,
        "moulds": moulds,
        "daily_demand": 8000 if short else rng.randint(500, 1200),
        "measure": "瓶颈模具增开一套，投产前两周外协注塑" if short else None,
    }


# RD-14 产品装配流程图


def flow(world: World) -> dict[str, Any]:
    """A line of some stations."""
    rng = world.rng
    chosen = [step for step in STEPS if rng.random() < 0.8] or list(STEPS[:3])
    return {
        **_paper(world),
        "stations": [
            {
                "no": number,
                "step": step,
                "parts": parts or None,
                "tool": tool,
                "seconds": Decimal(seconds + rng.randint(-4, 6)),
                "check": "测试" in step or "检查" in step,
            }
            for number, (step, parts, tool, seconds) in enumerate(chosen, 1)
        ],
        "flow_chart": [world.file("装配流程图.pdf")],
        "line_people": len(chosen) + rng.randint(0, 2),
        "note": rng.choice((None, "通电测试工位设不良品隔离区")),
    }


# RD-15 作业指导书


def instruction(world: World) -> dict[str, Any]:
    """What is done at one station of a product's line."""
    rng = world.rng
    chart = world.record("RD-14") or world.number("RD-14")
    known = world.answers_of(chart)
    step, parts, tool, _seconds = rng.choice(STEPS)
    station = f"{rng.randint(1, 8)} {step}"
    if known:
        row = rng.choice(known["stations"])
        station = f"{row['no']} {row['step']}"
        tool = row["tool"] or tool
    given = _paper(world)
    return {
        **given,
        "product": known.get("product") or given["product"],
        "assembly_flow": chart,
        "station": station,
        "steps": [
            {"no": 1, "step": f"取料，核对料号后{step}", "point": "作业前戴静电手环"},
            {"no": 2, "step": "自检外观及装配间隙", "point": "间隙不大于 0.3mm"},
            {"no": 3, "step": "放入流水线，流向下一工位", "point": None},
        ],
        "parts": [{"part": part, "quantity": Decimal(1)} for part in parts.split("、") if part] or None,
        "tools": tool,
        "quality_points": "不漏装、不错装；螺丝不滑牙、不浮高",
        "safety_points": "电批停用时关闭电源；不得戴纱手套操作旋转工具",
        "standard_seconds": None,
        "photos": [world.photo("作业图示.jpg")],
    }


# RD-23 产品特性及产品验收准则


def characteristics(world: World) -> dict[str, Any]:
    """What counts of a small appliance."""
    rows = (
        ("绝缘电阻", "500V 下不小于 7MΩ", "critical", "绝缘电阻测试仪"),
        ("泄漏电流", "不大于 0.25mA", "critical", "泄漏电流测试仪"),
        ("噪声", f"不大于 {world.rng.randint(62, 72)}dB(A)", "major", "半消声室，1m"),
        ("额定功率", "铭牌值的 +10%/-15% 以内", "major", "功率计"),
        ("外观", "A 面无划伤、缩水、色差", "minor", "灯箱 30cm 目视"),
    )
    names = ("item", "requirement", "class", "method")
    return {
        **_paper(world),
        "catalogue_product": None,
        "safety_characteristics": "带电部件不可触及；过流、过热保护动作可靠",
        "use_characteristics": "连续运行不少于 40 分钟，整机寿命不少于 500 小时",
        "characteristics": [dict(zip(names, row, strict=True)) for row in rows],
        "acceptance_criteria": "关键特性全检合格；主要特性 AQL 0.65，次要特性 AQL 1.5",
        "sampling_plan": "GB/T 2828.1 一般检验水平 II",
        "warnings": world.rng.choice((None, "机身标注“请勿吸入液体”，包装标注防潮、向上")),
        "standards": "GB 4706.1、GB 4706.7",
    }


# RD-21 模具修改资料通知单

TROUBLES = (
    ("review_finding", "按键孔直径 8.0mm", "按键孔直径改为 8.3mm，周边倒角 0.3"),
    ("trial_production", "卡扣厚 1.2mm，试产装配时断裂", "卡扣加厚到 1.6mm，根部加 R0.5 圆角"),
    ("customer", "铭牌位无防呆", "铭牌位左上角加 2mm 防呆缺口"),
    ("production_problem", "滑块拉伤，出模不顺", "滑块加大斜度到 3°，表面氮化处理"),
)


def modification(world: World) -> dict[str, Any]:
    """A mould that has to be changed."""
    rng = world.rng
    reason, old, new = rng.choice(TROUBLES)
    return {
        "product": world.project("product", "tooling"),
        "mould_no": f"M{rng.randint(2024, 2026)}-{rng.randint(1, 99):02d}",
        "part": rng.choice(PARTS),
        "reason": reason,
        "old_state": old,
        "new_state": new,
        "drawings": [world.file("修模图.pdf")],
        "mould_maker": world.one("supplier"),
        "finish_by": world.today + timedelta(days=rng.randint(7, 20)),
        "cost": rng.choice((None, Decimal(rng.randint(8, 60)) * 100)),
    }


def trial(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The mould is tried out; now and then it has to go back once."""
    if answers.get("@round") == 1 and world.rng.random() < 0.15:
        return {
            "trial_result": "试模 50 件，卡扣处仍有轻微缩水，须加排气",
            "accepted": False,
            "new_finish_by": world.today + timedelta(days=7),
        }
    return {
        "trial_result": f"试模 {world.rng.choice((30, 50, 100))} 件，尺寸及外观均符合图纸",
        "accepted": True,
        "sizes_changed": world.rng.random() < 0.4,
    }


# RD-22 修改通知单


def change(world: World) -> dict[str, Any]:
    """A change of a paper that is in force."""
    rng = world.rng
    paper = world.record("RD-11", "RD-13", "RD-14", "RD-10")
    known = world.answers_of(paper) if paper else {}
    drawing = {"document": None, "other": "上壳零件图 JX-3012", "old_version": "A1", "new_version": "A2"}
    named = {"document": paper, "other": None, "old_version": None, "new_version": None}
    kind = rng.choice(("design_change", "size_change_in_production", "process_change", "material_change"))
    product: Ref = known.get("product") or world.project("product", STAGE)
    return {
        "product": product,
        "change_kind": kind,
        "documents": [named, drawing] if paper else [drawing],
        "old_content": "卡扣厚度 1.2mm，保压 45MPa",
        "new_content": "卡扣厚度 1.6mm，保压 52MPa，冷却时间加 2 秒",
        "reason": rng.choice(("装配断裂率 1.8%", "客户要求加强卡扣", "降低缩水不良")),
        "sizes": [{"part": "上壳卡扣", "old_size": "1.2", "new_size": "1.6"}]
        if kind == "size_change_in_production"
        else None,
        "stock_disposal": rng.choice(("use_up", "use_up", "rework", "scrap", "not_affected")),
        "effective_from": f"{world.today + timedelta(days=14)} 起的批次",
        "customer_consent": rng.choice((None, True)),
    }


def acknowledgement(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A department gives its old papers back."""
    return {"old_papers_returned": world.rng.random() < 0.9}


STORIES: dict[str, Story] = {
    "RD-10": Story(bill, ISSUED),
    "RD-11": Story(card, ISSUED),
    "RD-12": Story(painting, ISSUED),
    "RD-13": Story(capacity, ISSUED),
    "RD-14": Story(flow, ISSUED),
    "RD-15": Story(instruction, ISSUED),
    "RD-21": Story(modification, {"result": trial}),
    "RD-22": Story(change, {"acknowledgement": acknowledgement}),
    "RD-23": Story(characteristics, ISSUED),
}
