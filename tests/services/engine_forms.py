"""Forms that exist only to try the engine: one for every kind of step, and some for what else a route can do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from portal.domain.conditions import above, equals, filled
from portal.domain.deadlines import hours, until, working_days
from portal.domain.effects import (
    CORRECTED,
    FINISHED,
    REFUSED,
    SUBMITTED,
    VOIDED,
    Asks,
    Effect,
    Opens,
    OrdersStock,
    PostsEntry,
    PostsStock,
    Tells,
    after,
)
from portal.domain.signoff import (
    Back,
    Close,
    Entry,
    Onward,
    Route,
    Signers,
    Step,
    applicant,
    either,
    every,
    head_of,
    outside,
    person_in,
    project_person,
    role,
)
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Department, Person, Project, StockItem

APPLICANT = "buyer"  # works in purchasing, whose head is the purchasing manager


class Paper(Sheet):
    """What all trial forms ask for."""

    section = "goods"
    opened_by = ("employee",)
    columns: tuple[str, ...] = ("number", "subject", "status")

    subject = Text("Subject")
    amount = Number("Amount", required=False)
    person_ = Person("Person", required=False)
    department = Department("Department", required=False)
    project = Project("Project", required=False)
    due = Day("Due", required=False)
    preliminary = YesNo("With a step before", required=False)


class Findings(Stage):
    """What the person of a stage finds."""

    verdict = Choice("Verdict", {"good": "good", "bad": "bad"})
    remark = Text("Remark", required=False)


class LogLine(Stage):
    """A line of the side log."""

    note = Text("Note")


class Ruling(Stage):
    """Where a record goes from here."""

    way = Choice("Way", {"on": "on", "make": "make", "back": "back", "end": "end"})


class Delay(Stage):
    """A later date."""

    new_due = Day("New date")


def between(middle: Step) -> Route:
    """The step under test between one of work and one of approval; the first only if the sheet says so."""
    return Route(
        Step(
            "first",
            "First",
            role("warehouse_keeper"),
            meaning="done",
            when=equals("preliminary", True),
            within=working_days(1),
        ),
        middle,
        Step("last", "Last", role("general_manager"), meaning="approved"),
        entries=(Entry("log", "Log", role("salesperson"), LogLine),),
    )


def middle(by: Signers, **values: Any) -> Step:
    """The step under test."""
    return Step("middle", "Middle", by, **{"meaning": "approved", "bulk": True, **values})


class OneRole(Paper, CompanyForm):
    """One holder of a role approves."""

    code, name, slug = "T-ONE", "One role", "one-role"
    signoff = between(middle(role("quality_manager"), within=working_days(2)))


class AnyOfTwo(Paper, CompanyForm):
    """The holder of one role or the other approves."""

    code, name, slug = "T-ANY", "Any of two", "any-of-two"
    signoff = between(middle(either(role("quality_manager"), role("designer"))))


class AllOfThree(Paper, CompanyForm):
    """Two roles and a person named in a field approve, side by side."""

    code, name, slug = "T-ALL", "All of three", "all-of-three"
    signoff = between(middle(every(role("quality_manager"), role("finance_supervisor"), person_in("person"))))


class External(Paper, CompanyForm):
    """A supplier confirms; the applicant or the head of the department holds the device."""

    code, name, slug = "T-EXT", "External", "external"
    signoff = between(middle(outside("supplier"), meaning="confirmed", bulk=False))


class Conditional(Paper, CompanyForm):
    """Approved only above an amount."""

    code, name, slug = "T-CON", "Conditional", "conditional"
    signoff = between(middle(role("quality_manager"), when=above("amount", 100)))


class Named(Paper, CompanyForm):
    """The person named in a field approves."""

    code, name, slug = "T-PER", "Named", "named"
    signoff = between(middle(person_in("person")))


class Head(Paper, CompanyForm):
    """The head of the applicant's department approves."""

    code, name, slug = "T-HEA", "Head", "head"
    signoff = between(middle(head_of()))


class HeadOfNamed(Paper, CompanyForm):
    """The head of the department named in a field approves."""

    code, name, slug = "T-DEP", "Head of named", "head-of-named"
    signoff = between(middle(head_of("department")))


