"""IS-03: rights are given for a time, looked at again, changed, extended and taken away."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal.extensions import db
from portal.forms.ledgers import LEDGERS
from portal.lib.clock import months_later
from portal.queries import access_rights, days, ledgers
from tests.forms.customer_service.shop import wrong
from tests.forms.quality.security_desk import CUSTOMERS, HEAD, OFFICER, Office


@pytest.fixture(autouse=True)
def clock(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is read on the day at hand."""
    monkeypatch.setattr(days, "today", lambda: office.today)


def book(office: Office) -> list[tuple[str, str]]:
    """State and right of each line of the ledger."""
    return [(line["state"], line["rights"]) for line in office.lines(LEDGERS["access"].source)]


def test_head_user_owner_and_officer_sign_one_after_the_other(office: Office) -> None:
    record = office.submit("IS-03", "employee", **office.right())
    turns = []
    while record.state == "running":
        turns.append((record.step, office.signers(record)))
        filled = {
            "undertaking": {"company_rules_read": True},
            "security_grant": {"granted_on": office.today},
        }
        office.sign(record, **filled.get(record.step, {}))
    assert turns == [
        ("head_approval", {"customer_service_director"}),
        ("undertaking", {"employee"}),
        ("owner_approval", {"finance_supervisor"}),
        ("security_grant", {OFFICER}),
    ]
    (facts,) = office.facts("access", record)
    assert (facts["rights"], facts["from"], facts["to"]) == (
        "read",
        str(office.today),
        str(office.today + timedelta(days=180)),
    )
    assert facts["next_review"] == str(months_later(office.today, 3))
    assert facts["granted_by"] == office.actor(OFFICER).name


def test_an_owner_does_not_agree_to_the_own_request(office: Office) -> None:
    sheet = office.sheet("IS-03", "finance_supervisor", **office.right())
    assert sheet.asset_owner.data == office.person("general_manager"), "who leads the owner's department"
    mine = office.right(person=office.person("finance_supervisor"))
    sheet = office.sheet("IS-03", "employee", **mine)
    assert sheet.asset_owner.data == office.person("general_manager")


@pytest.mark.parametrize(
    ("step", "before"), [("head_approval", 0), ("owner_approval", 2), ("security_grant", 3)]
)
def test_whoever_says_no_gives_no_access(office: Office, step: str, before: int) -> None:
    record = office.submit("IS-03", "employee", **office.right())
    for _turn in range(before):
        office.sign(record, company_rules_read=True)
    assert record.step == step
    assert office.refuse(record).state == "refused"
    assert office.facts("access") == []


def test_a_right_lasts_a_year_at_most(office: Office) -> None:
    begins = office.today
    assert not office.sheet("IS-03", "employee", **office.right(valid_to=months_later(begins, 12))).errors
    late = office.right(valid_to=months_later(begins, 12) + timedelta(days=1))
    assert wrong(office.sheet("IS-03", "employee", **late)) == {"valid_to"}
    assert wrong(office.sheet("IS-03", "employee", **office.right(valid_to=begins - timedelta(days=1)))) == {
        "valid_to"
    }
    gone = office.right(valid_from=begins - timedelta(days=60), valid_to=begins - timedelta(days=1))
    assert wrong(office.sheet("IS-03", "employee", **gone)) == {"valid_to"}


def test_nobody_gets_a_right_who_does_not_know_the_rules(office: Office) -> None:
    customer = office.ref(office.customer())
    record = office.sign(office.submit("IS-03", "employee", **office.right(customer_site=customer)))
    assert wrong(office.stage(record)) == {"company_rules_read", "customer_rules_read"}
    assert wrong(office.stage(record, company_rules_read=True)) == {"customer_rules_read"}
    no = office.stage(record, company_rules_read=False, customer_rules_read=False)
    assert wrong(no) == {"company_rules_read", "customer_rules_read"}
    assert not office.stage(record, company_rules_read=True, customer_rules_read=True).errors
    inside = office.sign(office.submit("IS-03", "employee", **office.right()))
    assert not office.stage(inside, company_rules_read=True).errors, "no customer's site, no customer's rules"


def test_it_is_given_by_today_and_before_it_ends(office: Office) -> None:
    record = office.submit("IS-03", "employee", **office.right(valid_to=office.today))
    for _turn in range(3):
        office.sign(record, company_rules_read=True)
    assert wrong(office.stage(record, granted_on=office.today + timedelta(days=1))) == {"granted_on"}
    assert not office.stage(record, granted_on=office.today).errors
    office.move(1)
    assert wrong(office.stage(record, granted_on=office.today)) == {"granted_on"}


def test_the_same_right_is_not_given_twice(office: Office) -> None:
    office.granted()
    assert wrong(office.sheet("IS-03", "employee", **office.right())) == {"rights"}
    assert not office.sheet("IS-03", "employee", **office.right(rights="write")).errors
    assert not office.sheet("IS-03", "employee", **office.right(asset=office.named(CUSTOMERS))).errors
    office.move(181)
    assert not office.sheet("IS-03", "employee", **office.right()).errors, "the first one is over"


