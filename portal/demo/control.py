"""Document control of the demo, act by act: a change asked for, written, sent round, released, its copies handed out."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.demo import acts, changes, drafting
from portal.demo.cast import Cast
from portal.demo.changes import Change
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.lib.clauses import clauses
from portal.lib.i18n import _l
from portal.models import Department, DocumentRevision, Draft, Record
from portal.queries import documents, revisions
from portal.queries.actors import Actor
from portal.services import route

YEAR = timedelta(days=365)
SOON = 2  # days ahead for which a release is planned
Acts = Generator[timedelta | None, None, None]
Made = Generator[timedelta | None, None, Record]
Receivers = Mapping[str, int]  # how many copies each department gets, by its key


class Control:
    """The acts; each yields where time passes before the next, so long, or some hours for None."""

    def __init__(self, world: DemoWorld, cast: Cast) -> None:
        self.world, self.cast = world, cast
        self.led: list[int] = []  # the records made so far

    def asked(self, number: str, change: Change, login: str) -> Made:
        """A change request to its end: the draft of the next version is there.

        Raises:
            Refusal: the sentence to be changed is not in the text in force.
        """
        one = revisions.effective(number, self.world.today)
        found = changes.within(clauses(one.text), change) if one else None
        if found is None:
            raise Refusal(_l("没有现行有效的版本：%(number)s"), number=number)
        words = {"clause": found.clause, "old_text": change.old, "new_text": change.new}
        request = self._submitted("DC-02", {**self._about(number, "change", change.reason), **words}, login)
        yield None
        yield from self._signed(request, {"change_size": change.size})
        return request

    def withdrawn(self, number: str, reason: str, login: str) -> Acts:
        """A document is withdrawn by a request."""
        request = self._submitted("DC-02", self._about(number, "withdraw", reason), login)
        yield None
        yield from self._signed(request, {})

    def written(self, request: Record, login: str) -> DocumentRevision:
        """The draft of the request says what it asks for."""
        query = sa.select(DocumentRevision).where(DocumentRevision.request_id == request.id)
        one = db.session.scalars(query).one()
        drafting.write(one, self.actor(login), self.world.now)
        return one

    def sent(self, request: Record, login: str, receivers: Receivers, since: date | None = None) -> Made:
        """The text written and sent round, by the draft that the request has left."""
        one = self.written(request, login)
        yield None
        draft = self._draft(request, "DC-01")
        return self.sent_round(one, login, receivers, since, draft)

    def sent_round(
        self,
        one: DocumentRevision,
        login: str,
        receivers: Receivers,
        since: date | None = None,
        draft: Draft | None = None,
    ) -> Record:
        """The release of a text, planned for a day, copies for these departments."""
        planned = since or self.world.today + timedelta(days=SOON)
        answers = {
            "purpose": "release",
            "change_summary": one.change,
            **(_answers(draft) if draft else {}),
            "text": Ref(one.id, one.label),
            "planned_effective_on": planned,
            "next_review_on": planned + YEAR,
            "distribution": [
                {"department": self.department(key), "copies": many} for key, many in receivers.items()
            ],
        }
        return self._submitted("DC-01", answers, login, draft)

    def released(self, release: Record) -> Acts:
        """Every turn of a release, the last as planned."""
        yield None
        yield from self._signed(release)

    def handed_out(self, release: Record, *, recalls: bool = True) -> Acts:
        """The copies are taken; those of the version before come back, if they do already."""
        draft = self._draft(release, "DC-03")
        issue = self._submitted("DC-03", _answers(draft), "document_controller", draft)
        yield None
        yield from self._signed(issue, until="" if recalls else "recall")

    def recalled(self, release: Record) -> Acts:
        """The copies of a document that was withdrawn come back."""
        found = documents.release(release.id)
        document = documents.by_number(found.number)
        assert document is not None
        answers = {
            "document": Ref(document.id, document.label),
            "version": found.version,
            "release": Ref(release.id, f"{release.number} {release.title}"),
            "issue_kind": "recall",
            "effective_on": found.effective_on,
            "old_version": found.version,
        }
        recall = self._submitted("DC-03", answers, "document_controller")
        yield None
        yield from self._signed(recall)

    def turn(self, record: Record, answers: Mapping[str, Any] | None = None) -> None:
        """The record's next turn is taken, if somebody is there today who may."""
        told = STORIES[record.form_code].stages.get(record.step)
        known = route.known(record, now=self.world.now)
        stage = answers if answers is not None else told(self.world, known) if told else {}
        if acts.sign(self.world, self.cast, record, stage) is not None and record.state == "finished":
            self.world.finished(record)

    def actor(self, login: str) -> Actor:
        """The person with this login, as they may act today."""
        person = next(one for one in self.world.people.values() if one.login == login)
        return self.cast.actor(person.id)

    def department(self, key: str) -> Ref:
        """A department as an answer."""
        row = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
        return Ref(row.id, row.name)

    def _signed(self, record: Record, answers: Mapping[str, Any] | None = None, *, until: str = "") -> Acts:
        while record.state == "running" and record.step != until:
            self.turn(record, answers)
            yield None

    def _submitted(
        self, code: str, answers: Mapping[str, Any], login: str, draft: Draft | None = None
    ) -> Record:
        key = draft.key if draft else f"demo-control-{len(self.led)}"
        record = acts.submit(self.world, code, answers, self.actor(login), key, draft)
        self.led.append(record.id)
        return record

    def _about(self, number: str, kind: str, reason: str) -> dict[str, Any]:
        document = documents.by_number(number)
        assert document is not None
        return {
            "request_kind": kind,
            "document": Ref(document.id, document.label),
            "reason": reason,
            "impact": "相关岗位学习修改后的条文；表单和时限不变" if kind == "change" else "无",
            "urgency": "normal",
        }

    def _draft(self, source: Record, code: str) -> Draft:
        query = sa.select(Draft).where(Draft.source_id == source.id, Draft.form_code == code)
        return db.session.scalars(query).one()


def _answers(draft: Draft) -> dict[str, Any]:
    return load(fields(FORMS[draft.form_code]()), draft.answers)
