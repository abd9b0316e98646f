"""Stories of building sites: the weekly call, the look at the site, suggestions of those who work there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World

# EN-29 每周客户电话联系记录

CALLS = (
    ("水电定位已完成，约定周四到现场确认开关插座高度", "插座高度按图，无异议", None),
    (
        "瓷砖到货推迟两天，说明原因并调整工序",
        "可以理解，希望不影响竣工日期",
        "瓷砖到场后加派一组瓦工，三天内补回进度",
    ),
    ("防水施工完毕，通知闭水试验时间", "周末到场查看", "闭水试验前一天再电话提醒客户"),
    ("增加阳台储物柜，说明须办理变更", "同意按变更单增加费用", "三天内出变更图和报价"),
    ("汇报本周木工吊顶进度，提醒确认灯具型号", None, None),
)
COMPLAINTS = (
    "电梯厅堆放的沙子两天没有清走，邻居已经投诉，要求当天处理",
    "约定上午到场量尺，等到下午没有人来，对安排很不满意",
)


def call(world: World) -> dict[str, Any]:
    """A call of this week; now and then nobody answers, or the customer complains."""
    matters, opinion, action = world.rng.choice(CALLS)
    told = {
        "project": world.project("works"),
        "customer": world.one("customer"),
        "called_at": _before(world, world.rng.randint(10, 90)),
        "person": world.rng.choice(("周先生", "沈女士", "项目代表吴工", "物业经理钱先生")),
    }
    chance = world.rng.random()
    if chance < 0.1:
        return {**told, "reached": False, "matters": "拟告知本周进度，电话无人接听，已发短信，明天再拨"}
    complaint = world.rng.choice(COMPLAINTS) if chance < 0.15 else None
    return {
        **told,
        "reached": True,
        "matters": matters,
        "customer_opinion": complaint or opinion,
        "complaint": complaint is not None,
        "agreed_action": action,
        "action_due": world.today + timedelta(days=world.rng.randint(1, 3)) if action else None,
    }


# EN-30 工地安全文明检查及隐患整改记录

SAFETY = ("临时用电", "动火管理", "高处作业", "消防器材", "个人防护", "机具安全")
CIVILISED = ("材料堆放", "垃圾清运", "成品保护", "施工时间及噪音", "标识牌", "人员着装秩序")
HAZARDS = {
    "临时用电": ("二级配电箱漏电保护器失灵", "停用该配电箱，更换漏电保护器并试跳"),
    "动火管理": ("焊接作业点没有接火盆和看火人", "停止动火，补办动火证，配接火盆和看火人"),
    "高处作业": ("移动脚手架没有护栏，脚轮未锁", "加装护栏和挡脚板，使用前锁定脚轮"),
    "消防器材": ("木工区灭火器压力不足", "更换两具灭火器，按区域复查数量"),
    "个人防护": ("切割石材未戴护目镜和防尘口罩", "当场配发，班前会重申"),
    "机具安全": ("台锯防护罩被拆除", "装回防护罩，未装好前停用"),
}
TRADES = (
    ("水电工", "墙面开槽、布管"),
    ("木工", "吊顶龙骨安装"),
    ("瓦工", "卫生间墙砖铺贴"),
    ("油漆工", "墙面批嵌"),
)


def look(world: World) -> dict[str, Any]:
    """A weekly look at a site; one in three finds something."""
    failed = world.rng.sample(SAFETY, world.rng.choices((0, 1, 2), (6, 2, 1))[0])
    safe = world.rng.random() > 0.05
    told = {
        "project": world.project("works"),
        "checked_at": _before(world, world.rng.randint(20, 120)),
        "weather": world.rng.choice(("晴", "多云", "阴，有零星小雨", "小雨")),
        "trades_on_site": [
            {"trade": trade, "workers": world.rng.randint(1, 5), "work": work}
            for trade, work in world.rng.sample(TRADES, world.rng.randint(1, 3))
        ],
        "work_done": world.rng.choice(("吊顶龙骨完成六成", "厨卫防水第二遍涂刷", "水电管线全部到位，待验收")),
        "safety_checks": [_checked(item, item in failed) for item in SAFETY],
        "civilised_checks": [_checked(item, False) for item in CIVILISED],
        "hazards": [
            {
                "hazard": HAZARDS[item][0],
                "measure": HAZARDS[item][1],
                "owner": world.person("foreman"),
                "limit": world.today + timedelta(days=world.rng.randint(1, 2)),
            }
            for item in failed
        ],
        "customer_property_safe": safe,
        "photos": [world.photo(f"工地现场{n}.jpg") for n in range(1, world.rng.randint(2, 4))],
    }
    return told if safe else {**told, "property_finding": "客户存放的两扇木门边角磕碰，已隔离并拍照"}


def eliminated(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The hazards are gone."""
    return {
        "eliminated_on": max(_before(world, 10), answers["checked_at"]),
        "eliminated_how": world.rng.choice(
            ("已逐条整改，班组长签字确认", "当场停工整改，复查后恢复施工", "更换到位并试验合格，照片附后")
        ),
    }


def _checked(item: str, failed: bool) -> dict[str, Any]:
    return {
        "item": item,
        "result": "fail" if failed else "pass",
        "remark": HAZARDS[item][0] if failed else None,
    }


# EN-32 合理化建议表

IDEAS = (
    (
        "瓷砖集中切割",
        "site_organisation",
        "每户现场切割，粉尘大，余料多",
        "在仓库设集中切割点，按排版图编号配送到户",
        "减少现场粉尘，损耗由百分之六降到百分之三",
        "36000",
    ),
    (
        "隐蔽工程统一拍照点位",
        "quality",
        "拍照角度不一，日后查找管线困难",
        "每个房间四个固定点位，照片带卷尺和房间牌",
        "维修时能准确定位管线，减少误打",
        None,
    ),
    (
        "配电箱送电前双人复核",
        "safety",
        "临时配电箱由一人接线送电",
        "接线人与复核人分开，复核后挂牌送电",
        "减少临时用电隐患",
        None,
    ),
    (
        "回访电话并入每周联系",
        "service",
        "客服与工长同一周各打一次电话，客户嫌烦",
        "由工长每周联系时带问三个固定问题，客服汇总",
        "每个项目每周少一次电话",
        "8000",
    ),
)


def idea(world: World) -> dict[str, Any]:
    """What somebody would do better."""
    subject, area, state, proposal, benefit, saving = world.rng.choice(IDEAS)
    return {
        "subject": subject,
        "area": area,
        "department": world.one("department"),
        "present_state": state,
        "proposal": proposal,
        "expected_benefit": benefit,
        "expected_saving": Decimal(saving) if saving else None,
        "attachments": [world.photo("现状照片.jpg")] if world.rng.random() < 0.3 else [],
    }


def opinion(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The department takes it up."""
    said = ("可行，先在一个项目试行", "与现有做法不冲突，建议推广", "投入不大，同意采纳")
    return {"adopted": True, "opinion": world.rng.choice(said)}


def approval(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """How it is carried out; most proposers get something for it."""
    return {
        "plan": f"{answers['subject']}：下月起在两个项目试行，三个月后总结推广",
        "reward": Decimal(world.rng.choice((200, 500, 800))) if world.rng.random() < 0.7 else None,
    }


def _before(world: World, minutes: int) -> datetime:
    return (world.now - timedelta(minutes=minutes)).replace(second=0, microsecond=0)


STORIES: dict[str, Story] = {
    "EN-29": Story(call),
    "EN-30": Story(look, {"elimination": eliminated}),
    "EN-32": Story(idea, {"department_opinion": opinion, "deputy_approval": approval}),
}
