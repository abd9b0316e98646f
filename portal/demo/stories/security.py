"""Stories of information security: assets, rights of access, incidents, risks, changes, audits, training, agreements."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories import security_reviews
from portal.demo.story import Story, World
from portal.queries import access_rights, security

# IS-03 信息安全授权访问申请单

REASONS = (
    "新到岗位，日常工作需要使用",
    "参加年度盘点，需要核对数据",
    "项目期间需要查阅图纸",
    "出差期间须远程办理审批",
    "接替离岗同事的工作",
)


def access(world: World) -> dict[str, Any]:
    """A right for oneself or a colleague; one that is there already is extended, or withdrawn."""
    rng = world.rng
    person = world.applicant if rng.random() < 0.7 else world.person("employee")
    asset, rights = world.one("asset"), rng.choice(("read", "read", "write", "remote", "admin"))
    held = access_rights.standing(access_rights.key(person.id or 0, asset.id or 0, rights), world.today)
    kind = "grant" if held is None else rng.choice(("extend", "withdraw"))
    begins = world.today
    site = world.one("customer") if rng.random() < 0.2 else None
    return {
        "person": person,
        "request_kind": kind,
        "asset": asset,
        "rights": rights,
        "valid_from": None if kind == "withdraw" else begins,
        "valid_to": None if kind == "withdraw" else begins + timedelta(days=rng.choice((90, 180, 364, 365))),
        "reason": rng.choice(REASONS),
        "customer_site": site,
        "third_party": False if rng.random() < 0.5 else None,
        "attachments": [],
    }


def undertaking(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The rules are known."""
    return {
        "company_rules_read": True,
        "customer_rules_read": True if answers.get("customer_site") else None,
    }


