"""Stories of this section's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo import carried_over
from portal.demo.story import Story, World
from portal.forms.engineering.schedule_rows import STAGES
from portal.forms.kinds import Ref
from portal.queries import projects, service, sites

PARTIES = ("foreman", "site_supervisor", "designer")
TRIES = 12
WORK = (  # activity, trade, share of the time at which it begins and ends
    ("进场、成品保护及拆改", "瓦工", 0.0, 0.08),
    ("水电改造", "水电工", 0.06, 0.24),
    ("防水施工", "防水工", 0.22, 0.32),
    ("墙地砖铺贴", "瓦工", 0.3, 0.52),
    ("木作及吊顶", "木工", 0.45, 0.66),
    ("墙面涂饰", "油漆工", 0.62, 0.84),
    ("洁具灯具安装", "安装工", 0.82, 0.95),
    ("保洁及收尾", "综合", 0.94, 1.0),
)
ACCEPTED_AT = {
    "incoming_material": 0.06,
    "concealed_works": 0.24,
    "waterproofing": 0.34,
    "mid_term": 0.66,
    "completion": 1.0,
}


def site(world: World, stage: str, code: str) -> Ref:
    """A works project at the stage in which no record of the form is under way."""
    for _try in range(TRIES):
        found = world.project("works", stage)
        if not sites.open_numbers(code, found.id):
            return found
    made = carried_over.project(world, "works", stage)
    return Ref(made.id, made.label)


def customer_of(world: World, project: Ref) -> Ref:
    """The customer of the project, else any."""
    owner = service.customer_of(project.id or 0)
    return Ref(owner, service.customer_label(owner)) if owner else world.one("customer")


def parties(world: World) -> dict[str, Ref]:
    """Three different people for the three roles."""
    found: dict[str, Ref] = {}
    for role in PARTIES:
        person = world.person(role)
        for _try in range(20):
            if person not in found.values():
                break
            person = world.person(role)
        found[role] = person
    return found


# EN-01 工程任务单


def _task_order(world: World) -> dict[str, Any]:
    rng = world.rng
    contract = world.record("CS-34") or world.number("CS-34")
    known = world.answers_of(contract)
    first, second = carried_over.NAMES["works"]
    start = world.today + timedelta(days=rng.randint(7, 20))
    version = rng.choice(("A", "B", "V1.0"))
    return {
        "project_name": f"{rng.choice(first)}{rng.randint(1, 18)}号楼{rng.choice(second)}",
        "site_address": f"湖州市{rng.choice(('吴兴区', '南浔区'))}{rng.choice(('观音桥路', '龙溪北路', '东街'))}{rng.randint(1, 380)}号",
        "customer": known.get("customer") or world.one("customer"),
        "contract": contract,
        "contract_price": known.get("amount") or Decimal(rng.randint(80, 600)) * 1000,
        "works_scope": rng.choice(
            (
                "拆改、水电改造、防水、墙地砖铺贴、吊顶、涂饰及成品安装，空调和定制家具另行承包。",
                "室内装饰装修全包，含水电、泥瓦、木作、油漆及洁具灯具安装。",
                "办公区隔墙、吊顶、地面及强弱电改造，消防改动由业主另行委托。",
            )
        ),
        "planned_start": start,
        "planned_finish": start + timedelta(days=rng.randint(75, 150)),
        **parties(world),
        "waterproofing": rng.random() > 0.15,
        "drawings_and_budget": [
            {
                "document": "construction_drawings",
                "number": f"ZS-{world.today.year}-{rng.randint(1, 99):02d}",
                "version": version,
                "copies": 2,
                "file": [world.file("施工图.pdf")],
            },
            {
                "document": "budget",
                "number": f"YS-{rng.randint(1, 99):02d}",
                "version": "1",
                "copies": 1,
                "file": None,
            },
        ],
    }


def _received(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"item": item, "done": True, "done_on": world.today, "remark": None}
        for item in ("施工图纸", "预算", "施工项目表")
    ]
    copy = {"item": "合同副本", "done": False, "done_on": None, "remark": "存公司档案，不发工地"}
    return {"received_documents": [*rows, copy], "received_on": world.today}


def _checked(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    wrong = world.rng.random() < 0.12
    remark = "厨房插座数量与预算不一致" if wrong else None
    results = (
        ("图纸", "pass", None),
        ("施工项目", "pass", None),
        ("预算部分", "fail" if wrong else "pass", remark),
    )
    checks = [{"item": item, "result": result, "remark": said} for item, result, said in results]
    return {"document_checks": checks, "documents_ok": not wrong}


def _problems(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"problems": "预算中厨房插座为6个，图纸为8个，请确认按哪一份施工。"}


def _decision(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"decision": "以图纸8个为准，差额由设计师补办增项，不影响开工。"}


# EN-05 施工进度计划


def _schedule(world: World) -> dict[str, Any]:
    rng = world.rng
    project = site(world, "schedule", "EN-05")
    facts = world.project_facts(project)
    start = world.today + timedelta(days=rng.randint(5, 12))
    finish = start + timedelta(days=rng.randint(70, 110))
    if agreed := facts.get("agreed_finish"):
        finish = min(finish, date.fromisoformat(agreed))
        start = min(start, finish - timedelta(days=45))
    span = (finish - start).days

    def at(share: float) -> date:
        return start + timedelta(days=round(span * share))

    wanted = [key for key in ACCEPTED_AT if _applies(project, STAGES[key])]
    price = Decimal(facts.get("contract_price") or 200_000)
    shares = (
        ("first", Decimal("0.4"), 0.0),
        ("mid_term", Decimal("0.4"), 0.66),
        ("final", Decimal("0.2"), 1.0),
    )
    return {
        "project": project,
        "start_on": start,
        "finish_on": finish,
        "activities": [
            {"activity": name, "trade": trade, "start": at(begin), "finish": at(end), "note": None}
            for name, trade, begin, end in WORK
            if trade != "防水工" or "waterproofing" in wanted
        ],
        "acceptance_dates": [{"acceptance": key, "planned_on": at(ACCEPTED_AT[key])} for key in wanted],
        "payment_points": [
            {"kind": kind, "planned_on": at(when), "amount": (price * share).quantize(Decimal("0.01"))}
            for kind, share, when in shares
        ],
        "trades_coordination": rng.choice(
            (
                None,
                "水电与木作交叉作业时，先封管后封板；油漆期间安装工不进场。",
                "周末及午休时间不做有噪声的工序。",
            )
        ),
        "revision_reason": "按现场实际进度和已办延期手续调整。" if _is_revision(project) else None,
    }


def _applies(project: Ref, stage: str) -> bool:
    found = projects.stage(project.id, stage)
    return found is None or found.row.applies


def _is_revision(project: Ref) -> bool:
    return sites.finished("EN-05", project.id) > 0


# EN-09 原建筑质量问题处理建议书

DEFECTS = (
    (
        "主卧阳台板底",
        "贯通裂缝约0.4毫米，遇雨渗水",
        "吊顶和墙面涂饰无法进行",
        "由原建设单位鉴定并注浆封闭，外墙面重做防水",
    ),
    ("卫生间排水立管", "立管接口渗漏，楼板返潮", "防水层不能施工", "更换立管接口，闭水24小时合格后移交"),
    ("客厅外墙内侧", "墙体大面积返潮，腻子粉化", "墙面基层不能处理", "查明外墙渗水点并修补，待墙体干透"),
)


def _recommendation(world: World) -> dict[str, Any]:
    rng = world.rng
    project = site(world, "briefing", "EN-09")
    place, defect, effect, measure = rng.choice(DEFECTS)
    return {
        "project": project,
        "owner": customer_of(world, project),
        "defects": [{"place": place, "defect": defect, "effect": effect, "measure": measure}],
        "photos": [world.photo("原建筑问题.jpg")],
        "property_company": rng.choice(("泰和物业服务中心", "湖州绿苑物业", "南太湖物业管理处")),
        "property_contact": rng.choice(("王经理 0572-5550188", None)),
        "wanted_by": world.today + timedelta(days=rng.randint(7, 20)),
        "extension_expected": rng.random() < 0.4,
    }


def _owner(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"owner_opinion": world.rng.choice((None, "同意，由我与物业联系", "请物业尽快处理"))}


def _property_answer(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    measure = answers["defects"][0]["measure"]
    return {
        "acts": True,
        "property_measure": f"安排维修班组：{measure}。",
        "property_done_on": world.today + timedelta(days=world.rng.randint(3, 10)),
    }


def _recheck(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"site_fit": True, "recheck_note": "处理完毕，现场观察无渗漏，符合装修施工条件。"}


# EN-10 工程延期手续

REASONS = {
    "customer": "客户更换墙砖款式，新货到场需要等待。",
    "weather_or_force_majeure": "连续降雨，外墙门窗安装和室内涂饰不能进行。",
    "added_or_deducted_items": "增加阳台封闭及书房柜体，工程量增加。",
    "design_change": "厨房布局调整，水电须重新定位。",
    "own_company": "瓦工班组调配不及时，进度落后。",
}


def _extension(world: World) -> dict[str, Any]:
    rng = world.rng
    project = site(world, "", "EN-10")
    found = projects.project(project.id)
    cause, reason = rng.choice(list(REASONS.items()))
    return {
        "project": project,
        "customer": customer_of(world, project),
        "cause": cause,
        "reason": reason,
        "days": rng.randint(3, 15),
        "old_finish": found.finishes_on if found and found.finishes_on else world.today + timedelta(days=40),
        "negotiated_on": world.today - timedelta(days=rng.randint(0, 2)),
        "negotiation_note": rng.choice(
            ("已当面说明原因，客户同意顺延。", "电话沟通，客户要求不超过所列天数。")
        ),
    }


def _customer_agrees(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"customer_agrees": world.rng.random() < 0.9}


def _extension_approved(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    said = None if answers.get("customer_agrees") else "经协商，客户同意顺延，公司赠送一次保洁。"
    return {"negotiation_result": said}


# EN-12 开工前必备手续办理清单

FORMALITIES = (
    "装修申请及审批",
    "装修押金",
    "施工人员出入证",
    "垃圾清运费",
    "用水用电手续",
    "消防报备",
    "施工时间约定",
)
CONDITIONS = (
    "施工文件核对完毕",
    "技术交底表已交工程部",
    "施工进度计划已批准",
    "必备手续办妥",
    "原建筑质量问题已处理",
)


def _start(world: World) -> dict[str, Any]:
    rng = world.rng
    project = site(world, "start", "EN-12")
    without = "消防报备" if rng.random() < 0.5 else ""
    rows = [
        {
            "item": item,
            "done": item != without,
            "done_on": None if item == without else world.today - timedelta(days=rng.randint(0, 3)),
            "remark": "不改动消防设施，不需要报备" if item == without else None,
        }
        for item in FORMALITIES
    ]
    return {
        "project": project,
        "customer": customer_of(world, project),
        "property_company": rng.choice(("泰和物业服务中心", "湖州绿苑物业", "南太湖物业管理处")),
        "formalities": rows,
        "deposit_amount": rng.choice((Decimal(2000), Decimal(3000), Decimal(5000))),
        "permit_scan": [world.file("装修许可证.pdf")],
        "civilised_site_ready": True,
        "utilities_checked": True,
    }


def _custody(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    things = (
        ("入户防盗门", Decimal(1), "完好，已贴膜保护"),
        ("中央空调内机", Decimal(3), "完好，已包覆"),
        ("燃气热水器", Decimal(1), "使用正常"),
    )
    chosen = world.rng.sample(things, world.rng.randint(1, 3))
    return {
        "property_items": [
            {
                "item": item,
                "quantity": quantity,
                "condition": condition,
                "photo": [world.photo("客户财物.jpg")],
            }
            for item, quantity, condition in chosen
        ],
        "keys_received": world.rng.choice((1, 2, 2)),
    }


def _report(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    rows = [{"item": item, "done": True, "done_on": world.today, "remark": None} for item in CONDITIONS]
    return {"start_conditions": rows, "actual_start": world.today}


# EN-17 设计变更单

CHANGES = (
    ("SD-03", "厨房插座6个", "厨房插座8个，洗碗机单独回路", "customer_request", Decimal(680), 0),
    ("DD-02", "客厅吊顶标高2.60米", "局部标高2.45米，避让空调风管", "site_condition", Decimal(0), 1),
    ("PM-01", "书房开门朝北", "书房改为推拉门，门洞移至东侧", "customer_request", Decimal(2300), 3),
    (
        "JD-05",
        "卫生间下水管距墙300毫米",
        "按现场改为420毫米，台盆柜相应调整",
        "site_condition",
        Decimal(0),
        0,
    ),
    ("DD-04", "客厅灯带一圈", "取消灯带，改为四盏筒灯", "customer_request", Decimal(-960), 0),
)


def _change(world: World) -> dict[str, Any]:
    number, old, new, reason, cost, days = world.rng.choice(CHANGES)
    return {
        "project": world.project("works"),
        "drawing_no": number,
        "old_content": old,
        "new_content": new,
        "reason": reason,
        "cost_effect": cost,
        "days_effect": days,
        "new_drawing": [world.file(f"{number}变更图.pdf")],
    }


def _withdrawn(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    return {"old_drawing_withdrawn": True}


STORIES: dict[str, Story] = {
    "EN-01": Story(
        _task_order,
        {
            "documents_received": _received,
            "documents_checked": _checked,
            "problem_report": _problems,
            "manager_decision": _decision,
        },
    ),
    "EN-05": Story(_schedule),
    "EN-09": Story(
        _recommendation,
        {"owner_sign": _owner, "property_answer": _property_answer, "recheck": _recheck},
    ),
    "EN-10": Story(_extension, {"customer_sign": _customer_agrees, "manager_approval": _extension_approved}),
    "EN-12": Story(_start, {"property_custody": _custody, "start_report": _report}),
    "EN-17": Story(_change, {"foreman_receipt": _withdrawn}),
}
