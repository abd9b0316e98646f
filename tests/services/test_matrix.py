"""Every act at every kind of step, in one table: what becomes of the record, and who is next.

The step under test stands between a step of work, signed already, and a last approval. `{me}` is
the person who acts, `{held}` all who hold the step's open tasks, `{rest}` those of the tasks that
are left when the actor's own is gone, `{more}` these tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from flask import Flask

from portal.domain.refusal import (
    AlreadyDecided,
    ContentChanged,
    NotAllowed,
    NotYourTurn,
    OwnTask,
    OwnWork,
    ReasonMissing,
    Refusal,
)
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.models import Record, Task
from portal.queries import history
from portal.services import (
    audit,
    bulk,
    conversation,
    corrections,
    delegation,
    entries,
    outside,
    route,
    signing,
)
from tests.services import engine_forms as forms
from tests.services.office import NOW, Office, everything, may_do

HELPER, SUBSTITUTE, STRANGER = "hr_manager", "employee", "cashier"
GOOD = {"verdict": "good"}


@dataclass(frozen=True)
class Kind:
    """A kind of step: its form, who acts in the tests, who holds its tasks, who and what is left without them."""

    form: type[CompanyForm]
    me: str
    held: str
    rest: str = ""
    more: tuple[str, ...] = ()
    answers: Callable[[Office], dict[str, Any]] = lambda office: {}
    judges: bool = True
    stage: dict[str, str] | None = None


BOTH = "quality_manager quality_manager_2"
KINDS = {
    "one": Kind(forms.OneRole, "quality_manager", BOTH),
    "any": Kind(forms.AnyOfTwo, "designer", f"{BOTH} designer designer_2"),
    "all": Kind(
        forms.AllOfThree,
        "finance_supervisor",
        f"{BOTH} finance_supervisor rd_manager",
        rest=f"{BOTH} rd_manager",
        more=("sign middle open", "sign middle open"),
        answers=lambda office: {"person": office.ref("rd_manager")},
    ),
    "external": Kind(forms.External, "buyer", "buyer purchasing_manager", judges=False),
    "conditional": Kind(forms.Conditional, "quality_manager", BOTH, answers=lambda office: {"amount": 500}),
    "person": Kind(
        forms.Named,
        "rd_manager",
        "rd_manager",
        answers=lambda office: {"person": office.ref("rd_manager")},
    ),
    "head": Kind(forms.Head, "purchasing_manager", "purchasing_manager"),
    "other_head": Kind(
        forms.HeadOfNamed,
        "warehouse_supervisor",
        "warehouse_supervisor",
        answers=lambda office: {"department": office.department("warehouse")},
    ),
    "project": Kind(
        forms.ProjectRole,
        "project_manager",
        "project_manager",
        answers=lambda office: {"project": office.project(project_manager="project_manager")},
    ),
    "stage": Kind(forms.Staged, "quality_manager", BOTH, judges=False, stage=GOOD),
    "applicant": Kind(forms.OwnStep, "buyer", "buyer", judges=False),
}


@dataclass(frozen=True)
class Then:
    """What is expected: the record, its waiting tasks, who can act, new signatures, new events; or a refusal."""

    state: str = "running"
    step: str = "middle"
    tasks: tuple[str, ...] = ()
    next: str = ""
    signed: tuple[str, ...] = ()
    events: str = ""
    round: int = 1
    version: int = 1
    refused: type[Refusal] | None = None


@dataclass
class Case:
    """A record that has come to the step under test."""

    office: Office
    kind: Kind
    record: Record
    task: Task
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def me(self) -> str:
        return self.kind.me

    def by(self, login: str = "") -> Any:
        return self.office.actor(login or self.me)

    def sign(self, login: str = "", **values: Any) -> None:
        login = login or self.me
        task = self.office.turn(self.record, login)
        stage = self.kind.stage if not signing.stage_filled(self.record, task) else None
        self.office.sign(self.record, login, stage, **values)

    def rest(self) -> list[str]:
        """One for each task of an all-step that is not the actor's."""
        return ["quality_manager_2", "rd_manager"] if self.kind.more else []

    def complete(self) -> None:
        self.sign()
        for login in self.rest():
            self.sign(login)

    def back(self) -> None:
        self.office.send_back(self.record, self.me)

    def add(self, where: str, reason: str = "help") -> None:
        who = self.office.id(HELPER)
        delegation.add_signer(self.task.id, self.by(), who, where, reason=reason, now=NOW)

    def ask(self) -> None:
        delegation.ask_advice(self.task.id, self.by(), self.office.id(HELPER), reason="help", now=NOW)

    def hand_over(self, to: str = HELPER, reason: str = "busy") -> None:
        delegation.hand_over(self.task.id, self.by(), self.office.id(to), reason=reason, now=NOW)

    def reroute(self, by: str = "administrator", to: str = HELPER, reason: str = "away") -> None:
        delegation.reroute(self.task.id, self.by(by), self.office.id(to), reason=reason, now=NOW)

    def link(self) -> str:
        return outside.make_link(self.task.id, self.by(), "someone", now=NOW)

    def use_link(self) -> None:
        link, task = outside.find(self.link(), now=NOW)
        drawn = self.office.drawing()
        hand = self.office.hand(self.record, outside_name="王五", outside_way="link", drawn_id=drawn)
        signing.sign(task.id, self.by(), hand, None, now=NOW)
        outside.use(link, now=NOW)

    def enter(self, login: str) -> None:
        stage = forms.LogLine(answers={"note": "seen"}, context=route.known(self.record))
        hand = self.office.hand(self.record)
        entries.enter(self.record.id, "log", self.by(login), hand, stage, now=NOW)

    def bulk(self) -> None:
        (outcome,) = bulk.approve({self.task.id: self.office.standing(self.record)}, self.by(), now=NOW)
        self.facts["left"] = outcome.refused

    def withdraw(self, by: str = forms.APPLICANT, reason: str = "wrong") -> None:
        corrections.withdraw(self.record.id, self.by(by), reason=reason, now=NOW)

    def void(self, by: str = forms.APPLICANT) -> None:
        corrections.void(self.record.id, self.by(by), reason="no more", now=NOW)

    def correct(self) -> None:
        self.office.correct(self.record, subject="Better")

    def say(self) -> None:
        conversation.comment(self.record, self.by(), "well", [], now=NOW)

    def copy(self) -> None:
        conversation.copy_to(self.record, self.by(), [self.office.id(STRANGER)], now=NOW)

    def urge(self) -> None:
        conversation.urge(self.record, self.by(forms.APPLICANT), now=NOW)


