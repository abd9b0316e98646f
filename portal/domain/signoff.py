"""The sign-off engine's rules: who signs which step, what comes next, where a refusal leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.domain.conditions import Condition
from portal.domain.deadlines import Within

APPLICANT = "applicant"
JUDGING = frozenset({"approved", "checked", "verified", "accepted"})


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who signs.

    Kinds: `role` (key of a role), `person` (person named in a field), `head` (head of the
    department named in a field, or of the applicant's when the key is empty), `heads` (the heads of the
    departments that a table names, `key` is `table.column`; each signs), `applicant`,
    `project` (person of the project in a field, `key` is `field.role`), `outside` (key of an
    outside role: an employee gives them the device, or sends a link), `department` (the head of the
    department with this key; what `heads` comes to in a record).
    """

    kind: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Signers:
    """The parties of a step: any one of them, or all, side by side; `alone` if each answers for themselves."""

    parties: tuple[Party, ...]
    every: bool = False
    alone: bool = False

    @property
    def apart(self) -> bool:
        """Whether each of them fills in the stage of the step for themselves."""
        return self.alone or any(party.kind == "heads" for party in self.parties)

    @property
    def mode(self) -> str:
        """`one`, `any`, `all` or `external`, as shown in lists."""
        if self.every:
            return "all"
        if len(self.parties) > 1:
            return "any"
        return "external" if self.parties[0].kind == "outside" else "one"


def role(key: str) -> Signers:
    """One person who holds the role."""
    return Signers((Party("role", key),))


def person_in(name: str) -> Signers:
    """The person named in a field."""
    return Signers((Party("person", name),))


def head_of(name: str = "") -> Signers:
    """The head of the department named in a field, or of the applicant's own."""
    return Signers((Party("head", name),))


def head_of_department(key: str) -> Signers:
    """The head of one department, whatever the record says."""
    return Signers((Party("department", key),))


def heads_in(table: str, column: str) -> Signers:
    """The heads of all departments that a column of a table names, side by side; each fills in the stage alone."""
    return Signers((Party("heads", f"{table}.{column}"),), every=True)


def project_person(name: str, role_key: str) -> Signers:
    """The person who holds the role in the project named in a field; else anyone with that role."""
    return Signers((Party("project", f"{name}.{role_key}"),))


def applicant() -> Signers:
    """The person who started the record."""
    return Signers((Party("applicant"),))


def outside(key: str) -> Signers:
    """A party outside the company."""
    return Signers((Party("outside", key),))


def either(*signers: Signers) -> Signers:
    """Any one of these: the first to sign decides."""
    return Signers(tuple(party for one in signers for party in one.parties))


def every(*signers: Signers) -> Signers:
    """All of these, side by side."""
    return Signers(tuple(party for one in signers for party in one.parties), every=True)


def each(*signers: Signers) -> Signers:
    """All of these, side by side; each fills in the stage alone."""
    return Signers(every(*signers).parties, every=True, alone=True)


@dataclass(frozen=True, slots=True)
class Back:
    """Leads back to an earlier step (or to the applicant), one round further."""

    to: str = APPLICANT
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class Onward:
    """Leads on to a later step, in the same round."""

    to: str


@dataclass(frozen=True, slots=True)
class Close:
    """Ends the record as refused."""

    when: Condition | None = None


@dataclass(frozen=True)
class Step:
    """One turn of a route.

    `fills` is the stage form of that step's person, `meaning` what the signature says,
    `within` the time allowed, `when` the condition under which the step takes place,
    `on_refusal` where a refusal leads (to the applicant while its own condition does not hold), `outcomes` answers of the step that lead back or close.
    With `comments` each signer must write an opinion. `unsigned` is the condition under which an outside party does not
    sign: what they have said or written is put down by the employee.
    `overdue_to` is the later step to which time itself moves the record when the limit passes: nobody
    has signed then. `clause` is where its work or its limit is laid down, if not in the clause of its form.
    """

    key: str
    title: Any
    by: Signers
    meaning: str = "approved"
    within: Within | None = None
    when: Condition | None = None
    fills: type | None = None
    on_refusal: Back | Onward | Close = field(default_factory=Back)
    outcomes: tuple[Back | Close, ...] = ()
    bulk: bool = False
    overdue_to: str = ""
    comments: bool = False
    unsigned: Condition | None = None
    clause: str = ""

    @property
    def judges(self) -> bool:
        """Whether the signature judges somebody's work, which nobody may do for their own."""
        return self.meaning in JUDGING

    def refusal(self, answers: Mapping[str, Any]) -> Back | Onward | Close:
        """Where a refusal leads with these answers: to the applicant, where a way back has a condition that fails."""
        way = self.on_refusal
        if isinstance(way, Back) and way.when is not None and not way.when.holds(answers):
            return Back()
        return way

    def outcome(self, answers: Mapping[str, Any]) -> Back | Close | None:
        """The outcome that these answers call for, if any."""
        for outcome in self.outcomes:
            if outcome.when is None or outcome.when.holds(answers):
                return outcome
        return None


@dataclass(frozen=True)
class Entry:
    """A side log that people may add to while the record is open; it moves nothing.

    `daily_after` names a date field: each day past it, the signers get a task to add an entry.
    """

    key: str
    title: Any
    by: Signers
    fills: type
    when: Condition | None = None
    daily_after: str = ""


@dataclass(frozen=True)
class Route:
    """The steps of a form in their order, and its side entries."""

    steps: tuple[Step, ...]
    entries: tuple[Entry, ...] = ()

    def __init__(self, *steps: Step, entries: tuple[Entry, ...] = ()) -> None:
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "entries", entries)

    def step(self, key: str) -> Step:
        """The step with this key; KeyError if there is none."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def entry(self, key: str) -> Entry:
        """The side entry with this key; KeyError if there is none."""
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise KeyError(key)

    def following(self, key: str | None, answers: Mapping[str, Any]) -> Step | None:
        """The next step that takes place after `key` (None: from the start); None at the end."""
        start = 0 if key is None else self.steps.index(self.step(key)) + 1
        return self.applying(start, answers)

    def applying(self, start: int, answers: Mapping[str, Any]) -> Step | None:
        """The first step from position `start` whose condition holds."""
        for step in self.steps[start:]:
            if step.when is None or step.when.holds(answers):
                return step
        return None

    def judged(self, key: str) -> tuple[str, ...]:
        """Keys of the doing steps whose work the step judges: those since the judging step before."""
        position = self.steps.index(self.step(key))
        keys: list[str] = []
        for step in reversed(self.steps[:position]):
            if step.judges:
                break
            keys.append(step.key)
        return tuple(keys)
