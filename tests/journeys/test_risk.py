"""A new asset, the risks to it, what is done about them, and what is left and accepted until a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from portal.lib.clock import today
from portal.queries import risks
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import fill, on, press, sign, submit, take_up

ASSET = "投标资料库"
SIGN = '#turn button.btn-primary[value="sign"]'


def register(officer: Visitor) -> str:
    """The officer enters an asset that must stay secret."""
    officer.go("/quality/asset-registrations/new")
    fill(
        officer,
        {
            "request_kind": "new",
            "asset_name": ASSET,
            "asset_kind": "information",
            "owner": "孙德明",
            "department": "采购部",
            "location": "总部机房",
            "confidentiality": "high",
            "integrity": "medium",
            "availability": "low",
            "customer_owned": "no",
        },
    )
    return submit(officer)


def assess(officer: Visitor) -> str:
    """The page begins with every asset that waits; the new one is in danger."""
    officer.go("/quality/risk-assessments/new")
    waiting = [officer.at(f"risks-{row}-asset").input_value() for row in range(4)]
    assert [name.partition(" ")[0] for name in waiting] == ["财务系统", "客户资料库", "设计图纸服务器", ASSET]
    fill(
        officer,
        {
            "scope": "全部信息资产",
            "criteria_version": "A/1",
            "likelihood_scale": "1 几乎不会 … 5 几乎必然",
            "impact_scale": "1 轻微 … 5 灾难性",
            "acceptance_level": "9",
            "team": "钟毅、任致远",
        },
    )
    for row, likelihood in enumerate(("1", "1", "2", "4")):
        fill(
            officer,
            {
                f"risks-{row}-source": "勒索软件",
                f"risks-{row}-weakness": "补丁更新滞后",
                f"risks-{row}-likelihood": likelihood,
                f"risks-{row}-impact": "4",
            },
        )
    return submit(officer)


def test_a_risk_from_its_assessment_to_the_end_of_its_acceptance(
    served: Served, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the asset is registered: its owner confirms, the head of the information centre checks and numbers it
    officer = visit(served, "security_officer")
    asset = register(officer)
    owner = visit(served, "purchasing_manager")
    take_up(owner, asset)
    sign(owner)
    head = visit(served, "information_centre_head")
    take_up(head, asset)
    assert head.at("asset_no").input_value() == "A0004"
    sign(head)
    officer.go("/registers/assets")
    assert ASSET in officer.page.locator("main").inner_text()

    # its risk is important: sixteen is more than nine
    number = assess(officer)
    matrix = officer.page.locator(".risk-matrix")
    expect(matrix.locator("td.risk-high", has_text="16")).to_contain_text("4")
    take_up(officer, number)
    assert ASSET in officer.at("treatments-0-risk").input_value()
    assert officer.page.locator('[name="treatments-1-risk"]').count() == 0, "the others are acceptable"
    fill(
        officer,
        {
            "treatments-0-option": "reduce",
            "treatments-0-measure": "每月集中安装补丁，离线保存备份",
            "treatments-0-owner": "孙德明",
            "treatments-0-due": on(60),
        },
    )
    sign(officer)
    take_up(owner, number)
    sign(owner)

    # more is left than the company accepts: that needs a reason and a day
    representative = visit(served, "management_representative")
    take_up(representative, number)
    fill(representative, {"residual_risks-0-level": "10", "residual_risks-0-accepted": "yes"})
    press(representative, SIGN)
    said = representative.page.locator("main").inner_text()
    assert "接受须写明理由" in said
    assert "接受须写明有效期" in said
    fill(
        representative,
        {"residual_risks-0-reason": "备份设备须等下年度预算", "residual_risks-0-valid_until": on(90)},
    )
    sign(representative)
    manager = visit(served, "general_manager")
    take_up(manager, number)
    sign(manager)
    assert served.walker.state(number) == "finished"

    # the matrix and the ledger show it
    page = officer.go("/quality/risks")
    expect(page.locator(".risk-matrix td.risk-high", has_text="16")).to_contain_text("R1")
    row = page.locator("#R1")
    for words in (ASSET, "16 高风险", "处置中", f"接受至 {on(90)}"):
        expect(row).to_contain_text(words)
    assert "待风险评估的信息资产 0" in page.locator("main").inner_text().replace("\n", " ")
    officer.go("/registers/risks")
    line = page.locator("tbody tr", has_text="备份设备须等下年度预算")
    expect(line).to_contain_text("处置中")

    # the day passes
    monkeypatch.setattr(risks, "today", lambda: today() + timedelta(days=91))
    officer.go("/quality/risks")
    expect(page.locator("#R1")).to_contain_text("接受已到期")
    expect(page.locator(".note-error")).to_contain_text("须重新评估的风险：1 项")
    officer.go("/registers/risks")
    expect(page.locator("tbody tr", has_text="备份设备须等下年度预算")).to_contain_text("接受已到期")
