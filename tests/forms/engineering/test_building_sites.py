"""EN-29, EN-30, EN-32: the weekly call, the look at the site, suggestions; what they ask for and what becomes of them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo import rows
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import Ref
from portal.lib.clock import day, iso_week
from portal.models import Department, LedgerEntry, Notice, Project, Record
from tests.conftest import both_databases
from tests.forms.customer_service.shop import NOW, TODAY, days, wrong, wrong_in
from tests.forms.customer_service.test_customer_obligations import Duties, at

MONDAY, FRIDAY, SUNDAY = date(2026, 5, 11), date(2026, 5, 15), date(2026, 5, 17)
SAFETY = ("临时用电", "动火管理", "高处作业", "消防器材", "个人防护", "机具安全")
CIVILISED = ("材料堆放", "垃圾清运", "成品保护", "施工时间及噪音", "标识牌", "人员着装秩序")


class Sites(Duties):
    """The small company's building site."""

    def site(self, code: str = "P0001") -> Project:
        """The project's row as it is now."""
        found: Project = self._row(Project, code)
        return found

    def another(self, state: str) -> Project:
        """A second building site."""
        row: Project = rows.add(
            "project", name="东港新村会所", kind="works", state=state, people={}, facts={}
        )
        db.session.flush()
        return row

    def called(self, **changed: Any) -> dict[str, Any]:
        """The answers of a call that somebody took."""
        return {
            "project": self.ref(self.site()),
            "called_at": NOW - timedelta(hours=1),
            "person": "周先生",
            "reached": True,
            "matters": "通报进度",
            "complaint": False,
            **changed,
        }

    def looked(
        self, failed: str = "", remark: str | None = "漏电保护器失灵", **changed: Any
    ) -> dict[str, Any]:
        """The answers of a look at the site."""
        return {
            "project": self.ref(self.site()),
            "checked_at": NOW - timedelta(hours=1),
            "safety_checks": [self._row_of(item, item == failed, remark) for item in SAFETY],
            "civilised_checks": [self._row_of(item, item == failed, remark) for item in CIVILISED],
            "hazards": [],
            "customer_property_safe": True,
            **changed,
        }

    def hazard(self, limit: date = TODAY, **changed: Any) -> dict[str, Any]:
        """A hazard with measure, owner and limit."""
        told = {"hazard": "配电箱漏电", "measure": "更换保护器", "owner": self.person("foreman_2")}
        return {**told, "limit": limit, **changed}

    def suggested(self, **changed: Any) -> dict[str, Any]:
        """The answers of a suggestion to the engineering department."""
        return {
            "subject": "瓷砖集中切割",
            "area": "cost",
            "department": self.department("engineering"),
            "present_state": "现场切割余料多",
            "proposal": "仓库集中切割配送",
            "expected_benefit": "损耗减半",
            **changed,
        }

    def department(self, key: str) -> Ref:
        """A department as an answer."""
        row = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
        return Ref(row.id, row.name)

    def _row_of(self, item: str, failed: bool, remark: str | None) -> dict[str, Any]:
        return {"item": item, "result": "fail" if failed else "pass", "remark": remark if failed else None}


@pytest.fixture
def sites(context: Flask) -> Sites:
    """The site, whose obligations count from the day the company was founded."""
    found = Sites()
    for key in ("O28", "OS-16", "OS-16A"):
        found.since(key, MONDAY)
    return found


# EN-29


@pytest.mark.parametrize(
    ("on", "week"),
    [(date(2026, 5, 26), "2026-W22"), (date(2027, 1, 3), "2026-W53"), (date(2024, 12, 30), "2025-W01")],
)
def test_the_week_is_that_of_iso_8601(on: date, week: str) -> None:
    assert iso_week(on) == week


def test_week_and_customer_are_the_portals(sites: Sites) -> None:
    sheet = sites.sheet("EN-29", "foreman", **sites.called(week="2020-W01"))
    assert not sheet.errors
    assert sheet.week.data == "2026-W20"
    customer = sites.site().customer
    assert (customer is None and sheet.customer.blank) or sheet.customer.data == sites.ref(customer)


