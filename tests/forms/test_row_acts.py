"""The buttons of tables and file lists, pressed on every field of every sheet: what they do not fit stays as it is."""

from __future__ import annotations

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from portal.forms.base import Sheet
from portal.forms.catalogue import FORMS
from portal.forms.references import Attachments
from portal.web import rows

FILE = {"id": 1, "name": "a.png", "type": "image/png", "size": 1, "sha256": "0" * 64}
PLACES = ("1", "0", "99999", "-1", "x", "")


def sheets() -> list[type[Sheet]]:
    """Every form, with the stages and side entries of its route."""
    found: list[type[Sheet]] = []
    for form in FORMS.values():
        parts = [*form.signoff.steps, *form.signoff.entries]
        found += [form, *(part.fills for part in parts if part.fills is not None)]
    return list(dict.fromkeys(found))


@pytest.mark.proves("S24")
def test_no_button_breaks_a_field_that_it_does_not_fit(context: Flask) -> None:
    pressed = 0
    with context.test_request_context():
        for sheet in sheets():
            typed = MultiDict((field.name, "1") for field in sheet())
            for act in sorted(rows.ACTS):
                form = sheet(typed)
                for field in list(form):
                    for place in PLACES:
                        rows.carry_out(form, f"{act}:{field.name}:{place}", "1\t2\n=1")
                        pressed += 1
                    rows.carry_out(form, f"{act}:{field.name}", "1\t2\n=1")
    assert pressed > 10_000


def test_a_file_is_taken_off_its_list_and_no_other(context: Flask) -> None:
    with context.test_request_context():
        form = FORMS["CS-51"]()
        files = next(field for field in form if isinstance(field, Attachments))
        files.data = [FILE, {**FILE, "id": 2}]
        assert rows.carry_out(form, f"remove-file:{files.name}:1") is files
        assert [file["id"] for file in files.data] == [2]
