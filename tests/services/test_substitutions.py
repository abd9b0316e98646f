"""Substitutes: for oneself or one's department, with dates and reason, never in a circle."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from portal.database import transaction
from portal.domain.refusal import NotAllowed, NotFound, Refusal
from portal.forms.catalogue import FORMS
from portal.lib.clock import now, today
from portal.models import Substitution
from portal.queries import rights
from portal.queries.actors import Actor
from portal.services import substitutions
from portal.services.substitutions import Circle

Find = Callable[[str], Actor]
ONE, OTHER = sorted(FORMS)[:2]


@pytest.fixture
def lend(context: Flask, person: Find) -> Callable[..., Substitution]:
    """Lets B act for A from day to day."""

    def appoint(
        a: str, b: str, start: int = 0, end: int = 5, forms: tuple[str, ...] = (), by: str = ""
    ) -> Substitution:
        first, last = today() + timedelta(days=start), today() + timedelta(days=end)
        with transaction():
            pair = person(a).person, person(b).person
            return substitutions.appoint(
                *pair, first, last, forms, by=person(by or a), reason="leave", now=now()
            )

    return appoint


Lend = Callable[..., Substitution]


def test_the_substitute_brings_the_keys_while_it_holds(person: Find, lend: Lend) -> None:
    made = lend("buyer", "buyer_2", forms=(ONE,))
    lent = [one for one in person("buyer_2").authorities if one.lender == person("buyer").id]
    assert lent
    assert all(one.covers(ONE) and not one.covers(OTHER) for one in lent)
    with transaction():
        substitutions.end(made, by=person("buyer"), now=now())
    assert not [one for one in person("buyer_2").authorities if one.lender]


def test_not_each_for_the_other(lend: Lend) -> None:
    lend("buyer", "foreman")
    with pytest.raises(Circle):
        lend("foreman", "buyer", 5, 9)
    lend("foreman", "buyer", 6, 9)  # afterwards


def test_not_in_a_longer_circle(lend: Lend) -> None:
    lend("buyer", "foreman", 0, 9)
    lend("foreman", "designer", 3, 6)
    with pytest.raises(Circle):
        lend("designer", "buyer", 6, 7)
    lend("designer", "buyer", 7, 9)  # the three never overlap


def test_other_forms_make_no_circle(lend: Lend) -> None:
    lend("buyer", "foreman", forms=(ONE,))
    lend("foreman", "buyer", forms=(OTHER,))
    with pytest.raises(Circle):
        lend("foreman", "buyer", forms=(ONE, OTHER))
    with pytest.raises(Circle):
        lend("foreman", "buyer")


@pytest.mark.parametrize(
    ("start", "end"),
    [(3, 2), (-9, -1), (0, 400)],
    ids=["ends before it starts", "over", "longer than a year"],
)
def test_days_must_make_sense(lend: Lend, start: int, end: int) -> None:
    with pytest.raises(Refusal):
        lend("buyer", "buyer_2", start, end)


def test_not_oneself_not_an_auditor_not_an_unknown_form(lend: Lend) -> None:
    for substitute, forms in (("buyer", ()), ("auditor", ()), ("buyer_2", ("XX-99",))):
        with pytest.raises(Refusal):
            lend("buyer", substitute, forms=forms)


def test_a_head_may_for_the_department_and_nobody_else(person: Find, lend: Lend) -> None:
    lend("buyer", "buyer_2", by="purchasing_manager")
    with pytest.raises(NotAllowed):
        lend("foreman", "foreman_2", by="purchasing_manager")
    made = lend("foreman", "foreman_2")
    with pytest.raises(NotFound), transaction():
        substitutions.end(made, by=person("buyer"), now=now())


def test_an_administrator_may_for_everybody_but_never_names_themselves(lend: Lend) -> None:
    lend("general_manager", "deputy_general_manager", by="administrator")
    with pytest.raises(NotAllowed):
        lend("general_manager", "administrator", by="administrator")
    assert len(rights.substitutions(today())) == 1
