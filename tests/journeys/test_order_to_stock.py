"""Goods from the shortage to the shelf: ordered, inspected twice by different people, what failed goes back, the books agree."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import StockBalance, StockItem
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import ago, attach, fill, link, on, sign, sign_outside, submit, take_up

SUPPLIER = "浙北钢材供应有限公司"
PLACE = "A-01"
DEMAND, FIRST, SECOND, FAILED = 500, 300, 200, 40  # more than on hand; two deliveries; bad ones of the first


@dataclass
class People:
    """Who takes part, each at a desk of their own from when they are first needed."""

    served: Served
    visit: Visit

    def __post_init__(self) -> None:
        self.there: dict[str, Visitor] = {}

    def __getitem__(self, login: str) -> Visitor:
        if login not in self.there:
            self.there[login] = self.visit(self.served, login)
        return self.there[login]


def item(served: Served) -> tuple[str, Decimal]:
    """The first stock item by name and code, and what lies at the place."""
    with served.app.app_context():
        found = db.session.scalars(sa.select(StockItem).order_by(StockItem.id)).first()
        assert found is not None
        query = sa.select(StockBalance.quantity).where(
            StockBalance.item_id == found.id, StockBalance.place == PLACE
        )
        label, quantity = found.label, db.session.scalars(query).one()
        db.session.remove()
    return label, quantity


def requisition(people: People, wanted: str, quantity: Decimal) -> str:
    """An employee needs more than there is; the buyer finds the shortage and the manager lets it be bought."""
    asks = people["employee"]
    asks.go("/purchasing/requisitions/new")
    fill(
        asks,
        {
            "department": "客户服务部",
            "category": "works_material",
            "urgency": "normal",
            "purpose": "泰和写字楼装修用料",
            "lines-0-item": wanted.split(" ")[-1],
            "lines-0-name": wanted,
            "lines-0-quantity": str(quantity + DEMAND),
            "lines-0-unit": "米",
            "lines-0-needed_by": on(20),
        },
    )
    number = submit(asks)
    head = people["customer_service_director"]
    take_up(head, number)
    sign(head)
    buyer = people["buyer"]
    take_up(buyer, number)
    assert buyer.page.locator("#stock_lines-0-shortage").input_value() == str(DEMAND)
    fill(buyer, {"stock_meets_demand": "no"})
    sign(buyer)
    manager = people["purchasing_manager"]
    take_up(manager, number)
    sign(manager)
    assert people.served.walker.state(number) == "finished"
    return number


def order(people: People, source: str) -> str:
    """The draft that the requisition left becomes an order, which the supplier accepts by a link."""
    buyer = people["buyer"]
    take_up(buyer, "采购订货单", source)
    assert buyer.at("lines-0-quantity").input_value() == str(DEMAND), "what is short, and no more"
    fill(
        buyer,
        {
            "supplier": SUPPLIER,
            "lines-0-unit_price": "32.50",
            "delivery_date": on(15),
            "delivery_place": "公司库房",
            "payment_terms": "月结30天",
            "quality_terms": "按国标验收，附质量证明书",
            "price_compared": "yes",
        },
    )
    number = submit(buyer)
    manager = people["purchasing_manager"]
    take_up(manager, number)
    sign(manager)
    buyer.go(f"/records/{number}")
    supplier = people.visit(people.served, phone=True)
    address = link(buyer, "费建国 13812345678")
    sign_outside(supplier, address, "费建国", {"supplier_accepts": "yes", "promised_date": on(10)})
    assert people.served.walker.state(number) == "finished"
    return number


def delivery(people: People, ordered: str, wanted: str, delivered: int, difference: str) -> str:
    """The supplier brings something, and the purchasing department takes it in."""
    buyer = people["buyer"]
    buyer.go("/purchasing/goods-receipts/new")
    fill(
        buyer,
        {
            "supplier": SUPPLIER,
            "order": ordered,
            "delivery_note_no": f"SH-{delivered}",
            "received_at": ago(minutes=30),
            "lines-0-item": wanted.split(" ")[-1],
            "lines-0-delivered": str(delivered),
            "lines-0-packing": "yes",
            "short_or_over": difference,
        },
    )
    attach(buyer, "note_scan")
    number = submit(buyer)
    manager = people["purchasing_manager"]
    take_up(manager, number)
    sign(manager)
    return number


def inspection(people: People, receipt: str, good: int, bad: int) -> str:
    """The inspector looks at everything that came, and the quality manager decides on what failed."""
    inspector = people["quality_inspector"]
    take_up(inspector, "进货检验单", receipt)
    fill(
        inspector,
        {
            "lines-0-sample": "20",
            "lines-0-standard": "GB/T 706",
            "lines-0-measured": "尺寸合格" if not bad else "部分弯曲",
            "lines-0-good": str(good),
            "lines-0-bad": str(bad),
            **({"lines-0-reason": "弯曲变形"} if bad else {}),
            "certificate_seen": "yes",
            "inspected_at": ago(minutes=20),
            "inspector": "杜鹃",
            "verdict": "partly" if bad else "pass",
        },
    )
    number = submit(inspector)
    if bad:
        manager = people["quality_manager"]
        take_up(manager, number)
        fill(manager, {"disposal": "return"})
        sign(manager)
    assert people.served.walker.state(number) == "finished"
    take_up(inspector, receipt)
    assert number in inspector.page.locator("#turn #inspection").input_value()
    sign(inspector)
    return number


def to_the_warehouse(people: People, receipt: str, passed: int) -> str:
    """The buyer brings what passed; the keeper, who has not inspected it, begins the second check."""
    buyer = people["buyer"]
    take_up(buyer, receipt)
    assert buyer.at("transferred_lines-0-quantity").input_value() == str(passed)
    fill(buyer, {"transferred_at": ago(minutes=10)})
    sign(buyer)
    assert people.served.walker.state(receipt) == "finished"
    keeper = people["warehouse_keeper"]
    take_up(keeper, "入库审核单", receipt)
    assert keeper.at("lines-0-quantity").input_value() == str(passed)
    fill(keeper, {"storage_place": PLACE})
    return submit(keeper)


def goes_back(people: People, source: str, login: str, quantity: int) -> str:
    """The draft of the return is completed, and the supplier takes the goods back by a link."""
    sender = people[login]
    take_up(sender, "退货单", source)
    assert sender.at("lines-0-quantity").input_value() == str(quantity)
    assert sender.at("lines-0-reason").input_value()
    fill(sender, {"claim": "refund", "wanted_by": on(10)})
    number = submit(sender)
    manager = people["purchasing_manager"]
    take_up(manager, number)
    sign(manager)
    sender.go(f"/records/{number}")
    supplier = people.visit(people.served, phone=True)
    answers = {"taken_back_on": on(), "supplier_answer": "同意退货退款"}
    sign_outside(supplier, link(sender, "费建国 13812345678"), "费建国", answers)
    buyer = people["buyer"]
    take_up(buyer, number)
    fill(buyer, {"settled_how": "退款已到账"})
    sign(buyer)
    assert people.served.walker.state(number) == "finished"
    return number


def in_the_ledger(keeper: Visitor, name: str) -> list[str]:
    """The row of an item in the stock ledger."""
    keeper.go("/registers/stock_ledger")
    row = keeper.page.locator("main table tbody tr", has_text=name)
    return [cell.strip().replace(",", "") for cell in row.locator("th, td").all_inner_texts()]


@pytest.mark.timeout(900)  # two deliveries from the order to the books, some forty pages
def test_from_the_shortage_to_the_shelf(served: Served, visit: Visit) -> None:
    people = People(served, visit)
    wanted, before = item(served)
    name = wanted.rpartition(" ")[0]
    ordered = order(people, requisition(people, wanted, before))

    # the first delivery: part of it fails the inspection and goes back, the rest passes the second check
    receipt = delivery(people, ordered, wanted, FIRST, "short")
    inspected = inspection(people, receipt, FIRST - FAILED, FAILED)
    entry = to_the_warehouse(people, receipt, FIRST - FAILED)
    goes_back(people, receipt, "buyer", FAILED)
    keeper = people["warehouse_keeper"]
    take_up(keeper, entry)
    fill(
        keeper,
        {
            "checked_lines-0-good": str(FIRST - FAILED),
            "checked_lines-0-bad": "0",
            "keeper_verdict": "pass",
        },
    )
    sign(keeper)
    take_up(keeper, entry)
    assert keeper.at("unit_costs-0-quantity").input_value() == str(FIRST - FAILED)
    fill(keeper, {"posted_on": on()})
    sign(keeper)
    assert served.walker.state(entry) == "finished"
    page = keeper.page.locator("main").inner_text()
    assert "周建国" in page
    assert "杜鹃" not in page, "who inspected it at the door does not check it again"
    keeper.go(f"/records/{inspected}")
    assert "杜鹃" in keeper.page.locator("main").inner_text()
    assert str(int(before) + FIRST - FAILED) in in_the_ledger(keeper, name)

    # the second delivery passes the inspection, but the keeper refuses it, and the supervisor agrees
    receipt = delivery(people, ordered, wanted, SECOND, "agrees")
    inspection(people, receipt, SECOND, 0)
    refused = to_the_warehouse(people, receipt, SECOND)
    take_up(keeper, refused)
    fill(
        keeper,
        {
            "checked_lines-0-good": "0",
            "checked_lines-0-bad": str(SECOND),
            "checked_lines-0-reason": "锈蚀",
            "keeper_verdict": "fail",
        },
    )
    sign(keeper)
    supervisor = people["warehouse_supervisor"]
    take_up(supervisor, refused)
    fill(supervisor, {"reject_confirmed": "yes", "supervisor_opinion": "整批锈蚀，退回供应商"})
    sign(supervisor)
    assert served.walker.state(refused) == "finished"
    goes_back(people, refused, "buyer", SECOND)

    # the books know the first delivery without its bad part, and nothing of the second
    row = in_the_ledger(keeper, name)
    assert PLACE in row
    assert str(int(before) + FIRST - FAILED) in row
    keeper.go("/registers/warehouse_journal")
    journal = keeper.page.locator("main").inner_text()
    assert entry in journal
    assert refused not in journal
    assert item(served)[1] == before + FIRST - FAILED
