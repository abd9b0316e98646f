"""QA-02: figures from the month's records, an analysis of each indicator, and measures that are followed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.forms.quality.kpi import of_scope
from portal.models import CompanySetting, LedgerEntry, Record
from portal.queries import kpi as books
from portal.queries import ledgers
from tests.forms.customer_service.shop import LIFT, NOW, TODAY, Shop, days, wrong, wrong_in
from tests.forms.quality.quality_room import content_of


@pytest.fixture
def shop(context: Flask, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setattr(books, "now", lambda: NOW)
    return Shop()


def analysed(scope: str = "quality", *without: str) -> list[dict[str, Any]]:
    return [
        {"indicator": one.key, "analysis": "" if one.key in without else "过程受控"}
        for one in of_scope(scope)
    ]


def answers(**changed: Any) -> dict[str, Any]:
    return {"period": "2026-05", "scope": "quality", "indicators": analysed(), **changed}


def failing_shift(shop: Shop) -> Record:
    return shop.submit(
        "QA-03",
        "production_manager",
        record_kind="process_measurement",
        workshop="焊接车间",
        product=shop.ref(shop.product(LIFT)),
        batch="26-B1",
        shift_date=TODAY,
        quantity=Decimal(100),
        defects=Decimal(4),
        measurements=[{"item": "孔距", "limit": "120", "reading": "121", "pass": False}],
        quality_information="巡检",
        hard_to_solve=False,
        verdict="fail",
    )


def measure(shop: Shop, **changed: Any) -> dict[str, Any]:
    return {"action": "修订规程", "owner": shop.person("quality_inspector"), "due": days(20), **changed}


def sheet(shop: Shop, login: str = "quality_inspector", **changed: Any) -> Any:
    return shop.sheet("QA-02", login, **answers(**changed))


def test_the_month_is_told_by_its_records(shop: Shop) -> None:
    failing_shift(shop)
    report = sheet(shop, gaps="夹具磨损", actions=[measure(shop)])
    assert not wrong(report)
    results = {row["kind"]: row for row in report.inspection_results.data}
    assert (results["process"]["lots"], results["process"]["passed"], results["process"]["rate"]) == (1, 0, 0)
    assert results["process"]["main_faults"] == "孔距"
    assert (results["incoming"]["lots"], results["incoming"]["rate"]) == (0, None)
    assert "trial" not in results
    rows = {row["indicator"]: row for row in report.indicators.data}
    assert (rows["process_pass"]["actual"], rows["process_pass"]["target"]) == (0, 98)
    assert all(row["parameter"] and row["sampling"] and row["calculation"] for row in rows.values())
    assert (report.complaints_count.data, report.returns_count.data) == (0, 0)


def test_other_months_are_not_touched(shop: Shop) -> None:
    failing_shift(shop)
    report = sheet(shop, period="2026-04")
    assert report.targets_reached.data is True
    assert not wrong(report)


def test_a_target_is_what_the_company_has_set(shop: Shop) -> None:
    db.session.add(CompanySetting(key="limit.kpi_process_pass", value="90", changed_at=NOW))
    db.session.flush()
    rows = {row["indicator"]: row for row in sheet(shop).indicators.data}
    assert rows["process_pass"]["target"] == 90


@pytest.mark.parametrize("scope", ["quality", "service_process", "information_security"])
def test_each_indicator_of_the_scope_is_analysed(shop: Shop, scope: str) -> None:
    assert not wrong(sheet(shop, scope=scope, indicators=analysed(scope)))
    missing = of_scope(scope)[0].key
    report = sheet(shop, scope=scope, indicators=analysed(scope, missing))
    assert wrong_in(report, "indicators") == {"analysis"}
    assert wrong_in(report, "indicators", 1) == set()


def test_another_scope_lists_its_own_indicators(shop: Shop) -> None:
    report = sheet(shop, scope="service_process")
    assert [row["indicator"] for row in report.indicators.data] == [
        one.key for one in of_scope("service_process")
    ]
    assert all(
        wrong_in(report, "indicators", row) == {"analysis"} for row in range(len(report.indicators.rows))
    )
    assert report.inspection_results.data == []


def test_a_missed_target_asks_for_reasons_and_measures(shop: Shop) -> None:
    assert not wrong(sheet(shop))
    failing_shift(shop)
    assert wrong(sheet(shop)) == {"gaps", "actions"}
    late = sheet(shop, gaps="夹具磨损", actions=[measure(shop, due=days(-1))])
    assert wrong_in(late, "actions") == {"due"}


@pytest.mark.parametrize("period", ["2026-5", "五月", "2026-06", "2026-13"])
def test_a_period_is_a_month_that_has_begun(shop: Shop, period: str) -> None:
    assert "period" in wrong(sheet(shop, period=period))


def test_one_report_for_each_month_and_scope(shop: Shop) -> None:
    first = shop.submit("QA-02", "quality_inspector", **answers())
    again = sheet(shop)
    assert wrong(again) == {"period"}
    assert first.number in again.errors["period"][0]
    assert not wrong(sheet(shop, period="2026-04"))
    first.state = "voided"
    db.session.flush()
    assert not wrong(sheet(shop))


def test_it_goes_to_manager_deputy_and_centre(shop: Shop) -> None:
    record = shop.submit("QA-02", "quality_inspector", **answers())
    steps = []
    while record.state == "running":
        steps.append((record.step, next(iter(shop.signers(record)))))
        shop.sign(record)
    assert [step for step, _who in steps] == ["quality_sign", "deputy_read", "centre_receipt"]
    assert steps[1][1] == "deputy_general_manager"
    returned = shop.submit("QA-02", "quality_inspector", **answers(period="2026-04"))
    assert shop.refuse(returned).state == "returned"


def test_its_measures_are_followed_and_it_is_kept(shop: Shop) -> None:
    failing_shift(shop)
    record = shop.submit("QA-02", "quality_inspector", **answers(gaps="夹具磨损", actions=[measure(shop)]))
    for _step in range(3):
        shop.sign(record)
    (draft,) = shop.drafts(record, "QA-19")
    told = content_of(draft)
    assert (told["action"], told["due_on"], told["action_no"]) == ("修订规程", days(20), f"{record.number}/1")
    kept = db.session.scalars(sa.select(LedgerEntry).where(LedgerEntry.ledger == "archive")).one()
    assert kept.facts["code"] == record.number
    assert kept.facts["title"].startswith("2026-05")


@pytest.mark.both_databases
def test_finished_reports_fill_the_sheet_of_indicators(shop: Shop) -> None:
    record = shop.submit("QA-02", "quality_inspector", **answers())
    source = LEDGERS["kpi"].source
    assert ledgers.page(source, ledgers.Wanted(), "", 20).rows == []
    for _step in range(3):
        shop.sign(record)
    rows = ledgers.page(source, ledgers.Wanted(picked=(("scope", "quality"),)), "", 20).rows
    assert [row["indicator"] for row in rows] == [one.key for one in of_scope("quality")]
    assert {(row["period"], row["record"], row["analysis"]) for row in rows} == {
        ("2026-05", record.number, "过程受控")
    }
    assert ledgers.page(source, ledgers.Wanted(picked=(("scope", "service_process"),)), "", 20).rows == []


@pytest.mark.parametrize(
    ("login", "scope"), [("quality_inspector", "quality"), ("security_officer", "information_security")]
)
def test_an_empty_page_is_last_months(shop: Shop, login: str, scope: str) -> None:
    page = shop.page("QA-02", login)
    assert (page["period"], page["scope"]) == ("2026-04", scope)
    assert len(page["indicators"]) == len(of_scope(scope))