class ProjectRole(Paper, CompanyForm):
    """The project manager of the project named in a field approves, else any project manager."""

    code, name, slug = "T-PRO", "Project role", "project-role"
    signoff = between(middle(project_person("project", "project_manager")))


class Staged(Paper, CompanyForm):
    """Somebody fills in a stage."""

    code, name, slug = "T-STA", "Staged", "staged"
    columns = ("number", "subject", "verdict", "status")
    signoff = between(middle(role("quality_manager"), meaning="filled", fills=Findings, bulk=False))


class OwnStep(Paper, CompanyForm):
    """The applicant confirms."""

    code, name, slug = "T-APP", "Own step", "own-step"
    signoff = between(middle(applicant(), meaning="acknowledged"))


KINDS: tuple[type[CompanyForm], ...] = (
    *(OneRole, AnyOfTwo, AllOfThree, External, Conditional, Named, Head, HeadOfNamed, ProjectRole, Staged),
    OwnStep,
)


class Judged(Paper, CompanyForm):
    """Two do the work side by side, then it is checked, then approved."""

    code, name, slug = "T-JUD", "Judged", "judged"
    signoff = Route(
        Step("work", "Work", every(role("quality_inspector"), person_in("person")), meaning="done"),
        Step("check", "Check", role("quality_inspector"), meaning="checked"),
        Step("approve", "Approve", role("quality_inspector"), meaning="approved"),
    )


class Ways(Paper, CompanyForm):
    """Every way on from a step: outcomes back to a step, to the applicant, to the end, and refusals."""

    code, name, slug = "T-WAY", "Ways", "ways"
    signoff = Route(
        Step("make", "Make", role("warehouse_keeper"), meaning="done", fills=Findings),
        Step(
            "judge",
            "Judge",
            role("quality_manager"),
            meaning="checked",
            fills=Ruling,
            on_refusal=Back("make"),
            outcomes=(
                Back("make", when=equals("way", "make")),
                Back(when=equals("way", "back")),
                Close(when=equals("way", "end")),
            ),
        ),
        Step("close", "Close", role("general_manager"), on_refusal=Close()),
    )


class Busy(Paper, CompanyForm):
    """Sets something going at every moment of its life."""

    code, name, slug = "T-BUS", "Busy", "busy"
    signoff = Route(
        Step("take", "Take", role("warehouse_keeper"), meaning="done"),
        Step("agree", "Agree", role("quality_manager"), on_refusal=Close()),
    )

    @staticmethod
    @after(SUBMITTED, "Tells the head")
    def submitted(record: Filed) -> Iterator[Effect]:
        """A notice."""
        yield Tells("role:purchasing_manager", "new")
        yield _line(record, "submitted")

    @staticmethod
    @after("take", "Opens a follow-up")
    def taken(record: Filed) -> Iterator[Effect]:
        """A draft of another form, prefilled."""
        yield Opens("T-ONE", {"subject": record["subject"]}, to="role:designer")
        yield _line(record, "take")

    @staticmethod
    @after(FINISHED, "Asks for an answer")
    def finished(record: Filed) -> Iterator[Effect]:
        """A thing to do."""
        yield Asks("Answer", f"person:{record.applicant_id}", date(2026, 6, 1))
        yield _line(record, "finished")

    @staticmethod
    @after(REFUSED, "Notes the refusal")
    def refused(record: Filed) -> Iterator[Effect]:
        """An entry."""
        yield _line(record, "refused")

    @staticmethod
    @after(VOIDED, "Notes that it was given up")
    def voided(record: Filed) -> Iterator[Effect]:
        """An entry."""
        yield _line(record, "voided")

    @staticmethod
    @after(CORRECTED, "Notes the correction")
    def corrected(record: Filed) -> Iterator[Effect]:
        """An entry."""
        yield _line(record, "corrected")


def _line(record: Filed, moment: str) -> PostsEntry:
    return PostsEntry("trials", {"moment": moment, "number": record.number})


