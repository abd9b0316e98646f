"""Every page of the portal, in both languages: fits a desk and a phone, and everybody can use it.

What the stories visit is looked at there; this walk leaves no page out, and a page that is added later joins it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.jobs.reminding import keep_obligations
from portal.lib.clock import now, today
from portal.models import Person
from portal.queries.actors import actor
from portal.services import ballots, public_requests
from tests.architecture.test_access import ROWS, spelt_out
from tests.architecture.visitors import PEOPLE, Site, found
from tests.journeys.conftest import Served, Visit, Visitor, listening
from tests.walk import Walker

# Addresses that answer with a file, a piece of a page or another address.
NO_PAGES = (
    ".json",
    ".pdf",
    "/template",
    "/<int:id>/thumbnail",
    "/files/<int:id>",
    "/files/<int:file>",
    "/checkpoint",
    "/packages/progress",
    "/verifier",
    "/health",
    "/alive",
    "/sign-in/provider",
    "/sign-in/provider/back",
    "/findings/new",  # asks what it is about
    "/ready",
    "/pick/<kind>",
)
NO_PAGES += ("/static/<path:filename>", "/pictures/<name>", "/print", "/docx")
# For none of these visitors, as the portal at hand has no product: looked at in the story of the permits and in tests.
NO_PAGES += ("/stages/<stage>", "/bom/import", "/bom/<product>", "/bom/<product>/compare")
RECEIPT = "/public/receipt?number="  # of what the furnished portal was sent
MORE = {
    "owner": [
        *("/find?q=ts", "/find?q=zzzz", "/customer-service/complaints/?state=voided"),
        *("/customer-service/customers/C0003", "/customer-service/customers/?q=zzzz"),
        *("/obligations/O08", "/notices?show=all"),
        *("/customer-service/charts/complaints_by_department", "/customer-service/charts/service_ratings"),
        *("/quality/charts/documents_by_state", "/quality/charts/document_reviews"),
    ],
    "auditor": [
        *("/quality/kpi?scope=service_process", "/quality/kpi/complaints?month=2026-05"),
        *("/trail?view=rights", "/trail/sample?seed=1&size=5"),
        *("/registers/improvement_actions?f.state=overdue", "/registers/kpi"),
        *("/registers/stock_ledger", "/registers/warehouse_journal", "/registers/customer_master"),
    ],
    "administrator": ["/admin/people?q=zzzz", "/obligations/OS-26"],
    "stranger": ["/public/", RECEIPT],
}
REFUSED = {"owner": "/nowhere", "auditor": "/account/phrases", "stranger": "/s/nothing"}
ENGLISH = "English"
SAMPLE = 5  # pages of each visitor in English on a desk, where only the width of the navigation is new
REQUEST = {
    "kind": "repair",
    "name": "钱卫红",
    "phone": "13812345678",
    "place": "3 号楼",
    "content": "升降机停住不动。",
}


@dataclass
class Portal:
    """A portal with records, and where to find them."""

    served: Served
    site: Site
    receipt: str


@pytest.fixture
def portal(tmp_path: Path, sqlite_template: Path) -> Iterator[Portal]:
    """A portal with a record under way, one that waits for an outside signer, and everything around them."""
    site = found(tmp_path / "data", sqlite_template)
    receipt = furnish(site)
    with listening(site.app) as served:
        yield Portal(served, site, receipt)
    with site.app.app_context():
        db.session.remove()
        db.engine.dispose()


def furnish(site: Site) -> str:
    """Fills the funnel, has the obligations make work, opens the employee survey, and sends a request from outside; gives its receipt."""
    walker = Walker(site.app)
    walker.open("CR-12")
    walker.walk("CR-16")
    with site.app.app_context():
        keep_obligations()
        with transaction():
            keeper = (
                db.session.scalars(sa.select(Person).where(Person.login == ballots.KEEPER)).unique().one()
            )
            ballots.open_box(today(), by=actor(keeper, today()), now=now())
            sent = public_requests.send(REQUEST, address="127.0.0.1", now=now())
        receipt = sent.receipt
        db.session.remove()
    return receipt


def pages(site: Site, receipt: str) -> dict[str, list[str]]:
    """What to visit, by visitor: each address by somebody who may go there."""
    wanted = {
        name: [f"{one}{receipt}" if one == RECEIPT else one for one in more] for name, more in MORE.items()
    }
    for row in ROWS:
        if row.method == "GET" and not row.rule.endswith(NO_PAGES):
            able = [name for name in PEOPLE if row.answers[name] in ("200", "302")]
            rules = spelt_out(row) if row.rule == "/<department>/" else [row.rule]
            wanted[able[-1] if able else "owner"] += [site.path(rule) for rule in rules]
    wanted["owner"].append(site.path("/<department>/<slug>/<number>"))
    return wanted


@pytest.mark.proves("S42")
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    ("language", "phone"), [("zh", False), ("en", False), ("en", True)], ids=["zh", "en", "en-phone"]
)
def test_every_page_can_be_used(portal: Portal, visit: Visit, language: str, phone: bool) -> None:
    for name, paths in pages(portal.site, portal.receipt).items():
        visitor = visit(portal.served, PEOPLE[name], phone=phone)
        if language == "en":
            if PEOPLE[name]:
                visitor.page.locator("summary.menu-button").click()
            else:
                visitor.go("/sign-in")
            visitor.press(ENGLISH)
        for path in paths[:SAMPLE] if language == "en" and not phone else paths:
            visitor.go(path)
        if name in REFUSED:
            visitor.go(REFUSED[name])
            told = f"{visitor.page.url}: Failed to load resource"  # the page itself, and nothing else
            assert sum(one.startswith(told) for one in visitor.complaints) <= 1
            visitor.complaints = [one for one in visitor.complaints if not one.startswith(told)]
        visitor.context.close()


@pytest.mark.parametrize("section", sorted({form.section for form in FORMS.values()}))
def test_every_form_can_be_filled_in(served: Served, visit: Visit, section: str) -> None:
    """Each form's sheet, empty and refused; its texts are English, so that long words show."""
    visitors: dict[str, Visitor] = {}
    for form in FORMS.values():
        if form.section == section:
            login = served.walker.opener(form)
            if login not in visitors:
                visitors[login] = visit(served, login, phone=True)
                visitors[login].page.locator("summary.menu-button").click()
                visitors[login].press(ENGLISH)
            visitor = visitors[login]
            visitor.go(f"{served.walker.address(form)}new")
            visitor.press("Submit")
            assert visitor.page.locator("#errors").is_visible()
