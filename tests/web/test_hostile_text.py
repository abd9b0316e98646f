"""Hostile text in every field of every form, in every name of the master data and in what people say: pages and prints show
it as it was typed, and make nothing of it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
import sqlalchemy as sa
from flask import Flask
from pypdf import PdfReader
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.demo.stories import STORIES
from portal.extensions import db
from portal.forms.base import CompanyForm, Sheet
from portal.forms.catalogue import FORMS
from portal.forms.fields import LongText, Rows, Text
from portal.models.base import Base
from tests.architecture.test_access import ROWS, spelt_out
from tests.architecture.visitors import PEOPLE, furnished
from tests.walk import Walker, multi, pairs

HOSTILE = """<x-hostile>"data-hostile="1'data-hostile='1 {{7191*7}}<script>hostile()</script>"""
Pairs = list[tuple[str, str]]
SHORT = "<x-hostile>"
RUN = "50337"  # what a template would make of it
NAMES = {
    "customers",
    "suppliers",
    "stock_items",
    "products",
    "projects",
    "people",
    "departments",
    "machines",
    "places",
    "documents",
}


RENAMED = {"name", "title", "address", "contact", "model", "place", "english_name", "note"}


class Looking(HTMLParser):
    """Finds what the hostile text would have become."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Notes elements and attributes that no template of ours has."""
        given = dict(attrs)
        if tag == "x-hostile" or "data-hostile" in given or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag} {given}>")
        self.found += [f"{tag}: {one}" for one in given if one.startswith("on")]
        addresses = (given.get(one) or "" for one in ("href", "src", "action", "formaction"))
        self.found += [
            one for one in addresses if one.strip().lower().startswith(("javascript:", "vbscript:"))
        ]


def wrong(answer: TestResponse) -> list[str]:
    """What a page makes of hostile text."""
    if answer.mimetype != "text/html":
        return []
    look = Looking()
    look.feed(answer.text)
    return look.found + ([RUN] if RUN in answer.text else [])


def texts(sheet: Sheet, *, free: bool) -> Iterator[tuple[str, str]]:
    """Hostile text for each field that takes text; with `free` not for those that want a form, such as a telephone number."""
    for field in sheet:
        if isinstance(field, Rows):
            for row in field.rows:
                yield from texts(row, free=free)
        elif isinstance(field, Text | LongText) and not field.computed:
            if free and type(field) not in (Text, LongText):
                continue
            most = [one.max for one in field.validators if hasattr(one, "max")]
            yield field.name, HOSTILE if not most or most[0] >= len(HOSTILE) else SHORT


def filled(walker: Walker, form: type[CompanyForm], login: str) -> tuple[Pairs, Pairs]:
    """A sheet as its story fills it, with hostile text wherever any text may stand; and with it in every field."""
    walker._prepare(form)
    with walker.app.app_context():
        sheet = form(answers=STORIES[form.code].opening(walker._world(login)))
        told, free, every = pairs(sheet), dict(texts(sheet, free=True)), dict(texts(sheet, free=False))
        db.session.commit()
    return [(name, free.get(name, text)) for name, text in told], [
        (name, every.get(name, text)) for name, text in told
    ]


@pytest.mark.proves("S25", "S28")
@pytest.mark.timeout(400)
@pytest.mark.parametrize("section", sorted({form.section for form in FORMS.values()}))
def test_no_field_of_any_form_runs_anything(app: Flask, section: str) -> None:
    walker, bad, stuffed = Walker(app), {}, 0
    forms = [form for form in FORMS.values() if form.section == section]
    sheets = [
        filled(walker, form, walker.opener(form)) for form in forms
    ]  # before any of them is in the way of others
    for form, (fields, every) in zip(forms, sheets, strict=True):
        browser, address = walker.browser(walker.opener(form)), walker.address(form)
        key = ("_key", f"hostile-{form.code}")
        stuffed += sum(SHORT in text for _name, text in every)
        saved = browser.post(f"{address}new", data=multi([("_op", "save"), key, *every]))
        pages = [browser.get(saved.location) if saved.location else saved]
        sent = browser.post(f"{address}new", data=multi([("_op", "submit"), key, *fields]))
        pages += [browser.get(sent.location) if sent.location else sent, browser.get(address)]
        bad |= {f"{form.code} {answer.request.path}": found for answer in pages if (found := wrong(answer))}
    assert not bad
    assert stuffed > 0


@pytest.mark.proves("S25", "S28", "S40")
def test_a_print_shows_it_as_it_was_typed_and_acts_on_nothing(app: Flask) -> None:
    walker = Walker(app)
    for code in ("CS-51", "PU-03", "QA-01"):
        form = FORMS[code]
        login = walker.opener(form)
        sent = walker.browser(login).post(
            f"{walker.address(form)}new",
            data=multi([("_op", "submit"), ("_key", code), *filled(walker, form, login)[0]]),
        )
        assert sent.location, code
        answer = walker.browser(login).get(f"{sent.location}.pdf")
        assert answer.mimetype == "application/pdf"
        read = PdfReader(io.BytesIO(answer.data))
        text = "".join(page.extract_text() for page in read.pages).replace("\n", "")
        assert "x-hostile" in text
        assert RUN not in text
        for page in read.pages:
            actions = [one.get_object().get("/A", {}) for one in page.get("/Annots", [])]
            assert all(one.get("/S") not in ("/JavaScript", "/Launch") for one in actions)
        assert not {"/OpenAction", "/AA"} & set(read.trailer["/Root"])


@pytest.mark.proves("S25", "S28")
@pytest.mark.timeout(300)
def test_no_name_in_the_books_runs_anything_on_any_page(app: Flask) -> None:
    site = furnished(app)
    owner = site.browsers["owner"]
    record = site.path("/<department>/<slug>/<number>")
    assert owner.post(f"{record}/comments", data={"_opinion": HOSTILE}).status_code == 303
    assert owner.post("/account/phrases", data={"text": HOSTILE[:60]}).status_code in (303, 422)
    assert owner.post(f"{record.rsplit('/', 1)[0]}/views", data={"name": HOSTILE[:40]}).status_code in (
        303,
        422,
    )
    renamed = rename(app)
    assert renamed > 5
    bad = {}
    for row in (row for row in ROWS if row.method == "GET"):
        for visitor in PEOPLE:
            for rule in spelt_out(row) if row.answers[visitor] == "200" else ():
                answer = site.browsers[visitor].get(site.path(rule))
                if found := wrong(answer):
                    bad[f"{visitor}: {rule}"] = found
                answer.close()
    assert not bad


def rename(app: Flask) -> int:
    """Puts hostile text behind every name in the master data; gives how many columns there were."""
    count = 0
    with app.app_context(), transaction():
        for table in Base.metadata.sorted_tables:
            for column in table.columns if table.name in NAMES else ():
                if column.name in RENAMED and isinstance(column.type, sa.String):
                    db.session.execute(sa.update(table).values({column: column + HOSTILE}))
                    count += 1
    return count


def test_the_look_finds_what_it_is_for() -> None:
    for text in (
        HOSTILE,
        f'<a href="{HOSTILE}">',
        "<p onclick=x>",
        '<a href=" javascript:x">',
        "<script>x</script>",
    ):
        look = Looking()
        look.feed(text)
        assert look.found, text
