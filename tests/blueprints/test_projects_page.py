"""The list and the pages of projects: who sees them, what they tell, how a stage is adjusted."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.demo import carried_over, rows
from portal.domain import projects as kinds
from portal.extensions import db
from portal.lib.clock import today
from portal.models import AuditEvent, Person, Project, ProjectStage
from portal.queries import projects as books

SignIn = Callable[[FlaskClient, str], FlaskClient]
HOUSES = {"project_kind": "not_municipal", "air_defence_kind": "on_site"}


@pytest.fixture
def project(context: Flask) -> Project:
    """A permit project whose scheme may be worked on."""
    officer = db.session.scalars(sa.select(Person).where(Person.login == "planning_officer")).unique().one()
    row: Project = rows.add(
        "project", name="南浔人才公寓", kind="permit", facts=HOUSES, people={"planning_officer": officer.id}
    )
    carried_over.pass_until(row, "scheme", date(2026, 5, 12))
    db.session.commit()
    return row


@pytest.fixture
def look(app: Flask, sign_in: SignIn) -> Callable[..., str]:
    """What somebody sees at an address, without marks."""

    def page(path: str, login: str = "planning_officer") -> str:
        db.session.commit()
        answer = sign_in(app.test_client(), login).get(path)
        assert answer.status_code == 200, path
        main = html.unescape(answer.text).split("<main", 1)[1].split("</main>", 1)[0]
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))

    return page


def planned(project: Project, key: str, on: date) -> None:
    """Plans a stage."""
    row = db.session.scalars(
        sa.select(ProjectStage).where(ProjectStage.project_id == project.id, ProjectStage.key == key)
    ).one()
    row.planned_on = on
    db.session.commit()


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("planning_officer", 200),
        ("designer", 200),
        ("foreman", 200),
        ("general_manager", 200),
        ("auditor", 200),
        ("salesperson", 404),
        ("buyer", 404),
        ("warehouse_keeper", 404),
    ],
)
def test_a_permit_project_is_for_design_engineering_and_management(
    app: Flask, sign_in: SignIn, project: Project, login: str, status: int
) -> None:
    browser = sign_in(app.test_client(), login)
    assert browser.get(f"/projects/{project.code}").status_code == status
    assert (project.name in browser.get("/projects/").text) == (status == 200)
    page = browser.get("/find?q=人才公寓").text
    assert (f'href="/projects/{project.code}"' in page) == (status == 200)


def test_whoever_is_in_the_team_sees_the_project(app: Flask, sign_in: SignIn, project: Project) -> None:
    buyer = db.session.scalars(sa.select(Person).where(Person.login == "buyer")).unique().one()
    project.people = {**project.people, "planning_manager": buyer.id}
    db.session.commit()
    browser = sign_in(app.test_client(), "buyer")
    assert browser.get(f"/projects/{project.code}").status_code == 200
    assert project.name in browser.get("/projects/").text


@pytest.mark.parametrize("code", ["P9999", "p0001", "'--", "x" * 3000])
def test_a_project_that_there_is_not(client: FlaskClient, sign_in: SignIn, code: str) -> None:
    assert sign_in(client, "general_manager").get(f"/projects/{code}").status_code == 404


def test_the_page_says_what_may_be_done_and_what_waits_for_what(
    project: Project, look: Callable[..., str]
) -> None:
    seen = look(f"/projects/{project.code}")
    now, waiting = seen.split("现在可以办理")[1].split("还在等待")
    assert "项目总评图或设计方案" in now
    assert "土地招拍挂手续或国土意见申请" in now
    assert "立项文件 须先通过：项目可行性研究报告或项目申请报告" in waiting
    assert "建设工程选址意见书 不办理" in seen
    assert "1/12" in seen


def test_what_is_late_is_told_first(project: Project, look: Callable[..., str]) -> None:
    planned(project, "scheme", today() - timedelta(days=2))
    seen = look(f"/projects/{project.code}")
    assert seen.index("已经逾期") < seen.index("现在可以办理")
    assert "逾期阶段 1" in seen
    assert "逾期 1" in look("/projects/?q=南浔")


def test_a_project_on_hold_begins_nothing(project: Project, look: Callable[..., str]) -> None:
    project.state = "held"
    seen = look(f"/projects/{project.code}")
    assert "项目已暂停" in seen
    assert "现在可以办理" not in seen


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("q=nanxun", True),
        ("q=人才 公寓", True),
        ("kind=permit", True),
        ("kind=works", False),
        ("state=held", False),
        ("kind=nonsense&state=nonsense", True),
        ("q=没有这个", False),
    ],
)
def test_the_list_is_narrowed(project: Project, look: Callable[..., str], asked: str, found: bool) -> None:
    assert (project.name in look(f"/projects/?{asked}")) == found


def adjusting(browser: FlaskClient, project: Project, key: str, **data: Any) -> Any:
    """Posts the sheet of a stage."""
    given = {"applies": "yes", "after": ["conditions"], "reason": "规划局要求", **data}
    return browser.post(f"/projects/{project.code}/stages/{key}", data=given)


def test_a_stage_is_adjusted_with_a_reason(app: Flask, sign_in: SignIn, project: Project) -> None:
    browser = sign_in(app.test_client(), "planning_officer")
    sheet = browser.get(f"/projects/{project.code}/stages/environment")
    assert sheet.status_code == 200
    assert adjusting(browser, project, "environment", reason="").status_code == 422
    assert adjusting(browser, project, "environment", after=["environment"]).status_code == 422
    late = {"starts_on": "2026-05-12", "planned_on": "2026-05-01"}
    assert "计划完成不能早于计划开始" in adjusting(browser, project, "environment", **late).text
    answer = adjusting(browser, project, "environment", planned_on="2026-09-01")
    assert answer.status_code == 303, answer.text.split("error-summary", 1)[-1][:600]
    db.session.expire_all()
    found = books.stage(project.id, "environment")
    assert found is not None
    assert (found.row.after, found.row.planned_on) == (["conditions"], date(2026, 9, 1))
    assert db.session.scalar(sa.select(sa.func.count()).where(AuditEvent.kind == "stage_adjusted")) == 1


@pytest.mark.parametrize(
    ("login", "status"), [("planning_manager", 303), ("designer", 403), ("general_manager", 403)]
)
def test_those_who_answer_for_it_adjust_it(
    app: Flask, sign_in: SignIn, project: Project, login: str, status: int
) -> None:
    assert adjusting(sign_in(app.test_client(), login), project, "environment").status_code == status


def test_a_stage_that_there_is_not_is_not_adjusted(app: Flask, sign_in: SignIn, project: Project) -> None:
    browser = sign_in(app.test_client(), "planning_officer")
    assert browser.get(f"/projects/{project.code}/stages/concealed").status_code == 404


@pytest.mark.parametrize(
    ("kind", "register", "told"),
    [
        ("works", "works_projects", ("工长", "foreman", "0/8")),
        ("product", "product_projects", ("设计开发人员", "rd_engineer", "二类")),
        ("web", "web_projects", ("程序负责人", "programmer", "企业网站")),
        ("permit", "permits", ("规划局", "立项文件", "2026-05-12")),
    ],
)
def test_the_registers_of_projects_tell_people_days_and_progress(
    context: Flask, look: Callable[..., str], kind: str, register: str, told: tuple[str, ...]
) -> None:
    logins = {person.login: person for person in db.session.scalars(sa.select(Person)).unique()}
    team = {role: logins[role].id for role in kinds.KINDS[kind].people}
    row = rows.add("project", name="登记项目", kind=kind, facts=carried_over.FACTS[kind], people=team)
    planned(row, kinds.KINDS[kind].stages[-1].key, date(2026, 5, 12))
    seen = look(f"/registers/{register}?q=登记项目", "general_manager")
    for word in told:
        assert (logins[word].name if word in logins else word) in seen, seen
