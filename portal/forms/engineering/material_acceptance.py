"""EN-20 材料进场验收表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import differs, equals, filled
from portal.domain.deadlines import working_days
from portal.domain.effects import FINISHED, REFUSED, Effect, after
from portal.domain.signoff import Route, Step, project_person
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.checklists import Checklist
from portal.forms.engineering import acceptances
from portal.forms.fields import Day, LongText, Moment, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.moments import refuse_future
from portal.forms.references import Project
from portal.lib.i18n import _l

STAGE = "material"


class Delivered(Sheet):
    """One material that has come."""

    material = Text(_l("材料"))
    brand = Text(_l("品牌"))
    model = Text(_l("规格型号"))
    quantity = Number(_l("数量"), low=Decimal("0.001"))
    unit = Text(_l("单位"))
    certificate = YesNo(_l("合格证"))
    agrees = YesNo(_l("与预算及样品一致"))


class MaterialCheck(acceptances.SupervisorCheck):
    """The verdict on a delivery, and what of it is refused."""

    checks = "material_checks"

    refused_materials = LongText(
        _l("拒收的材料"),
        required=False,
        when=differs("verdict", "pass"),
        required_when=equals("verdict", "fail"),
        help=_l("写明品名和数量；拒收的材料须由工长退场，退场后才请客户签字"),
    )

    def check_pass(self) -> None:
        """What is not as agreed cannot pass."""
        super().check_pass()
        rows = self.context.get("materials") or ()
        other = next((row["material"] for row in rows if row["agrees"] is False), None)
        if other:
            self.refuse("verdict", _l("“%(item)s”与预算及样品不一致，不能判为合格"), item=other)


class Removal(Stage):
    """When and how refused material left the site."""

    taken_away_on = Day(_l("退场日期"))
    taken_away_how = LongText(_l("退场情况"))

    def check(self) -> None:
        """It has left."""
        refuse_future(self, "taken_away_on")


class MaterialAcceptance(CompanyForm):
    """Accepts what is delivered to a site before it is used; each delivery has an acceptance of its own."""

    code = "EN-20"
    name = _l("材料进场验收表")
    slug = "material-acceptances"
    section = "construction"
    procedure = "EN-P-01#material"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "acceptance_at", "self_check", "supplier_name", "storage_place", "verdict",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    acceptance_at = Moment(_l("约定验收时间"))
    materials = Rows(_l("进场材料"), Delivered)
    material_checks = Checklist(
        _l("检查项目"),
        (
            _l("品牌规格与合同预算一致"),
            _l("合格证及检测报告齐全"),
            _l("外观无破损"),
            _l("环保等级符合要求"),
            _l("数量相符"),
            _l("存放位置妥当"),
        ),
    )
    supplier_name = Text(_l("供货单位"), required=False)
    storage_place = Text(_l("存放位置"), required=False)
    self_check = acceptances.self_check()
    site_photos = acceptances.site_photos()

    signoff = Route(
        *acceptances.steps(
            MaterialCheck,
            Step(
                "removal",
                _l("拒收材料退场"),
                project_person("project", "foreman"),
                meaning="done",
                within=working_days(1),
                when=filled("refused_materials"),
                fills=Removal,
                clause="EN-P-01#refused-materials",
            ),
        )
    )

    def check(self) -> None:
        """R29: the first of the acceptances, held for each delivery; no material stands twice."""
        acceptances.refuse_untimely(self, STAGE)
        known = set()
        for row in self.materials.rows:
            one = (row.material.data, row.brand.data, row.model.data)
            if all(one) and one in known:
                row.refuse("material", _l("同一材料已在上面列出，请合并数量"))
            known.add(one)

    @staticmethod
    @after("supervisor_check", acceptances.PROBLEM)
    def open_notice(record: Filed) -> Iterator[Effect]:
        """R26: a problem becomes a notice."""
        yield from acceptances.problem(record, record["storage_place"] or "")

    @staticmethod
    @after(FINISHED, acceptances.PASSED)
    def conclude(record: Filed) -> Iterator[Effect]:
        """R29: the next acceptance follows the first delivery that has passed."""
        yield from acceptances.concluded(record, STAGE)

    @staticmethod
    @after(REFUSED, acceptances.NOT_ACCEPTED)
    def open_notice_for_customer(record: Filed) -> Iterator[Effect]:
        """What the customer does not accept is put right."""
        yield from acceptances.not_accepted(record, record["storage_place"] or "")
