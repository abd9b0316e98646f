"""EN-26: a major accident is written up within a day, stops the works where it must, and is followed to its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from site_work import Site

from portal.extensions import db
from portal.forms.engineering import holds
from portal.forms.engineering.accident_report import AccidentReport
from portal.forms.engineering.concealed_works_acceptance import ConcealedWorksAcceptance
from portal.forms.engineering.rectification_notice import RectificationNotice
from portal.forms.kinds import Ref
from portal.models import LedgerEntry, Record
from portal.services import route


@pytest.fixture(autouse=True)
def context(app: Flask) -> Iterator[None]:
    """The small company; nothing is committed."""
    with app.app_context():
        yield
        db.session.rollback()
        db.session.remove()


def opening(site: Site, **other: Any) -> dict[str, Any]:
    return {
        "project": site.named,
        "found_at": site.now - timedelta(hours=2),
        "accident_kind": "structural",
        "facts": "误伤承重墙",
        "written_opinion": "停工支护",
        "explanation": "已告知客户",
        "cause": "未核对结构图",
        "estimated_loss": Decimal(8000),
        "responsible_person": site.ref("foreman"),
        "measures": [
            {"measure": "加固", "owner": site.ref("foreman"), "due": site.now.date() + timedelta(days=3)}
        ],
        "photos": [site.file()],
        **other,
    }


def decided(site: Site, stop: bool = True) -> Record:
    """A report on which the engineering manager has decided."""
    record = site.file_in(AccidentReport, **opening(site))
    site.sign(record, "engineering_manager", {"manager_opinion": "同意", "stop_work": stop})
    return record


def notice(site: Site, login: str = "site_supervisor", **other: Any) -> Record:
    """A notice of a problem."""
    answers = {
        "project": site.named,
        "found_at": site.now,
        "place": "客厅",
        "problem": "裂缝",
        "photos": [site.file()],
        "opinion": "支护",
        "responsible_person": site.ref("foreman"),
        "rectify_by": site.now + timedelta(days=1),
        "major_accident": True,
    }
    return site.file_in(RectificationNotice, login, **{**answers, **other})


@pytest.mark.requirement("R27")
def test_a_major_accident_leaves_its_report_to_the_foreman_within_a_day() -> None:
    site = Site("concealed")
    record = notice(site)
    draft = site.left(record)["EN-26"]
    assert draft.answers["rectification_notice"]["id"] == record.id
    assert site.asked(record) == []
    task = next(task for task in site.tasks_of(record, "open") if task.form_code == "EN-26")
    assert task.due_at == site.now + timedelta(hours=24)
    assert [holder.key for holder in task.holders] == [f"person:{site.id('foreman')}"]
    assert any("重大质量事故" in text for text in site.told(record))


@pytest.mark.requirement("R27")
@pytest.mark.parametrize(("hours", "late"), [(24, False), (25, True)])
def test_later_than_a_day_is_a_breach(hours: int, late: bool) -> None:
    site = Site("concealed")
    record = site.file_in(AccidentReport, **opening(site, found_at=site.now - timedelta(hours=hours)))
    told = site.told(record)
    assert told[0] == f"{record.number}：{site.row.label}重大质量事故书面处理意见已提交"
    assert any("未在发现后24小时内提交" in text for text in told) is late


def test_the_works_stop_until_the_accident_is_dealt_with() -> None:
    site = Site("concealed")
    record = decided(site)
    assert site.row.state == "held"
    site.sign(record, "quality_manager", {"report_8d": False})
    site.sign(record, "general_manager")
    assert (record.step, site.row.state) == ("closing", "held")
    site.sign(record, "engineering_manager", {"closed_on": site.now.date(), "closing_note": "已加固"})
    assert (record.state, site.row.state) == ("finished", "running")


def test_works_that_need_not_stop_go_on() -> None:
    site = Site("concealed")
    decided(site, stop=False)
    assert site.row.state == "running"


def test_works_held_by_two_wait_for_both() -> None:
    site = Site("concealed")
    first, second = decided(site), decided(site)
    for record, state in ((first, "held"), (second, "running")):
        site.sign(record, "quality_manager", {"report_8d": False})
        site.sign(record, "general_manager")
        site.sign(record, "engineering_manager", {"closed_on": site.now.date(), "closing_note": "完"})
        assert site.row.state == state


def test_a_site_goes_on_as_it_was() -> None:
    site = Site("start")
    site.row.state = "preparing"
    record = decided(site)
    assert (site.row.state, site.row.facts["held_from"]) == ("held", "preparing")
    view = route.filed(record, site.known(record), record.applicant_id, site.now)
    (go_on,) = holds.release(view)
    assert go_on.values == {"state": "preparing"}  # type: ignore[union-attr]


def test_measures_are_followed_and_a_team_looks_for_the_cause() -> None:
    site = Site("concealed")
    record = decided(site)
    assert "QA-19" in site.left(record)
    lines = [one.facts["action"] for one in db.session.query(LedgerEntry).filter_by(record_id=record.id)]
    assert lines == ["加固"]
    site.sign(record, "quality_manager", {"report_8d": True})
    draft = site.left(record)["QA-15"]
    assert draft.answers["source_record"]["id"] == record.id
    assert draft.answers["customer"]["id"] == site.customer.id


def test_what_was_not_found_yet_or_elsewhere_is_refused() -> None:
    site, other = Site("concealed"), Site("concealed")
    form = site.fill(AccidentReport, "foreman", **opening(site, found_at=site.now + timedelta(hours=1)))
    assert not form.validate()
    assert set(form.errors) == {"found_at"}
    elsewhere = notice(other)
    named = Ref(elsewhere.id, elsewhere.number)
    form = site.fill(AccidentReport, "foreman", **opening(site, rectification_notice=named))
    assert not form.validate()
    assert set(form.errors) == {"rectification_notice"}
    late = [{"measure": "加固", "owner": site.ref("foreman"), "due": site.now.date() - timedelta(days=1)}]
    assert not site.fill(AccidentReport, "foreman", **opening(site, measures=late)).validate()


def test_a_passed_recheck_lets_the_acceptance_be_held_again() -> None:
    site = Site("concealed")
    source = site.accept(ConcealedWorksAcceptance, "fail")
    record = notice(site, "foreman", acceptance_record=Ref(source.id, source.number), major_accident=False)
    site.sign(
        record,
        "foreman",
        {"rectified_on": site.now, "rectified_how": "返工", "rectified_photos": [site.file()]},
    )
    site.sign(record, "site_supervisor", {"recheck_result": "pass"})
    assert set(site.left(record)) == {"EN-21"}
