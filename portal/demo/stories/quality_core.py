"""Stories of quality information, inspections in the workshop, nonconformities, monthly reports and measures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.quality import kpi
from portal.forms.quality.quality_information import ITEMS
from portal.forms.quality.quality_report_rows import indicators, missed
from portal.lib.clock import day
from portal.queries import quality_reports
from portal.queries.months import Month

BATCHES = ("A", "B", "C")
WORKSHOPS = ("机加工车间", "焊接车间", "装配车间", "涂装车间")
PLACES = ("机加工车间 3 号线", "焊接车间 二工位", "总装车间 终检台", "仓库 待检区", "顾客现场")

# QA-01 质量信息传递单

INFORMATION = {
    "batch_quality_accident": "同一批次门架立柱连续 14 件尺寸超差，已停止使用该批毛坯",
    "major_problem_that_stops_production": "主泵试压全部泄漏，装配线停线等待",
    "important_customer_opinion_or_complaint": "顾客来电反映起升异响，要求三天内答复",
    "serious_nonconforming_item_or_defect": "抽检发现焊缝未熔合，超出标准允许范围",
    "problem_hard_to_solve_alone": "调整夹具后孔距仍不稳定，车间自己找不到原因",
    "other": "供方来函通知下月起变更包装方式，请评估影响",
}


def _batch(world: World) -> str:
    return f"{world.today:%y%m}-{world.rng.choice(BATCHES)}{world.rng.randint(1, 30):02d}"


def _lately(world: World) -> Any:
    return world.now.replace(second=0, microsecond=0) - timedelta(minutes=world.rng.randint(10, 90))


def information(world: World) -> dict[str, Any]:
    """Something about quality that others must know."""
    class_ = world.rng.choices(tuple(ITEMS), (2, 5, 2))[0]
    item = world.rng.choice(ITEMS[class_])
    return {
        "information_class": class_,
        "class_item": item,
        "found_at": _lately(world),
        "department": world.one("department"),
        "product": world.one("product") if world.rng.random() < 0.7 else None,
        "batch": _batch(world),
        "place": world.rng.choice(PLACES),
        "description": INFORMATION[item],
        "evidence": [world.file("检测记录.pdf")] if world.rng.random() < 0.4 else [],
        "tried_already": world.rng.choice(("已隔离并挂牌", "已通知下工序停用", None)),
    }


def batch_or_stop(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """How far an accident reaches."""
    stops = answers["class_item"] == "major_problem_that_stops_production"
    return {
        "quantity_affected": Decimal(world.rng.randint(8, 120)),
        "stop_from": answers["found_at"] if stops else None,
        "containment": world.rng.choice(
            ("全批隔离，逐件复检", "停用该批来料，换用库存合格批", "停线并封存在制品")
        ),
        "loss": Decimal(world.rng.randint(10, 400)) * 100,
    }


def quality_handling(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the quality department makes of it."""
    return {
        "responsible_department": world.one("department"),
        "handling": world.rng.choice(
            (
                "请责任部门两日内查明原因并反馈",
                "按不合格品程序处理，跟踪复检结果",
                "已核实，请相关部门知悉并注意",
            )
        ),
        "follow_up": world.rng.choices(("8d_report", "nonconformity_form", "close"), (2, 3, 5))[0],
    }


