"""IS-17: agreements, laws and policies, with what they demand of information security."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from portal.forms.ledgers import LEDGERS
from portal.models import Record
from tests.forms.customer_service.shop import wrong
from tests.forms.quality.security_desk import FILE, HEAD, OFFICER, Office


def agreement(office: Office, kind: str = "sla", **changed: Any) -> dict[str, Any]:
    """An agreement with two demands, one of them open."""
    owner = office.person(HEAD)
    rows = [
        {"clause": "4.2", "requirement": "不得转交第三方", "owner": owner, "state": "met"},
        {"clause": "6.3", "requirement": "事故告知", "owner": owner, "state": "open"},
    ]
    return {
        "agreement_kind": kind,
        "agreement_no": "SLA-2026-001",
        "customer": office.ref(office.customer()) if kind in ("sla", "contract") else None,
        "partner": None if kind in ("sla", "contract") else "云桥数据",
        "services": "网站托管",
        "requirements": rows,
        "valid_from": office.today,
        "agreement_file": [FILE],
        **changed,
    }


def entered(office: Office, kind: str = "sla", **changed: Any) -> Record:
    """An agreement that everybody has signed."""
    record = office.submit("IS-17", OFFICER, **agreement(office, kind, **changed))
    while record.state == "running":
        office.sign(record, **({"signed_on": office.today} if record.step == "partner_sign" else {}))
    return record


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("sla", ["gm_sign", "partner_sign"]),
        ("contract", ["gm_sign", "partner_sign"]),
        ("ola", ["gm_sign"]),
        ("underpinning_contract", ["gm_sign"]),
        ("law", []),
        ("external_policy", []),
    ],
)
def test_who_signs_depends_on_the_kind(office: Office, kind: str, more: list[str]) -> None:
    record = office.submit("IS-17", OFFICER, **agreement(office, kind))
    steps = []
    while record.state == "running":
        steps.append(record.step)
        office.sign(record, **({"signed_on": office.today} if record.step == "partner_sign" else {}))
    assert steps == ["service_manager", "security_check", *more]
    assert len(office.facts("security_requirements", record)) == 2


def test_the_officers_own_agreement_is_checked_by_the_head_of_the_centre(office: Office) -> None:
    record = office.sign(office.submit("IS-17", OFFICER, **agreement(office)))
    office.sign(record)
    assert office.known(record)["@signers"]["security_check"] == office.person(HEAD).id


def test_the_customer_is_the_other_side(office: Office) -> None:
    sheet = office.sheet("IS-17", OFFICER, **agreement(office))
    assert sheet.partner.data == office.ref(office.customer()).text
    assert wrong(office.sheet("IS-17", OFFICER, **agreement(office, customer=None, partner="某公司"))) == {
        "customer"
    }
    assert wrong(office.sheet("IS-17", OFFICER, **agreement(office, "law", partner=None))) == {"partner"}


def test_it_ends_after_it_begins(office: Office) -> None:
    assert wrong(office.sheet("IS-17", OFFICER, **agreement(office, valid_to=office.today))) == {"valid_to"}
    later = agreement(office, valid_to=office.today + timedelta(days=1))
    assert not office.sheet("IS-17", OFFICER, **later).errors


def test_a_partner_signs_by_today_or_sends_it_back(office: Office) -> None:
    record = office.submit("IS-17", OFFICER, **agreement(office))
    for _turn in range(3):
        office.sign(record)
    assert wrong(office.stage(record, signed_on=office.today + timedelta(days=1))) == {"signed_on"}
    assert office.refuse(record).state == "returned"
    assert office.facts("security_requirements") == []


@pytest.mark.parametrize("before", [0, 1, 2])
def test_inside_whoever_declines_sends_it_back(office: Office, before: int) -> None:
    record = office.submit("IS-17", OFFICER, **agreement(office))
    for _turn in range(before):
        office.sign(record)
    assert office.refuse(record).state == "returned"


def test_open_demands_come_first_and_inside_agreements_have_a_view(office: Office) -> None:
    entered(office)
    entered(office, "ola", agreement_no="OLA-1")
    every = office.lines(LEDGERS["security_requirements"].source)
    assert [(one["agreement_no"], one["state"]) for one in every] == [
        ("OLA-1", "open"),
        ("SLA-2026-001", "open"),
        ("OLA-1", "met"),
        ("SLA-2026-001", "met"),
    ]
    inside = office.lines(LEDGERS["ola_requirements"].source)
    assert {one["agreement_no"] for one in inside} == {"OLA-1"}


def test_a_later_entry_of_the_agreement_takes_its_place(office: Office) -> None:
    old, new = entered(office), entered(office)
    lines = office.lines(LEDGERS["security_requirements"].source)
    assert [(one["record"], one["in_force"]) for one in lines] == [
        (new.number, True),
        (new.number, True),
        (old.number, False),
        (old.number, False),
    ]


def test_a_number_names_one_agreement(office: Office) -> None:
    record = entered(office, "ola")
    again = office.sheet("IS-17", OFFICER, **agreement(office, "ola"))
    assert not again.errors, "it may be entered anew"
    other = office.sheet("IS-17", OFFICER, **agreement(office, "ola", partner="另一家"))
    assert wrong(other) == {"agreement_no"}
    changed = agreement(office, "ola", partner="另一家")
    assert not wrong(office.sheet("IS-17", OFFICER, corrects=record, **changed)), "unless it is put right"
