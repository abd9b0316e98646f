"""Goods from the order to the books, by keyboard alone: rows added, pasted from a spreadsheet, totals shown at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record, StockItem
from portal.queries import history
from portal.queries.pick import record_label
from tests.journeys.conftest import Served, Visit, Visitor


def items(served: Served) -> list[str]:
    """Codes and names of two stock items."""
    with served.app.app_context():
        found = [
            one.label for one in db.session.scalars(sa.select(StockItem).order_by(StockItem.id).limit(2))
        ]
        db.session.remove()
    return found


def keys(visitor: Visitor, name: str, text: str) -> None:
    """Types into a field and leaves it by keyboard."""
    field = visitor.at(name)
    field.evaluate("one => (one.tomselect ?? one).focus()")
    if field.get_attribute("data-picker") is not None:
        visitor.page.wait_for_selector(".ts-wrapper.focus input")
    visitor.page.keyboard.press("Control+A")
    visitor.page.keyboard.type(text)
    visitor.page.keyboard.press("Tab")


def press_key(visitor: Visitor, selector: str) -> None:
    """Presses a button of a table by keyboard and waits for the table."""
    visitor.page.locator(selector).focus()
    with visitor.page.expect_response(lambda answer: answer.request.method == "POST"):
        visitor.page.keyboard.press("Enter")


def submit(visitor: Visitor, selector: str) -> None:
    """Presses a button that leads to another page by keyboard."""
    visitor.page.locator(selector).focus()
    with visitor.page.expect_event("load"):
        visitor.page.keyboard.press("Enter")
    visitor.look()


def test_an_order_by_keyboard(served: Served, visit: Visit) -> None:
    first, second = items(served)
    with served.aside() as walker:
        requisition = walker.requisition()
    buyer = visit(served, "buyer")
    page = buyer.page
    buyer.go("/purchasing/purchase-orders/new")
    buyer.pick("supplier", "浙北钢材供应有限公司")
    buyer.pick("requisition", requisition)
    buyer.pick("lines-0-item", first.split(" ")[0])
    for name, text in (
        ("name", first),
        ("quantity", "12"),
        ("unit", "件"),
        ("unit_price", "3.50"),
    ):
        keys(buyer, f"lines-0-{name}", text)
    page.wait_for_function(
        "() => document.getElementById('total_amount').value.replace(/[^0-9.]/g, '') === '42.00'"
    )

    press_key(buyer, 'button[value="add:lines"]')
    page.locator("#lines-1").wait_for()
    assert page.evaluate("document.activeElement.closest('tr')?.id") == "lines-1"
    press_key(buyer, '#lines-1 button[value^="remove:"]')
    page.locator("#lines-1").wait_for(state="detached")

    page.locator(".rows-paste summary").focus()
    page.keyboard.press("Enter")
    page.locator("#lines-paste").fill("\t".join((second, second, "20", "件", "8.25")))
    press_key(buyer, 'button[value="paste:lines"]')
    page.locator("#lines-1").wait_for()
    assert buyer.at("lines-1-quantity").input_value() == "20"
    assert page.locator("#lines-1-amount").input_value().replace(",", "") == "165.00"
    page.wait_for_function(
        "() => document.getElementById('total_amount').value.replace(/[^0-9.]/g, '') === '207.00'"
    )
    assert "共 2 行" in page.locator(".rows-foot").inner_text()

    for name, text in (
        ("delivery_place", "二号库"),
        ("payment_terms", "月结"),
        ("quality_terms", "按样件验收"),
    ):
        keys(buyer, name, text)
    buyer.at("delivery_date").fill("2027-01-20")
    page.locator('[name="price_compared"][value="yes"]').focus()
    page.keyboard.press("Space")
    submit(buyer, 'button[value="submit"]')
    assert "已提交，编号 PU-04-2026-0001" in page.locator("main").inner_text()
    assert "207.00" in page.locator(".part").first.inner_text()


def test_goods_reach_the_books(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        receipt = walker.walk("PU-05")
        inspection = label(served, "PU-06")
    keeper = visit(served, "warehouse_keeper")
    page = keeper.page
    keeper.go("/warehouse/entry-checks/new")
    keeper.pick("receipt", receipt)
    keeper.pick("inspection", inspection.split(" ")[0])
    passed = transferred(served, receipt)
    keeper.pick("supplier", passed.supplier.split(" ")[0])
    for place, (item, quantity) in enumerate(passed.lines):
        if place:
            press_key(keeper, 'button[value="add:lines"]')
            page.locator(f"#lines-{place}").wait_for()
        keeper.pick(f"lines-{place}-item", item.split(" ")[0])
        keys(keeper, f"lines-{place}-quantity", quantity)
        keys(keeper, f"lines-{place}-unit", "件")
    keeper.at("arrived_at").fill("2026-11-20T10:00")
    keeper.pick("handed_by", "黄婷婷")
    keys(keeper, "storage_place", "A-02")
    submit(keeper, 'button[value="submit"]')
    number = page.url.rsplit("/", 1)[-1]
    assert re.fullmatch(r"WH-02-2026-\d+", number), page.locator("#errors").inner_text()

    for place, (_item, quantity) in enumerate(passed.lines):
        keys(keeper, f"checked_lines-{place}-good", quantity)
        keys(keeper, f"checked_lines-{place}-bad", "0")
    page.locator('[name="keeper_verdict"][value="pass"]').focus()
    page.keyboard.press("Space")
    submit(keeper, '#turn button[value="sign"]')
    keeper.at("posted_on").fill("2026-11-20")
    submit(keeper, '#turn button[value="sign"]')
    assert served.walker.state(number) == "finished"

    keeper.go("/registers/stock_ledger")
    assert "A-02" in page.locator("main").inner_text()
    keeper.go("/registers/warehouse_journal")
    page.get_by_role("link", name=number).first.click()
    page.wait_for_url(f"**/{number}")


def label(served: Served, code: str) -> str:
    """The newest record of a form as pickers show it."""
    with served.app.app_context():
        query = sa.select(Record).where(Record.form_code == code).order_by(Record.id.desc())
        found = db.session.scalars(query).first()
        assert found is not None
        text = record_label(found)
        db.session.remove()
    return text


@dataclass(frozen=True)
class Brought:
    """What was brought to the warehouse."""

    supplier: str
    lines: list[tuple[str, str]]


def transferred(served: Served, number: str) -> Brought:
    """What the buyer brought after a receipt: items with quantities."""
    with served.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        stored = history.stored_answers(history.content(record), history.signatures(record))
        db.session.remove()
    lines = [(line["item"]["text"], str(line["quantity"])) for line in stored["transferred_lines"]]
    return Brought(stored["supplier"]["text"], lines)
