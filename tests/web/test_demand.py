"""From a demand to the order or to the warehouse, through the public door."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.models import Content, Draft, Record, RecordLink, StockBalance
from tests.web.conftest import Desk, alerts, value

REQUISITIONS, ORDERS = "/purchasing/requisitions/", "/purchasing/purchase-orders/"


def act(desk: Desk, login: str, number: str, op: str, **answers: str) -> Any:
    """Posts a decision on a requisition."""
    turn = desk.turn(login, number)
    data = [("_op", op), *turn.items(), *answers.items()]
    return desk.post(login, f"{REQUISITIONS}{number}/signatures", data)


def opened(desk: Desk, quantity: str = "") -> str:
    """A requisition that its head of department has approved."""
    told = [(name, quantity if quantity and name.endswith("-quantity") else text)
            for name, text in desk.told("PU-03")]  # fmt: skip
    answer = desk.post("employee", f"{REQUISITIONS}new", [("_op", "submit"), *told])
    assert answer.status_code == 303, alerts(answer.text)
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    assert desk.walker.sign(number)
    return number


def test_a_refusal_of_purchasing_goes_to_the_buyer_and_an_approval_prepares_the_order(desk: Desk) -> None:
    number = opened(desk)
    assert act(desk, "buyer", number, "sign", stock_meets_demand="no").status_code == 303
    assert act(desk, "purchasing_manager", number, "refuse", _opinion="先问库房").status_code == 303
    assert (desk.record(number).state, desk.record(number).step) == ("running", "stock_check")
    assert act(desk, "buyer", number, "sign", stock_meets_demand="no").status_code == 303
    assert act(desk, "purchasing_manager", number, "sign").status_code == 303
    record = desk.record(number)
    assert record.state == "finished"
    draft = desk.one(sa.select(Draft).where(Draft.source_id == record.id))
    assert (draft.form_code, draft.answers["requisition"]["id"]) == ("PU-04", record.id)

    page = desk.browser("buyer").get(f"{ORDERS}new?draft={draft.key}").text
    assert number in value(page, "requisition")
    told = dict(desk.told("PU-04"))
    typed = {name: text for name, text in told.items() if not name.startswith("lines-")}
    row = {name: value(page, f"lines-0-{name}") for name in ("item", "name", "quantity", "unit")}
    data = {**typed, "requisition": value(page, "requisition"), "lines-0-unit_price": "2.50"}
    data |= {f"lines-0-{name}": text for name, text in row.items()}
    sent = desk.post("buyer", f"{ORDERS}new", [("_op", "submit"), ("_key", draft.key), *data.items()])
    assert sent.status_code == 303, alerts(sent.text)
    order = desk.record(sent.headers["Location"].rsplit("/", 1)[-1])
    both = sa.or_(
        sa.and_(RecordLink.source_id == record.id, RecordLink.target_id == order.id),
        sa.and_(RecordLink.source_id == order.id, RecordLink.target_id == record.id),
    )
    assert sorted(desk.all(sa.select(RecordLink.kind).where(both))) == ["named", "opened"]
    assert order.number in desk.browser("employee").get(f"{REQUISITIONS}{number}").text


def test_what_is_there_is_not_bought_and_the_warehouse_is_asked(desk: Desk) -> None:
    number = opened(desk, "1")
    stored = desk.all(sa.select(Content).order_by(Content.id))[-1].answers["lines"][0]["item"]["id"]
    on_hand = sum(desk.all(sa.select(StockBalance.quantity).where(StockBalance.item_id == stored)))
    page = desk.browser("buyer").get(f"{REQUISITIONS}{number}").text
    assert f'data-name="stock_lines-0-on_hand" value="{on_hand.normalize():f}"' in page
    unreasoned = act(desk, "buyer", number, "sign", stock_meets_demand="no")
    assert unreasoned.status_code == 422
    assert "仍要采购的须写明理由" in unreasoned.text
    lie = {"stock_lines-0-on_hand": "0", "stock_lines-0-shortage": "9"}
    assert act(desk, "buyer", number, "sign", stock_meets_demand="yes", **lie).status_code == 303
    record = desk.record(number)
    assert (record.state, record.step) == ("running", "issue")
    assert record.cells["stock_meets_demand"] == {"zh": "是", "en": "Yes"}
    assert number in desk.browser("warehouse_keeper").get("/").text
    assert not desk.all(sa.select(Draft).where(Draft.form_code == "PU-04"))


def test_nothing_is_ordered_on_paper_any_more(desk: Desk) -> None:
    desk.walker.requisition()
    answer = desk.post(
        "buyer", f"{ORDERS}new", [("_op", "submit"), *desk.told("PU-04", requisition="纸质 018")]
    )
    assert answer.status_code == 422
    assert "找不到“纸质 018”" in alerts(answer.text)
    assert not desk.all(sa.select(Record).where(Record.form_code == "PU-04"))
