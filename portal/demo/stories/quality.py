"""Stories of this department's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from portal.demo.stories import quality_core, quality_goods, satisfaction
from portal.demo.story import Story, World

# QA-15 纠正预防8D报告

SOURCES = ("QA-01", "QA-05", "CS-59", "QA-13")  # of an 8D report
CASES = (
    (
        "门板表面划伤批量不良",
        "本月交付门板中有12件表面划伤，顾客要求更换",
        "周转车层板无软垫，搬运时相互摩擦",
        "出货检验只抽检外包装，未开箱查看表面",
        "周转车加装软垫并编入点检表",
        "修改搬运作业指导书和出货检验规程",
    ),
    (
        "交货期延误",
        "两个月内三张订单延迟交付，最长延误6天",
        "外协件到货计划没有预警，短缺到装配时才发现",
        "生产计划会未核对外协件到货情况",
        "建立外协件到货三日预警，采购员每日更新",
        "将外协件到货检查写入生产计划流程",
    ),
    (
        "卫生间返水渗漏返修",
        "竣工两周后顾客反映卫生间门槛处渗水",
        "门槛石下未做止水坎，防水层收口不到位",
        "闭水试验只做24小时且未查看门槛外侧",
        "补做止水坎，重做收口并闭水48小时",
        "防水验收表增加门槛外侧检查项",
    ),
    (
        "备件发错型号",
        "售后备件两次发错型号，顾客停机等待",
        "库位标签与料号不一致，拣货凭经验",
        "出库无人复核型号",
        "全库标签重新核对，出库扫码复核",
        "出库作业规定增加双人复核",
    ),
)


def report(world: World) -> dict[str, Any]:
    """A problem and the team that takes it up."""
    subject, problem, *_rest = world.rng.choice(CASES)
    leader = world.person(
        world.rng.choice(("production_manager", "engineering_manager", "after_sales_manager"))
    )
    members = (
        (leader, "组织分析、落实措施"),
        (world.person("quality_inspector"), "数据收集与验证"),
        (world.person("production_engineer"), "工艺分析"),
    )
    return {
        "source_record": world.record(*SOURCES) or world.number(world.rng.choice(SOURCES)),
        "subject": subject,
        "responsible_department": world.one("department"),
        "team_leader": leader,
        "team": [{"person": person, "task": task} for person, task in members],
        "problem": problem,
        "found_on": world.today - timedelta(days=world.rng.randint(0, 4)),
        "customer": world.one("customer") if world.rng.random() < 0.6 else None,
        "product": world.one("product") if world.rng.random() < 0.5 else None,
        "attachments": [],
    }


def _case(answers: Mapping[str, Any]) -> tuple[str, ...]:
    return next((case for case in CASES if case[0] == answers["subject"]), CASES[0])


def containment(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was done at once."""
    actions = ("隔离库存和在途批次，全数复检", "派人到顾客现场处理并致歉", "暂停同批发货，待复检合格后放行")
    return {
        "interim_actions": [
            {"action": action, "owner": answers["team"][index]["person"], "done_on": world.today}
            for index, action in enumerate(world.rng.sample(actions, world.rng.randint(1, 2)))
        ]
    }


def root_cause(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Why it happened, and why nobody saw it."""
    case = _case(answers)
    return {
        "root_cause_text": case[2],
        "escape_cause": case[3],
        "cause_method": world.rng.choice(("five_whys", "fishbone", "trial")),
    }


def corrective_action(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What takes the cause away."""
    due = world.today + timedelta(days=world.rng.randint(7, 20))
    actions = [{"action": _case(answers)[4], "owner": answers["team_leader"], "due": due}]
    if world.rng.random() < 0.5:
        trained = {"action": "对相关岗位人员培训并考核", "owner": world.person("production_manager")}
        actions.append({**trained, "due": due + timedelta(days=5)})
    return {"corrective_actions": actions}


def implementation(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """How it went."""
    results = ("连续三批抽检未再出现同类问题", "试运行两周，问题未复发", "跟踪20件，全部合格", None)
    return {"implemented": "纠正措施已按期全部落实", "trial_result": world.rng.choice(results)}


def prevention(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What keeps it from coming back elsewhere."""
    changed = world.rng.random() < 0.5
    documents = ("出货检验规程", "搬运作业指导书", "采购控制程序", "出库作业规定")
    return {
        "preventive_actions": f"{_case(answers)[5]}，并推广到同类工序",
        "documents_to_change": world.rng.choice(documents) if changed else None,
    }


def verification(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The measures work."""
    return {"effective": True}


def closing(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody learned."""
    lessons = (
        "措施有效，同类问题未再发生；对小组成员通报表扬",
        "经验已在质量例会上分享，建议各部门对照自查",
        "小组按期完成，感谢各位成员的配合",
    )
    return {"lessons": world.rng.choice(lessons)}


STORIES: dict[str, Story] = {
    "QA-15": Story(
        report,
        {
            "containment": containment,
            "root_cause": root_cause,
            "corrective_action": corrective_action,
            "implementation": implementation,
            "prevention": prevention,
            "verification": verification,
            "closing": closing,
        },
    ),
    **quality_goods.STORIES,
    **quality_core.STORIES,
    **satisfaction.STORIES,
}
