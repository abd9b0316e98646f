"""Lets the right people act on what waits for them: sign mostly, sometimes return, refuse, pass on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from portal.demo import filling, hands, phrases
from portal.demo.cast import Cast
from portal.demo.side import ENTRIES
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.domain.signoff import APPLICANT, Entry, Step
from portal.extensions import db
from portal.models import Draft, Record, Task
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import asks, corrections, delegation, entries, parties, route, signing, tasks
from portal.services.signatures import Hand

RETURNED, REFUSED, PASSED_ON = 0.04, 0.055, 0.095  # shares of turns, each up to the next
GIVEN_UP, ROUNDS = 0.06, 3
ASIDE = 0.1  # share of records to which somebody adds an entry before their first step


class Progress:
    """One person's act after the other, as chance and the stories have it."""

    def __init__(self, world: DemoWorld, cast: Cast) -> None:
        self.world, self.cast = world, cast

    def whose_turn(self, task: Task) -> Actor | None:
        """Somebody who can do the task today; the administrator where nobody ever can."""
        if task.state == "stuck":
            return self.cast.actor(self.world.holders["administrator"][0].id or 0)
        return self.cast.for_task(task)

    def act(self, task: Task, by: Actor) -> bool:
        """The person takes their turn on the task; returns whether a new record came of it.

        Raises:
            Unfit: what the story has them write is refused by the form.
            Refusal: the rules do not allow it now.
        """
        if task.record is not None:
            self.world.sees(task.record.applicant, by.person)
        turn = getattr(self, f"_{task.kind}", self._sign)
        made = (self._reroute if task.state == "stuck" else turn)(task, by)
        return isinstance(made, Record)

    def _sign(self, task: Task, by: Actor) -> None:
        """Signs, or does something else with the turn."""
        record = _record(task)
        step = route.form_of(record).signoff.step(task.step)
        chance = self.world.rng.random()
        other = self._other_turn(chance, record, step) if task.kind == "sign" and not task.outside else None
        if other is not None:
            other(task, by)
            return
        if self.world.rng.random() < ASIDE:
            self._add_aside(record, step)
        signed = history.signatures(record)
        known = route.known(record, signed, now=self.world.now)
        filled = step.fills is None or task.kind == "advice" or signing.stage_filled(record, task)
        stage = None if filled else self._told(step, record, by, known)
        hand = hands.draw(self.world, task, step, known, history.shown_hash(history.content(record), signed))
        signing.sign(task.id, by, hand, stage, now=self.world.now)
        if record.state == "finished":
            self.world.finished(record)

    def _other_turn(self, chance: float, record: Record, step: Step) -> Callable[[Task, Actor], None] | None:
        if record.round <= ROUNDS and chance < RETURNED:
            return self.send_back
        if record.round <= ROUNDS and step.judges and chance < REFUSED:
            return self._refuse
        return self._pass_on if REFUSED <= chance < PASSED_ON else None

    def send_back(self, task: Task, by: Actor) -> None:
        """Returns the record to its applicant, or now and then to an earlier step."""
        record = _record(task)
        to = self.world.rng.choice([APPLICANT] * 3 + signing.earlier_steps(record, task.step))
        signing.send_back(task.id, by, self._words(record, phrases.RETURNS), to, now=self.world.now)

    def _refuse(self, task: Task, by: Actor) -> None:
        signing.refuse(task.id, by, self._words(_record(task), phrases.REFUSALS), now=self.world.now)

    def _pass_on(self, task: Task, by: Actor) -> None:
        rng, now = self.world.rng, self.world.now
        barred = {exclusion.person_id for exclusion in task.exclusions} | {by.id, *self.cast.away}
        near = [one for one in self.world.people.values() if one.department_id == by.person.department_id]
        people = [one for one in near if one.id not in barred and self.cast.actor(one.id).roles - {"auditor"}]
        if not people:
            return
        other = rng.choice(people).id
        match rng.choice(("hand_over", "before", "after", "advice")):
            case "hand_over":
                delegation.hand_over(task.id, by, other, reason=rng.choice(phrases.HANDOVERS), now=now)
            case "advice":
                delegation.ask_advice(task.id, by, other, reason=rng.choice(phrases.ADVICE), now=now)
            case where:
                delegation.add_signer(task.id, by, other, where, reason=rng.choice(phrases.ADDED), now=now)

    def _told(self, part: Step | Entry, record: Record, by: Actor, known: dict[str, Any]) -> Any:
        story = STORIES[record.form_code].stages.get(part.key) or ENTRIES.get((record.form_code, part.key))
        answers = story(self.world, known) if story else {}
        assert part.fills is not None
        return filling.checked(part.fills, answers, by, context=known)

    def _words(self, record: Record, words: tuple[str, ...]) -> Hand:
        seen = history.shown_hash(history.content(record), history.signatures(record))
        return Hand(seen, opinion=self.world.rng.choice(words))

    def _correct(self, task: Task, by: Actor) -> None:
        """Corrects the returned sheet, or gives it up."""
        record = _record(task)
        if self.world.rng.random() < GIVEN_UP:
            corrections.void(record.id, by, reason=self.world.rng.choice(phrases.VOIDS), now=self.world.now)
        else:
            filling.correct(self.world, record, by)

    def _open(self, task: Task, by: Actor) -> Record | None:
        """Takes up a draft that an effect left."""
        draft = db.session.get(Draft, task.draft_id) if task.draft_id else None
        if draft is None:
            return None
        self.world.sees(by.person)
        return filling.take_up(self.world, draft, by)

    def _ask(self, task: Task, by: Actor) -> None:
        """Ticks a thing off."""
        asks.tick_off(task.id, by, self.world.rng.choice(phrases.ASKS_DONE), now=self.world.now)

    def _entry(self, task: Task, by: Actor) -> None:
        """Adds the side entry that is due."""
        record = _record(task)
        signed = history.signatures(record)
        known = route.known(record, signed, now=self.world.now)
        stage = self._told(route.form_of(record).signoff.entry(task.step), record, by, known)
        hand = Hand(history.shown_hash(history.content(record), signed))
        entries.enter(record.id, task.step, by, hand, stage, now=self.world.now)

    def _add_aside(self, record: Record, step: Step) -> None:
        """Somebody who may adds a side entry that no task asks for, before the first step is done."""
        signoff, now = route.form_of(record).signoff, self.world.now
        if record.round > 1 or step is not signoff.steps[0]:
            return
        for entry in signoff.entries:
            signed = history.signatures(record)
            known = route.known(record, signed, now=self.world.now)
            there = tasks.able(sorted(parties.keys_of(entry.by, record, known)), (), now) - self.cast.away
            if entry.daily_after or not there:
                continue
            by = self.cast.actor(self.world.rng.choice(sorted(there)))
            stage = self._told(entry, record, by, known)
            hand = Hand(history.shown_hash(history.content(record), signed))
            entries.enter(record.id, entry.key, by, hand, stage, now=now)

    def _reroute(self, task: Task, by: Actor) -> None:
        """The administrator gives a step that nobody can do to somebody else."""
        barred = {exclusion.person_id for exclusion in task.exclusions} | {by.id}
        heads = [ref.id for ref in self.world.holders["department_head"] if ref.id not in barred]
        delegation.reroute(
            task.id, by, heads[0] or 0, reason="原办理人须回避，改由部门负责人办理。", now=self.world.now
        )


def _record(task: Task) -> Record:
    assert task.record is not None
    return task.record
