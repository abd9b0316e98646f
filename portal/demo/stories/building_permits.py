"""Stories of the permits from the scheme to the reviewed construction drawings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories.building_permit_papers import (
    STEPS,
    areas,
    drawings,
    of_project,
    paper,
    ready,
    result,
)
from portal.demo.story import Story, World
from portal.forms.kinds import Ref

Answers = Mapping[str, Any]

# PL-19 项目总评图或设计方案

INDICES = (
    ("land_area", "按红线图", "{land}m2"),
    ("floor_area", "≤{most}m2", "{floor}m2"),
    ("plot_ratio", "≤2.2", "2.{ratio}"),
    ("density", "≤28%", "2{ratio}.4%"),
    ("green_ratio", "≥30%", "3{ratio}.2%"),
    ("height", "≤54m", "5{ratio}.6m"),
    ("parking", "≥320个", "33{ratio}个"),
)


def scheme(world: World) -> dict[str, Any]:
    """What a design unit is to deliver."""
    rng = world.rng
    project = world.project("permit", "scheme")
    floor = rng.randint(38_000, 96_000)
    numbers = {
        "land": floor // 2,
        "floor": floor,
        "most": floor + rng.randint(100, 900),
        "ratio": rng.randint(0, 2),
    }
    chosen = [*INDICES[:3], *rng.sample(INDICES[3:], rng.randint(2, 4))]
    return {
        **of_project(world, project, "design_unit"),
        "design_qualification": rng.choice(("建筑行业（建筑工程）甲级", "建筑行业乙级")),
        "conditions": world.number("PL-05", project),
        "indices": [
            {"item": item, "required": asked.format(**numbers), "designed": designed.format(**numbers)}
            for item, asked, designed in chosen
        ],
        "drawings": drawings(
            rng, ("总平面图", "竖向设计图", "交通组织图", "建筑平立剖面图", "日照分析图"), "ZP"
        ),
        "customer_service_input": world.record("CS-11", project=project) if rng.random() < 0.5 else None,
        "finish_by": world.today + timedelta(days=rng.randint(12, 30)),
    }


def scheme_delivery(world: World, answers: Answers) -> dict[str, Any]:
    """The scheme comes."""
    return {"scheme_file": [world.file("设计方案文本.pdf")], "delivered_on": world.today}


def booklets(world: World, answers: Answers) -> dict[str, Any]:
    """The booklets and the files come."""
    return {"paper_booklets": world.rng.randint(1, 6), "dwg_sets": world.rng.randint(1, 2)}


# PL-20 建设工程设计方案送审单, PL-21 建设工程设计方案审核意见表


def scheme_submission(world: World) -> dict[str, Any]:
    """An accepted scheme with both seals."""
    rng = world.rng
    project = world.project("permit", "scheme_review")
    named, opinion = world.number("PL-19", project), world.number("PL-21", project)
    floor = rng.randint(38_000, 96_000)
    return {
        **of_project(world, project, "construction_unit", "design_unit"),
        "scheme": named,
        "floor_area": Decimal(floor),
        "indices_summary": f"总建筑面积{floor}m2，容积率2.1，建筑密度26%，绿地率31%，停车位335个。",
        "review_opinion_form": opinion,
        "design_institute_sealed": True,
        "company_sealed": True,
        "paper_copies": rng.randint(2, 6),
        "materials": ready(
            world,
            ("建设工程设计方案送审单(纸质盖设计院及建设公司公章)", None),
            ("建设工程设计方案审核意见表", opinion),
            ("方案册纸质一套", named),
            ("平立剖图纸dwg格式电子版一套", None),
        ),
    }


def scheme_result(world: World, answers: Answers) -> dict[str, Any]:
    """The bureau agrees, and sends its notice."""
    review = paper(world, "scheme_review", "规审", "规划局", "方案审核意见单.pdf")
    notice = paper(world, "notice", "规通", "规划局", "设计方案审核通知单.pdf")
    return {"decision": "granted", **review, **notice}


POINTS = (
    "规划指标符合规划条件",
    "总平面布局",
    "建筑退界及间距",
    "交通及停车",
    "消防",
    "绿地及景观",
    "公共设施",
    "日照",
)
REMARKS = (None, None, None, "已按规划条件逐项核对", "地下车库出入口与城市道路夹角需在施工图中细化")


def review_opinion(world: World) -> dict[str, Any]:
    """What is looked at in a scheme."""
    rng = world.rng
    project = world.project("permit", "scheme_review")
    results = ("pass", "pass", "pass", "pass", "pass", "not_applicable")
    return {
        "project": project,
        "scheme": world.number("PL-19", project),
        "review_points": [
            {"item": item, "result": rng.choice(results), "remark": rng.choice(REMARKS)} for item in POINTS
        ],
        "design_unit_statement": rng.choice(
            (
                "方案采用南北向行列式布局，主要出入口设在南侧规划道路，消防车道成环。",
                "本版调整了高层退界和地下车库出入口位置，日照经软件复核满足大寒日两小时。",
            )
        ),
        "reviewed_by": rng.choice(("规划局", "市规划局用地科")),
        "attachments": [world.file("日照分析报告.pdf")] if rng.random() < 0.5 else None,
    }


def internal_opinion(world: World, answers: Answers) -> dict[str, Any]:
    """The planning department has no objection."""
    said = ("指标符合规划条件，同意报规划部门审核。", "总图布局合理，同意送审，施工图阶段优化无障碍坡道。")
    return {"planning_opinion": world.rng.choice(said)}


def known_problems(world: World, answers: Answers) -> dict[str, Any]:
    """What went wrong before is avoided."""
    return {"known_problems_avoided": True}


def authority_opinion(world: World, answers: Answers) -> dict[str, Any]:
    """The authority agrees."""
    said = ("原则同意该方案，请按程序报送。", "同意，注意与北侧规划绿带的衔接。")
    return {"opinions": world.rng.choice(said), "verdict": "agreed"}


# PL-24, PL-25 人防, PL-26 明细表


def basement_letter(world: World) -> dict[str, Any]:
    """A letter for a basement here, or for building it elsewhere."""
    rng = world.rng
    project = world.project("permit", "air_defence")
    here = _here(world, project)
    floor = rng.randint(30_000, 90_000)
    required = Decimal(floor * 5 // 100)
    reason = "地质勘察显示地下水位高且为流砂层，无法满足防空地下室施工条件，申请易地建设并缴纳易地建设费。"
    return {
        **of_project(world, project, "construction_unit"),
        "addressed_to": rng.choice(("审批局(人防)", "市人民防空办公室")),
        "air_defence_kind": "on_site" if here else "off_site",
        "floor_area": Decimal(floor),
        "required_area": required,
        "planned_area": required + rng.randint(0, 120) if here else Decimal(0),
        "off_site_reason": None if here else reason,
        "application_text": "按照人民防空法的规定，现申请办理本项目结合民用建筑修建防空地下室手续。",
        "copies": 1,
    }


def letter_sealing(world: World, answers: Answers) -> dict[str, Any]:
    """Every copy is sealed."""
    return {"sealed_copies": answers["copies"]}


def basement_application(world: World) -> dict[str, Any]:
    """The application with its licence and its materials; building elsewhere needs fewer of them."""
    rng = world.rng
    project = world.project("permit", "air_defence")
    letter, notice = world.number("PL-24", project), world.number("PL-20", project)
    here, asked = _here(world, project), world.answers_of(letter)
    floor = asked.get("floor_area") or Decimal(rng.randint(30_000, 90_000))
    extra = (
        ("人防工程设计和审查单位的资质复印件、审查合格证及审查报告各一份", None),
        ("审查合格的全套施工图和电子光盘一张", None),
        ("立项文件", world.record("PL-08", project=project)),
        ("建设项目总平图、建筑平立剖图(三章)", None),
        ("总建筑面积、建筑层数、首层建筑面积、基础埋深明细表", None),
    )
    return {
        **of_project(world, project, "construction_unit"),
        "air_defence_kind": "on_site" if here else "off_site",
        "application_letter": letter,
        "form_copies": 2,
        "scheme_notice": notice,
        "floor_area": floor,
        "storeys": rng.randint(6, 18),
        "ground_floor_area": Decimal(int(floor) // 12),
        "foundation_depth": Decimal(rng.randint(40, 78)) / 10,
        "basement_class": "核6常6级" if here else None,
        "planned_area": asked.get("planned_area", Decimal(int(floor) // 20 if here else 0)),
        "area_schedule": None,
        **paper(world, "administrative_licence", "行审", "审批局", "行政审批许可书.pdf", days=20),
        "materials": ready(
            world,
            ("《结合民用建筑修建防空地下室申请书》", letter, 1),
            ("《结合民用建筑修建防空地下室申请表》", None, 2),
            ("建设工程设计方案审核通知单复印件", notice),
            ("建设工程规划申请附件", None),
            ("行政审批许可书", None),
            *((item, link, 1, here) for item, link in extra[:3]),
            *((item, link, 1, here and rng.random() < 0.5) for item, link in extra[3:]),
        ),
    }


def annex(world: World, answers: Answers) -> dict[str, Any]:
    """The buildings of the annex."""
    keys = ("building", "storeys", "height", "area", "use")
    rows = areas(world.rng, world.rng.randint(2, 4))
    return {
        "annex_buildings": [{key: row[key] for key in keys} for row in rows],
        "annex_file": [world.file("建设工程规划申请附件.pdf")],
    }


def on_site_papers(world: World, answers: Answers) -> dict[str, Any]:
    """What the reviewing unit hands over."""
    return {
        "review_unit": world.rng.choice(("省人防建筑设计审查中心", "天固人防图审有限公司")),
        "review_certificate_no": f"人防审〔{world.today.year}〕{world.rng.randint(10, 300)}号",
        "review_certificate_scan": [world.file("人防审查合格证及报告.pdf")],
        "qualification_copies": 1,
        "reviewed_drawing_sets": world.rng.randint(1, 3),
        "disc_count": 1,
    }


def basement_result(world: World, answers: Answers) -> dict[str, Any]:
    """The opinion is issued."""
    here = answers["air_defence_kind"] == "on_site"
    return {
        **result(world, "air_defence_opinion", "人防", "人防主管部门", "人防意见书.pdf"),
        "result_kind": "scheme_opinion" if here else "off_site_opinion",
    }


def schedule(world: World) -> dict[str, Any]:
    """The areas of some buildings."""
    rng = world.rng
    project = world.project("permit", "project_permit")
    return {
        **of_project(world, project, "design_unit", "construction_unit"),
        "buildings": [
            {
                "building": row["building"],
                "total_area": row["area"],
                "storeys": row["storeys"],
                "ground_area": Decimal(int(row["area"]) // row["storeys"]),
                "depth": Decimal(rng.randint(35, 70)) / 10,
            }
            for row in areas(rng, rng.randint(2, 5))
        ],
        "drawing_version": rng.choice(("A版", "B版", "2026-03版")),
        "copies": 1,
        "schedule_file": [world.file("面积明细表.pdf")],
    }


def design_unit_seal(world: World, answers: Answers) -> dict[str, Any]:
    """The design unit seals."""
    return {"design_unit_sealed": True}


def company_seal(world: World, answers: Answers) -> dict[str, Any]:
    """The company seals."""
    return {"company_sealed": True}


def stamped(world: World, answers: Answers) -> dict[str, Any]:
    """Drawings with all three stamps."""
    kinds = (("master_plan", "ZP-01"), ("plan", "JS-05"), ("elevation", "JS-12"), ("section", "JS-15"))
    use = world.rng.choice(("planning_permit", "air_defence", "seismic"))
    stamps = {"design_stamp": True, "energy_stamp": True, "registration_stamp": True}
    rows = [
        {"kind": kind, "no": no, "version": answers["drawing_version"], **stamps, "used_for": used}
        for used in dict.fromkeys(("planning_permit", use))
        for kind, no in kinds
    ]
    return {"drawings": [{**row, "copies": world.rng.randint(2, 4)} for row in rows]}


# PL-29, PL-30 抗震


def seismic_letter(world: World) -> dict[str, Any]:
    """A request to the authority."""
    rng = world.rng
    project = world.project("permit", "seismic")
    return {
        **of_project(world, project, "construction_unit", "location"),
        "addressed_to": rng.choice(("审批局", "市地震局")),
        "scale": f"总建筑面积约{rng.randint(3, 9)}万平方米，地上{rng.randint(6, 18)}层，地下1层。",
        "structure": rng.choice(("现浇钢筋混凝土剪力墙结构", "框架—剪力墙结构", "钢框架结构")),
        "request_text": "本项目已完成立项和用地规划手续，现就抗震设防要求请予审批。",
        "copies": rng.randint(1, 3),
        "attachments": [world.file("岩土工程勘察报告.pdf")] if rng.random() < 0.5 else None,
    }


def seismic_application(world: World) -> dict[str, Any]:
    """The application with its six materials."""
    rng = world.rng
    project = world.project("permit", "seismic")
    letter, approval, permit = (world.number(code, project) for code in ("PL-29", "PL-08", "PL-17"))
    keys = ("building", "storeys", "height", "area")
    return {
        **of_project(world, project, "construction_unit", "location"),
        "buildings": [
            {
                **{key: row[key] for key in keys},
                "structure": rng.choice(("剪力墙结构", "框架结构")),
                "importance": "标准设防类（丙类）",
            }
            for row in areas(rng, rng.randint(2, 4))
        ],
        "site_class": rng.choice(("Ⅱ类", "Ⅲ类", None)),
        "request_letter": letter,
        "conditions_kind": rng.choice(("planning_and_design_conditions", "design_requirement")),
        "approval_paper": approval,
        "land_permit": permit,
        "materials": ready(
            world,
            ("抗震设防要求请示", letter),
            ("建设工程抗震设防要求申请表", None),
            ("规划设计条件或设计要求", None),
            ("备案证或核准证", approval),
            ("建设用地规划许可证", permit),
            ("行政许可申请书", None),
        ),
    }


def licence(world: World, answers: Answers) -> dict[str, Any]:
    """The application for the licence."""
    unit = answers["construction_unit"]
    return {
        "licence_matter": "建设工程抗震设防要求审批",
        "licence_applicant": f"{unit}（法定代表人：{world.rng.choice(('李建国', '周文涛', '陈立新'))}）",
        "licence_agent": f"{world.applicant.text.split(' ')[0]} 0572-{world.rng.randint(2_000_000, 2_999_999)}",
        "licence_reason": "依据防震减灾法，建设工程须按审定的抗震设防要求设计和施工。",
    }


def seismic_result(world: World, answers: Answers) -> dict[str, Any]:
    """The opinion is issued."""
    degree = world.rng.choice(("6度，设计基本地震加速度0.05g", "7度，设计基本地震加速度0.10g"))
    told = {"fortification": f"抗震设防烈度{degree}，第一组。"}
    return {**result(world, "seismic", "震审", "审批局", "抗震设防要求审批意见书.pdf"), **told}


# PL-33 环评


def environment(world: World) -> dict[str, Any]:
    """A report on the environment."""
    rng = world.rng
    project = world.project("permit", "environment")
    return {
        **of_project(world, project, "construction_unit", "location"),
        "report_kind": rng.choice(("report", "report_form")),
        "eia_unit": rng.choice(("清源环境科技有限公司", "绿境环评咨询有限公司")),
        "eia_qualification": rng.choice(("环评甲级", "环境影响评价信用平台登记单位")),
        "main_impacts": rng.choice(
            (
                "施工期扬尘和噪声影响周边居民，运营期主要为生活污水和地下车库废气。",
                "土石方作业产生扬尘，夜间施工噪声；运营期餐饮油烟经净化后高空排放。",
            )
        ),
        "public_participation": rng.choice(("网站公示十个工作日，未收到反对意见。", None)),
        "finish_by": world.today + timedelta(days=rng.randint(20, 40)),
        "materials": ready(
            world,
            ("环评报告书或环评报告表", None),
            ("项目立项文件", world.record("PL-08", project=project)),
            ("规划设计条件", world.record("PL-05", project=project)),
            ("申请报告", None, None, rng.random() < 0.6),
        ),
    }


def report_delivery(world: World, answers: Answers) -> dict[str, Any]:
    """The report comes."""
    return {"report_file": [world.file("环境影响报告.pdf")], "delivered_on": world.today}


def site_check(world: World, answers: Answers) -> dict[str, Any]:
    """The bureau has seen the site."""
    said = ("施工场地四周设围挡和喷淋，夜间22时后停止高噪声作业。", "雨污分流，化粪池出水接入市政管网。")
    return {
        "site_checked_on": world.today,
        "environmental_requirements": world.rng.choice(said),
        "requirements_scan": [world.file("现场查验意见.pdf")],
    }


def eia_result(world: World, answers: Answers) -> dict[str, Any]:
    """The report is approved."""
    return result(world, "eia_approval", "环审", "审批局", "环评批复.pdf")


# PL-35 建设工程规划许可证, PL-37 全套施工图纸


def permit_application(world: World) -> dict[str, Any]:
    """The application with the buildings of its schedule."""
    rng = world.rng
    project = world.project("permit", "project_permit")
    land, papers, sheet = (world.number(code, project) for code in ("PL-17", "PL-02", "PL-26"))
    listed = world.answers_of(sheet).get("buildings")
    return {
        **of_project(world, project, "construction_unit", "design_unit", "location"),
        "buildings": _permitted(listed) if listed else areas(rng, rng.randint(2, 5)),
        "land_permit": land,
        "land_papers": papers,
        "stamped_drawings": sheet,
        "construction_drawings": [world.file("建筑平立剖施工图.pdf")],
        "materials": ready(
            world,
            ("《建设工程规划许可证》申请表", None),
            ("用地规划许可证和土地手续", land),
            ("建设项目总平图、建筑平立剖图(设计章、节能章、注册章)", sheet),
            ("建筑平立剖施工图", None),
            ("方案审核意见单", world.record("PL-20", project=project)),
            ("人防意见书", world.record("PL-25", project=project)),
            ("抗震审批意见书", world.record("PL-30", project=project)),
            ("环评批复", world.record("PL-33", project=project)),
        ),
    }


def _permitted(listed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The buildings of a schedule, as the application lists them."""
    return [
        {
            "building": row["building"],
            "storeys": row["storeys"],
            "height": Decimal(row["storeys"]) * 3,
            "area": row["total_area"],
            "use": "住宅",
        }
        for row in listed
    ]


