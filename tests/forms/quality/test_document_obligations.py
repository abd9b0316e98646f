"""The obligations of document control: each is owed, kept, missed and called off."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import load
from portal.models import Notice, ObligationRun, Person, Record, Task
from portal.queries import obligations as queries
from portal.services import obligations
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.quality.papers import PROCEDURE, Papers


def at(day: date, hour: int = 9) -> datetime:
    """A clock time of the company's day."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - timedelta(hours=8)


class Duties(Papers):
    """Document control, with its obligations looked after when a test says so."""

    def run(self, key: str, day: date) -> obligations.Outcome:
        """Looks after one obligation on a day."""
        if db.session.get(ObligationRun, key) is None:
            db.session.add(ObligationRun(key=key, since=TODAY, ran_at=at(TODAY)))
            db.session.flush()
        found = obligations.run(OBLIGATIONS[key], now=at(day))
        db.session.flush()
        return found

    def waiting(self, key: str) -> list[Task]:
        """The tasks of the obligation that wait for somebody."""
        return queries.open_tasks(OBLIGATIONS[key])

    def only(self, key: str) -> Task:
        """The one task of the obligation that waits."""
        (task,) = self.waiting(key)
        return task

    def held(self, task: Task) -> list[str]:
        """The authority keys that hold a task."""
        return [holder.key for holder in task.holders]

    def draft(self, task: Task) -> dict[str, object]:
        """The typed answers with which the draft of a task begins."""
        assert task.draft is not None
        return load(fields(FORMS[task.form_code]()), task.draft.answers)

    def told(self) -> set[str]:
        """Who has been told of a breach."""
        notices = db.session.query(Notice.person_id).where(Notice.kind == "obligation_missed")
        return {db.session.get_one(Person, id).login for (id,) in notices}

    def reviewed(self, year: int) -> Record:
        """A management review of a year that the general manager has approved."""
        login = "management_representative"
        given = {
            "review_year": year,
            "scope": ["quality_system"],
            "planned_on": date(year, 11, 20),
            "participants": [
                {"person": self.person("general_manager"), "department": self.department("management")}
            ],
            "inputs": [{**row, "done": True} for row in self.page("DC-06", login)["inputs"]],
        }
        record = self.submit("DC-06", login, **given)
        decision = {
            "decision": "保持",
            "owner": self.person("quality_manager"),
            "due": date(year, 12, 20),
        }
        return self.finish(
            record,
            review_record={"conclusions": "正常", "decisions": [decision], "system_suitable": True},
        )

    def listed(self, year: int) -> Record:
        """A list of records for a year that was approved."""
        rows = self.page("DC-05", "document_controller")["records"][:1]
        record = self.submit("DC-05", "document_controller", year=year, records=rows, changes="无")
        return self.finish(record, approval={"effective_on": TODAY})


@pytest.fixture
def duties(context: Flask) -> Duties:
    """The company's document control."""
    return Duties()


def test_os02_the_systems_are_reviewed_every_year(duties: Duties) -> None:
    assert duties.run("OS-02", date(2026, 10, 31)).made == 0
    assert duties.run("OS-02", date(2026, 11, 1)).made == 1
    task = duties.only("OS-02")
    assert duties.held(task) == ["role:management_representative"]
    assert task.due_at == datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    draft = duties.draft(task)
    assert (draft["review_year"], len(draft["inputs"])) == (2026, 9)  # type: ignore[arg-type]
    assert duties.run("OS-02", date(2026, 11, 2)).total == 0, "asked for once"
    duties.reviewed(2026)
    duties.run("OS-02", date(2026, 12, 1))
    assert task.state == "done"
    assert duties.run("OS-02", date(2027, 1, 4)).total == 0, "kept"
    assert duties.told() == set()


def test_os02_missed_at_the_end_of_the_year_and_history_in_summer(duties: Duties) -> None:
    duties.run("OS-02", date(2026, 11, 1))
    task = duties.only("OS-02")
    assert duties.run("OS-02", date(2026, 12, 31)).missed == 0
    assert duties.run("OS-02", date(2027, 1, 1)).missed == 1
    assert duties.told() == {"general_manager"}
    assert task.state == "open", "it is still owed"
    duties.run("OS-02", date(2027, 7, 1))
    assert task.state == "cancelled"


def test_os02_comes_earlier_where_the_last_review_is_a_year_old(duties: Duties) -> None:
    record = duties.reviewed(2026)
    assert duties.run("OS-02", date(2027, 10, 31)).made == 0
    stored = dict(record.contents[0].answers)
    assert stored["planned_on"] == "2026-11-20"
    assert duties.run("OS-02", date(2027, 11, 1)).made == 1


def test_os03_the_list_of_records_is_looked_through_every_year(duties: Duties) -> None:
    assert duties.run("OS-03", date(2026, 10, 31)).made == 0
    duties.run("OS-03", date(2026, 11, 1))
    task = duties.only("OS-03")
    assert duties.held(task) == ["role:document_controller"]
    draft = duties.draft(task)
    assert {row["form"] for row in draft["records"]} == set(FORMS)  # type: ignore[attr-defined]
    assert not wrong(duties.sheet("DC-05", "document_controller", **draft, changes="按年核定"))
    assert duties.run("OS-03", date(2027, 1, 1)).missed == 1
    assert duties.told() == {"quality_manager", "quality_manager_2"}
    duties.listed(2026)
    duties.run("OS-03", date(2027, 1, 2))
    assert task.state == "done"


