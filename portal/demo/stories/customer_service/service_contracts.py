"""Stories of what goes with after-sales service: completion documents, contracts, the department's own work."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.customer_service.administration_record import (
    APPEARANCE,
    INSPECTION,
    POINTS,
    TOOLS,
    TRAINING,
)
from portal.forms.customer_service.completion_documents import DOCUMENTS
from portal.forms.kinds import Ref
from portal.lib.clock import months_later
from portal.queries import service

SCOPES = (
    "中央空调主机和末端的季度保养，含滤网清洗、制冷剂检查和电气紧固。",
    "升降机全套保养：钢丝绳、限位、制动和液压系统的检查与调整。",
    "写字楼给排水和强弱电的日常修护，不含主材更换。",
)
REASONS = (
    "客户新增两台设备，须纳入保养范围。",
    "原合同漏列屋面风机，客户要求补入。",
    "保养频次由半年一次改为每季一次。",
)
ADDED = ("屋面风机保养", "备用发电机季度保养", "新增升降机年度检验", "配电室红外检测")
WORK = {
    INSPECTION: ("抽查本周派工单的现场照片和客户签字。", "三张派工单资料齐全，一张缺完工照片，已通知补齐。"),
    "parts_management": ("盘点服务车随车零件，核对领用记录。", "随车密封圈比记录少两只，已补登记。"),
    TOOLS: ("液压工具年度保养，更换滤芯并校验压力表。", "压力表示值正常，密封良好。"),
    TRAINING: (
        "新型电磁换向阀的拆装和故障判断。\n在培训室对照实物操作。",
        "参训人员均完成实操，考核结果见附表。",
    ),
    APPEARANCE: ("上班前检查客服和技术人员的仪容仪表。", "整体良好，个别人员工装须更换。"),
    "other": ("整理上季度服务凭证并移交归档。", "共移交一百二十份，无缺号。"),
}


def _project_of_customer(world: World) -> tuple[Ref, Ref]:
    """A project and its customer."""
    for _try in range(40):
        project = world.one("project")
        owner = service.customer_of(project.id or 0)
        if owner is not None:
            return project, Ref(owner, service.customer_label(owner))
    return world.one("project"), world.one("customer")


def _documents(world: World) -> dict[str, Any]:
    rng = world.rng
    contract = world.record("CS-34") or world.number("CS-34")
    project, owner = _project_of_customer(world)
    completed_on = world.today - timedelta(days=rng.randint(3, 25))
    return {
        "project": project,
        "contract": contract,
        "customer": world.answers_of(contract).get("customer") or owner,
        "completion_acceptance": world.record("EN-24"),
        "completed_on": completed_on,
        "documents": [
            {"item": str(name), "done": True, "done_on": completed_on, "remark": None} for name in DOCUMENTS
        ],
        "free_months": rng.choice((12, 12, 24, 36)),
        "warranty_start": completed_on,
    }


def _handover(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"handed_over_on": max(world.today, so_far["completed_on"])}


def _acceptance(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"acceptance_verdict": "complete"}


def _contract(world: World) -> dict[str, Any]:
    rng = world.rng
    origin = rng.choice(("end_of_warranty", "contract_renewal", "new_service"))
    project, customer = _project_of_customer(world)
    new = origin == "new_service"
    start = world.today - timedelta(days=rng.randint(0, 20))
    log = {
        "date": start - timedelta(days=rng.randint(5, 30)),
        "way": rng.choice(("电话", "上门")),
        "person": rng.choice(("物业经理", "设备主管", "办公室主任")),
        "result": rng.choice(("有意向，要求按季度报价。", "同意续签，价格维持去年水平。")),
    }
    return {
        "customer": customer,
        "project": None if new else project,
        "origin": origin,
        "contract_no": f"BY{world.today.year}{rng.randint(1, 999):03d}",
        "scope": rng.choice(SCOPES),
        "service_fee": Decimal(rng.randint(6, 60)) * 1000,
        "fee_rule": "签订后十五日内支付全年服务费，人工和易损件含在服务费内，其他零件按约定办理。",
        "parts_charged": rng.random() < 0.6,
        "start_date": start,
        "end_date": months_later(start, 12) - timedelta(days=1),
        "visits_per_year": rng.choice((1, 2)),
        "response_hours": rng.choice((4, 8, 24, None)),
        "follow_up_log": [log] if rng.random() < 0.7 else None,
        "contract_file": [world.file("保养合同书.pdf")],
    }


def _decided(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"outcome": "signed", "signed_on": world.today}


def _supplement(world: World) -> dict[str, Any]:
    rng = world.rng
    main = world.record("CS-73", "CS-34") or world.number("CS-34")
    start = world.today + timedelta(days=rng.randint(0, 10))
    items = [
        {
            "item": name,
            "quantity": Decimal(rng.randint(1, 4)),
            "unit_price": Decimal(rng.randint(3, 40)) * 100,
        }
        for name in rng.sample(ADDED, rng.randint(1, 2))
    ]
    return {
        "main_contract": main,
        "customer": world.answers_of(main).get("customer") or world.one("customer"),
        "supplement_no": f"BJ{world.today.year}{rng.randint(1, 999):03d}",
        "added_items": items,
        "reason": rng.choice(REASONS),
        "start_date": start,
        "end_date": start + timedelta(days=rng.randint(60, 200)) if rng.random() < 0.4 else None,
        "other_terms_unchanged": True,
        "contract_file": [world.file("补加合同.pdf")],
    }


def _supplement_signed(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"signed_on": world.today}


def _administration(world: World) -> dict[str, Any]:
    rng = world.rng
    kind = rng.choice(tuple(WORK))
    content, finding = WORK[kind]
    usable = rng.random() < 0.85
    rows = [_checked(world, kind) for _person in range(rng.randint(1, 3))]
    failed = rng.randrange(len(POINTS)) if rng.random() < 0.3 else None
    broken = kind == TOOLS and not usable
    improve = broken or (kind == APPEARANCE and failed is not None)
    return {
        "work_kind": kind,
        "work_date": world.today,
        "person_in_charge": world.applicant,
        "checked_persons": rows if kind in (TRAINING, APPEARANCE) else None,
        "equipment": rng.choice(("液压扳手 LW-2", "便携式电焊机", "管道疏通机")) if kind == TOOLS else None,
        "equipment_usable": usable if kind == TOOLS else None,
        "inspected_order": world.record("CS-77") if kind == INSPECTION else None,
        "content": content,
        "appearance_points": [
            {"item": str(point), "result": "fail" if place == failed else "pass", "remark": None}
            for place, point in enumerate(POINTS)
        ]
        if kind == APPEARANCE
        else None,
        "finding": "主机外壳开裂，绝缘不合格，无修理价值。" if broken else finding,
        "correction": "当天整改，次日复查。" if improve else None,
        "photos": [world.photo("工作记录.jpg")] if rng.random() < 0.4 else None,
    }


def _checked(world: World, kind: str) -> dict[str, Any]:
    score = world.rng.randint(52, 99)
    return {
        "person": world.person("service_technician"),
        "result": "理论和实操均完成" if kind == TRAINING else "着装整齐",
        "score": score if kind == TRAINING else None,
        "passed": score >= 60 if kind == TRAINING else True,
    }


STORIES: dict[str, Story] = {
    "CS-71": Story(_documents, {"engineering_handover": _handover, "after_sales_acceptance": _acceptance}),
    "CS-73": Story(_contract, {"customer_sign": _decided}),
    "CS-75": Story(_supplement, {"customer_sign": _supplement_signed}),
    "CS-85": Story(_administration),
}
