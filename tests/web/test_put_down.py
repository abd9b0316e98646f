"""What a customer says on the telephone is put down by the employee, without anybody's drawn signature."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories import STORIES
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Record, Signature
from portal.queries import history
from tests.walk import Walker, problems

MARKS = {"quality_score": "50", "safety_score": "30", "answered_by": "钱卫红"}


def asked(app: Flask, monkeypatch: pytest.MonkeyPatch, way: str) -> tuple[Walker, str]:
    """A questionnaire that is to be answered in this way."""
    story = STORIES["QA-12"]
    changed = replace(story, opening=lambda world: {**story.opening(world), "answer_way": way})
    monkeypatch.setitem(STORIES, "QA-12", changed)
    walker = Walker(app)
    return walker, walker.open("QA-12")


def put_down(walker: Walker, number: str, **more: str) -> Any:
    """The applicant writes the answer down."""
    with walker.app.app_context():
        record, task = walker._turn(number)
        assert task is not None
        sent = history.content(record).answers["sent_on"]
        seen = history.shown_hash(history.content(record), history.signatures(record))
        controls = {"_task": str(task.id), "_seen": seen, "_op": "sign", "_password": DEMO_PASSWORD}
        db.session.commit()
    data = {**controls, **MARKS, "answered_on": sent, "_outside_name": "钱卫红", **more}
    address = f"/quality/product-satisfaction-surveys/{number}/signatures"
    return walker.browser("quality_inspector").post(address, data=data)


def test_a_telephone_answer_needs_no_signature(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    walker, number = asked(app, monkeypatch, "telephone")
    answer = put_down(walker, number, _outside_name="")
    assert answer.status_code == 422, "somebody must have said it"
    answer = put_down(walker, number)
    assert answer.status_code == 303, problems(answer)
    assert walker.step(number) == "quality_sign"
    with app.app_context():
        query = sa.select(Signature).join(Record).where(Record.number == number)
        (signature,) = db.session.scalars(query).unique()
        assert (signature.outside_way, signature.outside_name) == ("told", "钱卫红")
    page = walker.browser("quality_inspector").get(f"/records/{number}", follow_redirects=True)
    assert "由员工按答复录入" in page.text


def test_any_other_answer_needs_one(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    walker, number = asked(app, monkeypatch, "interview")
    answer = put_down(walker, number)
    assert answer.status_code == 422
    assert "请外部签字人在屏幕上签名" in answer.text
    assert walker.step(number) == "customer_answer"
