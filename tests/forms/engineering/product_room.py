"""The technical department of the small company at work on a new product: what its people write and sign."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.engineering.product_words import BATCH, FIRST_SAMPLE, OUTPUT_PAPERS
from portal.forms.engineering.trial_production import PAPERS
from portal.forms.kinds import Ref
from portal.models import LedgerEntry, Notice, Person, Project, ProjectStage, Record
from portal.queries import projects
from tests.forms.customer_service.shop import NOW, TODAY, days
from tests.forms.customer_service.test_customer_obligations import Duties
from tests.forms.projects import begun

ENGINEER = "rd_engineer"
FILES = [{"id": 1, "name": "方案.pdf", "type": "application/pdf", "size": 1, "sha256": "0" * 64}]
DEPARTMENTS = {ENGINEER, "quality_manager", "production_manager", "purchasing_manager", "salesperson"}


class Room(Duties):
    """Acts in the session at hand; nothing here commits."""

    def new(self, stage: str = "", **facts: Any) -> Ref:
        """A new product whose stage may be worked on, in the hands of the engineer."""
        people = {one: self.actor(one).id for one in (ENGINEER, "quality_inspector")}
        return begun("product", stage, people=people, **facts)

    def at(self, product: Ref, key: str) -> ProjectStage:
        """A stage of a product as it is now."""
        found = projects.stage(product.id, key)
        assert found is not None
        return found.row

    def project(self, product: Ref) -> Project:
        """The project of a product."""
        return db.session.get_one(Project, product.id)

    def file(self, record: Record) -> list[dict[str, Any]]:
        """What a record has put into the product file."""
        return self.lines("product_file", record)

    def lines(self, ledger: str, record: Record) -> list[dict[str, Any]]:
        """The lines of a ledger that a record has posted."""
        query = sa.select(LedgerEntry.facts).where(
            LedgerEntry.ledger == ledger, LedgerEntry.record_id == record.id
        )
        return list(db.session.scalars(query.order_by(LedgerEntry.id)))

    def heard(self, record: Record, login: str) -> list[str]:
        """What somebody was told about a record."""
        query = sa.select(Notice.facts).join(Person, Person.id == Notice.person_id)
        found = db.session.scalars(
            query.where(Notice.record_id == record.id, Notice.kind == "told", Person.login == login)
        )
        return [facts["text"]["zh"] for facts in found]

    # the plan

    def wanted(self, **changed: Any) -> dict[str, Any]:
        """What a customer wants."""
        return {
            "route": "customer_route",
            "product_name": "静音除尘器",
            "customer": self.ref(self.customer()),
            "customer_requirement": "噪声不高于 68 dB(A)\n滤筒可反吹清灰",
            "target_cost": Decimal("860.00"),
            "wanted_on": days(180),
            "legal_and_safety": "GB 4706.1",
            **changed,
        }

    def planned(self, **changed: Any) -> dict[str, Any]:
        """The plan that the engineer draws up."""
        return {
            "functions": "风量 2400 m³/h",
            "structure": "三段式模块",
            "main_risks": "噪声超标：预留消声腔",
            "cost_estimate": Decimal("845.50"),
            "plan_files": FILES,
            **changed,
        }

    def approved(self, **changed: Any) -> Record:
        """A plan of the customer's route that the general manager has approved."""
        record = self.sign(self.submit("RD-03", "salesperson", **self.wanted(**changed)), **self.planned())
        while record.step == "feasibility":
            self.sign(record, feasible=True)
        while record.state == "running":
            self.sign(record)
        return record

    def project_of(self, record: Record) -> Project:
        """The project that a plan has opened."""
        return db.session.scalars(sa.select(Project).where(Project.record_id == record.id)).one()

    # reviews

    def review(self, product: Ref, stage: str = "initial_review", **changed: Any) -> dict[str, Any]:
        """A review that has found nothing."""
        return {
            "review_stage": stage,
            "plan": product,
            "review_at": NOW - timedelta(hours=1),
            "review_subject": "图纸 A0 版",
            "meets_requirements": "逐项核对，能满足",
            "mass_production_fit": "现有设备可加工",
            **changed,
        }

    def problem(self, **changed: Any) -> dict[str, Any]:
        """A problem with its measure."""
        usual = {
            "problem": "壳体缩水",
            "measure": "筋厚减薄",
            "owner": self.person(ENGINEER),
            "due": days(10),
        }
        return {**usual, **changed}

    def begun(self, product: Ref, stage: str = "initial_review", **changed: Any) -> Record:
        """A review that was submitted."""
        return self.submit("RD-16", ENGINEER, **self.review(product, stage, **changed))

    def spoken(self, record: Record, *against: str) -> Record:
        """Every department has said its word; these do not agree."""
        while record.step == "participants":
            disagrees = bool(self.signers(record) & set(against))
            self.sign(record, opinion="成本偏高" if disagrees else "可行", agrees=not disagrees)
        return record

    def passed(self, product: Ref, stage: str = "initial_review", **changed: Any) -> Record:
        """A review that has passed."""
        conditional = changed.pop("conditional", False)
        record = self.spoken(self.begun(product, stage, **changed))
        if stage == FIRST_SAMPLE:
            self.sign(record, sample_no="YB-01", sample_place="样板柜", customer_signed=True)
        said = (
            {"verdict": "conditional_pass", "verdict_note": "措施验证后"}
            if conditional
            else {"verdict": "pass"}
        )
        return self.sign(self.sign(record, **said))

    # tests and trials

    def tested(self, product: Ref, **changed: Any) -> dict[str, Any]:
        """A function test that is passed."""
        return {
            "plan": product,
            "sample_no": "YP-01",
            "sample_quantity": 3,
            "test_from": NOW - timedelta(hours=20),
            "test_to": NOW - timedelta(hours=1),
            "tests": [self.test()],
            "conclusion": "pass",
            **changed,
        }

    def test(self, **changed: Any) -> dict[str, Any]:
        """One test, passed."""
        usual = {"item": "噪声", "method": "声级计", "limit": "≤68 dB(A)", "result": "65 dB(A)", "pass": True}
        return {**usual, **changed}

    def trial(self, product: Ref, **changed: Any) -> dict[str, Any]:
        """A trial today, with every paper there."""
        ready = [
            {"item": str(OUTPUT_PAPERS[code]), "done": True, "done_on": TODAY, "remark": None}
            for code in PAPERS
        ]
        return {
            "plan": product,
            "trial_quantity": 50,
            "trial_on": TODAY,
            "purpose": "验证节拍",
            "documents_ready": ready,
            "materials_ready": True,
            **changed,
        }

    def tried(self, product: Ref, verdict: str = "pass", problems: Any = (), **changed: Any) -> Record:
        """A trial that was concluded."""
        record = self.submit("RD-25", ENGINEER, **self.trial(product, **changed))
        self.sign(record, made_quantity=50, good_quantity=48, trial_problems=list(problems))
        test = {"item": "噪声", "limit": "≤68 dB(A)", "result": "66", "pass": True}
        self.sign(record, test_items=[test], test_verdict="pass")
        self.sign(record)
        return self.sign(record, trial_verdict=verdict)

    def put_out(self, product: Ref, *codes: str) -> None:
        """These output papers are in force."""
        record = db.session.scalars(sa.select(Record).order_by(Record.id)).first()
        assert record is not None
        for code in codes:
            facts = {"project_id": product.id, "document": code, "state": "effective"}
            db.session.add(
                LedgerEntry(
                    ledger="product_file",
                    facts=facts,
                    record_id=record.id,
                    posted_by_id=record.applicant_id,
                    posted_at=NOW,
                )
            )
        db.session.flush()

    def ready_for_batch(self) -> Ref:
        """A product whose trial has passed."""
        product = self.new("trial_production")
        self.tried(product)
        assert not projects.passed(product.id, BATCH)
        return product
