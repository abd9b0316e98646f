"""What happens inside a write and what does not: checks hold to its end, pages are drawn after it, a refusal leaves nothing."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from flask import before_render_template

from portal import database
from portal.forms.catalogue import FORMS
from portal.services import records
from tests.web.conftest import Desk, alerts

OFFICER, INSPECTOR = "customer_service_officer", "quality_inspector"
COMPLAINTS = "/customer-service/complaints/"


@pytest.mark.both_databases
def test_two_inspectors_at_once_do_not_both_inspect_one_delivery(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.walker._prepare(FORMS["PU-06"])
    sheet = desk.told("PU-06")
    inside, go_on, submit = threading.Event(), threading.Event(), records.submit

    def slowly(*given: Any, **more: Any) -> Any:
        record = submit(*given, **more)
        inside.set()
        go_on.wait(20)
        return record

    monkeypatch.setattr(records, "submit", slowly)
    answers = []

    def post(login: str) -> None:
        answer = desk.post(login, "/quality/incoming-inspections/new", [("_op", "submit"), *sheet])
        answers.append((answer.status_code, alerts(answer.text)))

    for login in (INSPECTOR, f"{INSPECTOR}_2"):
        desk.browser(login)
    first, second = (threading.Thread(target=post, args=(login,)) for login in (INSPECTOR, f"{INSPECTOR}_2"))
    first.start()
    assert inside.wait(20)
    second.start()
    second.join(1)  # time enough to do wrong; who waits for the first is still alive
    go_on.set()
    first.join(20), second.join(20)
    assert sorted(status for status, _text in answers) == [303, 422], answers
    assert "同一批货物只检验一次" in "".join(text for _status, text in answers)


def test_no_page_is_drawn_while_others_wait(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    order = desk.walker.open("PU-04")
    path, manager = f"/purchasing/purchase-orders/{order}", "purchasing_manager"
    turn = list(desk.turn(manager, order).items())
    drawn: list[tuple[str, bool]] = []

    def note(_app: Any, template: Any, **_more: Any) -> None:
        drawn.append((template.name, database._writing.get()))

    acts = [
        (OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "a-page")]),
        (OFFICER, f"{COMPLAINTS}new", [("_op", "save"), ("_key", "a-page")]),
        (manager, f"{path}/signatures", [("_op", "return"), *turn]),
        (manager, f"{path}/signatures", [("_op", "sign"), ("_password", "no"), *turn]),
        (OFFICER, f"{COMPLAINTS}{number}/comments", []),
    ]
    with before_render_template.connected_to(note, desk.app):
        for login, address, fields in acts:
            assert desk.post(login, address, fields, **{"HX-Request": "true"}).status_code in (200, 422)
    assert {name for name, _inside in drawn} >= {
        "records/form.html",
        "records/computed.html",
        "records/record.html",
    }
    assert [name for name, inside in drawn if inside] == []
