"""DC-05: how long records are kept is decided in one list, and what is past it is listed for disposal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.quality.record_retention import kept_so_far
from portal.lib.clock import ZONE, today
from portal.models import Record
from portal.queries import days as queried
from portal.queries import retention
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.quality.papers import Papers

LOGIN = "document_controller"


@pytest.fixture
def papers(context: Flask) -> Papers:
    """The small company's document control."""
    return Papers()


def line(papers: Papers, form: str = "PU-06", years: int | None = 5, **changed: Any) -> dict[str, Any]:
    """A row of the list."""
    given = {
        "record": "进货检验单",
        "form": form,
        "keeper": papers.department("quality"),
        "place": "门户",
        "years": years,
        "disposal": "destroy",
    }
    return {**given, **changed}


def listed(papers: Papers, *rows: dict[str, Any], year: int = 2026) -> Record:
    """A list that has been approved."""
    record = papers.submit("DC-05", LOGIN, year=year, records=list(rows), changes="按年核定")
    return papers.finish(record, approval={"effective_on": TODAY})


def test_the_page_begins_with_every_form_of_the_portal(papers: Papers) -> None:
    told = papers.page("DC-05", LOGIN)
    assert told["year"] == 2026
    rows = {row["form"]: row for row in told["records"]}
    assert set(rows) == set(FORMS)
    assert (rows["PU-06"]["record"], rows["PU-06"]["years"]) == ("进货检验单", FORMS["PU-06"].keep_years)
    assert (rows["PU-06"]["keeper"].text, rows["PU-03"]["keeper"].text) == ("质量部", "采购部")
    assert not wrong(papers.sheet("DC-05", LOGIN, **told, changes="首次核定"))


def test_the_next_page_begins_with_the_list_in_force(papers: Papers) -> None:
    listed(papers, line(papers, years=3, place="质量部档案柜"))
    rows = {row["form"]: row for row in papers.page("DC-05", LOGIN)["records"]}
    assert (rows["PU-06"]["years"], rows["PU-06"]["place"]) == (3, "质量部档案柜")
    assert set(rows) == set(FORMS)


def test_the_centre_checks_and_the_representative_approves(papers: Papers) -> None:
    record = papers.submit("DC-05", LOGIN, year=2026, records=[line(papers)], changes="无")
    assert papers.signers(record) == {"information_centre_head"}
    papers.refuse(record)
    assert record.state == "returned"
    papers.correct(record, LOGIN, changes="已核对")
    papers.sign(record)
    assert papers.signers(record) == {"management_representative"}
    assert wrong(papers.stage(record, effective_on=days(-1))) == {"effective_on"}
    papers.refuse(record)
    assert record.state == "returned"
    assert retention.in_force() == []


def test_an_approved_list_takes_the_place_of_the_one_before(papers: Papers) -> None:
    listed(papers, line(papers), line(papers, "PU-05"))
    second = listed(papers, line(papers, years=6))
    (now,) = retention.in_force()
    assert (now["form"], now["years"], now["valid_from"]) == ("PU-06", 6, TODAY.isoformat())
    rows = papers.lines("record_retention")
    assert [(one["form"], one["years"], bool(one["in_force"])) for one in rows] == [
        ("PU-06", 6, True),
        ("PU-05", 5, False),
        ("PU-06", 5, False),
    ]
    assert rows[0]["record"] == second.number
    assert retention.years("PU-06", 10) == 6
    assert retention.years("PU-05", 10) == 10, "not in the list any more"


def test_the_list_of_service_forms_says_how_long_they_are_kept(papers: Papers) -> None:
    def kept() -> dict[str, int | None]:
        return {row["code"]: row["retention"] for row in papers.lines("service_forms")}

    before = kept()
    assert before["CS-78"] == FORMS["CS-78"].keep_years
    listed(papers, line(papers, "CS-78", 7), line(papers, "CS-77", None, disposal="permanent"))
    assert kept() == {**before, "CS-78": 7, "CS-77": None}


def test_r82_documents_and_records_are_two_lists(papers: Papers) -> None:
    given = {"year": 2026, "changes": "无"}
    sheet = papers.sheet("DC-05", LOGIN, **given, records=[line(papers, "QA-P-02")])
    assert wrong_in(sheet, "records") == {"form"}
    double = papers.sheet("DC-05", LOGIN, **given, records=[line(papers), line(papers)])
    assert wrong_in(double, "records", 1) == {"form"}
    assert not wrong(papers.sheet("DC-05", LOGIN, **given, records=[line(papers), line(papers, "PU-05")]))


