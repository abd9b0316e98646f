"""A record's page: what its readers find there, and what others do not."""

from __future__ import annotations

import io
import re
from datetime import date
from urllib.parse import quote

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.models import Person, RecordLink, RoleGrant
from tests.books import Books
from tests.desk import change
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
COMPLAINTS = "/customer-service/complaints/"


def file_of(desk: Desk, login: str, name: str = "证明.txt") -> str:
    """Puts a file up; gives its id."""
    answer = desk.browser(login).post("/files", data={"file": (io.BytesIO("凭证".encode()), name)})
    found = re.search(r'value="(\d+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


@pytest.mark.proves("R2", "S19")
def test_a_record_is_for_its_readers(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    for path in (f"/records/{number}", *(f"{COMPLAINTS}{number}{end}" for end in ("", ".pdf", ".json"))):
        assert desk.browser("salesperson").get(path).status_code == 404
    assert desk.browser("customer_service_officer_2").get(f"{COMPLAINTS}{number}").status_code == 200


@pytest.mark.proves("S19")
def test_what_a_record_led_to_is_only_a_number_for_those_who_may_not_read_it(desk: Desk) -> None:
    complaint, request = desk.walker.open("CS-51"), desk.walker.open("PU-03")
    change(desk.app, request, title="别部门的事")
    with desk.app.app_context(), transaction():
        ends = {"source_id": desk.record(complaint).id, "target_id": desk.record(request).id}
        db.session.add(RecordLink(kind="opened", **ends))
    page = desk.browser(OFFICER).get(f"{COMPLAINTS}{complaint}").text
    assert request in page
    assert "别部门的事" not in page
    assert f"/records/{request}" not in page
    page = desk.browser("auditor").get(f"{COMPLAINTS}{complaint}").text
    assert f'<a href="/records/{request}">{request} 别部门的事</a>' in page


def test_a_record_answers_at_its_own_forms_address_alone(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    assert desk.browser(OFFICER).get(f"/customer-service/customer-files/{number}").status_code == 404
    assert desk.browser(OFFICER).get(f"/purchasing/complaints/{number}").status_code == 404


def test_the_page_says_where_it_is_and_who_is_next(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    page = desk.browser("buyer").get(f"/records/{number}", follow_redirects=True).text
    assert "等待：" in page
    assert "采购部经理" in page
    assert 'id="turn"' not in page
    assert (
        'id="turn"'
        in desk.browser("purchasing_manager").get(f"/records/{number}", follow_redirects=True).text
    )


@pytest.mark.both_databases
@pytest.mark.parametrize("others", [[], ["salesperson", "warehouse_keeper"]])
def test_the_page_names_who_is_behind_the_role_that_is_next(
    desk: Desk, books: Books, others: list[str]
) -> None:
    number = desk.walker.open("PU-04")
    for login in others:
        id = books.person(login)
        books.add(RoleGrant(person_id=id, role="purchasing_manager", starts_on=date(2026, 1, 1)))
    if others:  # granted twice, and one who may only read
        again = {"person_id": books.person("salesperson"), "role": "purchasing_manager"}
        books.add(RoleGrant(**again, starts_on=date(2026, 2, 1)))
        books.add(
            RoleGrant(
                person_id=books.person("auditor"), role="purchasing_manager", starts_on=date(2026, 1, 1)
            )
        )
    holders = sa.select(Person.name).join(RoleGrant, RoleGrant.person_id == Person.id)
    holders = holders.where(RoleGrant.role == "purchasing_manager", Person.login != "auditor")
    names = list(dict.fromkeys(desk.all(holders.order_by(Person.id))))
    more = f" 等 {len(names)} 人" if others else ""
    page = desk.browser("buyer").get(f"/records/{number}", follow_redirects=True).text
    assert f"<b>采购部经理（{'、'.join(names[:3])}{more}）</b>" in page


@pytest.mark.proves("R12")
def test_json_tells_what_the_page_tells(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    told = desk.browser(OFFICER).get(f"{COMPLAINTS}{number}.json")
    assert told.mimetype == "application/json"
    assert number in told.text


@pytest.mark.proves("S19", "S36")
def test_a_file_is_its_uploaders_until_its_record_has_readers(desk: Desk) -> None:
    id = file_of(desk, OFFICER)
    assert desk.browser(OFFICER).get(f"/files/{id}").status_code == 200
    for login in ("customer_service_officer_2", "auditor", "administrator", "salesperson"):
        assert desk.browser(login).get(f"/files/{id}").status_code == 404
    told = desk.told("CS-51", evidence=id)
    assert (
        desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "k"), *told]).status_code == 303
    )
    for login in ("customer_service_officer_2", "auditor"):
        assert desk.browser(login).get(f"/files/{id}").status_code == 200
    for login in ("administrator", "salesperson"):
        assert desk.browser(login).get(f"/files/{id}").status_code == 404


@pytest.mark.proves("S37")
def test_a_file_is_saved_and_never_run(desk: Desk) -> None:
    answer = desk.browser(OFFICER).get(f"/files/{file_of(desk, OFFICER)}?show")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.proves("S30")
def test_a_file_keeps_its_chinese_name_in_headers_that_servers_can_send(desk: Desk) -> None:
    said = desk.browser(OFFICER).get(f"/files/{file_of(desk, OFFICER)}").headers["Content-Disposition"]
    assert said.isascii()
    assert "filename=file.txt" in said
    assert f"filename*=UTF-8''{quote('证明.txt')}" in said


def test_a_record_given_up_says_so_in_words(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    for act in ("withdrawals", "voidings"):
        desk.post(OFFICER, f"{COMPLAINTS}{number}/{act}", [("_reason", "重复登记")])
    page = desk.browser(OFFICER).get(f"{COMPLAINTS}{number}").text
    assert "已作废" in re.findall(r'class="chip chip-voided">.*?</span>', page, re.S)[0]
    assert ">已作废</tspan>" in page or ">已作废</text>" in page
    assert ">已拒绝<" not in page


@pytest.mark.proves("R16")
def test_a_signature_is_told_as_done_and_a_button_as_to_do(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    manager = desk.browser("purchasing_manager")
    manager.post("/account/language", data={"language": "en"})
    assert "Approve" in manager.get(f"/records/{number}", follow_redirects=True).text
    desk.walker.sign(number)
    page = manager.get(f"/records/{number}", follow_redirects=True).text
    assert '<span class="meaning">Approved</span>' in page
    assert (
        "Purchasing · Purchasing manager" in page
    )  # the department as it was called, in the reader's language


def test_an_error_page_leads_back_to_where_one_came_from(desk: Desk) -> None:
    officer = desk.browser(OFFICER)
    assert (
        'href="http://localhost/notices"'
        in officer.get("/no", headers={"Referer": "http://localhost/notices"}).text
    )
    assert "evil.example" not in officer.get("/no", headers={"Referer": "http://evil.example/"}).text
