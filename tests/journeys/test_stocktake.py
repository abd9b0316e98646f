"""A stock-take: the place is frozen, the supervisor has it counted again, and then the books say what lies there."""

from __future__ import annotations

from decimal import Decimal

import sqlalchemy as sa

from portal.extensions import db
from portal.models import StockBalance, StockItem
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import ago, fill, on, press, sign, submit, take_up

PLACE = "A-01"


def lying(served: Served) -> tuple[str, str, Decimal]:
    """Name and code of the first stock item, and what the books say lies at the place."""
    with served.app.app_context():
        found = db.session.scalars(sa.select(StockItem).order_by(StockItem.id)).first()
        assert found is not None
        query = sa.select(StockBalance.quantity).where(
            StockBalance.item_id == found.id, StockBalance.place == PLACE
        )
        told = found.name, found.code, db.session.scalars(query).one()
        db.session.remove()
    return told


def row(visitor: Visitor, ledger: str, *words: str) -> list[str]:
    """The one row of a ledger with these words, cell by cell."""
    visitor.go(f"/registers/{ledger}")
    found = visitor.page.locator("main table tbody tr")
    for word in words:
        found = found.filter(has_text=word)
    assert found.count() == 1, (ledger, words)
    return [cell.strip().replace(",", "") for cell in found.locator("th, td").all_inner_texts()]


def review(supervisor: Visitor, number: str, **answers: str) -> None:
    """The supervisor looks both books up and decides."""
    take_up(supervisor, number)
    fill(supervisor, {"stock_list_checked": "yes", "journal_checked": "yes", **answers})
    sign(supervisor)


def test_a_count_is_made_twice_and_puts_the_books_right(served: Served, visit: Visit) -> None:
    name, code, book = lying(served)
    keeper, supervisor = visit(served, "warehouse_keeper"), visit(served, "warehouse_supervisor")
    page = keeper.page
    keeper.go("/warehouse/stocktake-reports/new")
    fill(
        keeper,
        {
            "count_kind": "quarterly",
            "count_date": on(),
            "frozen_at": ago(minutes=1),
            "places": PLACE,
            "team": "周建国、万福来",
            "lines-0-item": code,
            "lines-0-place": PLACE,
            "lines-0-counted": str(book - 9),
            "lines-0-reason": "待查",
        },
    )
    number = submit(keeper)
    assert "-9" in page.locator("main").inner_text().replace("−", "-")
    assert number in row(keeper, "stock_ledger", name), "frozen by the count"

    # too much is missing for a first count: the supervisor has it counted again
    take_up(supervisor, number)
    fill(supervisor, {"stock_list_checked": "yes", "journal_checked": "yes", "verdict": "approved"})
    press(supervisor, '#turn button.btn-primary[value="sign"]')
    assert "首次盘点须退回重新盘点" in supervisor.page.locator("main").inner_text()
    fill(supervisor, {"verdict": "rejected", "reject_reason": "差异过大，请重新盘点"})
    sign(supervisor)
    assert served.walker.state(number) == "returned"
    assert number in row(keeper, "stock_ledger", name), "frozen while it is counted again"

    # the second round finds most of it
    take_up(keeper, number)
    assert keeper.at("lines-0-counted").input_value() == str(book - 9)
    fill(keeper, {"lines-0-counted": str(book - 2), "lines-0-reason": "加工损耗", "_reason": "已重新盘点"})
    press(keeper, 'button[form="sheet"][value="submit"]')
    assert served.walker.state(number) == "running"
    review(supervisor, number, verdict="approved")
    take_up(keeper, number)
    fill(keeper, {"updated_on": on()})
    sign(keeper)
    assert served.walker.state(number) == "finished"

    # the count journal and the stock list agree, and the place is free again
    counted = row(keeper, "count_journal", number)
    assert counted[1] == "2", "the second count"
    assert {str(book), str(book - 2), "-2"} <= {cell.replace("−", "-") for cell in counted}
    assert str(book - 2) in row(keeper, "stock_list", name, PLACE)
    assert number not in row(keeper, "stock_ledger", name)
    assert str(book - 2) in row(keeper, "warehouse_journal", number)
    assert lying(served)[2] == book - 2
