"""Record numbers: gapless per form and year, in the company's year, given back when the write fails."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from portal.extensions import db
from portal.services import numbering
from tests.services.office import Office


@pytest.mark.proves("F8")
@pytest.mark.both_databases
def test_each_form_counts_for_itself_and_anew_each_year(real_office: Office) -> None:
    may, next_year = datetime(2026, 5, 12, tzinfo=UTC), datetime(2027, 1, 5, tzinfo=UTC)
    drawn = [numbering.draw(code, at) for code, at in (("X", may), ("X", may), ("Y", may), ("X", next_year))]
    assert drawn == ["X-2026-0001", "X-2026-0002", "Y-2026-0001", "X-2027-0001"]


def test_the_year_begins_at_midnight_in_the_company(office: Office) -> None:
    assert numbering.draw("X", datetime(2026, 12, 31, 15, 59, tzinfo=UTC)) == "X-2026-0001"
    assert numbering.draw("X", datetime(2026, 12, 31, 16, 0, tzinfo=UTC)) == "X-2027-0001"


@pytest.mark.proves("F8")
@pytest.mark.both_databases
def test_a_number_goes_back_with_the_write_that_drew_it(real_office: Office) -> None:
    now = datetime(2026, 5, 12, tzinfo=UTC)
    numbering.draw("X", now)
    savepoint = db.session.begin_nested()
    assert numbering.draw("X", now) == "X-2026-0002"
    savepoint.rollback()
    assert numbering.draw("X", now) == "X-2026-0002"


def test_more_than_four_digits_are_no_trouble(office: Office) -> None:
    now = datetime(2026, 5, 12, tzinfo=UTC)
    numbering.draw("X", now)
    db.session.execute(numbering.sa.text("UPDATE number_series SET last = 9999 WHERE form_code = 'X'"))
    assert numbering.draw("X", now) == "X-2026-10000"
