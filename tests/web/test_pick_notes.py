"""What pickers say beside a name: of whom one may not look up, no more than the name."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.models import Customer, Supplier
from tests.web.conftest import Desk


@pytest.mark.proves("S19")
@pytest.mark.parametrize(
    ("kind", "model", "reader"), [("customer", Customer, "salesperson"), ("supplier", Supplier, "buyer")]
)
def test_whom_one_talks_to_there_is_for_those_who_read_the_book(
    desk: Desk, kind: str, model: type[Customer] | type[Supplier], reader: str
) -> None:
    row = desk.all(sa.select(model).where(model.contact != "").limit(1))[0]
    for login, note in ((reader, row.contact), ("cashier" if kind == "customer" else "designer", "")):
        found = desk.browser(login).get(f"/pick/{kind}?q={row.code}").get_json()
        assert [(one["code"], one["note"]) for one in found] == [(row.code, note)], login
