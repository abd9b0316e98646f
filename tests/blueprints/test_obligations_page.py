"""The pages of obligations: what they tell to whom, numbers and switches, offers put aside."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.lib.clock import now, today
from portal.models import Customer, Task
from portal.queries import obligations as queries
from portal.services import obligations

SignIn = Callable[[FlaskClient, str], FlaskClient]


@pytest.fixture
def silent(app: Flask) -> str:
    """A customer who has not ordered for nine days, found by the obligations."""
    with app.app_context():
        with transaction():
            customer = db.session.scalars(sa.select(Customer).order_by(Customer.id)).first()
            assert customer is not None
            customer.last_order_on = today() - timedelta(days=9)
            name = customer.name
        with transaction():
            obligations.run(OBLIGATIONS["O08"], now=now())
        db.session.remove()
    return name


def browse(app: Flask, sign_in: SignIn, login: str) -> FlaskClient:
    return sign_in(app.test_client(), login)


def test_every_obligation_is_listed_with_its_rule(app: Flask, sign_in: SignIn) -> None:
    page = browse(app, sign_in, "employee").get("/obligations/").text
    for one in OBLIGATIONS.values():
        assert f"/obligations/{one.key}" in page
        assert str(one.title) in page
    detail = browse(app, sign_in, "employee").get("/obligations/O08").text
    assert "R08" in detail
    assert "流程文件规定，不能更改" in detail
    assert "/numbers/" not in detail, "only administrators change numbers"


def test_tasks_are_told_to_the_department_and_not_to_others(app: Flask, sign_in: SignIn, silent: str) -> None:
    for login, sees in (("customer_service_supervisor", True), ("auditor", True), ("buyer", False)):
        page = browse(app, sign_in, login).get("/obligations/O08").text
        assert (silent in page) is sees, login


def test_the_task_waits_in_the_inbox_and_opens_a_prefilled_form(
    app: Flask, sign_in: SignIn, silent: str
) -> None:
    officer = browse(app, sign_in, "customer_service_officer")
    home = officer.get("/").text
    assert "超过一周未订货客户登记" in home
    assert silent in home
    with app.app_context():
        task = db.session.scalars(sa.select(Task).where(Task.obligation == "O08")).first()
        assert task is not None
        assert task.draft is not None
        key = task.draft.key
        db.session.remove()
    form = officer.get(f"/customer-service/no-order-entries/new?draft={key}")
    assert form.status_code == 200
    assert silent in form.text


def test_a_suggested_number_changes_with_a_reason(app: Flask, sign_in: SignIn) -> None:
    admin = browse(app, sign_in, "administrator")
    refused = admin.post("/obligations/O10/numbers/first", data={"value": "10"})
    assert refused.status_code == 422
    assert "理由" in refused.text
    assert 'value="10"' in refused.text, "nothing typed is lost"
    odd = admin.post("/obligations/O10/numbers/first", data={"value": "40", "reason": "试行"})
    assert odd.status_code == 422
    done = admin.post("/obligations/O10/numbers/first", data={"value": "10", "reason": "提前联系"})
    assert done.status_code == 303
    page = admin.get("/obligations/O10").text
    assert "15 → 10" in page
    assert "提前联系" in page
    with app.app_context():
        assert queries.numbers(OBLIGATIONS["O10"])["first"] == 10
        db.session.remove()


def test_a_number_of_the_text_is_nobodys_to_change(app: Flask, sign_in: SignIn) -> None:
    admin = browse(app, sign_in, "administrator")
    answer = admin.post("/obligations/O08/numbers/silence", data={"value": "9", "reason": "放宽"})
    assert answer.status_code in (403, 422)
    assert "流程文件规定" in answer.text
    other = browse(app, sign_in, "customer_service_supervisor")
    assert other.post("/obligations/O10/numbers/first", data={"value": "9", "reason": "x"}).status_code == 404
    with app.app_context():
        assert queries.numbers(OBLIGATIONS["O08"])["silence"] == 7
        db.session.remove()


def test_only_what_practice_added_is_switched_off(app: Flask, sign_in: SignIn) -> None:
    admin = browse(app, sign_in, "administrator")
    off = {"on": "no", "reason": "暂不使用"}
    assert admin.post("/obligations/OS-26/switch", data=off).status_code == 303
    assert "已停用" in admin.get("/obligations/OS-26").text
    text = admin.post("/obligations/O08/switch", data=off)
    assert text.status_code in (403, 422)
    assert "不能停用" in text.text


def test_an_offer_is_put_aside_from_the_inbox(app: Flask, sign_in: SignIn) -> None:
    with app.app_context():
        with transaction():
            db.session.execute(
                sa.update(Customer).values(last_sales_follow_up=now() - timedelta(days=90), arrears=0)
            )
        with transaction():
            obligations.run(OBLIGATIONS["O11"], now=now())
        task = db.session.scalars(sa.select(Task.id).where(Task.obligation == "O11")).first()
        db.session.remove()
    supervisor = browse(app, sign_in, "customer_service_supervisor")
    assert f"/obligations/tasks/{task}/put-aside" in supervisor.get("/").text
    assert supervisor.post(f"/obligations/tasks/{task}/put-aside", data={"reason": ""}).status_code >= 400
    officer = browse(app, sign_in, "buyer")
    assert officer.post(f"/obligations/tasks/{task}/put-aside", data={"reason": "x"}).status_code == 403
    answer = supervisor.post(f"/obligations/tasks/{task}/put-aside", data={"reason": "销售正在洽谈"})
    assert answer.status_code == 303
    assert f"/obligations/tasks/{task}/put-aside" not in supervisor.get("/").text
