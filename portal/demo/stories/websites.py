"""Stories of the forms by which websites are made, handed over and looked after."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.stories import website_lists as lists
from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.queries import projects, websites

Answers = dict[str, Any]
PICKS = 8  # until a project is found that has no such record yet


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _paper(world: World, code: str, stage: str) -> tuple[Ref, Ref]:
    """A project that may be at the stage now, and its newest record of a form before it."""
    project = world.project("web", stage)
    if found := websites.newest(project.id, code):
        return project, Ref(found.id, found.label)
    named = world.record(code)
    of = world.answers_of(named).get("project") if named else None
    here = projects.stage(project.id, stage)
    if named is None or of is None or (here is not None and not here.ready):
        return project, world.number(code)
    newest = websites.newest(of.id, code)
    return of, Ref(newest.id, newest.label) if newest else named


def _without(world: World, code: str, stage: str) -> Ref:
    """A project that may be at the stage now and has no record of the form."""
    project = world.project("web", stage)
    for _pick in range(PICKS):
        if not websites.under_way(project.id, code):
            break
        project = world.project("web", stage)
    return project


def _answer(project: Ref, code: str, name: str) -> Any:
    """What the newest record of a form says of a project."""
    found = websites.newest(project.id, code)
    return found.answers.get(name) if found else None


def since_start(project: Ref, on: date) -> date:
    """This day, or the first of the project where that is later."""
    found = projects.project(project.id)
    return max(on, found.starts_on) if found and found.starts_on else on


def _points(items: tuple[str, ...], world: World, *, remark: str = "") -> list[Answers]:
    """Every point of a checklist in order."""
    remarks = (None, None, None, remark or None)
    return [{"item": item, "result": "pass", "remark": world.rng.choice(remarks)} for item in items]


# DS-01 项目负责人确定单


def appointment(world: World) -> Answers:
    """Three people for a new website."""
    trade, kind = world.rng.choice(lists.TRADES), world.rng.choice(tuple(lists.SITES))
    return {
        "project_name": f"{world.rng.choice(lists.PLACES)}{trade}{lists.SITES[kind]}",
        "customer": world.one("customer"),
        "contract": None,
        "site_kind": kind,
        "design_owner": world.person("designer"),
        "program_owner": world.person("programmer"),
        "project_manager": world.person("project_manager"),
        "customer_contact": world.rng.choice(lists.CONTACTS),
        "planned_finish": world.today + timedelta(days=world.rng.randint(45, 120)),
        "requirement_summary": world.rng.choice(lists.REQUIREMENTS),
    }


# DS-03 拓扑图


def topology(world: World) -> Answers:
    """The columns of a site in two levels, and what it must be able to do."""
    rng = world.rng
    columns = []
    for place, (column, below) in enumerate(rng.sample(lists.COLUMNS, rng.randint(3, 5)), 1):
        columns.append(_column(str(place), column, 1, None))
        columns += [_column(f"{place}.{n}", one, 2, str(place)) for n, one in enumerate(below, 1)]
    functions = [
        {
            "no": f"F{place:02d}",
            "function": function,
            "description": description,
            "priority": rng.choices(("must", "should", "may"), (5, 3, 1))[0],
        }
        for place, (function, description) in enumerate(rng.sample(lists.FUNCTIONS, rng.randint(3, 6)), 1)
    ]
    return {
        "project": world.project("web", "topology"),
        "columns": columns,
        "functions": functions,
        "topology_file": [world.file("网站拓扑图.pdf")],
        "front_and_back": rng.choice(lists.FRONT_AND_BACK),
        "languages": rng.choice(("中文", "中文、英文", "中文(简繁)、英文")),
        "third_party": rng.choice((None, "微信登录", "支付宝、微信支付", "百度地图", "短信平台")),
    }


def _column(no: str, column: str, level: int, parent: str | None) -> Answers:
    content = "列表及详情页" if level == 2 else f"{column}频道首页"
    return {"no": no, "column": column, "level": level, "parent": parent, "content": content}


def confirmed(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer confirms."""
    return {"confirmed_on": world.today}


# DS-02 项目方案确认单


