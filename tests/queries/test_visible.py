"""Who sees which record, by the single look-up, by any query, and page by page."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.domain.permissions import role_key
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Record
from portal.queries import registers, visible
from portal.services import conversation, tasks
from tests.services.engine_forms import AnyOfTwo, Logged, OneRole
from tests.services.office import NOW, Office

LOGINS = (
    "buyer buyer_2 purchasing_manager quality_manager quality_manager_2 general_manager designer employee auditor "
    "administrator cashier"
).split()


def readers(office: Office, record: Record) -> set[str]:
    """Which of these people see the record."""
    query = sa.select(Record.id).where(Record.id == record.id)
    seen = {
        login
        for login in LOGINS
        if db.session.scalar(visible.visible_to(query, office.actor(login))) is not None
    }
    for login in LOGINS:
        page = registers.page(record.form_code, office.actor(login), registers.Wanted(), "", 50)
        assert (record.id in {row.id for row in page.rows}) == (login in seen)
    return seen


@pytest.mark.proves("S19")
def test_a_record_is_for_its_people_and_for_auditors(office: Office) -> None:
    record = office.submit(OneRole)
    own = {"buyer", "purchasing_manager", "auditor"}  # the applicant, and the head of the department
    assert readers(office, record) == own | {"quality_manager", "quality_manager_2"}
    office.sign(record, "quality_manager")
    assert readers(office, record) == own | {"quality_manager", "quality_manager_2", "general_manager"}


@pytest.mark.proves("S19")
def test_what_one_may_not_see_does_not_exist(office: Office) -> None:
    record = office.submit(OneRole)
    assert visible.record(record.number, office.actor("buyer")) is record
    assert visible.record(record.number, office.actor("buyer"), "T-ONE") is record
    for number, login, code in (
        (record.number, "buyer_2", None),
        (record.number, "administrator", None),
        (record.number, "buyer", "T-ANY"),
        ("T-ONE-2026-9999", "auditor", None),
    ):
        with pytest.raises(NotFound):
            visible.record(number, office.actor(login), code)


def test_a_stranger_sees_nothing(office: Office) -> None:
    office.submit(OneRole)
    assert db.session.scalars(visible.visible_to(sa.select(Record), None)).all() == []


def test_whoever_it_was_copied_to_sees_it(office: Office) -> None:
    record = office.submit(OneRole)
    conversation.copy_to(record, office.actor("buyer"), [office.id("cashier")], now=NOW)
    assert "cashier" in readers(office, record)


def test_a_substitute_sees_what_the_leave_covers_and_nothing_else(office: Office) -> None:
    covered, other = office.submit(OneRole), office.submit(AnyOfTwo)
    office.substitute("quality_manager", "employee", "T-ONE")
    assert "employee" in readers(office, covered)
    assert "employee" not in readers(office, other)
    office.substitute("quality_manager", "cashier")
    assert "cashier" in readers(office, covered) & readers(office, other)


@pytest.mark.proves("S21")
def test_a_leave_that_is_over_shows_nothing(office: Office) -> None:
    office.substitute("quality_manager", "employee", ended=True)
    assert "employee" not in readers(office, office.submit(OneRole))


def test_those_who_may_add_a_side_entry_see_the_record(office: Office) -> None:
    assert "designer" in readers(office, office.submit(Logged))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    keys=st.lists(st.sets(st.sampled_from("abc"), max_size=3), min_size=1, max_size=12),
    size=st.integers(1, 5),
)
def test_pages_merge_into_what_the_query_finds(office: Office, keys: list[set[str]], size: int) -> None:
    savepoint = db.session.begin_nested()
    by = office.actor("buyer_2")
    own = dict(zip("abc", (*by.keys, role_key("nobody")), strict=False))
    for some in keys:
        record = office.submit(OneRole)
        tasks.let_read(record, [own[one] for one in sorted(some)])
        db.session.flush()
    query = visible.visible_to(sa.select(Record.id).where(Record.form_code == "T-ONE"), by)
    wanted = sorted(db.session.scalars(query), reverse=True)
    found: list[int] = []
    cursor = ""
    while len(found) < len(wanted):
        page = registers.page("T-ONE", by, registers.Wanted(), cursor, size)
        assert len(page.rows) == min(size, len(wanted) - len(found))
        found += [row.id for row in page.rows]
        cursor = page.following
    assert found == wanted
    assert not cursor
    savepoint.rollback()
    db.session.expunge_all()
