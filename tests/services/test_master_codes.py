"""Codes of master data: whoever enters a row waits for those who do so at the same moment."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.database import transaction
from portal.extensions import db
from portal.models import Customer
from portal.services import master, once


@pytest.mark.both_databases
def test_who_meets_others_tries_the_code_that_comes_after_all_of_them(
    context: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    add = once.add

    def met(row: Any, find: Any) -> Any:
        tried.append(row.code)
        if len(tried) == 1:  # somebody else was first, and their tries have used up ids
            db.session.execute(
                sa.insert(Customer).values(id=last + 7, code=row.code, name="甲公司", search_key="")
            )
        return add(row, find)

    monkeypatch.setattr(once, "add", met)
    with transaction():
        last = db.session.scalar(sa.select(sa.func.max(Customer.id))) or 0
        made = master.create("customer", name="乙公司")
    assert tried == [f"C{last + 1:04d}", f"C{last + 8:04d}"]
    assert made.code == tried[-1]
