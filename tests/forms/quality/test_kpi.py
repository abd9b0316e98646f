"""The key performance indicators: each declared whole, counted from the records of its month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portal.domain.limits import LIMITS
from portal.extensions import db
from portal.forms.quality.kpi import COUNT, KPI, KPIS, MEAN, SCOPES, of_scope
from portal.lib.i18n import both
from portal.models import LedgerEntry, Record, Signature, Task
from portal.queries import chart_figures, kpi
from portal.queries.kpi import Count
from portal.queries.months import Month, last_months
from tests.forms.customer_service.shop import LIFT, NOW, TODAY, Shop, days
from tests.forms.quality.quality_room import department, eight_d

MAY = Month(date(2026, 5, 1))


@pytest.fixture
def shop(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(kpi, "now", lambda: NOW)
    return Shop()


def figure(key: str, month: Month = MAY) -> Decimal | None:
    return KPI[key].actual(month)


def shift(shop: Shop, verdict: str = "pass", **changed: Any) -> Record:
    return shop.submit(
        "QA-03",
        "production_manager",
        **{
            "record_kind": "process_measurement",
            "workshop": "焊接车间",
            "product": shop.ref(shop.product(LIFT)),
            "batch": "26-B1",
            "shift_date": TODAY,
            "quantity": Decimal(100),
            "defects": Decimal(0 if verdict == "pass" else 4),
            "measurements": [{"item": "孔距", "limit": "120", "reading": "120", "pass": verdict == "pass"}],
            "quality_information": "巡检",
            "hard_to_solve": False,
            "verdict": verdict,
            **changed,
        },
    )


@pytest.mark.parametrize("one", KPIS, ids=lambda one: one.key)
def test_each_is_declared_whole(context: Flask, one: Any) -> None:
    for text in (one.title, one.parameter, one.sampling, one.calculation, one.guidance):
        assert both(text)["zh"]
        assert both(text)["en"]
    assert one.scope in SCOPES
    assert one.limit.removeprefix("@") in {limit.key for limit in LIMITS}


def test_each_target_is_an_indicators(context: Flask) -> None:
    targets = {limit.key for limit in LIMITS if limit.key.startswith("kpi_")}
    assert targets == {one.limit.removeprefix("@") for one in KPIS}
    assert sum(len(of_scope(scope)) for scope in SCOPES) == len(KPIS)


@pytest.mark.both_databases
@pytest.mark.parametrize("key", list(KPI))
def test_without_records_there_is_nothing_to_judge_by(shop: Shop, key: str) -> None:
    months = last_months(MAY, 12)
    trend = KPI[key].trend(months)
    assert list(trend) == [month.key for month in months]
    assert set(trend.values()) == ({Decimal(0)} if KPI[key].kind == COUNT else {None})
    source = chart_figures.of_months(KPI[key].source(), months)
    assert chart_figures.behind(source, "", shop.actor("auditor"), limit=5) == []


def test_a_share_is_of_a_hundred_and_a_count_stays_below(context: Flask) -> None:
    share, count, mean = KPI["process_pass"], KPI["complaints"], KPI["satisfaction"]
    assert share.value(Count(3, 2.0)) == Decimal("66.7")
    assert count.value(Count(3, 3.0)) == 3
    assert mean.kind == MEAN
    assert mean.value(Count(2, 171.0)) == Decimal("85.5")
    assert (share.reaches(Decimal(95), Decimal(95)), share.reaches(Decimal("94.9"), Decimal(95))) == (
        True,
        False,
    )
    assert (count.reaches(Decimal(5), Decimal(5)), count.reaches(Decimal(6), Decimal(5))) == (True, False)
    assert share.reaches(None, Decimal(95)) is None


@pytest.mark.both_databases
def test_inspections_count_in_their_month(shop: Shop) -> None:
    shift(shop)
    shift(shop, "fail")
    shift(shop, "fail", record_kind="product_inspection")
    assert figure("process_pass") == 50
    assert figure("process_pass", MAY.back(1)) is None
    assert kpi.faults("QA-03", MAY, "measurements", "item", "pass") == ["孔距"]
    source = chart_figures.of_months(KPI["process_pass"].source(), [MAY])
    assert len(chart_figures.behind(source, MAY.key, shop.actor("auditor"), limit=5)) == 2


def test_what_was_given_up_does_not_count(shop: Shop) -> None:
    failed = shift(shop, "fail")
    shift(shop)
    failed.state = "voided"
    db.session.flush()
    assert figure("process_pass") == 100


def test_a_month_begins_and_ends_in_the_company(shop: Shop) -> None:
    record = shift(shop)
    record.submitted_at = datetime(2026, 4, 30, 16, 0, tzinfo=UTC)  # midnight in Shanghai
    db.session.flush()
    assert (figure("process_pass"), figure("process_pass", MAY.back(1))) == (100, None)
    record.submitted_at -= timedelta(minutes=1)
    db.session.flush()
    assert (figure("process_pass"), figure("process_pass", MAY.back(1))) == (None, 100)


@pytest.mark.both_databases
def test_steps_are_in_time_late_or_not_due_yet(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    record = shift(shop)
    assert figure("steps_in_time") is None  # its first step still has time
    shop.sign(record)
    assert figure("steps_in_time") == 100
    monkeypatch.setattr(kpi, "now", lambda: NOW + timedelta(days=10))
    assert figure("steps_in_time") == 50  # the second one waits beyond its time


def test_obligations_that_were_missed_are_not_kept(shop: Shop) -> None:
    record = shift(shop)
    for at, missed in enumerate((None, NOW)):
        task = Task(
            kind="open",
            record_id=record.id,
            form_code="QA-02",
            state="done",
            obligation="O83",
            case_name=str(at),
            created_at=NOW,
            due_at=NOW,
            done_at=NOW,
            missed_at=missed,
        )
        db.session.add(task)
    db.session.flush()
    assert figure("obligations_in_time") == 50
    task.state, task.missed_at = "open", None  # over, but not yet found to be missed
    db.session.flush()
    assert figure("obligations_in_time") == 100


def test_satisfaction_is_the_mean_of_customers_totals(shop: Shop) -> None:
    record = shift(shop)
    for module, total in (("total", "84.0"), ("total", "87"), ("service", "87"), ("employee", "12")):
        entry = LedgerEntry(
            ledger="satisfaction",
            facts={"year": 2026, "module": module, "total": total},
            record_id=record.id,
            posted_by_id=record.applicant_id,
            posted_at=NOW,
        )
        db.session.add(entry)
    db.session.flush()
    assert figure("satisfaction") == Decimal("85.5")


def tracker(shop: Shop) -> Record:
    return shop.submit(
        "QA-19",
        "quality_inspector",
        source_record=shop.ref(eight_d(shop)),
        action="加装软垫",
        owner=shop.person("production_engineer"),
        department=department(shop),
        due_on=days(10),
        expected_result="不再划伤",
        priority="high",
    )


def test_every_verification_of_a_measure_counts(shop: Shop) -> None:
    record = tracker(shop)
    shop.sign(record, done_on=TODAY, result="已加装")
    shop.sign(record, verified_effective=False, new_due=days(20))
    assert figure("actions_effective") == 0
    shop.sign(record, done_on=TODAY, result="再次加装")
    shop.sign(record, verified_effective=True)
    assert figure("actions_effective") == 50


def closed(shop: Shop, record: Record, late: bool) -> None:
    record.state, record.closed_at = "finished", NOW
    for task in db.session.query(Task).filter(Task.record_id == record.id, Task.kind == "sign"):
        task.state, task.due_at, task.done_at = "done", NOW, NOW + timedelta(hours=1 if late else -1)
    db.session.flush()


def test_a_report_is_in_time_when_each_step_is(shop: Shop) -> None:
    closed(shop, eight_d(shop), late=False)
    assert figure("eight_d_in_time") == 100
    closed(shop, eight_d(shop), late=True)
    assert figure("eight_d_in_time") == 50


@pytest.fixture
def complain(shop: Shop) -> Callable[[], Record]:
    """A complaint, received just now."""

    def make() -> Record:
        return shop.submit(
            "CS-51",
            "customer_service_officer",
            complainant="俞老师",
            complainant_phone="13800138000",
            intake_point="service_centre",
            channel="telephone",
            received_at=NOW,
            first_received_by=shop.person("customer_service_officer"),
            complaint_object="叉车",
            content="起升异响",
            demand="维修",
        )

    return make


def signed(record: Record, step: str, at: datetime, **answers: Any) -> None:
    db.session.add(
        Signature(
            record_id=record.id,
            version=1,
            round=1,
            step=step,
            act="signed",
            meaning="confirmed",
            person_id=record.applicant_id,
            authority={},
            form_version_id=record.form_version_id,
            answers=answers,
            content_sha256="0" * 64,
            sha256="0" * 64,
            signed_at=at,
        )
    )
    db.session.flush()


def test_complaints_are_called_back_solved_and_satisfied(shop: Shop, complain: Callable[[], Record]) -> None:
    first, second = complain(), complain()
    assert figure("complaints") == 2
    for record, hours in ((first, 1), (second, 30)):
        due = Task(
            kind="sign",
            record_id=record.id,
            form_code="CS-51",
            step="cause_and_solution",
            state="done",
            created_at=NOW,
            due_at=NOW + timedelta(hours=24),
            done_at=NOW,
        )
        db.session.add(due)
        signed(record, "result_confirmation", NOW + timedelta(hours=hours), satisfied=hours == 1)
    assert figure("complaints_in_time") == 50
    assert figure("complaints_satisfied") == 50
    assert figure("call_back_in_time") is None
    call = db.session.query(Task).filter(Task.record_id == first.id, Task.step == "call_back").one()
    call.state, call.done_at = "done", NOW + timedelta(minutes=59)
    db.session.flush()
    assert figure("call_back_in_time") == 100


@pytest.mark.parametrize("text", ["2026-13", "2026-5", "26-05", "2026/05", "二〇二六-05", "1999-12", ""])
def test_only_a_month_is_read_as_one(text: str) -> None:
    assert Month.read(text) is None
    assert Month.read("2026-05") == MAY
