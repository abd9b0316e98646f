"""QA-03 制造过程质量管理信息报送单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, LongText, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.moments import refuse_future
from portal.forms.references import Product
from portal.lib.i18n import _l
from portal.queries import characteristics, people

PROCESS, MEASUREMENT = "process_information", "process_measurement"
INSPECTION, CONTROL = "product_inspection", "production_quality_control"
VERDICTS = {"pass": _l("合格"), "fail": _l("不合格")}


class Measurement(Sheet):
    """One item that was watched and measured."""

    item = Text(_l("项目(参数)"))
    limit = Text(_l("标准限值"))
    reading = Text(_l("实测值"))
    pass_ = YesNo(_l("合格"))


class ProcessInformation(CompanyForm):
    """Reports to the quality department how a batch went through the workshop: information, measurements, inspection."""

    code = "QA-03"
    name = _l("制造过程质量管理信息报送单")
    slug = "process-information"
    section = "quality_satisfaction"
    procedure = "QA-P-04#reporting"
    opened_by = ("production_manager", "quality_inspector")
    covers = ("产品监视和测量(检验)记录", "制造过程监视和测量记录", "生产品质控制记录")
    columns = (
        *("number", "record_kind", "workshop", "product", "batch", "shift_date", "quantity"),
        *("current_step", "due_at", "status"),
    )

    record_kind = Choice(
        _l("记录类型"),
        {
            PROCESS: _l("过程信息报送"),
            MEASUREMENT: _l("过程监视和测量"),
            INSPECTION: _l("产品检验"),
            CONTROL: _l("生产品质控制"),
        },
    )
    workshop = Text(_l("车间(部门)"))
    product = Product(_l("产品"))
    batch = Text(_l("批号"), max=60)
    shift_date = Day(_l("班次日期"))
    quantity = Number(_l("生产数量"), low=0)
    defects = Number(_l("不良数量"), low=0)
    measurements = Rows(
        _l("监视测量"),
        Measurement,
        help=_l("产品有产品特性及产品验收准则（RD-23）的，没有填写项目时列出其中的特性和要求"),
    )
    quality_information = LongText(_l("质量管理信息"))
    measure_taken = LongText(_l("已采取措施"), required=False)
    hard_to_solve = YesNo(_l("自己难以解决"), help=_l("选“是”时，车间确认后生成 B 类质量信息传递单草稿"))
    verdict = Choice(_l("结论"), VERDICTS, help=_l("不合格时，车间确认后生成严重不合格/质量缺陷处理单草稿"))

    signoff = Route(
        Step(
            "workshop_sign",
            _l("车间负责人确认"),
            role("production_manager"),
            meaning="confirmed",
            within=working_days(1),
            clause="QA-P-04#receipt",
        ),
        Step(
            "quality_receipt",
            _l("质量部接收"),
            role("quality_manager"),
            meaning="received",
            within=working_days(1),
            clause="QA-P-04#receipt",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A report of today's shift."""
        return {"shift_date": self.today}

    def compute(self) -> None:
        """What counts of the product is measured, unless somebody has begun to list other things."""
        super().compute()
        product = self.product.data
        if product and product.id and not self.measurements.data:
            lines = characteristics.of_product(product.id)
            if lines:
                self.measurements.fill({"item": line["item"], "limit": line["requirement"]} for line in lines)

    def heading(self) -> str:
        """Product and batch."""
        return " ".join(str(part) for part in (self.product.data, self.batch.data) if part)

    def check(self) -> None:
        """No more is bad than was made; the verdict says what the measurements say; the shift has been."""
        refuse_future(self, "shift_date")
        made, bad = self.quantity.data, self.defects.data
        if made is not None and bad is not None and bad > made:
            self.refuse("defects", _l("不良数量不能超过生产数量"))
        failed = any(line["pass"] is False for line in self.measurements.data)
        if self.verdict.data == "pass" and failed:
            self.refuse("verdict", _l("监视测量中有不合格的项目，结论不能是合格"))
        if self.verdict.data == "fail" and not failed and not bad:
            self.refuse("verdict", _l("没有不合格的项目，也没有不良数量，结论不能是不合格"))

    @staticmethod
    @after("workshop_sign", _l("结论不合格时生成严重不合格/质量缺陷处理单草稿"))
    def handle(record: Filed) -> Iterator[Effect]:
        """What failed is set apart and dealt with."""
        if record["verdict"] == "fail":
            failed = [line for line in record["measurements"] if line["pass"] is False]
            yield Opens(
                "QA-05",
                {
                    "product": record["product"],
                    "batch": record["batch"],
                    "quantity": record["defects"] or None,
                    "requirement": _listed(failed, "limit"),
                    "actual_state": "\n".join(
                        filter(None, (_listed(failed, "reading"), record["quality_information"]))
                    ),
                },
                to="role:quality_inspector",
                names_as="source_record",
            )

    @staticmethod
    @after("workshop_sign", _l("自己难以解决时生成 B 类质量信息传递单草稿"))
    def ask_for_help(record: Filed) -> Iterator[Effect]:
        """R73: a problem of production that the workshop cannot solve alone is information of class B."""
        if record["hard_to_solve"]:
            department = people.department_name(record.department_id, "zh")
            yield Opens(
                "QA-01",
                {
                    "information_class": "class_b",
                    "class_item": "problem_hard_to_solve_alone",
                    "department": Ref(record.department_id, department),
                    "product": record["product"],
                    "batch": record["batch"],
                    "place": record["workshop"],
                    "description": record["quality_information"],
                    "tried_already": record["measure_taken"],
                },
                to=f"person:{record.applicant_id}",
                names_as="source_record",
            )


def _listed(lines: list[dict[str, Any]], column: str) -> str:
    return "；".join(f"{line['item']}：{line[column]}" for line in lines)
