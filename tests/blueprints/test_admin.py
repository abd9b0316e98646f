"""Administration: for administrators only, never for their own benefit, secrets shown once."""

import re
from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import (
    AuditEvent,
    CalendarDay,
    CompanySetting,
    Department,
    Person,
    RoleGrant,
    SignInSession,
    Substitution,
    Task,
)
from portal.services import tasks

SignIn = Callable[[FlaskClient, str], FlaskClient]
Cast = dict[str, Person]
SECRET = re.compile(r'secret-text">([a-z0-9-]{19})<')
PAGES = [
    "/admin/", "/admin/people", "/admin/people/new", "/admin/people/1", "/admin/people/1/leave", "/admin/departments",
    "/admin/departments/quality", "/admin/substitutes", "/admin/stuck", "/admin/calendar",
    "/admin/limits/write_off_limit", "/admin/sessions", "/admin/import", "/admin/import/template",
    "/admin/public-page",
]  # fmt: skip


def one(app: Flask, query: sa.Select[tuple[object]]) -> object:
    with app.app_context():
        return db.session.scalar(query)


@pytest.fixture
def administrator(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """The administrator's browser."""
    return sign_in(client, "administrator")


@pytest.fixture
def stuck(app: Flask, cast: Cast) -> int:
    """A task that Huang, the buyer, holds herself, and that nobody can do."""
    with app.app_context(), transaction():
        task = tasks.make("ask", [person_key(cast["buyer"].id)], form_code="PU-04", now=now(), state="stuck")
        db.session.flush()
        return task.id


@pytest.mark.parametrize("path", PAGES)
def test_pages_open_for_administrators_and_are_not_there_for_others(
    app: Flask, client: FlaskClient, sign_in: SignIn, path: str
) -> None:
    assert sign_in(client, "administrator").get(path).status_code == 200
    for login in ("buyer", "auditor", "general_manager"):
        assert sign_in(app.test_client(), login).get(path).status_code == 404
    assert app.test_client().get(path).status_code == 302


def test_every_act_is_closed_to_others(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.") and "POST" in rule.methods
    ]
    assert len(rules) > 15
    for login in ("buyer", "auditor"):
        sign_in(client, login)
        before = one(app, sa.select(sa.func.count(AuditEvent.id)))
        for rule in rules:
            path = (
                re.sub(r"<int:\w+>", "1", rule.rule)
                .replace("<key>", "quality")
                .replace("<day>", "2026-11-28")
            )
            shut = 403 if login == "auditor" and "/limits/" in path else 404  # open to some who write
            assert client.post(path, data={"reason": "x"}).status_code == shut, path
        assert one(app, sa.select(sa.func.count(AuditEvent.id))) == before


def test_ids_that_are_none(administrator: FlaskClient) -> None:
    for id in ("0", "999999", str(2**63), "9" * 40, "-1", "1;2", "x"):
        assert administrator.get(f"/admin/people/{id}").status_code == 404
        assert administrator.post(f"/admin/grants/{id}/end", data={"reason": "x"}).status_code == 404
        assert administrator.post(f"/admin/sessions/{id}/end").status_code == 404
        assert administrator.get(f"/admin/tasks/{id}/reroute").status_code == 404
    assert administrator.post("/admin/calendar/yesterday/remove").status_code == 404
    assert administrator.get("/admin/departments/nothing").status_code == 404
    assert administrator.get("/admin/limits/nothing").status_code == 404


@pytest.mark.parametrize("text", ["黄婷婷", "huangting", "htt", "BUYER"])
def test_people_are_found_by_name_pinyin_and_login(administrator: FlaskClient, cast: Cast, text: str) -> None:
    found = administrator.get("/admin/people", query_string={"q": text}).text
    assert cast["buyer"].name in found
    assert cast["foreman"].name not in found


def test_people_are_narrowed_by_department_role_and_state(administrator: FlaskClient, cast: Cast) -> None:
    found = administrator.get("/admin/people", query_string={"role": "cashier"}).text
    assert cast["cashier"].name in found
    assert cast["buyer"].name not in found
    query = {"department": cast["buyer"].department_id}
    assert cast["foreman"].name not in administrator.get("/admin/people", query_string=query).text
    assert cast["buyer"].name not in administrator.get("/admin/people?state=retired").text


@pytest.mark.proves("R1", "R19", "R20")
def test_somebody_new_gets_a_password_once(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    form = {
        "name": "新来的人",
        "login": "New.Person",
        "number": "E900",
        "department": str(cast["buyer"].department_id),
    }
    answer = administrator.post("/admin/people", data=form)
    assert answer.status_code == 200
    secret = SECRET.search(answer.text)
    assert secret is not None
    stored = one(app, sa.select(Person.password_hash).where(Person.login == "new.person"))
    assert str(stored).startswith("$argon2id$")
    kept = one(app, sa.select(AuditEvent.facts).where(AuditEvent.kind == "person_created"))
    assert secret[1] not in str(kept)
    newcomer = app.test_client()
    entered = newcomer.post("/sign-in", data={"login": "new.person", "password": secret[1]})
    assert entered.status_code == 303
    assert newcomer.get("/").location == "/account/password"
    again = administrator.post("/admin/people", data=form)
    assert again.status_code == 422
    assert "永不转给他人" in again.text


@pytest.mark.proves("R1")
def test_a_new_person_needs_all_that_is_asked(administrator: FlaskClient) -> None:
    answer = administrator.post("/admin/people", data={"department": "999", "email": "no address"})
    assert answer.status_code == 422
    for field in ("name", "login", "number", "department", "email"):
        assert f'id="{field}-error"' in answer.text


@pytest.mark.proves("S20")
def test_posted_extras_do_not_count(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    buyer = cast["buyer"]
    form = {"name": "黄婷", "number": buyer.number, "department": str(buyer.department_id)}
    extras = {
        "login": "other",
        "active": "",
        "password_hash": "x",
        "must_change_password": "1",
        "role": "administrator",
    }
    assert administrator.post(f"/admin/people/{buyer.id}", data=form | extras).status_code == 303
    with app.app_context():
        found = db.session.get_one(Person, buyer.id)
        assert (found.name, found.login, found.active) == ("黄婷", "buyer", True)
        assert found.password_hash == buyer.password_hash
        assert [grant.role for grant in found.grants] == ["buyer"]


@pytest.mark.proves("R3")
def test_a_role_is_granted_and_taken_away(
    app: Flask, administrator: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    buyer = sign_in(app.test_client(), "buyer")
    id = cast["buyer"].id
    form = {"role": "administrator", "starts_on": f"{today()}", "reason": "替补管理员"}
    assert administrator.post(f"/admin/people/{id}/grants", data=form | {"reason": ""}).status_code == 422
    assert administrator.post(f"/admin/people/{id}/grants", data=form).status_code == 303
    assert buyer.get("/admin/").status_code == 200  # at the next request of the open session
    made = one(app, sa.select(sa.func.max(RoleGrant.id)))
    assert administrator.post(f"/admin/grants/{made}/end", data={"reason": ""}).status_code == 422
    assert administrator.post(f"/admin/grants/{made}/end", data={"reason": "结束"}).status_code == 303
    assert buyer.get("/admin/").status_code == 404


@pytest.mark.proves("R3", "R19")
def test_not_to_oneself(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    id = cast["administrator"].id
    form = {"role": "general_manager", "starts_on": f"{today()}", "reason": "自己"}
    answer = administrator.post(f"/admin/people/{id}/grants", data=form)
    assert answer.status_code == 422
    assert "不能变更自己的权限" in answer.text
    own = one(app, sa.select(RoleGrant.id).where(RoleGrant.person_id == id))
    assert administrator.post(f"/admin/grants/{own}/end", data={"reason": "x"}).status_code == 403
    assert administrator.post(f"/admin/people/{id}/passwords").status_code == 403
    assert administrator.post(f"/admin/people/{id}/leave", data={"reason": "x"}).status_code == 422
    form = {"head": cast["administrator"].number, "reason": "自己"}
    assert administrator.post("/admin/departments/quality", data=form).status_code == 422


@pytest.mark.proves("R19", "R20")
def test_a_reset_password_ends_sessions_and_must_be_changed(
    app: Flask, administrator: FlaskClient, sign_in: SignIn, cast: Cast
) -> None:
    buyer = sign_in(app.test_client(), "buyer")
    secret = SECRET.search(administrator.post(f"/admin/people/{cast['buyer'].id}/passwords").text)
    assert secret is not None
    assert buyer.get("/account/sessions").status_code == 302
    assert buyer.post("/sign-in", data={"login": "buyer", "password": DEMO_PASSWORD}).status_code == 401
    assert buyer.post("/sign-in", data={"login": "buyer", "password": secret[1]}).status_code == 303
    assert buyer.get("/account/sessions").location == "/account/password"


def test_a_leaver_is_seen_handed_over_and_retired(
    app: Flask, administrator: FlaskClient, stuck: int, cast: Cast
) -> None:
    path = f"/admin/people/{cast['buyer'].id}/leave"
    assert administrator.post(path, data={"reason": "离职"}).status_code == 422
    preview = administrator.post(path, data={"successor": cast["buyer_2"].number, "_op": "preview"})
    assert f"转给{cast['buyer_2'].name}" in preview.text
    assert 'formmethod="get"' not in preview.text  # the token does not go into an address
    assert one(app, sa.select(Person.active).where(Person.login == "buyer"))
    unknown = administrator.post(path, data={"successor": "没有这个人", "_op": "preview"})
    assert 'id="successor-error"' in unknown.text
    form = {"reason": "离职", "successor": cast["buyer_2"].number}
    assert administrator.post(path, data=form | {"_op": "hand-over"}).status_code == 303
    with app.app_context():
        assert [holder.key for holder in db.session.get_one(Task, stuck).holders] == [
            person_key(cast["buyer_2"].id)
        ]
    assert administrator.post(path, data=form | {"_op": "retire"}).status_code == 303
    assert not one(app, sa.select(Person.active).where(Person.login == "buyer"))
    assert cast["buyer"].name in administrator.get("/admin/people?state=retired").text
    back = administrator.post(f"/admin/people/{cast['buyer'].id}/reinstatements", data={"reason": "返聘"})
    assert SECRET.search(back.text)
    assert one(app, sa.select(Person.active).where(Person.login == "buyer"))


def test_a_department_head_is_named_in_the_readers_language(
    app: Flask, administrator: FlaskClient, cast: Cast
) -> None:
    with app.app_context(), transaction():
        head = f"head:{cast['buyer'].department_id}"
        tasks.make("ask", [head], form_code="PU-04", now=now(), state="stuck")
    administrator.post("/account/language", data={"language": "en"})
    assert "Head of Purchasing" in administrator.get("/admin/stuck").text


def test_a_stuck_step_is_listed_without_what_the_record_says(administrator: FlaskClient, stuck: int) -> None:
    assert "PU-04" in administrator.get("/admin/stuck").text
    assert administrator.get(f"/admin/tasks/{stuck}/reroute").status_code == 200


@pytest.mark.proves("R19")
def test_an_administrator_does_not_reroute_to_themselves(
    administrator: FlaskClient, stuck: int, cast: Cast
) -> None:
    form = {"successor": cast["administrator"].number, "reason": "x"}
    answer = administrator.post(f"/admin/tasks/{stuck}/reroute", data=form)
    assert answer.status_code == 422
    assert "不能把他人的任务交给自己" in answer.text


def test_substitutes_for_others_but_not_oneself(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    form = {
        "starts_on": f"{today()}",
        "ends_on": f"{today()}",
        "reason": "急病",
        "person": cast["general_manager"].number,
    }
    own = administrator.post("/admin/substitutes", data=form | {"substitute": cast["administrator"].number})
    assert own.status_code == 422
    other = administrator.post("/admin/substitutes", data=form | {"substitute": cast["hr_manager"].number})
    assert other.status_code == 303
    made = one(app, sa.select(Substitution.id))
    assert administrator.post(f"/admin/substitutes/{made}/end").status_code == 303


@pytest.mark.proves("R33")
def test_a_limit_is_changed_with_a_reason(app: Flask, administrator: FlaskClient) -> None:
    path = "/admin/limits/purchase_order_limit"
    assert "50,000" in administrator.get(path).text
    assert administrator.post(path, data={"value": "80000", "reason": ""}).status_code == 422
    assert one(app, sa.select(CompanySetting.value)) is None
    assert administrator.post(path, data={"value": "80,000", "reason": "董事会决议"}).status_code == 303
    assert one(app, sa.select(CompanySetting.value)) == "80000"
    shown = administrator.get("/admin/limits").text
    assert "50,000 → 80,000" in shown
    assert "董事会决议" in shown


@pytest.mark.parametrize("login", ["buyer", "warehouse_keeper", "auditor"])
def test_everybody_reads_the_authority_table(client: FlaskClient, sign_in: SignIn, login: str) -> None:
    reader = sign_in(client, login)
    shown = reader.get("/admin/limits").text
    for text in ("审批权限表", "50,000", "超过它，另须总经理审批", "超过它，另须财务主管和总经理批准", "0.5"):
        assert text in shown
    assert "/admin/limits/purchase_order_limit" not in shown
    assert reader.get("/admin/limits/purchase_order_limit").status_code == 404
    for room in ("purchasing", "warehouse"):
        assert 'href="/admin/limits"' in reader.get(f"/{room}/").text


def test_the_quality_manager_sets_the_marks_of_surveys_and_nothing_else(
    client: FlaskClient, sign_in: SignIn
) -> None:
    manager = sign_in(client, "quality_manager")
    assert 'href="/admin/limits"' in manager.get("/").text
    shown = manager.get("/admin/limits").text
    assert "产品价格" in shown
    assert 'href="/admin/limits/survey_price_marks"' in shown
    assert 'href="/admin/limits/purchase_order_limit"' not in shown
    changed = manager.post("/admin/limits/survey_price_marks", data={"value": "30", "reason": "价格更重要"})
    assert changed.status_code == 303
    too_much = manager.post("/admin/limits/survey_use_marks", data={"value": "45", "reason": "x"})
    assert too_much.status_code == 422
    assert "小于 100" in too_much.text
    assert manager.get("/admin/limits/purchase_order_limit").status_code == 404


def test_a_day_is_set_and_removed(app: Flask, administrator: FlaskClient) -> None:
    form = {"day": "2026-11-28", "working": "yes", "note": "赶工"}
    assert administrator.post("/admin/calendar", data=form | {"note": ""}).status_code == 422
    assert administrator.post("/admin/calendar", data=form).location == "/admin/calendar?year=2026"
    assert one(app, sa.select(CalendarDay.day)) == date(2026, 11, 28)
    assert "赶工" in administrator.get("/admin/calendar?year=2026").text
    assert administrator.post("/admin/calendar/2026-11-28/remove").status_code == 303
    assert one(app, sa.select(CalendarDay.day)) is None


def test_a_year_not_announced_is_marked(administrator: FlaskClient) -> None:
    assert "暂按周一至周五计算" in administrator.get("/admin/calendar?year=2090").text
    assert "暂按周一至周五计算" not in administrator.get("/admin/calendar?year=2025").text


def test_a_department_changes_its_head(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    form = {
        "head": cast["document_controller"].number,
        "name_en": "Quality",
        "aliases": "质检部\n品管部",
        "reason": "晋升",
    }
    assert administrator.post("/admin/departments/quality", data=form).status_code == 303
    with app.app_context():
        quality = db.session.scalars(sa.select(Department).where(Department.key == "quality")).one()
        assert quality.head_id == cast["document_controller"].id
        assert quality.aliases == ["质检部", "品管部"]


@pytest.mark.proves("S2")
def test_sessions_are_ended(app: Flask, administrator: FlaskClient, sign_in: SignIn, cast: Cast) -> None:
    buyer = sign_in(app.test_client(), "buyer")
    assert cast["buyer"].name in administrator.get("/admin/sessions").text
    id = one(app, sa.select(SignInSession.id).where(SignInSession.person_id == cast["buyer"].id))
    assert administrator.post(f"/admin/sessions/{id}/end").status_code == 303
    assert buyer.get("/account/sessions").status_code == 302
    sign_in(buyer, "buyer")
    administrator.post(f"/admin/people/{cast['buyer'].id}/sign-outs")
    assert buyer.get("/account/sessions").status_code == 302


def test_what_wants_attention_is_said_first(app: Flask, administrator: FlaskClient, stuck: int) -> None:
    with app.app_context():
        db.session.execute(sa.delete(RoleGrant).where(RoleGrant.role == "cashier"))
        db.session.commit()
    page = administrator.get("/admin/").text
    assert "有 1 个步骤没有人可以办理" in page
    assert "收银员" in page


def test_without_a_token_nothing_is_granted(app: Flask, administrator: FlaskClient, cast: Cast) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    form = {"role": "cashier", "starts_on": f"{today()}", "reason": "x"}
    before = one(app, sa.select(sa.func.count(RoleGrant.id)))
    assert administrator.post(f"/admin/people/{cast['buyer'].id}/grants", data=form).status_code == 400
    assert one(app, sa.select(sa.func.count(RoleGrant.id))) == before