def then(*acts: Callable[[Case], Any]) -> Callable[[Case], None]:
    """One act after the other."""

    def run(case: Case) -> None:
        for act in acts:
            act(case)

    run.acts = acts  # type: ignore[attr-defined]
    return run


MINE = "sign middle open"
HERE = Then(tasks=(MINE, "{more}"), next="{held}")
ONWARD = Then(step="last", tasks=("sign last open",), next="general_manager")
PARTLY = Then(tasks=("{more}",), next="{rest}")
BACK = Then("returned", "", ("correct open",), "buyer", round=2)
SIGNED = {"signed": ("middle signed {me}",), "events": "step_signed"}
REST = ("middle signed quality_manager_2", "middle signed rd_manager")
HANDED = Then(tasks=(MINE, "{more}"), next="{rest} hr_manager")


def no(refusal: type[Refusal] = Refusal) -> Then:
    """Refused, and nothing changes."""
    return replace(HERE, refused=refusal)


def some(expected: Then) -> dict[str, Then | None]:
    """The same at three kinds of step, where the kind can hardly matter."""
    return dict.fromkeys(("one", "all", "external"), expected)


Row = tuple[Callable[[Case], Any], dict[str, Then | None]]
TABLE: dict[str, Row] = {
    "sign": (Case.sign, {"*": replace(ONWARD, **SIGNED), "all": replace(PARTLY, **SIGNED)}),
    "everybody signs": (
        Case.complete,
        {
            "*": replace(ONWARD, **SIGNED),
            "all": replace(
                ONWARD, signed=("middle signed {me}", *REST), events="step_signed step_signed step_signed"
            ),
        },
    ),
    "return to the applicant": (
        Case.back,
        {"*": replace(BACK, signed=("middle returned {me}",), events="step_returned")},
    ),
    "return to an earlier step": (
        lambda case: case.office.send_back(case.record, case.me, "first"),
        {
            "*": Then(
                step="first",
                tasks=("sign first open",),
                next="warehouse_keeper warehouse_keeper_2",
                signed=("middle returned {me}",),
                events="step_returned",
                round=2,
            )
        },
    ),
    "return to the same step": (
        lambda case: case.office.send_back(case.record, case.me, "middle"),
        some(no()),
    ),
    "return to a later step": (lambda case: case.office.send_back(case.record, case.me, "last"), some(no())),
    "return without a reason": (
        lambda case: case.office.send_back(case.record, case.me, opinion=""),
        some(no(ReasonMissing)),
    ),
    "refuse": (
        lambda case: case.office.refuse(case.record, case.me),
        {"*": replace(BACK, signed=("middle refused {me}",), events="step_refused")},
    ),
    "refuse without a reason": (
        lambda case: case.office.refuse(case.record, case.me, opinion=""),
        some(no(ReasonMissing)),
    ),
    "withdraw after a decision": (Case.withdraw, {"*": no()}),
    "withdraw another's": (lambda case: case.withdraw(STRANGER), some(no(NotAllowed))),
    "void while it runs": (Case.void, {"*": no(NotYourTurn)}),
    "void after a return": (
        then(Case.back, Case.void),
        {
            "*": Then(
                "voided",
                "",
                signed=("middle returned {me}",),
                events="step_returned record_given_up record_voided",
                round=2,
            )
        },
    ),
    "correct while it runs": (Case.correct, some(no(NotYourTurn))),
    "correct and resubmit": (
        then(Case.back, Case.correct),
        {
            "*": Then(
                step="first",
                tasks=("sign first open",),
                next="warehouse_keeper warehouse_keeper_2",
                signed=("middle returned {me}",),
                events="step_returned record_changed",
                round=2,
                version=2,
            )
        },
    ),
    "an approval before a return does not count": (
        then(
            Case.complete,
            lambda case: case.office.send_back(case.record, "general_manager", "first"),
            lambda case: case.office.sign(case.record, "warehouse_keeper"),
        ),
        {
            "*": replace(
                HERE,
                signed=(
                    "middle signed {me}",
                    "last returned general_manager",
                    "first signed warehouse_keeper",
                ),
                events="step_signed step_returned step_signed",
                round=2,
            ),
            "all": replace(
                HERE,
                signed=(
                    "middle signed {me}",
                    *REST,
                    "last returned general_manager",
                    "first signed warehouse_keeper",
                ),
                events="step_signed step_signed step_signed step_returned step_signed",
                round=2,
            ),
        },
    ),
    "add a signer before": (
        lambda case: case.add("before"),
        {
            "*": Then(
                tasks=("added middle open", "sign middle waiting", "{more}"),
                next="{rest} hr_manager",
                events="signer_added",
            )
        },
    ),
    "sign while a signer before is open": (
        then(lambda case: case.add("before"), Case.sign),
        {
            "*": Then(
                tasks=("added middle open", "sign middle waiting", "{more}"),
                next="{rest} hr_manager",
                events="signer_added",
                refused=NotYourTurn,
            )
        },
    ),
    "a signer before signs": (
        then(lambda case: case.add("before"), lambda case: case.sign(HELPER)),
        {"*": replace(HERE, signed=("middle signed hr_manager",), events="signer_added step_signed")},
    ),
    "a signer before refuses": (
        then(lambda case: case.add("before"), lambda case: case.office.refuse(case.record, HELPER)),
        {"*": replace(BACK, signed=("middle refused hr_manager",), events="signer_added step_refused")},
    ),
    "a signer before returns": (
        then(
            lambda case: case.add("before"), lambda case: case.office.send_back(case.record, HELPER, "first")
        ),
        {
            "*": Then(
                step="first",
                tasks=("sign first open",),
                next="warehouse_keeper warehouse_keeper_2",
                signed=("middle returned hr_manager",),
                events="signer_added step_returned",
                round=2,
            )
        },
    ),
    "another refuses while a signer before is open": (
        then(lambda case: case.add("before"), lambda case: case.office.refuse(case.record, "rd_manager")),
        {"all": replace(BACK, signed=("middle refused rd_manager",), events="signer_added step_refused")},
    ),
    "add a signer after": (
        lambda case: case.add("after"),
        {"*": Then(tasks=(MINE, "added middle waiting", "{more}"), next="{held}", events="signer_added")},
    ),
    "sign before a signer after": (
        then(lambda case: case.add("after"), Case.complete),
        {
            "*": Then(
                tasks=("added middle open",),
                next="hr_manager",
                signed=("middle signed {me}",),
                events="signer_added step_signed",
            ),
            "all": Then(
                tasks=("added middle open",),
                next="hr_manager",
                signed=("middle signed {me}", *REST),
                events="signer_added step_signed step_signed step_signed",
            ),
        },
    ),
    "a signer after signs": (
        then(lambda case: case.add("after"), Case.complete, lambda case: case.sign(HELPER)),
        {
            "*": replace(
                ONWARD,
                signed=("middle signed {me}", "middle signed hr_manager"),
                events="signer_added step_signed step_signed",
            ),
            "all": replace(
                ONWARD,
                signed=("middle signed {me}", *REST, "middle signed hr_manager"),
                events="signer_added step_signed step_signed step_signed step_signed",
            ),
        },
    ),
    "refuse while a signer after is open": (
        then(lambda case: case.add("after"), lambda case: case.office.refuse(case.record, case.me)),
        {"*": replace(BACK, signed=("middle refused {me}",), events="signer_added step_refused")},
    ),
    "add a signer without a reason": (lambda case: case.add("before", ""), some(no(ReasonMissing))),
    "ask for advice": (
        Case.ask,
        {
            "*": Then(
                tasks=("advice middle open", "sign middle waiting", "{more}"),
                next="{rest} hr_manager",
                events="advice_asked",
            )
        },
    ),
    "advice is no approval": (
        then(Case.ask, lambda case: case.office.sign(case.record, HELPER)),
        {"*": replace(HERE, signed=("middle advised hr_manager",), events="advice_asked step_advised")},
    ),
    "advice cannot refuse": (
        then(Case.ask, lambda case: case.office.refuse(case.record, HELPER)),
        {
            "*": Then(
                tasks=("advice middle open", "sign middle waiting", "{more}"),
                next="{rest} hr_manager",
                events="advice_asked",
                refused=NotAllowed,
            )
        },
    ),
    "hand over": (Case.hand_over, {"*": replace(HANDED, events="handed_over")}),
    "sign what was handed over": (
        then(Case.hand_over, lambda case: case.sign(HELPER)),
        {
            "*": replace(ONWARD, signed=("middle signed hr_manager",), events="handed_over step_signed"),
            "all": replace(PARTLY, signed=("middle signed hr_manager",), events="handed_over step_signed"),
        },
    ),
    "sign what one has handed over": (
        then(
            Case.hand_over,
            lambda case: signing.sign(
                case.task.id, case.by(), case.office.hand(case.record, outside_name="x"), None, now=NOW
            ),
        ),
        {"*": replace(HANDED, events="handed_over", refused=NotYourTurn)},
    ),
    "hand over to oneself": (lambda case: case.hand_over(case.me), some(no())),
    "hand over to an auditor": (lambda case: case.hand_over("auditor"), some(no())),
    "hand over to the applicant": (
        lambda case: case.hand_over(forms.APPLICANT),
        {
            "*": no(),
            "stage": replace(HERE, next="buyer", events="handed_over"),  # work may be the applicant's own
        },
    ),
    "comment": (Case.say, {"*": replace(HERE, events="comment_added")}),
    "copy to": (Case.copy, {"*": replace(HERE, events="copied_to")}),
    "urge": (Case.urge, {"*": replace(HERE, events="urged")}),
    "urge again at once": (then(Case.urge, Case.urge), some(replace(HERE, events="urged", refused=Refusal))),
    "an administrator re-routes": (Case.reroute, {"*": replace(HANDED, events="rerouted")}),
    "somebody else re-routes": (lambda case: case.reroute(by="purchasing_manager"), some(no(NotAllowed))),
    "an administrator re-routes to themselves": (
        lambda case: case.reroute(to="administrator"),
        some(no(OwnTask)),
    ),
    "re-route without a reason": (lambda case: case.reroute(reason=""), some(no(ReasonMissing))),
    "re-route to the applicant": (
        lambda case: case.reroute(to=forms.APPLICANT),
        {
            "*": no(),
            "external": replace(HERE, next="buyer", events="rerouted"),
            "stage": replace(HERE, next="buyer", events="rerouted"),
            "applicant": replace(HERE, next="buyer", events="rerouted"),
        },
    ),
    "re-route advice that nobody gives": (
        then(
            Case.ask,
            lambda case: delegation.reroute(
                case.office.turn(case.record, HELPER).id,
                case.by("administrator"),
                case.office.id(STRANGER),
                reason="away",
                now=NOW,
            ),
        ),
        {
            "*": Then(
                tasks=("advice middle open", "sign middle waiting", "{more}"),
                next="{rest} cashier",
                events="advice_asked rerouted",
            )
        },
    ),
    "a substitute signs": (
        then(
            lambda case: case.office.substitute(case.me, SUBSTITUTE),
            lambda case: case.sign(SUBSTITUTE),
        ),
        {
            "*": replace(ONWARD, signed=("middle signed employee for {me}",), events="step_signed"),
            "all": replace(PARTLY, signed=("middle signed employee for {me}",), events="step_signed"),
        },
    ),
    "the applicant as substitute": (
        then(
            lambda case: case.office.substitute(case.me, forms.APPLICANT),
            lambda case: case.sign(forms.APPLICANT),
        ),
        {
            "*": no(OwnWork),
            "stage": replace(ONWARD, signed=("middle signed buyer for {me}",), events="step_signed"),
            "external": None,  # there the applicant acts in any case
            "applicant": None,
        },
    ),
    "a link for an outside signer": (
        Case.link,
        {"*": no(), "external": replace(HERE, events="outside_link_made")},
    ),
    "an outside signer signs by link": (
        Case.use_link,
        {
            "external": replace(
                ONWARD, signed=("middle signed buyer",), events="outside_link_made step_signed"
            )
        },
    ),
    "an outside signature without a name": (
        lambda case: case.office.sign(case.record, case.me, outside_name=""),
        {"external": no()},
    ),
    "a side entry": (
        lambda case: case.enter("salesperson"),
        {"*": replace(HERE, signed=("log entered salesperson",), events="entry_added")},
    ),
    "a side entry by another": (lambda case: case.enter(STRANGER), some(no(NotYourTurn))),
    "approve in bulk": (
        Case.bulk,
        {
            "*": replace(ONWARD, **SIGNED),
            "all": replace(PARTLY, **SIGNED),
            "external": HERE,  # left with the reason why not
            "stage": HERE,
        },
    ),
    "sign what another has returned meanwhile": (
        then(
            lambda case: case.office.send_back(case.record, "rd_manager"),
            lambda case: signing.sign(case.task.id, case.by(), case.office.hand(case.record), None, now=NOW),
        ),
        {
            "all": replace(
                BACK, signed=("middle returned rd_manager",), events="step_returned", refused=AlreadyDecided
            )
        },
    ),
    "a stranger signs": (
        lambda case: signing.sign(
            case.task.id, case.by(STRANGER), case.office.hand(case.record), None, now=NOW
        ),
        {"*": no(NotYourTurn)},
    ),
    "an auditor signs": (
        lambda case: signing.sign(
            case.task.id, case.by("auditor"), case.office.hand(case.record), None, now=NOW
        ),
        some(no(NotYourTurn)),
    ),
    "sign what has changed": (
        lambda case: case.office.sign(case.record, case.me, case.kind.stage, seen="0" * 64),
        {"*": no(ContentChanged)},
    ),
}
CASES = [
    pytest.param(act, kind, expected[kind] if kind in expected else expected["*"], id=f"{act}-{kind}")
    for act, (_do, expected) in TABLE.items()
    for kind in KINDS
    if expected.get(kind, expected.get("*")) is not None
]


