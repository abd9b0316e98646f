"""The planning department of the small company at work: trackers, permits and their papers, signed to their end."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.domain import projects as kinds
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.models import LedgerEntry, Project, Record
from portal.queries import history, projects
from portal.services import entries, route
from portal.services.signatures import Hand
from tests.forms.customer_service.shop import NOW, TODAY, days
from tests.forms.customer_service.test_customer_obligations import Duties

OFFICER = "planning_officer"
FILE = {"id": 1, "name": "扫描件.pdf", "type": "application/pdf", "size": 1000, "sha256": "0" * 64}
SEALED = {"sealed_copies": 2, "seal_kinds": ["company_seal"]}


class Office(Duties):
    """Acts in the session at hand; nothing here commits."""

    now = NOW

    def tracker(self, kind: str = "not_municipal", **changed: Any) -> dict[str, Any]:
        """The answers of a tracker."""
        planned: dict[str, date] = changed.pop("planned", {})
        return {
            "project_name": "科创园一期",
            "project_kind": kind,
            "construction_unit": "恒远置业有限公司",
            "plot": "高新区三号地块",
            "location": "高新区",
            "land_area": Decimal(12000),
            "air_defence_kind": "on_site" if kind == "not_municipal" else None,
            "officer": self.person(OFFICER),
            "stages": [{"planned_on": planned.get(stage.key)} for stage in kinds.PERMIT.stages],
            **changed,
        }

    def opened(self, kind: str = "not_municipal", **changed: Any) -> tuple[Record, Project]:
        """A tracker as submitted, with its project."""
        record = self.submit("PL-01", OFFICER, **self.tracker(kind, **changed))
        return record, self.project_of(record)

    def project_of(self, record: Record) -> Project:
        """The project that a tracker has opened."""
        found = projects.opened_by([record.id])
        assert found is not None
        return found

    def stages(self, project: Project) -> dict[str, projects.Stage]:
        """The procedures of a project by their keys."""
        return {one.row.key: one for one in projects.stages(project)}

    def passed(self, project: Project, *keys: str) -> None:
        """These procedures are through; all that apply without keys."""
        for key, one in self.stages(project).items():
            if key in keys or (not keys and one.row.applies):
                one.row.state, one.row.passed_on = kinds.PASSED, TODAY
        db.session.flush()

    def change(self, record: Record, **answers: Any) -> Any:
        """The project has changed: the entry, made if its sheet is good."""
        entry = FORMS["PL-01"].signoff.entry("change")
        given = {"new_days": [], "change_reason": "规划调整", **answers}
        sheet = entry.fills(answers=given, context=route.known(record, now=self.now))
        if sheet.validate():
            seen = history.shown_hash(history.content(record), history.signatures(record))
            entries.enter(record.id, "change", self.actor(OFFICER), Hand(seen), sheet, now=self.now)
            db.session.flush()
        return sheet

    def over_the_counter(self, record: Record, **result: Any) -> Record:
        """An application from the second officer's check to the authority's decision."""
        while record.step != "materials_check":
            self.sign(record)
        self.sign(record, materials_complete=True)
        self.sign(record)
        self.sign(record, **SEALED)
        self.sign(record, **SEALED)
        self.sign(record, submitted_on=TODAY, accepted_on=TODAY)
        return self.sign(record, **result)

    def papers(self, project: Project) -> dict[str, LedgerEntry]:
        """The papers of authorities that the project holds, by their names."""
        found = db.session.query(LedgerEntry).filter_by(ledger="external_papers").all()
        return {one.facts["paper"]: one for one in found if one.facts.get("project_id") == project.id}


def ref(project: Project) -> Ref:
    """A project as an answer."""
    return Ref(project.id, project.label)


def paper(prefix: str, issued: date = TODAY, *, holds: int = 0) -> dict[str, Any]:
    """The five answers about a paper that holds for so many days from today."""
    return {
        f"{prefix}_no": f"{prefix}〔2026〕9号",
        f"{prefix}_issuer": "某机关",
        f"{prefix}_issue_date": issued,
        f"{prefix}_expiry_date": TODAY + timedelta(days=holds) if holds else None,
        f"{prefix}_scan": [FILE],
    }


def ready(*every: bool | str) -> list[dict[str, Any]]:
    """Rows of a materials list: ready or not; a text is the remark on one that is not."""
    return [{"ready": one is True, "remark": one if isinstance(one, str) else None} for one in every]


__all__ = ["FILE", "NOW", "OFFICER", "TODAY", "Office", "days", "paper", "ready", "ref"]
