"""Stories of what is judged each year: the risks of the information assets, and how departments keep the rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.forms.quality.own import department_of
from portal.forms.quality.risk_assessment_stages import label

LIKELIHOOD = "1 几乎不会；2 不大可能；3 有可能；4 很可能；5 几乎必然"
IMPACT = "1 轻微；2 较小；3 中等；4 严重；5 灾难性"
ACCEPTABLE = 9
DANGERS = (
    ("钓鱼邮件", "员工识别能力不足", "开展专项培训并做一次模拟演练"),
    ("勒索软件", "补丁更新滞后", "每月集中安装补丁，离线保存备份"),
    ("硬件故障", "没有备机", "购置备机并签订四小时到场服务"),
    ("越权访问", "账号没有定期复核", "每季度复核授权并停用闲置账号"),
    ("机房断电", "不间断电源容量不足", "扩充不间断电源并每半年放电测试"),
    ("资料遗失", "移动介质未加密", "统一配发加密介质，停用其他介质"),
)
OWNERS = ("information_centre_head", "engineering_manager", "customer_service_director", "finance_supervisor")


def assessment(world: World) -> dict[str, Any]:
    """Several dangers to several assets."""
    rng = world.rng
    rows = [
        {
            "asset": world.one("asset"),
            "source": source,
            "weakness": weakness,
            "likelihood": rng.randint(1, 5),
            "impact": rng.randint(2, 5),
        }
        for source, weakness, _measure in rng.sample(DANGERS, rng.randint(3, 5))
    ]
    rows[0] |= {"likelihood": 4, "impact": 4}
    return {
        "year": world.today.year,
        "scope": rng.choice(("总部机房及办公网络", "门户、财务和设计系统", "全部信息资产")),
        "criteria_version": "A/1",
        "likelihood_scale": LIKELIHOOD,
        "impact_scale": IMPACT,
        "acceptance_level": ACCEPTABLE,
        "risks": rows,
        "assessed_on": world.today,
        "team": "钟毅、任致远、卢一鸣",
    }


def plan(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Every important risk is treated."""
    measures = {source: measure for source, _weakness, measure in DANGERS}
    return {
        "treatments": [
            {
                "risk": label(row),
                "option": world.rng.choice(("reduce", "reduce", "reduce", "transfer")),
                "measure": measures.get(row["source"], DANGERS[0][2]),
                "owner": world.person(world.rng.choice(OWNERS)),
                "due": world.today + timedelta(days=world.rng.randint(30, 120)),
            }
            for row in answers["risks"]
            if row["important"]
        ]
    }


def acceptance(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Mostly little is left; now and then more than the level, for a while."""
    rows = []
    for risk in dict.fromkeys(row["risk"] for row in answers["treatments"]):
        high = world.rng.random() < 0.25
        rows.append(
            {
                "risk": risk,
                "level": 10 if high else world.rng.choice((3, 4, 6, 8)),
                "accepted": True,
                "valid_until": world.today + timedelta(days=world.rng.randint(60, 300)) if high else None,
                "reason": "设备更换须等下年度预算，期间加强监控" if high else None,
            }
        )
    return {"residual_risks": rows}


# IS-13 审核报告

FACTS = (
    ("个别电脑未设置锁屏口令", "A.7.7", "minor", "电脑交接时未检查设置", "统一下发锁屏策略并抽查"),
    ("离职人员账号逾期一周才停用", "A.5.18", "minor", "离职信息没有同步", "离职手续增加信息中心会签"),
    ("备份恢复没有演练记录", "A.8.13", "major", "演练计划没有责任人", "指定责任人，每季度演练一次"),
    ("门禁登记本个别栏目空白", "A.7.2", "observation", "", ""),
    ("机房出入登记与监控时间不一致", "A.7.2", "observation", "", ""),
)


def audit(world: World) -> dict[str, Any]:
    """Two departments are audited by people of others."""
    rng = world.rng
    departments: dict[int | None, Ref] = {}
    while len(departments) < 2:
        found = world.one("department")
        departments[found.id] = found
    begins = world.today - timedelta(days=rng.randint(2, 6))
    rows = [
        {"department": one, "date": begins + timedelta(days=1), "auditor": _auditor(world, one)}
        for one in departments.values()
    ]
    weights = (4, 4, 1, 4, 4)
    findings = [
        {"department": one, "fact": fact, "clause": clause, "grade": grade}
        for one in departments.values()
        for fact, clause, grade, *_rest in rng.choices(FACTS, weights)
    ]
    return {
        "audit_year": world.today.year,
        "scope": "信息安全管理体系运行情况",
        "criteria": "ISO/IEC 27001 附录A、公司信息安全管理规定",
        "audited_departments": rows,
        "audit_from": begins,
        "audit_to": begins + timedelta(days=2),
        "findings": findings,
        "conclusion": "体系运行基本有效，请各部门按期完成纠正措施。",
        "attachments": [world.file("审核检查表.pdf")] if rng.random() < 0.5 else [],
    }


def _auditor(world: World, department: Ref) -> Ref:
    """Somebody who does not work there."""
    for role in ("security_officer", "hr_manager", "quality_inspector"):
        person = world.person(role)
        own = department_of(person)
        if own is None or own.id != department.id:
            return person
    return world.person("engineering_manager")


def answer(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What a department does about what was found."""
    _fact, _clause, _grade, cause, measure = world.rng.choice(FACTS[:3])
    return {
        "finding_disputed": False,
        "cause": cause,
        "corrective_measure": measure,
        "measure_due": world.today + timedelta(days=world.rng.randint(14, 45)),
    }


STORIES: dict[str, Story] = {
    "IS-08": Story(assessment, {"treatment_plan": plan, "residual_acceptance": acceptance}),
    "IS-13": Story(
        audit,
        {
            "departments_answer": answer,
            "auditor_opinion": lambda world, answers: {"auditor_opinion": "事实有记录为证，建议维持。"},
            "dispute_decision": lambda world, answers: {
                "finding_upheld": True,
                "decision_reason": "证据充分，请部门补充措施。",
            },
        },
    ),
}