def begin(office: Office, kind: Kind) -> Begun:
    """A record whose first step is signed, at the step under test."""
    office.drawing()
    record = office.submit(kind.form, forms.APPLICANT, preliminary=True, **kind.answers(office))
    office.sign(record, "warehouse_keeper")
    task = next(task for task in history.open_tasks(record) if may_do(task, office.actor(kind.me)))
    return Begun(office, record.id, task.id)


@dataclass(frozen=True)
class Begun:
    """Where to find a case."""

    office: Office
    record_id: int
    task_id: int


@pytest.fixture(scope="module")
def begun(company: Flask) -> Iterator[dict[str, Begun]]:
    """A case of each kind; what a test does with it is taken back."""
    with pytest.MonkeyPatch.context() as patch, company.app_context():
        for form in forms.EVERY:
            patch.setitem(FORMS, form.code, form)
        yield {name: begin(Office(), kind) for name, kind in KINDS.items()}
        db.session.rollback()
        db.session.remove()


@pytest.fixture
def case(begun: dict[str, Begun], name: str) -> Iterator[Case]:
    """The case of this kind."""
    savepoint = db.session.begin_nested()
    record, task = (
        db.session.get_one(Record, begun[name].record_id),
        db.session.get_one(Task, begun[name].task_id),
    )
    yield Case(begun[name].office, KINDS[name], record, task)
    savepoint.rollback()
    db.session.expunge_all()


