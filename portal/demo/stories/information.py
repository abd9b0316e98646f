"""Stories of the information centre: plans, pieces of information, monthly reports, notes between departments, bulletins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE, day, months_later
from portal.queries import information

# IC-13 信息收集计划

PLANS = (
    (
        "日常信息收集计划",
        "同行业价格与新品、顾客意见、供应商交期、政策法规变动",
        "生产、技术、经营、质量各方面",
    ),
    ("板材价格专项信息收集计划", "主要板材、型钢的出厂价和现货价，每周两次", "华东地区主要钢厂和市场"),
    ("同行新品动态收集计划", "同行业企业新产品、展会发布、专利公告", "叉车、输送线两类产品"),
    ("法规标准更新收集计划", "建筑、特种设备、数据安全的法规和标准修订", "国家和地方主管部门网站"),
)
SOURCES = (
    ("中国机电贸易网", "website", "www.example.cn"),
    ("钢铁价格周刊", "newspaper", "010-65541234"),
    ("恒泰机械有限公司", "company_of_the_trade", "0512-63330000"),
    ("华宇钢材贸易", "supplier", "021-58881234"),
    ("客户服务部回访记录", "department", None),
    ("城东物流园业主委员会", "customer", "13800138000"),
)


def plan(world: World) -> dict[str, Any]:
    """A plan for half a year or longer, with two or three steps."""
    rng, today = world.rng, world.today
    title, content, scope = rng.choice((PLANS[0], *PLANS))
    sources = rng.sample(SOURCES, rng.randint(2, 4))
    last = today + timedelta(days=rng.randint(240, 360))
    steps = ("确定来源和联系人", "按周收集并登记", "整理结果并评价来源")
    return {
        "plan_title": title,
        "content": content,
        "scope": scope,
        "time_from": today,
        "time_limit": last,
        "steps": [
            {"step": step, "owner": world.person("information_officer"), "due": today + timedelta(days=days)}
            for step, days in zip(steps, (10, 120, 230), strict=True)
        ],
        "quantity_limit": rng.choice(("每月不少于20条", "每周2至5条", "每月不超过40条")),
        "use_limit": rng.choice(("供采购定价和经营决策", "供产品改进和市场开拓", "供管理评审输入")),
        "kind_limit": rng.choice(("价格、新品、政策", "顾客意见、质量问题", "法规、标准")),
        "sources": [
            {
                "name": name,
                "kind": kind,
                "contact": contact,
                "cost": Decimal(rng.choice((0, 200, 480, 600))),
                "value": rng.choice(("high", "medium", "low")),
            }
            for name, kind, contact in sources
        ],
        "budget": Decimal(3000) if rng.random() < 0.6 else None,
    }


# IC-01 信息收集登记表

PIECES = (
    (
        "purchasing",
        "supplier",
        "external",
        "华宇钢材贸易",
        "热轧板现货价上调",
        "华宇钢材通知，下周起热轧板每吨上调120元，已订合同不受影响",
    ),
    (
        "operations",
        "company_of_the_trade",
        "external",
        "恒泰机械有限公司",
        "同行推出锂电叉车新系列",
        "恒泰在苏州展会发布2至3吨锂电叉车，报价比我司同类低约5%",
    ),
    (
        "quality",
        "customer",
        "external",
        "城东物流园业主委员会",
        "顾客反映门机噪音偏大",
        "业主反映3号门机夜间运行噪音明显，已有两户提出意见",
    ),
    (
        "technology",
        "website",
        "external",
        "中国机电贸易网",
        "新版安全标准征求意见",
        "工业车辆安全标准修订稿公开征求意见，涉及制动距离和警示灯要求",
    ),
    (
        "production",
        "department",
        "internal",
        "工程部例会",
        "喷涂线节拍可提高",
        "工程部试行双枪喷涂，单件节拍由9分钟降至7分钟，漆面合格率未下降",
    ),
    (
        "operations",
        "newspaper_or_periodical",
        "external",
        "钢铁价格周刊",
        "四季度钢价预测",
        "周刊预计四季度钢价小幅回落，建议推迟非急需采购",
    ),
    (
        "purchasing",
        "supplier",
        "external",
        "同力液压",
        "液压阀交期延长",
        "供应商告知进口液压阀交期由4周延长至7周，建议提前备货",
    ),
    (
        "other",
        "website",
        "external",
        "市住建局网站",
        "施工扬尘检查通知",
        "主管部门下月开展扬尘专项检查，现场须配喷淋和在线监测",
    ),
)


def piece(world: World) -> dict[str, Any]:
    """Something that somebody came upon, under a plan that holds."""
    rng = world.rng
    area, kind, origin, source, title, content = rng.choice(PIECES)
    found, first = _plan(world)
    at = world.now - timedelta(minutes=rng.randint(5, 90))
    return {
        "plan": found,
        "collected_at": world.now if first is not None and day(at) < first else at,
        "origin": origin,
        "source_kind": kind,
        "source_name": source,
        "subject_area": area,
        "title": f"{title}（{world.today:%m}月{world.today:%d}日）",
        "content": content,
        "value": rng.choice(("high", "medium", "medium", "low")),
        "attachments": [world.file("信息来源截图.pdf")] if rng.random() < 0.2 else [],
        "department": _own(world),
    }


def _plan(world: World) -> tuple[Ref, date | None]:
    """A finished plan in whose time today falls, with its first day; else a made-up paper number."""
    for _again in range(8):
        found = world.record("IC-13")
        told = world.answers_of(found) if found else {}
        if found and told and told["time_from"] <= world.today <= told["time_limit"]:
            return found, told["time_from"]
    return world.record("IC-13") or world.number("IC-13"), None


def _own(world: World) -> Ref:
    """The applicant's department; any where the applicant is made up."""
    found = information.department_of(world.applicant.id) if world.applicant.id else None
    return Ref(*found) if found else world.one("department")


