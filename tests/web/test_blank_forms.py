"""Every form on paper, without answers, for days without the portal."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from portal.config import VERSION
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition, fingerprint
from portal.lib.i18n import speaking
from portal.pdf.render import html
from portal.services import blank_prints
from tests.pdf.archive_rules import broken
from tests.walk import Walker

AT = "/purchasing/purchase-orders/blank.pdf"


def text(client: FlaskClient, path: str) -> str:
    """What is written on the pages."""
    answer = client.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert broken(answer.data) == []
    pages = PdfReader(BytesIO(answer.data)).pages
    return "".join("".join(page.extract_text() for page in pages).split())


@pytest.mark.proves("R33", "R35")
def test_a_form_is_printed_empty_with_its_version(app: Flask) -> None:
    client = Walker(app).browser("buyer")
    assert f'href="{AT}"' in client.get("/purchasing/purchase-orders/").text
    said = text(client, AT)
    form = FORMS["PU-04"]
    for one in (form.code, "空白表单", "以录入的记录为准", "签署人", fingerprint(form)[:16], VERSION):
        assert one in said
    assert "PU-P-016.4编制采购订货单" in said
    assert form.procedure not in said, "people know clauses by their numbers"
    for step in definition(form)["steps"]:
        assert step["title"]["zh"].replace(" ", "") in said
    client.post("/account/language", data={"language": "en"})
    assert "BLANKFORM" in text(client, AT)
    assert app.test_client().get(AT).status_code == 302


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_form_can_be_filled_in_by_hand(app: Flask, language: str) -> None:
    with app.app_context():
        for form in FORMS.values():
            with speaking(language):
                sheet = blank_prints.gather(form, language, printed="", laid_down="")
            page = html(sheet)
            asked = [one for one in definition(form)["fields"] if not one["computed"]]
            assert [one.label for one in sheet.parts[0].lines] == [one["label"][language] for one in asked]
            assert len(sheet.parts) == 1 + len(definition(form)["steps"])
            assert "assigned_" not in page
            assert all(part.by and part.meaning for part in sheet.parts), form.code
