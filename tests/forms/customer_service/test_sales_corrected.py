"""Finished contracts and deliveries, reversed and filled in anew: the books say everything once."""

from decimal import Decimal

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.forms.ledgers import LEDGERS
from portal.models import Customer, Draft, Machine, Product, Record, StockBalance, StockItem
from portal.queries import orders, receivables
from portal.queries.ledgers import Wanted, every
from tests.walk import Walker, multi, pairs, problems


@pytest.fixture
def walker(app):
    """People who fill in and sign; every product is kept in stock."""
    with app.app_context():
        item = db.session.scalars(sa.select(StockItem).order_by(StockItem.id)).first()
        for product in db.session.scalars(sa.select(Product)):
            product.item_id = item.id
        db.session.commit()
    return Walker(app)


def corrected(walker, number):
    """The number of the record that corrects this one without a change, signed to its end."""
    form = FORMS[number[:5]]
    browser, address = walker.browser(walker.opener(form)), walker.address(form)
    browser.post(f"{address}{number}/copies", data={"_corrects": "1"})
    with walker.app.app_context():
        draft = db.session.scalars(sa.select(Draft).where(Draft.corrects_id.is_not(None))).one()
        unchanged = form(answers=load(fields(form()), draft.answers))
        data = [("_op", "submit"), ("_key", draft.key), *pairs(unchanged)]
    answer = browser.post(f"{address}new", data=multi(data))
    assert answer.status_code == 303, problems(answer)
    later = answer.headers["Location"].rsplit("/", 1)[-1]
    while walker.sign(later):
        pass
    assert walker.state(later) == "finished"
    return later


def record(number):
    return db.session.scalars(sa.select(Record).where(Record.number == number)).one()


def test_a_corrected_contract_claims_once(walker):
    number = walker.walk("CS-34")
    with walker.app.app_context():
        claimed = receivables.claimed(record(number).id)
        ((customer, *_row), *_more) = claimed
        owed = db.session.get_one(Customer, customer).arrears
    later = corrected(walker, number)
    with walker.app.app_context():
        assert not any(receivables.claimed(record(number).id).values())
        assert sum(receivables.claimed(record(later).id).values()) == sum(claimed.values())
        assert db.session.get_one(Customer, customer).arrears == owed
        assert [row["record"] for row in every(LEDGERS["orders"].source, Wanted(), 50)] == [later]


def test_a_corrected_delivery_leaves_once(walker):
    number = walker.walk("CS-31")
    with walker.app.app_context():
        contract = walker.hints["CS-34"].id
        before = [(line.product_id, line.delivered) for line in orders.lines(contract)]
        balance = db.session.scalar(sa.select(sa.func.sum(StockBalance.quantity)))
        machines = set(db.session.scalars(sa.select(Machine.code)))
        assert machines
        assert sum(delivered for _product, delivered in before) > Decimal(0)
    later = corrected(walker, number)
    with walker.app.app_context():
        assert [(line.product_id, line.delivered) for line in orders.lines(contract)] == before
        assert db.session.scalar(sa.select(sa.func.sum(StockBalance.quantity))) == balance
        lines = list(every(LEDGERS["deliveries"].source, Wanted(), 50))
        assert {line["reversed_by"] for line in lines if line["record"] == number} == {later}
        for machine in db.session.scalars(sa.select(Machine)):
            sent_by_the_first = machine.code in machines
            assert machine.state == ("in_stock" if sent_by_the_first else "delivered")
            assert (machine.customer_id is None) is sent_by_the_first