def test_a_project_without_a_customer_asks_who_it_is(sites: Sites) -> None:
    other = sites.ref(sites.another("running"))
    assert wrong(sites.sheet("EN-29", "foreman", **sites.called(project=other))) == {"customer"}
    told = sites.called(project=other, customer=sites.ref(sites.customer()))
    assert not sites.sheet("EN-29", "foreman", **told).errors


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"called_at": NOW + timedelta(hours=1)}, "called_at"),
        ({"agreed_action": "补板"}, "action_due"),
        ({"action_due": TODAY}, "agreed_action"),
        ({"agreed_action": "补板", "action_due": days(-1)}, "action_due"),
        ({"complaint": True}, "customer_opinion"),
        ({"complaint": None}, "complaint"),
        ({"matters": None}, "matters"),
    ],
)
def test_a_call_is_told_in_order(sites: Sites, changed: dict[str, Any], field: str) -> None:
    assert field in wrong(sites.sheet("EN-29", "foreman", **sites.called(**changed)))


def test_a_call_that_nobody_took_is_written_down_too(sites: Sites) -> None:
    told = sites.called(reached=False, complaint=None, customer_opinion="x", agreed_action="y")
    sheet = sites.sheet("EN-29", "foreman", **told)
    assert not sheet.errors
    assert sheet.customer_opinion.data is None or sheet.customer_opinion.blank


def test_a_works_project_is_asked_for(sites: Sites) -> None:
    assert FORMS["EN-29"]().project.targets == FORMS["EN-30"]().project.targets == ("works",)


def test_what_was_agreed_is_the_foremans_to_do(sites: Sites) -> None:
    record = sites.submit("EN-29", "foreman", **sites.called(agreed_action="周五前补板", action_due=days(3)))
    (task,) = sites.asked(record)
    assert sites.held(task) == {"foreman"}
    assert task.due_at is not None
    sites.sign(record)
    assert record.state == "finished"


def test_a_complaint_on_the_telephone_is_relayed(sites: Sites) -> None:
    record = sites.submit("EN-29", "foreman", **sites.called(complaint=True, customer_opinion="沙子没清走"))
    begun = sites.drafted(record, "CS-50")
    assert (begun["complainant"], begun["channel"], begun["content"]) == ("周先生", "telephone", "沙子没清走")
    assert not sites.drafts(sites.submit("EN-29", "foreman", **sites.called()), "CS-50")


# O28


@pytest.mark.requirement("R28")
def test_o28_every_site_is_telephoned_every_week(sites: Sites) -> None:
    held, over = sites.another("held"), sites.another("ended")
    assert sites.run("O28", at(MONDAY)).made == 2
    assert sites.run("O28", at(TODAY)).total == 0
    tasks = {task.case_name: task for task in sites.waiting("O28")}
    assert set(tasks) == {f"{sites.site().id}:2026-W20", f"{held.id}:2026-W20"}
    assert str(over.id) not in {name.partition(":")[0] for name in tasks}
    mine = tasks[f"{sites.site().id}:2026-W20"]
    assert sites.held(mine) == {"foreman"}
    assert sites.answers(mine)["project"] == sites.ref(sites.site())
    assert sites.run("O28", at(days(6))).made == 2, "the next Monday begins the next week"


@both_databases
@pytest.mark.requirement("R28")
def test_o28_is_kept_by_a_call_that_was_taken(sites: Sites) -> None:
    sites.run("O28", at(MONDAY))
    for name, changed in (
        ("missed", {"reached": False}),
        ("last week", {"called_at": NOW - timedelta(days=3)}),
    ):
        sites.record("EN-29", _whole(sites, **changed), NOW, login="foreman", state="running")
        assert sites.run("O28", NOW).ended == 0, name
    other = sites.record("EN-29", _whole(sites), NOW, login="foreman", state="voided")
    assert sites.run("O28", NOW).ended == 0
    other.state = "running"
    db.session.flush()
    assert sites.run("O28", NOW).ended == 1
    assert not sites.waiting("O28")


def _whole(sites: Sites, **changed: Any) -> dict[str, Any]:
    told = sites.called(**changed)
    return {**told, "week": iso_week(told["called_at"].date())}


@pytest.mark.requirement("R28")
def test_o28_warns_on_friday_and_tells_the_manager_on_monday(sites: Sites) -> None:
    sites.run("O28", at(MONDAY))
    task = sites.only("O28")
    sites.run("O28", at(days(2)))
    assert task.reminded_at is None
    sites.run("O28", at(FRIDAY))
    assert task.reminded_at is not None
    assert sites.run("O28", at(SUNDAY) + timedelta(hours=14)).missed == 0
    assert sites.run("O28", at(days(6))).missed == 1
    assert sites.told() == {"engineering_manager"}
    assert sites.run("O28", at(days(13))).missed == 1, "the week after"
    assert sites.state(task) == "cancelled", "nobody can telephone in that week any more"


