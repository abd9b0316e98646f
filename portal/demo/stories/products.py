"""Stories of product development: plans, schedules, design plans, reviews, function tests and trials."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.engineering.product_words import (
    BATCH,
    COMPANY_ROUTE,
    CUSTOMER_ROUTE,
    FINALISATION,
    FIRST_SAMPLE,
    INITIAL,
    OUTPUT_PAPERS,
    REVIEWS,
)
from portal.forms.engineering.trial_production import PAPERS
from portal.forms.kinds import Ref
from portal.queries import new_products, projects

PRODUCTS = (
    ("折叠式手动液压搬运车", "额定载荷 2 吨，折叠后高度不超过 450 mm，单人可推行", "商超后仓，电梯可进"),
    ("静音型工业除尘器", "噪声不高于 68 dB(A)，滤筒可反吹清灰，风量 2400 m³/h", "家具厂、五金车间"),
    ("便携式升降平台", "工作高度 6 m，整机不超过 180 kg，可由两人搬运", "装修队、物业维修"),
    ("锂电仓储拖车", "连续工作 6 小时，换电时间不超过 3 分钟", "电商中转仓"),
    ("模块化工具柜", "抽屉承重 60 kg，现场免工具拼装", "4S 店、机修车间"),
    ("户外储能移动箱", "外壳防护等级 IP54，可叠放三层", "抢险队、露营场地"),
)
RULES = (
    "GB/T 3766 液压系统通用技术条件；外露运动件须有防护罩",
    "GB 4706.1 电器安全；外壳阻燃 V-0；说明书注明使用限制",
    "机械安全 GB/T 15706；表面涂层符合 RoHS 限值",
)
RISKS = (
    "注塑外壳缩水：加筋处壁厚减薄并增加进胶点；电机交期：提前锁定两家供应商",
    "噪声超标：预留消声腔；成本偏高：底架改用标准型材",
    "焊接变形：制作定位工装；密封老化：改用氟橡胶并做高低温试验",
)


def _within(world: World, low: int, high: int) -> date:
    return world.today + timedelta(days=world.rng.randint(low, high))


def _lately(world: World, low: int = 15, high: int = 90) -> Any:
    return world.now.replace(second=0, microsecond=0) - timedelta(minutes=world.rng.randint(low, high))


# RD-03 设计和开发方案


def plan(world: World) -> dict[str, Any]:
    """What a customer asks for, or the company has in mind."""
    name, requirement, market = world.rng.choice(PRODUCTS)
    for_customer = world.rng.random() < 0.6
    return {
        "route": CUSTOMER_ROUTE if for_customer else COMPANY_ROUTE,
        "product_name": name,
        "customer": world.one("customer") if for_customer else None,
        "customer_requirement": requirement if for_customer else None,
        "other_information": world.rng.choice((f"主要用于{market}", None)),
        "target_quantity": Decimal(world.rng.choice((300, 800, 1500, 3000))),
        "target_cost": Decimal(world.rng.randint(18, 90)) * 20,
        "wanted_on": _within(world, 150, 260),
        "legal_and_safety": world.rng.choice(RULES),
        "attachments": [world.file("客户样图.pdf")] if for_customer and world.rng.random() < 0.5 else [],
    }


def market_survey(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the engineers learned."""
    return {
        "survey_result": "走访 12 家经销商和用户：同类产品偏重、噪声大，用户愿为轻便多付一成以内的价格",
        "positioning": world.rng.choice(("中档价位，主打轻便和易维护", "高性价比，以标准件降低售后成本")),
    }


