"""A form changes between two contents of a record: each content and stage keeps the sheet that it was given under."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.domain.signoff import Route, Step, role
from portal.extensions import db
from portal.forms.base import Stage
from portal.forms.catalogue import BY_SLUG, FORMS
from portal.forms.fields import Choice, Number, Text
from portal.forms.purchasing.purchase_order import PurchaseOrder
from portal.models import Content, Record
from portal.queries import history
from portal.services import signatures
from tests.web.conftest import Desk, alerts
from tests.web.test_acts import MANAGER, ORDERS, act


class Opinion(Stage):
    """What the newer form asks the manager."""

    price_level = Choice("价格水平", {"fair": "合理价", "high": "偏高价"})


class NewerOrder(PurchaseOrder):
    """The order as a later release has it: a label, a kind and a stage changed, one field gone, one new."""

    code, slug, section = "PU-04", "purchase-orders", "goods"
    delivery_place = Text("卸货地点")
    payment_terms = Choice("结算方式", {"cash": "现款", "month": "月结三十天"})
    price_compared = None
    spare_days = Number("宽限天数")
    signoff = Route(
        Step("purchasing_approval", "采购部经理审批", role("purchasing_manager"), fills=Opinion),
        *PurchaseOrder.signoff.steps[1:],
    )


NewerOrder.department_key = "purchasing"


@pytest.fixture
def release(monkeypatch: pytest.MonkeyPatch) -> object:
    """Puts the newer form into service."""

    def put() -> None:
        monkeypatch.setitem(FORMS, "PU-04", NewerOrder)
        monkeypatch.setitem(BY_SLUG, ("purchasing", "purchase-orders"), NewerOrder)

    return put


def newer(desk: Desk) -> list[tuple[str, str]]:
    """The sheet for the newer form."""
    changed = {"payment_terms": "month", "spare_days": "3"}
    return [(name, text) for name, text in desk.told("PU-04", "buyer", **changed) if name != "price_compared"]


@pytest.mark.proves("R7", "R14", "R33")
def test_each_content_is_read_by_its_own_form(desk: Desk, release) -> None:  # type: ignore[no-untyped-def]
    number = desk.walker.open("PU-04")
    back = act(desk, MANAGER, number, "return", desk.turn(MANAGER, number), _opinion="改付款条件")
    assert back.status_code == 303
    content = desk.one(sa.select(Content).join(Record).where(Record.number == number))
    old_terms = content.answers["payment_terms"]
    release()
    way = f"{ORDERS}{number}/correct"
    sheet = desk.browser("buyer").get(way)
    assert sheet.status_code == 200, "an answer of another kind does not fit and is asked for anew"
    assert "卸货地点" in sheet.text
    corrected = desk.post("buyer", way, [("_version", "1"), ("_reason", "改结算方式"), *newer(desk)])
    assert corrected.status_code == 303, alerts(corrected.text)
    page = desk.browser("buyer").get(f"/records/{number}", follow_redirects=True).text
    now, _history, _rest = page.partition('class="card part history"')
    _now, _versions, before = page.partition('class="versions"')
    for text in ("卸货地点", "结算方式", "月结三十天", "宽限天数"):
        assert text in now
    assert "已比价" not in now
    for text in ("交货地点", "付款条件", old_terms, "已比价"):
        assert text in before
    assert "宽限天数" not in before
    told = desk.browser("buyer").get(f"{ORDERS}{number}.json").get_json()
    assert len({version["form_version"] for version in told["versions"]}) == 2


@pytest.mark.proves("R14", "R33")
def test_a_stage_is_read_by_the_form_that_it_was_signed_under(desk: Desk, release) -> None:  # type: ignore[no-untyped-def]
    number = desk.walker.open("PU-04")
    release()
    page = desk.browser(MANAGER).get(f"/records/{number}", follow_redirects=True).text
    assert "交货地点" in page
    assert "价格水平" in page, "what runs is the form of today"
    signed = act(desk, MANAGER, number, "sign", desk.turn(MANAGER, number), price_level="high")
    assert signed.status_code == 303, alerts(signed.text)
    page = desk.browser(MANAGER).get(f"/records/{number}", follow_redirects=True).text
    assert "偏高价" in page
    assert "付款条件" in page
    assert "结算方式" not in page
    with desk.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        (signature,) = history.signatures(record)
        assert signature.sha256 == signatures.fingerprint(record, signature)
        assert signature.form_version_id != record.form_version_id
        db.session.remove()


def test_the_history_names_a_field_that_is_gone(desk: Desk, release) -> None:  # type: ignore[no-untyped-def]
    number = desk.walker.open("PU-04")
    act(desk, MANAGER, number, "return", desk.turn(MANAGER, number), _opinion="改付款条件")
    release()
    given = [("_version", "1"), ("_reason", "改结算方式"), *newer(desk)]
    assert desk.post("buyer", f"{ORDERS}{number}/correct", given).status_code == 303
    page = desk.browser("buyer").get(f"/records/{number}", follow_redirects=True).text
    event = next(line for line in page.splitlines() if "更正了内容" in line)
    assert "已比价" in event
    assert "结算方式" in event


def test_a_copy_takes_over_what_still_fits(desk: Desk, release) -> None:  # type: ignore[no-untyped-def]
    number = desk.walker.open("PU-04")
    release()
    copied = desk.post("buyer", f"{ORDERS}{number}/copies", [])
    assert copied.status_code == 303
    sheet = desk.browser("buyer").get(copied.location)
    assert sheet.status_code == 200
    assert "卸货地点" in sheet.text
