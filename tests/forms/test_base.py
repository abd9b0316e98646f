"""What every form may say of itself: what its page begins with, who reads its records."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal.domain.signoff import Route, Step, role
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.complete import FormIncomplete
from portal.forms.fields import Text
from portal.models import RecordReader
from portal.queries import visible
from tests.walk import Walker


class Greeting(CompanyForm):
    """Proposes a greeting to whoever opens it."""

    code, name, slug, section = "ZZ-97", "问候", "greetings", "goods"
    opened_by, columns = ("employee",), ("number", "greeting")
    signoff = Route(Step("approve", "审批", role("buyer")))

    greeting = Text("问候")
    name_ = Text("姓名", required=False)

    def proposal(self) -> dict[str, Any]:
        return {"greeting": f"{self.person}，您好", "name": "王"}


def test_an_empty_page_begins_with_the_proposal(app_context: Flask) -> None:
    form = Greeting(person="赵敏")
    assert form.answers() == {"greeting": "赵敏，您好", "name": "王"}


def test_nothing_is_proposed_over_what_is_known_or_typed(app_context: Flask) -> None:
    assert Greeting(person="赵敏", answers={"name": "李"}).answers() == {"greeting": None, "name": "李"}
    typed = Greeting(MultiDict({"greeting": ""}), person="赵敏")
    assert typed.greeting.data == ""
    assert Greeting().greeting.data is None  # nobody has opened it


@pytest.mark.parametrize(
    ("readers", "problem"),
    [("buyer", "“readers” is a tuple"), (("bauer",), "unknown role “bauer” in readers")],
)
def test_readers_are_roles(readers: Any, problem: str) -> None:
    with pytest.raises(FormIncomplete, match=problem):
        type("Open", (Greeting,), {"__module__": __name__, "__doc__": "Open to them.", "readers": readers})


def test_readers_read_every_record(app: Flask, person: Any) -> None:
    walker = Walker(app)
    number = walker.open("CS-34")
    assert "customer_service_officer" in FORMS["CS-34"].readers
    with app.app_context():
        record = visible.record(number, person("customer_service_officer_2"))
        keys = db.session.scalars(
            db.select(RecordReader.key).where(RecordReader.record_id == record.id)
        ).all()
        assert {f"role:{one}" for one in FORMS["CS-34"].readers} <= set(keys)
