"""Different acts on one thing at the same moment: each happens whole or not at all, and nobody meets an error."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.jobs import daily
from portal.models import Draft, Person, Record, Task
from tests.faults.acts import COLLEAGUE, COMPLAINTS, MANAGER, OFFICER, ORDERS
from tests.faults.test_at_once import Click, tab, together, whole
from tests.walk import problems
from tests.web.conftest import Desk

pytestmark = pytest.mark.both_databases


def clicks(desk: Desk, number: str) -> dict[str, Click]:
    """What several people may do with an order at its first step, each from a page that was drawn before."""
    path = f"{ORDERS}{number}"
    turn, other = desk.turn(MANAGER, number), desk.turn(COLLEAGUE, number)
    with desk.app.app_context():
        name = db.session.scalars(sa.select(Person.number).where(Person.login == COLLEAGUE)).one()
        db.session.remove()
    given: dict[str, tuple[str, str, dict[str, str]]] = {
        "sign": (MANAGER, "signatures", {"_op": "sign", "_opinion": "同意", **turn}),
        "return": (COLLEAGUE, "signatures", {"_op": "return", "_opinion": "价格太高", **other}),
        "refuse": (COLLEAGUE, "signatures", {"_op": "refuse", "_opinion": "不买", **other}),
        "save": (MANAGER, "signatures", {"_op": "save", "_opinion": "再想想", **turn}),
        "withdraw": ("buyer", "withdrawals", {"_reason": "写错了"}),
        "comment": (COLLEAGUE, "comments", {"_opinion": "请核对单价"}),
        "delegate": (MANAGER, "turns", {"_act": "hand_over", "_reason": "出差", "_person": name, **turn}),
        "ask": (MANAGER, "turns", {"_act": "add", "_reason": "请看", "_person": name, **turn}),
    }
    found: dict[str, Click] = {}
    for act, (login, where, data) in given.items():
        browser = tab(desk, login)
        found[act] = lambda browser=browser, where=where, data=data: browser.post(
            f"{path}/{where}", data=data
        )
    return found


PAIRS = (
    *(("sign", "return"), ("sign", "withdraw"), ("sign", "delegate"), ("save", "sign")),
    *(("return", "withdraw"), ("withdraw", "delegate"), ("comment", "refuse"), ("ask", "return")),
)


@pytest.mark.parametrize("pair", PAIRS, ids="+".join)
@pytest.mark.proves("F5")
def test_of_two_acts_each_happens_whole_or_not_at_all(desk: Desk, pair: tuple[str, str]) -> None:
    number = desk.walker.open("PU-04")
    acts = clicks(desk, number)
    answers = together(*(acts[name] for name in pair))
    told = {name: (one.status_code, problems(one)) for name, one in zip(pair, answers, strict=True)}
    assert all(code in (303, 403, 409, 422) for code, _words in told.values()), told
    assert any(code == 303 for code, _words in told.values()), told
    record = desk.record(number)
    query = sa.select(Task.kind).where(Task.record_id == record.id, Task.state == "open")
    kinds = desk.all(query)
    assert kinds.count("sign") == (record.state == "running"), (record.state, kinds)
    assert kinds.count("correct") == (record.state in ("returned", "withdrawn")), (record.state, kinds)
    whole(desk)


@pytest.mark.parametrize("kept", [False, True], ids=["new", "saved before"])
@pytest.mark.proves("F6")
def test_a_page_saved_while_it_is_submitted_is_one_record_and_leaves_no_draft(desk: Desk, kept: bool) -> None:
    told: dict[str, list[str]] = {"_key": ["a-page"]}
    for name, text in desk.told("CS-51"):
        told.setdefault(name, []).append(text)

    def click(op: str) -> Click:
        browser = tab(desk, OFFICER)
        return lambda: browser.post(f"{COMPLAINTS}new", data={**told, "_op": [op]})

    if kept:
        assert click("save")().status_code == 303
    answers = together(*map(click, ("save", "submit", "save", "submit")))
    assert {one.status_code for one in answers} <= {303, 409}, [problems(one) for one in answers]
    assert desk.filed("CS-51") == 1
    assert click("submit")().location == answers[1].location
    assert desk.filed("CS-51") == 1
    assert "draft=a-page" not in desk.browser(OFFICER).get("/").text
    with desk.app.app_context():
        daily.tidy()
        db.session.remove()
    assert desk.drafts("a-page") == 0


def test_a_draft_that_came_too_late_is_not_shown_and_goes(desk: Desk) -> None:
    told = {"_key": ["late"], "_op": ["submit"]}
    for name, text in desk.told("CS-51"):
        told.setdefault(name, []).append(text)
    assert desk.browser(OFFICER).post(f"{COMPLAINTS}new", data=told).status_code == 303
    with desk.app.app_context(), transaction():
        record = db.session.scalars(sa.select(Record).where(Record.key == "late")).unique().one()
        late = {"form_code": "CS-51", "person_id": record.applicant_id, "answers": {}, "title": "迟到的草稿"}
        for key in ("late", "other"):
            db.session.add(Draft(**late, key=key, typed=[], updated_at=record.submitted_at))
    page = desk.browser(OFFICER).get("/").text
    assert "draft=other" in page
    assert "draft=late" not in page
    with desk.app.app_context():
        assert daily.tidy() == 1
        db.session.remove()
    assert (desk.drafts("late"), desk.drafts("other")) == (0, 1)
