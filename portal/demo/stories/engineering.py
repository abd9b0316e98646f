"""Stories of this department's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.construction import customer_of, parties, site
from portal.demo.story import Story, World
from portal.lib.clock import ZONE

ROOMS = (
    "主卧卫生间",
    "厨房及生活阳台",
    "客厅吊顶",
    "二层办公区走廊",
    "会议室及茶水间",
    "样板间玄关",
    "地下一层设备间",
)


def _at(world: World, days: int, hour: int) -> datetime:
    return datetime.combine(world.today + timedelta(days=days), time(hour), ZONE).astimezone(UTC)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


# EN-18 技术交底表


def briefing(world: World) -> dict[str, Any]:
    """The parties, the time and the place of a briefing."""
    building = f"{world.rng.randint(1, 18)}号楼{world.rng.randint(1, 3)}单元{world.rng.randint(2, 26)}0{world.rng.randint(1, 4)}室"
    drawings = (
        "施工图A版（2套）",
        "平面布置图V2.1、水电点位图V2.0",
        f"施工图第{world.rng.randint(2, 4)}版，含节点大样",
        "平立面图V3、吊顶图V2、水电图V3",
    )
    project = site(world, "briefing", "EN-18")
    return {
        "project": project,
        "customer": customer_of(world, project),
        **parties(world),
        "agreed_at": _at(world, world.rng.randint(1, 3), world.rng.choice((9, 10, 14, 15))),
        "confirmed_with_designer": True,
        "place": world.rng.choice((building, "项目现场会议室", "施工现场一层大厅")),
        "drawing_versions": world.rng.choice(drawings),
    }


def survey(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the foreman saw; most buildings are sound."""
    level = world.rng.choices(("none", "minor", "serious"), (6, 3, 1))[0]
    structure = {
        "none": ("框架结构，墙体垂直度良好，未见裂缝", "剪力墙结构完好，门窗洞口尺寸与图纸一致"),
        "minor": ("轻体墙与梁交接处有细微裂缝，结构完好", "局部墙面空鼓，不影响结构安全"),
        "serious": ("阳台板底有贯通裂缝，宽约0.4毫米，须原建设单位处理", "外墙内侧渗水，墙体大面积返潮"),
    }
    surface = ("地面平整度偏差在5毫米以内", "墙面基层坚实，局部须铲除原腻子", "顶面有少量浮灰，清理后可施工")
    waterproof = (
        "闭水24小时无渗漏，原防水层完好",
        "卫生间原防水层完好，厨房未做防水",
        "管根处防水层有破损，须修补",
    )
    return {
        "structure_finding": world.rng.choice(structure[level]),
        "surface_finding": world.rng.choice(surface),
        "waterproof_finding": world.rng.choice(waterproof),
        "survey_photos": [world.photo(f"现场勘查{n}.jpg") for n in range(1, world.rng.randint(2, 3))],
        "defect_level": level,
    }


