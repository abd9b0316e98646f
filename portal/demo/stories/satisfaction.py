"""Stories of the surveys among customers and employees."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.forms.quality.customer_survey import Item
from portal.forms.quality.employee_satisfaction_survey import BANDS
from portal.forms.quality.employee_satisfaction_survey import ITEMS as EMPLOYEE_ITEMS
from portal.forms.quality.overall_satisfaction_survey import OverallAnswer
from portal.forms.quality.product_satisfaction_survey import ProductAnswer
from portal.forms.quality.service_satisfaction_survey import ServiceAnswer
from portal.forms.quality.survey_words import MODULES, STANDARD, USUAL
from portal.queries import surveys

# QA-10, QA-11, QA-12 顾客满意度调查表

CONTACTS = ("王海燕", "刘志刚", "孙丽娟", "赵国栋", "何晓明", "郑雅芳", "马俊杰", "徐静")
SAID = {
    "overall": (
        None,
        "希望交货前一天电话通知",
        "备件价格偏高，希望有年度协议价",
        "安装师傅很专业，文件资料可以再完整些",
        "希望增加操作培训",
    ),
    "service": (
        None,
        "报修电话有时要等几分钟才有人接",
        "工程师到场很快，处理得很仔细",
        "希望每次维修后留一份书面说明",
    ),
    "product_quality": (
        None,
        "叉车运行平稳，个别备件的漆面容易划伤",
        "质量稳定，希望随货附合格证",
        "防护罩固定得牢，安全方面放心",
    ),
}


def questionnaire(module: str, world: World) -> dict[str, Any]:
    """A questionnaire sent to a customer of the plan."""
    products = ("叉车3台", "室内装修工程", "企业网站建设", "输送线及备件", "净化设备2套", None)
    survey = world.number("QA-13")
    planned = [
        row["customer"] for row in world.answers_of(survey).get("customers") or () if module in row["modules"]
    ]
    return {
        "survey": survey,
        "customer": world.rng.choice(planned) if planned else world.one("customer"),
        "contact_person": world.rng.choice(CONTACTS),
        "contact_phone": f"1{world.rng.choice('3578')}{world.rng.randint(100_000_000, 999_999_999)}",
        "products_bought": world.rng.choice(products),
        "sent_on": world.today,
        "answer_by": world.today + timedelta(days=world.rng.choice((10, 14, 20))),
        "answer_way": world.rng.choice(("link", "link", "paper", "telephone", "interview")),
    }


def customer_answer(
    module: str, items: tuple[Item, ...], world: World, answers: Mapping[str, Any]
) -> dict[str, Any]:
    """The customer's marks: mostly good, now and then one is low."""
    low = world.rng.choice(items).name if world.rng.random() < 0.15 else ""
    scores = {
        one.name: Decimal(
            round(one.full * world.rng.uniform(*(0.4, 0.58) if one.name == low else (0.76, 1)) * 2)
        )
        / 2
        for one in items
    }
    return {
        **scores,
        "suggestions": world.rng.choice(SAID[module]),
        "answered_by": answers["contact_person"],
        "answered_on": world.today,
        "customer_signature": world.signature("顾客签字.png") if world.rng.random() < 0.5 else None,
        "paper_scan": [world.file("满意度调查表扫描.pdf")] if answers["answer_way"] == "paper" else [],
    }


def _questionnaires(module: str, items: tuple[Item, ...]) -> Story:
    return Story(partial(questionnaire, module), {"customer_answer": partial(customer_answer, module, items)})


# QA-13 顾客满意度得分汇总折算表


def plan(world: World) -> dict[str, Any]:
    """A few customers, each about everything; weights as usual."""
    customers: dict[int | None, Ref] = {}
    for _once in range(world.rng.randint(3, 5)):
        one = world.one("customer")
        customers[one.id] = one
    return {
        "year": world.today.year,
        "survey_from": world.today,
        "survey_to": world.today + timedelta(days=world.rng.choice((28, 35, 42))),
        "customers": [{"customer": one, "modules": list(MODULES)} for one in customers.values()],
        "weights": [
            {"module": module, "owner": owner, "weight": weight, "standard": STANDARD}
            for module, owner, _department, weight in USUAL
        ],
        "method": "优先发送一次性链接；两周内没有答复的电话回访，年纪较大的联系人寄送纸质问卷。",
        "employee_survey_planned": world.rng.random() < 0.5,
    }


def assessment(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What the year's scores mean."""
    missed = [row for row in answers["module_scores"] if not row["reached"]]
    due = world.today + timedelta(days=world.rng.randint(30, 60))
    return {
        "assessment_text": "有模块未达到准则，须采取纠正措施。"
        if missed
        else "各模块均达到准则，较上年稳中有升。",
        "analysis": world.rng.choice(
            (
                "扣分主要集中在交货期和备件价格，服务响应得分最高。",
                "现场服务得分提高明显，资料完整性和培训仍是薄弱环节。",
                "顾客对质量安全普遍认可，问题重复出现的意见较上年减少。",
            )
        ),
        "improvement_chances": "交货进度提前告知；备件实行年度协议价；交付资料清单化。",
        "improvement_actions": [
            {
                "action": "交货前一日由计划员电话通知顾客",
                "owner": world.person("production_manager"),
                "due": due,
            },
            {"action": "编制备件年度协议价目表", "owner": world.person("sales_manager"), "due": due},
        ],
    }


# QA-16 员工满意度调查表

WISHES = (
    None,
    None,
    "希望夜班食堂有热菜",
    "建议每季度组织一次技能培训",
    "车间夏天通风要加强",
    "新流程上线前希望先讲解一遍",
    "部门之间传话太多，希望直接在系统里沟通",
)


def ballot(world: World) -> dict[str, Any]:
    """What an employee has written on paper."""
    rng = world.rng
    return {
        "year": world.today.year,
        "department": world.one("department"),
        "years_in_company": rng.choice((None, *BANDS)),
        **{name: Decimal(rng.randint(26, 38)) / 2 for name in EMPLOYEE_ITEMS},
        "suggestions": rng.choice(WISHES),
    }


# QA-17 员工满意度评定、分析及改进报告


def report(world: World) -> dict[str, Any]:
    """What comes of the year's answers."""
    due = world.today + timedelta(days=world.rng.randint(30, 75))
    this = world.today.year
    return {
        "year": next((this - ago for ago in range(5) if not surveys.report_of(this - ago)), this),
        "assessment": "总体满意，各部门参与情况良好。",
        "analysis": world.rng.choice(
            (
                "培训与成长得分最低，意见集中在外出培训机会少。",
                "工作环境得分提高，薪酬福利仍有提升空间。",
            )
        ),
        "improvements": [
            {"action": "制定年度培训计划并公示名额", "owner": world.person("hr_manager"), "due": due},
            {"action": "车间加装通风设备", "owner": world.person("production_manager"), "due": due},
        ],
        "attachments": [],
    }


def roll_up(_world: World, _answers: Mapping[str, Any]) -> dict[str, Any]:
    """A word on the customers who have not answered."""
    return {"missing_reason": "已电话催收两次，未答复的顾客明年优先走访。"}


STORIES: dict[str, Story] = {
    "QA-10": _questionnaires("overall", OverallAnswer.items),
    "QA-11": _questionnaires("service", ServiceAnswer.items),
    "QA-12": _questionnaires("product_quality", ProductAnswer.items),
    "QA-13": Story(plan, {"score_roll_up": roll_up, "assessment": assessment}),
    "QA-16": Story(ballot),
    "QA-17": Story(report),
}
