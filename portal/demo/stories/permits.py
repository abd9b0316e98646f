"""Stories of the permit tracker and of the first half of the permits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo import carried_over
from portal.demo.stories.design import PLOTS, materials_check, sealing, submission
from portal.demo.story import Story, World
from portal.domain import projects as kinds
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.queries import project_papers, projects

UNITS = ("恒远置业有限公司", "恒远建设发展有限公司", "恒远城市开发有限公司")
ROADS = ("科技大道", "东环路", "滨河东路", "纬七路", "中兴街", "创业路", "梧桐路", "清水路")
NAMES = ("云栖里", "科创园", "人才公寓", "滨江天地", "智造产业园", "文澜雅苑", "城北物流中心", "湖滨商务中心")
PARTS = ("一期", "二期", "三期", "南区", "北区", "A地块", "B地块", "C地块")
SPANS = (60, 75, 80, 110, 100, 130, 120, 150, 175, 185, 170, 220, 260)  # days until each procedure is through


def tracker(world: World) -> dict[str, Any]:
    """A project that needs its permits."""
    rng = world.rng
    kind = rng.choices(tuple(kinds.PERMIT_KINDS), (2, 1, 5))[0]
    if kind == "municipal_road":
        name, plot = f"{rng.choice(ROADS)}{rng.choice(('北延', '南延', '拓宽', '改造'))}工程", "道路红线范围"
    elif kind == "other_municipal":
        name, plot = (
            f"{rng.choice(ROADS)}{rng.choice(('雨污分流', '公交首末站', '泵站'))}工程",
            rng.choice(PLOTS),
        )
    else:
        name, plot = f"{rng.choice(NAMES)}{rng.choice(PARTS)}", rng.choice(PLOTS)
    area = Decimal(rng.randint(8_000, 60_000))
    first = world.today + timedelta(days=rng.randint(0, 20))
    facts = {"project_kind": kind}
    return {
        "project_name": f"{name}（{rng.randint(1, 99)}号）",
        "project_kind": kind,
        "construction_unit": rng.choice(UNITS),
        "plot": f"{plot}{rng.randint(1, 40)}号",
        "location": rng.choice(("高新区", "滨河新城", "老城片区", "科技园区")),
        "land_area": area,
        "floor_area": None if kind == "municipal_road" else area * 2,
        "air_defence_kind": rng.choice(("on_site", "off_site")) if kind == "not_municipal" else None,
        "civil_works_start": first + timedelta(days=300),
        "officer": world.person("planning_officer"),
        "stages": [
            {"planned_on": first + timedelta(days=span) if stage.applies(facts) else None}
            for stage, span in zip(kinds.PERMIT.stages, SPANS, strict=True)
        ],
    }


def finish(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Everything is through; else the project is given up, as nothing else ends it."""
    project = projects.opened_by([answers.get("@record_id") or 0])
    open_ = project and any(one.row.applies and not one.passed for one in projects.stages(project))
    reasons = ("土地竞买未中标，项目取消", "集团投资计划调整，本项目不再实施", "地块规划调整，改由政府收储")
    return {
        "outcome": "ended" if open_ else "completed",
        "end_reason": world.rng.choice(reasons) if open_ else None,
        "finished_on": world.today,
    }


