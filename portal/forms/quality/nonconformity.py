"""QA-05 严重不合格/质量缺陷处理单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import FINISHED, SUBMITTED, Asks, Effect, Opens, after
from portal.domain.signoff import Back, Onward, Route, Step, head_of, role
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, LongText, Moment, Number, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.moments import refuse_future
from portal.forms.quality.nonconformity_stages import (
    FAIL,
    RETURN,
    SCRAP,
    Action,
    Decision,
    Reinspection,
    Ruling,
)
from portal.forms.references import Photos, Product, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import goods, works

ISOLATED_WITHIN = timedelta(hours=1)
SUBJECT = 60  # characters of the facts that a report is called by


class Nonconformity(CompanyForm):
    """Decides what becomes of nonconforming goods, and inspects them again."""

    code = "QA-05"
    name = _l("严重不合格/质量缺陷处理单")
    slug = "nonconformities"
    section = "quality_satisfaction"
    procedure = "QA-P-03#nonconforming"
    opened_by = ("quality_inspector", "production_manager")
    columns = (
        *("number", "product", "batch", "quantity", "found_at", "severity", "isolated", "disposition"),
        *("reinspection_result", "corrective_needed", "current_step", "due_at", "status"),
    )

    source_record = RecordLink(_l("来源"), "QA-01", "QA-03", "PU-06", "RD-25", required=False)
    product = Product(_l("产品"))
    batch = Text(_l("批号"), max=60)
    quantity = Number(_l("不合格数量"), low=Decimal("0.001"))
    requirement = LongText(_l("规定要求"))
    actual_state = LongText(_l("不合格事实"))
    found_at = Moment(_l("发现时间"))
    severity = Choice(
        _l("程度"),
        {"serious_nonconformity": _l("严重不合格"), "quality_defect": _l("质量缺陷")},
    )
    isolated = YesNo(_l("已隔离标识"))
    photos = Photos(_l("照片"), required=False)

    signoff = Route(
        Step(
            "quality_decision",
            _l("质量部评审处置"),
            role("quality_manager"),
            within=hours(24),
            fills=Decision,
            clause="QA-P-03#disposition",
        ),
        Step(
            "responsible_action",
            _l("责任部门处理"),
            head_of("responsible_department"),
            meaning="done",
            within=working_days(3),
            fills=Action,
            on_refusal=Onward("deputy_ruling"),
            clause="QA-P-03#responsible-action",
        ),
        Step(
            "deputy_ruling",
            _l("主管副总经理裁定"),
            role("deputy_general_manager"),
            within=working_days(1),
            when=equals("accepted", False),
            fills=Ruling,
            on_refusal=Back("quality_decision"),
            outcomes=(
                Back("quality_decision", when=equals("ruling", "anew")),
                Back("responsible_action", when=equals("ruling", "upheld")),
            ),
            clause="QA-P-03#responsible-action",
        ),
        Step(
            "reinspection",
            _l("复检"),
            role("quality_inspector"),
            meaning="inspected",
            within=working_days(1),
            fills=Reinspection,
            on_refusal=Back("quality_decision"),
            outcomes=(Back("quality_decision", when=equals("reinspection_result", FAIL)),),
            clause="QA-P-03#reinspection",
        ),
    )

    def heading(self) -> str:
        """Product and batch."""
        return " ".join(str(part) for part in (self.product.data, self.batch.data) if part)

    def check(self) -> None:
        """It was found by now."""
        refuse_future(self, "found_at")

    @staticmethod
    @after(SUBMITTED, _l("尚未隔离标识时，请发起人立即隔离"))
    def isolate(record: Filed) -> Iterator[Effect]:
        """Goods that are not set apart yet may still be used by mistake."""
        if not record["isolated"]:
            yield Asks(
                _l("立即隔离并标识不合格品"), f"person:{record.applicant_id}", record.now + ISOLATED_WITHIN
            )

    @staticmethod
    @after(FINISHED, _l("报废时生成报损清单草稿，退货时生成退货单草稿"))
    def dispose(record: Filed) -> Iterator[Effect]:
        """What is of no more use leaves the books; what the supplier has delivered bad goes back."""
        if record["disposition"] == SCRAP:
            yield Opens("WH-17", _write_off(record), to="role:warehouse_keeper", names_as="source_record")
        elif record["disposition"] == RETURN:
            yield Opens("PU-07", _supplier_return(record), to="role:buyer")

    @staticmethod
    @after(FINISHED, _l("需采取纠正预防措施时生成纠正预防8D报告草稿"))
    def correct_cause(record: Filed) -> Iterator[Effect]:
        """A cause that may bring the same again is taken away."""
        if record["corrective_needed"]:
            yield Opens(
                "QA-15",
                {
                    "subject": record["actual_state"][:SUBJECT],
                    "responsible_department": record["responsible_department"],
                    "problem": f"{record['actual_state']}\n{record['cause']}",
                    "found_on": day(record["found_at"]),
                    "product": record["product"],
                },
                to="role:quality_inspector",
                names_as="source_record",
            )


def _inspection(record: Filed) -> tuple[Ref, goods.Inspection] | None:
    """The inspection sheet that found the goods bad, and what it says; None where no sheet did."""
    source = record["source_record"]
    origin = works.origin(source.id) if source else None
    return (source, goods.inspection(source.id)) if origin and origin[0] == "PU-06" else None


def _bad(found: goods.Inspection) -> list[tuple[Ref, Decimal, str]]:
    """Item, bad quantity and reason of each line that has one."""
    lines = [(Ref(**line["item"]), Decimal(line["bad"] or 0), line["reason"] or "") for line in found.lines]
    return [line for line in lines if line[1]]


def _write_off(record: Filed) -> dict[str, Any]:
    inspected = _inspection(record)
    lines = _bad(inspected[1]) if inspected else []
    return {
        "list_date": day(record.now),
        "damage_found": True,
        "lines": [{"item": item, "quantity": quantity, "usable": False} for item, quantity, _why in lines],
        "responsible": record["cause"],
        "remark": f"{record['product'].text} {record['batch']}：{record['actual_state']}",
    }


def _supplier_return(record: Filed) -> dict[str, Any]:
    inspected = _inspection(record)
    if inspected is None:
        return {}
    sheet, found = inspected
    supplier = goods.supplier(found.supplier) if found.supplier else None
    order = goods.named(found.receipt, "order") if found.receipt else None
    return {
        "supplier": Ref(supplier.id, supplier.label) if supplier else None,
        "order": Ref(order, goods.label(order)) if order else None,
        "return_stage": "inspection",
        "inspection": sheet,
        "lines": [
            {"item": item, "quantity": quantity, "batch": record["batch"], "reason": why}
            for item, quantity, why in _bad(found)
        ],
    }
