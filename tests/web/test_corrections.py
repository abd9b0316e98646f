"""A record in its applicant's hands again: the page offers just what the service allows, to whoever may do it."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import today
from portal.models import Content, Person, Substitution
from tests.web.conftest import Desk, alerts
from tests.web.test_acts import COMPLAINTS, OFFICER, ORDERS, act

MANAGER, SUPERVISOR = "purchasing_manager", "customer_service_supervisor"


def page(desk: Desk, login: str, number: str) -> str:
    """The record's page as the person sees it."""
    return desk.browser(login).get(f"/records/{number}", follow_redirects=True).text


def stand_in(desk: Desk, login: str, acting: str) -> None:
    """Somebody acts for another from today on."""
    with desk.app.app_context():
        with transaction():
            people = {one.login: one.id for one in db.session.scalars(sa.select(Person)).unique()}
            day = today()
            leave = Substitution(
                person_id=people[login], substitute_id=people[acting], starts_on=day,
                ends_on=day + timedelta(days=5), forms=[], reason="年假", created_by_id=people[login],
            )  # fmt: skip
            db.session.add(leave)
        db.session.remove()


def test_withdrawal_is_offered_until_somebody_has_decided(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    way = f"{COMPLAINTS}{number}/withdrawals"
    assert way in page(desk, OFFICER, number)
    for _turn in range(2):
        desk.walker.sign(number)
    turn = desk.turn(SUPERVISOR, number)
    back = act(desk, SUPERVISOR, number, "return", turn, _to="call_back", _opinion="请再回访一次")
    assert back.status_code == 303
    assert way not in page(desk, OFFICER, number), (
        "a later round of the same content has been decided on before"
    )
    refused = desk.post(OFFICER, way, [("_reason", "写错了")])
    assert refused.status_code == 422
    assert desk.record(number).state == "running"


def test_a_substitute_corrects_for_the_applicant(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, MANAGER, number, "return", turn, _opinion="数量有误").status_code == 303
    way = f"{ORDERS}{number}/correct"
    assert desk.browser("buyer_2").get(way).status_code == 404
    stand_in(desk, "buyer", "buyer_2")
    begun = desk.told("PU-04", "buyer")
    assert desk.post("buyer", way, [("_op", "save"), *begun]).status_code == 303, "the applicant's own draft"
    assert way in page(desk, "buyer_2", number)
    assert desk.browser("buyer_2").get(way).status_code == 200
    silent = desk.post("buyer_2", way, [("_op", "submit"), ("_version", "1"), *begun])
    assert silent.status_code == 422
    assert "请填写更正理由" in silent.text
    given = [("_op", "submit"), ("_version", "1"), ("_reason", "数量改正"), *begun]
    corrected = desk.post("buyer_2", way, given)
    assert corrected.status_code == 303, alerts(corrected.text)
    assert (desk.record(number).state, desk.record(number).version) == ("running", 2)
    query = (
        sa.select(Person.login).join(Content, Content.created_by_id == Person.id).where(Content.version == 2)
    )
    assert desk.all(query) == ["buyer_2"]
    assert "代" in page(desk, "buyer_2", number)


def test_reverse_and_fill_in_anew_survives_a_save(desk: Desk) -> None:
    number = desk.walker.walk("PU-04")
    assert desk.record(number).state == "finished"
    begun = desk.post("buyer", f"{ORDERS}{number}/copies", [("_corrects", "1")])
    draft = begun.headers["Location"].partition("draft=")[2]
    told = [("_key", draft), *desk.told("PU-04", "buyer")]
    saved = desk.post("buyer", f"{ORDERS}new", [("_op", "save"), *told])
    assert number in desk.browser("buyer").get(saved.headers["Location"]).text, (
        "the page says what it corrects"
    )
    home = desk.browser("buyer").get("/").text
    assert f"{ORDERS}new?draft={draft}" in home
    emptied = desk.post("buyer", f"{ORDERS}new", [("_op", "submit"), ("_key", draft)])
    assert (emptied.status_code, number in emptied.text) == (422, True)
    made = desk.post("buyer", f"{ORDERS}new", [("_op", "submit"), *told])
    assert made.status_code == 303, alerts(made.text)
    right = made.headers["Location"].rpartition("/")[2]
    assert desk.record(right).corrects_id == desk.record(number).id
    assert number in page(desk, "buyer", right)
    assert right in page(desk, "buyer", number)
    again = desk.post("buyer", f"{ORDERS}{number}/copies", [("_corrects", "1")])
    assert again.status_code == 422
    assert right in again.text


def test_only_a_finished_record_is_reversed(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    begun = desk.post("buyer", f"{ORDERS}{number}/copies", [("_corrects", "1")])
    assert begun.status_code == 422
    assert "只有已完成的记录" in begun.text


def test_a_draft_belongs_to_its_form(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    begun = desk.post("buyer", f"{ORDERS}{number}/copies", [])
    key = begun.headers["Location"].partition("draft=")[2]
    receipts = "/purchasing/goods-receipts/new"
    assert desk.browser("buyer").get(f"{receipts}?draft={key}").status_code == 404
    saved = desk.post("buyer", receipts, [("_op", "save"), ("_key", key), ("remark", "x")])
    assert saved.status_code == 404


def test_nobody_else_corrects(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, MANAGER, number, "return", turn, _opinion="数量有误").status_code == 303
    way = f"{ORDERS}{number}/correct"
    assert way not in page(desk, MANAGER, number)
    assert desk.browser(MANAGER).get(way).status_code == 422
    given = [("_op", "submit"), ("_version", "1"), ("_reason", "x"), *desk.told("PU-04", "buyer")]
    assert desk.post(MANAGER, way, given).status_code == 422
    assert desk.record(number).version == 1


def test_a_second_correction_from_a_page_left_open_keeps_its_words(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, MANAGER, number, "return", turn, _opinion="数量有误").status_code == 303
    way = f"{ORDERS}{number}/correct"
    given = [("_version", "1"), ("_reason", "数量改正")]
    assert desk.post("buyer", way, [*given, *desk.told("PU-04", "buyer")]).status_code == 303
    late = desk.post("buyer", way, [*given, *desk.told("PU-04", "buyer", quality_terms="另一页写的质量要求")])
    assert late.status_code == 422
    assert "另一页写的质量要求" in late.text
    assert "现在不能更正" in late.text
    assert desk.record(number).version == 2
