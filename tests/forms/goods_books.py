"""A small warehouse for the tests of the goods forms: two suppliers, three items, a few records."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import (
    Content,
    Department,
    FormVersion,
    Person,
    Record,
    RecordLink,
    Signature,
    StockBalance,
    StockEntry,
    StockItem,
    StoragePlace,
    Supplier,
)

NOW = datetime(2026, 5, 12, 2, 30, tzinfo=UTC)
HENGDA, BLOCKED = Ref(1, "恒达钢材 S0001"), Ref(2, "停用供应商 S0002")
BOLT, PIPE, PAINT = Ref(1, "螺栓 I0001"), Ref(2, "钢管 I0002"), Ref(3, "油漆 I0003")
BUYER, KEEPER, INSPECTOR = Ref(1, "赵敏 E001"), Ref(2, "钱库 E002"), Ref(3, "孙检 E003")


class Somebody:
    """A signed-in person, as forms see one."""

    def __init__(self, id: int | None) -> None:
        self.id = id


def furnish() -> None:
    """People, suppliers, items; 100 bolts and 10 pipes at A-01."""
    db.session.add(Department(id=1, key="warehouse", name="库房"))
    db.session.add(FormVersion(id=1, code="PU-04", sha256="0", frozen={}, created_at=NOW))
    for ref in (BUYER, KEEPER, INSPECTOR):
        name, number = ref.text.split(" ")
        login = number.lower()
        db.session.add(
            Person(id=ref.id, login=login, number=number, name=name, department_id=1, created_at=NOW)
        )
    db.session.add(Supplier(id=1, code="S0001", name="恒达钢材", status="approved"))
    db.session.add(Supplier(id=2, code="S0002", name="停用供应商", status="rejected"))
    costs = {BOLT: ("2.5", 0), PIPE: ("80", 50), PAINT: ("1000", 0)}
    for ref, (cost, minimum) in costs.items():
        name, code = ref.text.split(" ")
        item = StockItem(
            id=ref.id, code=code, name=name, unit="件", unit_cost=Decimal(cost), minimum=Decimal(minimum)
        )
        db.session.add(item)
    db.session.flush()
    db.session.add_all(StoragePlace(code=code) for code in ("A-01", "B-02"))
    db.session.add(StockBalance(item_id=1, place="A-01", quantity=Decimal(100)))
    db.session.add(StockBalance(item_id=2, place="A-01", quantity=Decimal(10)))
    db.session.flush()


def posted(item: Ref, quantity: int, at: datetime) -> None:
    """A line of the warehouse journal at A-01, with its balance."""
    assert item.id is not None
    balance = db.session.get_one(StockBalance, (item.id, "A-01"))
    balance.quantity += quantity
    db.session.add(
        StockEntry(
            kind="out",
            item_id=item.id,
            place="A-01",
            quantity=Decimal(quantity),
            unit_cost=Decimal(1),
            balance=balance.quantity,
            record_id=1,
            posted_by_id=1,
            posted_at=at,
        )
    )
    db.session.flush()


def kept(
    code: str,
    answers: dict[str, Any],
    *,
    state: str = "finished",
    applicant: int = 1,
    stages: dict[str, dict[str, Any]] | None = None,
    corrects: Ref | None = None,
) -> Ref:
    """A record with these stored answers, and a signature for each stage."""
    count = db.session.query(Record).count() + 1
    record = Record(
        number=f"{code}-2026-{count:04d}",
        key=f"key-{count}",
        form_code=code,
        form_version_id=1,
        applicant_id=applicant,
        department_id=1,
        state=state,
        title="",
        submitted_at=NOW,
        corrects_id=corrects.id if corrects else None,
    )
    db.session.add(record)
    db.session.flush()
    db.session.add(
        Content(
            record_id=record.id,
            version=1,
            form_version_id=1,
            answers=answers,
            sha256="",
            created_by_id=1,
            created_at=NOW,
        )
    )
    named = {value["id"] for value in answers.values() if isinstance(value, dict) and value.get("id")}
    for target in named & set(db.session.scalars(sa.select(Record.id))):
        db.session.add(RecordLink(source_id=record.id, target_id=target, kind="named"))
    for step, stage in (stages or {}).items():
        signed(Ref(record.id, record.number), step, stage)
    db.session.flush()
    return Ref(record.id, record.number)


def signed(ref: Ref, step: str, stage: dict[str, Any], *, round: int = 1, act: str = "signed") -> None:
    """A signature at a step of a record."""
    db.session.add(
        Signature(
            record_id=ref.id,
            version=1,
            round=round,
            step=step,
            act=act,
            meaning="approved",
            person_id=1,
            authority={},
            form_version_id=1,
            answers=stage,
            content_sha256="",
            sha256="",
            signed_at=NOW,
        )
    )
    db.session.flush()


def stored(ref: Ref) -> dict[str, Any]:
    """A reference as records keep it."""
    return {"id": ref.id, "text": ref.text}


def kept_order(*lines: tuple[Ref, int], state: str = "finished") -> Ref:
    """A purchase order to 恒达."""
    rows = [{"item": stored(item), "quantity": str(number), "unit_price": "9.90"} for item, number in lines]
    return kept("PU-04", {"supplier": stored(HENGDA), "lines": rows}, state=state)


def kept_receipt(order: Ref, *lines: tuple[Ref, int], state: str = "running") -> Ref:
    """A goods received note of an order."""
    rows = [{"item": stored(item), "delivered": str(number), "batch": "B1"} for item, number in lines]
    return kept("PU-05", {"supplier": stored(HENGDA), "order": stored(order), "lines": rows}, state=state)


def kept_inspection(
    receipt: Ref, *lines: tuple[Ref, int, int], state: str = "finished", disposal: str = "return"
) -> Ref:
    """An inspection sheet of a note: item, good, bad."""
    rows = [
        {
            "item": stored(item),
            "delivered": str(good + bad),
            "good": str(good),
            "bad": str(bad),
            "reason": "锈蚀" if bad else None,
        }
        for item, good, bad in lines
    ]
    good, bad = sum(line[1] for line in lines), sum(line[2] for line in lines)
    answers = {
        "receipt": stored(receipt),
        "supplier": stored(HENGDA),
        "lines": rows,
        "inspector": stored(INSPECTOR),
        "verdict": "pass" if not bad else "partly" if good else "fail",
    }
    stages = {"quality_check": {"disposal": disposal}} if bad else {}
    return kept("PU-06", answers, state=state, applicant=3, stages=stages)


def filed(form: Any, answers: dict[str, Any], *, id: int = 900, signer: int = 1) -> Filed:
    """A record of a form as its effects see it; computed answers included."""
    return Filed(id, f"{form.code}-2026-0900", form.code, answers, 1, 1, signer, {}, NOW)


def refusals(form: Any) -> set[str]:
    """The fields that a sheet is refused for."""
    return set() if form.validate() else set(form.errors)


def row_refusals(form: Any, name: str, row: int = 0) -> set[str]:
    """The columns that a row is refused for."""
    form.validate()
    table = next(field for field in form if field.short_name == name)
    return {field.short_name for field in table.rows[row] if field.errors}