@pytest.mark.requirement("R28")
@pytest.mark.parametrize("key", ["O28", "OS-16"])
def test_a_week_before_the_start_owes_nothing(sites: Sites, key: str) -> None:
    site = sites.site()
    site.facts = {**site.facts, "going_since": FRIDAY.isoformat()}
    db.session.flush()
    found = sites.run(key, at(FRIDAY))
    assert (found.made, found.missed, len(sites.waiting(key))) == (1, 0, 1), "the week in which it has begun"
    site.facts = {**site.facts, "going_since": days(6).isoformat()}
    db.session.flush()
    assert sites.run(key, at(days(6))).missed == 0
    assert not sites.told()


def test_os16_asks_nothing_of_a_week_in_which_the_works_rested(sites: Sites) -> None:
    site = sites.site()
    site.facts = {**site.facts, "going_since": MONDAY.isoformat(), "resumed_on": days(7).isoformat()}
    db.session.flush()
    assert sites.run("OS-16", at(days(7))).made == 1
    assert not sites.told()


# EN-30


@pytest.mark.parametrize("failed", ["临时用电", "材料堆放"])
def test_what_has_failed_is_told(sites: Sites, failed: str) -> None:
    sheet = sites.sheet("EN-30", "foreman", **sites.looked(failed, remark=None, hazards=[sites.hazard()]))
    table = "safety_checks" if failed in SAFETY else "civilised_checks"
    assert wrong_in(sheet, table, (SAFETY if failed in SAFETY else CIVILISED).index(failed)) == {"remark"}


def test_what_is_not_safe_is_a_hazard(sites: Sites) -> None:
    assert wrong(sites.sheet("EN-30", "foreman", **sites.looked("动火管理"))) == {"hazards"}
    assert not sites.sheet("EN-30", "foreman", **sites.looked("动火管理", hazards=[sites.hazard()])).errors
    assert not sites.sheet("EN-30", "foreman", **sites.looked("垃圾清运")).errors


@pytest.mark.parametrize("name", ["hazard", "measure", "owner", "limit"])
def test_a_hazard_has_a_measure_an_owner_and_a_limit(sites: Sites, name: str) -> None:
    sheet = sites.sheet("EN-30", "foreman", **sites.looked(hazards=[sites.hazard(**{name: None})]))
    assert wrong_in(sheet, "hazards") == {name}


def test_a_limit_before_the_check_is_none(sites: Sites) -> None:
    sheet = sites.sheet("EN-30", "foreman", **sites.looked(hazards=[sites.hazard(days(-1))]))
    assert wrong_in(sheet, "hazards") == {"limit"}


def test_without_hazards_the_supervisor_signs_at_once(sites: Sites) -> None:
    record = sites.submit("EN-30", "foreman", **sites.looked())
    assert (record.step, sites.signers(record)) == ("supervisor_sign", {"site_supervisor"})
    sites.sign(record)
    assert record.state == "finished"


def test_the_foreman_has_until_the_earliest_limit(sites: Sites) -> None:
    hazards = [sites.hazard(days(3)), sites.hazard(days(1)), sites.hazard(days(2))]
    record = sites.submit("EN-30", "site_supervisor", **sites.looked(hazards=hazards))
    assert (record.step, sites.signers(record)) == ("elimination", {"foreman"})
    assert record.due_at is not None
    assert day(record.due_at) == days(1)
    early = {"eliminated_on": NOW - timedelta(hours=2), "eliminated_how": "已更换"}
    assert wrong(sites.stage(record, **early)) == {"eliminated_on"}
    late = {"eliminated_on": NOW + timedelta(hours=2), "eliminated_how": "已更换"}
    assert wrong(sites.stage(record, **late)) == {"eliminated_on"}
    sites.sign(record, eliminated_on=NOW, eliminated_how="已更换")
    assert sites.signers(record) == {"site_supervisor"}, "also who has made the check"


def test_a_hazard_still_there_leads_back(sites: Sites) -> None:
    record = sites.submit("EN-30", "foreman", **sites.looked(hazards=[sites.hazard()]))
    sites.sign(record, eliminated_on=NOW, eliminated_how="已更换")
    sites.refuse(record)
    assert (record.step, record.round) == ("elimination", 2)


def test_a_check_without_hazards_that_is_refused_goes_to_who_has_made_it(sites: Sites) -> None:
    record = sites.submit("EN-30", "foreman", **sites.looked())
    sites.refuse(record)
    assert (record.state, record.step) == ("returned", ""), "there is nothing to eliminate yet"


