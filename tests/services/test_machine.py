"""Random routes, acts and people against a plain model of sign-off: they must never disagree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.refusal import Refusal
from portal.domain.signoff import APPLICANT, Back, Close, Party, Route, Signers, Step
from portal.extensions import db
from portal.forms import definition
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.lib.hashing import GENESIS, chain
from portal.models import Content, Signature, Task, TaskHolder
from portal.queries import history
from portal.services import audit, corrections, delegation, signatures, signing
from portal.services.signatures import Hand
from tests.services.engine_forms import Paper
from tests.services.office import NOW, Office

HELD = {
    "quality_manager": {"quality_manager", "quality_manager_2"},
    "designer": {"designer", "designer_2"},
    "finance_supervisor": {"finance_supervisor"},
}
PEOPLE = sorted(set().union(*HELD.values()))
HELPERS = [*PEOPLE, "rd_manager", "hr_manager"]
ACTS = "sign sign sign sign sign back refuse before after advice over reroute".split()
OVER = ("finished", "refused", "voided")


@dataclass
class Turn:
    """A task of the model. `waits` is the place of the task that it waits for; `named` means that a person was chosen."""

    kind: str
    step: str
    holders: set[str]
    barred: set[str] = field(default_factory=set)
    state: str = "open"
    waits: int | None = None
    named: bool = False

    def for_(self, who: str) -> bool:
        """Whether this person may do it now."""
        return self.state == "open" and who in self.holders and who not in self.barred


class Model:
    """Sign-off as one would explain it at the blackboard."""

    def __init__(self, steps: list[Step], applicant: str, preliminary: bool) -> None:
        self.steps = [step for step in steps if step.when is None or preliminary]
        self.applicant, self.turns, self.done = applicant, [], {}
        self.state, self.at, self.round, self.version = "running", -1, 1, 1
        self.acts: list[tuple[str, str, str]] = []
        self.advance()

    @property
    def step(self) -> str:
        """The key of the step that is waited for."""
        return self.steps[self.at].key if self.state in ("running", "stuck") else ""

    def advance(self) -> None:
        """On to the next step, or to the end."""
        self.at += 1
        if self.at == len(self.steps):
            self.end("finished")
        else:
            self.open()

    def open(self) -> None:
        """The step's turns: one for each party, or one for all; stuck where nobody may take it."""
        step, self.state = self.steps[self.at], "running"
        self.done[step.key] = set()
        barred = {self.applicant, *self.doers()} if step.judges else set()
        groups = [[party] for party in step.by.parties] if step.by.every else [list(step.by.parties)]
        for group in groups:
            held = set().union(*(HELD[party.key] for party in group))
            turn = Turn("sign", step.key, held, set(barred), "open" if held - barred else "stuck")
            self.state = self.state if held - barred else "stuck"
            self.turns.append(turn)

    def doers(self) -> set[str]:
        """Who did the work since the judgement before."""
        found: set[str] = set()
        for step in reversed(self.steps[: self.at]):
            if step.judges:
                break
            found |= self.done[step.key]
        return found

    def close(self) -> None:
        """Every turn that is not over is cancelled."""
        for turn in self.turns:
            turn.state = turn.state if turn.state == "done" else "cancelled"

    def end(self, state: str) -> None:
        """It is over."""
        self.close()
        self.state = state

    def back(self, to: str) -> None:
        """To the applicant or a step, one round further."""
        self.close()
        self.round += 1
        if to == APPLICANT:
            self.state = "returned"
            self.turns.append(Turn("correct", "", {self.applicant}))
        else:
            self.at = [step.key for step in self.steps].index(to)
            self.open()

    def sign(self, place: int, who: str) -> None:
        """One signs, or answers with advice; who waited for it goes on; the last one moves the record."""
        turn = self.turns[place]
        turn.state = "done"
        self.acts.append((turn.step, "advised" if turn.kind == "advice" else "signed", who))
        for other in self.turns:
            if other.waits == place and other.state == "waiting":
                other.state = "open"
        if turn.kind != "advice":
            self.done[turn.step].add(who)
            if all(one.state in ("done", "cancelled") for one in self.turns):
                self.advance()

    def send(self, place: int, who: str, act: str, to: str | None) -> None:
        """One returns or refuses; `to` is None where that ends the record."""
        self.turns[place].state = "done"
        self.acts.append((self.turns[place].step, act, who))
        if to is None:
            self.end("refused")
        else:
            self.back(to)

    def beside(self, place: int, kind: str, whom: str, before: bool) -> None:
        """A signer or an adviser more; whoever comes later waits."""
        turn = self.turns[place]
        added = Turn(kind, turn.step, {whom}, set(turn.barred), "open" if before else "waiting", named=True)
        if before:
            turn.state, turn.waits = "waiting", len(self.turns)
        else:
            added.waits = place
        self.turns.append(added)

    def give(self, place: int, whom: str) -> None:
        """The turn is somebody else's now."""
        turn = self.turns[place]
        turn.holders, turn.state, turn.named = {whom}, "open", True
        if self.state == "stuck" and all(turn.state != "stuck" for turn in self.turns):
            self.state = "running"

    def behind(self, turn: Turn) -> set[str]:
        """Who was chosen to sign after this turn."""
        place = next(place for place, one in enumerate(self.turns) if one is turn)
        return {who for one in self.turns if one.named and one.waits == place for who in one.holders}

    def may_return_to(self, turn: Turn, to: str) -> bool:
        """Only steps before it that were signed once."""
        keys = [step.key for step in self.steps]
        signed = {step for step, act, _who in self.acts if act == "signed"}
        return to == APPLICANT or (to in keys and keys.index(to) < keys.index(turn.step) and to in signed)