def test_what_is_kept_for_good_names_no_years(papers: Papers) -> None:
    given = {"year": 2026, "changes": "无"}
    kept = papers.sheet("DC-05", LOGIN, **given, records=[line(papers, years=None, disposal="permanent")])
    assert not wrong(kept)
    sheet = papers.sheet("DC-05", LOGIN, **given, records=[line(papers, years=None)])
    assert wrong_in(sheet, "records") == {"years"}


@pytest.mark.proves("R15")
def test_records_past_their_years_are_listed(papers: Papers) -> None:
    this = datetime.now(UTC).year
    ended = {}
    for place, (form, year) in enumerate(
        (("PU-06", this - 6), ("PU-06", this - 5), ("PU-05", this - 9), ("QA-15", this - 9))
    ):
        record = listed(papers, line(papers), year=2020 + place)
        at = datetime(year, 12, 30, tzinfo=UTC)
        db.session.execute(
            sa.update(Record).where(Record.id == record.id).values(form_code=form, closed_at=at)
        )
        ended[record.number] = form
    listed(papers, line(papers), line(papers, "PU-05", None, disposal="permanent"))
    rows = papers.lines("records_past_retention")
    numbers = list(ended)
    assert [row["record"] for row in rows] == [numbers[0]], "a year later, permanent, in no list"
    assert (rows[0]["kind"], int(rows[0]["kept_until"])) == ("进货检验单", this - 1)
    assert rows[0]["keeper"] == "质量部"
    assert date.fromisoformat(f"{rows[0]['closed_at']:%Y-%m-%d}").year == this - 6


@pytest.mark.proves("R15", "F13")
@pytest.mark.both_databases
def test_what_ended_on_new_year_s_morning_is_of_the_new_year(papers: Papers) -> None:
    this, ended = today().year, []
    for place, year in enumerate((this - 5, this - 6)):
        record = listed(papers, line(papers), year=2020 + place)
        at = datetime(
            year, 1, 1, 7, 59, tzinfo=ZONE
        )  # of the year before, where the clock is that of Greenwich
        changed = sa.update(Record).where(Record.id == record.id).values(form_code="PU-06", closed_at=at)
        db.session.execute(changed)
        ended.append(record.number)
    listed(papers, line(papers))
    rows = papers.lines("records_past_retention")
    assert [(row["record"], int(row["kept_until"])) for row in rows] == [(ended[1], this - 1)]


def test_a_list_counts_from_its_first_day_on(papers: Papers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queried, "today", lambda: TODAY)
    listed(papers, line(papers, years=5))
    later = papers.submit("DC-05", LOGIN, year=2027, records=[line(papers, years=9)], changes="按年核定")
    papers.finish(later, approval={"effective_on": days(30)})
    assert retention.years("PU-06", 10) == 5
    monkeypatch.setattr(queried, "today", lambda: days(30))
    assert retention.years("PU-06", 10) == 9
    assert {row["years"]: bool(row["in_force"]) for row in papers.lines("record_retention")} == {
        9: True,
        5: False,
    }


@pytest.mark.proves("R15")
def test_what_is_held_for_a_case_is_not_disposed_of(papers: Papers) -> None:
    record = listed(papers, line(papers))
    at = datetime(datetime.now(UTC).year - 9, 12, 30, tzinfo=UTC)
    db.session.execute(
        sa.update(Record).where(Record.id == record.id).values(form_code="PU-06", closed_at=at)
    )
    assert [row["record"] for row in papers.lines("records_past_retention")] == [record.number]
    reason = "与泰和物业的诉讼未结"
    sheet = papers.sheet("DC-05", LOGIN, year=2026, changes="无", records=[line(papers, hold=True)])
    assert wrong_in(sheet, "records") == {"hold_reason"}
    listed(papers, line(papers, hold=True, hold_reason=reason))
    assert papers.lines("records_past_retention") == []
    assert retention.hold("PU-06") == reason
    assert retention.hold("PU-05") is None
    assert kept_so_far()[0]["hold_reason"] == reason, "the next list begins with it"
    listed(papers, line(papers))
    assert [row["record"] for row in papers.lines("records_past_retention")] == [record.number]