def plan_drafting(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The plan itself."""
    target = answers.get("target_cost") or Decimal(600)
    return {
        "functions": answers.get("customer_requirement") or "满足同类产品标准，重量减轻两成，维护免拆整机",
        "structure": "底架用标准型材焊接，外壳注塑，三段式模块装配；外观以灰底橙边为主",
        "main_risks": world.rng.choice(RISKS),
        "cost_estimate": (target * world.rng.randint(92, 106) / 100).quantize(Decimal("0.01")),
        "plan_files": [world.file("设计和开发方案.pdf")],
    }


def feasibility(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Each department can do it."""
    return {"feasible": True}


# RD-04 《新产品开发进度表》

SPANS = {
    "design": (2, 25),
    INITIAL: (26, 30),
    "tooling": (31, 60),
    FINALISATION: (61, 65),
    "samples": (66, 75),
    "function_test": (66, 80),
    FIRST_SAMPLE: (81, 85),
    "trial_production": (86, 100),
    BATCH: (101, 105),
    "output_documents": (86, 115),
    "mass_production": (116, 125),
}


def schedule(world: World) -> dict[str, Any]:
    """Each stage with its dates and owner; what has passed already is left out."""
    found = world.project("product")
    engineer = world.person("rd_engineer")
    rows = []
    for key, (begin, end) in SPANS.items():
        if projects.passed(found.id, key):
            continue
        rows.append(
            {
                "stage": key,
                "start": world.today + timedelta(days=begin),
                "finish": world.today + timedelta(days=end),
                "owner": world.person("production_engineer") if key == "output_documents" else engineer,
            }
        )
    return {
        "plan": found,
        "stages": rows,
        "mass_production_on": world.today + timedelta(days=SPANS["mass_production"][1]),
        "revision_reason": "模具厂交期推迟，后续阶段顺延",
        "remark": world.rng.choice((None, "节假日不排试产")),
    }


# RD-05 设计计划

INPUT = (
    "额定载荷下连续运行 200 小时无故障",
    "整机重量不超过目标值",
    "外壳跌落 1 m 无开裂",
    "装配不需专用工具",
)


def design_plan(world: World) -> dict[str, Any]:
    """Who designs what, and when it is reviewed."""
    found = _free(world, "design", "RD-05")
    return {
        "plan": found,
        "design_team": [
            {"person": world.person("rd_engineer"), "task": "总体设计及结构"},
            {"person": world.person("production_engineer"), "task": "工艺及工装"},
        ],
        "design_stages": [
            {
                "stage": "结构设计",
                "start": _on(world, 1),
                "finish": _on(world, 14),
                "output": "三维模型、装配图",
            },
            {
                "stage": "零件设计",
                "start": _on(world, 15),
                "finish": _on(world, 28),
                "output": "零件图、BOM 初稿",
            },
        ],
        "reviews": [
            {"review": key, "planned_on": _on(world, SPANS[key][1]), "people": "技术、品质、生产、采购、业务"}
            for key in REVIEWS
        ],
        "design_input": "\n".join(world.rng.sample(INPUT, 3)),
        "standards": world.rng.choice(RULES),
        "interfaces": "模具由采购部外协；试产线由生产部安排",
    }


def input_verification(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Each requirement, verified."""
    ways = (
        ("calculation", "计算安全系数 2.1"),
        ("comparison", "与现有机型对比，满足"),
        ("test", "样机试验合格"),
    )
    rows = []
    for line in (answers.get("design_input") or "满足方案要求").splitlines():
        way, result = world.rng.choice(ways)
        rows.append({"requirement": line, "way": way, "result": result, "met": True})
    return {"verification": rows}


def _on(world: World, days: int) -> date:
    return world.today + timedelta(days=days)


def _free(world: World, stage: str, code: str, **said: Any) -> Ref:
    """A project at this stage, of which no such record is under way, as far as one is found."""
    found = world.project("product", stage)
    for _try in range(6):
        if found.id is None or not new_products.under_way(code, found.id, **said):
            break
        found = world.project("product", stage)
    return found


# RD-16 产品设计评审表

PROBLEMS = (
    ("壳体加强筋处有缩水痕", "修改模具，筋厚由 3.0 减到 2.2 mm"),
    ("推杆回位不灵活", "导套改用自润滑材料，配合间隙加大 0.05 mm"),
    ("线束走线与活动件干涉", "增加线夹，装配图注明走向"),
    ("包装内衬偏松", "内衬加厚 5 mm，跌落试验复测"),
)
SUBJECTS = {
    INITIAL: "方案图 A0 版",
    FINALISATION: "结构样机及图纸 A1 版",
    FIRST_SAMPLE: "首件样板 S1",
    BATCH: "试产品及整套技术文件 B0 版",
}
OPINIONS = (
    "同意进入下一阶段，按列出的措施改进",
    "满足要求，建议关注关键尺寸的过程能力",
    "供货周期可以满足，关键件已有两家供方",
    "工艺可行，装配节拍需在试产中验证",
)


def review(world: World) -> dict[str, Any]:
    """The next review of a product."""
    key = world.rng.choices(tuple(REVIEWS), (4, 3, 2, 2))[0]
    found = _free(world, key, "RD-16", review_stage=key)
    key = _next_review(found) or key
    problems = world.rng.sample(PROBLEMS, world.rng.randint(0, 2))
    return {
        "review_stage": key,
        "plan": found,
        "review_at": _lately(world),
        "review_subject": SUBJECTS[key],
        "meets_requirements": "对照设计输入逐项核对，功能和安全要求均能满足",
        "mass_production_fit": "零件标准化率 78%，现有设备可以加工，装配工位 9 个",
        "problems_found": [
            {
                "problem": problem,
                "measure": measure,
                "owner": world.person("rd_engineer"),
                "due": _within(world, 5, 20),
            }
            for problem, measure in problems
        ],
        "review_files": [world.file("评审资料.pdf")] if world.rng.random() < 0.5 else [],
    }


def _next_review(found: Ref) -> str | None:
    """The review that the project is at; what is not in the books may be at any."""
    project = projects.project(found.id)
    stages = {one.row.key: one for one in projects.stages(project)} if project else {}
    return next((key for key in REVIEWS if key in stages and stages[key].ready), None)


def opinion(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a department says; now and then one does not agree."""
    if answers.get("problems_found") and world.rng.random() < 0.06:
        return {"opinion": "列出的问题须先解决，再进入下一阶段", "agrees": False}
    return {"opinion": world.rng.choice(OPINIONS), "agrees": True}


def sample_signature(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The sample that is kept."""
    return {
        "sample_no": f"YB-{world.today:%y%m}-{world.rng.randint(1, 60):02d}",
        "sample_place": world.rng.choice(("品质部样板柜 2 层", "技术部样板室 A 架")),
        "customer_signed": True,
    }


def verdict(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """A pass; with a condition where a department does not agree."""
    if answers.get("any_against") or (answers.get("problems_found") and world.rng.random() < 0.2):
        return {"verdict": "conditional_pass", "verdict_note": "列出的措施全部验证有效后进行下一次评审"}
    return {"verdict": "pass"}


# RD-20 功能测试报告

TESTS = (
    ("额定载荷", "GB/T 3766 静载法", "1.25 倍载荷 10 min 无变形", "无变形"),
    ("噪声", "声级计距 1 m", "≤68 dB(A)", "65.4 dB(A)"),
    ("跌落", "1 m 三面各一次", "无开裂、功能正常", "无开裂"),
    ("温升", "额定负荷 2 h", "≤55 K", "41 K"),
    ("耐久", "往复 5000 次", "无卡滞", "5000 次无卡滞"),
)


def function_test(world: World) -> dict[str, Any]:
    """A sample on the bench."""
    end = _lately(world)
    return {
        "plan": _free(world, "function_test", "RD-20"),
        "sample_no": f"YP-{world.today:%y%m}-{world.rng.randint(1, 60):02d}",
        "sample_quantity": world.rng.randint(2, 6),
        "test_from": end - timedelta(hours=world.rng.randint(4, 50)),
        "test_to": end,
        "tests": [
            {"item": item, "method": method, "limit": limit, "result": result, "pass": True}
            for item, method, limit, result in world.rng.sample(TESTS, 3)
        ],
        "equipment": "万能试验机、声级计、温升测试台",
        "conclusion": "pass",
        "report_file": [world.file("功能测试报告.pdf")],
    }


# RD-25 新产品试产通知及试产报告


def trial(world: World) -> dict[str, Any]:
    """A trial in the workshop, today."""
    missing = world.rng.random() < 0.2
    documents = []
    for code in PAPERS:
        waits = missing and code == "RD-12"
        documents.append(
            {
                "item": str(OUTPUT_PAPERS[code]),
                "done": not waits,
                "done_on": None if waits else world.today - timedelta(days=world.rng.randint(1, 9)),
                "remark": "本产品外壳不喷漆、不移印" if waits else None,
            }
        )
    return {
        "plan": _free(world, "trial_production", "RD-25"),
        "trial_quantity": world.rng.choice((30, 50, 100)),
        "trial_on": world.today,
        "purpose": "验证工装、工艺节拍及关键尺寸的过程能力",
        "documents_ready": documents,
        "materials_ready": True,
    }


def production_report(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What came of it."""
    made = answers["trial_quantity"]
    problem, measure = world.rng.choice(PROBLEMS)
    row = {
        "problem": problem,
        "cause": "首次上线，参数未固化",
        "measure": measure,
        "owner": world.person("production_engineer"),
        "due": _within(world, 5, 15),
    }
    return {
        "made_quantity": made,
        "good_quantity": made - world.rng.randint(0, 3),
        "trial_problems": [row] if world.rng.random() < 0.6 else [],
    }


def quality_test(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The tests of the products made."""
    return {
        "test_items": [
            {"item": item, "limit": limit, "result": result, "pass": True}
            for item, _method, limit, result in world.rng.sample(TESTS, 2)
        ],
        "test_verdict": "pass",
    }


def conclusion(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """It goes on; now and then it is tried once more."""
    return {"trial_verdict": "repeat" if world.rng.random() < 0.08 else "pass"}


STORIES: dict[str, Story] = {
    "RD-03": Story(
        plan,
        {"market_survey": market_survey, "plan_drafting": plan_drafting, "feasibility": feasibility},
    ),
    "RD-04": Story(schedule),
    "RD-05": Story(design_plan, {"input_verification": input_verification}),
    "RD-16": Story(
        review,
        {"participants": opinion, "sample_signature": sample_signature, "rd_verdict": verdict},
    ),
    "RD-20": Story(function_test),
    "RD-25": Story(
        trial,
        {"production_report": production_report, "quality_test": quality_test, "rd_conclusion": conclusion},
    ),
}