def test_damage_to_the_customers_things_is_relayed(sites: Sites) -> None:
    told = sites.looked(customer_property_safe=False)
    assert wrong(sites.sheet("EN-30", "foreman", **told)) == {"property_finding"}
    record = sites.submit("EN-30", "foreman", **told, property_finding="木门磕碰")
    assert sites.drafted(record, "CS-50")["content"] == "木门磕碰"
    assert not sites.drafts(sites.submit("EN-30", "foreman", **sites.looked()), "CS-50")


# OS-16 and notices


@both_databases
def test_os16_is_kept_by_a_check_that_the_supervisor_has_signed(sites: Sites) -> None:
    sites.another("held")
    assert sites.run("OS-16", at(MONDAY)).made == 1
    record = sites.submit("EN-30", "foreman", **sites.looked())
    assert sites.run("OS-16", NOW).ended == 0
    sites.sign(record)
    assert sites.run("OS-16", NOW).ended == 1


def test_os16_is_missed_on_monday(sites: Sites) -> None:
    sites.run("OS-16", at(MONDAY))
    assert sites.run("OS-16", at(days(6))).missed == 1
    assert sites.told() == {"engineering_manager"}


@both_databases
def test_a_hazard_past_its_limit_becomes_a_notice(sites: Sites) -> None:
    hazards = [sites.hazard(), sites.hazard(days(1), hazard="脚手架没有护栏"), sites.hazard(days(9))]
    record = sites.submit("EN-30", "foreman", **sites.looked(hazards=hazards))
    assert sites.run("OS-16A", at(TODAY)).made == 0, "the whole day is its owner's"
    assert sites.run("OS-16A", at(days(1))).made == 1
    task = sites.only("OS-16A")
    assert sites.held(task) == {"site_supervisor"}
    begun = sites.answers(task)
    assert (begun["problem"], begun["opinion"]) == ("配电箱漏电", "更换保护器")
    assert begun["responsible_person"] == sites.person("foreman_2")
    assert begun["acceptance_record"] == sites.ref(record)
    assert sites.run("OS-16A", at(days(2))).made == 1
    sites.record("EN-25", begun, NOW, login="site_supervisor", state="running")
    assert sites.run("OS-16A", at(days(2))).ended == 1
    assert sites.answers(sites.only("OS-16A"))["problem"] == "脚手架没有护栏"
    sites.sign(record, eliminated_on=NOW, eliminated_how="已更换")
    sites.run("OS-16A", at(days(2)))
    assert not sites.waiting("OS-16A"), "what is gone needs no notice"


def test_every_obligation_of_sites_is_tried_here() -> None:
    assert {"O28", "OS-16", "OS-16A"} <= set(OBLIGATIONS)


# EN-32


def test_a_suggestion_that_is_adopted_is_followed_and_told(sites: Sites) -> None:
    record = sites.submit("EN-32", "employee", **sites.suggested(expected_saving=Decimal(36000)))
    assert sites.signers(record) == {"engineering_manager"}
    sites.sign(record, adopted=True, opinion="可行")
    assert (record.step, sites.signers(record)) == ("deputy_approval", {"deputy_general_manager"})
    sites.sign(record, plan="下月起试行", reward=Decimal(500))
    assert record.state == "finished"
    tracker, information = sites.drafted(record, "QA-19"), sites.drafted(record, "IC-01")
    assert (tracker["action"], tracker["department"]) == ("下月起试行", sites.department("engineering"))
    assert tracker["source_record"].id == record.id
    assert (information["title"], information["origin"]) == ("瓷砖集中切割", "internal")
    assert information["subject_area"] == "operations"
    line = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.ledger == "improvement_actions")).one()
    assert line.facts["source"] == record.number


def test_a_suggestion_that_is_not_adopted_is_answered(sites: Sites) -> None:
    record = sites.submit("EN-32", "employee", **sites.suggested())
    sites.sign(record, adopted=False, opinion="仓库没有场地")
    assert record.state == "refused"
    assert not sites.drafts(record, "QA-19") + sites.drafts(record, "IC-01")
    told = db.session.scalars(sa.select(Notice).where(Notice.person_id == sites.actor("employee").id)).all()
    assert any("仓库没有场地" in str(one.facts) for one in told)


def test_a_head_does_not_judge_a_suggestion_of_their_own(sites: Sites) -> None:
    record: Record = sites.submit("EN-32", "engineering_manager", **sites.suggested())
    assert "engineering_manager" not in sites.signers(record)


def test_a_page_begins_with_ones_own_department(sites: Sites) -> None:
    found = FORMS["EN-32"](context={"@now": NOW}, person=sites.actor("foreman")).proposal()
    assert found["department"] == sites.department("engineering")
