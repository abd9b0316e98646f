"""Stories of this department's forms."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories import websites
from portal.demo.story import Story, World
from portal.forms.kinds import Ref

# DS-07 设计稿确认单


def draft(world: World) -> dict[str, Any]:
    """A design draft of some pages."""
    pages = ("首页", "产品中心", "产品详情页", "新闻列表", "关于我们", "案例展示", "联系我们", "会员登录")
    notes = (
        "整体采用蓝灰色系，首屏突出主营产品，导航固定在顶部",
        "以企业标准色为主色，栏目区块留白加大，移动端单列排版",
        "沿用客户现有LOGO，首页横幅三张轮换，正文字号16px",
    )
    project = world.project("web", "design")
    finished = websites.since_start(project, world.today - timedelta(days=world.rng.randint(0, 2)))
    return {
        "project": project,
        "pages": [
            {
                "page": page,
                "file": [world.file(f"{page}设计稿.pdf")],
                "note": world.rng.choice((None, "含移动端", "两个方案")),
            }
            for page in world.rng.sample(pages, world.rng.randint(2, 4))
        ],
        "design_notes": world.rng.choice(notes),
        "changes_since_last": None,
        "acceptance_checklist": None,
        "planned_on": finished + timedelta(days=world.rng.randint(-1, 2)),
        "finished_on": finished,
        "preview_link": world.rng.choice(
            (None, f"https://preview.example.com/site{world.rng.randint(10, 99)}")
        ),
    }


def self_check(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The designer finds the draft in order."""
    items = ("导航及栏目", "色彩与LOGO", "行距列距统一", "字体字号")
    remarks = (None, None, "已按规范核对", "已与客户标准色比对")
    return {
        "self_check_points": [
            {"item": item, "result": "pass", "remark": world.rng.choice(remarks)} for item in items
        ]
    }


def customer_confirm(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The customer agrees."""
    remarks = (None, "同意，请按此稿制作", "整体满意，联系页地图可再放大一些", "确认，无其他修改")
    return {"customer_remarks": world.rng.choice(remarks), "confirmed_on": world.today}


# PL-17 建设用地规划许可证申请表

ROADS = ("纬七路（科技大道至滨河路段）道路工程", "东环路北延市政道路工程")
PLOTS = ("科技大道以东、纬五路以北", "滨河路与中兴街交叉口西南角", "高新区三号地块", "老城片区改造B-07地块")


def land_permit(world: World) -> dict[str, Any]:
    """An application with its four materials; roads bring the site opinion."""
    rng = world.rng
    project = world.project("permit", "land_permit")
    road = world.project_facts(project).get("project_kind") == "municipal_road"
    basis = world.record("PL-15", "PL-04", project=project) or world.number("PL-15", project=project)
    opinion = world.number("PL-13", project=project) if road else None
    uses = ("城镇道路用地",) if road else ("二类居住用地", "一类工业用地", "商业商务混合用地")
    building = f"总建筑面积约{rng.randint(2, 12)}.{rng.randint(0, 9)}万平方米，共{rng.randint(3, 12)}栋"
    length = f"道路全长{rng.randint(600, 2400)}米，红线宽{rng.choice((24, 30, 36))}米"
    issued = world.today - timedelta(days=rng.randint(20, 120))
    return {
        "project": project,
        "construction_unit": rng.choice(("恒远置业有限公司", "恒远建设发展有限公司", "恒远城市开发有限公司")),
        "legal_representative": rng.choice(("李建国", "周文涛", "陈立新")),
        "location": rng.choice(ROADS if road else PLOTS),
        "land_area": Decimal(rng.randint(8_000, 96_000)) + Decimal(rng.randint(0, 99)) / 100,
        "land_use": rng.choice(uses),
        "scale": length if road else building,
        "basis_document": basis,
        "site_opinion": opinion,
        "pre_examination_no": f"国土预审〔{issued.year}〕{rng.randint(10, 240)}号",
        "pre_examination_issuer": rng.choice(("市国土资源局", "高新区国土分局")),
        "pre_examination_issue_date": issued,
        "pre_examination_expiry_date": issued + timedelta(days=3 * 365),
        "pre_examination_scan": [world.file("土地预审意见.pdf")],
        "materials": _materials(world, basis, opinion),
    }


def _materials(world: World, basis: Ref, opinion: Ref | None) -> list[dict[str, Any]]:
    """The four rows of the checklist."""
    rows: tuple[tuple[str, bool, Ref | None], ...] = (
        ("建设单位填报的建设用地规划许可证申请表", True, None),
        ("项目建议书或可行性研究报告", True, basis),
        ("规划部门核发的选址意见书", opinion is not None, opinion),
        ("国土部门合法的土地预审意见", True, None),
    )
    return [
        {
            "item": item,
            "copies": world.rng.choice((1, 2, 3)) if ready else None,
            "seals": world.rng.choice(("公章", "公章、法定代表人章")) if ready else None,
            "ready": ready,
            "paper": paper,
            "file": [],
        }
        for item, ready, paper in rows
    ]


def materials_check(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing is missing."""
    return {"materials_complete": True}


def sealing(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The seals on the copies."""
    return {
        "sealed_copies": world.rng.randint(2, 6),
        "seal_kinds": world.rng.choice((["company_seal"], ["company_seal", "legal_representative_seal"])),
    }


def submission(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The papers are handed in; most are accepted at once."""
    accepted = world.rng.random() < 0.8
    return {
        "submitted_on": world.today,
        "acceptance_no": f"受理{world.today.year}-{world.rng.randint(1000, 9999)}" if accepted else None,
        "accepted_on": world.today if accepted else None,
        "supplements_asked": None if accepted else "总平面图补盖设计单位出图章，三日内补齐",
    }


def permit_result(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The permit is granted."""
    return {
        "decision": "granted",
        "land_permit_no": f"地字第{world.today.year}{world.rng.randint(10_000, 99_999)}号",
        "land_permit_issuer": world.rng.choice(("规划局", "市规划局", "高新区规划分局")),
        "land_permit_issue_date": world.today,
        "land_permit_expiry_date": world.today + timedelta(days=365),
        "land_permit_scan": [world.file("建设工程用地规划许可证.pdf")],
    }


STORIES: dict[str, Story] = {
    "DS-07": Story(draft, {"self_check": self_check, "customer_confirm": customer_confirm}),
    "PL-17": Story(
        land_permit,
        {
            "materials_check": materials_check,
            "seal": sealing,
            "submission": submission,
            "land_permit_result": permit_result,
        },
    ),
}