def permit_result(world: World, answers: Answers) -> dict[str, Any]:
    """The permit is granted."""
    return result(world, "project_permit", "建字", "规划局", "建设工程规划许可证.pdf")


SHEETS = (
    ("architecture", "建施", ("设计总说明", "一层平面图", "标准层平面图", "立面图", "墙身大样")),
    ("structure", "结施", ("基础平面图", "柱墙配筋图", "标准层梁板配筋图")),
    ("water", "水施", ("给排水平面图", "消火栓系统图")),
    ("electricity", "电施", ("照明平面图", "配电系统图")),
    ("hvac", "暖施", ("通风防排烟平面图",)),
    ("air_defence", "防施", ("防空地下室平面图",)),
)


def drawing_submission(world: World) -> dict[str, Any]:
    """All drawings, once the review in the house is closed."""
    rng = world.rng
    project = world.project("permit", "drawing_review")
    specialities = [*SHEETS[:2], *rng.sample(SHEETS[2:], rng.randint(1, 4))]
    return {
        **of_project(world, project, "design_unit"),
        "review_company": rng.choice(("正信施工图审查有限公司", "省建设工程施工图审查中心")),
        "internal_review": world.number("CS-12", project),
        "drawings": [
            {
                "speciality": speciality,
                "no": f"{prefix}-{place:02d}",
                "name": name,
                "version": "A",
                "count": rng.randint(1, 6),
            }
            for speciality, prefix, names in specialities
            for place, name in enumerate(names, 1)
        ],
        "calculation_books": [world.file("结构计算书.pdf")],
        "sets": rng.choice((2, 3, 4, 6)),
        "planned_on": world.today + timedelta(days=rng.randint(2, 10)),
        "materials": ready(
            world,
            ("全套施工图纸", None),
            ("勘察报告", None),
            ("计算书", None),
            ("建设工程规划许可证", world.record("PL-35", project=project)),
            ("人防审查合格证", None, None, rng.random() < 0.6),
        ),
    }


