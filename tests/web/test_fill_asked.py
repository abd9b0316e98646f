"""A form that its address fills in: references that the form has, looked up like typed text, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa

from portal.lib.clock import today
from portal.models import Draft, Person, Record, Task, TaskHolder
from tests import desk as records
from tests.walk import Walker
from tests.web.conftest import Desk, alerts, value

OFFICER = "customer_service_officer"
NEW = "/customer-service/complaints/new"
TAIHE = "湖州泰和物业有限公司 C0001"


def asked(desk: Desk, path: str = NEW, login: str = OFFICER, **names: str) -> str:
    """The page of a new form with these names in its address."""
    answer = desk.browser(login).get(f"{path}?{urlencode(names)}")
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("typed", ["C0001", TAIHE, "泰和物业", "taihe"])
def test_a_reference_is_filled_in_like_typed_text(desk: Desk, typed: str) -> None:
    assert value(asked(desk, customer=typed), "customer") == TAIHE


def test_several_references_at_once(desk: Desk, cast: dict) -> None:
    page = asked(desk, customer="C0002", first_received_by=cast["foreman"].number, product_model="M0001")
    assert value(page, "customer") == "长兴县第二中学 C0002"
    assert value(page, "first_received_by") == cast["foreman"].label
    assert value(page, "product_model").endswith("M0001")


def test_a_reference_whose_name_python_has_taken(desk: Desk, cast: dict) -> None:
    page = asked(desk, "/quality/access-requests/new", person=cast["foreman"].number)
    assert value(page, "person") == cast["foreman"].label


@pytest.mark.parametrize(
    "typed",
    ["C9999", "C000", "有限公司和学校", "%", "'--", "<script>alert(1)</script>", "C0001\0", "x" * 3000, " "],
)
def test_what_is_not_found_or_not_plain_is_left_out_without_a_word(desk: Desk, typed: str) -> None:
    page = asked(desk, customer=typed)
    if typed != "C0001\0":  # what nobody can see is passed over, as everywhere
        assert value(page, "customer") == ""
    assert alerts(page) == alerts(asked(desk))
    assert "<script>alert" not in page


@pytest.mark.parametrize(
    "names",
    [
        {"complainant": "张三"},
        {"content": "代填的内容"},
        {"channel": "telephone"},
        {"received_at": "2026-01-01T08:00"},
        {"evidence": "1"},
        {"no_such_field": "C0001"},
        {"_op": "submit", "_key": "k"},
        {"csrf_token": "x"},
    ],
)
def test_nothing_but_references_is_taken(desk: Desk, names: dict[str, str]) -> None:
    assert plain(asked(desk, **names)) == plain(asked(desk))
    assert desk.filed("CS-51") == 0


def plain(page: str) -> str:
    """The page without its frame and without what differs from one to the next."""
    for name in ("_key", "csrf_token"):
        page = page.replace(value(page, name) or name, "")
    return page.split("<main")[1]


def test_a_paper_number_is_not_taken_from_an_address(desk: Desk) -> None:
    assert value(asked(desk, relay_note="CS-50-2026-0001"), "relay_note") == ""


def test_a_record_that_one_may_not_see_is_not_filled_in(desk: Desk) -> None:
    (number,) = records.start(desk.app, "PU-04", "buyer")
    mine = asked(desk, "/purchasing/goods-receipts/new", "buyer", order=number)
    field = value(mine, "order")
    assert field.startswith(number)
    other = asked(desk, "/purchasing/goods-receipts/new", "buyer_2", order=number)
    assert number not in other.split("<main")[1]


def test_reading_the_page_keeps_nothing_and_a_draft_stays_as_it_is(desk: Desk) -> None:
    asked(desk, customer="C0001")
    assert desk.one(sa.select(sa.func.count()).select_from(Draft)) == 0
    data = [("_op", "save"), ("_key", "my-page"), ("customer", "C0002")]
    assert desk.post(OFFICER, NEW, data).status_code == 303
    page = asked(desk, draft="my-page", customer="C0001")
    assert value(page, "customer").endswith("C0002")


def test_what_the_form_proposes_is_there_besides_what_is_known(desk: Desk) -> None:
    orders = "/customer-service/customer-orders/new"
    page = asked(desk, orders, customer="C0001")
    assert (value(page, "customer"), value(page, "order_date")) == (TAIHE, f"{today()}")


def test_a_draft_that_an_effect_has_left_begins_with_what_the_form_proposes(desk: Desk) -> None:
    walker = Walker(desk.app)
    lead = walker.open("CR-12")
    while walker.step(lead) != "opportunity":
        walker.sign(lead)
    walker.sign(lead, outcome="quote")
    new = "/customer-service/quotations/new"
    key, worker = desk.one(sa.select(Draft.key).where(Draft.form_code == "CR-16")), owner(desk, lead)
    page = asked(desk, new, worker, draft=key)
    assert value(page, "lead").startswith(lead)
    assert value(page, "valid_until") == f"{today() + timedelta(days=30)}"
    sent = [("_op", "save"), ("_key", key), ("lead", lead), ("valid_until", "")]
    assert desk.post(worker, new, sent).status_code == 303
    assert value(asked(desk, new, worker, draft=key), "valid_until") == "", "somebody has taken it out"


def owner(desk: Desk, number: str) -> str:
    """The login of the salesperson for whom the draft of the quotation is."""
    people = sa.select(Person.login).join(
        TaskHolder, TaskHolder.key == sa.literal("person:").concat(sa.cast(Person.id, sa.String))
    )
    task = sa.select(Task.id).join(Record).where(Task.form_code == "CR-16", Record.number == number)
    return str(desk.one(people.where(TaskHolder.task_id.in_(task))))


def test_whoever_may_not_begin_the_form_gets_nothing(desk: Desk) -> None:
    for login in ("buyer", "auditor"):
        assert desk.browser(login).get(f"{NEW}?customer=C0001").status_code == 403


def test_the_filled_page_is_submitted_like_any_other(desk: Desk) -> None:
    page = asked(desk, customer="C0001")
    told = desk.told("CS-51", OFFICER, customer=value(page, "customer"))
    answer = desk.post(OFFICER, NEW, [("_op", "submit"), ("_key", value(page, "_key")), *told])
    assert answer.status_code == 303, alerts(answer.text)
    number = answer.headers["Location"].rsplit("/", 1)[1]
    assert desk.one(sa.select(Record.state).where(Record.number == number)) == "running"