@pytest.mark.parametrize("kind", ["extend", "withdraw"])
def test_only_what_stands_is_extended_or_withdrawn(office: Office, kind: str) -> None:
    assert wrong(office.sheet("IS-03", "employee", **office.right(request_kind=kind))) == {"rights"}
    office.granted()
    assert not office.sheet("IS-03", "employee", **office.right(request_kind=kind)).errors
    office.move(181)
    assert wrong(office.sheet("IS-03", "employee", **office.right(request_kind=kind))) == {"rights"}


def test_an_extension_takes_the_place_of_the_line_before(office: Office) -> None:
    office.granted()
    office.move(100)
    short = office.right(request_kind="extend", valid_to=office.today + timedelta(days=79))
    assert wrong(office.sheet("IS-03", "employee", **short)) == {"valid_to"}
    gap = office.right(request_kind="extend", valid_from=office.today + timedelta(days=82))
    assert wrong(
        office.sheet("IS-03", "employee", **{**gap, "valid_to": office.today + timedelta(days=99)})
    ) == {"valid_from"}
    same = office.right(request_kind="extend", valid_to=office.today + timedelta(days=80))
    office.granted(**same)
    assert book(office) == [("in_force", "read"), ("extend", "read")], "what is in force comes first"
    assert office.facts("access")[-1]["next_review"] == str(months_later(office.today, 3))


def test_a_change_ends_the_former_right_and_begins_another(office: Office) -> None:
    office.granted()
    office.granted(rights="remote")
    assert wrong(
        office.sheet("IS-03", "employee", **office.right(request_kind="change", rights="admin"))
    ) == {"former_rights"}
    other = office.right(request_kind="change", former_rights="write", rights="admin")
    assert wrong(office.sheet("IS-03", "employee", **other)) == {"former_rights"}
    office.granted(request_kind="change", former_rights="read", rights="admin")
    assert sorted(book(office)) == [("change", "read"), ("in_force", "admin"), ("in_force", "remote")]


def test_withdrawing_ends_the_row(office: Office) -> None:
    office.granted()
    office.move(10)
    record = office.granted(request_kind="withdraw", valid_from=None, valid_to=None)
    (line,) = office.lines(LEDGERS["access"].source)
    assert (line["state"], line["withdrawn_on"]) == ("withdraw", str(office.today))
    assert "undertaking" not in office.known(record)["@signers"], "there is nothing to undertake"


def test_past_its_last_day_a_right_is_shown_as_ended(office: Office) -> None:
    office.granted()
    office.granted(rights="write", valid_from=office.today + timedelta(days=5))
    assert sorted(book(office)) == [("in_force", "read"), ("to_come", "write")]
    office.move(180)
    assert ("in_force", "read") in book(office), "on its last day"
    office.move(1)
    assert ("expired", "read") in book(office)


def test_what_was_corrected_counts_no_longer(office: Office) -> None:
    first = office.granted()
    second = office.granted(corrects=first, rights="write")
    assert second.corrects_id == first.id
    assert sorted(book(office)) == [("in_force", "write"), ("reversed", "read")]
    assert access_rights.counts() == {"in_force": 1, "reversed": 1}


def test_rights_of_who_has_left_can_only_be_withdrawn(office: Office) -> None:
    office.granted()
    office.actor("employee").person.active = False
    db.session.flush()
    extend = office.right(request_kind="extend")
    assert wrong(office.sheet("IS-03", OFFICER, **extend)) == {"person_"}
    gone = office.right(request_kind="withdraw", valid_from=None, valid_to=None)
    assert not office.sheet("IS-03", OFFICER, **gone).errors


def test_an_asset_out_of_use_or_without_an_owner_gives_no_right(office: Office) -> None:
    office.asset().state = "retired"
    assert wrong(office.sheet("IS-03", "employee", **office.right())) == {"asset"}
    office.asset(CUSTOMERS).owner_id = None
    db.session.flush()
    nobodys = office.right(asset=office.named(CUSTOMERS))
    assert wrong(office.sheet("IS-03", "employee", **nobodys)) == {"asset"}


def test_the_officer_grants_what_the_officer_has_asked_for(office: Office) -> None:
    record = office.submit("IS-03", OFFICER, **office.right(person=office.person(HEAD)))
    for _turn in range(3):
        office.sign(record, company_rules_read=True)
    assert office.signers(record) == {OFFICER}
    assert office.sign(record, granted_on=office.today).state == "finished"
    assert date.fromisoformat(office.facts("access")[0]["granted_on"]) == office.today


def test_only_a_right_that_stands_names_its_next_review(office: Office) -> None:
    office.granted()
    office.granted(person=office.person("buyer"))
    office.granted(request_kind="withdraw", valid_from=None, valid_to=None)
    rows = {row["state"]: row["next_review"] for row in office.lines(access_rights.book())}
    assert rows == {"in_force": "2026-08-12", "withdraw": None}


def test_rights_in_force_can_be_picked_out(office: Office) -> None:
    office.granted()
    office.granted(person=office.person("buyer"))
    office.granted(request_kind="withdraw", valid_from=None, valid_to=None)
    for state, many in (("in_force", 1), ("withdraw", 1), ("expired", 0)):
        wanted = ledgers.Wanted(picked=(("state", state),))
        assert len(ledgers.page(access_rights.book(), wanted, "", 9).rows) == many
