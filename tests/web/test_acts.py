"""Signing and its neighbours: one decision, of what was seen, by who confirmed to be there; else nothing is written."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.clock import minute, now, today
from portal.models import Comment, Draft, Record, Signature, SignInSession, Task
from portal.services import reminders, route
from tests.walk import DRAWING
from tests.web.conftest import Desk, alerts

MANAGER, COLLEAGUE = "purchasing_manager", "purchasing_manager_2"
OFFICER = "customer_service_officer"
ORDERS, COMPLAINTS = "/purchasing/purchase-orders/", "/customer-service/complaints/"


def called() -> dict[str, str]:
    """A call that was made just now."""
    return {"called_back_at": minute(now()), "call_back_result": "已致歉，客户表示理解。"}


def act(desk: Desk, login: str, number: str, op: str, turn: dict[str, str], **more: str):  # type: ignore[no-untyped-def]
    """Posts a decision on an order or complaint."""
    room = ORDERS if number.startswith("PU-04") else COMPLAINTS
    return desk.post(login, f"{room}{number}/signatures", [("_op", op), *turn.items(), *more.items()])


def later(desk: Desk, minutes: int) -> None:
    """Puts the moment at which everybody last gave the password back."""
    with desk.app.app_context():
        with transaction():
            for session in db.session.scalars(sa.select(SignInSession)):
                session.confirmed_at -= timedelta(minutes=minutes)
        db.session.remove()


@pytest.mark.proves("F5")
def test_two_people_at_one_step_make_one_decision(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    first, second = desk.turn(MANAGER, number), desk.turn(COLLEAGUE, number)
    assert act(desk, MANAGER, number, "sign", first).status_code == 303
    late = act(desk, COLLEAGUE, number, "return", second, _opinion="价格太高")
    assert late.status_code == 409
    assert "孙德明" in alerts(late.text)
    assert desk.signatures(number) == ["signed"]


def test_what_was_written_for_a_step_is_shown_but_not_put_into_the_next_one(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, MANAGER, number, "sign", turn).status_code == 303
    late = act(desk, MANAGER, number, "sign", turn, _opinion="<同意>这个价格")
    assert late.status_code == 409
    assert "您写的意见：&lt;同意&gt;这个价格" in late.text
    assert late.text.count("这个价格") == 1
    assert 'id="opinion"' in late.text, "the next step waits for the same person"


@pytest.mark.proves("R4")
def test_the_same_click_twice_is_one_signature(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, MANAGER, number, "sign", turn).status_code == 303
    assert act(desk, MANAGER, number, "sign", turn).status_code in (303, 403, 409)
    assert desk.signatures(number) == ["signed"]


@pytest.mark.proves("F7")
def test_content_that_changed_is_not_signed_and_no_word_is_lost(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    turn = desk.turn(OFFICER, number)
    tried = [("_seen", turn["_seen"]), ("tried_at", minute(now())), ("try_note", "无人接听")]
    entered = desk.post("customer_service_officer_2", f"{COMPLAINTS}{number}/entries/call_tries", tried)
    assert entered.status_code == 303, alerts(entered.text)
    stale = act(desk, OFFICER, number, "sign", turn, _opinion="我的意见", **called())
    assert stale.status_code == 409
    assert "内容已被修改" in stale.text
    changed = stale.text.partition("打开页面之后")[2][:300]
    assert "未接通记录" in changed, "what has changed is said"
    assert "我的意见" in stale.text
    assert called()["call_back_result"] in stale.text
    assert desk.signatures(number) == ["entered"]


@pytest.mark.proves("R18", "S12")
@pytest.mark.parametrize("op", ["sign", "return", "refuse"])
def test_a_wrong_password_writes_nothing(desk: Desk, op: str) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    answer = act(desk, MANAGER, number, op, turn, _password="wrong", _opinion="写好的意见")
    assert answer.status_code == 422
    assert "密码不正确" in alerts(answer.text)
    assert "写好的意见" in answer.text
    assert desk.signatures(number) == []
    assert desk.record(number).state == "running"


@pytest.mark.proves("R18")
def test_the_password_counts_for_some_minutes(desk: Desk) -> None:
    first, second = desk.walker.open("PU-04"), desk.walker.open("PU-04")
    desk.browser(MANAGER)
    later(desk, 9)
    assert act(desk, MANAGER, first, "sign", desk.turn(MANAGER, first)).status_code == 303
    later(desk, 2)
    turn = desk.turn(MANAGER, second)
    assert act(desk, MANAGER, second, "sign", turn).status_code == 422
    assert act(desk, MANAGER, second, "sign", turn, _password=DEMO_PASSWORD).status_code == 303


def test_a_stage_that_is_not_good_is_kept_and_not_signed(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    turn = desk.turn(OFFICER, number)
    answer = act(desk, OFFICER, number, "sign", turn, called_back_at="明天", call_back_result="写了一半")
    assert answer.status_code == 422
    assert 'value="明天"' in answer.text
    assert desk.signatures(number) == []
    again = desk.browser(OFFICER).get(f"/records/{number}", follow_redirects=True).text
    assert "写了一半" in again
    assert 'value="明天"' in again


def test_a_half_written_stage_is_saved_for_its_writer(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    assert (
        act(
            desk, OFFICER, number, "save", desk.turn(OFFICER, number), call_back_result="明天再打"
        ).status_code
        == 303
    )
    page = f"/records/{number}"
    assert "明天再打" in desk.browser(OFFICER).get(page, follow_redirects=True).text
    assert "明天再打" not in desk.browser("customer_service_officer_2").get(page, follow_redirects=True).text


def test_a_record_goes_back_to_a_chosen_earlier_step(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    for _turn in range(2):
        desk.walker.sign(number)
    supervisor = "customer_service_supervisor"
    turn = desk.turn(supervisor, number)
    silent = act(desk, supervisor, number, "return", turn, _to="call_back")
    assert silent.status_code == 422
    answer = act(desk, supervisor, number, "return", turn, _to="call_back", _opinion="请再回访一次")
    assert answer.status_code == 303
    open_ = desk.all(
        sa.select(Task.step).where(Task.state == "open", Task.kind == "sign", Task.form_code == "CS-51")
    )
    assert open_ == ["call_back"]


@pytest.mark.proves("R4")
def test_a_record_does_not_go_back_to_a_step_to_come(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    turn = desk.turn(OFFICER, number)
    for step in ("close", "nowhere", "call_back"):
        assert act(desk, OFFICER, number, "return", turn, _to=step, _opinion="x").status_code in (
            403,
            404,
            409,
            422,
        )
    assert desk.signatures(number) == []


def test_an_outside_signer_draws_or_hands_in_paper(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    query = sa.select(Task).where(Task.outside != "", Task.state == "open", Task.form_code == "PU-04")
    while not desk.all(query):
        desk.walker.sign(number)
    turn = desk.turn("buyer", number)
    said = {
        "supplier_accepts": "yes",
        "promised_date": f"{today() + timedelta(days=30)}",
        "_outside_name": "吴经理",
    }
    empty = act(desk, "buyer", number, "sign", turn, **said)
    assert empty.status_code == 422
    assert "请外部签字人在屏幕上签名" in alerts(empty.text)
    broken = act(desk, "buyer", number, "sign", turn, **said, **{"_hand-drawn": "data:image/png;base64,AAAA"})
    assert broken.status_code == 422
    assert "签名图像无法读取" in alerts(broken.text)
    assert act(desk, "buyer", number, "sign", turn, **said, **{"_hand-drawn": DRAWING}).status_code == 303
    signature = desk.all(sa.select(Signature).where(Signature.outside_name == "吴经理"))[0]
    assert (signature.outside_way, bool(signature.drawn_id)) == ("device", True)


@pytest.mark.proves("R4")
@pytest.mark.parametrize("task", ["", "0", "٣", "²", "9" * 30, "1;2", "-1"])
def test_odd_tasks_are_not_ones_turn(desk: Desk, task: str) -> None:
    number = desk.walker.open("PU-04")
    turn = {**desk.turn(MANAGER, number), "_task": task}
    assert act(desk, MANAGER, number, "sign", turn).status_code == 403


@pytest.mark.proves("R2", "R4")
def test_who_has_no_turn_decides_nothing(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, "buyer", number, "sign", turn).status_code in (403, 409)
    assert act(desk, "auditor", number, "sign", turn).status_code == 403
    assert act(desk, "administrator", number, "sign", turn).status_code == 404
    assert desk.signatures(number) == []


def test_rows_pasted_into_a_side_entry_stay_there(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    while "逾期投诉跟踪" not in desk.browser(OFFICER).get(f"/records/{number}", follow_redirects=True).text:
        desk.walker.sign(number)
    turn = desk.turn(OFFICER, number)
    pasted = "2030-01-02\t备件未到\t2030-01-02T09:00\t同意等待\n2030-01-03\t仍未到\t2030-01-03T09:00\t\n"
    typed = [
        ("_seen", turn["_seen"]),
        ("_op", "paste:overdue_entries"),
        ("overdue_entries-paste", pasted),
    ]
    place = f"{COMPLAINTS}{number}/entries/overdue_tracking"
    for headers in ({}, {"HX-Request": "true"}):
        page = desk.post(OFFICER, place, typed, **headers).text
        assert 'value="备件未到"' in page
        assert 'value="仍未到"' in page


def test_a_neglected_entry_is_one_line_that_counts_the_days(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    while "逾期投诉跟踪" not in desk.browser(OFFICER).get(f"/records/{number}", follow_redirects=True).text:
        desk.walker.sign(number)
    with desk.app.app_context():
        with transaction():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            limit = route.known(record)["solve_by"]
            for day in range(1, 4):
                reminders.ask_entries(limit + timedelta(days=day))
        db.session.remove()
    home = desk.browser(OFFICER).get("/").text
    assert home.count("逾期投诉跟踪（缺 3 天）") == 1
    assert (
        "补充登记（缺 3 天）" in desk.browser(OFFICER).get(f"/records/{number}", follow_redirects=True).text
    )


@pytest.mark.proves("F7")
def test_a_side_entry_of_a_stale_page_is_refused_without_loss(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    seen = desk.turn(OFFICER, number)["_seen"]
    place = f"{COMPLAINTS}{number}/entries/call_tries"
    tried = [("_seen", seen), ("tried_at", minute(now())), ("try_note", "无人接听")]
    assert desk.post("customer_service_officer_2", place, tried).status_code == 303
    late = desk.post(OFFICER, place, [*tried[:2], ("try_note", "改天再打，客户在开会")])
    assert late.status_code == 409
    assert "改天再打，客户在开会" in late.text
    assert "打开页面之后" in late.text
    assert desk.signatures(number) == ["entered"]


@pytest.mark.parametrize(
    ("place", "typed"),
    [
        ("turns", [("_act", "advice"), ("_reason", "请看一下这个价格"), ("_person", "没有这个人")]),
        ("turns", [("_act", "nothing"), ("_reason", "请看一下这个价格"), ("_person", "buyer")]),
        ("withdrawals", [("_reason", "请看一下这个价格")]),
    ],
)
def test_a_refused_act_says_why_on_the_page_and_keeps_what_was_typed(
    desk: Desk, place: str, typed: list[tuple[str, str]]
) -> None:
    number = desk.walker.open("PU-04")
    login = "buyer" if place == "withdrawals" else MANAGER
    turn = desk.turn(MANAGER, number)
    if place == "withdrawals":
        desk.walker.sign(number)
    answer = desk.post(login, f"{ORDERS}{number}/{place}", [*turn.items(), *typed])
    assert answer.status_code == 422
    assert alerts(answer.text)
    assert number in answer.text
    if place == "turns":
        assert "请看一下这个价格" in answer.text


def test_a_comment_with_a_bad_file_is_not_lost(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    said = {"_opinion": "附上对比表，请核对单价", "_hand-upload": (io.BytesIO(b"MZ\x90"), "tool.exe")}
    answer = desk.browser(MANAGER).post(f"{ORDERS}{number}/comments", data=said)
    assert answer.status_code == 422
    assert "附上对比表，请核对单价" in answer.text
    assert desk.all(sa.select(Comment)) == []


def test_a_return_that_is_refused_keeps_its_reason_in_its_place(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    answer = act(desk, MANAGER, number, "return", turn, _password="wrong", _opinion="单价比上次高")
    place = answer.text.partition('id="return"')[2]
    assert "单价比上次高" in place
    assert answer.text.count("单价比上次高") == 1


def test_an_answer_to_a_request_for_advice_is_called_so(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    asked = [
        *desk.turn(MANAGER, number).items(),
        ("_act", "advice"),
        ("_reason", "单价合理吗"),
        ("_person", "戴维新"),
    ]
    assert desk.post(MANAGER, f"{ORDERS}{number}/turns", asked).status_code == 303
    answer = act(desk, COLLEAGUE, number, "sign", desk.turn(COLLEAGUE, number), _opinion="合理")
    page = desk.browser(COLLEAGUE).get(answer.headers["Location"]).text
    assert "已答复。" in page
    assert "已签署。" not in page


def test_a_one_time_link_is_a_whole_address(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    desk.walker.sign(number)
    turn = [*desk.turn("buyer", number).items(), ("_outside_name", "李女士")]
    answer = desk.post("buyer", f"{ORDERS}{number}/links", turn)
    page = desk.browser("buyer").get(answer.headers["Location"]).text
    link = re.search(r"http://localhost(/s/[\w-]+)", page)
    assert link is not None
    assert desk.app.test_client().get(link[1]).status_code == 200


def test_a_customer_who_signs_in_the_sheet_is_not_asked_to_sign_once_more(desk: Desk) -> None:
    number = desk.walker.open("EN-21")
    desk.walker.sign(number)
    browser = desk.browser("foreman")
    page = browser.get(f"/records/{number}", follow_redirects=True).text
    assert page.count("<canvas") == 1
    turn = [*desk.turn("foreman", number).items(), ("_op", "sign"), ("_outside_name", "钱先生")]
    place = f"/engineering/concealed-works-acceptances/{number}/signatures"
    assert desk.post("foreman", place, [*turn, ("customer_signature-drawn", DRAWING)]).status_code == 303
    signature = desk.all(sa.select(Signature).where(Signature.outside_name == "钱先生"))[0]
    assert signature.drawn_id == signature.answers["customer_signature"]["id"]


@pytest.mark.proves("S20", "S24")
def test_who_has_no_turn_saves_nothing_and_no_other_button_counts(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = desk.turn(MANAGER, number)
    assert act(desk, "buyer", number, "save", turn, note="x").status_code == 403
    for op in ("SIGN", "sign ", "approve", ""):
        assert act(desk, MANAGER, number, op, turn, _password=DEMO_PASSWORD).status_code == 400
    assert desk.all(sa.select(Draft.key).where(Draft.task_id.is_not(None))) == []
    assert desk.signatures(number) == []


@pytest.mark.parametrize("op", ["sign", "return", "refuse"])
def test_nobody_signs_under_half_of_what_they_wrote(desk: Desk, op: str) -> None:
    number = desk.walker.open("PU-04")
    turn, longer = desk.turn(MANAGER, number), "长" * 2001
    answer = act(desk, MANAGER, number, op, turn, _opinion=longer)
    assert answer.status_code == 422
    assert "最多" in alerts(answer.text)
    assert longer in answer.text
    assert desk.signatures(number) == []