@st.composite
def routes(draw: st.DrawFn) -> list[Step]:
    """Two to four steps of any mode, meaning and way back."""
    steps: list[Step] = []
    for n in range(draw(st.integers(2, 4))):
        roles = draw(st.lists(st.sampled_from(sorted(HELD)), min_size=1, max_size=3, unique=True))
        ways: list[Any] = [Back(), Close(), *(Back(step.key) for step in steps if step.when is None)]
        step = Step(
            f"s{n}",
            f"S{n}",
            Signers(tuple(Party("role", one) for one in roles), every=draw(st.booleans())),
            meaning=draw(st.sampled_from(["done", "approved"])),
            within=draw(st.sampled_from([None, working_days(n + 1)])),
            when=draw(st.sampled_from([None, None, equals("preliminary", True)])) if n else None,
            on_refusal=draw(st.sampled_from(ways)),
        )
        steps.append(step)
    return steps


def attempt(act: Callable[[], Any]) -> Refusal | None:
    """The refusal with which the engine answers, after which nothing is written; None if it does the act."""
    try:
        with db.session.begin_nested():
            act()
    except Refusal as refusal:
        return refusal
    return None


class Machine(RuleBasedStateMachine):
    """The engine and the model side by side."""

    app: ClassVar[Flask]
    names: ClassVar[Any] = count(1)

    def __init__(self) -> None:
        super().__init__()
        self.context = self.app.app_context()
        self.context.push()
        self.office, self.name = Office(), ""
        self.actors: dict[str, Any] = {}
        self.numbers: list[str] = []
        self.checked: set[int] = set()

    @initialize(steps=routes())
    def begin(self, steps: list[Step]) -> None:
        """A form with this route."""
        self.steps, self.name = steps, (name := f"T-M{next(self.names)}")
        facts = {"__doc__": "Random.", "__module__": __name__, "signoff": Route(*steps)}
        form = type(
            "Random", (Paper, CompanyForm), {**facts, "code": name, "name": name, "slug": name.lower()}
        )
        self.form: Any = form
        FORMS[name] = form
        self.submit("buyer", True)

    def submit(self, applicant: str, preliminary: bool) -> None:
        """A new record, and its model."""
        self.record = self.office.submit(self.form, applicant, preliminary=preliminary)
        self.numbers.append(self.record.number)
        self.model = Model(self.steps, applicant, preliminary)

    @precondition(lambda self: self.model.state in OVER)
    @rule(applicant=st.sampled_from(["buyer", "designer"]), preliminary=st.booleans())
    def another(self, applicant: str, preliminary: bool) -> None:
        """The last one is over: another begins."""
        self.submit(applicant, preliminary)

    @rule(data=st.data(), act=st.sampled_from(ACTS), whom=st.sampled_from(HELPERS), wild=st.integers(0, 5))
    def somebody_acts(self, data: st.DataObject, act: str, whom: str, wild: int) -> None:
        """Mostly one whose turn it is, sometimes just anybody at any task."""
        model = self.model
        mine = [
            (place, who)
            for place, turn in enumerate(model.turns)
            for who in sorted(turn.holders)
            if turn.kind != "correct" and turn.for_(who)
        ]
        if not mine or wild == 0:
            mine = [(place, who) for place in range(len(model.turns)) for who in PEOPLE]
        place, who = data.draw(st.sampled_from(mine))
        turn = model.turns[place]
        to = data.draw(st.sampled_from([APPLICANT, *(step.key for step in self.steps)]))
        self.try_(self.allowed(act, turn, who, whom, to), act, place, who, whom, to)

    def allowed(self, act: str, turn: Turn, who: str, whom: str, to: str) -> bool:
        """Whether the rules let this happen."""
        if act == "reroute":
            return turn.state in ("open", "stuck") and turn.kind != "correct" and whom not in turn.barred
        if not turn.for_(who) or turn.kind == "correct":
            return False
        if act == "sign":
            return True
        if turn.kind == "advice":
            return False
        if act == "refuse":
            return True
        if act == "back":
            return self.model.may_return_to(turn, to)
        twice = act in ("before", "after") and whom in self.model.behind(turn)
        return whom != who and whom not in turn.barred and not twice

    def try_(self, allowed: bool, act: str, place: int, who: str, whom: str, to: str) -> None:
        """Does it in the engine, and in the model where the rules allow it."""
        task_id = self.tasks()[place].id
        refusal = attempt(lambda: self.engine(act, task_id, who, whom, to))
        assert allowed == (refusal is None), (act, self.model.turns[place], who, whom, to, refusal)
        if allowed:
            self.follow(act, place, who, whom, to)

    def engine(self, act: str, task_id: int, who: str, whom: str, to: str) -> None:
        """The act itself."""
        by, other = self.actor(who), self.actor(whom).id
        hand = Hand(self.office.seen(self.record), "because")
        match act:
            case "sign":
                signing.sign(task_id, by, hand, None, now=NOW)
            case "back":
                signing.send_back(task_id, by, hand, to, now=NOW)
            case "refuse":
                signing.refuse(task_id, by, hand, now=NOW)
            case "before" | "after":
                delegation.add_signer(task_id, by, other, act, reason="x", now=NOW)
            case "advice":
                delegation.ask_advice(task_id, by, other, reason="x", now=NOW)
            case "over":
                delegation.hand_over(task_id, by, other, reason="x", now=NOW)
            case "reroute":
                delegation.reroute(task_id, self.actor("administrator"), other, reason="x", now=NOW)

    def follow(self, act: str, place: int, who: str, whom: str, to: str) -> None:
        """The act in the model."""
        model = self.model
        match act:
            case "sign":
                model.sign(place, who)
            case "back":
                model.send(place, who, "returned", to)
            case "refuse":
                way = next(step for step in self.steps if step.key == model.turns[place].step).on_refusal
                model.send(place, who, "refused", way.to if isinstance(way, Back) else None)
            case "before" | "after":
                model.beside(place, "added", whom, act == "before")
            case "advice":
                model.beside(place, "advice", whom, before=True)
            case "over" | "reroute":
                model.give(place, whom)

    @rule(
        who=st.sampled_from(["", "buyer", "finance_supervisor"]),
        act=st.sampled_from(["withdraw", "void", "correct"]),
    )
    def the_applicant_acts(self, who: str, act: str) -> None:
        """Or somebody who would like to be."""
        model, who = self.model, who or self.model.applicant
        own, away = who == model.applicant, model.state in ("returned", "withdrawn")
        decided = any(version == model.version for version in self.versions())
        allowed = own and (away if act != "withdraw" else model.state in ("running", "stuck") and not decided)
        acts: dict[str, Callable[[], Any]] = {
            "correct": lambda: self.office.correct(self.record, who),
            "void": lambda: corrections.void(self.record.id, self.actor(who), reason="x", now=NOW),
            "withdraw": lambda: corrections.withdraw(self.record.id, self.actor(who), reason="x", now=NOW),
        }
        refusal = attempt(acts[act])
        assert allowed == (refusal is None), (act, who, model.state, refusal)
        if refusal is not None:
            return
        if act == "void":
            model.end("voided")
        elif act == "withdraw":
            model.back(APPLICANT)
            model.state = "withdrawn"
        else:
            model.turns[-1].state = "done"
            model.version, model.at = model.version + 1, -1
            model.advance()

    @invariant()
    def they_agree(self) -> None:
        """State, tasks, holders, signatures."""
        if not hasattr(self, "model"):
            return
        model, record = self.model, self.record
        db.session.flush()
        assert (record.state, record.step) == (model.state, model.step)
        assert (record.round, record.version) == (model.round, model.version)
        tasks = self.tasks()
        assert [(one.kind, one.step, one.state) for one in tasks] == [
            (one.kind, one.step, one.state) for one in model.turns
        ]
        for task, turn in zip(tasks, model.turns, strict=True):
            if turn.state in ("open", "waiting", "stuck"):
                assert self.holders(task) == turn.holders
        assert [(one.step, one.act, one.person.login) for one in self.signed()] == model.acts

    @invariant()
    def the_books_are_in_order(self) -> None:
        """Flags, deadlines, versions, numbers, hashes and the chain."""
        if not hasattr(self, "model"):
            return
        record, tasks = self.record, self.tasks()
        flags = sa.select(TaskHolder.open, Task.state).join(Task, Task.id == TaskHolder.task_id)
        for open, state in db.session.execute(flags.where(Task.record_id == record.id)):
            assert open == (state == "open")
        due = {task.due_at for task in tasks if task.state in ("open", "waiting", "stuck")}
        assert due <= {record.due_at}
        assert (record.closed_at is not None) == (record.state in OVER)
        versions = sa.select(Content.version).where(Content.record_id == record.id).order_by(Content.version)
        assert db.session.scalars(versions).all() == list(range(1, record.version + 1))
        assert [int(one[-4:]) for one in self.numbers] == list(range(1, len(self.numbers) + 1))
        done = {task.id for task in tasks if task.state == "done" and task.kind != "correct"}
        assert {one.task_id for one in self.signed()} == done
        self.signatures_fit()
        self.chain_holds()

    def signatures_fit(self) -> None:
        """Each new one has a human and covers what had been signed before it."""
        signed = self.signed()
        for place, one in enumerate(signed):
            if one.id in self.checked:
                continue
            assert one.person_id is not None
            assert one.sha256 == signatures.fingerprint(self.record, one)
            opening = sa.select(Content).where(
                Content.record_id == self.record.id, Content.version == one.version
            )
            before = history.shown_hash(db.session.scalars(opening).one(), signed[:place])
            assert one.content_sha256 == before
            self.checked.add(one.id)

    def chain_holds(self) -> None:
        """The record's own chain, to its head."""
        hash = GENESIS
        for seq, event in enumerate(history.events(self.record), 1):
            hash = chain(hash, audit.content(event))
            assert (event.seq, event.hash) == (seq, hash)

    def teardown(self) -> None:
        """The whole trail holds; then all of it is taken back."""
        try:
            assert audit.verify()[1:] == (None, "")
        finally:
            db.session.rollback()
            db.session.remove()
            FORMS.pop(self.name, None)  # of a machine that was given up before it began there is none
            definition._definitions.clear()
            definition._fingerprints.clear()
            self.context.pop()

    def actor(self, login: str) -> Any:
        if login not in self.actors:
            self.actors[login] = self.office.actor(login)
        return self.actors[login]

    def tasks(self) -> list[Task]:
        found = sa.select(Task).where(Task.record_id == self.record.id).order_by(Task.id)
        return list(db.session.scalars(found.execution_options(populate_existing=True)))

    def signed(self) -> list[Signature]:
        return history.signatures(self.record)

    def versions(self) -> list[int]:
        return [one.version for one in self.signed()]

    def holders(self, task: Task) -> set[str]:
        found: set[str] = set()
        for holder in task.holders:
            kind, _colon, rest = holder.key.partition(":")
            ids = {self.actor(one).id: one for one in (*HELPERS, "buyer")}
            found |= HELD[rest] if kind == "role" else {ids[int(rest)]}
        return found


@pytest.mark.proves("R4", "S21")
@pytest.mark.requirement("R4")
def test_the_engine_does_what_the_model_says(company: Flask) -> None:
    Machine.app = company
    bounds = settings(
        max_examples=30,
        stateful_step_count=25,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=bounds)