def identification(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """True, useful and taken."""
    return {"is_true": True, "is_useful": True, "is_key": world.rng.random() < 0.5, "selected": True}


def verification(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing wrong with it."""
    return {"errors": "无", "repetitions": "无", "omissions": "无", "checked_correct": True}


CLASS_OF = {
    "production": "production",
    "technology": "technology",
    "operations": "market",
    "quality": "quality",
    "purchasing": "supply",
    "other": "policy",
}


def classification(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What it is; now and then other departments should know."""
    rng = world.rng
    area, own = answers["subject_area"], answers["department"]
    concerned = _others(world, own, 1) if rng.random() < 0.3 else []
    quality = (
        rng.choice(("class_b", "class_b", "class_a", "not_quality")) if area == "quality" else "not_quality"
    )
    results = (
        "对成本有影响，建议列入月度报告",
        "属实，建议有关部门关注",
        "已有应对，继续跟踪",
        "供经营决策参考",
    )
    return {
        "information_class": CLASS_OF[area],
        "analysis_result": rng.choice(results),
        "quality_class": quality,
        "departments_concerned": [{"department": one} for one in concerned],
    }


def archive(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The next code of its class."""
    given = answers["information_class"]
    letters = {
        "market": "SC",
        "supply": "GY",
        "technology": "JS",
        "production": "CP",
        "quality": "ZL",
        "policy": "ZC",
    }
    return {
        "archive_class": given,
        "archive_code": information.next_code(letters[given], world.today.year),
        "retention_years": world.rng.choice((3, 5, 10)),
        "storage_place": world.rng.choice(("门户", "门户", "信息中心2号柜")),
    }


def _others(world: World, own: Ref, many: int) -> list[Ref]:
    """Some other departments, each once."""
    found: dict[int | None, Ref] = {}
    for _again in range(40):
        one = world.one("department")
        if one.id != own.id:
            found.setdefault(one.id, one)
        if len(found) == many:
            break
    return list(found.values())


# IC-04 部门信息分析整理报告

LATE = 20  # from this day of the month on the running month is reported on


def department_report(world: World) -> dict[str, Any]:
    """A month on which the department has not reported yet, the last one first."""
    own = _headed(world)
    this = world.today.replace(day=1)
    months = [f"{months_later(this, -back):%Y-%m}" for back in range(0 if world.today.day > LATE else 1, 13)]
    free = (one for one in months if own.id not in {each.department_id for each in information.reports(one)})
    period = next(free, months[0])
    first = information.month(period)
    found = information.pieces(first, months_later(first, 1), own.id) if own.id else []
    return {
        "department": own,
        "kind": "monthly",
        "period": period,
        "items": [{"record": Ref(one.id, one.label)} for one in found],
        "sorted_information": f"本月共登记信息{len(found)}条，按来源和范围整理，重复的已合并。",
        "analysis": world.rng.choice(
            ("价格类信息集中，主要材料呈上涨趋势。", "顾客意见以交期和噪音为主。", "同行新品增多，竞争加剧。")
        ),
        "proposals": world.rng.choice(("建议采购部提前锁价。", "建议客户服务部回访有关顾客。", None)),
        "attachments": [],
    }


def _headed(world: World) -> Ref:
    """A department that reports: the applicant's, if it does."""
    own, reporting = _own(world), [Ref(*one) for one in information.departments()]
    return own if not reporting or own in reporting else world.rng.choice(reporting)


def deputy_read(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Sometimes a word from the deputy general manager."""
    return {"deputy_instruction": world.rng.choice((None, "同意上报。", "请采购部跟进价格变化。"))}


def centre_receipt(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """It is complete."""
    return {"received_complete": True}


# IC-05 信息归类分析汇总报告


def consolidated(world: World) -> dict[str, Any]:
    """The month before, or one before it that nobody has put together yet."""
    this = world.today.replace(day=1)
    months = [f"{months_later(this, -back):%Y-%m}" for back in range(1, 13)]
    period = next((one for one in months if information.consolidated(one) is None), months[0])
    priorities = (
        "重点收集板材、型钢价格和供应商交期变化",
        "重点收集同行锂电产品报价和顾客使用意见",
        "重点收集安全标准修订和地方检查要求",
    )
    return {
        "period": period,
        "classified_analysis": "市场和供应信息约占一半，质量信息以顾客意见为主，均已按类处理。",
        "flow_direction": world.rng.choice(("供应商→采购部→工程部", "顾客→客户服务部→质量部", None)),
        "inner_relation": world.rng.choice(("材料涨价与交期延长同时出现，会推高成本。", None)),
        "collection_priorities": world.rng.choice(priorities),
        "proposals": world.rng.choice(("建议对主要材料签订季度锁价协议。", "建议增加对同行新品的跟踪频次。")),
        "attachments": [],
    }


def representative(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Sometimes a word from the management representative."""
    return {
        "representative_instruction": world.rng.choice((None, "列入管理评审输入。", "请各部门按建议落实。"))
    }


# IC-06 部门间信息传递单

NOTES = (
    ("液压阀交期延长，请调整安装计划", "供应商告知交期延长三周，涉及本月三个项目，请据此调整。"),
    ("顾客反映门机噪音", "同一项目已有两户反映，请安排检查并回复处理办法。"),
    ("新版安全标准征求意见", "请各部门于期限内提出修改意见。"),
    ("联系现场停电检修时间", "周六上午停电检修，请合理安排用电作业。"),
)


def transfer(world: World) -> dict[str, Any]:
    """A note to one or two departments."""
    rng = world.rng
    own = _own(world)
    kind = rng.choice(("information_transfer", "information_transfer", "liaison_note", "major_change_alert"))
    subject, content = rng.choice(NOTES)
    receivers = _others(world, own, rng.randint(1, 2))
    asked = [rng.random() < 0.5 for _one in receivers]
    alert = kind == "major_change_alert"
    return {
        "kind": kind,
        "from_department": own,
        "to_departments": [
            {"department": one, "reply_needed": reply} for one, reply in zip(receivers, asked, strict=True)
        ],
        "subject": subject,
        "content": content,
        "source_information": world.record("IC-01") if rng.random() < 0.4 else None,
        "medium": rng.choice(("portal", "portal", "telephone", "meeting", "document")),
        "urgency": rng.choice(("normal", "normal", "same_day", "one_hour")),
        "expected_effect": "预计影响两至三周的进度和成本" if alert else None,
        "preparation": "先用库存备件顶替，并联系第二供应商" if alert else None,
        "transferred_at": world.now - timedelta(minutes=rng.randint(2, 30)),
        "reply_by": world.now + timedelta(days=3) if any(asked) and rng.random() < 0.5 else None,
        "attachments": [],
    }


def issuing_sign(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The time to sign for it is computed."""
    return {}


def receipt(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a department answers."""
    return {
        "reply": world.rng.choice(("已收到，已安排专人处理。", "已知悉，本部门计划已调整。", "已转告现场。"))
    }


def alert_read(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Sometimes an order to act."""
    if world.rng.random() < 0.5:
        return {"deputy_instruction": None, "act_by": None}
    return {"deputy_instruction": "请各部门提出应对办法。", "act_by": world.today + timedelta(days=5)}


# IC-07 例会记录(会议纪要)

MEETINGS = ("生产经营例会", "质量例会", "安全例会", "客户服务周会")


def minutes(world: World) -> dict[str, Any]:
    """A meeting of the day, with two decisions."""
    rng = world.rng
    chair = world.person(rng.choice(("general_manager", "deputy_general_manager", "quality_manager")))
    roles = (
        "engineering_manager",
        "purchasing_manager",
        "sales_manager",
        "warehouse_supervisor",
        "design_manager",
    )
    others = [world.person(role) for role in rng.sample(roles, 3)]
    people = list({one.id: one for one in (chair, world.applicant, *others)}.values())
    held = datetime.combine(world.today, datetime.min.time(), ZONE) + timedelta(hours=8, minutes=30)
    texts = ("核对本月在途订单交期并通报", "完成喷涂线节拍改进方案", "清理超期借用物品", "补齐现场安全标识")
    return {
        "meeting": rng.choice(MEETINGS),
        "held_at": min(held, world.now),
        "place": rng.choice(("二楼会议室", "第一会议室", "质量部会议室")),
        "chair": chair,
        "recorder": world.applicant,
        "attendees": [{"person": one, "present": True} for one in people],
        "topics": "通报上周计划完成情况；讨论交期和质量问题；布置本周工作。",
        "decisions": [
            {
                "decision": text,
                "owner": rng.choice(others),
                "due": world.today + timedelta(days=rng.randint(5, 20)),
                "improvement": rng.random() < 0.3,
            }
            for text in rng.sample(texts, 2)
        ],
        "attachments": [],
    }


# IC-08 简报


def bulletin(world: World) -> dict[str, Any]:
    """The next issue, for everybody or for two departments."""
    rng, year = world.rng, world.today.year
    chosen = rng.random() < 0.3
    stories = rng.sample(PIECES, 3)
    return {
        "issue_no": f"{year}年第{information.issues(year) + 1}期",
        "title": rng.choice(("本月信息简报", "市场与供应动态", "质量信息简报")),
        "period": f"{world.today:%Y-%m}",
        "items": [
            {"title": one[4], "text": f"{one[5]}。\n请有关部门结合实际安排工作。", "source": None}
            for one in stories
        ],
        "highlights": "主要材料价格继续上涨，个别进口件交期延长；顾客意见集中在噪音和交期。",
        "distribution": "departments" if chosen else "all",
        "departments": [{"department": one} for one in _others(world, _own(world), 2)] if chosen else [],
        "editor": world.applicant,
        "layout_file": [],
    }


# IC-09 板报

NOTICES = (
    ("notice", "周六停电检修通知", "本周六上午8时至12时停电检修，请提前保存资料并关闭设备电源。", True),
    ("safety", "冬季用火用电安全提示", "严禁在宿舍和库房使用明火取暖，下班前检查电源。", True),
    ("praise", "表彰优秀班组", "售后服务二组连续三个月顾客满意度第一，特此表彰。", False),
    ("quality", "质量月活动安排", "质量月期间开展“零缺陷”竞赛，方案见质量部公告栏。", False),
    ("publicity", "公司新官网上线", "新官网已上线，欢迎各部门转发并提出改进意见。", False),
)


def notice(world: World) -> dict[str, Any]:
    """A notice for some weeks, mostly on the first page."""
    rng = world.rng
    category, title, content, confirm = rng.choice(NOTICES)
    return {
        "title": title,
        "department": _own(world),
        "category": category,
        "content": content,
        "posted_from": world.today,
        "posted_to": world.today + timedelta(days=rng.randint(14, 45)),
        "place": rng.choice(
            ("portal_front_page", "portal_front_page", "portal_front_page", "department_board")
        ),
        "pictures": [world.photo("板报配图.jpg")] if rng.random() < 0.3 else [],
        "must_confirm": confirm,
    }


# IC-10 下发文件

PAPERS = (
    ("rule", "车辆使用管理规定", "规范公车申请、派车和费用报销。"),
    ("notice", "关于开展库存盘点的通知", "月底前完成全部库位盘点，盘点期间停止出入库。"),
    ("notice", "关于国庆假期值班安排的通知", "各部门安排值班人员，值班表报行政部门。"),
    ("minutes", "季度经营分析会纪要", "明确四季度经营目标和各部门分工。"),
)


def paper(world: World) -> dict[str, Any]:
    """A paper for two or three departments."""
    rng = world.rng
    kind, title, summary = rng.choice(PAPERS)
    own = _own(world)
    return {
        "document_no": f"企发〔{world.today.year}〕{rng.randint(1, 99_999)}号",
        "title": title,
        "issuing_department": own,
        "document_kind": kind,
        "content_summary": summary,
        "document_file": [world.file(f"{title}.pdf")],
        "issued_to": [
            {"department": one, "copies": rng.randint(1, 3)} for one in _others(world, own, rng.randint(2, 3))
        ],
        "effective_on": world.today + timedelta(days=rng.randint(0, 10)),
        "feedback_needed": rng.random() < 0.4,
    }


def paper_receipt(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """It has come, and is being carried out."""
    needed = answers["feedback_needed"]
    return {"received_at": world.now, "feedback": "已传达到全体人员并执行。" if needed else None}


STORIES: dict[str, Story] = {
    "IC-13": Story(plan),
    "IC-01": Story(
        piece,
        {
            "identification": identification,
            "verification": verification,
            "classification": classification,
            "archive": archive,
        },
    ),
    "IC-04": Story(department_report, {"deputy_read": deputy_read, "centre_receipt": centre_receipt}),
    "IC-05": Story(consolidated, {"representative": representative}),
    "IC-06": Story(transfer, {"issuing_sign": issuing_sign, "receipt": receipt, "deputy_read": alert_read}),
    "IC-07": Story(minutes),
    "IC-08": Story(bulletin),
    "IC-09": Story(notice),
    "IC-10": Story(paper, {"receipts": paper_receipt}),
}
