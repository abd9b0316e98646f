"""What the confirmations of alterations (EN-14, EN-15) share: priced rows, the customer's signature, what it sets going."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.domain import projects as kinds
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, PostsReceivable
from portal.domain.signoff import Step, outside, project_person
from portal.forms.base import Sheet, Stage
from portal.forms.customer_service.quoted import CENT, LARGEST
from portal.forms.engineering import site_parts
from portal.forms.filed import Filed
from portal.forms.references import DrawnSignature
from portal.lib.i18n import _l
from portal.queries import alterations, settlement
from portal.queries.alterations import Paper

POSTED = _l("客户签字后金额记入工程结算和应收台帐；影响工期的生成工程延期手续草稿")


class CustomerSign(Stage):
    """The customer's signature to what is done and what it costs."""

    customer_signature = DrawnSignature(_l("客户签字"))


DESIGNER_SIGN = Step(
    "designer_sign",
    _l("设计师核对"),
    project_person("project", "designer"),
    meaning="checked",
    within=working_days(1),
)
SUPERVISOR_SIGN = Step(
    "supervisor_sign",
    _l("监理核对"),
    project_person("project", "site_supervisor"),
    meaning="confirmed",  # also of what the supervisor has written, whom no other could stand in for
    within=working_days(1),
)
CUSTOMER_SIGN = Step(
    "customer_sign",
    _l("客户确认"),
    outside("customer"),
    meaning="confirmed",
    within=working_days(2),
    fills=CustomerSign,
)  # refused, it goes back to the applicant, who takes out what the customer does not want


def worth(row: Any) -> Decimal | None:
    """Quantity times price of a row; None while one of them is missing."""
    quantity, price = row.quantity.data, row.unit_price.data
    if quantity is None or price is None:
        return None
    return Decimal(quantity * price).quantize(CENT, ROUND_HALF_UP)


def refuse_foreign(sheet: Sheet) -> None:
    """Says no to a project that is over, and to a customer who is not the project's."""
    found = site_parts.project_of(sheet)
    if found and found.state in kinds.OVER and not sheet.context.get("@corrects"):
        state = kinds.PROJECT_STATES[found.state]
        sheet.refuse("project", _l("该工程%(state)s，不能再增减项目"), state=state)
    site_parts.refuse_stranger(sheet)


def refuse_large(sheet: Any, *totals: str) -> None:
    """Says no to more than an account can hold."""
    if any((sheet[name].data or 0) > LARGEST for name in totals):
        text = _l("金额合计不能超过 %(most)s，请核对数量和单价")
        sheet.refuse("items", text, most=f"{LARGEST:,.2f}")


def posted(record: Filed, amount: Decimal) -> Iterator[Effect]:
    """The amount on the customer's account, for the contract of the works; a deduction lessens what is still open."""
    if not amount:
        return
    of = settlement.account_of(record["project"].id, record.id)
    open_row = settlement.last_open_row(of, -amount, record.itself) if amount < 0 else ""
    row = open_row or record.number
    yield PostsReceivable(record["customer"].id, of, amount, row=row)


def extension(record: Filed) -> Iterator[Effect]:
    """What takes longer needs the customer's agreement to another day."""
    if (record["days_effect"] or 0) > 0:
        reason = record["remark"] or "、".join(_row(row) for row in record["items"])
        answers = site_parts.extension(record, "added_or_deducted_items", reason, days=record["days_effect"])
        answers["customer"] = record["customer"]
        yield Opens("EN-10", answers, to=f"person:{record.applicant_id}", names_as="source_record")


def confirmed(project_id: int, codes: Collection[str]) -> list[str]:
    """The items that the customer has signed for, a line for each record."""
    return [f"{one.number}：{_said(one)}" for one in alterations.confirmed(project_id, codes)]


def unconfirmed(project_id: int, codes: Collection[str]) -> list[str]:
    """The records that the customer has not signed yet, a line for each."""
    return [
        str(_l("%(number)s：客户尚未签字，不得报验", number=one.number))
        for one in alterations.waiting(project_id, codes)
    ]


def _said(one: Paper) -> str:
    return "、".join(_row(row) for row in one.answers.get("items") or ())


def _row(row: dict[str, Any]) -> str:
    sign = {"add": "＋", "deduct": "－"}.get(row.get("sign") or "", "")
    place = f"（{row['position']}）" if row.get("position") else ""
    return f"{sign}{row['item']}{place} {Decimal(row['quantity']).normalize():f}{row['unit']}"
