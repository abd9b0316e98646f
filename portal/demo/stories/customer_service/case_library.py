"""Stories of the case library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.customer_service.words import human, mobile, moment
from portal.demo.story import Story, World

# group, place, problem, cause, lesson, how to avoid, stage to avoid at, title, keywords
PROBLEMS = (
    (
        "main_building_and_inside_the_flat",
        "3 号楼次卧窗台",
        "雨后窗台下方渗水，涂料起泡，同一立面共 6 户。",
        "窗台下口未设滴水线，防水层在转角处没有收头。",
        "外窗台必须有滴水和防水收头的节点详图，不能只写通用做法。",
        "施工图补充窗台节点详图，样板间淋水试验合格后再大面积施工。",
        "construction_drawing",
        "外窗台渗水",
        "外墙、渗水、窗台、滴水线",
    ),
    (
        "living_performance_and_equipment_positions",
        "5 号楼 1 单元空调机位",
        "空调外机对着邻户卧室窗，夜间噪音大，住户多次反映。",
        "方案阶段只核对了立面效果，没有核对机位与卧室窗的距离。",
        "设备布点要先过居住性能，再看立面。",
        "方案评审增加机位与卧室窗距离的核对表。",
        "scheme_design",
        "空调外机扰民",
        "空调、噪音、机位",
    ),
    (
        "master_plan_public_facilities_and_landscape",
        "小区东入口",
        "人车混行，早高峰接送孩子的车辆堵住单元门前的道路。",
        "总图没有设置临时停车港湾，消防车道被占用。",
        "入口处的停车和人行要在总体规划时分开。",
        "总图设置落客区，人行道与车道之间设绿化隔离。",
        "scheme_design",
        "入口人车混行",
        "总图、入口、停车",
    ),
    (
        "construction_quality",
        "地下车库 B 区顶板",
        "顶板后浇带处渗漏，车辆漆面被滴水污染。",
        "后浇带封闭时未按要求凿毛清理。",
        "隐蔽部位封闭前要有影像和签字。",
        "后浇带作为停止点，监理到场验收后才能浇筑。",
        "construction",
        "车库顶板渗漏",
        "车库、后浇带、渗漏",
    ),
    (
        "main_building_and_inside_the_flat",
        "8 号楼卫生间",
        "下水管返臭，地漏水封不足，交付后三个月内投诉 9 次。",
        "选用的地漏水封深度只有 20 毫米。",
        "户内给排水配件要在封样时量水封深度。",
        "地漏水封不小于 50 毫米，写入施工图说明和采购要求。",
        "handover_and_after_sales",
        "卫生间返臭",
        "地漏、水封、返臭",
    ),
)
QUESTIONS = (
    "方案中同类部位采用什么做法，能否避免同样的问题？",
    "请说明节点详图在哪一张图上，由谁核对。",
    "本项目的条件与老项目不同之处，是否会使问题更严重？",
)
DEMANDS = ("尽快维修并说明原因", "由设计单位到现场查看后给出书面答复", None)


def _card(world: World) -> dict[str, Any]:
    rng = world.rng
    group, place, problem, *_rest = rng.choice(PROBLEMS)
    return {
        "customer": world.one("customer"),
        "project": world.one("project"),
        "source_record": world.record("CS-51") if rng.random() < 0.5 else None,
        "found_at": moment(world, rng.randint(60, 3000)),
        "place": place,
        "problem_statement": problem,
        "evidence_photos": [world.photo("问题部位.jpg") for _photo in range(rng.randint(1, 3))],
        "category": group,
        "taken_by": world.person("customer_service_officer"),
        "customer_demand": rng.choice(DEMANDS),
    }


def _told(so_far: Mapping[str, Any]) -> tuple[str, ...]:
    """The problem that a card speaks of."""
    return next((one for one in PROBLEMS if one[1] == so_far.get("place")), PROBLEMS[0])


def _lessons(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    _group, _place, _problem, cause, lesson, avoid, stage, *_rest = _told(so_far)
    return {
        "cause": cause,
        "lesson_learned": lesson,
        "responsible_department": world.one("department"),
        "how_to_avoid": avoid,
        "avoid_at_stage": stage,
    }


def _department_answer(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    accepts = world.rng.random() < 0.8
    refusal = "图纸已按规范表达，问题出在现场没有按图施工，请重新认定责任部门。"
    return {"accepts_responsibility": accepts, "department_opinion": None if accepts else refusal}


def _ruling(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {"ruled_department": world.one("department")}


def _entry(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    *_rest, title, keywords = _told(so_far)
    return {"case_title": title, "keywords": keywords}


def _input(world: World) -> dict[str, Any]:
    rng = world.rng
    groups = [one[0] for one in rng.sample(PROBLEMS, 2)]
    needs = rng.choice(
        ("老业主普遍希望入口有遮雨连廊。", "客户反映储物空间不足，要求每户有独立储藏间。", None)
    )
    return {
        "new_project": world.one("project"),
        "receiving_department": world.one("department"),
        "work_stage": rng.choice(("scheme_design", "construction_drawing", "construction", "marketing")),
        "question_groups": sorted(set(groups)),
        "cases": [{"case": world.number("CS-07"), "question": rng.choice(QUESTIONS)}],
        "answer_by": world.today + timedelta(days=rng.randint(5, 12)),
        "customer_needs": needs,
        "attachments": [world.file("案例汇编.pdf")] if rng.random() < 0.4 else None,
    }


def _replies(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rows = []
    for line in so_far["cases"]:
        adopted = world.rng.random() < 0.8
        rows.append(
            {
                "case": line["case"],
                "adopted": adopted,
                "how": "已在方案图中修改，并写入设计说明。" if adopted else None,
                "reason": None if adopted else "本项目没有同类部位，不存在该问题。",
            }
        )
    return {"replies": rows}


def _review(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    if so_far.get("review_verdict") == "problems_avoided":
        return {
            name: so_far[name]
            for name in ("reviewed_result", "result_version", "avoided_list", "review_verdict")
        }
    rows = [
        {"case": line["case"], "avoided": True, "evidence": "图纸中已有相应节点和说明"}
        for line in so_far["cases"]
    ]
    return {
        "reviewed_result": world.rng.choice(("方案设计文本", "施工图（建筑专业）", "施工组织设计")),
        "result_version": f"第 {world.rng.randint(1, 3)} 版",
        "avoided_list": rows,
        "review_verdict": "problems_avoided",
    }


CLASSES = (
    (
        "外墙及外窗渗漏",
        "外窗台、雨篷根部缺少节点详图。",
        "节点做法由施工单位自定，防水收头不统一。",
        "所有外墙洞口给出节点详图，注明防水附加层宽度。",
    ),
    (
        "设备噪音",
        "空调机位、水泵房与卧室相邻。",
        "布点时没有核对与居室的距离。",
        "设备用房不与卧室贴邻，不能避免时设隔声墙。",
    ),
    (
        "使用不便",
        "开关插座点位与家具布置冲突。",
        "电气图与精装图没有会签。",
        "电气点位随精装图会签，样板间逐点核对。",
    ),
)


def _classes(world: World) -> dict[str, Any]:
    rng = world.rng
    until = world.today - timedelta(days=rng.randint(1, 20))
    case = world.record("CS-07")
    return {
        "new_project": world.one("project"),
        "period_from": until - timedelta(days=rng.choice((90, 180, 365))),
        "period_to": until,
        "complaint_classes": [
            {
                "class": name,
                "count": rng.randint(1, 12),
                "drawing_cause": drawing,
                "cause_analysis": cause,
                "proposal": proposal,
            }
            for name, drawing, cause, proposal in rng.sample(CLASSES, rng.randint(1, 3))
        ],
        "cases_used": [{"case": case, "note": "做法见案例照片"}] if case and rng.random() < 0.5 else None,
        "summary": "请在新项目施工图中逐条落实，内审时由客户服务部核对。",
        "planned_drawing_start": world.today + timedelta(days=rng.randint(5, 40)),
        "attachments": None,
    }


def _design_reply(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {"class": line["class"], "adopted": True, "how": "列入施工图设计任务书，由专业负责人落实。"}
        for line in so_far["complaint_classes"]
    ]
    return {"design_replies": rows}


def _internal_review(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    opinions = (
        ("customer_service", "外窗台节点", "补充滴水线和防水收头的详图。", True),
        ("engineering", "地下室顶板", "后浇带位置与塔吊基础冲突，请调整。", True),
        ("planning", "总平面", "无意见", False),
    )
    return {
        "drawing_no": f"建施-{world.rng.randint(1, 60):02d}",
        "drawing_version": "V1",
        "review_opinions": [
            {"speciality": one, "clause": clause, "opinion": opinion, "must_fix": must}
            for one, clause, opinion, must in opinions
        ],
    }


def _design_close(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "clause": row["clause"],
            "opinion": row["opinion"],
            "answer": "已修改，见修改通知单。" if row["must_fix"] else "已阅。",
            "closed": True,
        }
        for row in so_far["review_opinions"]
    ]
    return {"opinion_answers": rows, "all_opinions_closed": True}


EVENTS = (
    ("sales_promotion", "秋季新品推介会", "推介新户型并现场签约。", "安排两名客服专员接待老客户。"),
    (
        "customer_satisfaction",
        "业主恳谈会",
        "听取业主对物业和维修的意见。",
        "整理半年来的报修和投诉，准备答复。",
    ),
    (
        "site_open_day",
        "工地开放日",
        "请业主参观施工过程，增进信任。",
        "联系业主、登记到场人员、记录提出的诉求。",
    ),
)


def _event(world: World) -> dict[str, Any]:
    rng = world.rng
    kind, name, purpose, support = rng.choice(EVENTS)
    open_day = kind == "site_open_day"
    return {
        "event_name": name,
        "event_kind": kind,
        "organiser": rng.choice(("sales_management", "project_sales", "customer_service")),
        "project": world.one("project") if open_day or rng.random() < 0.5 else None,
        "event_start": world.now.replace(second=0, microsecond=0),
        "event_place": rng.choice(("营销中心一楼", "项目现场样板区", "社区活动室")),
        "purpose": purpose,
        "support_needed": support,
        "expected_visitors": rng.randint(20, 120) if rng.random() < 0.8 else None,
        "visit_route": "大门—安全教育室—样板间—屋面节点展示区—大门" if open_day else None,
        "budget": Decimal(rng.randint(5, 60)) * 500 if rng.random() < 0.7 else None,
    }


def _support(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "support_staff": "、".join(human(world) for _one in range(2)),
        "arrangement": "活动前一天到场布置，当天负责接待、登记和答疑，活动后整理诉求。",
    }


def _safety(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "safety_measures": "参观路线封闭围挡，配发安全帽和反光背心，专人带队，塔吊停止作业。",
        "site_ready": True,
    }


def _event_record(world: World, so_far: Mapping[str, Any]) -> dict[str, Any]:
    rng = world.rng
    visitors = []
    for _visitor in range(rng.randint(1, 4)):
        asks = rng.random() < 0.3
        visitors.append(
            {
                "name": human(world),
                "phone": mobile(world),
                "customer": world.one("customer") if rng.random() < 0.4 else None,
                "remark": "希望加装单元门口的休息座椅。" if asks else None,
                "request": asks,
            }
        )
    return {
        "visitors": visitors,
        "actual_visitors": len(visitors) + rng.randint(5, 60),
        "feedback": rng.choice(
            ("现场秩序良好，客户对施工质量表示放心。", "客户提问集中在交付时间和停车位，已当场答复。")
        ),
        "event_photos": [world.photo("活动现场.jpg")] if rng.random() < 0.6 else None,
    }


STORIES: dict[str, Story] = {
    "CS-07": Story(
        _card,
        {
            "lessons_analysis": _lessons,
            "department_answer": _department_answer,
            "gm_ruling": _ruling,
            "library_entry": _entry,
        },
    ),
    "CS-11": Story(_input, {"receiving_reply": _replies, "result_review": _review}),
    "CS-12": Story(
        _classes,
        {
            "design_reply": _design_reply,
            "internal_review": _internal_review,
            "design_close": _design_close,
        },
    ),
    "CS-15": Story(
        _event,
        {"support_arrangement": _support, "site_safety": _safety, "event_record": _event_record},
    ),
}
