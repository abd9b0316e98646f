"""What stories draw upon, taken from the demo's own database."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from portal.demo import attachments, carried_over, changes
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.models import (
    ControlledDocument,
    Customer,
    Department,
    InformationAsset,
    Person,
    Product,
    Project,
    Record,
    StockBalance,
    StockItem,
    StoredFile,
    Supplier,
)
from portal.queries import documents, project_papers, projects
from portal.queries.pick import record_label
from portal.services import route
from portal.storage import files

RECENT = 40  # a story names one of the newest so many records of a form
NOBODY = Ref(None, "")
TOWN = (30.87, 120.09)  # degrees north and east


class DemoWorld:
    """The company at `now`, as `applicant` sees it; see `portal.demo.story.World`."""

    def __init__(self, rng: Random, now: datetime) -> None:
        self.rng, self.now, self.applicant = rng, now, NOBODY
        self.uploader: int | None = None  # who attaches files
        self.hints: dict[str, Ref] = {}  # form code or kind -> what a draft being taken up is about
        self._finished: dict[str, list[Ref]] = defaultdict(list)
        self._answers: dict[int, Mapping[str, Any]] = {}  # of finished records
        self._digests: dict[tuple[str, int], tuple[str, int]] = {}
        self._read()

    def _read(self) -> None:
        people = db.session.scalars(sa.select(Person).where(Person.active).order_by(Person.id)).unique().all()
        self.people = {person.id: person for person in people}
        self.holders: dict[str, list[Ref]] = defaultdict(list)
        for person in people:
            ref = Ref(person.id, person.label)
            roles = {grant.role for grant in person.grants}
            for role in sorted(roles) or ["employee"]:
                self.holders[role].append(ref)
            if roles.isdisjoint({"auditor", "administrator"}):
                self.holders["assigned_person"].append(ref)
        departments = db.session.scalars(sa.select(Department).order_by(Department.id)).all()
        heads = [self.people[one.head_id] for one in departments if one.head_id]
        self.holders["department_head"] = [Ref(head.id, head.label) for head in heads]
        self.holders["employee"] = self.holders["assigned_person"]
        self._choices = {
            "department": [Ref(one.id, one.name) for one in departments],
            "customer": _labels(Customer, Customer.status != "blocked"),
            "supplier": _labels(Supplier, Supplier.status.in_(("approved", "trial"))),
            "project": _labels(Project),
            "product": _labels(Product),
            "asset": _labels(InformationAsset, InformationAsset.state == "in_use"),
            "stock_item": _labels(StockItem, StockItem.id.not_in(_product_items())),
        }
        self._items = {item.id: item for item in db.session.scalars(sa.select(StockItem))}
        query = sa.select(StockBalance).order_by(StockBalance.item_id, StockBalance.quantity.desc())
        self._balances: dict[int, StockBalance] = {}
        for balance in db.session.scalars(query):
            self._balances.setdefault(balance.item_id, balance)

    @property
    def today(self) -> date:
        """The company's day at `now`."""
        return day(self.now)

    def person(self, role: str) -> Ref:
        """Somebody who holds the role."""
        return self.rng.choice(self.holders.get(role) or self.holders["employee"])

    def one(self, kind: str) -> Ref:
        """A customer, supplier, project, product, stock_item (no product for sale), document or department."""
        if kind == "document" and kind not in self.hints:
            return self._document()
        return self.hints.get(kind) or self.rng.choice(self._choices[kind])

    def project(self, kind: str, stage: str = "") -> Ref:
        """A project of the kind that may be at the stage now: what the draft is about, else one under way, else a new one."""
        if hint := self.hints.get("project"):
            return hint
        found = [one for one in projects.under_way(kind, ("preparing", "running")) if _is_at(one, stage)]
        one = self.rng.choice(found) if found else carried_over.project(self, kind, stage)
        return Ref(one.id, one.label)

    def project_facts(self, project: Ref) -> Mapping[str, Any]:
        """The facts of a project: what only its kind has."""
        found = projects.project(project.id)
        return found.facts if found else {}

    def _document(self) -> Ref:
        """The document that the release at hand has put into force, else one that nobody is changing."""
        query = sa.select(ControlledDocument).order_by(ControlledDocument.id)
        if documents.RELEASE not in self.hints:
            query = query.where(ControlledDocument.code.not_in(changes.TOLD))
        if release := self.hints.get(documents.RELEASE):
            query = query.where(ControlledDocument.release_id == release.id)
        found = [one for one in db.session.scalars(query) if not documents.request_under_way(one.id)]
        chosen = self.rng.choice(found)
        return Ref(chosen.id, chosen.label)

    def item_facts(self, item: Ref) -> Mapping[str, Any]:
        """Unit, cost, place and quantity of a stock item."""
        assert item.id is not None
        row, balance = self._items[item.id], self._balances[item.id]
        facts = {"unit": row.unit, "unit_cost": row.unit_cost}
        return facts | {"place": balance.place, "quantity": balance.quantity}

    def record(self, *codes: str, project: Ref | None = None) -> Ref | None:
        """A finished record of one of these forms: what the draft is about, else one of the newest, or the project's own."""
        for code in codes:
            if code in self.hints:
                return self.hints[code]
        if project is not None and project.id is not None:
            own = project_papers.latest(project.id, codes)
            return Ref(own.id, record_label(own)) if own else None
        found = [ref for code in codes for ref in self._finished[code][-RECENT:]]
        return self.rng.choice(found) if found else None

    def number(self, code: str, project: Ref | None = None) -> Ref:
        """A record of the form, or a made-up paper number."""
        paper = Ref(None, f"{code}-{self.today.year}-{self.rng.randint(1, 120):04d}（纸质）")
        return self.record(code, project=project) or paper

    def answers_of(self, record: Ref) -> Mapping[str, Any]:
        """The typed answers of a record, stages included."""
        if record.id is None:
            return {}
        if record.id not in self._answers:
            known = route.known(db.session.get_one(Record, record.id))
            self._answers[record.id] = {
                name: value for name, value in known.items() if not name.startswith("@")
            }
        return self._answers[record.id]

    def file(self, name: str) -> dict[str, Any]:
        """An uploaded PDF of this name."""
        return self._upload(name, attachments.scan, attachments.SCANS, "application/pdf")

    def photo(self, name: str) -> dict[str, Any]:
        """An uploaded photograph, taken just now in the town."""
        north, east = (self.rng.randint(-900, 900) / 10_000 for _way in "ns")
        told = {"taken_at": self.now, "latitude": TOWN[0] + north, "longitude": TOWN[1] + east}
        return self._upload(name, attachments.photo, attachments.PHOTOS, "image/jpeg", **told)

    def signature(self, name: str) -> dict[str, Any]:
        """A drawn signature."""
        return self._upload(name, attachments.signature, attachments.SIGNATURES, "image/png")

    def sees(self, applicant: Person, acting: Person | None = None) -> None:
        """From now on a record of this applicant is worked on, by somebody else if `acting` is given."""
        self.applicant = Ref(applicant.id, applicant.label)
        self.uploader = (acting or applicant).id

    def finished(self, record: Record) -> None:
        """Remembers a record that stories may name from now on."""
        self._finished[record.form_code].append(Ref(record.id, record_label(record)))

    def _upload(
        self, name: str, make: Callable[[int], bytes], variants: int, type: str, **told: Any
    ) -> dict[str, Any]:
        key = (type, self.rng.randrange(variants))
        if key not in self._digests:
            data = make(key[1])
            self._digests[key] = (files.put(data), len(data))
        sha256, size = self._digests[key]
        by = self.uploader or self.applicant.id
        file = StoredFile(
            sha256=sha256, name=name, type=type, size=size, uploaded_by_id=by, uploaded_at=self.now, **told
        )
        db.session.add(file)
        db.session.flush()
        return file.reference()


def _is_at(project: Project, stage: str) -> bool:
    """Whether the stage may be worked on now; no stage: whether the project is there at all."""
    found = projects.stage(project.id, stage) if stage else None
    return not stage or (found is not None and found.ready)


def _product_items() -> sa.Select[int | None]:
    """Stock items that are products for sale, which nobody asks the purchasing department for."""
    return sa.select(Product.item_id).where(Product.item_id.is_not(None))


def _labels(model: Any, *where: Any) -> list[Ref]:
    return [
        Ref(row.id, row.label)
        for row in db.session.scalars(sa.select(model).where(*where).order_by(model.id))
    ]