def scheme(world: World) -> Answers:
    """What the site is to be; some material is mostly missing yet."""
    rng = world.rng
    project, site_map = _paper(world, "DS-03", "scheme")
    given = [(item, rng.random() < 0.75) for item in lists.MATERIALS]
    talks = [
        {
            "date": world.today - timedelta(days=rng.randint(1, 12)),
            "people": rng.choice(
                ("客户市场部经理、设计师", "客户总经理、项目经理", "客户信息部、设计师、程序")
            ),
            "requirement": requirement,
            "agreed": agreed,
        }
        for requirement, agreed in rng.sample(lists.TALKS, rng.randint(0, 3))
    ]
    return {
        "project": project,
        "site_map": site_map,
        "overall_style": rng.choice(lists.STYLES),
        "colour_tendency": rng.choice(("蓝白为主，橙色点缀", "墨绿配米白", "深灰配金色", "客户VI标准红")),
        "site_name": project.text.rpartition(" ")[0] or project.text,
        "materials": [
            {
                "item": item,
                "done": there,
                "done_on": world.today - timedelta(days=rng.randint(0, 6)) if there else None,
                "remark": None,
            }
            for item, there in given
        ],
        "requirement_talks": talks,
        "reference_sites": rng.choice((None, "https://www.example.com", "同行两家网站的产品页")),
        "scheme_file": [world.file("网站策划方案.pdf")],
    }


def review(world: World, answers: Mapping[str, Any]) -> Answers:
    """The plan is good."""
    opinions = (
        "方案切合客户需求，栏目划分清楚，可以实施",
        "技术上可行，注意预留接口联调时间",
        "同意，素材尽快催齐",
    )
    return {
        "fits_customer_need": True,
        "technically_feasible": True,
        "review_opinion": world.rng.choice(opinions),
    }


def schedule(world: World, answers: Mapping[str, Any]) -> Answers:
    """Four phases, one after the other."""
    begins, rows = world.today, []
    roles = {
        "phase_a_design": ("designer", 6),
        "phase_b_implementation": ("programmer", 12),
        "phase_c_test_content_deployment": ("programmer", 7),
        "phase_d_confirmation": ("project_manager", 4),
    }
    for phase, (role, days) in roles.items():
        ends = begins + timedelta(days=days + world.rng.randint(0, 5))
        rows.append({"phase": phase, "start": begins, "finish": ends, "owner": world.person(role)})
        begins = ends
    return {"phases": rows}


# DS-08 程序实施确认单


def program(world: World) -> Answers:
    """A program that is ready for its checks."""
    rng = world.rng
    project, draft = _paper(world, "DS-07", "program")
    finished = since_start(project, world.today - timedelta(days=rng.randint(0, 2)))
    versions = {one.answers.get("program_version") for one in websites.finished(project.id, "DS-08")}
    number = next(n for n in range(100) if f"V1.{n}.0" not in versions)
    return {
        "project": project,
        "program_version": f"V1.{number}.0",
        "design_draft": draft,
        "environment": rng.choice(
            (
                "Linux、Nginx、PHP 8.2、MySQL 8",
                "Linux、Python 3.11、PostgreSQL 15",
                "Windows Server、IIS、.NET 8",
            )
        ),
        "functions_done": rng.choice(lists.DONE),
        "known_faults": rng.choice((None, None, "旧版浏览器中轮播图无过渡动画", "大图首次加载略慢")),
        "test_address": f"https://test{rng.randint(10, 99)}.example.com",
        "planned_on": finished + timedelta(days=rng.randint(-2, 3)),
        "finished_on": finished,
    }


def program_check(world: World, answers: Mapping[str, Any]) -> Answers:
    """The programmer finds nothing wrong."""
    return {"self_check_points": _points(lists.PROGRAM_CHECKS, world, remark="已逐项核对")}


def functions_complete(world: World, answers: Mapping[str, Any]) -> Answers:
    """Every function of the topology is there."""
    wanted = websites.functions(answers["project"].id) or [{"no": "F01", "function": "新闻发布"}]
    notes = (None, None, "已在测试环境演示", "含移动端")
    return {"function_results": [{**one, "done": True, "note": world.rng.choice(notes)} for one in wanted]}


def backup(world: World, answers: Mapping[str, Any]) -> Answers:
    """The source is put away."""
    after = answers["confirmed_on"]
    at = _minute(world.now)
    return {
        "backup_place": world.rng.choice(
            ("公司源码服务器 /backup/web", "部门 NAS 网站源码库", "Git 仓库及离线硬盘")
        ),
        "backup_on": at if world.today >= after else at + timedelta(days=1),
        "backup_checksum": f"{world.rng.getrandbits(128):032x}",
    }


# DS-11 内部测试、资料添加及项目部署记录


