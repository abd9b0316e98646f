"""盘点流水账: each line tells who has counted, who has put it into the books, and who approved it."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models import Person, Record, Signature
from tests.conftest import both_databases
from tests.walk import Walker


@both_databases
def test_each_line_names_the_supervisor_who_approved_the_count(app: Flask) -> None:
    walker = Walker(app)
    number = walker.walk("WH-06")
    with app.app_context():
        reviewed = (
            sa.select(Person.name)
            .join(Signature, Signature.person_id == Person.id)
            .join(Record, Record.id == Signature.record_id)
            .where(Record.number == number, Signature.step == "supervisor_review", Signature.act == "signed")
        )
        name = db.session.scalars(reviewed.order_by(Signature.id.desc())).first()
    page = walker.browser("warehouse_keeper").get(f"/registers/count_journal?q={number}").text
    assert "审核人" in page
    line = next(part for part in page.partition("<tbody")[2].split("<tr") if number in part)
    assert name
    assert name in line