def check(case: Case, expected: Then, signatures: int, events: int) -> None:
    """Compares the record, its tasks, who is next, and what was written since."""
    kind, record, office = case.kind, case.record, case.office
    facts = {"me": kind.me, "held": kind.held, "rest": kind.rest}
    wanted = [one for task in expected.tasks for one in (kind.more if task == "{more}" else [task])]
    assert (record.state, record.step) == (expected.state, expected.step)
    assert (record.round, record.version) == (expected.round, expected.version)
    assert office.waiting(record) == sorted(wanted)
    assert office.able(record) == set(expected.next.format(**facts).split())
    signed = [_spoken(one) for one in history.signatures(record)[signatures:]]
    assert signed == [one.format(**facts) for one in expected.signed]
    assert [event.kind for event in history.events(record)[events:]] == expected.events.split()
    if kind.form is forms.AllOfThree:
        assert audit.verify()[1:] == (None, "")


def _spoken(one: Any) -> str:
    lender = f" for {one.on_behalf_of.login}" if one.on_behalf_of else ""
    return f"{one.step} {one.act} {one.person.login}{lender}"


@pytest.mark.proves("R4")
@pytest.mark.requirement("R4")
@pytest.mark.parametrize(("act", "name", "expected"), CASES)
def test_an_act_at_a_kind_of_step(case: Case, act: str, name: str, expected: Then) -> None:
    do = TABLE[act][0]
    signatures, events = len(history.signatures(case.record)), len(history.events(case.record))
    if expected.refused is None:
        do(case)
    else:
        _refused(case, do, expected)
    check(case, expected, signatures, events)
    assert bool(case.facts.get("left")) == (act == "approve in bulk" and expected is HERE)


def _refused(case: Case, do: Callable[[Case], Any], expected: Then) -> None:
    """Does it, and sees that the refused act itself has written nothing at all, not even in part."""
    *before, last = getattr(do, "acts", (do,))
    for act in before:
        act(case)
    seen = everything()
    with pytest.raises(Refusal) as refusal:
        last(case)
    assert type(refusal.value) is expected.refused
    assert everything() == seen