def internal_test(world: World) -> Answers:
    """Everything passes, some of it after a repair."""
    rng = world.rng
    project = world.project("web", "test")
    begun = since_start(project, world.today - timedelta(days=rng.randint(1, 3)))
    cases = []
    for item, defect in rng.sample(lists.CASES, rng.randint(4, 6)):
        wrong = rng.random() < 0.25
        cases.append(
            {
                "item": item,
                "browser": rng.choice(("Chrome", "Edge", "Firefox", "Safari(手机)", "微信内置浏览器")),
                "result": "fail" if wrong else "pass",
                "defect": defect if wrong else None,
                "fixed": True if wrong else None,
            }
        )
    return {
        "project": project,
        "program_version": _answer(project, "DS-08", "program_version") or "V1.0.0",
        "tester": world.person("programmer"),
        "test_from": begun,
        "test_to": world.today,
        "test_cases": cases,
        "test_conclusion": "pass",
    }


def content(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer's content is put in."""
    columns = world.rng.sample([column for column, _below in lists.COLUMNS], world.rng.randint(3, 5))
    materials = ("图文资料", "产品参数及图片", "企业简介及资质扫描件", "新闻十篇")
    sources = ("客户提供U盘", "客户邮件", "旧网站迁移", "客户微信群文件")
    return {
        "content_lines": [
            {
                "column": column,
                "content": world.rng.choice(materials),
                "source": world.rng.choice(sources),
                "done": True,
            }
            for column in columns
        ]
    }


def deployment(world: World, answers: Mapping[str, Any]) -> Answers:
    """The site is online."""
    return {
        "host": world.rng.choice(("阿里云华东1 ECS", "客户自有服务器", "腾讯云轻量服务器")),
        "domain": f"www.site{world.rng.randint(100, 999)}.example.com",
        "deployed_version": answers["program_version"],
        "deployed_at": _minute(world.now),
        "online_checked": True,
    }


# DS-19 设计部内部网站验收标准及关注重点


def checklist(world: World) -> Answers:
    """Every point of the standard is good."""
    project = world.project("web", "acceptance")
    parts = {name: _points(items, world, remark="已逐页核对") for name, items in lists.STANDARD.items()}
    return {
        "project": project,
        "checked_version": _answer(project, "DS-11", "deployed_version") or "V1.0.0",
        "checked_at": _minute(world.now) - timedelta(minutes=world.rng.randint(1, 12) * 10),
        **parts,
        "failed_items": None,
        "screenshots": [world.photo("首页截图.jpg")] if world.rng.random() < 0.5 else [],
    }


# DS-14 项目验收确认单


def acceptance(world: World) -> Answers:
    """A site that is ready for its customer."""
    rng = world.rng
    project, checked = _paper(world, "DS-19", "acceptance")
    points = (
        ("手机端底部菜单个别机型偏移", 7),
        ("英文版三个栏目待客户供稿", 14),
        ("备案号变更后更新页脚", 10),
    )
    left = [
        {"point": point, "owner": world.person("programmer"), "due": world.today + timedelta(days=days)}
        for point, days in rng.sample(points, rng.choice((0, 0, 1, 2)))
    ]
    facts = world.project_facts(project)
    return {
        "project": project,
        "acceptance_checklist": checked,
        "site_address": facts.get("site_address") or f"www.site{rng.randint(100, 999)}.example.com",
        "accepted_version": _answer(project, "DS-11", "deployed_version") or "V1.0.0",
        "functions_all_done": True,
        "open_points": left,
        "planned_on": world.today + timedelta(days=rng.randint(0, 4)),
        "remark": rng.choice((None, "随验收提供浏览器兼容清单", "客户已在测试环境试用一周")),
    }


def ready(world: World, answers: Mapping[str, Any]) -> Answers:
    """The site may go to the customer."""
    return {"back_to_phase": None}


def accepted(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer accepts it."""
    remarks = (None, "验收通过，感谢配合", "整体满意，遗留问题请按期处理")
    return {"accepted_on": world.today, "customer_remarks": world.rng.choice(remarks)}


def rights(world: World, answers: Mapping[str, Any]) -> Answers:
    """The accounts of the back office go to the customer."""
    accounts = (("admin", "超级管理员"), ("editor", "内容编辑"), ("shop", "订单管理"))
    return {
        "admin_accounts": [
            {"account": account, "rights": right, "password_changed": True}
            for account, right in accounts[: world.rng.randint(1, 3)]
        ],
        "test_accounts_removed": True,
    }


def training(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer's people learn to keep their site."""
    topics = (
        "栏目管理、文章发布、图片上传及裁剪",
        "商品上架、订单处理、数据导出",
        "留言回复、友情链接、后台备份",
    )
    return {
        "trained_on": max(world.today, answers["accepted_on"]),
        "trainees": world.rng.choice(("市场部两人", "行政主管、编辑一人", "电商部三人")),
        "training_topics": world.rng.choice(topics),
    }


def delivery(world: World, answers: Mapping[str, Any]) -> Answers:
    """All four things are delivered."""
    items = ("后台管理权限", "操作说明文档", "操作培训", "光盘")
    return {
        "delivered_items": [
            {"item": item, "done": True, "done_on": world.today, "remark": None} for item in items
        ]
    }


def receipt(world: World, answers: Mapping[str, Any]) -> Answers:
    """The customer has got them."""
    return {"received_on": max(world.today, answers["accepted_on"])}


# DS-17 网站跟踪检查维护记录


def maintenance(world: World) -> Answers:
    """A monthly look at a site; now and then something is wrong."""
    rng = world.rng
    project = world.project("web", "delivery")
    faults = rng.choice(lists.FAULTS) if rng.random() < 0.2 else None
    points = _points(lists.SITE_CHECKS, world, remark="正常")
    if faults:
        points[2] |= {"result": "fail", "remark": "见发现的问题"}
    facts = world.project_facts(project)
    return {
        "project": project,
        "site_address": facts.get("site_address") or f"www.site{rng.randint(100, 999)}.example.com",
        "checked_on": world.today,
        "check_points": points,
        "faults": faults,
        "maintenance_done": rng.choice(lists.MAINTENANCE),
        "hours_spent": rng.choice((None, Decimal("0.5"), Decimal(1), Decimal("2.5"))),
        "domain_expires_on": world.today + timedelta(days=rng.randint(30, 700))
        if rng.random() < 0.7
        else None,
        "customer_told": True if faults else rng.choice((None, True)),
    }


# DS-18 设计部工作记录表


def work_record(world: World) -> Answers:
    """The sheet of a project."""
    project = _without(world, "DS-18", "delivery")
    begun = world.today - timedelta(days=world.rng.randint(0, 30))
    return {"project": project, "started_on": since_start(project, begun)}


def note(role: str) -> Any:
    """What a role notes while the work goes on."""

    def tell(world: World, answers: Mapping[str, Any]) -> Answers:
        return _line(world, role)

    return tell


def part(role: str, table: str, **other: tuple[str | None, ...]) -> Any:
    """A role's part of the sheet."""

    def tell(world: World, answers: Mapping[str, Any]) -> Answers:
        rows = [_line(world, role) for _row in range(world.rng.randint(1, 3))]
        return {table: rows, **{name: world.rng.choice(words) for name, words in other.items()}}

    return tell


def _line(world: World, role: str) -> Answers:
    phase, work = world.rng.choice(lists.WORK[role])
    actual: date = world.today - timedelta(days=world.rng.randint(0, 5))
    return {
        "phase": phase,
        "planned": actual + timedelta(days=world.rng.randint(-2, 2)),
        "actual": actual,
        "work": work,
        "problem": world.rng.choice((None, None, "客户素材迟到两天", "接口文档不全，已与对方确认")),
    }


REMARKS = (None, "进度按计划，客户满意", "返工一次，原因是需求变更，建议加强前期沟通")
STORIES: dict[str, Story] = {
    "DS-01": Story(appointment),
    "DS-02": Story(
        scheme,
        {"planning_review": review, "schedule_allocation": schedule, "customer_confirm": confirmed},
    ),
    "DS-03": Story(topology, {"customer_confirm": confirmed}),
    "DS-08": Story(
        program,
        {
            "self_check": program_check,
            "functions_complete": functions_complete,
            "customer_confirm": confirmed,
            "source_backup": backup,
        },
    ),
    "DS-11": Story(internal_test, {"content_entry": content, "deployment": deployment}),
    "DS-14": Story(
        acceptance,
        {
            "project_manager_confirm": ready,
            "customer_confirm": accepted,
            "rights_handover": rights,
            "operation_training": training,
            "delivery": delivery,
            "customer_receipt": receipt,
        },
    ),
    "DS-17": Story(maintenance),
    "DS-18": Story(
        work_record,
        {
            "designer_part": part("designer", "design_entries"),
            "programmer_part": part("programmer", "program_entries"),
            "project_manager_part": part("project_manager", "manager_entries", quality_remark=REMARKS),
            "design_note": note("designer"),
            "program_note": note("programmer"),
            "manager_note": note("project_manager"),
        },
    ),
    "DS-19": Story(checklist),
}
