"""What one form checks against what others have filled in holds, though several submit it at the same moment."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.forms.catalogue import FORMS
from portal.models import Record
from tests.faults.test_at_once import Click, tab, together, whole
from tests.walk import multi, problems
from tests.web.conftest import Desk, alerts

pytestmark = pytest.mark.both_databases
CLICKS = 6


@pytest.mark.proves("F5")
@pytest.mark.parametrize(
    ("code", "number"), [("IC-08", "issue_no"), ("IC-10", "document_no")], ids=["issues", "papers"]
)
def test_one_number_given_in_several_tabs_is_given_once(desk: Desk, code: str, number: str) -> None:
    form = FORMS[code]
    login, path = desk.walker.opener(form), f"/{form.department_key}/{form.slug}/new"
    told = desk.told(code, login, **{number: "2026-0042"})

    def click(place: int) -> Click:
        browser, page = tab(desk, login), multi([("_op", "submit"), ("_key", f"tab-{place}"), *told])
        return lambda: browser.post(path, data=page)

    answers = together(*map(click, range(CLICKS)))
    codes = sorted(one.status_code for one in answers)
    assert codes == [303, *[422] * (CLICKS - 1)], [problems(one) for one in answers]
    first = desk.one(sa.select(Record.number).where(Record.form_code == code))
    assert all(first in alerts(one.text) for one in answers if one.status_code == 422)
    assert first.endswith("-0001")
    whole(desk)
