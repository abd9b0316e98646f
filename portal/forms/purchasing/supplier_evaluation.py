"""PU-08 供应商评价表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.domain.conditions import differs, equals
from portal.domain.deadlines import working_days
from portal.domain.effects import REFUSED, Effect, PostsEntry, Updates, after
from portal.domain.signoff import Back, Close, Route, Step, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, Integer, LongText, Number, Percent, Phone, Rows, Score, Text
from portal.forms.filed import Filed
from portal.forms.purchasing.supplier_evaluation_stages import PurchasingApproval, QualityOpinion
from portal.forms.purchasing.supplier_words import KINDS, NEW, STATUS, VERDICTS, YEARLY
from portal.forms.references import Attachments, Supplier
from portal.lib.clock import day, months_later
from portal.lib.credit_code import is_valid, normal
from portal.lib.i18n import _l
from portal.queries import goods, suppliers

YEAR = 12  # months from one evaluation to the next
SCORES = ("quality_score", "delivery_score", "price_score", "service_score")
TENTH = Decimal("0.1")
KNOWN = {
    "supplied_goods": "goods",
    "credit_code": "credit_code",
    "contact": "contact",
    "contact_phone": "phone",
}
"""Fields whose answers the list of suppliers has already, with its columns."""


class Licence(Sheet):
    """A licence of the supplier."""

    paper = Text(_l("证照"), max=60)
    number = Text(_l("编号"), max=60)
    expires_on = Day(_l("有效期至"), required=False, help=_l("长期有效的不填"))
    scan = Attachments(_l("扫描件"))

    def check(self) -> None:
        """Nobody is proposed for the list with a licence that has expired."""
        proposed = self.context.get("proposed_status")
        if self.expires_on.data and self.expires_on.data < self.today and proposed != "not_approved":
            self.refuse("expires_on", _l("该证照已过有效期：请供应商补交有效的证照，或建议结论为不合格"))


class SupplierEvaluation(CompanyForm):
    """Decides whether a supplier may be ordered from: a new one, each year, and again when there is cause."""

    code = "PU-08"
    name = _l("供应商评价表")
    slug = "supplier-evaluations"
    section = "goods"
    procedure = "PU-P-02#evaluation-form"
    opened_by = ("buyer",)
    readers = ("buyer", "purchasing_manager", "quality_manager")
    covers = ("合格供应商名录",)
    columns = (
        *("number", "supplier_name", "evaluation_kind", "supplied_goods", "credit_code", "contact"),
        *(
            "quality_score",
            "total_score",
            "quality_agrees",
            "supplier_status",
            "current_step",
            "due_at",
            "status",
        ),
    )

    evaluation_kind = Choice(_l("评价类型"), KINDS)
    supplier = Supplier(_l("供应商"), when=differs("evaluation_kind", NEW))
    supplier_name = Text(
        _l("供应商名称"),
        max=80,
        required=False,
        required_when=equals("evaluation_kind", NEW),
        help=_l("已在名录中的供应商由名录带出"),
    )
    supplied_goods = Text(_l("供应产品"), max=200)
    credit_code = Text(_l("统一社会信用代码"), max=30)
    contact = Text(_l("联系人"), max=60)
    contact_phone = Phone(_l("联系电话"))
    licences = Rows(_l("资质证照"), Licence)
    quality_score = Score(_l("质量得分"))
    delivery_score = Score(_l("交期得分"))
    price_score = Score(_l("价格得分"))
    service_score = Score(_l("服务得分"))
    total_score = Number(_l("综合得分"), computed=True, help=_l("四项得分的平均数"))
    returns_last_year = Integer(_l("近一年退货次数"), computed=True)
    pass_rate = Percent(_l("进货检验合格率"), computed=True)
    last_score = Number(_l("上次综合得分"), computed=True, when=differs("evaluation_kind", NEW))
    evaluation_due_on = Day(_l("应评价日期"), computed=True, when=differs("evaluation_kind", NEW))
    proposed_status = Choice(_l("建议结论"), VERDICTS)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "quality_opinion",
            _l("质量部意见"),
            role("quality_manager"),
            meaning="checked",
            within=working_days(3),
            fills=QualityOpinion,
            outcomes=(Back(when=equals("quality_agrees", False)),),
            clause="PU-P-02#quality-opinion",
        ),
        Step(
            "purchasing_approval",
            _l("采购部经理批准"),
            role("purchasing_manager"),
            within=working_days(2),
            fills=PurchasingApproval,
            on_refusal=Close(),
            clause="PU-P-02#verdict",
        ),
    )

    def heading(self) -> str:
        """The supplier's name."""
        return str(self.supplier_name.data or "")

    def compute(self) -> None:
        """What the list, the inspections and the returns say of the supplier, and the mean of the four scores."""
        super().compute()
        if self.credit_code.data:
            self.credit_code.data = normal(self.credit_code.data)
        if self.supplier.data and self.evaluation_kind.blank and not self.evaluation_kind.process_errors:
            self.evaluation_kind.data = YEARLY
        named = self.supplier.data if self.evaluation_kind.data != NEW else None
        found = goods.supplier(named.id) if named and named.id else None
        if found is not None:
            self.supplier_name.data = found.name
            for name, column in KNOWN.items():
                if self[name].blank and not self[name].process_errors:
                    self[name].data = getattr(found, column) or None
            back = suppliers.returns(self.today - timedelta(days=365), found.id)
            self.pass_rate.data = suppliers.pass_rate(found)
            self.last_score.data, self.evaluation_due_on.data = found.score, found.next_evaluation_on
        self.returns_last_year.data = len(back) if found is not None else 0
        given = [self[name].data for name in SCORES]
        self.total_score.data = (
            None if None in given else (sum(given, Decimal(0)) / len(given)).quantize(TENTH, ROUND_HALF_UP)
        )

    def check(self) -> None:
        """A credit code is a real one and nobody else's; whoever is known already is evaluated as known."""
        own = suppliers.named_by(self.itself)
        self._check_corrected()
        if self.evaluation_kind.data == NEW and self.supplier_name.data:
            known = suppliers.called(self.supplier_name.data)
            if known is not None and known.id not in own:
                self.refuse(
                    "supplier_name",
                    _l("该供应商已在名录中（%(supplier)s）：请选择年度评价或重新评价"),
                    supplier=known.label,
                )
        if self.credit_code.data and not is_valid(self.credit_code.data):
            text = _l("统一社会信用代码有误：应为 18 位，且末位校验码相符，请对照营业执照核对")
            self.refuse("credit_code", text)
        if self.supplier.data and self.supplier.data.id:
            own.add(self.supplier.data.id)
        other = suppliers.with_credit_code(self.credit_code.data or "", but=own)
        if other is not None:
            self.refuse(
                "credit_code",
                _l("这个统一社会信用代码已登记在%(supplier)s名下，请核对"),
                supplier=other.label,
            )
        names = [row["paper"] for row in self.licences.data if row["paper"]]
        if len(set(names)) < len(names):
            self.refuse("licences", _l("同一种证照只填一行"))

    def _check_corrected(self) -> None:
        """A correction is about the same supplier: the verdict on another one would leave the first one as it was."""
        corrects = self.context.get("@corrects")
        former = goods.named(corrects, "supplier") if corrects else None
        if former and self.supplier.data and self.supplier.data.id != former:
            text = _l("更正评价表时不能换成另一家供应商；评错了供应商的，请对原来的供应商重新评价")
            self.refuse("supplier", text)

    @staticmethod
    @after("purchasing_approval", _l("登记合格供应商名录：状态、得分、供应产品、下次评价日期；证照登记台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """The supplier stands on the list as decided; a new one that is not approved is not entered at all."""
        status, id = STATUS[record["supplier_status"]], _supplier(record)
        listed = status in suppliers.LISTED
        if id is None and not listed:
            return
        values: dict[str, Any] = {
            "name": record["supplier_name"],
            "status": status,
            "score": record["total_score"],
            "next_evaluation_on": months_later(day(record.now), YEAR) if listed else None,
            **{column: record[name] for name, column in KNOWN.items()},
        }
        yield Updates("supplier", id, values, twin=lambda own: _twin(record, own))
        for row in record["licences"] if listed else ():
            expires = row["expires_on"]
            yield PostsEntry(
                suppliers.PAPERS,
                {
                    "paper": row["paper"],
                    "number": row["number"],
                    "expires_on": expires.isoformat() if expires else "",
                    "owner": record["supplier_name"],
                    "scan": "、".join(file["name"] for file in row["scan"]),
                },
            )

    @staticmethod
    @after(REFUSED, _l("不批准：不列入合格供应商名录；已在名录中的予以除名"))
    def strike_off(record: Filed) -> Iterator[Effect]:
        """A supplier whose evaluation is refused may not be ordered from."""
        if record["supplier"] and record["supplier"].id:
            removed = {"status": STATUS["not_approved"], "next_evaluation_on": None}
            yield Updates("supplier", record["supplier"].id, removed)


def _twin(record: Filed, own: int) -> str | None:
    """Who was entered at the same moment under the same credit code."""
    other = suppliers.with_credit_code(record["credit_code"] or "", but={own})
    return other.label if other else None


def _supplier(record: Filed) -> int | None:
    """Whom the list knows already: the one named, the one that the corrected record has entered, or who has the code."""
    if record["supplier"] and record["supplier"].id:
        return int(record["supplier"].id)
    entered = suppliers.named_by(record.itself)
    found = suppliers.with_credit_code(record["credit_code"])
    return min(entered) if entered else found.id if found else None