def joint_solution(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What production and design have found."""
    return {
        "solved": True,
        "solution": world.rng.choice(("改用气动夹具定位，孔距复测合格", "调整焊接顺序并增加反变形量")),
        "drawing_change_needed": world.rng.random() < 0.3,
    }


def technical_decision(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the technical manager decides."""
    return {"technical_decision": "先按让步尺寸装配，专项小组两周内改进夹具", "decided_drawing_change": False}


def filing(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Where the centre keeps it."""
    return {"archive_code": f"ZLXX-{world.today:%Y%m%d}-{world.rng.randint(1, 10**7):07d}"}


def instruction(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the management says."""
    return {"instruction": world.rng.choice((None, "请按期关闭并在月报中说明", "举一反三，检查同类产品"))}


# QA-03 制造过程质量管理信息报送单

MEASUREMENTS = (
    ("孔距", "120±0.1 mm", "120.04 mm", "120.31 mm"),
    ("焊缝高度", "≥6 mm", "6.4 mm", "4.8 mm"),
    ("漆膜厚度", "60—90 μm", "72 μm", "41 μm"),
    ("扭矩", "45±3 N·m", "45.6 N·m", "39.2 N·m"),
)
KINDS = ("process_information", "process_measurement", "product_inspection", "production_quality_control")


def process(world: World) -> dict[str, Any]:
    """A shift's report of a batch, mostly good."""
    failing = world.rng.random() < 0.12
    made = Decimal(world.rng.randint(20, 200))
    chosen = world.rng.sample(MEASUREMENTS, 2)
    return {
        "record_kind": world.rng.choice(KINDS),
        "workshop": world.rng.choice(WORKSHOPS),
        "product": world.one("product"),
        "batch": _batch(world),
        "shift_date": world.today,
        "quantity": made,
        "defects": Decimal(world.rng.randint(2, 8)) if failing else Decimal(0),
        "measurements": [
            {
                "item": item,
                "limit": limit,
                "reading": bad if failing and not at else good,
                "pass": not (failing and not at),
            }
            for at, (item, limit, good, bad) in enumerate(chosen)
        ],
        "quality_information": "首件、巡检发现偏差，已隔离待处理" if failing else "首件、巡检、末件检验正常",
        "measure_taken": "调整工装后复检" if failing else None,
        "hard_to_solve": failing and world.rng.random() < 0.4,
        "verdict": "fail" if failing else "pass",
    }


# QA-05 严重不合格/质量缺陷处理单


def nonconformity(world: World) -> dict[str, Any]:
    """Goods that do not conform."""
    item, limit, _good, bad = world.rng.choice(MEASUREMENTS)
    return {
        "source_record": world.record("QA-03", "QA-01") if world.rng.random() < 0.5 else None,
        "product": world.one("product"),
        "batch": _batch(world),
        "quantity": Decimal(world.rng.randint(1, 40)),
        "requirement": f"{item} {limit}",
        "actual_state": f"实测 {bad}，超出规定要求",
        "found_at": _lately(world),
        "severity": world.rng.choice(("serious_nonconformity", "quality_defect")),
        "isolated": True,
        "photos": [world.photo("不合格品.jpg")] if world.rng.random() < 0.5 else [],
    }


def decision(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Mostly the goods are worked on once more."""
    ways = ("rework", "repair", "concession", "scrap", "return")
    return {
        "disposition": world.rng.choices(ways, (5, 3, 2, 1, 1))[0],
        "responsible_department": world.one("department"),
    }


def action(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the department has found and done."""
    return {
        "accepted": True,
        "cause": world.rng.choice(("夹具定位销磨损", "焊接参数漂移未发现", "来料硬度偏低", "作业未按指导书")),
        "correction": world.rng.choice(
            ("全数返工并重新检验", "更换定位销，首件确认后复产", "隔离品已按处置意见处理")
        ),
    }


def ruling(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The deputy general manager decides a dispute."""
    return {"ruling": "upheld", "ruling_reason": "处置依据充分，按评审意见执行"}


def reinspection(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The goods are in order now."""
    return {"reinspection_result": "pass", "corrective_needed": world.rng.random() < 0.25}


# QA-02 质量检验及质量指标完成情况报告

ANALYSES = (
    "与上月基本持平，过程受控",
    "较上月好转，措施见效",
    "个别批次影响较大，已单独跟踪",
    "样本较少，继续观察",
)


def _month(world: World) -> tuple[str, Month]:
    """The newest month that is not reported yet, with a scope."""
    month = Month.of(world.today).back(1)
    for back in range(24):
        for scope in kpi.SCOPES:
            if not quality_reports.of_period(month.back(back).key, scope):
                return scope, month.back(back)
    return kpi.QUALITY, month.back(24 + world.rng.randint(0, 200))


def monthly(world: World) -> dict[str, Any]:
    """A month's report of a scope."""
    scope, month = _month(world)
    rows = [{**row, "analysis": world.rng.choice(ANALYSES)} for row in indicators(scope, month, ())]
    behind = bool(missed(rows))
    return {
        "period": month.key,
        "scope": scope,
        "indicators": rows,
        "gaps": "个别供应商批次不稳定，部分步骤办理不及时" if behind else None,
        "actions": [
            {
                "action": world.rng.choice(ACTIONS),
                "owner": world.person("quality_inspector"),
                "due": world.today + timedelta(days=world.rng.randint(10, 40)),
            }
        ]
        if behind
        else [],
        "attachments": [],
    }


# QA-19 纠正改进措施跟踪表

ACTIONS = (
    "对连续两批不合格的供应商现场审核",
    "修订首件检验规程并培训",
    "每周检查逾期步骤并通报",
    "关键工序增加防错装置",
)


def tracked(world: World) -> dict[str, Any]:
    """A measure that somebody is to carry out."""
    return {
        "source_record": world.record("QA-15", "QA-02") or world.number("QA-15"),
        "action": world.rng.choice(ACTIONS),
        "owner": world.person("quality_inspector"),
        "department": world.one("department"),
        "due_on": world.today + timedelta(days=world.rng.randint(7, 45)),
        "expected_result": "同类问题三个月内不再发生",
        "priority": world.rng.choice(("high", "medium", "medium", "low")),
    }


def owner_report(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The measure is done."""
    return {
        "done_on": day(world.now),
        "result": world.rng.choice(("已按要求落实，记录齐全", "已完成并在车间推广", "培训完成，考核合格")),
        "evidence": [world.file("落实证据.pdf")] if world.rng.random() < 0.4 else [],
    }


def quality_verify(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """It works."""
    return {"verified_effective": True}


STORIES: dict[str, Story] = {
    "QA-01": Story(
        information,
        {
            "batch_or_stop": batch_or_stop,
            "quality_handling": quality_handling,
            "joint_solution": joint_solution,
            "technical_decision": technical_decision,
            "information_centre_file": filing,
            "management_read": instruction,
        },
    ),
    "QA-02": Story(monthly),
    "QA-03": Story(process),
    "QA-05": Story(
        nonconformity,
        {
            "quality_decision": decision,
            "responsible_action": action,
            "deputy_ruling": ruling,
            "reinspection": reinspection,
        },
    ),
    "QA-19": Story(tracked, {"owner_report": owner_report, "quality_verify": quality_verify}),
}