class Paired(Paper, CompanyForm):
    """Two sign side by side; what follows happens once."""

    code, name, slug = "T-PAI", "Paired", "paired"
    signoff = Route(
        Step("agree", "Agree", every(role("quality_manager"), role("finance_supervisor"))),
        Step("last", "Last", role("general_manager")),
    )

    @staticmethod
    @after("agree", "Notes the agreement")
    def agreed(record: Filed) -> Iterator[Effect]:
        """An entry."""
        yield _line(record, "agree")


class PairedStage(Paper, CompanyForm):
    """Two sign side by side; whoever is first fills in the stage."""

    code, name, slug = "T-PST", "Paired stage", "paired-stage"
    signoff = Route(
        Step("find", "Find", every(role("quality_manager"), role("designer")), fills=Findings),
        Step("last", "Last", role("general_manager")),
    )


class Logged(Paper, CompanyForm):
    """Has a side log that is due daily after a date, and a step that must end by it."""

    code, name, slug = "T-LOG", "Logged", "logged"
    signoff = Route(
        Step("work", "Work", role("warehouse_keeper"), meaning="done", within=until("new_due", "due")),
        entries=(
            Entry("log", "Log", either(role("designer"), applicant()), LogLine),
            Entry("delay", "Delay", applicant(), Delay, when=filled("due"), daily_after="due"),
        ),
    )


class Urgent(Paper, CompanyForm):
    """Does not wait for those who are late: time itself moves it on, and so does a refusal."""

    code, name, slug = "T-URG", "Urgent", "urgent"
    signoff = Route(
        Step(
            "decide",
            "Decide",
            role("quality_manager"),
            meaning="done",
            within=hours(1, same_day=True),
            fills=Ruling,
            overdue_to="rescue",
        ),
        Step(
            "help",
            "Help",
            every(role("designer"), role("finance_supervisor")),
            meaning="done",
            within=hours(1),
            when=equals("way", "make"),
            on_refusal=Onward("rescue"),
            overdue_to="rescue",
        ),
        Step("rescue", "Rescue", role("general_manager"), meaning="done", when=equals("way", "end")),
        Step("tell", "Tell", role("salesperson"), meaning="done"),
    )


class StockLine(Sheet):
    """So much of an item at a place."""

    item = StockItem("Item")
    place = Text("Place")
    quantity = Number("Quantity", low=-1_000_000)
    cost = Number("Cost", required=False)


class Movement(CompanyForm):
    """Moves stock when the keeper posts it, and can be corrected by another."""

    code, name, slug, section = "T-MOV", "Movement", "movements", "stock"
    opened_by, columns = ("employee",), ("number", "status")
    lines = Rows("Lines", StockLine, required=False)
    signoff = Route(Step("post", "Post", role("warehouse_keeper"), meaning="posted"))

    @staticmethod
    @after("post", "Posts every line")
    def posted(record: Filed) -> Iterator[Effect]:
        """One line of the journal for each."""
        for line in record["lines"] or ():
            kind = "in" if line["quantity"] > 0 else "out"
            yield PostsStock(
                kind, line["item"].id, line["place"], Decimal(line["quantity"]), line["cost"], "batch"
            )


class OrderedLine(Sheet):
    """So much of an item."""

    item = StockItem("Item")
    quantity = Number("Quantity")


class Ordering(CompanyForm):
    """Puts goods on order."""

    code, name, slug, section = "T-ORD", "Ordering", "orderings", "stock"
    opened_by, columns = ("employee",), ("number", "status")
    lines = Rows("Lines", OrderedLine, required=False)
    signoff = Route(Step("post", "Post", role("warehouse_keeper"), meaning="posted"))

    @staticmethod
    @after("post", "Orders every line")
    def ordered(record: Filed) -> Iterator[Effect]:
        """One line for each."""
        for line in record["lines"] or ():
            yield OrdersStock(line["item"].id, Decimal(line["quantity"]))


EVERY: tuple[type[CompanyForm], ...] = (
    *(*KINDS, Judged, Ways, Busy, Paired, PairedStage),
    *(Logged, Movement, Ordering, Urgent),
)