def drawing_result(world: World, answers: Answers) -> dict[str, Any]:
    """The certificate is issued."""
    said = ("经复审，强制性条文问题已全部修改到位。", "同意通过，节能专篇补充外窗气密性等级。", None)
    told = {"review_opinions": world.rng.choice(said)}
    return {**result(world, "drawing_certificate", "图审", "审图公司", "施工图审查合格证书.pdf"), **told}


def _here(world: World, project: Ref) -> bool:
    """Whether the basement is built on the spot, as the project is registered."""
    return world.project_facts(project).get("air_defence_kind") != "off_site"


STORIES: dict[str, Story] = {
    "PL-19": Story(scheme, {"design_unit_delivery": scheme_delivery, "booklet_handover": booklets}),
    "PL-20": Story(scheme_submission, {**STEPS, "scheme_review_result": scheme_result}),
    "PL-21": Story(
        review_opinion,
        {
            "internal_opinion": internal_opinion,
            "customer_service_opinion": known_problems,
            "authority_opinion": authority_opinion,
        },
    ),
    "PL-24": Story(basement_letter, {"seal": letter_sealing}),
    "PL-25": Story(
        basement_application,
        {
            "planning_annex": annex,
            "on_site_papers": on_site_papers,
            **STEPS,
            "air_defence_result": basement_result,
        },
    ),
    "PL-26": Story(
        schedule,
        {"design_unit_seal": design_unit_seal, "company_seal": company_seal, "stamped_drawings": stamped},
    ),
    "PL-29": Story(seismic_letter, {"seal": letter_sealing}),
    "PL-30": Story(
        seismic_application, {"licence_application": licence, **STEPS, "seismic_result": seismic_result}
    ),
    "PL-33": Story(
        environment,
        {"eia_unit_delivery": report_delivery, "site_check": site_check, **STEPS, "eia_result": eia_result},
    ),
    "PL-35": Story(permit_application, {**STEPS, "project_permit_result": permit_result}),
    "PL-37": Story(drawing_submission, {**STEPS, "drawing_review_result": drawing_result}),
}
