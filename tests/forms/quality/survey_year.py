"""A year's survey in the small company: planned, asked, rolled up, assessed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import load
from portal.forms.quality.survey_words import MODULES, STANDARD, USUAL
from portal.models import Draft, LedgerEntry, Record
from portal.services import records, route
from tests.forms.customer_service.shop import NOW, SCHOOL, TAIHE, TODAY, Shop, days

INSPECTOR = "quality_inspector"
OPENERS = {"QA-10": "salesperson", "QA-11": "customer_service_officer", "QA-12": INSPECTOR}
WEIGHTS = [
    {"module": module, "owner": owner, "weight": weight, "standard": STANDARD}
    for module, owner, _department, weight in USUAL
]


class SurveyYear(Shop):
    """The people of quality at work."""

    def plan(self, **changed: Any) -> dict[str, Any]:
        """The answers of a plan for two customers."""
        return {
            "year": TODAY.year,
            "survey_from": TODAY,
            "survey_to": days(30),
            "customers": [
                {"customer": self.ref(self.customer(code)), "modules": list(MODULES)}
                for code in (TAIHE, SCHOOL)
            ],
            "weights": [dict(row) for row in WEIGHTS],
            "method": "链接为主",
            **changed,
        }

    def planned(self, **changed: Any) -> Record:
        """A survey whose plan both have approved."""
        record = self.submit("QA-13", INSPECTOR, **self.plan(**changed))
        self.sign(record)
        return self.sign(record)

    def sent(self, code: str, survey: Record, customer: str = TAIHE, **changed: Any) -> Record:
        """A questionnaire that was sent to a customer."""
        return self.submit(
            code,
            OPENERS[code],
            survey=self.ref(survey),
            customer=self.ref(self.customer(customer)),
            contact_person="王海燕",
            contact_phone="13800138000",
            sent_on=TODAY,
            answer_by=days(14),
            answer_way="telephone",
            **changed,
        )

    def answered(self, code: str, survey: Record, share: Decimal, customer: str = TAIHE) -> Record:
        """A questionnaire of which each item got this share of its full marks, looked at by the manager."""
        record = self.sent(code, survey, customer)
        items = FORMS[code].signoff.step("customer_answer").fills.items  # type: ignore[union-attr]
        self.sign(
            record, answered_by="王海燕", answered_on=TODAY, **{one.name: one.full * share for one in items}
        )
        return self.sign(record)

    def rolled_up(self, *shares: str) -> Record:
        """A survey with one answer to each module, its scores rolled up."""
        survey = self.planned()
        for code, share in zip(OPENERS, shares, strict=True):
            self.answered(code, survey, Decimal(share))
        return self.sign(survey)

    def assessed(self, *shares: str, **changed: Any) -> Record:
        """The same, assessed."""
        survey = self.rolled_up(*shares)
        given = {"assessment_text": "一般", "analysis": "交货慢", "improvement_chances": "提前通知"}
        return self.sign(survey, **given, **changed)

    def known(self, record: Record) -> dict[str, Any]:
        """The typed answers of a record so far."""
        return route.known(record, now=self.now)

    def taken_up(self, draft: Draft, login: str) -> Record:
        """The record into which a questionnaire's draft is made."""
        form = FORMS[draft.form_code]
        given = {
            "contact_person": "王",
            "contact_phone": "13800138000",
            "sent_on": TODAY,
            "answer_way": "link",
        }
        sheet: Any = form(answers={**load(fields(form()), draft.answers), **given})
        assert sheet.validate(), sheet.errors
        record = records.submit(sheet, self.actor(login), key=draft.key, now=self.now, draft=draft)
        db.session.flush()
        return record

    def scores(self, survey: Record) -> list[dict[str, Any]]:
        """What a survey has put into the ledger of scores."""
        query = sa.select(LedgerEntry.facts).where(
            LedgerEntry.record_id == survey.id, LedgerEntry.ledger == "satisfaction"
        )
        return list(db.session.scalars(query.order_by(LedgerEntry.id)))

    def later(self, **span: float) -> datetime:
        """A moment after now."""
        return NOW + timedelta(**span)

    def correction(self, record: Record, login: str, **answers: Any) -> Record:
        """A record that puts a finished one right."""
        records.refuse_second_correction(record.id, record.form_code)
        return self.submit(record.form_code, login, corrects=record, **answers)
