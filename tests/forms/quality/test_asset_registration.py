"""IS-07: an asset is entered, changed, retired; its number is its own for good."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from portal.extensions import db
from portal.models import InformationAsset
from portal.queries import security_books
from tests.forms.customer_service.shop import wrong
from tests.forms.quality.security_desk import CUSTOMERS, FINANCE, HEAD, OFFICER, Office


def test_a_new_asset_gets_the_next_number_and_a_row(office: Office) -> None:
    record = office.submit("IS-07", "employee", **office.registration())
    assert office.signers(record) == {"purchasing_manager"}, "its owner confirms"
    office.sign(record)
    assert office.signers(record) == {OFFICER, HEAD, "quality_manager", "quality_manager_2"}
    proposed = office.numbered(record)
    assert proposed["asset_no"] == "A0004"
    office.sign(record, **proposed)
    row = office.asset("A0004")
    assert (row.name, row.kind, row.state, row.location) == (
        "投标资料库",
        "information",
        "in_use",
        "总部机房",
    )
    assert (row.owner_id, row.confidentiality, row.customer_owned) == (
        office.person("purchasing_manager").id,
        "medium",
        False,
    )
    assert row.next_review_on == proposed["next_review_on"]
    assert not row.assess
    assert office.lines(security_books.assets())[-1]["name"] == "投标资料库"


@pytest.mark.parametrize("mark", ["confidentiality", "integrity", "availability"])
def test_a_high_mark_puts_it_into_the_next_assessment(office: Office, mark: str) -> None:
    office.register(**{mark: "high"})
    assert office.asset("A0004").assess


def test_the_officers_own_registration_is_checked_by_somebody_else(office: Office) -> None:
    record = office.submit("IS-07", OFFICER, **office.registration())
    office.sign(record)
    office.sign(record, **office.numbered(record))
    assert record.state == "finished"
    assert office.known(record)["@signers"]["security_check"] != office.person(OFFICER).id


def test_a_number_belongs_to_one_asset(office: Office) -> None:
    record = office.submit("IS-07", "employee", **office.registration())
    office.sign(record)
    assert wrong(office.stage(record, asset_no=FINANCE, next_review_on=office.today + timedelta(days=9))) == {
        "asset_no"
    }
    own = office.stage(record, asset_no="XX-7", next_review_on=office.today + timedelta(days=9))
    assert not own.errors
    assert wrong(office.stage(record, asset_no="XX-7", next_review_on=office.today)) == {"next_review_on"}
    office.sign(record, asset_no="XX-7", next_review_on=office.today + timedelta(days=9))
    assert office.asset("XX-7").name == "投标资料库"


def test_what_is_known_fills_the_sheet_of_a_change(office: Office) -> None:
    sheet = office.sheet(
        "IS-07", "employee", request_kind="change", asset=office.named(), location="灾备机房"
    )
    assert not sheet.errors
    assert (sheet.asset_name.data, sheet.asset_kind.data) == ("财务系统", "system")
    assert (sheet.location.data, sheet.integrity.data) == ("灾备机房", "high"), "what was typed stays"
    assert wrong(office.sheet("IS-07", "employee", request_kind="change")) >= {"asset", "asset_name"}


def test_a_change_keeps_the_number_and_that_it_waits_for_an_assessment(office: Office) -> None:
    office.asset().assess = True
    given = office.registration(request_kind="change", asset=office.named(), asset_name="财务与税务系统")
    record = office.submit("IS-07", "employee", **given)
    office.sign(record)
    ahead = office.today + timedelta(days=30)
    assert wrong(office.stage(record, asset_no="A0099", next_review_on=ahead)) == {"asset_no"}
    office.sign(record, asset_no=FINANCE, next_review_on=ahead)
    row = office.asset()
    assert (row.name, row.confidentiality, row.next_review_on) == ("财务与税务系统", "medium", ahead)
    assert row.assess, "nobody has assessed it meanwhile"
    assert db.session.scalar(sa.select(sa.func.count(InformationAsset.id))) == 3


def test_what_is_retired_is_over_and_its_rights_are_withdrawn(office: Office) -> None:
    office.granted()
    quiet = office.register(request_kind="retire", asset=office.named(CUSTOMERS), asset_name="客户资料库")
    assert office.asked(quiet) == [], "nobody has a right to it"
    record = office.register(request_kind="retire", asset=office.named(), asset_name="财务系统")
    assert (office.asset().state, office.asset().assess) == ("retired", False)
    assert set(office.asked_of(record)) == {"role:security_officer"}
    again = office.sheet("IS-07", "employee", request_kind="change", asset=office.named())
    assert wrong(again) == {"asset"}


def test_what_is_put_right_stays_the_same_asset(office: Office) -> None:
    first = office.register()
    record = office.submit("IS-07", "employee", **office.registration(asset_name="标书库", corrects=first))
    office.sign(record)
    assert office.numbered(record)["asset_no"] == "A0004"
    office.sign(record, **office.numbered(record))
    assert office.asset("A0004").name == "标书库"
    assert db.session.scalar(sa.select(sa.func.count(InformationAsset.id))) == 4


def test_an_owner_who_declines_sends_it_back(office: Office) -> None:
    record = office.refuse(office.submit("IS-07", "employee", **office.registration()))
    assert record.state == "returned"
    office.correct(record, "employee", location="分公司")
    office.sign(record)
    assert office.refuse(record).state == "returned", "so does the officer"
