"""Obligations towards suppliers: evaluations each year and after returns, licences that expire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from portal.domain.obligations import Case, Look, Number, Obligation, Turn
from portal.domain.permissions import role_key
from portal.forms.kinds import Ref
from portal.forms.purchasing.supplier_words import AGAIN, YEARLY
from portal.lib.clock import day, months_later
from portal.lib.i18n import _l
from portal.models import Supplier
from portal.queries import suppliers
from portal.queries.suppliers import Evaluation, Licence, Return

BUYERS, MANAGER = (role_key("buyer"),), (role_key("purchasing_manager"),)
DAYS, YEAR = _l("天"), timedelta(days=365)
LONG = timedelta(days=180)  # after its day a case that nobody took up is history


def evaluations(look: Look) -> Iterator[Case]:
    """Suppliers that may be ordered from are evaluated each year, and once more after several returns."""
    made: dict[int, list[Evaluation]] = defaultdict(list)
    for evaluation in suppliers.evaluations():
        made[evaluation.supplier_id].append(evaluation)
    came_back: dict[int, list[Return]] = defaultdict(list)
    for one in suppliers.returns(look.today - 2 * YEAR):
        came_back[one.supplier_id].append(one)
    for supplier in suppliers.listed():
        yield from _yearly(look, supplier, made[supplier.id])
        yield from _after_returns(look, supplier, made[supplier.id], came_back[supplier.id])


def _yearly(look: Look, supplier: Supplier, made: list[Evaluation]) -> Iterator[Case]:
    """The day that the list names, a year after the first look where it names none; and the days kept of late."""
    following = supplier.next_evaluation_on or months_later(look.since, 12)
    answered = {one.answers.get("evaluation_due_on") for one in made}
    days = {following} | {
        date.fromisoformat(one.answers["evaluation_due_on"])
        for one in made
        if one.answers.get("evaluation_due_on") and day(one.at) >= look.today - LONG
    }
    for due in sorted(days):
        if due - timedelta(days=look.numbers["before"]) <= look.today:
            yield Case(
                f"{supplier.id}:{due}",
                BUYERS,
                look.at(due),
                f"{supplier.label} {due}",
                _draft(supplier, YEARLY),
                kept=due.isoformat() in answered,
            )


def _after_returns(
    look: Look, supplier: Supplier, made: list[Evaluation], came_back: list[Return]
) -> Iterator[Case]:
    """Counting begins anew with each evaluation; the return that makes it too many names the case."""
    many = look.numbers["returns"]
    counted: list[Return] = []
    evaluated = sorted(day(one.at) for one in made)
    asked: date | None = None  # since when an evaluation has been asked for
    for one in came_back:
        later = [on for on in evaluated if asked is None or on >= asked]
        if asked is not None and later and later[0] <= one.on:
            asked = None
        if asked is not None:
            continue
        last = max((on for on in evaluated if on <= one.on), default=date.min)
        counted = [each for each in counted if each.on > last and each.on > one.on - YEAR]
        counted.append(one)
        if len(counted) < many:
            continue
        asked = one.on
        if one.on >= look.since:
            yield Case(
                f"{supplier.id}:returns:{one.record_id}",
                BUYERS,
                look.at(one.on + timedelta(days=look.numbers["days"])),
                supplier.label,
                _draft(supplier, AGAIN),
                kept=any(on >= one.on for on in evaluated),
            )


def expiring_licences(look: Look) -> Iterator[Case]:
    """A licence of a supplier on the list is renewed, by an evaluation, before it expires."""
    listed = {one.id: one for one in suppliers.listed()}
    entered = suppliers.licences()
    newest = {(one.supplier_id, one.paper): one for one in suppliers.in_force(entered)}
    first, last = look.today - LONG, look.today + timedelta(days=look.numbers["before"])
    for one in entered:
        later, expires = newest.get((one.supplier_id, one.paper)), one.expires_on
        if one.supplier_id not in listed or later is None or expires is None:
            continue
        if max(first, look.since) <= expires <= last:
            supplier = listed[one.supplier_id]
            yield Case(
                f"{supplier.id}:{one.paper}:{expires}",
                BUYERS,
                look.at(expires),
                f"{supplier.label} {one.paper} {expires}",
                {**_draft(supplier, AGAIN), "licences": [_row(each) for each in _of(newest, supplier.id)]},
                record=one.record_id,
                kept=(later.expires_on or date.max) > expires,
            )


def _of(newest: dict[tuple[int, str], Licence], supplier_id: int) -> list[Licence]:
    return [one for (supplier, _paper), one in newest.items() if supplier == supplier_id]


def _row(licence: Licence) -> dict[str, Any]:
    """A licence to be shown anew: its kind; who renews it writes down number and day."""
    return {"paper": licence.paper}


def _draft(supplier: Supplier, kind: str) -> dict[str, Any]:
    """What the list knows of the supplier; the form adds what the books say."""
    return {
        "evaluation_kind": kind,
        "supplier": Ref(supplier.id, supplier.label),
        "supplier_name": supplier.name,
        "supplied_goods": supplier.goods,
        "credit_code": supplier.credit_code,
        "contact": supplier.contact,
        "contact_phone": supplier.phone,
    }


OBLIGATIONS = (
    Obligation(
        "OS-14",
        "",
        "purchasing",
        _l("按期评价供应商"),
        _l("合格或试用供应商的下次评价日期将至；或一年内退货满 3 次"),
        _l("采购员"),
        _l("下次评价日期；退货满 3 次后 14 天"),
        _l("供应商评价表已提交；其后的各步骤另有期限"),
        "PU-08",
        _l("告知采购部经理"),
        MANAGER,
        (
            Number("before", _l("提前提醒"), 30, DAYS),
            Number("returns", _l("一年内退货"), 3, _l("次"), low=1, high=50),
            Number("days", _l("退货满次数后的评价期限"), 14, DAYS, low=1, high=90),
        ),
        cases=evaluations,
        turns=(Turn("PU-08", "quality_opinion"), Turn("PU-08", "purchasing_approval")),
        clause="PU-P-02#occasions",
    ),
    Obligation(
        "OS-07-S",
        "",
        "purchasing",
        _l("供应商证照到期更新"),
        _l("名录中供应商的证照有效期将至"),
        _l("采购员"),
        _l("有效期截止日"),
        _l("新证照已随评价表登记"),
        "PU-08",
        _l("告知采购部经理"),
        MANAGER,
        (Number("before", _l("提前提醒"), 30, DAYS),),
        cases=expiring_licences,
        clause="PU-P-02#licences",
    ),
)
