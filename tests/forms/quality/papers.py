"""The small company's document control at work: releases, changes, copies."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.kinds import Ref
from portal.forms.ledgers import LEDGERS
from portal.models import ControlledDocument, Department, Record
from portal.queries import ledgers
from tests.forms.customer_service.shop import TODAY, Shop, days

FILE = {"id": 1, "name": "正文.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}
PROCEDURE = "QA-P-02"  # 客户满意度控制程序, version 1.0, of the quality department


class Papers(Shop):
    """Acts in the session at hand; nothing here commits."""

    def department(self, key: str) -> Ref:
        """A department as an answer."""
        found = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
        return Ref(found.id, found.name)

    def document(self, code: str = PROCEDURE) -> ControlledDocument:
        """A controlled document as it is now."""
        return self._row(ControlledDocument, code)

    def new(self, **changed: Any) -> dict[str, Any]:
        """The answers of a release of a new work document of quality, for quality and the warehouse."""
        given = {
            "purpose": "release",
            "document_no": "QA-W-1",
            "title": "出货检验作业指导书",
            "document_kind": "work_document",
            "version": "1.0",
            "owner_department": self.department("quality"),
            "change_summary": "首次编制",
            "document_file": [FILE],
            "planned_effective_on": days(3),
            "next_review_on": days(368),
            "distribution": [
                {"department": self.department("quality"), "copies": 2},
                {"department": self.department("warehouse"), "copies": 1},
            ],
        }
        return {**given, **changed}

    def finish(self, record: Record, **stages: dict[str, Any]) -> Record:
        """Signs to the end; each step's stage gets these answers."""
        for _turn in range(12):
            if record.state != "running":
                return record
            self.sign(record, **stages.get(record.step, {}))
        raise AssertionError(record.number)

    def released(self, login: str = "quality_inspector", **changed: Any) -> Record:
        """A release that has come to its end, in force as planned."""
        given = self.new(**changed)
        record = self.submit("DC-01", login, **given)
        return self.finish(record, release={"effective_on": given["planned_effective_on"]})

    def change(self, code: str = PROCEDURE, **changed: Any) -> dict[str, Any]:
        """The answers of a change request."""
        given = {
            "request_kind": "change",
            "document": self.ref(self.document(code)),
            "clause": "4.2",
            "old_text": "两个工作日内",
            "new_text": "一个工作日内",
            "reason": "顾客反映答复慢",
            "impact": "相关表单的时限不变",
            "urgency": "normal",
        }
        return {**given, **changed}

    def requested(self, code: str = PROCEDURE, size: str = "minor", **changed: Any) -> Record:
        """A change request that the controller has received."""
        record = self.submit("DC-02", "salesperson", **self.change(code, **changed))
        return self.finish(record, controller_receipt={"change_size": size})

    def issue(self, release: Record, **changed: Any) -> dict[str, Any]:
        """The answers of the draft that a release has left."""
        return {**self.drafted(release, "DC-03"), **changed}

    def issued(self, release: Record, **stages: dict[str, Any]) -> Record:
        """The copies of a release, taken today."""
        record = self.submit("DC-03", "document_controller", **self.issue(release))
        return self.finish(record, holder_receipt={"received_on": TODAY}, **stages)

    def revised(self, old: Record, version: str = "1.1", effective: date | None = None) -> Record:
        """The next version of what a release has put into force."""
        number = self.drafted(old, "DC-03")["document"].text.split(" ")[-1]
        asked = self.requested(number)
        return self.released(
            document_no=number,
            version=version,
            change_request=self.ref(asked),
            planned_effective_on=effective or days(5),
        )

    def lines(self, ledger: str) -> list[dict[str, Any]]:
        """The newest lines of a ledger as its page shows them."""
        return ledgers.page(LEDGERS[ledger].source, ledgers.Wanted(), "", 100).rows