def minor_defects(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """How the slight defects will be treated."""
    known = (
        ("客厅北墙", "抹灰层空鼓约0.3平方米", "铲除空鼓部位，界面剂处理后重新抹灰"),
        ("主卧门洞上方", "轻体墙与梁交接处细微裂缝", "开V形槽，嵌缝石膏填实后贴抗裂网格布"),
        ("卫生间地面", "排水坡度不足", "找坡层重做，坡度不小于百分之一"),
        ("厨房烟道旁", "墙面不平，偏差8毫米", "挂网抹灰找平后再贴砖"),
    )
    chosen = world.rng.sample(known, world.rng.randint(1, 2))
    return {
        "minor_defects": [
            {
                "place": place,
                "defect": defect,
                "opinion": opinion,
                "told_designer": True,
                "told_customer": True,
            }
            for place, defect, opinion in chosen
        ]
    }


def talk(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the customer was told and said; some make appointments."""
    needs = (
        None,
        None,
        "厨房增加两组插座，洗碗机预留给排水",
        "书房增加网络点位，阳台改为地柜",
        "取消客厅吊顶灯带",
    )
    opinions = (None, "无异议", "希望噪音大的工序避开午休时间", "对进度安排满意")
    filled: dict[str, Any] = {
        "contacts_exchanged": True,
        "rules_told": [
            {"item": item, "done": True, "done_on": world.today, "remark": None}
            for item in ("施工管理", "质检", "交款", "服务")
        ],
        "customer_opinion": world.rng.choice(opinions),
        "customer_needs": world.rng.choice(needs),
    }
    if world.rng.random() < 0.5:
        filled["material_acceptance_at"] = _at(world, world.rng.randint(4, 9), 9)
    if world.rng.random() < 0.4:
        purposes = ("确认水电点位", "选定瓷砖样板", "签认增减项目")
        filled |= {
            "next_meeting_at": _at(world, world.rng.randint(2, 6), 14),
            "next_meeting_place": world.rng.choice(("施工现场", "公司展厅", answers["place"])),
            "next_meeting_purpose": world.rng.choice(purposes),
        }
    return filled


def assessment(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The foreman's opinion of the briefing; now and then something is wrong in it."""
    errors = ("图纸标注的下水管位置与现场不符，偏差约20厘米", "吊顶标高与空调风口冲突，须调整节点")
    wrong = world.rng.random() < 0.2
    return {
        "full_and_true": True,
        "accurate": not wrong,
        "treatment_proper": True,
        "errors_found": world.rng.choice(errors) if wrong else None,
    }


def joint_signature(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the four parties agreed upon."""
    contents = (
        "逐项交底平面布置、水电点位、吊顶标高及防水做法，四方确认无异议",
        "交底施工范围、主材品牌及进场时间、隐蔽工程验收节点；墙体拆改严禁触及承重结构",
        "交底各功能区做法与节点图；卫生间防水上翻高度1.8米；成品保护由工长负责",
    )
    ended = _minute(world.now) - timedelta(minutes=world.rng.randint(2, 9) * 10)
    return {"briefing_content": world.rng.choice(contents), "briefing_ended_at": ended}


def delivery(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The supervisor brings the form to the department."""
    return {"delivered_at": max(_minute(world.now), answers["briefing_ended_at"])}


# EN-21 隐蔽工程验收表

CONCEALED = (
    "给水管路走向及固定",
    "给水管打压试验",
    "排水管坡度及通水",
    "强电线径、分色及回路",
    "弱电线路",
    "线管固定及间距",
    "绝缘及通断测试",
    "吊顶龙骨",
)


def concealed_works(world: World) -> dict[str, Any]:
    """What is to be accepted before it is covered."""
    rng = world.rng
    without_ceiling = rng.random() < 0.3
    checks = [
        {
            "item": item,
            "result": "not_applicable" if without_ceiling and item == "吊顶龙骨" else "pass",
            "remark": rng.choice((None, None, "已拍照留存")),
        }
        for item in CONCEALED
    ]
    return {
        "project": world.project("works", "concealed"),
        "acceptance_at": _at(world, rng.randint(1, 2), rng.choice((9, 10, 14, 15))),
        "areas": "、".join(rng.sample(ROOMS, rng.randint(1, 2))),
        "concealed_checks": checks,
        "test_pressure": rng.choice((Decimal("0.8"), Decimal("0.9"), Decimal("1.0"))),
        "holding_minutes": rng.choice((30, 45, 60)),
        "pressure_drop": rng.choice((Decimal("0"), Decimal("0.01"), Decimal("0.02"))),
        "layout_photos": [world.photo("水电走向.jpg")],
        "self_check": "pass",
        "site_photos": [world.photo("隐蔽验收现场.jpg")],
    }


def supervisor_check(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The supervisor's verdict; some works must be put right first."""
    if world.rng.random() < 0.8:
        return {"verdict": "pass"}
    problem, opinion = world.rng.choice(PROBLEMS)
    return {
        "verdict": "pass_after_rectification",
        "problem_found": problem,
        "on_spot_opinion": opinion,
        "responsible_person": world.person("foreman"),
        "rectify_by": max(_minute(world.now), answers["acceptance_at"])
        + timedelta(days=world.rng.randint(1, 3)),
    }


def customer_sign(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The customer's signature."""
    return {
        "customer_opinion": world.rng.choice((None, "同意封闭", "已现场查看，无意见", "请保留水电走向照片")),
        "customer_signature": world.signature("客户签字.png"),
    }


# EN-25 质量问题处理意见及限期整改通知单

PROBLEMS = (
    ("强弱电线管间距不足30厘米", "重新布管，间距调整至30厘米以上，交叉处包锡箔纸"),
    ("给水管固定卡间距过大，局部晃动", "按每60厘米增设管卡，重新打压"),
    ("墙砖空鼓率超过5%", "拆除空鼓砖重新铺贴，胶泥满涂"),
    ("卫生间管根防水附加层漏做", "清理管根，补做附加层后重新涂刷两遍"),
    ("吊顶主龙骨吊杆间距1.3米，超出规范", "加密吊杆至1.2米以内，调平后复测"),
    ("线管内电线接头未设接线盒", "抽出重新穿线，接头一律设在盒内"),
)


def notice(world: World) -> dict[str, Any]:
    """A problem with its opinion, person and limit."""
    problem, opinion = world.rng.choice(PROBLEMS)
    found = _minute(world.now) - timedelta(minutes=world.rng.randint(1, 6) * 20)
    source = world.record("EN-21") if world.rng.random() < 0.5 else None
    return {
        "project": world.answers_of(source)["project"] if source else world.project("works"),
        "acceptance_record": source,
        "found_at": found,
        "place": world.rng.choice(ROOMS),
        "problem": problem,
        "photos": [world.photo("问题部位.jpg")],
        "opinion": opinion,
        "responsible_person": world.person("foreman"),
        "rectify_by": found + timedelta(days=world.rng.randint(2, 5)),
        "major_accident": world.rng.random() < 0.05,
    }


def rectification(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was done about it."""
    how = ("已按处理意见返工完成，自检合格", "已拆除重做，工序照片齐全", "整改完毕，已通知监理复查")
    return {
        "rectified_on": _minute(world.now),
        "rectified_how": world.rng.choice(how),
        "rectified_photos": [world.photo("整改后.jpg")],
    }


def recheck(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The re-check finds it in order."""
    return {"recheck_result": "pass"}


STORIES: dict[str, Story] = {
    "EN-18": Story(
        briefing,
        {
            "site_survey": survey,
            "minor_defect_opinion": minor_defects,
            "customer_talk": talk,
            "briefing_assessment": assessment,
            "joint_signature": joint_signature,
            "delivery": delivery,
        },
    ),
    "EN-21": Story(concealed_works, {"supervisor_check": supervisor_check, "customer_sign": customer_sign}),
    "EN-25": Story(notice, {"rectification": rectification, "recheck": recheck}),
}
