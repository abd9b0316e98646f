"""The page of risks and the charts of information security: who sees them, what they show."""

from __future__ import annotations

import html
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.database import transaction
from portal.domain.effects import PostsEntry
from portal.extensions import db
from portal.lib.clock import today
from portal.models import InformationAsset, Record
from portal.services import ledgers
from tests.books import SignIn
from tests.conftest import both_databases
from tests.walk import Walker

RISKS = "/quality/risks"


def look(
    app: Flask, sign_in: SignIn, path: str = RISKS, login: str = "security_officer", language: str = "zh"
) -> str:
    """The page as somebody reads it."""
    browser = sign_in(app.test_client(), login)
    browser.post("/account/language", data={"language": language})
    answer = browser.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text).split("<main", 1)[1]


@pytest.mark.parametrize(
    ("login", "status"),
    [
        ("security_officer", 200),
        ("quality_manager", 200),
        ("management_representative", 200),
        ("auditor", 200),
        ("foreman", 404),
        ("employee", 404),
    ],
)
def test_who_sees_the_risks(client: FlaskClient, sign_in: SignIn, login: str, status: int) -> None:
    browser = sign_in(client, login)
    assert browser.get(RISKS).status_code == status
    assert ("风险矩阵" in browser.get("/quality/").text) is (status == 200)


def test_before_anything_is_assessed_it_says_so(app: Flask, sign_in: SignIn) -> None:
    page = look(app, sign_in)
    assert "还没有评估过的风险" in page
    assert "财务系统 A0001" in page, "it waits for an assessment"
    assert "No risks assessed yet" in look(app, sign_in, language="en")


@both_databases
def test_each_risk_stands_in_its_field(app: Flask, sign_in: SignIn) -> None:
    walker = Walker(app)
    number = walker.walk("IS-08")
    page = look(app, sign_in)
    assert number in page
    assert '<td class="risk-high">' in page.replace("\n", "")
    assert "16 高风险" in page
    assert "处置中" in page
    assert "还没有评估过的风险" not in page
    record = look(app, sign_in, f"/quality/risk-assessments/{number}")
    assert "风险矩阵" in record


def test_an_acceptance_that_ended_is_told_in_words(app: Flask, sign_in: SignIn) -> None:
    walker = Walker(app)
    number = walker.walk("IS-14")  # any record may post
    with app.app_context():
        with transaction():
            record = db.session.query(Record).filter_by(number=number).one()
            asset = db.session.query(InformationAsset).first()
            assert asset is not None
            facts = {
                "no": f"{number}/1", "risk": "断电／无备用电源", "asset": asset.label, "asset_id": asset.id,
                "likelihood": 3, "impact": 4, "level": 12, "important": True, "option": "reduce", "measure": "扩容",
                "owner": "任致远", "due": str(today()), "residual_level": 10, "reason": "等待预算",
                "accepted_until": str(today() - timedelta(days=1)),
            }  # fmt: skip
            ledgers.post(PostsEntry("risks", facts), record, by=record.applicant_id, now=record.submitted_at)
        db.session.remove()
    page = look(app, sign_in)
    assert "接受已到期、须重新评估的风险：1 项" in page
    assert "接受已到期" in look(app, sign_in, "/registers/risks")


@both_databases
def test_the_front_page_draws_incidents_risks_rights_and_training(app: Flask, sign_in: SignIn) -> None:
    walker = Walker(app)
    for code in ("IS-03", "IS-06", "IS-08", "IS-12", "IS-14", "IS-17"):
        walker.walk(code)
    for key in ("incidents", "risks", "access_rights", "security_training"):
        assert "<h1" in sign_in(app.test_client(), "quality_manager").get(f"/quality/charts/{key}").text
    page = look(app, sign_in, "/quality/?period=365&charts=information_security", "quality_manager")
    assert "信息安全事故（按月和级别）" in page
    assert f"{today():%Y-%m}" in page
    outside = look(app, sign_in, "/quality/charts/risks", "foreman")
    assert "高风险" not in outside, "the books are for those who read them"
    for ledger in ("risks", "access", "assets", "security_requirements", "ola_requirements"):
        look(app, sign_in, f"/registers/{ledger}")