def granting(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Set up today."""
    return {"granted_on": world.today}


# IS-06 事故响应

PROBLEMS = (
    ("收到冒充供应商的钓鱼邮件，有同事点开了附件。", ("confidentiality",), "邮件网关未拦截新变种附件"),
    ("文件服务器中午起无法访问，共享盘全部掉线。", ("availability",), "存储控制器电源模块故障"),
    ("客户网站首页被篡改，出现陌生链接。", ("integrity", "availability"), "内容管理系统插件未及时升级"),
    ("离职人员账号仍能登录门户。", ("confidentiality",), "人员离职未同步通知信息中心"),
    ("移动硬盘遗失，内有设计图纸副本。", ("confidentiality",), "违反规定使用未加密的移动介质"),
    ("电脑提示文件被加密，要求支付赎金。", ("confidentiality", "integrity", "availability"), "弱口令被猜解"),
)
MEASURES = (
    "断开受影响电脑的网络并保留现场",
    "重置相关账号口令，检查登录日志",
    "从备份恢复数据并核对完整性",
    "联系服务商更换故障部件",
    "通知相关同事不要打开可疑附件",
)
LESSONS = (
    "加强口令策略，重要系统启用双因素认证。",
    "每季度演练一次备份恢复。",
    "离职手续增加信息中心会签。",
    "对全员补充一次钓鱼邮件识别培训。",
)


def incident(world: World) -> dict[str, Any]:
    """Something is wrong, and somebody says so."""
    problem, affected, _cause = world.rng.choice(PROBLEMS)
    return {
        "found_at": _minute(world, 20, 240),
        "reporter": world.applicant,
        "asset": world.one("asset") if world.rng.random() < 0.7 else None,
        "problem": problem,
        "affected": list(affected),
        "customer_affected": world.one("customer") if world.rng.random() < 0.3 else None,
        "still_going_on": world.rng.random() < 0.5,
        "evidence": [world.file("系统日志截取.pdf")] if world.rng.random() < 0.4 else [],
    }


def triage(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Most are incidents, few of them major."""
    return {
        "is_incident": True,
        "severity": world.rng.choice(("minor", "minor", "serious", "serious", "major")),
    }


def response(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was done."""
    found = next((one for one in PROBLEMS if one[0] == answers["problem"]), PROBLEMS[0])
    at = world.now.replace(second=0, microsecond=0)
    rows = [
        {
            "time": at - timedelta(minutes=30 - 10 * place),
            "measure": measure,
            "person": world.person("security_officer"),
        }
        for place, measure in enumerate(world.rng.sample(MEASURES, 2))
    ]
    return {
        "timeline": rows,
        "recovered_at": at,
        "cause": found[2],
        "change_needed": world.rng.random() < 0.2,
    }


def customer_notice(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The customer is told."""
    return {"told_customer_at": world.now.replace(second=0, microsecond=0)}


def lessons(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What is learned of it."""
    return {"lessons": world.rng.choice(LESSONS), "report_8d": world.rng.random() < 0.15}


# IS-07 信息资产登记表

NEW_ASSETS = (
    ("投标资料库", "information", "总部机房", ("high", "medium", "medium")),
    ("视频会议终端", "equipment", "第一会议室", ("low", "low", "medium")),
    ("数据备份服务", "service", "异地机房", ("high", "high", "medium")),
    ("车间数据采集网关", "equipment", "生产车间", ("medium", "medium", "high")),
    ("测试用云主机", "technology", "云服务商", ("medium", "medium", "low")),
    ("人事档案系统", "system", "总部机房", ("high", "high", "low")),
)


def registration(world: World) -> dict[str, Any]:
    """Something new to look after."""
    name, kind, place, marks = world.rng.choice(NEW_ASSETS)
    owner = world.person("department_head")
    return {
        "request_kind": "new",
        "asset_name": name,
        "asset_kind": kind,
        "owner": owner,
        "department": world.one("department"),
        "location": place,
        **dict(zip(("confidentiality", "integrity", "availability"), marks, strict=True)),
        "customer_owned": world.rng.random() < 0.1,
        "description": world.rng.choice(("随本年度预算购置", "由供应商代管，按合同验收", None)),
    }


def numbering(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The next number, or the asset's own; a year until the next review."""
    found = security.asset(answers["asset"].id) if answers.get("asset") else None
    return {
        "asset_no": found.code if found else security.next_code(),
        "next_review_on": world.today + timedelta(days=world.rng.randint(330, 365)),
    }


# IS-12 变更请求

CHANGES = (
    (
        "升级数据库补丁",
        "安装本季度安全补丁并重启服务",
        "补丁修复已公开的漏洞",
        "测试环境验证登录、查询和报表",
        "恢复补丁前的虚拟机快照",
    ),
    (
        "更换防火墙策略",
        "关闭不再使用的远程端口",
        "审核发现多余端口开放",
        "逐条验证业务端口可用",
        "导入变更前的策略备份",
    ),
    (
        "扩充存储容量",
        "增加两块硬盘并扩展卷",
        "剩余空间低于一成",
        "检查读写速度和告警",
        "移除新盘，恢复原卷配置",
    ),
    (
        "调整备份计划",
        "由每周改为每日增量备份",
        "缩短可能丢失的数据",
        "抽取三个文件恢复验证",
        "恢复原备份计划",
    ),
)
EFFECTS = ("升级期间系统不可用，其余时间无影响", "个别远程人员须重新连接", "业务高峰外实施，影响较小")


def change(world: World) -> dict[str, Any]:
    """Something is to be changed, with a way back."""
    rng = world.rng
    title, description, reason, test, back_out = rng.choice(CHANGES)
    planned = (world.now + timedelta(days=rng.randint(1, 5), hours=2)).replace(second=0, microsecond=0)
    return {
        "asset": world.one("asset"),
        "title": title,
        "change_kind": rng.choice(("standard", "normal", "normal", "emergency")),
        "description": description,
        "reason": reason,
        "risk_level": rng.choice(("low", "medium", "medium", "high")),
        "risk_and_impact": rng.choice(EFFECTS),
        "test_plan": test,
        "back_out_plan": back_out,
        "planned_at": planned,
        "downtime_minutes": rng.choice((None, 15, 30, 60)),
        "customer_affected": world.one("customer") if rng.random() < 0.15 else None,
    }


def implementation(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Mostly it works."""
    succeeded = world.rng.random() < 0.9
    return {
        "implemented_at": world.now.replace(second=0, microsecond=0),
        "succeeded": succeeded,
        "verified_by": world.person("information_officer"),
        "back_out_result": None if succeeded else "验证不通过，已按回退方案恢复，业务正常。",
    }


# IS-14 人员培训记录

TOPICS = (
    (
        "信息安全意识及钓鱼邮件识别",
        "information_security",
        "口令管理、钓鱼邮件识别、移动介质使用、事故报告方法。",
    ),
    ("信息安全年度培训", "information_security", "信息安全方针、资产分级、授权访问和变更管理要求。"),
    ("质量记录填写要求", "quality", "记录填写、更正和归档的要求，常见错误讲评。"),
    ("施工技术交底流程", "procedure", "交底会签、时间变更和移交的步骤及时限。"),
    ("叉车安全操作", "job_skill", "点检、装卸和停放的操作要点，现场实操。"),
)


def training(world: World) -> dict[str, Any]:
    """A few people in a room, one of them now and then missing."""
    rng = world.rng
    topic, kind, content = rng.choice(TOPICS)
    people = {one.id: one for one in (world.person("employee") for _seat in range(rng.randint(3, 7)))}
    trainees = []
    for person in people.values():
        there = rng.random() < 0.93
        score = rng.randint(55, 100) if there else None
        trainees.append(
            {
                "person": person,
                "signed": world.signature("签到.png") if there else None,
                "score": score,
                "passed": there and (score or 0) >= 60,
            }
        )
    return {
        "topic": topic,
        "training_kind": kind,
        "trained_at": _minute(world, 60, 600),
        "hours": Decimal(rng.choice((1, 2, 3, 4))),
        "trainer": rng.choice(("钟毅", "夏雨桐", "外聘讲师 蔡老师", "梁正平")),
        "place": rng.choice(("第一会议室", "培训教室", "生产车间")),
        "document": None,
        "content": content,
        "trainees": trainees,
        "materials": [world.file("培训课件.pdf")] if rng.random() < 0.5 else [],
    }


def filing(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Who was missing comes again."""
    failed = any(row["passed"] is False for row in answers["trainees"])
    plan = world.rng.choice(("下月第一个周五补训，由部门通知到人。", "两周内观看录像并补考。"))
    return {"absentees_repeat": plan if failed else None}


# IS-17 服务级别协议

REQUIREMENTS = (
    ("4.2", "客户数据只用于合同约定的用途，不得转交第三方"),
    ("5.1", "系统可用率每月不低于99.5%"),
    ("6.3", "发生影响客户的事故后二十四小时内书面告知"),
    ("7.1", "服务人员进入客户系统须使用专用账号并留存日志"),
    ("8.2", "合同终止后三十日内删除客户数据并出具证明"),
)
PARTNERS = {
    "ola": ("信息中心与售后服务部", "信息中心与各工程项目部"),
    "underpinning_contract": ("湖州云桥数据服务有限公司", "浙北通信运营公司"),
    "law": ("全国人大常委会《网络安全法》", "全国人大常委会《数据安全法》"),
    "external_policy": ("市建设主管部门信息安全要求", "行业协会数据分类指引"),
}


def agreement(world: World) -> dict[str, Any]:
    """What was agreed, or what a law demands."""
    rng = world.rng
    kind = rng.choice(("sla", "sla", "contract", "ola", "underpinning_contract", "law", "external_policy"))
    customer = world.one("customer") if kind in ("sla", "contract") else None
    begins = world.today + timedelta(days=rng.randint(0, 20))
    rows = [
        {
            "clause": clause,
            "requirement": text,
            "owner": world.person(rng.choice(("security_officer", "information_centre_head"))),
            "state": rng.choice(("open", "met", "met")),
        }
        for clause, text in rng.sample(REQUIREMENTS, rng.randint(2, 4))
    ]
    levels = [{"item": "响应时间", "target": "工作时间两小时内", "measure": "服务台记录按月统计"}]
    return {
        "agreement_kind": kind,
        "agreement_no": f"{kind[:3].upper()}-{world.today.year}-{rng.randint(1, 999):03d}",
        "customer": customer,
        "partner": customer.text if customer else rng.choice(PARTNERS[kind]),
        "services": "网站托管、设备远程维护及数据备份" if customer else "信息系统运行及数据保护",
        "levels": levels if kind in ("sla", "ola") else [],
        "requirements": rows,
        "valid_from": begins,
        "valid_to": None
        if kind in ("law", "external_policy")
        else begins + timedelta(days=rng.choice((364, 729))),
        "agreement_file": [world.file("协议文本.pdf")],
    }


def partner_signs(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Signed today."""
    return {"signed_on": world.today}


def _minute(world: World, least: int, most: int) -> datetime:
    """A moment so many minutes ago."""
    return (world.now - timedelta(minutes=world.rng.randint(least, most))).replace(second=0, microsecond=0)


STORIES: dict[str, Story] = {
    "IS-03": Story(access, {"undertaking": undertaking, "security_grant": granting}),
    "IS-06": Story(
        incident,
        {
            "triage": triage,
            "response": response,
            "customer_notice": customer_notice,
            "management_close": lessons,
        },
    ),
    "IS-07": Story(registration, {"security_check": numbering}),
    "IS-12": Story(change, {"implementation": implementation}),
    "IS-14": Story(training, {"hr_file": filing}),
    "IS-17": Story(agreement, {"partner_sign": partner_signs}),
    **security_reviews.STORIES,
}