def test_os03_is_history_in_summer(duties: Duties) -> None:
    duties.run("OS-03", date(2026, 11, 1))
    task = duties.only("OS-03")
    duties.run("OS-03", date(2027, 7, 1))
    assert task.state == "cancelled"


def others_later(duties: Duties) -> None:
    """Only one document comes up for review."""
    for code in [line["number"] for line in duties.lines("documents")]:
        if code != PROCEDURE:
            duties.document(code).next_review_on = date(2030, 1, 1)
    duties.document().next_review_on = days(60)


def test_os04_a_document_is_reviewed_and_stays_as_it_is(duties: Duties) -> None:
    others_later(duties)
    assert duties.run("OS-04", days(29)).made == 0
    assert duties.run("OS-04", days(30)).made == 1
    task = duties.only("OS-04")
    assert duties.held(task) == [f"head:{duties.department('quality').id}"]
    assert task.due_at is not None
    assert task.due_at.date() == days(60)
    draft = duties.draft(task)
    assert (draft["purpose"], draft["version"], draft["next_review_on"]) == ("confirm", "1.0", days(425))
    record = duties.submit("DC-01", "quality_manager", **draft, change_summary="仍然适用")
    duties.finish(record)
    duties.run("OS-04", days(31))
    assert task.state == "cancelled", "nothing is owed before the new day"
    assert duties.document().next_review_on == days(425)
    assert duties.waiting("OS-04") == []


def test_os04_kept_by_a_change_request(duties: Duties) -> None:
    others_later(duties)
    duties.run("OS-04", days(30))
    task = duties.only("OS-04")
    record = duties.submit("DC-02", "salesperson", **duties.change())
    duties.run("OS-04", days(31))
    assert task.state == "done"
    duties.refuse(record)
    assert duties.run("OS-04", days(32)).made == 1, "refused, so that the review is owed anew"
    assert duties.run("OS-04", days(33)).total == 0


def test_os04_missed_and_called_off(duties: Duties) -> None:
    others_later(duties)
    duties.run("OS-04", days(30))
    task = duties.only("OS-04")
    assert duties.run("OS-04", days(60)).missed == 0
    assert duties.run("OS-04", days(61)).missed == 1
    assert duties.told() == {"document_controller"}
    duties.document().state = "obsolete"
    duties.run("OS-04", days(62))
    assert task.state == "cancelled"


def test_os04_leaves_the_service_system_to_its_own_rule(duties: Duties) -> None:
    others_later(duties)
    duties.document().code = "KF-TX"
    assert duties.run("OS-04", days(60)).made == 0


def test_os05_copies_of_an_old_version_come_back(duties: Duties) -> None:
    first = duties.released()
    duties.issued(first)
    assert duties.run("OS-05", days(4)).made == 0
    second = duties.revised(first, effective=days(5))
    assert duties.run("OS-05", days(4)).made == 0, "not in force yet"
    duties.run("OS-05", days(5))
    task = duties.only("OS-05")
    assert duties.held(task) == ["role:document_controller"]
    assert task.due_at is not None
    assert task.due_at.date() == days(5)
    draft = duties.draft(task)
    assert (draft["issue_kind"], draft["version"], draft["old_version"]) == ("recall", "1.1", "1.0")
    assert draft["release"].id == second.id  # type: ignore[attr-defined]
    assert "01 质量部" in draft["remark"]  # type: ignore[operator]
    assert duties.told() == set()
    assert duties.run("OS-05", days(6)).missed == 1
    assert duties.told() == {"quality_manager", "quality_manager_2"}
    record = duties.submit("DC-03", "document_controller", **draft)
    rows = [{"copy_no": f"0{n}", "returned_on": TODAY, "destroyed": True} for n in (1, 2, 3)]
    duties.sign(record, returned_copies=rows)
    duties.run("OS-05", days(7))
    assert task.state == "done"
    assert duties.waiting("OS-05") == []


def test_os05_called_off_while_an_issue_recalls_them(duties: Duties) -> None:
    first = duties.released()
    duties.issued(first)
    second = duties.revised(first, effective=days(5))
    duties.run("OS-05", days(5))
    task = duties.only("OS-05")
    record = duties.submit("DC-03", "document_controller", **duties.issue(second))
    duties.run("OS-05", days(6))
    assert task.state == "cancelled", "its own recall step asks for them"
    while record.step == "holder_receipt":
        duties.sign(record, received_on=TODAY)
    rows = [{"copy_no": "01", "returned_on": TODAY, "destroyed": True}]
    duties.sign(record, returned_copies=rows)
    assert record.state == "finished"
    duties.run("OS-05", days(7))
    assert [one.state for one in duties.waiting("OS-05")] == ["open"], "two are still out"
