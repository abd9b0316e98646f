"""A route tried on records that are over: which steps take place, whose desks they reach, where nobody is found."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from portal.domain import trials as life
from portal.domain.conditions import above, any_row, filled
from portal.domain.signoff import Route, Step, every, heads_in, outside, person_in, project_person, role
from portal.domain.trials import LEFT_OUT, OWN_WORK, REACHED, UNHELD, UNNAMED, UNREADABLE, Trial, Turn
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Person, Record, RoleGrant
from portal.services import delegation, lapses, trials
from tests.services.engine_forms import (
    Conditional,
    External,
    Head,
    Judged,
    OneRole,
    Paper,
    Urgent,
    between,
    middle,
)
from tests.services.office import NOW, Office, everything

QUALITY = role("quality_manager")


def walked(office: Office, form: type[Paper] = OneRole, **answers: object) -> Record:
    """A record that is over: whoever may has signed."""
    record = office.submit(form, **answers)
    for _turn in range(6):
        if record.state == "finished":
            return record
        login = next(iter(sorted(office.able(record))))
        office.sign(record, login)
    raise AssertionError(record.state)


def tried(record: Record, *steps: Step) -> Trial:
    """The record on a route of these steps."""
    return trials.on_record(record, Route(*steps), now=NOW)


def logins(turn: Turn) -> set[str]:
    """Whose desks the step reaches."""
    return {db.session.get_one(Person, id).login for desk in turn.desks for id in desk.people}


def vacate(key: str) -> None:
    """Nobody holds the role any more."""
    db.session.execute(sa.delete(RoleGrant).where(RoleGrant.role == key))


def test_the_route_that_ran_is_the_same_way_by_the_same_hands(office: Office) -> None:
    record = walked(office)
    [one] = trials.on_last("T-ONE", now=NOW)
    assert one.record is record
    assert [(turn.key, turn.state) for turn in one.turns] == [
        ("first", LEFT_OUT), ("middle", REACHED), ("last", REACHED)
    ]  # fmt: skip
    assert logins(one.turns[1]) == {"quality_manager", "quality_manager_2"}
    assert [hand for turn in one.turns for hand in turn.signed] == [
        (office.id("quality_manager"),), (office.id("general_manager"),)
    ]  # fmt: skip
    assert not one.stuck
    assert not one.other_way
    assert not one.other_hands


def test_it_writes_nothing(office: Office) -> None:
    walked(office)
    before = everything()
    trials.on_last("T-ONE", now=NOW)
    assert everything() == before


def test_only_finished_records_are_tried_the_newest_first_and_no_more_than_asked(office: Office) -> None:
    found = [walked(office) for _each in range(3)]
    office.submit(OneRole)
    assert [one.record for one in trials.on_last("T-ONE", now=NOW, last=2)] == found[:0:-1]
    assert trials.on_last("T-HEA", now=NOW) == []


@pytest.mark.parametrize(
    ("when", "takes_place"),
    [
        (above("amount", 100), True),
        (above("amount", 900), False),
        (above("amount", "@purchase_order_limit"), False),
    ],
)
def test_a_step_takes_place_by_the_answers_of_the_record(
    office: Office, when: object, takes_place: bool
) -> None:
    record = walked(office, Conditional, amount=500)
    [turn] = tried(record, Step("new", "New", QUALITY, when=when)).turns
    assert bool(turn.desks) is takes_place
    assert turn.added is takes_place
    assert turn.state == (REACHED if takes_place else LEFT_OUT)


def test_a_step_that_is_left_out_now_and_was_signed_then_is_another_way(office: Office) -> None:
    record = walked(office, Conditional, amount=500)
    one = tried(
        record, Step("middle", "Middle", QUALITY, when=above("amount", 900)), Step("last", "L", QUALITY)
    )
    assert one.turns[0].dropped
    assert one.other_way


def test_a_step_that_the_route_has_no_more_is_told_with_who_signed(office: Office) -> None:
    record = walked(office)
    one = tried(record, Step("last", "Last", role("general_manager")))
    assert one.gone == (({"zh": "Middle", "en": "Middle"}, ((office.id("quality_manager"),),)),)
    assert one.other_way
    assert not one.stuck


def test_somebody_else_would_have_it_now(office: Office) -> None:
    record = walked(office)
    one = tried(
        record, Step("middle", "Middle", role("designer")), Step("last", "L", role("general_manager"))
    )
    assert one.turns[0].other_hands
    assert not one.turns[1].other_hands
    assert one.other_hands
    assert not one.other_way


def test_a_substitute_s_signature_is_that_of_whom_they_stood_in_for(office: Office) -> None:
    leave = office.substitute("quality_manager", "designer")
    record = office.submit(OneRole)
    office.sign(record, "designer")
    office.sign(record, "general_manager")
    leave.ended_at = NOW
    db.session.flush()
    [one] = trials.on_last("T-ONE", now=NOW)
    assert one.turns[1].signed == ((office.id("designer"), office.id("quality_manager")),)
    assert not one.other_hands


def test_a_signer_whom_somebody_asked_for_besides_is_none_of_the_route(office: Office) -> None:
    record = office.submit(OneRole)
    task = office.turn(record, "quality_manager")
    delegation.add_signer(
        task.id, office.actor("quality_manager"), office.id("designer"), "before", reason="look", now=NOW
    )
    office.sign(record, "designer")
    office.sign(record, "quality_manager")
    office.sign(record, "general_manager")
    [one] = trials.on_last("T-ONE", now=NOW)
    assert one.turns[1].signed == ((office.id("quality_manager"),),)
    assert not one.other_hands


def test_nobody_holds_the_role(office: Office) -> None:
    record = walked(office)
    vacate("designer")
    one = tried(record, Step("new", "New", role("designer")))
    assert (one.turns[0].state, one.turns[0].stuck, one.stuck) == (UNHELD, True, True)


def test_one_of_several_desks_where_nobody_is_found_is_enough_to_stop(office: Office) -> None:
    record = walked(office)
    vacate("designer")
    [turn] = tried(record, Step("new", "New", every(QUALITY, role("designer")))).turns
    assert [desk.state for desk in turn.desks] == [REACHED, UNHELD]
    assert turn.state == UNHELD


def test_the_record_names_nobody(office: Office) -> None:
    record = walked(office)
    [turn] = tried(record, Step("new", "New", person_in("person"))).turns
    assert turn.state == UNNAMED
    [heads] = tried(record, Step("new", "New", heads_in("lines", "department"))).turns
    assert heads.state == UNNAMED


def test_nobody_judges_their_own_work(office: Office) -> None:
    record = walked(office)
    buyers = office.id("buyer")
    db.session.execute(sa.delete(RoleGrant).where(RoleGrant.role == "buyer", RoleGrant.person_id != buyers))
    [turn] = tried(record, Step("new", "New", role("buyer"))).turns
    assert turn.state == OWN_WORK
    [done] = tried(record, Step("new", "New", role("buyer"), meaning="done")).turns
    assert logins(done) == {"buyer"}, "work is no judgement"


def test_work_that_only_one_person_could_have_done_is_theirs(office: Office) -> None:
    record = walked(office)
    alone = office.id("quality_manager")
    db.session.execute(
        sa.delete(RoleGrant).where(RoleGrant.role == "quality_manager", RoleGrant.person_id != alone)
    )
    work = Step("work", "Work", QUALITY, meaning="done")
    one = tried(record, work, Step("check", "Check", QUALITY, meaning="checked"))
    assert [turn.state for turn in one.turns] == [REACHED, OWN_WORK]


def test_whoever_did_the_work_then_does_not_judge_it_now(office: Office) -> None:
    record = office.submit(Judged, person=office.ref("designer"))
    office.sign(record, "quality_inspector")
    office.sign(record, "designer")
    steps = FORMS["T-JUD"].signoff.steps
    one = tried(record, *steps)
    assert "quality_inspector" in logins(one.turns[0])
    assert "quality_inspector" not in logins(one.turns[1])


def test_a_head_s_own_record_goes_to_the_management(office: Office) -> None:
    record = office.submit(Head, "purchasing_manager")
    one = trials.on_record(record, FORMS["T-HEA"].signoff, now=NOW)
    assert logins(one.turns[1]) == office.able(record)
    assert "purchasing_manager" not in logins(one.turns[1])


def test_a_project_s_person_is_asked_first(office: Office) -> None:
    project = office.project(project_manager="designer")
    record = walked(office, project=project)
    [turn] = tried(record, Step("new", "New", project_person("project", "project_manager"))).turns
    assert logins(turn) == {"designer"}


def test_an_outside_party_signs_on_the_device_of_whoever_has_the_record(office: Office) -> None:
    record = office.submit(External)
    [turn] = tried(record, Step("middle", "Middle", outside("supplier"), meaning="confirmed")).turns
    assert [desk.outside for desk in turn.desks] == ["supplier"]
    assert "buyer" in logins(turn)


def test_who_has_left_is_found_no_more(office: Office) -> None:
    record = walked(office, person=office.ref("designer"))
    office.person("designer").active = False
    db.session.flush()
    [turn] = tried(record, Step("new", "New", person_in("person"))).turns
    assert turn.state == UNHELD


def test_a_substitute_is_among_those_whose_desk_it_reaches(office: Office) -> None:
    record = walked(office)
    office.substitute("quality_manager", "salesperson")
    [turn] = tried(record, Step("middle", "Middle", QUALITY)).turns
    assert logins(turn) >= {"quality_manager", "salesperson"}


@pytest.mark.parametrize(
    "step",
    [
        Step("new", "New", QUALITY, when=above("subject", 3)),
        Step("new", "New", QUALITY, when=any_row("amount", "column", "equals", 1)),
        Step("new", "New", person_in("subject")),
        Step("new", "New", heads_in("amount", "department")),
    ],
    ids=["number", "table", "person", "heads"],
)
def test_answers_that_do_not_fit_the_route_are_told_and_stop_nothing_else(office: Office, step: Step) -> None:
    record = walked(office, amount=500)
    one = tried(record, step, Step("last", "Last", role("general_manager")))
    assert [turn.state for turn in one.turns] == [UNREADABLE, REACHED]


def test_a_step_that_the_record_left_by_itself_is_no_other_way(office: Office) -> None:
    desks = (life.Desk(frozenset({office.id("designer")})),)
    assert Turn("decide", "Decide", desks).added
    assert not Turn("decide", "Decide", desks, lapsed=True).added


def test_lapses_are_read_from_the_record(office: Office) -> None:
    record = office.submit(Urgent)
    assert record.due_at is not None
    assert lapses.move_on(record.due_at) == 1
    one = trials.on_record(record, Urgent.signoff, now=NOW)
    assert [turn.key for turn in one.turns if turn.lapsed] == ["decide"]


def test_the_summary_counts_records_and_says_where_they_stop(office: Office) -> None:
    rich, poor = walked(office, Conditional, amount=500), walked(office, Conditional, amount=5)
    vacate("designer")
    steps = (
        Step("extra", "Extra", role("designer"), when=filled("amount")),
        Step("middle", "Middle", QUALITY, when=above("amount", 100)),
        Step("last", "Last", role("finance_supervisor")),
    )
    found = life.summary([tried(rich, *steps), tried(poor, *steps)])
    assert (found.records, found.stuck, found.other_way, found.other_hands) == (2, 2, 2, 2)
    assert found.where == {"extra": 2}
    assert life.summary([]) == life.Summary()


def test_the_trial_says_what_the_engine_then_does(office: Office) -> None:
    """What is foretold of a running record's next step is who can take it up."""
    record = office.submit(OneRole, preliminary=True)
    assert between(middle(QUALITY)).steps[1].key == "middle"
    while record.state == "running":
        one = trials.on_record(record, FORMS["T-ONE"].signoff, now=NOW)
        turn = next(each for each in one.turns if each.key == record.step)
        assert logins(turn) == office.able(record)
        office.sign(record, min(office.able(record)))
    assert record.state == "finished"