def change(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Another way to build the air defence, and a later day for the last procedure."""
    kind, former = answers["project_kind"], answers.get("air_defence_kind")
    planned = (row["planned_on"] for row in answers["stages"])
    last = max((one for one in planned if one and one > world.today), default=world.today)
    moved = "不具备就地建设条件，改为易地建设" if former == "on_site" else "经人防部门同意改为就地建设"
    return {
        "new_project_kind": kind,
        "new_air_defence_kind": {"on_site": "off_site", "off_site": "on_site"}.get(former or ""),
        "new_days": [{"stage": "drawing_review", "planned_on": last + timedelta(days=30)}],
        "change_reason": moved if kind == "not_municipal" else "设计方案调整，施工图送审顺延",
    }


def project_at(world: World, stage: str, code: str) -> Ref:
    """A project that may be at the stage and for which no such application is under way."""
    for _try in range(6):
        found = world.project("permit", stage)
        if found.id is None or project_papers.under_way(found.id, code) is None:
            return found
    if "project" in getattr(world, "hints", {}):
        return found
    row = carried_over.project(world, "permit", stage)
    return Ref(row.id, row.label)


def of_project(world: World, project: Ref, name: str, otherwise: Any) -> Any:
    """What the project's tracker says, else something."""
    return world.project_facts(project).get(name) or otherwise


def materials(world: World, *items: tuple[str, bool, Ref | None]) -> list[dict[str, Any]]:
    """The rows of a materials list; what is not ready is said to be not needed."""
    return [
        {
            "item": item,
            "copies": world.rng.choice((1, 2, 3)) if ready else None,
            "seals": world.rng.choice(("公章", "公章、法定代表人章")) if ready else None,
            "ready": ready,
            "paper": paper,
            "file": [],
            "remark": None if ready else "不需要",
        }
        for item, ready, paper in items
    ]


def paper(world: World, prefix: str, no: str, issuer: str, scan: str, *, years: int = 0) -> dict[str, Any]:
    """The five answers about a paper that was issued some time ago."""
    issued = world.today - timedelta(days=world.rng.randint(5, 60))
    return {
        f"{prefix}_no": no,
        f"{prefix}_issuer": issuer,
        f"{prefix}_issue_date": issued,
        f"{prefix}_expiry_date": issued + timedelta(days=365 * years) if years else None,
        f"{prefix}_scan": [world.file(scan)],
    }


def granted(world: World, prefix: str, no: str, issuer: str, scan: str, *, years: int = 0) -> dict[str, Any]:
    """A paper that is issued today."""
    told = paper(world, prefix, no, issuer, scan)
    ends = world.today + timedelta(days=365 * years) if years else None
    return told | {
        "decision": "granted",
        f"{prefix}_issue_date": world.today,
        f"{prefix}_expiry_date": ends,
    }


# PL-02 土地招拍挂手续或国土意见申请


def land(world: World) -> dict[str, Any]:
    """A plot to be bid for, or an opinion to be asked for."""
    rng = world.rng
    project = project_at(world, "land", "PL-02")
    tender = rng.random() < 0.6
    start = Decimal(rng.randint(2_000, 9_000)) * 10_000
    until = world.now.astimezone(ZONE).replace(hour=16, minute=0, second=0, microsecond=0)
    letter = rng.random() < 0.7
    return {
        "project": project,
        "application_kind": "tender_auction_or_listing" if tender else "land_opinion",
        "construction_unit": of_project(world, project, "construction_unit", rng.choice(UNITS)),
        "plot": of_project(world, project, "plot", rng.choice(PLOTS)),
        "land_area": Decimal(of_project(world, project, "land_area", rng.randint(8_000, 60_000))),
        "land_use": rng.choice(("二类居住用地", "一类工业用地", "商业商务混合用地")),
        "plot_ratio": Decimal(rng.choice(("1.8", "2.0", "2.2", "2.5"))),
        "starting_price": start if tender else None,
        "deposit": start / 5 if tender else None,
        "bid_until": until + timedelta(days=rng.randint(10, 25)) if tender else None,
        "materials": materials(
            world,
            ("申请书", True, None),
            ("营业执照复印件", True, None),
            ("法定代表人身份证明", True, None),
            ("授权委托书", letter, None),
            ("资信证明", tender, None),
        ),
    }


def land_result(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The plot is won, or the opinion given."""
    tender = answers["application_kind"] == "tender_auction_or_listing"
    year, number = world.today.year, world.rng.randint(10, 320)
    no = f"{year}出让第{number}号" if tender else f"国土资函〔{year}〕{number}号"
    price = answers["starting_price"] * 11 / 10 if tender and answers.get("starting_price") else None
    return {
        **granted(world, "land_paper", no, "国土局", "土地出让合同.pdf" if tender else "国土意见.pdf"),
        "paper_kind": "land_grant_contract" if tender else "land_opinion",
        "land_price": price,
    }


# PL-04 项目可行性研究报告或项目申请报告


def report(world: World) -> dict[str, Any]:
    """A report is ordered from a compiler."""
    rng = world.rng
    return {
        "project": project_at(world, "report", "PL-04"),
        "report_kind": rng.choice(("feasibility_study", "project_application_report")),
        "compiler": rng.choice(("省工程咨询中心", "中建工程咨询有限公司", "华东投资咨询研究院")),
        "compiler_qualification": rng.choice(("工程咨询单位甲级", "工程咨询单位乙级")),
        "contract_date": world.today - timedelta(days=rng.randint(1, 10)),
        "scale": f"总建筑面积约{rng.randint(2, 12)}.{rng.randint(0, 9)}万平方米，配套道路及绿化",
        "investment": Decimal(rng.randint(3_000, 40_000)) * 10_000,
        "funding": rng.choice(("企业自筹", "企业自筹30%，银行贷款70%", "财政拨款")),
        "report_version": rng.choice(("送审稿", "报批稿")),
        "finish_by": world.today + timedelta(days=rng.randint(20, 45)),
    }


def delivery(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The compiler hands the report over."""
    return {
        "delivered_on": world.today,
        "report_file": [world.file("可行性研究报告.pdf")],
        "copies": world.rng.choice((4, 6, 8)),
    }


# PL-05 规划设计条件申请文件


def planning_conditions(world: World) -> dict[str, Any]:
    """The conditions of a plot are asked for, with the committee's letter."""
    rng = world.rng
    project = project_at(world, "conditions", "PL-05")
    mapped = rng.random() < 0.8
    letter = "管委会关于同意办理某地块规划设计条件的函"
    year = world.today.year
    return {
        "project": project,
        "construction_unit": of_project(world, project, "construction_unit", rng.choice(UNITS)),
        "plot": of_project(world, project, "plot", rng.choice(PLOTS)),
        "land_area": Decimal(of_project(world, project, "land_area", rng.randint(8_000, 60_000))),
        "intended_use": rng.choice(("居住及配套商业", "研发办公及中试厂房", "商业商务办公")),
        "requested_plot_ratio": Decimal(rng.choice(("1.8", "2.0", "2.2"))),
        "requested_height": Decimal(rng.choice((54, 80, 100))),
        "requested_density": Decimal(rng.choice((22, 25, 30))),
        "requested_green": Decimal(rng.choice((30, 35))),
        "application_text": "因项目建设需要，拟在该地块实施开发，现申请出具规划设计条件",
        **paper(world, "consent_letter", f"管委函〔{year}〕{rng.randint(5, 90)}号", "管委会", "同意函.pdf"),
        "materials": materials(
            world, ("规划设计条件申请文件", True, None), (letter, True, None), ("用地红线图", mapped, None)
        ),
    }


def conditions_result(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The bureau gives its conditions."""
    no = f"规条〔{world.today.year}〕{world.rng.randint(10, 180)}号"
    summary = "容积率不大于2.0，建筑密度不大于25%，绿地率不小于35%，限高80米"
    return {
        **granted(world, "conditions", no, "规划局", "规划设计条件.pdf", years=1),
        "conditions_summary": world.rng.choice((summary, None)),
    }


# PL-08 核准请示


def approval(world: World) -> dict[str, Any]:
    """The bureau is asked to approve the project, or to put it on record."""
    rng = world.rng
    project = project_at(world, "approval", "PL-08")
    conditions = world.number("PL-05", project=project)
    tender = world.number("PL-11", project=project)
    year = world.today.year
    return {
        "project": project,
        "construction_unit": of_project(world, project, "construction_unit", rng.choice(UNITS)),
        "approval_kind": rng.choice(("approval", "record")),
        "request_to": rng.choice(("审批局", "高新区审批局")),
        "request_text": "本项目前期论证已完成，资金已落实，特此请示，请予批复",
        "scale": f"新建建筑面积{rng.randint(2, 12)}万平方米及配套设施",
        "investment": Decimal(rng.randint(3_000, 40_000)) * 10_000,
        "report": world.number("PL-04", project=project),
        "conditions": conditions,
        "tender_form": tender,
        **paper(world, "agreement", f"投协〔{year}〕{rng.randint(1, 60)}号", "投资方", "投资协议.pdf"),
        **paper(
            world,
            "licence",
            f"9133050{rng.randint(10**9, 10**10 - 1)}",
            "市场监督管理局",
            "营业执照.pdf",
            years=10,
        ),
        "materials": materials(
            world,
            ("核准请示", True, None),
            ("核准说明", True, None),
            ("投资协议", True, None),
            ("企业营业执照", True, None),
            ("规划设计条件", True, conditions),
            ("招标不招标申请表", True, tender),
        ),
    }


def explanation(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Why the project is needed and what it does to its surroundings."""
    return {
        "necessity": world.rng.choice(("完善片区配套，满足产业人口居住需求", "补齐片区路网，缓解交通压力")),
        "siting_and_land": "选址符合土地利用总体规划，不占基本农田",
        "resources_and_environment": "用水用电接入市政管网，施工期扬尘和噪声按规定控制",
        "social_benefit": "建成后可提供就业岗位，带动周边商业",
    }


def approval_result(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The certificate is issued."""
    certificate = answers["approval_kind"] == "approval"
    name = "核准证" if certificate else "备案证"
    no = f"{world.today.year}-330502-{world.rng.randint(10_000, 99_999)}"
    return {
        **granted(world, "approval", no, "审批局", f"{name}.pdf", years=2),
        "result_kind": "approval_certificate" if certificate else "record_certificate",
    }


# PL-11 招标不招标申请表


def tender(world: World) -> dict[str, Any]:
    """Most parts are put out to tender, small ones mostly not."""
    rng = world.rng
    project = project_at(world, "approval", "PL-11")
    total = Decimal(rng.randint(3_000, 40_000)) * 10_000
    shares = {"survey": 1, "design": 3, "building": 55, "installation": 18, "supervision": 2, "equipment": 10}
    left = set(rng.sample(("survey", "design", "supervision"), rng.randint(0, 2)))
    return {
        "project": project,
        "construction_unit": of_project(world, project, "construction_unit", rng.choice(UNITS)),
        "items": [
            _tender_item(world, item, item not in left, total * share / 100) for item, share in shares.items()
        ],
        "total_investment": total,
        "funding": rng.choice(("企业自筹", "企业自筹30%，银行贷款70%")),
        "no_tender_reason": "单项合同估算价低于必须招标的规模标准" if left else None,
        "legal_basis": "《必须招标的工程项目规定》第五条" if left else None,
        "attachments": [],
    }


def _tender_item(world: World, item: str, put_out: bool, amount: Decimal) -> dict[str, Any]:
    return {
        "item": item,
        "tender": put_out,
        "scope": world.rng.choice(("all", "all", "part")) if put_out else None,
        "organisation": world.rng.choice(("own", "agency")) if put_out else None,
        "way": world.rng.choice(("open", "open", "invited")) if put_out else None,
        "amount": amount,
    }


def sealed(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The approved application is sealed."""
    return {"sealed_copies": world.rng.randint(2, 6)}


# PL-13 选址意见书申请表


def site_opinion(world: World) -> dict[str, Any]:
    """A municipal road needs the opinion on its site."""
    rng = world.rng
    project = project_at(world, "site_opinion", "PL-13")
    letter, length = world.number("PL-05", project=project), rng.randint(6, 32) * 100
    width = rng.choice((24, 30, 36, 42))
    return {
        "project": project,
        "construction_unit": of_project(world, project, "construction_unit", rng.choice(UNITS)),
        "proposed_site": f"{rng.choice(ROADS)}至{rng.choice(ROADS)}",
        "land_area": Decimal(length * width),
        "road_class": rng.choice(("城市主干路", "城市次干路", "城市支路")),
        "road_length": Decimal(length),
        "road_width": Decimal(width),
        "scale": f"道路全长{length}米，红线宽{width}米，含排水、照明、绿化",
        "site_reason": "符合城市总体规划路网，沿线拆迁量小",
        "consent_letter": letter,
        "materials": materials(
            world,
            ("建设单位填报的选址意见书申请表", True, None),
            ("管委会关于同意办理某地块规划设计条件的函", True, letter),
            ("选址位置图", rng.random() < 0.8, None),
        ),
    }


def opinion_result(world: World, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The opinion is issued."""
    no = f"选字第{world.today.year}{world.rng.randint(10_000, 99_999)}号"
    return granted(world, "site_opinion", no, "规划部门", "选址意见书.pdf", years=1)


# PL-15 项目建议书


def proposal(world: World) -> dict[str, Any]:
    """A project is proposed."""
    rng = world.rng
    project = project_at(world, "land_permit", "PL-15")
    return {
        "project": project,
        "construction_unit": of_project(world, project, "construction_unit", rng.choice(UNITS)),
        "necessity": rng.choice(("片区路网不完善，通行压力大", "产业集聚后配套居住不足")),
        "site": of_project(world, project, "plot", rng.choice(PLOTS)),
        "scale": f"总建筑面积约{rng.randint(2, 12)}万平方米",
        "investment": Decimal(rng.randint(3_000, 40_000)) * 10_000,
        "funding": rng.choice(("企业自筹", "企业自筹30%，其余银行贷款")),
        "schedule": f"{world.today.year}年完成前期手续，次年开工，工期24个月",
        "benefit": "投资回收期约八年，并可改善片区环境",
        "conclusion": "项目建设必要、条件具备，建议立项",
        "proposal_file": [world.file("项目建议书.pdf")],
    }


def _application(opening: Any, result: str, told: Any, **more: Any) -> Story:
    """An application that goes over the counter."""
    stages = {"materials_check": materials_check, "seal": sealing, "submission": submission, result: told}
    return Story(opening, {**more, **stages})


STORIES: dict[str, Story] = {
    "PL-01": Story(tracker, {"finish": finish, "change": change}),
    "PL-02": _application(land, "land_bureau_result", land_result),
    "PL-04": Story(report, {"compiler_delivery": delivery}),
    "PL-05": _application(planning_conditions, "planning_bureau_result", conditions_result),
    "PL-08": _application(
        approval, "project_approval_result", approval_result, approval_explanation=explanation
    ),
    "PL-11": Story(tender, {"gm_approval": sealed}),
    "PL-13": _application(site_opinion, "site_opinion_result", opinion_result),
    "PL-15": Story(proposal),
}
