"""The small company's people at work on information security, on whatever day a test says."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import Ref, load
from portal.models import InformationAsset, LedgerEntry, Notice, Person, Record, Task, TaskHolder
from portal.queries import obligations as queries
from portal.queries import people
from portal.queries.keyset import Page
from portal.queries.ledgers import Source, Wanted
from portal.queries.ledgers import page as lines_of
from portal.services import obligations, route
from tests.forms.customer_service.shop import NOW, TODAY, Shop

FINANCE, CUSTOMERS, DRAWINGS = "A0001", "A0002", "A0003"  # 财务系统, 客户资料库, 设计图纸服务器
OFFICER, HEAD, REPRESENTATIVE = "security_officer", "information_centre_head", "management_representative"
FILE = {"id": 1, "name": "附件.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}


class Office(Shop):
    """Acts on the day at hand; nothing here commits."""

    def move(self, days: int) -> None:
        """So many days pass."""
        self.now = self.now + timedelta(days=days)

    @property
    def today(self) -> date:
        """The day at hand."""
        return TODAY + timedelta(days=(self.now - NOW).days)

    def asset(self, code: str = FINANCE) -> InformationAsset:
        """The asset's row as it is now."""
        found: InformationAsset = self._row(InformationAsset, code)
        return found

    def named(self, code: str = FINANCE) -> Ref:
        """The asset as an answer."""
        return self.ref(self.asset(code))

    def facts(self, ledger: str, record: Record | None = None) -> list[dict[str, Any]]:
        """What stands in a plain ledger, oldest first; of one record only, if it is given."""
        query = sa.select(LedgerEntry.facts).where(LedgerEntry.ledger == ledger).order_by(LedgerEntry.id)
        if record is not None:
            query = query.where(LedgerEntry.record_id == record.id)
        return list(db.session.scalars(query))

    def told(self, record: Record) -> set[str]:
        """Who has got a notice of their own about the record."""
        query = sa.select(Person.login).join(Notice, Notice.person_id == Person.id)
        return set(db.session.scalars(query.where(Notice.kind == "told", Notice.record_id == record.id)))

    def asked_of(self, record: Record) -> dict[str, Task]:
        """The things to do about the record, by who holds them."""
        return {holder.key: task for task in self.asked(record) for holder in task.holders}

    # the obligations

    def run(self, key: str) -> obligations.Outcome:
        """Looks after an obligation; what happened."""
        found = obligations.run(OBLIGATIONS[key], now=self.now)
        db.session.flush()
        return found

    def waiting(self, key: str) -> list[Task]:
        """The tasks of the obligation that wait for somebody."""
        return queries.open_tasks(OBLIGATIONS[key])

    def only(self, key: str) -> Task:
        """The one task of the obligation that waits."""
        (task,) = self.waiting(key)
        return task

    def state(self, task: Task) -> str:
        """How a task stands now."""
        return str(db.session.scalar(sa.select(Task.state).where(Task.id == task.id)))

    def holders(self, task: Task) -> set[str]:
        """The keys that hold a task."""
        return set(db.session.scalars(sa.select(TaskHolder.key).where(TaskHolder.task_id == task.id)))

    def prefilled(self, task: Task) -> dict[str, Any]:
        """The typed answers with which the draft of a task begins."""
        assert task.draft is not None
        return load(fields(FORMS[task.form_code]()), task.draft.answers)

    def missed(self) -> set[str]:
        """Who has been told of a breach."""
        query = sa.select(Person.login).join(Notice, Notice.person_id == Person.id)
        return set(db.session.scalars(query.where(Notice.kind == "obligation_missed")))

    def take_back(self, record: Record, by: Record) -> None:
        """The record is corrected by another, finished one."""
        by.corrects_id = record.id
        db.session.flush()

    # what several tests file

    def register(self, **changed: Any) -> Record:
        """An asset that was registered."""
        record = self.submit("IS-07", "employee", **self.registration(**changed))
        self.sign(record)
        return self.sign(record, **self.numbered(record))

    def registration(self, **changed: Any) -> dict[str, Any]:
        """A new asset of the warehouse's head, without a high mark."""
        return {
            "request_kind": "new",
            "asset_name": "投标资料库",
            "asset_kind": "information",
            "owner": self.person("purchasing_manager"),
            "department": self.department("purchasing"),
            "location": "总部机房",
            "confidentiality": "medium",
            "integrity": "low",
            "availability": "low",
            "customer_owned": False,
            **changed,
        }

    def numbered(self, record: Record) -> dict[str, Any]:
        """What the officer's page begins with."""
        stage = FORMS["IS-07"].signoff.step("security_check").fills
        assert stage is not None
        from_page = stage(context=self.known(record)).answers()
        return {name: from_page[name] for name in ("asset_no", "next_review_on")}

    def department(self, key: str) -> Ref:
        """A department as an answer."""
        row = people.department(key)
        return Ref(row.id, row.name)

    def right(self, **changed: Any) -> dict[str, Any]:
        """The answers of a request for a right to the finance system, for half a year."""
        return {
            "person": self.person("employee"),
            "request_kind": "grant",
            "asset": self.named(),
            "rights": "read",
            "valid_from": self.today,
            "valid_to": self.today + timedelta(days=180),
            "reason": "核对数据",
            **changed,
        }

    def granted(self, **changed: Any) -> Record:
        """A right that was given, or whatever else was asked for."""
        record = self.submit("IS-03", "employee", **self.right(**changed))
        self.sign(record)
        if record.step == "undertaking":
            self.sign(record, company_rules_read=True)
        self.sign(record)
        return self.sign(record, granted_on=self.today)

    def lines(self, source: Source) -> list[dict[str, Any]]:
        """The lines of a ledger as its page has them."""
        found: Page = lines_of(source, Wanted(), "", 50)
        return list(found.rows)

    def known(self, record: Record) -> dict[str, Any]:
        """What the record says so far, as its next stage sees it."""
        return route.known(record, now=self.now)
