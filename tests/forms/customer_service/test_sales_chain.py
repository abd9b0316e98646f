"""From the accepted offer to the money, over the drafts that each form leaves for the next."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.lib.clock import today
from portal.models import Draft, Record, RecordLink
from portal.queries import orders
from tests.walk import Walker, multi, pairs, problems


def test_an_accepted_offer_is_ordered_and_paid(app: Flask) -> None:
    walker = Walker(app)
    offer = walker.walk("CR-16")
    order = take_up(walker, offer, "CR-17", delivery_address="学府路 6 号")
    while walker.sign(order):
        pass
    assert walker.state(order) == "finished"
    walker._remember(order)
    payment = walker.walk("CR-06")
    assert walker.state(payment) == "finished"
    with app.app_context():
        found = {one.number: one.id for one in db.session.scalars(sa.select(Record))}
        assert orders.progress({found[order]})[found[order]].is_paid
        links = {
            (one.source_id, one.target_id, one.kind) for one in db.session.scalars(sa.select(RecordLink))
        }
        assert (found[offer], found[order], "opened") in links
        assert (found[order], found[offer], "named") in links
        assert (found[payment], found[order], "named") in links


def take_up(walker: Walker, source: str, code: str, **answers: Any) -> str:
    """Whoever waits for the draft of a form that a record has opened completes it; gives the new number."""
    form = FORMS[code]
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == source)).one()
        draft = db.session.scalars(
            sa.select(Draft).where(Draft.source_id == record.id, Draft.form_code == code)
        ).one()
        given = load(fields(form()), draft.answers)
        wanted_by = today() + timedelta(days=30)
        lines = [{**line, "wanted_by": wanted_by} for line in given["lines"]]
        data = pairs(form(answers={**given, **answers, "lines": lines}))
        key, login = draft.key, record.applicant.login
    browser, address = walker.browser(login), walker.address(form)
    page = browser.get(f"{address}new?draft={key}")
    assert page.status_code == 200
    assert str(given["lines"][0]["product"]) in page.text
    answer = browser.post(f"{address}new", data=multi([("_op", "submit"), ("_key", key), *data]))
    assert answer.status_code == 303, problems(answer)
    return answer.headers["Location"].rsplit("/", 1)[-1]
