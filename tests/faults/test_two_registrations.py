"""Two sheets about one customer are checked at the same moment: the customer is entered once."""

from __future__ import annotations

from functools import partial

import pytest
import sqlalchemy as sa

from portal.forms.titles import register_path
from portal.models import Customer, Supplier
from tests.faults.test_at_once import Click, tab, together, whole
from tests.walk import multi, problems
from tests.web.conftest import Desk

OFFICER, SUPERVISORS = (
    "customer_service_officer",
    ("customer_service_supervisor", "customer_service_supervisor_2"),
)
PLACE, CODE = "/customer-service/customer-registrations/", "91330100M000100Y43"
LICENSED = "91330106673959654P"
ROUNDS = 3


def brought(desk: Desk, login: str, place: str, sheet: list[tuple[str, str]], step: str) -> str:
    """The number of a sheet that was submitted and signed as far as this step."""
    answer = desk.post(login, f"{place}new", [("_op", "submit"), *sheet])
    assert answer.status_code == 303, problems(answer)
    number = str(answer.location.rsplit("/", 1)[-1])
    while desk.record(number).step != step:
        desk.walker.sign(number)
    return number


def checked(desk: Desk, key: str, login: str, **told: str) -> Click:
    """A sheet as far as the supervisor's check, and the click that ends it."""
    other = {"customer_type": "company", "not_duplicate": "", **told}
    sheet = [("_key", key), *desk.told("CS-30", OFFICER, **other)]
    number = brought(desk, OFFICER, PLACE, sheet, "supervisor_check")
    browser = tab(desk, login)
    data = {"_op": "sign", "duplicate_checked": "yes", **desk.turn(login, number)}
    return lambda: browser.post(f"{PLACE}{number}/signatures", data=data)


@pytest.mark.proves("F5", "F6")
@pytest.mark.both_databases
@pytest.mark.parametrize("same", ["credit_code", "contact_phone"])
def test_one_customer_is_entered_once(desk: Desk, same: str) -> None:
    for place in range(ROUNDS):
        given = {"credit_code": "", "contact_phone": f"0571-8800{place}000"}
        if same == "credit_code":
            given["credit_code"] = f"{CODE[:-1]}{place}"
        clicks = []
        for at, login in enumerate(SUPERVISORS):
            told = {**given, "customer_name": f"{place}号{'甲乙'[at]}机械有限公司"}
            if same == "credit_code":
                told["contact_phone"] = f"0571-88{place}{at}0000"
            clicks.append(checked(desk, f"page-{place}-{at}", login, **told))
        answers = together(*clicks)
        codes = sorted(answer.status_code for answer in answers)
        assert codes[0] == 303, [problems(answer) for answer in answers]
        assert codes[1] in (409, 422), [problems(answer) for answer in answers]
        column = getattr(Customer, {"contact_phone": "phone"}.get(same, same))
        entered = sa.select(sa.func.count()).select_from(Customer).where(column == given[same])
        assert desk.one(entered) == 1
    whole(desk)


@pytest.mark.proves("F5", "F6")
@pytest.mark.both_databases
def test_one_prospect_is_entered_once(desk: Desk) -> None:
    path = register_path("CR-12")
    for place in range(ROUNDS):
        name, clicks = f"{place}号意向机械有限公司", []
        for at, login in enumerate(("salesperson", "salesperson_2")):
            other = {"prospect_name": name, "contact_phone": f"0571-99{place}00000", "known_customer": ""}
            sheet = [("_op", "submit"), ("_key", f"p-{place}-{at}"), *desk.told("CR-12", login, **other)]
            browser = tab(desk, login)
            clicks.append(partial(browser.post, f"{path}new", data=multi(sheet)))
        answers = together(*clicks)
        assert {answer.status_code for answer in answers} <= {303, 422}, [problems(one) for one in answers]
        entered = sa.select(sa.func.count()).select_from(Customer).where(Customer.name == name)
        assert desk.one(entered) == 1
    whole(desk)


@pytest.mark.proves("F5", "F6")
@pytest.mark.both_databases
def test_one_supplier_is_entered_once(desk: Desk) -> None:
    path, clicks = register_path("PU-08"), []
    for at, login in enumerate(("purchasing_manager", "purchasing_manager_2")):
        new = {
            "evaluation_kind": "new_supplier",
            "supplier": "",
            "supplier_name": f"{'甲乙'[at]}密封件有限公司",
        }
        sheet = [("_key", f"s-{at}"), *desk.told("PU-08", "buyer", **new, credit_code=LICENSED)]
        number = brought(desk, "buyer", path, sheet, "purchasing_approval")
        browser = tab(desk, login)
        data = {"_op": "sign", "supplier_status": "approved", **desk.turn(login, number)}
        clicks.append(partial(browser.post, f"{path}{number}/signatures", data=data))
    answers = together(*clicks)
    assert {answer.status_code for answer in answers} <= {303, 409, 422}, [problems(one) for one in answers]
    assert (
        desk.one(sa.select(sa.func.count()).select_from(Supplier).where(Supplier.credit_code == LICENSED))
        == 1
    )
    whole(desk)
